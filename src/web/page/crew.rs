//! Workers in this browser: what [`Workers`] decides is done here.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use web_sys::File;

use super::client::{Client, Heard};
use super::dom::{self, now_millis, window};
use crate::data::Mapping;
use crate::session::{Action, Event, Request, Slot, Workers};
use crate::web::WebError;

/// Milliseconds between two looks at the workers.
const LOOK_MILLIS: i32 = 1000;

/// Most workers on the CPU: each holds a copy of the data.
const MOST_WORKERS: usize = 8;

/// What becomes of the workers' run.
pub enum Report {
    /// An event.
    Event(Event),
    /// There are newer snapshots.
    Keep,
    /// Something that the browser refused.
    Wrong(WebError),
}

/// Workers and the handles of their programs; dropping it ends them.
pub struct Crew {
    workers: RefCell<Workers>,
    clients: RefCell<BTreeMap<Slot, Client>>,
    tell: OnceCell<Rc<dyn Fn(Report)>>,
}

/// As many workers on the CPU as there are cores for them.
pub fn most_workers() -> usize {
    let cores = window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of cores")]
    let cores = cores.clamp(1.0, 64.0) as usize;
    // One core is the page's, which has little to do meanwhile: of two cores it leaves both to the workers.
    let workers = if cores > 2 { cores - 1 } else { cores };
    workers.clamp(1, MOST_WORKERS)
}

impl Crew {
    /// No worker yet, and at most so many on the CPU.
    pub fn new(most: usize) -> Rc<Self> {
        Rc::new(Self { workers: RefCell::new(Workers::new(most)), clients: RefCell::default(), tell: OnceCell::new() })
    }

    /// Look at the workers from now on, and hand on what they tell.
    pub fn begin(self: &Rc<Self>, tell: Rc<dyn Fn(Report)>) {
        if self.tell.set(tell).is_ok() {
            watch(&Rc::downgrade(self));
        }
    }

    /// Take over the worker that `boot.js` started before this program was here.
    pub fn adopt(self: &Rc<Self>) {
        let slot = Slot::Cpu(0);
        let serial = self.workers.borrow_mut().adopt(slot);
        match Client::adopt(self.hearer(slot, serial)) {
            Ok(client) => {
                self.clients.borrow_mut().insert(slot, client);
            }
            Err(error) => self.ask(|workers| workers.ended(slot, serial, &error.to_string())),
        }
    }

    /// Hand something in and do what comes out.
    pub fn ask(self: &Rc<Self>, ask: impl FnOnce(&mut Workers) -> Vec<Action>) {
        let actions = ask(&mut self.workers.borrow_mut());
        for action in actions {
            self.act(action);
        }
    }

    /// Look something up.
    pub fn look<T>(&self, look: impl FnOnce(&Workers) -> T) -> T {
        look(&self.workers.borrow())
    }

    /// Let a worker read files, as the command of this number. Returns whether there is one that listens.
    pub fn read(&self, id: u32, files: &[File], mapping: Option<&Mapping>) -> Result<bool, WebError> {
        let reader = self.workers.borrow_mut().reader(id);
        let Some((slot, id)) = reader else { return Ok(false) };
        self.clients.borrow().get(&slot).map_or(Ok(()), |client| client.send_files(id, files, mapping))?;
        Ok(true)
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::Begin { slot, serial } => match Client::spawn(program(slot), self.hearer(slot, serial)) {
                Ok(client) => {
                    self.clients.borrow_mut().insert(slot, client);
                }
                Err(error) => {
                    let crew = Rc::downgrade(self);
                    let why = error.to_string();
                    dom::after(0, move || {
                        if let Some(crew) = crew.upgrade() {
                            crew.ask(|workers| workers.ended(slot, serial, &why));
                        }
                    });
                }
            },
            Action::End { slot } => {
                let client = self.clients.borrow_mut().remove(&slot);
                // Not now: this may be said from within the worker's own listener.
                dom::after(0, move || drop(client));
            }
            Action::Say { slot, request } => {
                if let Err(error) = self.say(slot, &request) {
                    self.report(Report::Wrong(error));
                }
            }
            Action::Tell(event) => self.report(Report::Event(event)),
            Action::Keep => self.report(Report::Keep),
        }
    }

    fn say(&self, slot: Slot, request: &Request) -> Result<(), WebError> {
        self.clients.borrow().get(&slot).map_or(Ok(()), |client| client.send(request))
    }

    fn report(&self, report: Report) {
        if let Some(tell) = self.tell.get() {
            tell(report);
        }
    }

    fn hearer(self: &Rc<Self>, slot: Slot, serial: u64) -> Rc<dyn Fn(Heard)> {
        let crew = Rc::downgrade(self);
        Rc::new(move |heard| {
            let Some(crew) = crew.upgrade() else { return };
            crew.ask(|workers| match heard {
                Heard::Event(event) => workers.hear(slot, serial, event),
                Heard::Trouble(why) => workers.ended(slot, serial, &why),
            });
        })
    }
}

/// The script of a worker, beside the page.
const fn program(slot: Slot) -> &'static str {
    match slot {
        Slot::Cpu(_) => "worker_loader.js",
        Slot::WebGpu => "load_webgpu.js",
    }
}

/// Look at the workers every second for as long as they are there.
fn watch(crew: &Weak<Crew>) {
    let crew = Weak::clone(crew);
    dom::after(LOOK_MILLIS, move || {
        if let Some(alive) = crew.upgrade() {
            alive.ask(|workers| workers.look(now_millis()));
            watch(&crew);
        }
    });
}
