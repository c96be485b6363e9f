//! What the selectors offer, in words.

use web_sys::{HtmlElement, HtmlSelectElement};

use super::super::dom::{append, create_text, set_attribute};
use crate::web::WebError;

/// Offer a value with its words, in a selector or in a group of one.
pub fn offer(select: &HtmlElement, value: &str, words: &str) -> Result<(), WebError> {
    let option: HtmlElement = create_text("option", "", words)?;
    set_attribute(&option, "value", value);
    append(select, &[&option])
}

/// Select a value that may have come from a link and not be among those offered.
pub fn keep_choosable(select: &HtmlSelectElement, value: &str) {
    select.set_value(value);
    if select.value() != value && offer(select, value, value).is_ok() {
        select.set_value(value);
    }
}
