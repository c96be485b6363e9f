//! Rows of controls, made from the settings' declarations.
//!
//! An element with `data-settings="lr epochs"` holds a row for each of these keys, `data-settings="strategy.*"` one for
//! each parameter of the present choice. One listener on the element hears them all, since the parameters of a choice
//! come and go with it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::App;
use super::super::dom::{append, create, create_text, document, listen, set_attribute, set_shown, set_text};
use super::choices::{keep_choosable, offer};
use crate::model::EncoderConfig;
use crate::parameter::{Parameter, ParameterKind};
use crate::session::{RunView, Setting};
use crate::web::WebError;

/// The attribute of an element that holds rows.
const SETTINGS: &str = "data-settings";
/// The attribute of a control that bears its setting's key.
const KEY: &str = "data-key";
/// Key of the encoder.
const ENCODER: &str = "encoder";

/// Every element that holds rows.
pub struct SettingRows {
    groups: Vec<Group>,
}

/// An element, the keys that it shows, and the rows that are there.
struct Group {
    holder: HtmlElement,
    keys: Vec<String>,
    built: RefCell<Vec<Row>>,
}

/// A setting's control and what stands around it.
#[derive(Clone)]
struct Row {
    key: String,
    control: Element,
    error: HtmlElement,
    /// Its choices or other things that need another control when they change.
    shape: String,
}

impl SettingRows {
    /// Find the elements in the document.
    pub fn find() -> Result<Self, WebError> {
        let found =
            document()?.query_selector_all(&format!("[{SETTINGS}]")).map_err(WebError::call("finding settings"))?;
        let group = |index| {
            let holder: HtmlElement = found.item(index)?.dyn_into().ok()?;
            let keys = holder.get_attribute(SETTINGS)?.split_whitespace().map(str::to_owned).collect();
            Some(Group { holder, keys, built: RefCell::default() })
        };
        Ok(Self { groups: (0..found.length()).filter_map(group).collect() })
    }

    /// Change the settings as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for (index, group) in self.groups.iter().enumerate() {
            let app = Rc::clone(app);
            listen(&group.holder, "change", move |event| {
                let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
                let (Some(key), Some(value)) = (control.get_attribute(KEY), value_of(&control)) else { return };
                let outcome = app.set(&key, &value);
                if let Some(group) = app.controls.rows.groups.get(index) {
                    group.tell(&key, outcome.err().map(|error| error.to_string()).as_deref());
                }
            })?;
        }
        Ok(())
    }

    /// Show the settings of the run and of the member in focus.
    pub fn show(&self, view: &RunView) {
        let settings = view.wanted().settings(view.focus);
        for group in &self.groups {
            // A row that cannot be made is missing from the panel; the setting stays in force, and in the link.
            let _ = group.show(&settings);
        }
    }
}

impl Group {
    /// The rows to be shown, each with its whole key.
    fn rows(&self, settings: &[Setting]) -> Vec<(String, Parameter)> {
        let find = |key: &str| settings.iter().map(|setting| &setting.parameter).find(|found| found.key == key);
        let nested = |parameter: &Parameter| -> Vec<(String, Parameter)> {
            let key = |inner: &Parameter| format!("{}.{}", parameter.key, inner.key);
            parameter.parameters.iter().map(|inner| (key(inner), inner.clone())).collect()
        };
        self.keys
            .iter()
            .flat_map(|key| match key.strip_suffix(".*") {
                Some(outer) => find(outer).map(nested).unwrap_or_default(),
                None => find(key).map_or_else(Vec::new, |parameter| {
                    std::iter::once((key.clone(), parameter.clone())).chain(nested(parameter)).collect()
                }),
            })
            .collect()
    }

    fn show(&self, settings: &[Setting]) -> Result<(), WebError> {
        let rows = self.rows(settings);
        let shapes: Vec<String> = rows.iter().map(|(key, parameter)| format!("{key} {:?}", parameter.kind)).collect();
        let same = self.built.borrow().iter().map(|row| &row.shape).eq(&shapes);
        if !same {
            self.build(&rows, shapes)?;
        }
        for (row, (_, parameter)) in self.built.borrow().iter().zip(&rows) {
            put(&row.control, &parameter.value);
            row.tell(None);
        }
        set_shown(&self.holder, !rows.is_empty());
        Ok(())
    }

    fn build(&self, rows: &[(String, Parameter)], shapes: Vec<String>) -> Result<(), WebError> {
        // A control that a person has just used keeps the focus when the rows around it change.
        let focused = document()?.active_element().and_then(|element| element.get_attribute(KEY));
        self.holder.set_inner_html("");
        let built: Vec<Row> = rows
            .iter()
            .zip(shapes)
            .map(|((key, parameter), shape)| self.row(key, parameter, shape))
            .collect::<Result<_, _>>()?;
        if let Some(row) = built.iter().find(|row| focused.as_ref() == Some(&row.key))
            && let Some(control) = row.control.dyn_ref::<HtmlElement>()
        {
            let _ = control.focus();
        }
        *self.built.borrow_mut() = built;
        Ok(())
    }

    fn row(&self, key: &str, parameter: &Parameter, shape: String) -> Result<Row, WebError> {
        let id = id_of(key, parameter);
        let class = if key.contains('.') { "field row nested" } else { "field row" };
        let field: HtmlElement = create("div", class)?;
        let unit = if parameter.unit.is_empty() { String::new() } else { format!(", {}", parameter.unit) };
        let label: HtmlElement = create_text("label", "", &format!("{}{unit}", parameter.label))?;
        set_attribute(&label, "for", &id);
        let control = control(parameter)?;
        set_attribute(&control, "id", &id);
        set_attribute(&control, KEY, key);
        set_attribute(&control, "autocomplete", "off");
        set_attribute(&control, "aria-describedby", &format!("{id}-help {id}-error"));
        append(&field, &[&label, &control])?;
        let help: HtmlElement = create_text("p", "help", parameter.help)?;
        set_attribute(&help, "id", &format!("{id}-help"));
        let error: HtmlElement = create("p", "setting-error")?;
        set_attribute(&error, "id", &format!("{id}-error"));
        set_attribute(&error, "role", "alert");
        error.set_hidden(true);
        append(&self.holder, &[&field, &help, &error])?;
        Ok(Row { key: key.to_owned(), control: control.into(), error, shape })
    }

    /// Say at the setting why its value was refused, or that nothing is wrong with it.
    fn tell(&self, key: &str, error: Option<&str>) {
        if let Some(row) = self.built.borrow().iter().find(|row| row.key == key) {
            row.tell(error);
        }
    }
}

impl Row {
    fn tell(&self, error: Option<&str>) {
        set_text(&self.error, error.unwrap_or_default());
        set_shown(&self.error, error.is_some());
        set_attribute(&self.control, "aria-invalid", if error.is_some() { "true" } else { "false" });
    }
}

/// The id of a setting's control: its flag, or for a parameter of a choice the key with a hyphen.
fn id_of(key: &str, parameter: &Parameter) -> String {
    if key.contains('.') { key.replace('.', "-") } else { parameter.flag.to_owned() }
}

fn control(parameter: &Parameter) -> Result<HtmlElement, WebError> {
    let kind = match &parameter.kind {
        ParameterKind::Choice(choices) => {
            let select: HtmlElement = create("select", "")?;
            // The site's workers compute the encoders with passes of their own.
            let is_offered = |name: &str| parameter.key != ENCODER || EncoderConfig::FUSED.contains(&name);
            let mut offered = choices.iter().filter(|(name, _)| is_offered(name));
            offered.try_for_each(|(name, words)| offer(&select, name, words))?;
            return Ok(select);
        }
        ParameterKind::Number { .. } => "number",
        ParameterKind::Flag => "checkbox",
        ParameterKind::Text => "text",
    };
    let input: HtmlElement = create("input", "")?;
    set_attribute(&input, "type", kind);
    match parameter.kind {
        ParameterKind::Number { min, max, step, whole, .. } => {
            set_attribute(&input, "min", &min.to_string());
            set_attribute(&input, "max", &max.to_string());
            // Any number will do; the arrows move whole ones by their step.
            set_attribute(&input, "step", &if whole { step.to_string() } else { "any".to_owned() });
            set_attribute(&input, "inputmode", if whole { "numeric" } else { "decimal" });
        }
        _ => set_attribute(&input, "spellcheck", "false"),
    }
    Ok(input)
}

fn value_of(control: &Element) -> Option<String> {
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    let input = control.dyn_ref::<HtmlInputElement>()?;
    Some(if input.type_() == "checkbox" { input.checked().to_string() } else { input.value() })
}

/// Show a value. Of a choice with parameters the name alone is offered.
fn put(control: &Element, value: &str) {
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        keep_choosable(select, value.split(':').next().unwrap_or(value));
    } else if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        if input.type_() == "checkbox" {
            input.set_checked(value == "true");
        } else if input.value() != value {
            // Writing the value that is there already would move the caret.
            input.set_value(value);
        }
    }
}
