//! The grid of a λ-curve.

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::App;
use super::super::dom::{element, listen, set_shown, set_text};
use super::choices::{fill, keep_choosable};
use super::set_number;
use crate::session::{CurveConfig, Mode, RunConfig, RunView, Stale};
use crate::web::WebError;

/// The panel.
pub struct CurvePanel {
    panel: HtmlElement,
    points: HtmlSelectElement,
    bootstraps: HtmlInputElement,
    size: HtmlElement,
    /// What is about one member alone.
    of_one: [HtmlElement; 2],
}

impl CurvePanel {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        let panel = Self {
            panel: element("curve-panel")?,
            points: element("curve-points")?,
            bootstraps: element("curve-bootstraps")?,
            size: element("curve-size")?,
            of_one: [element("lambda-panel")?, element("strategy-field")?],
        };
        fill(&panel.points, [("5", "5: every 0.25"), ("11", "11: every 0.1"), ("21", "21: every 0.05")])?;
        Ok(panel)
    }

    /// Change the grid as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let (heard, points) = (Rc::clone(app), self.points.clone());
        listen(&self.points, "change", move |_| {
            let lambdas = points.value().parse().map(CurveConfig::even);
            heard.change_curve(|curve| curve.lambdas = lambdas.unwrap_or_default());
        })?;
        let (app, bootstraps) = (Rc::clone(app), self.bootstraps.clone());
        listen(&self.bootstraps, "change", move |_| {
            let number = bootstraps.value().parse();
            app.change_curve(|curve| curve.bootstraps = number.unwrap_or_default());
        })
    }

    /// Show the grid, and hide what is about one member alone.
    pub fn show(&self, view: &RunView) {
        let curving = view.wanted.mode() == Mode::LambdaCurve;
        set_shown(&self.panel, curving);
        self.of_one.iter().for_each(|element| set_shown(element, !curving));
        if let Some(curve) = &view.wanted.curve {
            keep_choosable(&self.points, &curve.lambdas.len().to_string());
            set_number(&self.bootstraps, &curve.bootstraps.to_string());
            set_text(&self.size, &format!("{} members train together.", curve.members()));
        }
    }
}

impl App {
    /// Go to another grid, if it is one.
    fn change_curve(self: &Rc<Self>, change: impl FnOnce(&mut CurveConfig)) {
        let mut next: RunConfig = self.view.borrow().wanted.clone();
        if let Some(curve) = &mut next.curve {
            change(curve);
            match curve.validate() {
                Ok(()) => self.change(&next),
                Err(error) => self.messages.wrong(&error.to_string()),
            }
        }
        self.mark(Stale { controls: !self.dialog.is_open(), ..Stale::default() });
    }
}
