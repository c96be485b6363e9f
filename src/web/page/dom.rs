//! Elements by their names, and listeners that live as long as the page.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

use crate::web::WebError;

/// The window.
pub fn window() -> Result<Window, WebError> {
    web_sys::window().ok_or(WebError::Unsupported("window"))
}

/// The document.
pub fn document() -> Result<Document, WebError> {
    window()?.document().ok_or(WebError::Unsupported("document"))
}

/// The element of this id.
pub fn element<T: JsCast>(id: &str) -> Result<T, WebError> {
    document()?
        .get_element_by_id(id)
        .ok_or_else(|| WebError::MissingElement(id.to_owned()))?
        .dyn_into()
        .map_err(|_| WebError::WrongElement(id.to_owned()))
}

/// A new element of this tag, with a class.
pub fn create<T: JsCast>(tag: &str, class: &str) -> Result<T, WebError> {
    let element = document()?.create_element(tag).map_err(WebError::call("making an element"))?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    element.dyn_into().map_err(|_| WebError::WrongElement(tag.to_owned()))
}

/// A new element of this tag, with a class and words in it.
pub fn create_text<T: JsCast + AsRef<Element>>(tag: &str, class: &str, text: &str) -> Result<T, WebError> {
    let element: T = create(tag, class)?;
    let plain: &Element = element.as_ref();
    plain.set_text_content(Some(text));
    Ok(element)
}

/// Put children at the end of an element.
pub fn append(parent: &Element, children: &[&Element]) -> Result<(), WebError> {
    children
        .iter()
        .try_for_each(|child| parent.append_child(child).map(|_| ()))
        .map_err(WebError::call("adding an element"))
}

/// Set an attribute. The names used here are all valid, so that there is nothing to fail.
pub fn set_attribute(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Set the words of an element, only where they differ: unchanged words cost no layout and are not read out again.
pub fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Show or hide an element.
pub fn set_shown(element: &HtmlElement, shown: bool) {
    if element.hidden() == shown {
        element.set_hidden(!shown);
    }
}

/// Call `heard` at every event of this name, for as long as the page lives.
pub fn listen(target: &EventTarget, name: &str, heard: impl FnMut(Event) + 'static) -> Result<(), WebError> {
    let closure = Closure::<dyn FnMut(Event)>::new(heard);
    target
        .add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())
        .map_err(WebError::call("listening to the page"))?;
    closure.forget();
    Ok(())
}

/// Call `then` after some time.
pub fn after(millis: i32, then: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(then);
    if let Ok(window) = window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), millis);
    }
}

/// Milliseconds since the page began to load.
pub fn now_millis() -> f64 {
    window().ok().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// A property of a JavaScript object, or `None` where it is missing.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
