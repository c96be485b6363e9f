//! FAMO: fast adaptive multitask optimization.

use super::super::inner::{Inner, InnerOptimizer};
use super::super::shares::{finite, softmax, with_sum};
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use super::positive;
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// Both losses are to fall by the same share; what each fell by is read from the losses, without any gradient.
    ///
    /// ```text
    /// z = softmax(ξ),   λ_i = c z_i / ℓ_i,   c = 1 / Σ (z_i / ℓ_i)
    /// δ = J_softmax(ξ)ᵀ (log L^t − log L^{t+1})
    /// ξ ← ξ − rate · (δ + γ ξ)
    /// ```
    ///
    /// `ℓ`: the normalized losses, `L`: the losses as they are; `ξ` starts at 0. Liu et al. 2023, "FAMO: Fast Adaptive
    /// Multitask Optimization". The paper evaluates the same batch again after the step; here `L^{t+1}` is the loss on
    /// the next batch, which costs nothing and is noisier.
    Famo {
        /// Learning rate of ξ.
        rate: f32 = 0.025, "Rate", Range::RATE;
        /// Decay γ, which pulls ξ back to equal shares.
        gamma: f32 = 0.01, "Decay γ", Range::linear(0.0, 1.0, 0.001);
        /// How ξ is moved.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
    }
}

impl Strategy for Famo {
    fn card(&self) -> &'static Card {
        &Card {
            title: "FAMO",
            family: Family::Losses,
            summary: "Gives more weight to the task whose loss falls more slowly, relative to its size.",
            best_for: "Balanced progress at the price of fixed weights.",
            pros: &["Costs nothing", "Does not depend on the losses' scales"],
            cons: &["Reads progress from noisy batches", "A rate and a decay to set"],
            citation: "Liu et al. 2023, FAMO: Fast Adaptive Multitask Optimization",
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
    config: Famo,
    logits: [f64; 2],
    before: Option<[f64; 2]>,
    inner: Inner,
}

impl State {
    fn new(config: &Famo) -> Self {
        let inner = Inner::new(config.optimizer, config.rate, 2);
        Self { config: config.clone(), logits: [0.0; 2], before: None, inner }
    }

    fn learn(&mut self, before: [f64; 2], now: [f64; 2]) {
        let shares = softmax(self.logits);
        let fell = [(before[0] / now[0]).ln(), (before[1] / now[1]).ln()];
        let mean = shares[0] * fell[0] + shares[1] * fell[1];
        let gamma = f64::from(self.config.gamma);
        let gradient = [0, 1].map(|task| shares[task] * (fell[task] - mean) + gamma * self.logits[task]);
        self.inner.step(&mut self.logits, &gradient);
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let now = positive(signals.losses);
        if let Some(before) = self.before.replace(now) {
            self.learn(before, now);
        }
        let (shares, losses) = (softmax(self.logits), positive(signals.normalized));
        finite(with_sum([shares[0] / losses[0], shares[1] / losses[1]], 1.0))
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

    fn signals(losses: [f32; 2]) -> TaskSignals {
        TaskSignals { losses, normalized: losses, ..TaskSignals::default() }
    }

    #[test]
    fn the_first_step_divides_by_the_losses() {
        let weights = State::new(&Famo::default()).weights(&signals([1.0, 4.0]));
        assert!((weights[0] - 0.8).abs() < 1e-6 && (weights[1] - 0.2).abs() < 1e-6);
    }

    #[test]
    fn one_step_follows_the_formula() {
        let config = Famo { rate: 0.5, gamma: 0.1, optimizer: InnerOptimizer::Sgd };
        let mut state = State::new(&config);
        state.weights(&signals([1.0, 1.0]));
        state.weights(&signals([0.5, 1.0]));
        // z = ½: δ = (½ (ln 2 − ½ ln 2), ½ (0 − ½ ln 2))
        let moved = 0.5 * 0.25 * 2.0_f64.ln();
        assert!((state.logits[0] + moved).abs() < 1e-12 && (state.logits[1] - moved).abs() < 1e-12, "{state:?}");
    }

    #[test]
    fn the_slower_task_gains_weight() {
        let mut state = State::new(&Famo::default());
        for step in 0..50_u8 {
            state.weights(&signals([0.9_f32.powi(step.into()), 1.0]));
        }
        assert!(softmax(state.logits)[1] > 0.6, "{:?}", state.logits);
    }
}
