//! The strategy of the member in focus: what there is to choose, its card, and a control for each of its parameters.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::App;
use super::super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use super::choices::offer;
use crate::session::{RunView, Stale};
use crate::web::WebError;
use crate::weighting::{Family, Parameter, ParameterKind, WeightingConfig};

/// The attribute of a control that bears its parameter's name.
const KEY: &str = "data-parameter";

/// The selector, the card and the parameters.
pub struct StrategyPanel {
    select: HtmlSelectElement,
    help: HtmlElement,
    parameters: HtmlElement,
    rows: HtmlElement,
    card: HtmlElement,
    /// The name of the strategy whose controls are there.
    built: RefCell<String>,
}

impl StrategyPanel {
    /// Find them in the document, and offer every strategy among its family.
    pub fn find() -> Result<Self, WebError> {
        let panel = Self {
            select: element("strategy")?,
            help: element("strategy-help")?,
            parameters: element("strategy-parameters")?,
            rows: element("strategy-rows")?,
            card: element("strategy-card")?,
            built: RefCell::default(),
        };
        panel.select.set_inner_html("");
        for family in Family::ALL {
            let group: HtmlElement = create("optgroup", "")?;
            set_attribute(&group, "label", family.title());
            let named =
                WeightingConfig::NAMES.iter().filter_map(|name| Some((*name, WeightingConfig::from_name(name)?)));
            for (name, strategy) in named.filter(|(_, strategy)| strategy.card().family == family) {
                offer(&group, name, strategy.card().title)?;
            }
            append(&panel.select, &[&group])?;
        }
        Ok(panel)
    }

    /// Change the strategy of the member in focus as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let (heard, select) = (Rc::clone(app), self.select.clone());
        listen(&self.select, "change", move |_| {
            heard.take_strategy(&select.value());
        })?;
        // One listener for all parameters, which come and go.
        let app = Rc::clone(app);
        listen(&self.rows, "change", move |event| {
            let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
            let (Some(key), Some(value)) = (control.get_attribute(KEY), value_of(&control)) else { return };
            let mut outcome = Ok(());
            let view = app.view.borrow();
            let next = view.with_member(|member| {
                outcome = member.weighting.set(&key, &value).and_then(|()| member.weighting.build().map(|_| ()));
            });
            drop(view);
            match outcome {
                Ok(()) => app.change(next),
                Err(error) => app.messages.wrong(&error.to_string()),
            }
            app.mark(Stale { controls: true, ..Stale::default() });
        })
    }

    /// Show the strategy of the member in focus.
    pub fn show(&self, view: &RunView) {
        let Some(member) = view.wanted.members.get(view.focus) else { return };
        let strategy = &member.weighting;
        self.select.set_value(strategy.name());
        let parameters: Vec<Parameter> =
            strategy.parameters().into_iter().filter(|parameter| parameter.key != "lambda_rul").collect();
        if *self.built.borrow() != strategy.name() {
            set_text(&self.help, strategy.card().summary);
            set_shown(&self.parameters, !parameters.is_empty());
            // What cannot be shown is still in force, and in the link.
            let _ = self.build(strategy, &parameters);
            strategy.name().clone_into(&mut self.built.borrow_mut());
        }
        for parameter in &parameters {
            let control = self.rows.query_selector(&format!("[{KEY}={}]", parameter.key)).ok().flatten();
            if let Some(control) = control {
                put(&control, &parameter.value);
            }
        }
    }

    fn build(&self, strategy: &WeightingConfig, parameters: &[Parameter]) -> Result<(), WebError> {
        self.rows.set_inner_html("");
        for parameter in parameters {
            let (row, help) = (row(parameter)?, help(parameter)?);
            append(&self.rows, &[&row, &help])?;
        }
        self.card.set_inner_html("");
        let card = strategy.card();
        let entries = [
            ("Best for", card.best_for.to_owned()),
            ("For it", sentences(card.pros)),
            ("Against it", sentences(card.cons)),
            ("Cost", strategy.needs().cost()),
            ("Source", card.citation.to_owned()),
        ];
        for (term, words) in entries {
            let (term, words): (HtmlElement, HtmlElement) =
                (create_text("dt", "", term)?, create_text("dd", "", &words)?);
            append(&self.card, &[&term, &words])?;
        }
        Ok(())
    }
}

/// Several remarks, one after the other.
fn sentences(remarks: &[&str]) -> String {
    remarks.iter().map(|remark| format!("{}.", remark.trim_end_matches('.'))).collect::<Vec<_>>().join(" ")
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
