//! Adam on the flat matrix: every member's every parameter in a handful of operations.

use burn::tensor::Tensor;

use super::{OptimizerConfig, OptimizerKind};

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// Adam (Kingma and Ba 2015) or, with decoupled weight decay, `AdamW` (Loshchilov and Hutter 2019), in PyTorch's form:
///
/// ```text
/// m ← β₁ m + (1−β₁) g    v ← β₂ v + (1−β₂) g²    θ ← θ (1 − η w) − η · m̂ / (√v̂ + ε)
/// ```
///
/// with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`, β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Plain Adam adds `w θ` to `g` instead.
#[derive(Clone, Debug)]
pub struct Adam {
    first: Tensor<2>,
    second: Tensor<2>,
    steps: i32,
}

impl Adam {
    /// The optimizer at rest, for parameters of this shape.
    #[must_use]
    pub fn new(parameters: &Tensor<2>) -> Self {
        Self { first: parameters.zeros_like(), second: parameters.zeros_like(), steps: 0 }
    }

    /// The parameters `[members, parameters]` after one step along these gradients of the same shape.
    #[must_use]
    pub fn step(
        &mut self,
        parameters: Tensor<2>,
        gradients: Tensor<2>,
        rate: f32,
        config: &OptimizerConfig,
    ) -> Tensor<2> {
        self.steps += 1;
        let decay = config.weight_decay;
        let (parameters, gradients) = match config.kind {
            _ if decay == 0.0 => (parameters, gradients),
            OptimizerKind::Adam => (parameters.clone(), gradients + parameters * decay),
            OptimizerKind::AdamW => (parameters * (1.0 - rate * decay), gradients),
        };
        self.first = self.first.clone() * BETA1 + gradients.clone() * (1.0 - BETA1);
        self.second = self.second.clone() * BETA2 + gradients.square() * (1.0 - BETA2);
        let rate = rate / (1.0 - BETA1.powi(self.steps));
        let correction = (1.0 - BETA2.powi(self.steps)).sqrt();
        let scale = self.second.clone().sqrt() / correction + EPSILON;
        parameters - self.first.clone() / scale * rate
    }

    /// The state with a copy of one member appended.
    pub fn fork(&mut self, member: usize) {
        self.first = with_copy(&self.first, member);
        self.second = with_copy(&self.second, member);
    }
}

/// The matrix `[members, n]` with a copy of one row appended.
pub(super) fn with_copy(matrix: &Tensor<2>, member: usize) -> Tensor<2> {
    Tensor::cat(vec![matrix.clone(), matrix.clone().narrow(0, member, 1)], 0)
}
