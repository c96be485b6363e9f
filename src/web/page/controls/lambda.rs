//! The λ slider.

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement};

use super::super::App;
use super::super::dom::{element, listen, set_attribute, set_text};
use crate::session::{RunView, Stale, letter};
use crate::web::WebError;

/// The slider and the two weights beside it.
pub struct Lambda {
    slider: HtmlInputElement,
    rul: HtmlElement,
    health: HtmlElement,
    help: HtmlElement,
    focus: HtmlElement,
    /// The same for a phone, where the legend has no room.
    focus_short: HtmlElement,
}

impl Lambda {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            slider: element("lambda")?,
            rul: element("lambda-rul")?,
            health: element("lambda-health")?,
            help: element("lambda-help")?,
            focus: element("focus-name")?,
            focus_short: element("focus-short")?,
        })
    }

    /// Every movement goes to the worker at once. A browser tells of no more than one a frame.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let (app, slider) = (Rc::clone(app), self.slider.clone());
        listen(&self.slider, "input", move |_| {
            let lambda_rul = slider.value_as_number() as f32;
            if !(0.0..=1.0).contains(&lambda_rul) {
                return;
            }
            let view = app.view.borrow();
            let keeps_strategy = view.base_lambda(view.focus).is_some();
            let next = view.with_member(|member| member.weighting.take_over(lambda_rul));
            drop(view);
            app.change(&next);
            if !keeps_strategy {
                app.mark(Stale { controls: true, ..Stale::default() });
            }
            app.controls.lambda.put(lambda_rul);
        })
    }

    /// Show the focused member's λ.
    pub fn show(&self, view: &RunView) {
        let help = if view.base_lambda(view.focus).is_some() {
            "RUL is remaining useful life. A change takes effect at the next step; nothing restarts."
        } else {
            "The strategy finds the weights; Loss weights shows them. Moving the slider takes over with fixed ones."
        };
        set_text(&self.help, help);
        let lambda_rul = view.lambda_rul(view.focus);
        self.slider.set_value_as_number(f64::from(lambda_rul));
        self.put(lambda_rul);
    }

    /// Say which member the slider moves, where there are several.
    pub fn show_focus(&self, view: &RunView) {
        if view.wanted().members.len() > 1 {
            let name = letter(view.focus);
            set_text(&self.focus, &format!("of member {name}"));
            set_text(&self.focus_short, &format!("λ of member {name}"));
        } else {
            set_text(&self.focus, "");
            set_text(&self.focus_short, "loss weight λ");
        }
    }

    fn put(&self, lambda_rul: f32) {
        set_text(&self.rul, &format!("{lambda_rul:.2}"));
        set_text(&self.health, &format!("{:.2}", 1.0 - lambda_rul));
        set_attribute(&self.rul, "data-value", &lambda_rul.to_string());
        set_attribute(
            &self.slider,
            "aria-valuetext",
            &format!("RUL {lambda_rul:.2}, health state {:.2}", 1.0 - lambda_rul),
        );
        // The track shows each task's share in its colour. A style that cannot be set costs only that.
        let _ = self.slider.style().set_property("--share", &lambda_rul.to_string());
    }
}
