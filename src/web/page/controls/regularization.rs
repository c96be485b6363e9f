//! What keeps the member in focus from learning its engines by heart.

use std::rc::Rc;

use web_sys::HtmlElement;

use super::super::App;
use super::super::dom::{element, set_text};
use super::parameters::ParameterRows;
use crate::session::{RunView, Stale};
use crate::web::WebError;
use crate::weighting::{Parameter, Parameters};

/// The controls, and the line that says which of them are in force.
pub struct RegularizationPanel {
    rows: ParameterRows,
    now: HtmlElement,
}

impl RegularizationPanel {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self { rows: ParameterRows::find("regularization-rows")?, now: element("regularization-now")? })
    }

    /// Change the member in focus as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let app = Rc::clone(app);
        self.rows.wire(move |key, value| {
            let mut outcome = Ok(());
            let next = app.view.borrow().with_member(|member| outcome = member.regularization.set(key, value));
            match outcome {
                Ok(()) => app.change(&next),
                Err(error) => app.messages.wrong(&error.to_string()),
            }
            app.mark(Stale { controls: true, ..Stale::default() });
        })
    }

    /// Show the member in focus.
    pub fn show(&self, view: &RunView) {
        let Some(member) = view.wanted.members.get(view.focus) else { return };
        let parameters = member.regularization.parameters();
        // What cannot be shown is still in force, and in the link.
        let _ = self.rows.show("regularization", &parameters);
        set_text(&self.now, &in_force(&parameters));
    }
}

/// The parameters that are not as they usually are, in a few words.
fn in_force(parameters: &[Parameter]) -> String {
    let differing = parameters.iter().filter(|parameter| parameter.value != parameter.default);
    let words: Vec<String> = differing.map(|parameter| format!("{} {}", parameter.label, parameter.value)).collect();
    if words.is_empty() { ": none".to_owned() } else { format!(": {}", words.join(", ")) }
}
