//! The figures now, and the progress of the epoch.

use std::cell::Cell;

use web_sys::{HtmlElement, HtmlProgressElement};

use super::dom::{element, now_millis, set_attribute, set_text};
use crate::session::{Phase, RunView, grouped, score_words};
use crate::web::WebError;

/// Milliseconds over which the speed is taken.
const RATE_MILLIS: f64 = 2000.0;

/// Where they are shown.
pub struct Figures {
    rmse: HtmlElement,
    rmse_words: HtmlElement,
    score: HtmlElement,
    accuracy: HtmlElement,
    cosine: HtmlElement,
    cosine_words: HtmlElement,
    epoch: HtmlElement,
    epoch_of: HtmlElement,
    epoch_progress: HtmlProgressElement,
    steps: HtmlElement,
    rate: HtmlElement,
    size: HtmlElement,
    /// When the speed was last taken, and the step then.
    rated: Cell<(f64, u32)>,
}

impl Figures {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            rmse: element("rmse")?,
            rmse_words: element("rmse-words")?,
            score: element("score")?,
            accuracy: element("accuracy")?,
            cosine: element("cosine")?,
            cosine_words: element("cosine-words")?,
            epoch: element("epoch")?,
            epoch_of: element("epoch-of")?,
            epoch_progress: element("epoch-progress")?,
            steps: element("step-count")?,
            rate: element("step-rate")?,
            size: element("run-size")?,
            rated: Cell::default(),
        })
    }

    /// Show the focused member's figures, or those of a curve where its RMSE is lowest.
    pub fn show(&self, view: &RunView) {
        let member = view.evaluation.as_ref().and_then(|evaluation| evaluation.test.get(view.focus));
        let test = if let Some(best) = view.best_point() {
            set_text(&self.rmse_words, &format!("mean at λ {:.2}, the best so far", best.lambda));
            Some([best.rmse_cycles.mean, best.nasa_score.mean, best.accuracy.mean].map(|mean| mean as f32))
        } else {
            set_text(&self.rmse_words, "test error of RUL, lower is better");
            member.map(|test| [test.rmse_cycles, test.nasa_score, test.accuracy])
        };
        put(&self.rmse, test.map(|[rmse, ..]| rmse), |value| format!("{value:.2}"));
        put(&self.score, test.map(|[_, score, _]| score), score_words);
        put(&self.accuracy, test.map(|[.., accuracy]| accuracy), |value| format!("{:.1} %", value * 100.0));
        let cosine = view.latest.as_ref().and_then(|step| step.members.get(view.focus)).map(|member| member.cosine);
        put(&self.cosine, cosine, |value| format!("{value:.2}").replace('-', "−"));
        set_text(&self.cosine_words, cosine_words(cosine));
        put(&self.epoch, view.latest.as_ref().map(|step| step.epoch), |value| format!("{value:.2}"));
        set_text(&self.epoch_of, &format!("of {}", view.wanted().epochs));
        let (_, present) = view.progress();
        self.epoch_progress.set_value(f64::from(present));
        let steps = view.steps_taken();
        set_attribute(&self.steps, "data-value", &steps.to_string());
        set_text(&self.steps, &grouped(steps));
        self.show_rate(view.phase, steps);
    }

    /// Show what does not change during a run.
    pub fn show_run(&self, view: &RunView, workers: usize) {
        let parameters = grouped(u32::try_from(view.parameters).unwrap_or(u32::MAX));
        let over = if workers > 1 { format!(", on {workers} workers") } else { String::new() };
        set_text(&self.size, &format!("{} an epoch, {parameters} parameters{over}", grouped(view.steps_per_epoch)));
    }

    fn show_rate(&self, phase: Phase, steps: u32) {
        let (then, from) = self.rated.get();
        let now = now_millis();
        if phase != Phase::Training || steps < from {
            self.rated.set((now, steps));
            set_text(&self.rate, "");
        } else if now - then >= RATE_MILLIS {
            let rate = f64::from(steps - from) / (now - then) * 1000.0;
            self.rated.set((now, steps));
            set_text(&self.rate, &format!("{rate:.0} a second"));
        }
    }
}

/// A figure as words, and in full precision for whoever computes with it.
fn put(output: &HtmlElement, value: Option<f32>, words: impl Fn(f32) -> String) {
    let finite = value.filter(|value| value.is_finite());
    set_attribute(output, "data-value", &value.map_or_else(String::new, |value| value.to_string()));
    set_text(output, &finite.map_or_else(|| "–".to_owned(), words));
}

fn cosine_words(cosine: Option<f32>) -> &'static str {
    match cosine {
        None => "do both tasks pull the same way?",
        Some(cosine) if cosine.is_nan() => "not measured in this mode",
        Some(cosine) if cosine > 0.2 => "both tasks pull the same way",
        Some(cosine) if cosine < -0.2 => "the tasks pull against each other",
        Some(_) => "the tasks hardly meet",
    }
}
