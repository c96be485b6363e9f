//! What the selectors offer, in words.

use web_sys::{HtmlElement, HtmlSelectElement};

use super::super::dom::{append, create_text, set_attribute};
use crate::model::EncoderConfig;
use crate::web::WebError;

/// Offer these values, each with its words.
pub fn fill<const N: usize>(select: &HtmlSelectElement, choices: [(&str, &str); N]) -> Result<(), WebError> {
    select.set_inner_html("");
    choices.into_iter().try_for_each(|(value, words)| offer(select, value, words))
}

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

/// An encoder as it is offered.
pub fn encoder_words(name: &str) -> &str {
    EncoderConfig::from_name(name).map_or(name, |encoder| encoder.title())
}

/// A normalization as it is offered, and what it does.
pub fn normalization_words(name: &str) -> (&str, &'static str) {
    match name {
        "none" => ("none", "Losses are weighted as they are: the larger one dominates, whatever λ says."),
        "amnl" => (
            "AMNL: by a moving average",
            "Each loss is divided by its own moving average, so that λ alone decides the balance.",
        ),
        "batch" => (
            "by the present value",
            "Each loss is divided by its value on this very batch: only the directions of the gradients count.",
        ),
        "initial" => ("by the first value", "Each loss is divided by what it was at the first step."),
        "manual" => ("by hand", "Each loss is divided by a number of your choice: “tuned weights”."),
        other => (other, ""),
    }
}
