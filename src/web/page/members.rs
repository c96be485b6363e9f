//! Focus or race, and the list of members where there is more than one.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::App;
use super::controls::offer;
use super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use crate::chart::{Hue, Style, member_hue};
use crate::session::{Command, MOST_RACERS, Mode, Restart, RunConfig, RunView, Stale, letter, sentence};
use crate::train::MemberState;
use crate::web::WebError;

/// The selector, the panel and its rows.
pub struct Members {
    mode: HtmlSelectElement,
    mode_help: HtmlElement,
    panel: HtmlElement,
    list: HtmlElement,
    add: HtmlButtonElement,
    rows: RefCell<Vec<Row>>,
}

struct Row {
    element: HtmlElement,
    choice: HtmlInputElement,
    swatch: HtmlElement,
    name: HtmlElement,
    rmse: HtmlElement,
    /// Why the member diverged.
    cause: HtmlElement,
}

/// The member in whose row an event was, on an element of this kind.
fn member_of(event: &web_sys::Event, kind: &str) -> Option<usize> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let row = target.closest(kind).ok()??.closest("[data-member]").ok()??;
    row.get_attribute("data-member")?.parse().ok()
}

/// A mode as it is offered, and what it does.
const fn mode_words(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Focus => ("Focus: one member", "Drag λ and watch what one model makes of it."),
        Mode::Compare => (
            "Compare: a race",
            "Two to eight members from the same initial weights on the same batches, each with its own strategy.",
        ),
        Mode::LambdaCurve => (
            "λ-curve: every weight at once",
            "A model for every λ of a grid, several times over, each time on other engines: the error against λ, with its \
             spread, while it forms.",
        ),
    }
}

impl Members {
    /// Find them in the document and offer the modes.
    pub fn find() -> Result<Self, WebError> {
        let members = Self {
            mode: element("mode")?,
            mode_help: element("mode-help")?,
            panel: element("members-panel")?,
            list: element("members")?,
            add: element("add-member")?,
            rows: RefCell::default(),
        };
        members.mode.set_inner_html("");
        Mode::ALL.into_iter().try_for_each(|mode| offer(&members.mode, mode.name(), mode_words(mode).0))?;
        Ok(members)
    }

    /// Change the members as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let (heard, mode) = (Rc::clone(app), self.mode.clone());
        listen(&self.mode, "change", move |_| {
            if let Some(mode) = Mode::from_name(&mode.value()) {
                let focus = heard.view.borrow().focus;
                heard.change_mode(mode, focus);
            }
        })?;
        let heard = Rc::clone(app);
        listen(&self.add, "click", move |_| {
            heard.change_members(RunConfig::with_racer, |restart| Command::Add { restart });
        })?;
        // Rows come and go, so that the list listens for them.
        let heard = Rc::clone(app);
        listen(&self.list, "change", move |event| {
            if let Some(member) = member_of(&event, "input") {
                heard.focus(member);
            }
        })?;
        let app = Rc::clone(app);
        listen(&self.list, "click", move |event| {
            if let Some(member) = member_of(&event, "button") {
                app.change_members(|config| config.without(member), move |restart| Command::Remove { member, restart });
            }
        })
    }

    /// Show each member's strategy and test error, and which one is in focus.
    pub fn show(&self, view: &RunView, app: &Rc<App>) -> Result<(), WebError> {
        let wanted = view.wanted();
        let mode = wanted.mode();
        self.mode.set_value(mode.name());
        set_text(&self.mode_help, mode_words(mode).1);
        let count = if mode == Mode::LambdaCurve { 0 } else { wanted.members.len() };
        let racing = mode == Mode::Compare;
        set_shown(&self.panel, racing);
        self.add.set_disabled(count >= MOST_RACERS);
        let mut rows = self.rows.borrow_mut();
        if rows.len() > count {
            self.list.set_inner_html("");
            rows.clear();
        }
        for member in rows.len()..count {
            rows.push(self.add_row(member)?);
        }
        let style = if app.theme.is_dark() { Style::dark() } else { Style::light() };
        for (member, (row, label)) in rows.iter().zip(view.labels()).enumerate() {
            row.choice.set_checked(member == view.focus);
            set_text(&row.name, label.split_once(" · ").map_or(label.as_str(), |(_, name)| name));
            let test = view.evaluation.as_ref().and_then(|evaluation| evaluation.test.get(member));
            set_text(&row.rmse, &test.map_or_else(|| "–".to_owned(), |test| format!("RMSE {:.2}", test.rmse_cycles)));
            paint(&row.swatch, &style, member_hue(member, count));
            let state = view.evaluation.as_ref().and_then(|evaluation| evaluation.states.get(member));
            set_attribute(&row.element, "data-state", state.map_or("training", MemberState::name));
            let cause = state.and_then(MemberState::divergence).map(|cause| sentence(&cause.to_string()));
            set_text(&row.cause, cause.as_deref().unwrap_or_default());
            set_shown(&row.cause, cause.is_some());
        }
        Ok(())
    }

    fn add_row(&self, member: usize) -> Result<Row, WebError> {
        let row: HtmlElement = create("div", "member-row")?;
        set_attribute(&row, "data-member", &member.to_string());
        let label: HtmlElement = create("label", "member")?;
        let choice: HtmlInputElement = create("input", "")?;
        choice.set_type("radio");
        choice.set_name("member");
        choice.set_value(&member.to_string());
        let swatch: HtmlElement = create("span", "swatch")?;
        set_attribute(&swatch, "aria-hidden", "true");
        let title: HtmlElement = create_text("b", "", &letter(member))?;
        let name: HtmlElement = create("span", "member-name")?;
        let rmse: HtmlElement = create("span", "member-rmse")?;
        append(&label, &[&choice, &swatch, &title, &name, &rmse])?;
        let remove: HtmlElement = create_text("button", "quiet", "×")?;
        set_attribute(&remove, "type", "button");
        set_attribute(&remove, "aria-label", &format!("Remove member {}", letter(member)));
        set_attribute(&remove, "title", "Remove this member; the others start anew");
        let cause: HtmlElement = create("p", "cause")?;
        cause.set_hidden(true);
        append(&row, &[&label, &remove, &cause])?;
        append(&self.list, &[&row])?;
        Ok(Row { element: row, choice, swatch, name, rmse, cause })
    }
}

/// Give a sample a member's colour and marker. A colour that cannot be set costs only that.
pub fn paint(swatch: &HtmlElement, style: &Style, hue: Hue) {
    let _ = swatch.style().set_property("background", &style.color(hue).css());
    set_attribute(swatch, "data-marker", &hue.marker().map_or_else(String::new, |marker| marker.to_string()));
}

impl App {
    /// Start in another mode, if the person agrees.
    fn change_mode(self: &Rc<Self>, mode: Mode, focus: usize) {
        let next = self.view.borrow().wanted().in_mode(mode, focus);
        self.change(&next);
        self.mark(Stale { controls: !self.dialog.is_open(), ..Stale::default() });
    }

    /// Start with other members, if the person agrees. `change` says whether there is something to do.
    fn change_members(
        self: &Rc<Self>,
        change: impl FnOnce(&RunConfig) -> RunConfig,
        command: impl FnOnce(Restart) -> Command + 'static,
    ) {
        let changes = {
            let view = self.view.borrow();
            let wanted = view.wanted();
            change(&wanted) != *wanted
        };
        if !changes {
            return;
        }
        let app = Rc::clone(self);
        self.ask_to_restart("Changing the number of members starts training anew.", move || {
            let trains = app.view.borrow().is_to_train();
            app.send(command(if trains { Restart::AgreedAndTrain } else { Restart::Agreed }));
            app.wants();
        });
        self.mark(Stale { controls: !self.dialog.is_open(), ..Stale::default() });
    }
}
