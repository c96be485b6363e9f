//! The controls of the run's configuration. Most are rows made from the settings' declarations; λ and the strategy have
//! more to show and files of their own.

mod advisor;
mod choices;
mod lambda;
mod rows;
mod strategy;

use std::rc::Rc;

use web_sys::HtmlElement;

use super::App;
use super::dom::{element, set_attribute, set_shown, set_text};
use crate::ConfigError;
use crate::data::Origin;
use crate::parameter::Parameter;
use crate::session::{Mode, Patch, RunView, Stale};
use crate::web::WebError;

use advisor::Advisor;
pub use choices::offer;
use lambda::Lambda;
use rows::SettingRows;
use strategy::StrategyPanel;

/// The controls.
pub struct Controls {
    lambda: Lambda,
    strategy: StrategyPanel,
    advisor: Advisor,
    rows: SettingRows,
    /// The rows of the λ-curve, and its size.
    curve: [HtmlElement; 2],
    /// What is about one member alone, which a λ-curve has not.
    of_one: [HtmlElement; 2],
    normalization_help: HtmlElement,
    regularization_now: HtmlElement,
    assumptions: HtmlElement,
    data_source: HtmlElement,
}

impl Controls {
    /// Find them in the document and offer what there is to choose.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            lambda: Lambda::find()?,
            strategy: StrategyPanel::find()?,
            advisor: Advisor::build()?,
            rows: SettingRows::find()?,
            curve: [element("curve-panel")?, element("curve-size")?],
            of_one: [element("lambda-panel")?, element("strategy-field")?],
            normalization_help: element("normalization-words")?,
            regularization_now: element("regularization-now")?,
            assumptions: element("assumptions")?,
            data_source: element("data-source")?,
        })
    }

    /// Change the configuration as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        self.lambda.wire(app)?;
        self.strategy.wire(app)?;
        self.advisor.wire(app)?;
        self.rows.wire(app)
    }

    /// Show the configuration wanted.
    pub fn show(&self, view: &RunView) {
        self.lambda.show(view);
        self.strategy.show(view);
        self.rows.show(view);
        let [panel, size] = &self.curve;
        let wanted = view.wanted();
        let is_curve = wanted.mode() == Mode::LambdaCurve;
        set_shown(panel, is_curve);
        self.of_one.iter().for_each(|element| set_shown(element, !is_curve));
        if let Some(curve) = &wanted.curve {
            set_text(size, &format!("{} members train together.", curve.members()));
        }
        if let Some(member) = wanted.members.get(view.focus) {
            set_text(&self.normalization_help, member.normalization.help());
        }
        let regularization = wanted.settings(view.focus).into_iter().find(|one| one.parameter.key == "regularization");
        let rows = regularization.map(|setting| setting.parameter.parameters).unwrap_or_default();
        set_text(&self.regularization_now, &in_force(&rows));
    }

    /// Say which member the slider moves.
    pub fn show_focus(&self, view: &RunView) {
        self.lambda.show_focus(view);
    }

    /// Say where the data comes from.
    pub fn show_data(&self, view: &RunView) {
        let Some(data) = &view.data else { return };
        set_text(&self.data_source, &data.title());
        set_attribute(&self.data_source, "data-kind", data.origin.name());
        let words = format!(
            "{} training engines ({} windows), {} test engines; {}",
            data.train_engines, data.train_windows, data.test_engines, data.labels
        );
        set_attribute(&self.data_source, "title", &words);
        set_shown(&self.assumptions, !data.assumptions.is_empty());
        set_text(
            &self.assumptions,
            &format!(
                "{}: {}",
                match data.origin {
                    Origin::Emulated => "Emulated without NASA’s training files of this subset. Assumed",
                    Origin::Nasa => "Of this run",
                    Origin::Own => "Your files were read so",
                },
                data.assumptions.join(" ")
            ),
        );
    }
}

/// The parameters that are not as they usually are, in a few words.
fn in_force(parameters: &[Parameter]) -> String {
    let differing = parameters.iter().filter(|parameter| parameter.value != parameter.default);
    let words: Vec<String> = differing.map(|parameter| format!("{} {}", parameter.label, parameter.value)).collect();
    if words.is_empty() { ": none".to_owned() } else { format!(": {}", words.join(", ")) }
}

impl App {
    /// Set a setting of the run, or of the member in focus, from its text.
    ///
    /// # Errors
    ///
    /// A value that it cannot take; nothing changes then.
    pub(super) fn set(self: &Rc<Self>, key: &str, value: &str) -> Result<(), ConfigError> {
        let next = {
            let view = self.view.borrow();
            view.wanted().patched(&Patch::of(view.focus, key, value))?
        };
        self.change(&next);
        self.mark(Stale { controls: !self.dialog.is_open(), ..Stale::default() });
        Ok(())
    }

    /// As [`App::set`]; a refusal is said in the message line.
    pub(super) fn set_or_say(self: &Rc<Self>, key: &str, value: &str) {
        if let Err(error) = self.set(key, value) {
            self.messages.wrong(&error.to_string());
        }
    }
}
