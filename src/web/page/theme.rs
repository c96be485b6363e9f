//! Light or dark: as the system says, or as the person chose.

use std::rc::Rc;

use web_sys::{HtmlElement, MediaQueryList, Storage};

use super::App;
use super::dom::{document, element, listen, set_attribute, set_text, window};
use crate::chart::Style;
use crate::session::Stale;
use crate::web::WebError;

/// Where the choice is kept; `boot.js` reads it before the first paint.
const KEY: &str = "theme";

/// The button and the system's preference.
pub struct Theme {
    root: HtmlElement,
    button: HtmlElement,
    name: HtmlElement,
    system_dark: Option<MediaQueryList>,
}

impl Theme {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        use wasm_bindgen::JsCast;
        let root = document()?.document_element().and_then(|root| root.dyn_into().ok());
        Ok(Self {
            root: root.ok_or(WebError::Unsupported("document element"))?,
            button: element("theme")?,
            name: element("theme-name")?,
            system_dark: window()?.match_media("(prefers-color-scheme: dark)").ok().flatten(),
        })
    }

    /// Whether the page is dark now.
    pub fn is_dark(&self) -> bool {
        match self.chosen().as_str() {
            "dark" => true,
            "light" => false,
            _ => self.system_dark.as_ref().is_some_and(MediaQueryList::matches),
        }
    }

    /// How charts look in these colours, as fine as the screen is.
    pub fn chart_style(&self) -> Result<Style, WebError> {
        let style = if self.is_dark() { Style::dark() } else { Style::light() };
        Ok(style.scaled(window()?.device_pixel_ratio()))
    }

    /// Change at a press of the button, and when the system does.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        self.show();
        let changed = {
            let app = Rc::clone(app);
            move || {
                app.theme.show();
                app.charts.invalidate();
                app.explorer.invalidate();
                app.mark(Stale { members: true, ..Stale::default() });
            }
        };
        if let Some(system) = &self.system_dark {
            let changed = changed.clone();
            listen(system, "change", move |_| changed())?;
        }
        let app = Rc::clone(app);
        listen(&self.button, "click", move |_| {
            app.theme.choose_next();
            changed();
        })
    }

    fn chosen(&self) -> String {
        self.root.dataset().get("theme").unwrap_or_default()
    }

    fn choose_next(&self) {
        let next = match self.chosen().as_str() {
            "light" => "dark",
            "dark" => "",
            _ => "light",
        };
        if next.is_empty() {
            let _ = self.root.remove_attribute("data-theme");
        } else {
            set_attribute(&self.root, "data-theme", next);
        }
        // Storage may be forbidden; then the choice lasts as long as the page.
        if let Some(storage) = storage() {
            let _ = if next.is_empty() { storage.remove_item(KEY) } else { storage.set_item(KEY, next) };
        }
    }

    fn show(&self) {
        let (name, words) = match self.chosen().as_str() {
            "light" => ("Light", "Colours: light"),
            "dark" => ("Dark", "Colours: dark"),
            _ => ("Auto", "Colours: auto, as the system"),
        };
        set_text(&self.name, name);
        set_attribute(&self.button, "aria-label", words);
        set_attribute(&self.button, "title", words);
    }
}

fn storage() -> Option<Storage> {
    window().ok()?.local_storage().ok().flatten()
}
