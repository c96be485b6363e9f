//! Keys that work wherever no control wants them.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::App;
use super::dom::{document, listen};
use crate::web::WebError;

/// Elements that take keys themselves.
const TAKES_KEYS: &str = "input:not([type=range], [type=radio]), textarea, select, [contenteditable]";

/// Elements that the space bar presses or opens.
const TAKES_SPACE: &str = "button, summary, a[href], label, input[type=file], input[type=radio]";

/// Listen to the keys.
pub fn wire(app: &Rc<App>) -> Result<(), WebError> {
    let app = Rc::clone(app);
    let document = document()?;
    listen(&document, "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let within = |selector| {
            event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|element| element.closest(selector).ok().flatten().is_some())
        };
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if modified || event.repeat() || event.default_prevented() || app.dialog.is_open() || within(TAKES_KEYS) {
            return;
        }
        let act: fn(&Rc<App>) = match event.key().as_str() {
            " " if !within(TAKES_SPACE) => App::play_or_pause,
            "s" | "." => App::step,
            "r" => App::reset_if_meant,
            "f" => App::fork,
            _ => return,
        };
        event.prevent_default();
        act(&app);
    })
}
