//! Both losses of a batch and their derivatives with respect to the outputs, for every member.

use burn::tensor::{Device, Tensor, TensorData};

use super::{LossConfig, RulLoss, RulUnit};
use crate::data::{RUL_CAP_CYCLES, Split, health_class};
use crate::model::{HEALTH_CLASSES, OUTPUTS};

/// Columns of a target row: RUL as a fraction, its sample weight, and a weight a class (zero but for the true one).
const TARGET_COLUMNS: usize = 2 + HEALTH_CLASSES;

/// Beyond this exponent the asymmetric penalty goes on as a straight line, so that a wild early prediction cannot
/// overflow. At 4 the prediction is 40 cycles late or 52 cycles early.
const LARGEST_EXPONENT: f32 = 4.0;

/// The losses of a batch and the way back.
pub struct TwoTaskLoss {
    /// `L_rul` and `L_health` of each member: `[members, 2]`.
    pub losses: Tensor<2>,
    /// Derivative of each loss with respect to the outputs: `[members, batch, 2, outputs]`.
    pub cotangents: Tensor<4>,
}

impl LossConfig {
    /// Weights of the three health classes: the inverse of their share among the windows, or 1 where classes are not
    /// weighted. Their mean over the windows is 1; a class that does not occur keeps 1.
    #[must_use]
    pub fn class_weights(&self, split: &Split) -> [f32; HEALTH_CLASSES] {
        let mut counts = [0_u32; HEALTH_CLASSES];
        for window in 0..split.windows.len() as u32 {
            counts[health_class(split.rul_cycles(window))] += 1;
        }
        let present = counts.iter().filter(|count| **count > 0).count();
        counts.map(|count| {
            if self.class_weighted && count > 0 {
                split.windows.len() as f32 / (present as f32 * count as f32)
            } else {
                1.0
            }
        })
    }

    /// Target rows of a batch, `[1, batch, 5]`; the weights carry the division by the batch size.
    #[must_use]
    pub fn targets(&self, rul_cycles: &[f32], class_weights: [f32; HEALTH_CLASSES], device: &Device) -> Tensor<3> {
        let classes: Vec<usize> = rul_cycles.iter().map(|rul| health_class(*rul)).collect();
        let fractions: Vec<f32> = rul_cycles.iter().map(|rul| rul / RUL_CAP_CYCLES).collect();
        self.targets_from(&fractions, &classes, class_weights, device)
    }

    /// As [`Self::targets`], from RUL fractions and class indices.
    #[must_use]
    pub fn targets_from(
        &self,
        rul_fractions: &[f32],
        classes: &[usize],
        class_weights: [f32; HEALTH_CLASSES],
        device: &Device,
    ) -> Tensor<3> {
        let share = 1.0 / rul_fractions.len() as f32;
        let mut rows = Vec::with_capacity(rul_fractions.len() * TARGET_COLUMNS);
        for (fraction, class) in rul_fractions.iter().zip(classes) {
            let emphasis = if self.sample_weighted { 1.0 + (1.0 - fraction).clamp(0.0, 1.0) } else { 1.0 };
            let mut by_class = [0.0; HEALTH_CLASSES];
            by_class[*class] = class_weights[*class] * share;
            rows.extend([*fraction, emphasis * share]);
            rows.extend(by_class);
        }
        Tensor::from_data(TensorData::new(rows, [1, rul_fractions.len(), TARGET_COLUMNS]), device)
    }

    /// Both losses and their cotangents, for outputs `[members, batch, 1 + classes]` and targets
    /// `[members or 1, batch, 5]`.
    ///
    /// ```text
    /// L_rul = Σ_b w_b ρ(s·(ŷ_b − y_b)) / B    L_health = −Σ_b v_b ln softmax(l_b)[class_b] / B
    /// ```
    ///
    /// with `s = 1` in fractions of the cap and `s = 125` in cycles, and ρ the form of the RUL loss.
    #[must_use]
    pub fn evaluate(&self, outputs: &Tensor<3>, targets: &Tensor<3>) -> TwoTaskLoss {
        let [members, batch, _] = outputs.dims();
        let scale = match self.unit {
            RulUnit::Fraction => 1.0,
            RulUnit::Cycles => RUL_CAP_CYCLES,
        };
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
