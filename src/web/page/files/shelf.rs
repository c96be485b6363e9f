//! The data sets that were read from a person's files, as the page lists them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde_bytes::ByteBuf;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlElement};

use super::super::App;
use super::super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use crate::data::{Labels, Origin, Subset};
use crate::session::{Command, GivenData, MissingFiles};
use crate::web::WebError;

/// A data set at hand.
#[derive(Clone)]
pub struct Held {
    /// What it is.
    pub data: GivenData,
    /// The day since which it is kept in this browser, in words.
    pub since: Option<String>,
}

/// The list, what is missing, and what is kept.
pub struct Shelf {
    list: HtmlElement,
    missing: HtmlElement,
    kept: HtmlElement,
    /// Keeps what is not kept yet.
    pub keep: HtmlButtonElement,
    /// Forgets what is.
    pub forget: HtmlButtonElement,
    held: RefCell<Vec<Held>>,
    /// Whether there is something in the store.
    stored: Cell<bool>,
}

impl Shelf {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            list: element("files-list")?,
            missing: element("files-missing")?,
            kept: element("files-kept")?,
            keep: element("keep-files")?,
            forget: element("forget-files")?,
            held: RefCell::default(),
            stored: Cell::default(),
        })
    }

    /// Do what the buttons say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let heard = Rc::clone(app);
        listen(&self.keep, "click", move |_| heard.keep_files())?;
        let heard = Rc::clone(app);
        listen(&self.forget, "click", move |_| heard.forget_files())?;
        // Rows come and go, so that the list listens for them.
        let app = Rc::clone(app);
        listen(&self.list, "click", move |event| {
            let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let of = |name| button.as_ref().and_then(|button| button.get_attribute(name));
            let subset = of("data-subset").and_then(|name| name.parse::<Subset>().ok());
            let origin = of("data-origin");
            let origin = Origin::ALL.into_iter().find(|one| origin.as_deref() == Some(one.name()));
            if let (Some(subset), Some(origin)) = (subset, origin) {
                app.train_on(subset, origin, &app.files.shelf.title(subset, origin));
            }
        })
    }

    /// Add data sets; one of the same subset is replaced. The same rows read again, from an archive that is read once
    /// more for what it lacked, stay as they are: they may be kept.
    pub fn put(&self, data: impl Iterator<Item = (GivenData, Option<String>)>) {
        let mut held = self.held.borrow_mut();
        for (data, since) in data {
            if held.iter().any(|other| other.data.pack == data.pack) {
                continue;
            }
            held.retain(|other| (other.data.subset, other.data.origin) != (data.subset, data.origin));
            held.push(Held { data, since });
        }
        held.sort_by_key(|held| held.data.subset);
    }

    /// All that is at hand.
    pub fn held(&self) -> Vec<Held> {
        self.held.borrow().clone()
    }

    /// What was not kept yet is now.
    pub fn kept_since(&self, since: &str) {
        for held in self.held.borrow_mut().iter_mut() {
            held.since.get_or_insert_with(|| since.to_owned());
        }
        self.stored.set(true);
    }

    /// What a data set of the list is called.
    fn title(&self, subset: Subset, origin: Origin) -> String {
        let held = self.held.borrow();
        let named = held.iter().find(|held| (held.data.subset, held.data.origin) == (subset, origin));
        named.map_or_else(|| origin.title(subset, None), |held| held.data.title())
    }

    /// The labels to train on a data set with: its own, and for one that has none those of the run, unless they were
    /// another fleet's.
    pub fn labels(&self, subset: Subset, origin: Origin, of_run: Labels) -> Labels {
        let held = self.held.borrow();
        let own = held.iter().find(|held| (held.data.subset, held.data.origin) == (subset, origin));
        let is_anothers = || held.iter().any(|held| held.data.labels == Some(of_run));
        match own.and_then(|held| held.data.labels) {
            Some(labels) => labels,
            None if is_anothers() => Labels::default(),
            None => of_run,
        }
    }

    /// Nothing is kept any more.
    pub fn forgotten(&self) {
        for held in self.held.borrow_mut().iter_mut() {
            held.since = None;
        }
        self.stored.set(false);
    }

    /// There is something in the store, be it damaged.
    pub fn is_stored(&self) {
        self.stored.set(true);
    }

    /// All of it, for a worker.
    pub fn command(&self) -> Option<Command> {
        let packs: Vec<_> = self.held.borrow().iter().map(|held| ByteBuf::from(held.data.pack.clone())).collect();
        (!packs.is_empty()).then_some(Command::LoadPacks { packs })
    }

    /// Say what is still to come.
    pub fn lacks(&self, missing: &[MissingFiles]) {
        let words = missing.iter().map(MissingFiles::words).collect::<Vec<_>>().join("; ");
        set_text(&self.missing, &format!("{words}. Give the rest in another drop: what was given is remembered."));
        set_shown(&self.missing, !missing.is_empty());
    }

    /// Something about keeping that is no error of the person's.
    pub fn remark(&self, words: &str) {
        set_text(&self.kept, words);
        set_shown(&self.kept, true);
    }

    fn show(&self) -> Result<(), WebError> {
        let held = self.held.borrow();
        self.list.set_inner_html("");
        for Held { data, .. } in held.iter() {
            let row: HtmlElement = create("li", "")?;
            let words: HtmlElement = create_text("span", "", &data.words())?;
            let train: HtmlButtonElement = create_text("button", "", &format!("Train on {}", data.subset))?;
            train.set_type("button");
            set_attribute(&train, "data-subset", data.subset.name());
            set_attribute(&train, "data-origin", data.origin.name());
            append(&row, &[&words, &train])?;
            if !data.assumptions.is_empty() {
                let assumed: HtmlElement = create_text("p", "help", &data.assumptions.join(" "))?;
                append(&row, &[&assumed])?;
            }
            append(&self.list, &[&row])?;
        }
        set_shown(&self.list, !held.is_empty());
        set_shown(&self.keep, held.iter().any(|held| held.since.is_none()));
        set_shown(&self.forget, self.stored.get());
        if let Some(words) = kept_words(&held) {
            set_text(&self.kept, &words);
        }
        set_shown(&self.kept, self.stored.get() || !held.is_empty());
        Ok(())
    }
}

/// What is kept and what is not, or nothing to say.
fn kept_words(held: &[Held]) -> Option<String> {
    let (kept, others): (Vec<&Held>, Vec<&Held>) = held.iter().partition(|held| held.since.is_some());
    let names = |held: &[&Held]| held.iter().map(|held| held.data.subset.name()).collect::<Vec<_>>().join(", ");
    let megabytes = |held: &[&Held]| held.iter().map(|held| held.data.pack.len()).sum::<usize>() as f64 / 1e6;
    let since = kept.first().and_then(|first| first.since.as_ref());
    let kept = since
        .map(|since| format!("{}: kept in this browser since {since} ({:.1} MB).", names(&kept), megabytes(&kept)));
    let others = (!others.is_empty()).then(|| {
        format!("{}: not kept, gone when this page closes ({:.1} MB to keep).", names(&others), megabytes(&others))
    });
    // With neither, other words may stand there already.
    (kept.is_some() || others.is_some()).then(|| [kept, others].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

impl App {
    /// List what is at hand as it is now.
    pub(super) fn show_shelf(self: &Rc<Self>) {
        if let Err(error) = self.files.shelf.show() {
            self.messages.wrong(&error.to_string());
        }
    }
}
