//! λ that moves once something has been reached.

use super::super::shares::{finite, pair};
use super::super::{Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use super::pace::Pace;
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// What a trigger watches. Errors, scores and losses have to fall to the threshold, the others to rise to it.
    TriggerMetric {
        /// Accuracy on the held-out engines.
        Accuracy = "accuracy", "accuracy";
        /// Macro-F1 on the held-out engines.
        MacroF1 = "macro-f1", "macro-F1";
        /// RMSE on the held-out engines, in cycles.
        Rmse = "rmse", "RMSE, cycles";
        /// NASA score on the held-out engines.
        Score = "score", "NASA score";
        /// Mean training loss of RUL over the epoch.
        LossRul = "loss-rul", "RUL loss";
        /// Mean training loss of health over the epoch.
        LossHealth = "loss-health", "health loss";
    }
}

parameters! {
    /// `λ_rul` goes over to another value once a metric has passed a threshold at the end of an epoch, and stays there.
    ///
    /// ```text
    /// λ_rul = before                                               until metric passes threshold, at epoch e
    /// λ_rul = before + (after − before) · clip((epoch − e) / span, 0, 1)   from then on
    /// ```
    ///
    /// A limit on the change per epoch and smoothing come after. Without held-out engines only the two losses can
    /// trigger. The curriculum of Bengio et al. 2009, "Curriculum Learning", in its smallest form.
    PerformanceTrigger {
        /// What is watched.
        metric: TriggerMetric = TriggerMetric::default(), "Metric", Any;
        /// The value it has to pass.
        threshold: f32 = 0.75, "Threshold", Range::linear(0.0, 1e6, 0.01);
        /// λ of RUL until then.
        before: f32 = 0.3, "λ of RUL, before", Range::SHARE;
        /// λ of RUL from then on.
        after: f32 = 0.7, "λ of RUL, after", Range::SHARE;
        /// Epochs that the change takes; 0 is a jump.
        span_epochs: f32 = 1.0, "Span, epochs", Range::linear(0.0, 1000.0, 0.5);
        /// Largest change of λ in an epoch; 0 is no limit.
        max_change: f32 = 0.0, "Largest change per epoch", Range::SHARE;
        /// Share of the weight before that is kept at each step.
        smoothing: f32 = 0.0, "Smoothing", Range::SMOOTHING;
    }
}

impl Strategy for PerformanceTrigger {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Trigger",
            family: Family::Progress,
            summary: "λ changes once a metric has reached a value that you choose.",
            best_for: "Turning to the second task when the first is good enough.",
            pros: &["Waits for what training does, not for the clock", "Easy to explain"],
            cons: &["A threshold that is never reached changes nothing", "Acts once"],
            citation: "After Bengio et al. 2009, Curriculum Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

impl PerformanceTrigger {
    fn passed(&self, metrics: &EpochMetrics) -> bool {
        let of = |read: fn(&super::super::ValidationMetrics) -> f32| metrics.validation.as_ref().map(read);
        let rises = |value: Option<f32>| value.is_some_and(|value| value >= self.threshold);
        let falls = |value: Option<f32>| value.is_some_and(|value| value <= self.threshold);
        match self.metric {
            TriggerMetric::Accuracy => rises(of(|figures| figures.accuracy)),
            TriggerMetric::MacroF1 => rises(of(|figures| figures.macro_f1)),
            TriggerMetric::Rmse => falls(of(|figures| figures.rmse_cycles)),
            TriggerMetric::Score => falls(of(|figures| figures.nasa_score)),
            TriggerMetric::LossRul => falls(Some(metrics.losses[0])),
            TriggerMetric::LossHealth => falls(Some(metrics.losses[1])),
        }
    }
}

#[derive(Clone, Debug)]
struct State {
    config: PerformanceTrigger,
    passed_at: Option<f64>,
    pace: Pace,
}

impl State {
    fn new(config: &PerformanceTrigger) -> Self {
        Self { config: config.clone(), passed_at: None, pace: Pace::new(config.max_change, config.smoothing) }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let (before, after) = (f64::from(self.config.before), f64::from(self.config.after));
        let span = f64::from(self.config.span_epochs);
        let done = self.passed_at.map_or(0.0, |passed| {
            if span > 0.0 { ((f64::from(signals.epoch) - passed) / span).clamp(0.0, 1.0) } else { 1.0 }
        });
        finite(pair(self.pace.next(signals.epoch, before + (after - before) * done)))
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        if self.passed_at.is_none() && self.config.passed(metrics) {
            self.passed_at = Some(metrics.epoch.into());
        }
    }

    fn needs(&self) -> Needs {
        Needs::EPOCHS
    }

    fn reset(&mut self) {
        *self = Self::new(&self.config);
    }

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::ValidationMetrics;
    use super::*;

    fn lambda(state: &mut State, epoch: f32) -> f32 {
        state.weights(&TaskSignals { epoch, ..TaskSignals::default() })[0]
    }

    fn ended(epoch: u32, accuracy: f32) -> EpochMetrics {
        let validation = Some(ValidationMetrics { accuracy, rmse_cycles: 20.0, ..ValidationMetrics::default() });
        EpochMetrics { epoch, losses: [0.5, 0.5], validation }
    }

    #[test]
    fn the_weight_moves_once_the_metric_has_passed_and_stays() {
        let config = PerformanceTrigger { before: 0.25, after: 0.75, span_epochs: 2.0, ..Default::default() };
        let mut state = State::new(&config);
        state.end_epoch(&ended(1, 0.7));
        assert_eq!(lambda(&mut state, 1.5), 0.25);
        state.end_epoch(&ended(2, 0.8));
        assert_eq!([2.0, 3.0, 9.0].map(|epoch| lambda(&mut state, epoch)), [0.25, 0.5, 0.75]);
        state.end_epoch(&ended(9, 0.1));
        assert_eq!(lambda(&mut state, 10.0), 0.75);
    }

    #[test]
    fn errors_have_to_fall() {
        let passes =
            |metric, threshold| PerformanceTrigger { metric, threshold, ..Default::default() }.passed(&ended(1, 0.8));
        assert!(passes(TriggerMetric::Rmse, 20.0) && !passes(TriggerMetric::Rmse, 19.0));
        assert!(passes(TriggerMetric::LossRul, 0.6) && !passes(TriggerMetric::LossHealth, 0.4));
    }

    #[test]
    fn without_held_out_engines_nothing_is_reached() {
        assert!(!PerformanceTrigger { threshold: 0.0, ..Default::default() }.passed(&EpochMetrics::default()));
    }
}
