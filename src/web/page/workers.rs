//! Which workers train: the CPU's at once, WebGPU's when it is there and wanted.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::App;
use super::backend::{self, Adapter};
use super::crew::Report;
use super::dom;
use crate::session::{BackendChoice, BackendKind, Command, Event, Phase, Request, Slot};

/// Milliseconds without a sign of the worker after which the page says so.
const PATIENCE_MILLIS: i32 = 15_000;

/// What is known of the two devices.
#[derive(Default)]
pub struct Devices {
    /// Whether the CPU's worker listens.
    cpu: Cell<bool>,
    /// What WebGPU's worker said when it was ready.
    webgpu: RefCell<Option<String>>,
    /// Whether WebGPU was looked for in vain.
    without_webgpu: Cell<bool>,
}

impl App {
    /// Take over the CPU's worker, which is on its way since before this program; look for WebGPU if it is wanted.
    pub(super) fn start_workers(self: &Rc<Self>) {
        let app = Rc::clone(self);
        self.crew.begin(Rc::new(move |report| match report {
            Report::Event(event) => app.heard(event),
            Report::Keep => app.keep_run(),
            Report::Wrong(error) => app.messages.wrong(&error.to_string()),
        }));
        self.crew.adopt();
        if self.backend == BackendChoice::WebGpu {
            self.look_for_webgpu();
        }
        let app = Rc::clone(self);
        dom::after(PATIENCE_MILLIS, move || {
            if app.view.borrow().phase == Phase::Loading {
                app.messages.say("Still loading the worker that trains; a slow connection takes a while.");
            }
        });
    }

    /// Send commands on their way. Their answers come as events.
    pub(super) fn dispatch(self: &Rc<Self>, requests: Vec<Request>) {
        for request in requests {
            self.crew.ask(|workers| workers.command(request));
        }
    }

    /// Say something to the run. Until a worker is there, it waits.
    pub(super) fn send(self: &Rc<Self>, command: Command) {
        let requests = self.view.borrow_mut().command(command);
        self.dispatch(requests);
    }

    /// A worker listens for the first time, or again after another one was replaced.
    pub(super) fn worker_ready(self: &Rc<Self>, backend: BackendKind, why: String) {
        // A link may ask for what is kept in this browser.
        if self.files.is_looking() {
            let app = Rc::clone(self);
            return self.files.once_looked(move || app.worker_ready(backend, why));
        }
        match backend {
            BackendKind::Cpu => self.devices.cpu.set(true),
            BackendKind::WebGpu => {
                self.devices.webgpu.replace(Some(why.clone()));
            }
        }
        let home = self.crew.look(crate::session::Workers::home);
        match (backend, self.backend, home) {
            (BackendKind::Cpu, BackendChoice::WebGpu, None) if self.devices.without_webgpu.get() => {
                self.settle_on(BackendKind::Cpu);
            }
            (BackendKind::Cpu, BackendChoice::WebGpu, None) => {}
            (BackendKind::Cpu, choice, None) => {
                self.settle_on(BackendKind::Cpu);
                if choice == BackendChoice::Auto {
                    self.backend_line.say(BackendKind::Cpu, "at once; looking for WebGPU");
                    self.look_for_webgpu();
                } else {
                    self.backend_line.say(BackendKind::Cpu, "");
                }
            }
            (BackendKind::WebGpu, BackendChoice::WebGpu, None) => {
                self.settle_on(BackendKind::WebGpu);
                self.backend_line.say(BackendKind::WebGpu, &why);
            }
            (BackendKind::WebGpu, _, Some(BackendKind::Cpu)) => {
                self.backend_line.say(BackendKind::Cpu, "WebGPU is ready, too");
                self.backend_line.offer_switch();
            }
            _ => self.hand_over_files_again(),
        }
    }

    /// Compute with this from now on. The first run begins then.
    fn settle_on(self: &Rc<Self>, backend: BackendKind) {
        if let Some(data) = self.files.data() {
            self.crew.ask(|workers| workers.share(data));
        }
        self.crew.ask(|workers| workers.settle_on(backend));
        if self.view.borrow().in_force.is_none() && self.view.borrow().is_settled() {
            self.begin_run();
        }
        self.hand_over_files_again();
    }

    /// Go on with WebGPU: from the start, since the figures of the two devices differ in their last digits.
    pub(super) fn switch_to_webgpu(self: &Rc<Self>) {
        let app = Rc::clone(self);
        self.ask_to_restart("Switching to WebGPU starts training anew there.", move || {
            app.settle_on(BackendKind::WebGpu);
            let requests = {
                let mut view = app.view.borrow_mut();
                let (config, trains) = (view.wanted().into_owned(), view.is_to_train());
                view.start_run(config, trains)
            };
            app.dispatch(requests);
            let why = app.devices.webgpu.borrow().clone().unwrap_or_default();
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
                    app.crew.ask(|workers| workers.begin(Slot::WebGpu));
                }
            }
        });
    }

    /// Train on the CPU, and say why.
    pub(super) fn no_webgpu(self: &Rc<Self>, why: &str) {
        self.backend_line.say(BackendKind::Cpu, why);
        if self.backend == BackendChoice::WebGpu {
            self.messages.wrong(&format!("the link asks for WebGPU, but {why}; training on the CPU instead"));
        }
        self.devices.without_webgpu.set(true);
        if self.devices.cpu.get() && self.crew.look(crate::session::Workers::home).is_none() {
            self.settle_on(BackendKind::Cpu);
        }
    }

    /// Another worker took over from one that failed.
    pub(super) fn worker_replaced(self: &Rc<Self>, event: &Event) {
        let Event::Replaced { why, backend, .. } = event else { return };
        if *backend == BackendKind::Cpu && self.backend_line.shows(BackendKind::WebGpu) {
            self.backend_line.say(BackendKind::Cpu, &format!("WebGPU failed: {why}"));
        }
        self.hand_over_files_again();
    }
}
