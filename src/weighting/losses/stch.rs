//! STCH: smooth Tchebycheff scalarization.

use super::super::shares::{finite, softmax};
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use super::positive;
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// A smooth maximum of the losses, each relative to what it was at the beginning.
    ///
    /// ```text
    /// L = 2 μ log Σ exp(log(ℓ_i / n_i) / μ)
    /// λ_i = 2 p_i / ℓ_i,   p = softmax(log(ℓ / n) / μ)
    /// ```
    ///
    /// `ℓ`: the normalized losses; `n`: their means over the warm-up, during which `p = ½`. A small `μ` is the plain
    /// maximum, a large one the sum of the logarithms. Lin et al. 2024, "Smooth Tchebycheff Scalarization for
    /// Multi-Objective Optimization". The ideal point is 0, as in the paper's experiments on networks, from which the
    /// logarithm, the warm-up and the factor 2 (the number of tasks) come too.
    Stch {
        /// Smoothness μ.
        mu: f32 = 0.5, "Smoothness μ", Range::log(0.01, 100.0);
        /// Epochs over which the reference values are measured.
        warmup_epochs: f32 = 1.0, "Warm-up, epochs", Range::linear(0.0, 1000.0, 0.5);
    }
}

impl Strategy for Stch {
    fn card(&self) -> &'static Card {
        &Card {
            title: "STCH",
            family: Family::Losses,
            summary: "Works on the loss that has fallen least since the beginning, going over smoothly.",
            best_for: "Never leaving a task behind.",
            pros: &["Costs nothing", "Can reach trade-offs that no fixed weights reach"],
            cons: &["The first epochs decide what counts as much or little"],
            citation: "Lin et al. 2024, Smooth Tchebycheff Scalarization for Multi-Objective Optimization",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone, Debug)]
struct State {
    config: Stch,
    sums: [f64; 2],
    steps: u32,
}

impl State {
    fn new(config: &Stch) -> Self {
        Self { config: config.clone(), sums: [0.0; 2], steps: 0 }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let losses = positive(signals.normalized);
        // Without a warm-up the first step is the reference.
        let shares = if self.steps == 0 || signals.epoch < self.config.warmup_epochs {
            self.sums = [self.sums[0] + losses[0], self.sums[1] + losses[1]];
            self.steps += 1;
            [0.5; 2]
        } else {
            let steps = f64::from(self.steps);
            let mu = f64::from(self.config.mu);
            softmax([0, 1].map(|task| (losses[task] * steps / self.sums[task]).ln() / mu))
        };
        finite([2.0 * shares[0] / losses[0], 2.0 * shares[1] / losses[1]])
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

    fn signals(epoch: f32, normalized: [f32; 2]) -> TaskSignals {
        TaskSignals { epoch, normalized, ..TaskSignals::default() }
    }

    #[test]
    fn the_weights_are_the_gradient_of_the_smooth_maximum() {
        let mut state = State::new(&Stch { mu: 0.7, warmup_epochs: 1.0 });
        for losses in [[1.0, 3.0], [3.0, 5.0]] {
            let weights = state.weights(&signals(0.5, losses));
            assert!((weights[0] - 1.0 / losses[0]).abs() < 1e-6 && (weights[1] - 1.0 / losses[1]).abs() < 1e-6);
        }
        let weights = state.weights(&signals(1.0, [0.5, 3.0]));
        // n = (2, 4)
        let smooth = |x: f64, y: f64| 1.4 * ((x / 2.0).powf(1.0 / 0.7) + (y / 4.0).powf(1.0 / 0.7)).ln();
        let step = 1e-6;
        let expected = [
            (smooth(0.5 + step, 3.0) - smooth(0.5 - step, 3.0)) / (2.0 * step),
            (smooth(0.5, 3.0 + step) - smooth(0.5, 3.0 - step)) / (2.0 * step),
        ];
        for (found, expected) in weights.into_iter().zip(expected) {
            assert!((f64::from(found) - expected).abs() < 1e-5, "{found} {expected}");
        }
    }
}
