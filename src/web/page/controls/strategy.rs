//! The strategy of the member in focus: what there is to choose, and its card. Its parameters are rows of settings.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{HtmlElement, HtmlSelectElement};

use super::super::App;
use super::super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use super::choices::offer;
use crate::session::RunView;
use crate::web::WebError;
use crate::weighting::{Family, WeightingConfig};

/// The selector and the card.
pub struct StrategyPanel {
    select: HtmlSelectElement,
    help: HtmlElement,
    parameters: HtmlElement,
    card: HtmlElement,
    /// The strategy whose card is there.
    shown: Cell<&'static str>,
}

impl StrategyPanel {
    /// Find them in the document, and offer every strategy among its family.
    pub fn find() -> Result<Self, WebError> {
        let panel = Self {
            select: element("strategy")?,
            help: element("strategy-help")?,
            parameters: element("strategy-parameters")?,
            card: element("strategy-card")?,
            shown: Cell::default(),
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
        let (app, select) = (Rc::clone(app), self.select.clone());
        listen(&self.select, "change", move |_| app.set_or_say("strategy", &select.value()))
    }

    /// Show the strategy of the member in focus.
    pub fn show(&self, view: &RunView) {
        let wanted = view.wanted();
        let Some(member) = wanted.members.get(view.focus) else { return };
        let strategy = &member.weighting;
        let is_new = self.shown.replace(strategy.name()) != strategy.name();
        self.select.set_value(strategy.name());
        set_shown(&self.parameters, strategy.parameters().iter().any(|parameter| parameter.key != "lambda_rul"));
        if is_new {
            set_text(&self.help, strategy.card().summary);
            // A card that cannot be built costs only the card.
            let _ = self.build_card(strategy);
        }
    }

    fn build_card(&self, strategy: &WeightingConfig) -> Result<(), WebError> {
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
