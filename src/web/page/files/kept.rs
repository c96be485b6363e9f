//! What is kept in this browser: looked up before the first run starts, kept and forgotten at the press of a button.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::super::App;
use super::super::dom;
use super::Files;
use super::store::{self, Kept};
use crate::data::{PackInfo, pack_info};
use crate::session::GivenData;

/// Milliseconds that the first run waits for the browser's store at most.
const PATIENCE_MILLIS: i32 = 3_000;

/// Whether the store has been looked into, and who waits for that.
#[derive(Default)]
pub struct Search {
    looking: Cell<bool>,
    waiting: RefCell<Vec<Box<dyn FnOnce()>>>,
}

impl Files {
    /// Whether it is not known yet what is kept.
    pub fn is_looking(&self) -> bool {
        self.search.looking.get()
    }

    /// Do this once that is known.
    pub fn once_looked(&self, then: impl FnOnce() + 'static) {
        self.search.waiting.borrow_mut().push(Box::new(then));
    }
}

impl App {
    /// Look into the store. A run that is asked for meanwhile waits, but not for long.
    pub(in super::super) fn look_for_kept_files(self: &Rc<Self>) {
        self.files.search.looking.set(true);
        let app = Rc::clone(self);
        dom::after(PATIENCE_MILLIS, move || app.looked());
        let app = Rc::clone(self);
        spawn_local(async move {
            match store::kept().await {
                Ok(kept) => app.take_kept(kept),
                Err(error) => app.files.shelf.remark(&format!("This browser does not say what it keeps: {error}.")),
            }
            app.looked();
        });
    }

    fn looked(self: &Rc<Self>) {
        self.files.search.looking.set(false);
        for then in self.files.search.waiting.take() {
            then();
        }
    }

    fn take_kept(self: &Rc<Self>, kept: Vec<Kept>) {
        if kept.is_empty() {
            return;
        }
        self.files.shelf.is_stored();
        let mut damaged = Vec::new();
        for Kept { name, pack, rows, since } in kept {
            match pack_info(&pack) {
                Ok(info) => self.files.shelf.put(std::iter::once((given(&info, rows, pack), Some(store::day(&since))))),
                Err(error) => damaged.push(format!("{name} ({error})")),
            }
        }
        if !damaged.is_empty() {
            let what = damaged.join(", ");
            self.files.shelf.remark(&format!("Damaged in this browser: {what}."));
            self.messages.wrong(&format!(
                "what this browser kept is damaged and was left out: {what}; forget it and give the files again"
            ));
        }
        self.show_shelf();
        // The store was slow, and a run is there already.
        if !self.files.is_looking()
            && let Some(data) = self.files.data()
        {
            self.crew.ask(|workers| workers.share(data));
        }
    }

    pub(super) fn keep_files(self: &Rc<Self>) {
        let app = Rc::clone(self);
        spawn_local(async move {
            let now = js_sys::Date::new_0().to_iso_string();
            let since = String::from(now);
            for held in app.files.shelf.held().into_iter().filter(|held| held.since.is_none()) {
                let data = held.data;
                if let Err(error) = store::keep(&data, &since).await {
                    let megabytes = data.pack.len() as f64 / 1e6;
                    let words = format!("{} ({megabytes:.1} MB) cannot be kept in this browser: {error}", data.subset);
                    return app.messages.wrong(&words);
                }
            }
            app.files.shelf.kept_since(&store::day(&since));
            app.show_shelf();
            let _ = app.files.shelf.forget.focus();
        });
    }

    pub(super) fn forget_files(self: &Rc<Self>) {
        let app = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = store::forget().await {
                return app.messages.wrong(&format!("what is kept cannot be forgotten: {error}"));
            }
            app.files.shelf.forgotten();
            app.files.shelf.remark("Nothing is kept in this browser any more.");
            app.show_shelf();
            let _ = app.files.shelf.keep.focus();
        });
    }
}

fn given(info: &PackInfo, rows: usize, pack: Vec<u8>) -> GivenData {
    let &PackInfo { subset, origin, train_engines, test_engines, .. } = info;
    let (name, labels, assumptions) = (info.name.clone(), info.labels, info.notes.clone());
    GivenData { subset, origin, name, labels, assumptions, train_engines, test_engines, rows, pack }
}
