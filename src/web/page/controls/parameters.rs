//! Controls that are made from what parameters say of themselves.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::dom::{append, create, create_text, element, listen, set_attribute};
use super::choices::offer;
use crate::web::WebError;
use crate::weighting::{Parameter, ParameterKind};

/// The attribute of a control that bears its parameter's name.
const KEY: &str = "data-parameter";

/// A control for each of some parameters.
pub struct ParameterRows {
    rows: HtmlElement,
    /// What the parameters belong to whose controls are there.
    built: RefCell<String>,
}

impl ParameterRows {
    /// Find the place for them in the document.
    pub fn find(id: &str) -> Result<Self, WebError> {
        Ok(Self { rows: element(id)?, built: RefCell::default() })
    }

    /// Hear of a parameter's new value. One listener for all, since they come and go.
    pub fn wire(&self, heard: impl Fn(&str, &str) + 'static) -> Result<(), WebError> {
        listen(&self.rows, "change", move |event| {
            let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
            if let (Some(key), Some(value)) = (control.get_attribute(KEY), value_of(&control)) {
                heard(&key, &value);
            }
        })
    }

    /// Show these parameters of what bears this name. Returns whether other controls were built for them.
    pub fn show(&self, name: &str, parameters: &[Parameter]) -> Result<bool, WebError> {
        let is_new = *self.built.borrow() != name;
        if is_new {
            self.rows.set_inner_html("");
            for parameter in parameters {
                let (row, help) = (row(parameter)?, help(parameter)?);
                append(&self.rows, &[&row, &help])?;
            }
            name.clone_into(&mut self.built.borrow_mut());
        }
        for parameter in parameters {
            let control = self.rows.query_selector(&format!("[{KEY}={}]", parameter.key)).ok().flatten();
            if let Some(control) = control {
                put(&control, &parameter.value);
            }
        }
        Ok(is_new)
    }
}

/// The id of a parameter's control.
fn id(parameter: &Parameter) -> String {
    format!("parameter-{}", parameter.key)
}

fn row(parameter: &Parameter) -> Result<HtmlElement, WebError> {
    let row: HtmlElement = create("div", "field row")?;
    let label: HtmlElement = create_text("label", "", parameter.label)?;
    set_attribute(&label, "for", &id(parameter));
    let control: HtmlElement = match parameter.kind {
        ParameterKind::Choice(choices) => {
            let select: HtmlElement = create("select", "")?;
            choices.iter().try_for_each(|(name, words)| offer(&select, name, words))?;
            select
        }
        ParameterKind::Number { min, max, step, .. } => {
            let input: HtmlElement = create("input", "")?;
            set_attribute(&input, "type", "number");
            set_attribute(&input, "min", &min.to_string());
            set_attribute(&input, "max", &max.to_string());
            // Any number will do; the arrows move by the step where it fits the smallest value.
            set_attribute(&input, "step", if step > 0.0 { "any" } else { "1" });
            input
        }
        ParameterKind::Flag => {
            let input: HtmlElement = create("input", "")?;
            set_attribute(&input, "type", "checkbox");
            input
        }
        ParameterKind::Text => {
            let input: HtmlElement = create("input", "")?;
            set_attribute(&input, "type", "text");
            set_attribute(&input, "spellcheck", "false");
            input
        }
    };
    set_attribute(&control, "id", &id(parameter));
    set_attribute(&control, KEY, parameter.key);
    set_attribute(&control, "autocomplete", "off");
    set_attribute(&control, "aria-describedby", &format!("{}-help", id(parameter)));
    append(&row, &[&label, &control])?;
    Ok(row)
}

fn help(parameter: &Parameter) -> Result<HtmlElement, WebError> {
    let help: HtmlElement = create_text("p", "help", parameter.help)?;
    set_attribute(&help, "id", &format!("{}-help", id(parameter)));
    Ok(help)
}

fn value_of(control: &Element) -> Option<String> {
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    let input = control.dyn_ref::<HtmlInputElement>()?;
    Some(if input.type_() == "checkbox" { input.checked().to_string() } else { input.value() })
}

fn put(control: &Element, value: &str) {
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    } else if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        if input.type_() == "checkbox" {
            input.set_checked(value == "true");
        } else if input.value() != value {
            input.set_value(value);
        }
    }
}
