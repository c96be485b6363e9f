//! Weights by the size of the gradients, in either direction.

use super::gram::Gram;
use super::shares::{Smoothed, finite, with_sum};
use super::{Card, Carry, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// Which task gains: the text that this strategy comes from says one and writes the other.
    MagnitudeDirection {
        /// `k / (‖g‖ + ε)`: the task with the smaller gradient.
        Inverse = "inverse", "less weight to large gradients";
        /// `k (‖g‖ + ε)`: the task with the larger gradient.
        Proportional = "proportional", "more weight to large gradients";
    }
}

parameters! {
    /// Weights by the norms of the gradients, inversely or in proportion.
    ///
    /// ```text
    /// inverse:      w_i = k / (‖g_i‖ + ε)
    /// proportional: w_i = k · (‖g_i‖ + ε)
    /// λ = smoothed(renormalized(clip(w, min, max)))
    /// ```
    ///
    /// Shaa 2023, "Dynamically Weighting Loss Function Components in Machine Learning Models": its formula is the inverse
    /// one, its words describe the other. Where the weights are renormalized to a sum of 1, `k` only matters through the
    /// limits, and the inverse direction within them is [`super::EqualNorms`].
    GradientMagnitude {
        /// Which task gains weight.
        direction: MagnitudeDirection = MagnitudeDirection::default(), "Direction", Any;
        /// The factor k.
        k: f32 = 1.0, "Factor k", Range::log(1e-6, 1e6);
        /// Keeps the weight of a vanishing gradient finite.
        epsilon: f32 = 1e-8, "ε", Range::log(1e-12, 1.0);
        /// Smallest weight, before they are renormalized.
        min: f32 = 1e-3, "Smallest weight", Range::log(1e-9, 1e9);
        /// Largest weight, before they are renormalized.
        max: f32 = 1e3, "Largest weight", Range::log(1e-9, 1e9);
        /// Whether the weights are scaled to a sum of 1.
        renormalize: bool = true, "Renormalize", Any;
        /// Share of the weights before that is kept at each update.
        smoothing: f32 = 0.9, "Smoothing", Range::SMOOTHING;
        /// Steps from one update to the next.
        interval: u32 = 1, "Update every, steps", Range::linear(1.0, 10000.0, 1.0);
    }
}

impl Strategy for GradientMagnitude {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Gradient magnitude",
            family: Family::Gradients,
            summary: "Weights each loss by the size of its gradient, inversely or in proportion.",
            best_for: "Seeing what balancing gradients does, and what its opposite does.",
            pros: &["Follows the gradients at once", "Both directions to compare"],
            cons: &["Conflict is not looked at", "In proportion, the louder task gets louder"],
            citation: "Shaa 2023, Dynamically Weighting Loss Function Components in Machine Learning Models",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        self.renormalize.then_some(1.0)
    }

    fn follows_gramian(&self) -> bool {
        true
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        if self.min > self.max {
            return Err(ConfigError::new("min", format!("at most max, {}", self.max), &self.min));
        }
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone, Debug)]
struct State {
    config: GradientMagnitude,
    smoothed: Smoothed,
    steps: u32,
    weights: [f64; 2],
}

impl State {
    fn new(config: &GradientMagnitude) -> Self {
        Self { config: config.clone(), smoothed: Smoothed::new(config.smoothing), steps: 0, weights: [0.5; 2] }
    }

    fn target(&self, norms: [f64; 2]) -> [f64; 2] {
        let GradientMagnitude { direction, k, epsilon, min, max, renormalize, .. } = self.config;
        let raw = norms.map(|norm| {
            let (k, norm) = (f64::from(k), norm + f64::from(epsilon));
            let weight = match direction {
                MagnitudeDirection::Inverse => k / norm,
                MagnitudeDirection::Proportional => k * norm,
            };
            weight.clamp(min.into(), max.into())
        });
        if renormalize { with_sum(raw, 1.0) } else { raw }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        if self.steps.is_multiple_of(self.config.interval) {
            self.weights = self.smoothed.next(self.target(Gram::of(signals).norms()));
        }
        self.steps = self.steps.wrapping_add(1);
        finite(self.weights)
    }

    fn needs(&self) -> Needs {
        Needs::GRAMIAN
    }

    fn reset(&mut self) {
        *self = Self::new(&self.config);
    }

    fn carry(&mut self, carry: &mut Carry<'_>) {
        carry.all([&mut self.smoothed, &mut self.steps, &mut self.weights]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(rul: f32, health: f32) -> TaskSignals {
        TaskSignals { gramian: [[rul * rul, 0.0], [0.0, health * health]], ..TaskSignals::default() }
    }

    fn state(config: &GradientMagnitude) -> State {
        State::new(&GradientMagnitude { smoothing: 0.0, ..config.clone() })
    }

    #[test]
    fn the_two_directions_are_opposite() {
        let inverse = state(&GradientMagnitude::default()).weights(&signals(3.0, 1.0));
        assert!((inverse[0] - 0.25).abs() < 1e-6 && (inverse[1] - 0.75).abs() < 1e-6);
        let direction = MagnitudeDirection::Proportional;
        let found = state(&GradientMagnitude { direction, ..Default::default() }).weights(&signals(3.0, 1.0));
        assert!((found[0] - 0.75).abs() < 1e-6);
    }

    #[test]
    fn weights_keep_to_their_limits() {
        let config = GradientMagnitude { k: 2.0, min: 0.5, max: 4.0, renormalize: false, ..Default::default() };
        assert_eq!(state(&config).weights(&signals(100.0, 0.0)), [0.5, 4.0]);
    }

    #[test]
    fn between_updates_the_weights_stay() {
        let mut state = state(&GradientMagnitude { interval: 2, ..Default::default() });
        let first = state.weights(&signals(1.0, 1.0));
        assert_eq!(state.weights(&signals(9.0, 1.0)), first);
        assert_ne!(state.weights(&signals(9.0, 1.0)), first);
    }

    #[test]
    fn limits_that_cross_are_refused() {
        let error = GradientMagnitude { min: 2.0, max: 1.0, ..Default::default() }.build().err().unwrap();
        assert_eq!(error.to_string(), "`min` should be at most max, 1, found 2");
    }
}
