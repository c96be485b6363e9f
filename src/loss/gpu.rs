//! Both losses of a batch and their derivatives on a GPU: the same formulas on burn tensors, all members at once.

use burn::tensor::Tensor;

use super::two_task::LARGEST_EXPONENT;
use super::{LossConfig, RulLoss};
use crate::data::RUL_CAP_CYCLES;
use crate::model::{HEALTH_CLASSES, OUTPUTS};

/// The losses of a batch and the way back.
pub struct TwoTaskLoss {
    /// `L_rul` and `L_health` of each member: `[members, 2]`.
    pub losses: Tensor<2>,
    /// Derivative of each loss with respect to the outputs: `[members, batch, 2, outputs]`.
    pub cotangents: Tensor<4>,
}

impl LossConfig {
    /// Every member's losses and cotangents, for outputs `[members, batch, 1 + classes]` and targets
    /// `[members or 1, batch, 5]`; the formulas are [`LossConfig::evaluate`]'s.
    #[must_use]
    pub fn evaluate_stacked(&self, outputs: &Tensor<3>, targets: &Tensor<3>) -> TwoTaskLoss {
        let [members, batch, _] = outputs.dims();
        let scale = self.scale();
        let residual = (outputs.clone().narrow(2, 0, 1) - targets.clone().narrow(2, 0, 1)) * scale;
        let weight = targets.clone().narrow(2, 1, 1);
        let (penalty, slope) = self.rul.penalty(residual, RUL_CAP_CYCLES / scale);
        let loss_rul = (penalty * weight.clone()).sum_dim(1);
        let d_rul = slope * weight * scale;

        let truth = targets.clone().narrow(2, 2, HEALTH_CLASSES);
        let logits = outputs.clone().narrow(2, 1, HEALTH_CLASSES);
        let centred = logits.clone() - logits.max_dim(2);
        let exponentials = centred.clone().exp();
        let total = exponentials.clone().sum_dim(2);
        let log_likelihood = (centred - total.clone().log()) * truth.clone();
        let loss_health = log_likelihood.sum_dim(2).sum_dim(1) * -1.0;
        let d_health = exponentials / total * truth.clone().sum_dim(2) - truth;

        // Row by row [d_rul, 0, 0, 0] and [0, d_health]: the zeros of both stand together.
        let zeros = Tensor::zeros([members, batch, OUTPUTS], &outputs.device());
        let cotangents = Tensor::cat(vec![d_rul, zeros, d_health], 2).reshape([members, batch, 2, OUTPUTS]);
        let losses = Tensor::cat(vec![loss_rul, loss_health], 2).reshape([members, 2]);
        TwoTaskLoss { losses, cotangents }
    }
}

impl RulLoss {
    /// ρ(r) and its derivative, for residuals in the loss's unit, of which one is worth `cycles` cycles.
    fn penalty(self, residual: Tensor<3>, cycles: f32) -> (Tensor<3>, Tensor<3>) {
        match self {
            Self::Squared => (residual.clone().square(), residual * 2.0),
            Self::Huber { delta_cycles } => {
                let delta = delta_cycles / cycles;
                let inner = residual.clone().clamp(-delta, delta);
                (inner.clone() * (residual * 2.0 - inner.clone()), inner * 2.0)
            }
            Self::Asymmetric => {
                // d < 0 (early): exponent −d/13; d ≥ 0 (late): d/10. The larger of the two is the right one.
                let (early, late) = (-cycles / 13.0, cycles / 10.0);
                let is_late = residual.clone().greater_elem(0.0).float();
                let rate = is_late * (late - early) + early;
                let exponent = residual * rate.clone();
                let bounded = exponent.clone().clamp_max(LARGEST_EXPONENT);
                let growth = bounded.clone().exp();
                (growth.clone() * (exponent - bounded + 1.0) - 1.0, growth * rate)
            }
        }
    }
}
