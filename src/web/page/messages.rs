//! The two places where the page speaks in sentences: a polite status line, and an alert that stays until dismissed.

use std::rc::Rc;

use web_sys::HtmlElement;

use super::App;

use super::dom::{element, listen, set_attribute, set_shown, set_text};
use crate::session::{Phase, RunConfig, RunView, grouped, sentence};
use crate::web::WebError;

/// Status line and alert.
pub struct Messages {
    status: HtmlElement,
    alert: HtmlElement,
    alert_text: HtmlElement,
    close: HtmlElement,
    /// Starts on other data, where nothing could be started.
    usual: HtmlElement,
}

impl Messages {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            status: element("status")?,
            alert: element("alert")?,
            alert_text: element("alert-text")?,
            close: element("alert-close")?,
            usual: element("alert-usual")?,
        })
    }

    /// Let the alert be dismissed, and do what it offers.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let app = Rc::clone(app);
        listen(&self.usual, "click", move |_| {
            app.messages.settle();
            app.begin_usual_run();
        })?;
        let alert = self.alert.clone();
        listen(&self.close, "click", move |_| alert.set_hidden(true))
    }

    /// A fact in passing.
    pub fn say(&self, words: &str) {
        set_text(&self.status, words);
    }

    /// Something that must be noticed.
    pub fn wrong(&self, words: &str) {
        set_text(&self.alert_text, &sentence(words));
        set_shown(&self.alert, true);
    }

    /// Offer a run that could be started, where none is in force. The alert says why none is.
    pub fn offer(&self, usual: Option<RunConfig>) {
        set_shown(&self.usual, usual.is_some());
        if let Some(usual) = usual {
            set_text(&self.usual, &format!("Train on {} instead", usual.data.subset));
        }
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
            Phase::Ready => self.say(&format!("Ready to train on {data}: press Play.")),
            Phase::Training => {
                self.say(&format!("Training on {data}. Drag λ, or change the normalization, while it goes on."));
            }
            Phase::Paused => self.say(&format!("Paused after step {}.", grouped(view.steps_taken()))),
            Phase::Finished => self.say(&format!(
                "Finished: {} epochs, {} steps. Ask for more epochs, or start again.",
                view.wanted().epochs,
                grouped(view.steps_taken())
            )),
            Phase::Failed if view.in_force.is_none() => {
                self.say("Nothing is running: what was asked for could not be started.");
            }
            Phase::Failed => self.say("The run cannot go on. Reset it, or change it and play again."),
        }
    }
}
