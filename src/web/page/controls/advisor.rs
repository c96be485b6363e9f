//! Four questions, and the strategies that their answers suggest.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlSelectElement};

use super::super::App;
use super::super::dom::{append, create, create_text, element, listen, set_attribute};
use super::choices::offer;
use crate::web::WebError;
use crate::weighting::{Answers, Compute, DataAmount, Regularization, Stage, WeightingConfig};

/// A question: the name of its selector, its words, and what there is to answer.
type Question = (&'static str, &'static str, &'static [&'static str]);

/// The questions. The answers stand in the order of the constants below.
const QUESTIONS: [Question; 4] = [
    (
        "advisor-data",
        "How many engines are there?",
        &["enough to hold some back", "so few that none can be spared", "plenty"],
    ),
    (
        "advisor-stage",
        "What is this training for?",
        &["finding out what works", "getting the best out of what works", "a last one, to be put to use"],
    ),
    (
        "advisor-regularization",
        "Does the model learn its engines by heart?",
        &["no: test and training errors stay close", "yes: it needs to be held back"],
    ),
    (
        "advisor-compute",
        "How long may a step take?",
        &["somewhat longer than now", "no longer than now", "twice as long"],
    ),
];

const DATA: [DataAmount; 3] = [DataAmount::Enough, DataAmount::Few, DataAmount::Plenty];
const STAGE: [Stage; 3] = [Stage::Exploring, Stage::Refining, Stage::Final];
const REGULARIZATION: [Regularization; 2] = [Regularization::Little, Regularization::Much];
const COMPUTE: [Compute; 3] = [Compute::Moderate, Compute::Tight, Compute::Ample];

/// The selectors, and where the suggestions go.
pub struct Advisor {
    selects: Vec<HtmlSelectElement>,
    suggestions: HtmlElement,
}

impl Advisor {
    /// Put the questions into the document.
    pub fn build() -> Result<Self, WebError> {
        let questions: HtmlElement = element("advisor-questions")?;
        questions.set_inner_html("");
        let ask = |(id, words, answers): Question| {
            let field: HtmlElement = create("div", "field")?;
            let label: HtmlElement = create_text("label", "", words)?;
            set_attribute(&label, "for", id);
            let select: HtmlSelectElement = create("select", "")?;
            set_attribute(&select, "id", id);
            set_attribute(&select, "autocomplete", "off");
            answers.iter().try_for_each(|answer| offer(&select, answer, answer))?;
            append(&field, &[&label, &select])?;
            append(&questions, &[&field])?;
            Ok(select)
        };
        let selects = QUESTIONS.into_iter().map(ask).collect::<Result<_, WebError>>()?;
        Ok(Self { selects, suggestions: element("advisor-suggestions")? })
    }

    /// Suggest anew whenever an answer changes.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for select in &self.selects {
            let heard = Rc::clone(app);
            listen(select, "change", move |_| {
                if let Err(error) = heard.controls.advisor.show() {
                    heard.messages.wrong(&error.to_string());
                }
            })?;
        }
        // Suggestions come and go, so that their list listens for them.
        let app = Rc::clone(app);
        listen(&self.suggestions, "click", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(strategy) = target.and_then(|button| button.get_attribute("data-strategy")) {
                app.set_or_say("strategy", &strategy);
            }
        })?;
        self.show()
    }

    fn answers(&self) -> Option<Answers> {
        let chosen = |question: usize| {
            usize::try_from(self.selects.get(question).map_or(-1, HtmlSelectElement::selected_index)).ok()
        };
        Some(Answers {
            data: *DATA.get(chosen(0)?)?,
            stage: *STAGE.get(chosen(1)?)?,
            regularization: *REGULARIZATION.get(chosen(2)?)?,
            compute: *COMPUTE.get(chosen(3)?)?,
        })
    }

    /// Write what the answers suggest: the family, why, and a strategy of it that can be taken at once.
    fn show(&self) -> Result<(), WebError> {
        self.suggestions.set_inner_html("");
        for suggestion in self.answers().map(|answers| answers.suggestions()).unwrap_or_default() {
            let item: HtmlElement = create("li", "")?;
            let family: HtmlElement = create_text("b", "", suggestion.family.title())?;
            let title =
                WeightingConfig::from_name(suggestion.first).map_or(suggestion.first, |first| first.card().title);
            let take: HtmlElement = create_text("button", "link", &format!("Use {title}"))?;
            set_attribute(&take, "type", "button");
            set_attribute(&take, "data-strategy", suggestion.first);
            let reason: HtmlElement = create_text("p", "", suggestion.reason)?;
            append(&item, &[&family, &reason, &take])?;
            append(&self.suggestions, &[&item])?;
        }
        Ok(())
    }
}
