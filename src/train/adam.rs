//! Adam's formula; the arithmetic is each backend's.

use super::{OptimizerConfig, OptimizerKind};

pub(super) const BETA1: f32 = 0.9;
pub(super) const BETA2: f32 = 0.999;
pub(super) const EPSILON: f32 = 1e-8;

/// What the formula of [`Adam`] multiplies by at one step.
pub struct Constants {
    /// `η / (1 − β₁ᵗ)`.
    pub rate: f32,
    /// `1 / √(1 − β₂ᵗ)`.
    pub correction: f32,
    /// `1 − η w`, or 1.
    pub keep: f32,
    /// `w` for plain Adam, or 0.
    pub pull: f32,
}

/// Adam (Kingma and Ba 2015) or, with decoupled weight decay, `AdamW` (Loshchilov and Hutter 2019), in PyTorch's form:
///
/// ```text
/// m ← β₁ m + (1−β₁) g    v ← β₂ v + (1−β₂) g²    θ ← θ (1 − η w) − η · m̂ / (√v̂ + ε)
/// ```
///
/// with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`, β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Plain Adam adds `w θ` to `g` instead.
///
/// `m` and `v` are flat, as the parameters are: one pass over every member's every parameter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adam {
    /// Steps taken, `t`.
    steps: i32,
}

impl Adam {
    /// The optimizer after this many steps.
    #[must_use]
    pub const fn after(steps: u32) -> Self {
        Self { steps: steps.cast_signed() }
    }

    /// Begin the next step.
    pub fn advance(&mut self) {
        self.steps += 1;
    }

    /// What this step multiplies by, at learning rate η.
    #[must_use]
    pub fn constants(&self, rate: f32, config: &OptimizerConfig) -> Constants {
        let decay = config.weight_decay;
        let (keep, pull) = match config.kind {
            OptimizerKind::Adam => (1.0, decay),
            OptimizerKind::AdamW => (1.0 - rate * decay, 0.0),
        };
        Constants {
            rate: rate / (1.0 - BETA1.powi(self.steps)),
            correction: (1.0 - BETA2.powi(self.steps)).sqrt().recip(),
            keep,
            pull,
        }
    }
}
