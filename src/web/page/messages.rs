//! The two places where the page speaks in sentences: a polite status line, and an alert that stays until dismissed.

use web_sys::HtmlElement;

use super::dom::{element, listen, set_attribute, set_shown, set_text};
use crate::session::{Phase, RunView, grouped, sentence};
use crate::web::WebError;

/// Status line and alert.
pub struct Messages {
    status: HtmlElement,
    alert: HtmlElement,
    alert_text: HtmlElement,
    close: HtmlElement,
}

impl Messages {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            status: element("status")?,
            alert: element("alert")?,
            alert_text: element("alert-text")?,
            close: element("alert-close")?,
        })
    }

    /// Let the alert be dismissed.
    pub fn wire(&self) -> Result<(), WebError> {
        let alert = self.alert.clone();
        listen(&self.close, "click", move |_| alert.set_hidden(true))
    }

    /// A fact in passing.
    pub fn told(&self, words: &str) {
        set_text(&self.status, words);
    }

    /// Something that must be noticed.
    pub fn wrong(&self, words: &str) {
        set_text(&self.alert_text, &sentence(words));
        set_shown(&self.alert, true);
    }

    /// What was wrong has been put right.
    pub fn settle(&self) {
        set_shown(&self.alert, false);
    }

    /// Say where the run stands. Said when that changes, not at every step.
    pub fn show(&self, view: &RunView) {
        let Ok(run) = element::<HtmlElement>("run") else { return };
        set_attribute(&run, "data-phase", view.phase.name());
        let data = view.data.as_ref().map_or_else(|| "the data".to_owned(), crate::data::DataSummary::title);
        match view.phase {
            Phase::Loading => {}
            Phase::Ready => self.told(&format!("Ready to train on {data}: press Play.")),
            Phase::Training => {
                self.told(&format!("Training on {data}. Drag λ, or change the normalization, while it goes on."));
            }
            Phase::Paused => self.told(&format!("Paused after step {}.", grouped(view.steps_taken()))),
            Phase::Finished => self.told(&format!(
                "Finished: {} epochs, {} steps. Ask for more epochs, or start again.",
                view.wanted.epochs,
                grouped(view.steps_taken())
            )),
            Phase::Failed => self.told("The run cannot go on."),
        }
    }
}
