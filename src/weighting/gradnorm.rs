//! GradNorm: gradient normalization.

use super::gram::Gram;
use super::inner::{Inner, InnerOptimizer};
use super::shares::{finite, with_sum};
use super::{Card, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// Learned weights that bring the gradients to like sizes, larger for the task that learns more slowly.
    ///
    /// ```text
    /// G_i = w_i ‖g_i‖,   Ḡ = mean G,   r_i = (L_i / L_i(0)) / mean_j (L_j / L_j(0))
    /// min_w Σ |G_i − Ḡ r_i^α|   (target held constant)
    /// w ← w − rate · sign(G_i − Ḡ r_i^α) ‖g_i‖,   then scaled to Σ w = 2
    /// ```
    ///
    /// `g`: gradients of the normalized losses. Chen et al. 2018, "GradNorm: Gradient Normalization for Adaptive Loss
    /// Balancing in Deep Multitask Networks". The paper takes the gradients of the last shared layer, here they are those
    /// of all shared parameters; weights stay above 1e-3, where the paper says nothing.
    GradNorm {
        /// Restoring force α: how much a task that learns slowly is favoured; 0 equalizes the gradients alone.
        alpha: f32 = 1.5, "Restoring force α", Range::linear(0.0, 5.0, 0.1);
        /// Learning rate of the weights.
        rate: f32 = 0.025, "Rate", Range::RATE;
        /// How the weights are moved.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
    }
}

impl Strategy for GradNorm {
    fn card(&self) -> &'static Card {
        &Card {
            title: "GradNorm",
            family: Family::Gradients,
            summary: "Learns weights that make both tasks train at similar rates.",
            best_for: "One task running away from the other.",
            pros: &["Looks at sizes and at learning rates", "Smooth: the weights are learned"],
            cons: &["The first losses are the yardstick for ever", "α and a rate to set"],
            citation: "Chen et al. 2018, GradNorm",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(2.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

const LEAST: f64 = 1e-3;
const SMALLEST_LOSS: f64 = 1e-12;

#[derive(Clone, Debug)]
struct State {
    config: GradNorm,
    weights: [f64; 2],
    initial: Option<[f64; 2]>,
    inner: Inner,
}

impl State {
    fn new(config: &GradNorm) -> Self {
        let inner = Inner::new(config.optimizer, config.rate, 2);
        Self { config: config.clone(), weights: [1.0; 2], initial: None, inner }
    }

    fn learn(&mut self, norms: [f64; 2], losses: [f64; 2]) {
        let initial = *self.initial.get_or_insert(losses);
        let ratios = [losses[0] / initial[0], losses[1] / initial[1]];
        let mean = f64::midpoint(ratios[0], ratios[1]);
        let sizes = [self.weights[0] * norms[0], self.weights[1] * norms[1]];
        let middle = f64::midpoint(sizes[0], sizes[1]);
        let gradient = [0, 1].map(|task| {
            let target = middle * (ratios[task] / mean).powf(self.config.alpha.into());
            // `signum` of 0 is 1, but at the target nothing should move.
            if sizes[task] == target { 0.0 } else { (sizes[task] - target).signum() * norms[task] }
        });
        self.inner.step(&mut self.weights, &gradient);
        self.weights = with_sum(self.weights.map(|weight| weight.max(LEAST)), 2.0);
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let weights = self.weights;
        let losses = signals.losses.map(|loss| f64::from(loss).max(SMALLEST_LOSS));
        self.learn(Gram::of(signals).norms(), losses);
        finite(weights)
    }

    fn needs(&self) -> Needs {
        Needs::GRAMIAN
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

    fn signals(losses: [f32; 2], norms: [f32; 2]) -> TaskSignals {
        let gramian = [[norms[0] * norms[0], 0.0], [0.0, norms[1] * norms[1]]];
        TaskSignals { losses, gramian, ..TaskSignals::default() }
    }

    #[test]
    fn one_step_follows_the_formula() {
        let config = GradNorm { alpha: 1.0, rate: 0.1, optimizer: InnerOptimizer::Sgd };
        let mut state = State::new(&config);
        // G = (3, 1), Ḡ = 2, r = 1: w = (1 − 0.1·3, 1 + 0.1·1), scaled to 2
        assert_eq!(state.weights(&signals([1.0, 1.0], [3.0, 1.0])), [1.0, 1.0]);
        let found = state.weights(&signals([1.0, 1.0], [3.0, 1.0]));
        assert!((found[0] - 2.0 * 0.7 / 1.8).abs() < 1e-6 && (found[1] - 2.0 * 1.1 / 1.8).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_weighted_norms_meet_their_targets() {
        let mut state = State::new(&GradNorm { rate: 0.005, ..Default::default() });
        state.weights(&signals([1.0, 1.0], [2.0, 1.0]));
        // Health has fallen to half, RUL to a quarter: r = (2/3, 4/3), targets in the ratio 2^1.5 at r_health.
        let found = (0..5000).fold([0.0; 2], |_, _| state.weights(&signals([0.25, 0.5], [2.0, 1.0])));
        let ratio = found[1] / (2.0 * found[0]);
        assert!((ratio - 2.0_f32.powf(1.5)).abs() < 0.3, "{found:?}");
    }
}
