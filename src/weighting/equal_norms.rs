//! Gradients of equal size, in closed form.

use super::gram::Gram;
use super::shares::{Smoothed, finite, with_sum};
use super::{Card, Carried, Carry, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// The weights that make both weighted gradients equally long.
    ///
    /// ```text
    /// λ_rul ‖g_rul‖ = λ_health ‖g_health‖,   λ_rul + λ_health = 1
    /// λ_i = ‖g_j‖ / (‖g_i‖ + ‖g_j‖)
    /// ```
    ///
    /// The fixed point of [`super::GradNorm`] at `α = 0`, Chen et al. 2018, reached at once. Smoothing comes after, and
    /// keeps the sum.
    EqualNorms {
        /// Share of the weights before that is kept at each step.
        smoothing: f32 = 0.9, "Smoothing", Range::SMOOTHING;
    }
}

impl Strategy for EqualNorms {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Equal gradients",
            family: Family::Gradients,
            summary: "Weights both losses so that their gradients are equally long.",
            best_for: "Losses in unlike units, without anything to learn.",
            pros: &["Immediate: no rate, no warm-up", "Whatever the units, both tasks pull equally"],
            cons: &["Conflict is not looked at", "A task that is done is amplified"],
            citation: "The fixed point of Chen et al. 2018, GradNorm",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn follows_gramian(&self) -> bool {
        true
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State { keep: self.smoothing, smoothed: Smoothed::new(self.smoothing) }))
    }
}

#[derive(Clone, Debug)]
struct State {
    keep: f32,
    smoothed: Smoothed,
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let [rul, health] = Gram::of(signals).norms();
        finite(self.smoothed.next(with_sum([health, rul], 1.0)))
    }

    fn needs(&self) -> Needs {
        Needs::GRAMIAN
    }

    fn reset(&mut self) {
        self.smoothed = Smoothed::new(self.keep);
    }

    fn carry(&mut self, carry: &mut Carry<'_>) {
        self.smoothed.carry(carry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weighted_gradients_are_equally_long() {
        let signals = TaskSignals { gramian: [[9.0, 1.0], [1.0, 0.25]], ..TaskSignals::default() };
        let [rul, health] = EqualNorms { smoothing: 0.0 }.build().unwrap().weights(&signals);
        assert!((rul * 3.0 - health * 0.5).abs() < 1e-6 && (rul + health - 1.0).abs() < 1e-6);
    }

    #[test]
    fn vanished_gradients_weigh_equally() {
        assert_eq!(EqualNorms::default().build().unwrap().weights(&TaskSignals::default()), [0.5, 0.5]);
    }
}
