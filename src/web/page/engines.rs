//! Which engine trains: the CPU's at once, WebGPU's when it is there and wanted.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::App;
use super::backend::{self, Adapter};
use super::client::{Client, Heard};
use super::dom;
use super::pool::Pool;
use crate::session::{BackendChoice, BackendKind, Command, Event, Phase, Stale};
use crate::web::WebError;

/// Milliseconds without a sign of the engine after which the page says so.
const PATIENCE_MILLIS: i32 = 15_000;

/// The engines that were started, and the one in use.
#[derive(Default)]
pub struct Engines {
    cpu: Pool,
    webgpu: Slot,
    /// The engine that runs are on; `None` until a run was asked for.
    active: Option<BackendKind>,
    /// Whether WebGPU was looked for in vain.
    without_webgpu: bool,
}

#[derive(Default)]
struct Slot {
    client: Option<Client>,
    /// What it said when it was ready.
    ready: Option<String>,
}

impl Engines {
    /// Say something to the engine in use; before there is one, nothing is said.
    pub fn send(&mut self, command: &Command) -> Result<(), WebError> {
        match self.active {
            Some(BackendKind::Cpu) => self.cpu.send(command),
            Some(BackendKind::WebGpu) => self.webgpu.client.as_ref().map_or(Ok(()), |client| client.send(command)),
            None => Ok(()),
        }
    }

    /// Let the engine in use read files. Returns whether there is one.
    pub fn send_files(&self, files: &[File]) -> Result<bool, WebError> {
        match self.active {
            Some(BackendKind::Cpu) => self.cpu.send_files(files)?,
            Some(BackendKind::WebGpu) => {
                self.webgpu.client.as_ref().map_or(Ok(()), |client| client.send_files(files))?;
            }
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Give the engines that train beside the first one what that one has read.
    pub fn share(&mut self, data: &Command) -> Result<(), WebError> {
        if self.active == Some(BackendKind::Cpu) { self.cpu.share(data) } else { Ok(()) }
    }

    /// How many engines train the run.
    pub const fn in_use(&self) -> usize {
        match self.active {
            Some(BackendKind::Cpu) => self.cpu.in_use(),
            _ => 1,
        }
    }

    fn ready(&mut self, kind: BackendKind, why: &str) {
        match kind {
            BackendKind::Cpu => self.cpu.is_ready = true,
            BackendKind::WebGpu => self.webgpu.ready = Some(why.to_owned()),
        }
    }
}

impl App {
    /// Take over the CPU engine, which is on its way since before this program; look for WebGPU if it is wanted.
    pub(super) fn start_engines(self: &Rc<Self>) {
        let hear = self.hearer(BackendKind::Cpu);
        match Client::adopt(hear) {
            Ok(client) => self.engines.borrow_mut().cpu.first(client),
            Err(error) => self.engine_failed(BackendKind::Cpu, &error.to_string()),
        }
        if self.backend == BackendChoice::WebGpu {
            self.look_for_webgpu();
        }
        let app = Rc::clone(self);
        dom::after(PATIENCE_MILLIS, move || {
            if app.view.borrow().phase == Phase::Loading {
                app.messages.told("Still loading the training engine; a slow connection takes a while.");
            }
        });
    }

    /// What one of the engines says.
    ///
    /// Heard in a later turn of the event loop if it comes while this one is still about something else: the page's
    /// start takes over messages that have waited.
    fn hearer(self: &Rc<Self>, from: BackendKind) -> Rc<dyn Fn(Heard)> {
        let app = Rc::clone(self);
        Rc::new(move |heard| {
            let app = Rc::clone(&app);
            match heard {
                Heard::Event(Event::Ready { why, .. }) => {
                    dom::after(0, move || app.engine_ready(from, &why));
                }
                Heard::Event(Event::Loading { bytes, whole }) => app.backend_line.loading(bytes, whole),
                Heard::Event(Event::Refused { why }) => app.engine_refused(from, &why),
                Heard::Event(event) => app.engine_told(from, 0, event),
                Heard::Trouble(words) => app.engine_failed(from, &words),
            }
        })
    }

    /// What an engine tells of the run. Engines that are not in use may still tell of an earlier one.
    fn engine_told(self: &Rc<Self>, from: BackendKind, index: usize, event: Event) {
        let events = {
            let mut engines = self.engines.borrow_mut();
            match from {
                _ if engines.active != Some(from) => Ok(Vec::new()),
                BackendKind::Cpu => engines.cpu.hear(index, event),
                BackendKind::WebGpu => Ok(vec![event]),
            }
        };
        match events {
            Ok(events) => events.into_iter().for_each(|event| self.heard(event)),
            Err(error) => self.messages.wrong(&error.to_string()),
        }
    }

    /// See to it that there are as many CPU engines as the run is to be spread over.
    pub(super) fn engage(self: &Rc<Self>, command: &Command) {
        let missing = {
            let engines = self.engines.borrow();
            if engines.active == Some(BackendKind::Cpu) { engines.cpu.missing(command) } else { 0..0 }
        };
        for index in missing {
            let app = Rc::clone(self);
            let hear: Rc<dyn Fn(Heard)> = Rc::new(move |heard| {
                let app = Rc::clone(&app);
                match heard {
                    Heard::Event(Event::Ready { .. }) => dom::after(0, move || {
                        let sent = app.engines.borrow_mut().cpu.helper_ready(index);
                        if let Err(error) = sent {
                            app.messages.wrong(&error.to_string());
                        }
                    }),
                    Heard::Event(Event::Refused { why }) => app.engine_failed(BackendKind::Cpu, &why),
                    Heard::Event(event) => app.engine_told(BackendKind::Cpu, index, event),
                    Heard::Trouble(words) => app.engine_failed(BackendKind::Cpu, &words),
                }
            });
            match Client::spawn("engine_loader.js", hear) {
                Ok(client) => self.engines.borrow_mut().cpu.helper(client, self.files.data()),
                Err(error) => self.messages.wrong(&error.to_string()),
            }
        }
    }

    fn engine_ready(self: &Rc<Self>, kind: BackendKind, why: &str) {
        // A link may ask for what is kept in this browser.
        if self.files.is_looking() {
            let (app, why) = (Rc::clone(self), why.to_owned());
            return self.files.once_looked(move || app.engine_ready(kind, &why));
        }
        let (first, without_webgpu) = {
            let mut engines = self.engines.borrow_mut();
            engines.ready(kind, why);
            (engines.active.is_none(), engines.without_webgpu)
        };
        match (kind, self.backend) {
            (BackendKind::Cpu, BackendChoice::WebGpu) if first && without_webgpu => self.use_engine(BackendKind::Cpu),
            (BackendKind::Cpu, BackendChoice::WebGpu) => {}
            (BackendKind::Cpu, choice) if first => {
                self.use_engine(BackendKind::Cpu);
                if choice == BackendChoice::Auto {
                    self.backend_line.say(BackendKind::Cpu, "looking for WebGPU");
                    self.look_for_webgpu();
                } else {
                    self.backend_line.say(BackendKind::Cpu, "as the link asks");
                }
            }
            (BackendKind::WebGpu, BackendChoice::WebGpu) if first => {
                self.use_engine(BackendKind::WebGpu);
                self.backend_line.say(BackendKind::WebGpu, "as the link asks");
            }
            (BackendKind::WebGpu, _) => {
                self.backend_line.say(BackendKind::Cpu, "WebGPU is ready, too");
                self.backend_line.offer_switch();
            }
            (BackendKind::Cpu, _) => {}
        }
    }

    /// Start the wanted run on this engine.
    fn use_engine(self: &Rc<Self>, kind: BackendKind) {
        let training = {
            let view = self.view.borrow();
            if view.in_force.is_none() { self.autoplay } else { view.phase == Phase::Training }
        };
        // The other one keeps what it has, but must not go on computing for nobody.
        self.send(&Command::Pause);
        self.engines.borrow_mut().active = Some(kind);
        if let Some(data) = self.files.data() {
            self.send(&data);
        }
        let config = self.view.borrow().wanted.clone();
        self.send(&Command::Start { config });
        if training {
            self.send(&Command::Play);
        }
        self.hand_over_files_again();
    }

    /// Go on with the WebGPU engine: from the start, since weights do not travel between engines.
    pub(super) fn switch_to_webgpu(self: &Rc<Self>) {
        let app = Rc::clone(self);
        self.ask_to_restart("Switching to WebGPU starts training anew there.", move || {
            let why = app.engines.borrow().webgpu.ready.clone().unwrap_or_default();
            app.use_engine(BackendKind::WebGpu);
            app.backend_line.say(BackendKind::WebGpu, &why);
        });
    }

    fn look_for_webgpu(self: &Rc<Self>) {
        let app = Rc::clone(self);
        spawn_local(async move {
            match backend::probe().await {
                Adapter::Unfit(why) => app.no_webgpu(&why),
                Adapter::Software if app.backend != BackendChoice::WebGpu => {
                    app.no_webgpu("WebGPU here is software, which is slower");
                }
                Adapter::Fit | Adapter::Software => {
                    app.backend_line.loading(0.0, None);
                    let hear = app.hearer(BackendKind::WebGpu);
                    match Client::spawn("load_webgpu.js", hear) {
                        Ok(client) => app.engines.borrow_mut().webgpu.client = Some(client),
                        Err(error) => app.no_webgpu(&error.to_string()),
                    }
                }
            }
        });
    }

    /// Train on the CPU, and say why.
    fn no_webgpu(self: &Rc<Self>, why: &str) {
        self.backend_line.say(BackendKind::Cpu, why);
        if self.backend == BackendChoice::WebGpu {
            self.messages.wrong(&format!("the link asks for WebGPU, but {why}; training on the CPU instead"));
        }
        let idle = {
            let mut engines = self.engines.borrow_mut();
            engines.without_webgpu = true;
            engines.active.is_none() && engines.cpu.is_ready
        };
        if idle {
            self.use_engine(BackendKind::Cpu);
        }
    }

    fn engine_refused(self: &Rc<Self>, kind: BackendKind, why: &str) {
        match kind {
            BackendKind::WebGpu => {
                let slot = std::mem::take(&mut self.engines.borrow_mut().webgpu);
                // Not now: this is said from within the worker's own listener.
                dom::after(0, move || drop(slot));
                self.no_webgpu(why);
            }
            BackendKind::Cpu => self.engine_failed(kind, why),
        }
    }

    fn engine_failed(self: &Rc<Self>, kind: BackendKind, words: &str) {
        let active = self.engines.borrow().active;
        match kind {
            BackendKind::WebGpu if active != Some(kind) => return self.engine_refused(kind, words),
            // It is idle beside the one in use.
            BackendKind::Cpu if active == Some(BackendKind::WebGpu) => return,
            _ => {}
        }
        self.view.borrow_mut().phase = Phase::Failed;
        self.files.give_up();
        self.messages.wrong(words);
        self.mark(Stale { phase: true, ..Stale::default() });
    }
}
