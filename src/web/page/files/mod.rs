//! A person's own files: chosen or dropped, read by a worker, and kept in this browser if the person wants it.
//!
//! The page never holds their bytes. The worker in use is given the browser's handles and reads them; what it found
//! comes back as packs, which are small: for workers that are started later, and to be kept.

mod kept;
mod mapping;
mod shelf;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, FileList, HtmlElement, HtmlInputElement, HtmlProgressElement};

use super::App;
use super::dom::{document, element, listen, set_shown, set_text};
use crate::data::{Origin, Subset, TableHead};
use crate::session::{Command, Drops, GivenData, MissingFiles};
use crate::web::WebError;

use kept::Search;
use mapping::MappingDialog;
use shelf::Shelf;

/// The chooser, the veil over the page while files hang over it, how far reading is, and what was read.
pub struct Files {
    input: HtmlInputElement,
    veil: HtmlElement,
    bar: HtmlElement,
    bar_words: HtmlElement,
    progress: HtmlProgressElement,
    drops: RefCell<Drops<File>>,
    /// The numbers of the commands to read that are not answered yet.
    asked: RefCell<Vec<u32>>,
    /// What a worker was given last.
    handed_over: RefCell<Vec<File>>,
    mapping: MappingDialog,
    shelf: Shelf,
    search: Search,
}

impl Files {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            input: element("files")?,
            veil: element("drop")?,
            bar: element("files-reading")?,
            bar_words: element("files-reading-words")?,
            progress: element("files-progress")?,
            drops: RefCell::default(),
            asked: RefCell::default(),
            handed_over: RefCell::default(),
            mapping: MappingDialog::find()?,
            shelf: Shelf::find()?,
            search: Search::default(),
        })
    }

    /// Take files from the chooser and from drops anywhere on the page.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        {
            let (app, input) = (Rc::clone(app), self.input.clone());
            listen(&self.input, "change", move |_| {
                app.take(input.files());
                // So that the same file can be chosen again after it was mended.
                input.set_value("");
            })?;
        }
        self.shelf.wire(app)?;
        self.mapping.wire(app)?;
        self.wire_drops(app)
    }

    fn wire_drops(&self, app: &Rc<App>) -> Result<(), WebError> {
        let document = document()?;
        // Entering a child comes before leaving its parent; the files hang over the page while more was entered.
        let depth = Rc::new(Cell::new(0_i32));
        for (name, by) in [("dragenter", 1), ("dragleave", -1)] {
            let (veil, depth) = (self.veil.clone(), Rc::clone(&depth));
            listen(&document, name, move |event| {
                if carried(&event).is_some() {
                    event.prevent_default();
                    depth.set((depth.get() + by).max(0));
                    set_shown(&veil, depth.get() > 0);
                }
            })?;
        }
        listen(&document, "dragover", |event| {
            if carried(&event).is_some() {
                event.prevent_default();
            }
        })?;
        let (app, veil) = (Rc::clone(app), self.veil.clone());
        listen(&document, "drop", move |event| {
            depth.set(0);
            set_shown(&veil, false);
            if let Some(files) = carried(&event) {
                event.prevent_default();
                app.take(files);
            }
        })
    }

    /// The data sets at hand, for a worker that has none of them yet.
    pub fn data(&self) -> Option<Command> {
        self.shelf.command()
    }

    /// How far reading is.
    pub fn reading(&self, file: &str, share: f32) {
        set_text(&self.bar_words, &format!("Reading {file}"));
        self.progress.set_value(f64::from(share));
        set_shown(&self.bar, true);
    }

    /// A command was refused: the files, if it was to read them. Whether a dialog says why.
    pub fn refused(&self, id: u32, why: &str) -> bool {
        let before = self.asked.borrow().len();
        self.asked.borrow_mut().retain(|asked| *asked != id);
        if self.asked.borrow().len() < before {
            self.drops.borrow_mut().refused();
            self.answered();
        }
        let is_said = self.mapping.refused(id, why);
        if is_said {
            self.answered();
        }
        is_said
    }

    /// The worker will not answer any more.
    pub fn give_up(&self) {
        self.drops.borrow_mut().give_up();
        self.answered();
    }

    fn answered(&self) {
        if !self.drops.borrow().is_reading() {
            set_shown(&self.bar, false);
        }
    }
}

/// The files that a drag carries: `None` for a drag of something else, and no list until it is dropped.
#[expect(clippy::option_option, reason = "the browser tells apart a drag of files and the files themselves")]
fn carried(event: &web_sys::Event) -> Option<Option<FileList>> {
    let data = event.dyn_ref::<DragEvent>()?.data_transfer()?;
    data.types().includes(&"Files".into(), 0).then(|| data.files())
}

impl App {
    fn take(self: &Rc<Self>, files: Option<FileList>) {
        let files: Vec<File> =
            files.map(|files| (0..files.length()).filter_map(|index| files.get(index)).collect()).unwrap_or_default();
        if files.is_empty() {
            return;
        }
        let names: Vec<String> = files.iter().map(File::name).collect();
        let drop = files.into_iter().map(|file| (file.name(), file.size(), file)).collect();
        let all = self.files.drops.borrow_mut().take(drop);
        match all {
            Ok(all) => {
                let what = if names.len() > 3 { format!("{} files", names.len()) } else { names.join(", ") };
                self.messages.say(&format!("Reading {what}…"));
                self.files.reading(&what, 0.0);
                self.hand_over(&all);
            }
            Err(error) => self.messages.wrong(&error.to_string()),
        }
    }

    /// Give files to the worker in use; without one they wait for [`App::hand_over_files_again`].
    fn hand_over(self: &Rc<Self>, files: &[File]) {
        let id = self.view.borrow_mut().number();
        self.files.handed_over.replace(files.to_vec());
        match self.crew.read(id, files, None) {
            Ok(true) => self.files.asked.borrow_mut().push(id),
            Ok(false) => {}
            Err(error) => {
                self.files.give_up();
                self.messages.wrong(&error.to_string());
            }
        }
    }

    /// Give the worker in use what no worker has answered yet.
    pub(super) fn hand_over_files_again(self: &Rc<Self>) {
        let files = self.files.drops.borrow_mut().again();
        if !files.is_empty() {
            self.hand_over(&files);
        }
        if self.files.mapping.is_reading() {
            self.files.mapping.lost();
            self.read_mapped();
        }
    }

    /// Files are tables that are not in C-MAPSS form: ask what their columns hold.
    pub(super) fn map_tables(self: &Rc<Self>, tables: &[TableHead], why: &str) {
        self.files.drops.borrow_mut().refused();
        self.files.answered();
        let files = self.files.handed_over.borrow().clone();
        if let Err(error) = self.files.mapping.open(tables.to_vec(), why, files) {
            self.messages.wrong(&error.to_string());
        }
    }

    /// Files were read: show what is in them, offer to train on it, and let all workers have it.
    pub(super) fn take_data(self: &Rc<Self>, data: &[GivenData], missing: &[MissingFiles]) {
        if self.files.mapping.is_reading() {
            self.files.mapping.done();
        } else {
            self.files.drops.borrow_mut().read(missing);
        }
        self.files.answered();
        self.files.shelf.put(data.iter().cloned().map(|data| (data, None)));
        self.files.shelf.lacks(missing);
        self.show_shelf();
        if let Some(data) = self.files.data() {
            self.crew.ask(|workers| workers.share(data));
        }
    }

    /// Start on a data set that was read, also if the run in progress is on one of the same name: its rows may be others.
    fn train_on(self: &Rc<Self>, subset: Subset, origin: Origin, title: &str) {
        let (next, trains) = {
            let view = self.view.borrow();
            let mut next = view.wanted().into_owned();
            (next.data.subset, next.data.origin) = (subset, Some(origin));
            next.data.labels = self.files.shelf.labels(subset, origin, next.data.labels);
            (next, view.is_to_train())
        };
        let app = Rc::clone(self);
        self.ask_to_restart(&format!("Training on {title} starts anew."), move || {
            let requests = app.view.borrow_mut().start_run(next, trains);
            app.dispatch(requests);
            app.wants();
            app.mark(crate::session::Stale { controls: true, ..Default::default() });
        });
    }
}
