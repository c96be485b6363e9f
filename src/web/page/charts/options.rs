//! What a person chooses about single charts.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::App;
use super::super::controls::offer;
use super::super::dom::{append, create, create_text, document, listen, set_attribute, set_shown};
use crate::chart::{Chart, Range, Scene, looked_for};
use crate::session::Command;
use crate::train::Surroundings;
use crate::web::WebError;

/// A row with a chart's choices, if it has any.
pub fn build(chart: &Chart) -> Result<Option<HtmlElement>, WebError> {
    if chart.choices.is_empty() {
        return Ok(None);
    }
    let row: HtmlElement = create("div", "options")?;
    for choice in chart.choices {
        let label: HtmlElement = create("label", "")?;
        let words: HtmlElement = create_text("span", "", choice.label)?;
        let input = |kind: &str| -> Result<HtmlInputElement, WebError> {
            let input: HtmlInputElement = create("input", "")?;
            input.set_type(kind);
            Ok(input)
        };
        match choice.range {
            Range::OneOf(values) => {
                let select: HtmlSelectElement = create("select", "")?;
                set_attribute(&select, "id", choice.id);
                set_attribute(&select, "autocomplete", "off");
                values.iter().try_for_each(|(value, words)| offer(&select, value, words))?;
                append(&label, &[&words, &select])?;
            }
            Range::Tick(ticked) => {
                let tick = input("checkbox")?;
                tick.set_checked(ticked);
                set_attribute(&tick, "id", choice.id);
                append(&label, &[&tick, &words])?;
            }
            Range::Press => {
                let button: HtmlElement = create_text("button", "", choice.label)?;
                set_attribute(&button, "type", "button");
                set_attribute(&button, "id", choice.id);
                append(&row, &[&button])?;
                continue;
            }
            Range::TestEngine => {
                let number = input("number")?;
                number.set_min("1");
                set_attribute(&number, "id", choice.id);
                set_attribute(&number, "autocomplete", "off");
                append(&label, &[&words, &number])?;
            }
        }
        append(&row, &[&label])?;
    }
    Ok(Some(row))
}

/// Hear what is chosen about a chart, and draw it anew.
pub fn wire(chart: &'static Chart, row: &Element, app: &Rc<App>) -> Result<(), WebError> {
    if chart.choices.iter().any(|choice| matches!(choice.range, Range::Press)) {
        let app = Rc::clone(app);
        listen(row, "click", move |event| {
            let control = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if control.is_some_and(|control| control.local_name() == "button") {
                app.look_around();
            }
        })?;
    }
    let app = Rc::clone(app);
    listen(row, "change", move |event| {
        let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let Some(choice) = chart.choices.iter().find(|choice| choice.id == control.id()) else { return };
        let input = || control.dyn_ref::<HtmlInputElement>();
        let value = match choice.range {
            Range::OneOf(_) => control.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value),
            Range::Tick(_) => input().map(|tick| tick.checked().to_string()),
            Range::TestEngine => input().map(HtmlInputElement::value),
            Range::Press => None,
        };
        app.charts.chosen.borrow_mut().choose(choice, value.unwrap_or_default());
        if matches!(choice.range, Range::TestEngine) {
            app.follow_engine();
        }
        app.charts.renew(chart);
        app.request_frame();
    })
}

/// Show whether there is something to choose, and which test engine is drawn unless a person is choosing another one.
pub fn show(chart: &Chart, row: &HtmlElement, scene: &Scene) {
    set_shown(row, chart.offers_choices(scene));
    for choice in chart.choices.iter().filter(|choice| matches!(choice.range, Range::TestEngine)) {
        let Ok(document) = document() else { return };
        let Some(trajectory) = &scene.view.trajectory else { return };
        let Some(number) = document.get_element_by_id(choice.id) else { return };
        let is_chosen = document.active_element().is_some_and(|active| active == number);
        let Some(number) = number.dyn_ref::<HtmlInputElement>() else { return };
        number.set_max(&trajectory.engines.to_string());
        if !is_chosen {
            number.set_value(&trajectory.engine.to_string());
        }
    }
}

impl App {
    /// Ask for both losses around the present weights of the member in focus.
    fn look_around(self: &Rc<Self>) {
        let (reach, points) = looked_for(&self.charts.chosen.borrow());
        let member = self.view.borrow().focus;
        self.send(Command::LookAround { around: Surroundings { member, points, reach } });
    }

    /// Ask for the test engine's life that a person wants to see; it is reported anew at the end of every epoch.
    pub(in super::super) fn follow_engine(self: &Rc<Self>) {
        let engine = self.charts.chosen.borrow().test_engine();
        self.send(Command::Follow { engine });
    }
}
