//! The run of this tab, kept so that a reload goes on with it: its newest snapshots with the curves so far in the browser's
//! cache, and what it was in the tab's own storage.
//!
//! A reload of the same link goes on; another link, or another tab, begins a run of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::Storage;

use super::App;
use super::cache::{self, Entry};
use super::dom::{self, window};
use crate::session::{BackendKind, Change, History, Link, Phase, RunConfig, Snapshot};

/// Name of the cache.
const CACHE: &str = "lambdascope-run";

/// Names in the tab's storage: the tab's own name, its link, and whether the run trained.
const TAB: &str = "lambdascope/tab";
const LINK: &str = "lambdascope/link";
const TRAINS: &str = "lambdascope/trains";

/// Milliseconds that the first run waits for the cache at most.
const PATIENCE_MILLIS: i32 = 3_000;

/// Steps of all members together that are kept of the curves: more would take longer to put away than an epoch.
const MOST_MEMBER_STEPS: usize = 20_000;

/// What is kept, and whether something is being put away.
#[derive(Default)]
pub struct KeptRun {
    looking: Cell<bool>,
    waiting: RefCell<Vec<Box<dyn FnOnce()>>>,
    found: RefCell<Vec<Snapshot>>,
    /// Whether this tab has reported that the browser does not keep its run.
    said: Cell<bool>,
    writing: Cell<bool>,
    again: Cell<bool>,
}

impl KeptRun {
    /// Whether it is not known yet what is kept.
    pub fn is_looking(&self) -> bool {
        self.looking.get()
    }

    /// Do this once that is known.
    pub fn once_looked(&self, then: impl FnOnce() + 'static) {
        self.waiting.borrow_mut().push(Box::new(then));
    }
}

/// What is remembered in this tab alone, also over a reload; nothing where that is forbidden.
fn storage() -> Option<Storage> {
    window().ok()?.session_storage().ok().flatten()
}

fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Without it a reload begins anew.
        let _ = storage.set_item(name, value);
    }
}

/// This tab's name: tabs keep their runs apart.
fn tab() -> String {
    remembered(TAB).unwrap_or_else(|| {
        let name = format!("{:x}", js_sys::Math::random().to_bits());
        remember(TAB, &name);
        name
    })
}

impl App {
    /// Look for the run of this tab, if the link is still the one that it had.
    pub(super) fn look_for_kept_run(self: &Rc<Self>) {
        let fragment = window().map(|window| window.location().hash().unwrap_or_default());
        let same_link = fragment.is_ok_and(|hash| remembered(LINK).is_some_and(|link| format!("#{link}") == hash));
        if !same_link {
            return;
        }
        self.kept_run.looking.set(true);
        let app = Rc::clone(self);
        dom::after(PATIENCE_MILLIS, move || app.looked_for_run());
        let app = Rc::clone(self);
        spawn_local(async move {
            // What cannot be read is as good as not kept: the link begins its run anew.
            let own = format!("{}-", tab());
            let mut parts: Vec<Entry> = cache::entries(CACHE).await.unwrap_or_default();
            parts.retain(|entry| entry.name.starts_with(&own));
            parts.sort_by(|a, b| a.name.cmp(&b.name));
            let found: Result<Vec<Snapshot>, _> =
                parts.iter().map(|entry| Snapshot::from_bytes(&entry.bytes)).collect();
            app.kept_run.found.replace(found.unwrap_or_default());
            app.looked_for_run();
        });
    }

    fn looked_for_run(self: &Rc<Self>) {
        if self.kept_run.looking.replace(false) {
            for then in self.kept_run.waiting.take() {
                then();
            }
        }
    }

    /// Go on with the run that is kept. Returns whether there is one of the link's configuration.
    pub(super) fn resume_kept_run(self: &Rc<Self>) -> bool {
        let snapshots = self.kept_run.found.take();
        let wanted = self.view.borrow().wanted().into_owned();
        let Some(first) = snapshots.first() else { return false };
        let members = snapshots.iter().flat_map(|part| part.config.members.iter().cloned()).collect();
        let kept = RunConfig { members, curve: wanted.curve.clone(), ..first.config.clone() };
        let fits = !matches!(kept.change_to(&wanted), Change::Restart(_));
        if !fits || self.crew.look(crate::session::Workers::home) != Some(BackendKind::Cpu) {
            return false;
        }
        let history = History::from_bytes(&first.history).unwrap_or_default();
        let trains = remembered(TRAINS).map_or(self.autoplay, |trains| trains == "1");
        let id = {
            let mut view = self.view.borrow_mut();
            let id = view.number();
            view.resumes(id, history);
            id
        };
        self.crew.ask(|workers| workers.resume(id, wanted.curve.clone(), snapshots, trains));
        // What was changed since the snapshot.
        self.resumed_as.replace(Some(wanted));
        true
    }

    /// Put the newest snapshots away, with the curves up to their step.
    pub(super) fn keep_run(self: &Rc<Self>) {
        if self.kept_run.writing.replace(true) {
            self.kept_run.again.set(true);
            return;
        }
        let snapshots: Vec<Snapshot> =
            self.crew.look(|workers| workers.snapshots().unwrap_or_default().into_iter().cloned().collect());
        let app = Rc::clone(self);
        spawn_local(async move {
            let kept = app.write_run(snapshots).await;
            if let Err(why) = kept
                && !app.kept_run.said.replace(true)
            {
                app.messages.say(&format!("This browser does not keep the run: a reload begins it anew ({why})."));
            }
            app.kept_run.writing.set(false);
            if app.kept_run.again.replace(false) {
                app.keep_run();
            }
        });
    }

    async fn write_run(&self, mut snapshots: Vec<Snapshot>) -> Result<(), String> {
        let Some(first) = snapshots.first_mut() else { return Ok(()) };
        let mut history = self.view.borrow().history.clone();
        history.forget_after(first.step);
        let members = self.view.borrow().wanted().members.len();
        first.history = history.thinned(MOST_MEMBER_STEPS / members.max(1)).to_bytes();
        let tab = tab();
        let mut parts = Vec::with_capacity(snapshots.len());
        for (part, snapshot) in snapshots.iter().enumerate() {
            let bytes = snapshot.to_bytes().map_err(|error| error.to_string())?;
            parts.push(Entry { name: format!("{tab}-{part:02}"), bytes });
        }
        cache::replace(CACHE, parts).await.map_err(|error| error.to_string())
    }

    /// Remember what the run is, for a reload.
    pub(super) fn remember_run(&self, link: &Link) {
        remember(LINK, &link.fragment());
        match self.view.borrow().phase {
            Phase::Training => remember(TRAINS, "1"),
            Phase::Ready | Phase::Paused | Phase::Finished | Phase::Failed => remember(TRAINS, "0"),
            Phase::Loading => {}
        }
    }
}
