//! IMTL-L: impartial multi-task learning, the losses' half.

use super::super::inner::{Inner, InnerOptimizer};
use super::super::shares::finite;
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// A learned scale for each loss, which brings it to one.
    ///
    /// ```text
    /// min_s Σ e^{s_i} ℓ_i − s_i,   s_i ← s_i − rate · (e^{s_i} ℓ_i − 1)
    /// λ_i = e^{s_i}   (at rest: 1 / ℓ_i)
    /// ```
    ///
    /// `ℓ`: the normalized losses; `s` starts at 0 and stays in [−30, 30]. Liu et al. 2021, "Towards Impartial Multi-task
    /// Learning". The paper moves `s` with the model's optimizer, here it has its own.
    ImtlL {
        /// Learning rate of the scales.
        rate: f32 = 0.01, "Rate", Range::RATE;
        /// How the scales are moved.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
    }
}

impl Strategy for ImtlL {
    fn card(&self) -> &'static Card {
        &Card {
            title: "IMTL-L",
            family: Family::Losses,
            summary: "Learns a scale for each loss that brings both to the same value.",
            best_for: "Losses whose scales are unknown and drift.",
            pros: &["Costs nothing", "Smoother than dividing by the present loss"],
            cons: &["Equal losses are not equal gradients", "A rate to set"],
            citation: "Liu et al. 2021, Towards Impartial Multi-task Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

/// Scales from 1e-13 to 1e13.
const FARTHEST: f64 = 30.0;

#[derive(Clone, Debug)]
struct State {
    config: ImtlL,
    logs: [f64; 2],
    inner: Inner,
}

impl State {
    fn new(config: &ImtlL) -> Self {
        Self { config: config.clone(), logs: [0.0; 2], inner: Inner::new(config.optimizer, config.rate, 2) }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let scales = self.logs.map(f64::exp);
        let [rul, health] = signals.normalized.map(f64::from);
        self.inner.step(&mut self.logs, &[scales[0] * rul - 1.0, scales[1] * health - 1.0]);
        self.logs = self.logs.map(|log| log.clamp(-FARTHEST, FARTHEST));
        finite(scales)
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
    fn constant_losses_are_brought_to_one() {
        for optimizer in [InnerOptimizer::Adam, InnerOptimizer::Sgd] {
            let mut state = State::new(&ImtlL { rate: 0.05, optimizer });
            let signals = TaskSignals { normalized: [4.0, 0.5], ..TaskSignals::default() };
            let weights = (0..2000).fold([0.0; 2], |_, _| state.weights(&signals));
            assert!((weights[0] - 0.25).abs() < 0.01 && (weights[1] - 2.0).abs() < 0.05, "{weights:?}");
        }
    }
}
