//! The address of the page: it holds the whole configuration, so that a link is an experiment that can be repeated.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlButtonElement;

use super::App;
use super::dom::{self, element, listen, window};
use crate::session::{Link, Stale};
use crate::web::WebError;

/// Milliseconds after a change before the address follows: browsers limit how often it may change.
const DELAY_MILLIS: i32 = 250;

/// The button that copies the address, and whether an update is on its way.
pub struct Address {
    copy: HtmlButtonElement,
    waiting: Cell<bool>,
}

impl Address {
    /// Find the button in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self { copy: element("copy-link")?, waiting: Cell::new(false) })
    }

    /// Copy at a press of the button; follow a link that is edited or pasted into the same tab.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        {
            let app = Rc::clone(app);
            listen(&self.copy, "click", move |_| app.copy_address())?;
        }
        let app = Rc::clone(app);
        let window = window()?;
        listen(&window, "hashchange", move |_| app.follow_address())
    }
}

impl App {
    pub(super) fn link(&self) -> Link {
        Link { config: self.view.borrow().wanted().into_owned(), backend: self.backend, autoplay: self.autoplay }
    }

    /// Let the address follow the configuration, a little later and without a new entry in the history.
    pub(super) fn update_address(self: &Rc<Self>) {
        if self.address.waiting.replace(true) {
            return;
        }
        let app = Rc::clone(self);
        dom::after(DELAY_MILLIS, move || {
            app.address.waiting.set(false);
            app.write_address();
        });
    }

    fn write_address(&self) {
        let link = self.link();
        self.remember_run(&link);
        let address = format!("#{}", link.fragment());
        // A browser that refuses, as from a file, takes nothing away but the link.
        if let Some(history) = window().ok().and_then(|window| window.history().ok()) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    }

    fn copy_address(self: &Rc<Self>) {
        self.write_address();
        let app = Rc::clone(self);
        spawn_local(async move {
            let copied = async {
                let window = window()?;
                let address = window.location().href().map_err(WebError::call("reading the address"))?;
                // The clipboard is missing where a page is not served securely.
                let clipboard = dom::property(&window.navigator().into(), "clipboard")
                    .ok_or(WebError::Unsupported("clipboard for this page; the address bar holds the link"))?;
                let clipboard: web_sys::Clipboard = clipboard.into();
                JsFuture::from(clipboard.write_text(&address)).await.map_err(WebError::call("copying the link"))
            };
            match copied.await {
                Ok(_) => app.messages.say("The link is copied. It holds the whole configuration."),
                Err(error) => app.messages.wrong(&error.to_string()),
            }
        });
    }

    /// A person edited the link, or pasted another one into the same tab.
    fn follow_address(self: &Rc<Self>) {
        let hash = window().ok().and_then(|window| window.location().hash().ok()).unwrap_or_default();
        let (link, problems) = Link::parse(&hash);
        if let Some(problem) = problems.first() {
            self.messages.wrong(&format!("part of the link was left out: {problem}"));
        }
        if link.backend != self.backend {
            // The devices are chosen once, at the start.
            if let Ok(window) = window() {
                let _ = window.location().reload();
            }
            return;
        }
        self.change(&link.config);
        self.mark(Stale { controls: !self.dialog.is_open(), ..Stale::default() });
        self.update_address();
    }
}
