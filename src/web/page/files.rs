//! A person's own files: chosen or dropped, read, and handed to the engine.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, FileList, HtmlButtonElement, HtmlElement, HtmlInputElement};

use super::App;
use super::dom::{document, element, listen, set_shown, set_text};
use crate::data::{DataSummary, NamedFile};
use crate::session::Command;
use crate::web::WebError;

/// Bytes of all files together: NASA's whole zip is an eighth of it, and a film dropped by mistake is not read.
const MOST_BYTES: f64 = 96e6;

/// The chooser, the veil over the page while files hang over it, and the offer to train on what was read.
pub struct Files {
    input: HtmlInputElement,
    veil: HtmlElement,
    offer: HtmlElement,
    use_them: HtmlButtonElement,
    /// What the offer is about.
    offered: RefCell<Option<DataSummary>>,
    /// Kept to be read again by another engine.
    given: RefCell<Vec<File>>,
    /// Whether files were handed over and nothing was heard of them yet.
    unanswered: Cell<bool>,
}

impl Files {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            input: element("files")?,
            veil: element("drop")?,
            offer: element("files-offer")?,
            use_them: element("use-files")?,
            offered: RefCell::default(),
            given: RefCell::default(),
            unanswered: Cell::new(false),
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
        {
            let app = Rc::clone(app);
            listen(&self.use_them, "click", move |_| app.train_on_offered())?;
        }
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

    /// The files were read: offer to train on what is in them.
    pub fn accepted(&self, data: &[DataSummary]) {
        self.unanswered.set(false);
        let Some(first) = data.first() else { return };
        set_text(&self.use_them, &format!("Train on {} (starts anew)", first.title()));
        set_shown(&self.offer, true);
        *self.offered.borrow_mut() = Some(first.clone());
    }

    /// Something was refused. If it was the files, they are not to be refused again with the next ones.
    pub fn refused(&self) {
        if self.unanswered.replace(false) {
            self.given.borrow_mut().clear();
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
        let bytes: f64 = files.iter().map(|file| file.size()).sum();
        if bytes > MOST_BYTES {
            let found = bytes / 1e6;
            self.messages.wrong(&format!("the files should have 96 MB together at most, found {found:.0} MB"));
            return;
        }
        // A training set may come in one drop and its RUL file in the next.
        let names: Vec<String> = files.iter().map(File::name).collect();
        self.files.given.borrow_mut().retain(|file| !names.contains(&file.name()));
        self.files.given.borrow_mut().extend(files);
        self.messages.told(&format!("Reading {}…", names.join(", ")));
        self.hand_over_files();
    }

    /// Read the files that were given, all of them, and send them to the engine in use.
    pub(super) fn hand_over_files(self: &Rc<Self>) {
        let files = self.files.given.borrow().clone();
        if files.is_empty() {
            return;
        }
        let app = Rc::clone(self);
        spawn_local(async move {
            match read(files).await {
                Ok(files) => {
                    app.files.unanswered.set(true);
                    app.send(&Command::LoadFiles { files });
                }
                Err(error) => app.messages.wrong(&error.to_string()),
            }
        });
    }

    fn train_on_offered(self: &Rc<Self>) {
        let Some(data) = self.files.offered.borrow().clone() else { return };
        let mut next = self.view.borrow().wanted.clone();
        (next.data.subset, next.data.origin) = (data.subset, Some(data.origin));
        self.change(&next);
        self.mark(crate::session::Stale { controls: !self.dialog.is_open(), ..Default::default() });
    }
}

async fn read(files: Vec<File>) -> Result<Vec<NamedFile>, WebError> {
    let mut named = Vec::with_capacity(files.len());
    for file in files {
        let buffer = JsFuture::from(file.array_buffer()).await.map_err(WebError::call("reading a file"))?;
        named.push(NamedFile { name: file.name(), bytes: js_sys::Uint8Array::new(&buffer).to_vec() });
    }
    Ok(named)
}
