//! Weights by what is missing to a target.

use super::shares::{Smoothed, finite, softmax};
use super::{Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, ValidationMetrics, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// What the RUL task is measured by.
    RulMetric {
        /// Root mean squared error, in cycles.
        Rmse = "rmse", "RMSE, cycles";
        /// NASA score.
        Score = "score", "NASA score";
    }
}

choice! {
    /// What the health task is measured by.
    HealthMetric {
        /// Accuracy.
        Accuracy = "accuracy", "accuracy";
        /// Macro-F1.
        MacroF1 = "macro-f1", "macro-F1";
    }
}

parameters! {
    /// A target for each task; the task that misses its own by more gets more weight.
    ///
    /// ```text
    /// gap_rul = clip(m_rul / target_rul − 1, 0, 10)
    /// gap_health = clip((1 − m_health) / (1 − target_health) − 1, 0, 10)
    /// λ = smoothed(max(softmax(sensitivity · gap), floor)),   Σ λ = 1
    /// ```
    ///
    /// `m`: metrics on the held-out engines at the end of an epoch. Both gaps are the share by which an error exceeds what
    /// is allowed, so that they compare. Shaa 2023, "Dynamically Weighting Loss Function Components in Machine Learning
    /// Models", calls it performance-based weighting and leaves the form open. Without held-out engines both weights
    /// stay at ½.
    PerformanceTargets {
        /// What the RUL task is measured by.
        rul_metric: RulMetric = RulMetric::default(), "RUL metric", Any;
        /// The RUL metric to reach.
        rul_target: f32 = 13.0, "RUL target", Range::log(0.01, 1e6);
        /// What the health task is measured by.
        health_metric: HealthMetric = HealthMetric::default(), "Health metric", Any;
        /// The health metric to reach.
        health_target: f32 = 0.85, "Health target", Range::linear(0.0, 0.999, 0.01);
        /// How strongly a gap is answered.
        sensitivity: f32 = 2.0, "Sensitivity", Range::linear(0.0, 20.0, 0.1);
        /// Share of the weights before that is kept at each epoch.
        smoothing: f32 = 0.5, "Smoothing", Range::SMOOTHING;
        /// Smallest weight of a task.
        floor: f32 = 0.05, "Smallest weight", Range::linear(0.0, 0.5, 0.01);
    }
}

impl Strategy for PerformanceTargets {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Targets",
            family: Family::Performance,
            summary: "Gives more weight to the task that is farther from its target.",
            best_for: "A maintenance requirement: this error, that accuracy.",
            pros: &["Speaks the user's language: metrics, not losses", "Stops pushing what is good enough"],
            cons: &["Needs held-out engines", "Reacts an epoch late"],
            citation: "Shaa 2023, Dynamically Weighting Loss Function Components in Machine Learning Models",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

/// An error eleven times what is allowed is as bad as can be: a softmax of more would say nothing else.
const WIDEST_GAP: f64 = 10.0;

impl PerformanceTargets {
    fn shares(&self, figures: &ValidationMetrics) -> [f64; 2] {
        let rul = f64::from(match self.rul_metric {
            RulMetric::Rmse => figures.rmse_cycles,
            RulMetric::Score => figures.nasa_score,
        });
        let health = f64::from(match self.health_metric {
            HealthMetric::Accuracy => figures.accuracy,
            HealthMetric::MacroF1 => figures.macro_f1,
        });
        let allowed = [f64::from(self.rul_target), 1.0 - f64::from(self.health_target)];
        let gaps = [rul / allowed[0], (1.0 - health) / allowed[1]].map(|ratio| (ratio - 1.0).clamp(0.0, WIDEST_GAP));
        let floor = f64::from(self.floor);
        let rul = softmax(gaps.map(|gap| f64::from(self.sensitivity) * gap))[0].clamp(floor, 1.0 - floor);
        [rul, 1.0 - rul]
    }
}

#[derive(Clone, Debug)]
struct State {
    config: PerformanceTargets,
    smoothed: Smoothed,
    weights: [f64; 2],
}

impl State {
    fn new(config: &PerformanceTargets) -> Self {
        let mut smoothed = Smoothed::new(config.smoothing);
        let weights = smoothed.next([0.5; 2]);
        Self { config: config.clone(), smoothed, weights }
    }
}

impl Weighting for State {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        finite(self.weights)
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        if let Some(figures) = &metrics.validation {
            self.weights = self.smoothed.next(self.config.shares(figures));
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
    use super::*;

    fn figures(rmse_cycles: f32, accuracy: f32) -> ValidationMetrics {
        ValidationMetrics { rmse_cycles, accuracy, ..ValidationMetrics::default() }
    }

    #[test]
    fn the_task_farther_from_its_target_gains() {
        let config =
            PerformanceTargets { rul_target: 10.0, health_target: 0.75, sensitivity: 1.0, ..Default::default() };
        // gaps 0.5 and 1
        let expected = 1.0 / (1.0 + 0.5_f64.exp());
        assert!((config.shares(&figures(15.0, 0.5))[0] - expected).abs() < 1e-6);
        // Both reached: nothing is missing.
        assert_eq!(config.shares(&figures(9.0, 0.8)), [0.5, 0.5]);
    }

    #[test]
    fn the_weights_move_at_the_end_of_an_epoch_and_smoothly() {
        let mut state = State::new(&PerformanceTargets { smoothing: 0.5, floor: 0.1, ..Default::default() });
        assert_eq!(state.weights(&TaskSignals::default()), [0.5, 0.5]);
        let validation = Some(figures(1e15, 1.0));
        state.end_epoch(&EpochMetrics { epoch: 1, losses: [1.0; 2], validation });
        let found = state.weights(&TaskSignals::default());
        assert!((found[0] - 0.7).abs() < 1e-6, "{found:?}");
    }
}
