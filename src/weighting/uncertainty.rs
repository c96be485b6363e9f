//! Uncertainty weighting: learned homoscedastic noise.

use super::inner::{Inner, InnerOptimizer};
use super::shares::finite;
use super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// The weights that maximize the likelihood of both tasks, each with a noise of its own, learned besides the model.
    ///
    /// ```text
    /// L = ℓ_rul / (2 σ_rul²) + log σ_rul + ℓ_health / σ_health² + log σ_health,   s_i = log σ_i²
    /// λ_rul = ½ e^{−s_rul},   λ_health = e^{−s_health}
    /// s_rul ← s_rul − rate · (½ − ½ e^{−s} ℓ_rul),   s_health ← s_health − rate · (½ − e^{−s} ℓ_health)
    /// ```
    ///
    /// `ℓ`: the normalized losses; `s` stays in [−30, 30]. Kendall, Gal and Cipolla 2018, "Multi-Task Learning Using
    /// Uncertainty to Weigh Losses for Scene Geometry and Semantics": a Gaussian likelihood for the regression, a scaled
    /// softmax for the classification, in the paper's approximation. Much code uses one form for all tasks; this is the
    /// paper's. At rest, with constant losses, `λ_rul = 1/(2 ℓ_rul)` and `λ_health = 1/(2 ℓ_health)`.
    Uncertainty {
        /// Log variance of the RUL at the beginning.
        initial_rul: f32 = 0.0, "log σ² of RUL, first", Range::linear(-10.0, 10.0, 0.1);
        /// Log variance of the health state at the beginning.
        initial_health: f32 = 0.0, "log σ² of health, first", Range::linear(-10.0, 10.0, 0.1);
        /// Learning rate of the log variances.
        rate: f32 = 0.01, "Rate", Range::RATE;
        /// How they are moved.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
    }
}

impl Strategy for Uncertainty {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Uncertainty",
            family: Family::Uncertainty,
            summary: "Learns how noisy each task is, and gives the noisier one less weight.",
            best_for: "A first choice among learned weights; tasks in unlike units.",
            pros: &["Costs nothing", "Derived from a likelihood, not from taste"],
            cons: &["The weights grow as the losses fall, and can overfit", "Noise is not the same as difficulty"],
            citation: "Kendall, Gal and Cipolla 2018, Multi-Task Learning Using Uncertainty to Weigh Losses",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

const FARTHEST: f64 = 30.0;

#[derive(Clone, Debug)]
struct State {
    config: Uncertainty,
    log_variances: [f64; 2],
    inner: Inner,
}

impl State {
    fn new(config: &Uncertainty) -> Self {
        let log_variances = [config.initial_rul, config.initial_health].map(f64::from);
        Self { config: config.clone(), log_variances, inner: Inner::new(config.optimizer, config.rate, 2) }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let [rul, health] = self.log_variances.map(|log| (-log).exp());
        let weights = [0.5 * rul, health];
        let losses = signals.normalized.map(f64::from);
        let gradient = [0.5 - weights[0] * losses[0], 0.5 - weights[1] * losses[1]];
        self.inner.step(&mut self.log_variances, &gradient);
        self.log_variances = self.log_variances.map(|log| log.clamp(-FARTHEST, FARTHEST));
        finite(weights)
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

    #[test]
    fn one_step_follows_the_formula() {
        let config = Uncertainty { rate: 0.1, optimizer: InnerOptimizer::Sgd, ..Default::default() };
        let mut state = State::new(&config);
        let signals = TaskSignals { normalized: [3.0, 0.2], ..TaskSignals::default() };
        assert_eq!(state.weights(&signals), [0.5, 1.0]);
        // s = −0.1 · (½ − ½·3, ½ − 0.2)
        assert!((state.log_variances[0] - 0.1).abs() < 1e-6 && (state.log_variances[1] + 0.03).abs() < 1e-6);
    }

    #[test]
    fn at_rest_each_weight_is_half_of_one_over_its_loss() {
        let mut state = State::new(&Uncertainty { rate: 0.05, ..Default::default() });
        let signals = TaskSignals { normalized: [0.02, 4.0], ..TaskSignals::default() };
        let [rul, health] = (0..4000).fold([0.0; 2], |_, _| state.weights(&signals));
        assert!((rul * 0.02 - 0.5).abs() < 0.01 && (health * 4.0 - 0.5).abs() < 0.01, "{rul} {health}");
    }
}
