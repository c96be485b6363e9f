//! Weights by what the present errors cost.

use super::shares::{Smoothed, finite, with_sum};
use super::{Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// Each task's weight is its share in what the present errors cost.
    ///
    /// ```text
    /// C_rul = cycle_cost · RMSE,   C_health = error_cost · (1 − accuracy)
    /// λ_i = smoothed(max(C_i / (C_rul + C_health), floor)),   Σ λ = 1
    /// ```
    ///
    /// RMSE and accuracy are those on the held-out engines at the end of an epoch; until they are known, and without
    /// held-out engines, both weights are ½. After Elkan 2001, "The Foundations of Cost-Sensitive Learning", whose costs
    /// weigh errors and not losses; costs of single windows belong to the losses, which have weights of their own.
    CostSensitive {
        /// Cost of being wrong by one cycle.
        cycle_cost: f32 = 1.0, "Cost of a cycle", Range::log(1e-3, 1e6);
        /// Cost of a wrong health state.
        error_cost: f32 = 50.0, "Cost of a wrong state", Range::log(1e-3, 1e6);
        /// Share of the weights before that is kept at each epoch.
        smoothing: f32 = 0.5, "Smoothing", Range::SMOOTHING;
        /// Smallest weight of a task.
        floor: f32 = 0.05, "Smallest weight", Range::linear(0.0, 0.5, 0.01);
    }
}

impl Strategy for CostSensitive {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Cost-sensitive",
            family: Family::Performance,
            summary: "Weights each task by what its present errors would cost.",
            best_for: "When a wrong cycle and a wrong state have a price.",
            pros: &["Costs can be asked of those who pay them", "Moves on as errors shrink"],
            cons: &["Needs held-out engines", "Average costs: single expensive errors are not seen"],
            citation: "After Elkan 2001, The Foundations of Cost-Sensitive Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone, Debug)]
struct State {
    config: CostSensitive,
    smoothed: Smoothed,
    weights: [f64; 2],
}

impl State {
    fn new(config: &CostSensitive) -> Self {
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
        let Some(figures) = &metrics.validation else { return };
        let cycles = f64::from(self.config.cycle_cost) * f64::from(figures.rmse_cycles);
        let errors = f64::from(self.config.error_cost) * (1.0 - f64::from(figures.accuracy));
        let floor = f64::from(self.config.floor);
        let rul = with_sum([cycles, errors], 1.0)[0].clamp(floor, 1.0 - floor);
        self.weights = self.smoothed.next([rul, 1.0 - rul]);
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
    use super::super::ValidationMetrics;
    use super::*;

    #[test]
    fn a_weight_is_a_share_of_the_cost() {
        let mut state = State::new(&CostSensitive { smoothing: 0.0, ..Default::default() });
        let figures = ValidationMetrics { rmse_cycles: 15.0, accuracy: 0.9, ..ValidationMetrics::default() };
        state.end_epoch(&EpochMetrics { epoch: 1, losses: [1.0; 2], validation: Some(figures) });
        // 15 and 5
        let found = state.weights(&TaskSignals::default());
        assert!((found[0] - 0.75).abs() < 1e-5 && (found[1] - 0.25).abs() < 1e-5, "{found:?}");
    }
}
