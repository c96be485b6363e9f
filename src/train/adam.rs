//! Adam's formula; the arithmetic is each backend's.

use serde::{Deserialize, Serialize};

use super::{OptimizerConfig, OptimizerKind, Regularization};

pub(super) const BETA1: f32 = 0.9;
pub(super) const BETA2: f32 = 0.999;
pub(super) const EPSILON: f32 = 1e-8;

/// What the formula of [`Adam`] multiplies by at one step of one member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// `η / (1 − β₁ᵗ)`; 0 for a member that stands still.
    pub rate: f32,
    /// `1 / √(1 − β₂ᵗ)`.
    pub correction: f32,
    /// `1 − η w`, `w` being what is decoupled of the weight decay; 1 for a member that stands still.
    pub keep: f32,
    /// What is added to the gradient times `θ`: plain Adam's weight decay and the L2 penalties.
    pub pull: f32,
    /// What is added to the gradient times `sign θ`: the L1 penalties.
    pub lasso: f32,
}

/// Adam (Kingma and Ba 2015) or, with decoupled weight decay, `AdamW` (Loshchilov and Hutter 2019), in PyTorch's form:
///
/// ```text
/// m ← β₁ m + (1−β₁) g    v ← β₂ v + (1−β₂) g²    θ ← θ (1 − η w) − η · m̂ / (√v̂ + ε)
/// ```
///
/// with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`, β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Plain Adam adds `w θ` to `g` instead. What a
/// member's [`Regularization`] asks for adds up with `w`; its penalties join the gradient after it was clipped.
///
/// `m` and `v` are flat, as the parameters are: one pass over every member's every parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// Steps that the member has taken, `t`.
    steps: i32,
}

impl Adam {
    /// Begin the next step.
    pub fn advance(&mut self) {
        self.steps = self.steps.saturating_add(1);
    }

    /// What this step of a member multiplies by, at learning rate η.
    #[must_use]
    pub fn constants(&self, rate: f32, config: &OptimizerConfig, member: &Regularization) -> Constants {
        let (decoupled, coupled) = match config.kind {
            OptimizerKind::Adam => (0.0, config.weight_decay),
            OptimizerKind::AdamW => (config.weight_decay, 0.0),
        };
        Constants {
            rate: rate / (1.0 - BETA1.powi(self.steps)),
            correction: (1.0 - BETA2.powi(self.steps)).sqrt().recip(),
            keep: 1.0 - rate * (decoupled + member.decoupled),
            pull: coupled + member.ridge(),
            lasso: member.lasso(),
        }
    }
}

impl Constants {
    /// Most that `m / √v` can be, whatever the gradients were: `(1−β₁) / √((1−β₂)(1 − β₁²/β₂))`, by Cauchy and Schwarz.
    const LARGEST_RATIO: f64 = 7.28;

    /// Most that a parameter's size can be after a step, and that a gradient with its penalties can be at it: of
    /// parameters no larger than `largest` and of a gradient of this norm.
    #[must_use]
    pub fn bounds(&self, largest: f64, norm: f32) -> [f64; 2] {
        let [rate, keep, pull, lasso] =
            [self.rate, self.keep, self.pull, self.lasso].map(|value| f64::from(value).abs());
        // `1 / √(1 − β₂ᵗ)` is 1 or more: without it the bound is wider.
        [keep * largest + rate * Self::LARGEST_RATIO, f64::from(norm) + pull * largest + lasso]
    }

    /// The same for a member whose parameters are to stay as they are; its moments go on following the gradients.
    #[must_use]
    pub const fn standing_still(self) -> Self {
        Self { rate: 0.0, keep: 1.0, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gradients that rise as steeply as they can bear bring `m / √v` near its bound, and never past it.
    #[test]
    fn no_gradients_move_a_parameter_farther_than_its_bound() {
        let mut largest = 0.0_f64;
        for growth in [0.5, 1.0, 1.1, 1.11, 1.2, 2.0, 10.0] {
            let (mut m, mut v, mut gradient) = (0.0_f64, 0.0_f64, 1.0_f64);
            for _ in 0..60 {
                m = 0.9 * m + 0.1 * gradient;
                v = 0.999 * v + 0.001 * gradient * gradient;
                largest = largest.max(m / v.sqrt());
                gradient *= growth;
            }
        }
        assert!(largest > 7.2 && largest <= Constants::LARGEST_RATIO, "{largest}");
    }

    #[test]
    fn bounds_follow_the_formula() {
        let constants = Constants { rate: 0.5, correction: 1.0, keep: -3.0, pull: 2.0, lasso: 0.25 };
        assert_eq!(constants.bounds(4.0, 1.0), [12.0 + 0.5 * Constants::LARGEST_RATIO, 9.25]);
    }

    #[test]
    fn a_members_penalties_add_up_with_the_runs_decay() {
        let mut adam = Adam::default();
        adam.advance();
        let member = Regularization { l1: 0.1, l2: 0.2, decoupled: 0.5, ..Regularization::default() };
        let constants = |kind| {
            let config = OptimizerConfig { kind, weight_decay: 0.4, ..OptimizerConfig::default() };
            adam.constants(0.1, &config, &member)
        };
        let coupled = constants(OptimizerKind::Adam);
        assert!((coupled.keep - 0.95).abs() < 1e-6 && (coupled.pull - 0.6).abs() < 1e-6);
        let decoupled = constants(OptimizerKind::AdamW);
        assert!((decoupled.keep - 0.91).abs() < 1e-6 && (decoupled.pull - 0.2).abs() < 1e-6);
        assert!((decoupled.lasso - 0.1).abs() < 1e-7 && (decoupled.rate - 1.0).abs() < 1e-5);
        let still = decoupled.standing_still();
        assert_eq!((still.rate, still.keep, still.pull), (0.0, 1.0, decoupled.pull));
    }
}
