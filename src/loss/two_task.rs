//! Both losses of a batch and their derivatives with respect to the outputs, for every member.

use super::{LossConfig, RulLoss, RulUnit};
use crate::data::{RUL_CAP_CYCLES, Split, health_class};
use crate::model::{HEALTH_CLASSES, OUTPUTS};

/// Columns of a target row: RUL as a fraction, its sample weight, and a weight a class (zero but for the true one).
pub const TARGET_COLUMNS: usize = 2 + HEALTH_CLASSES;

/// Beyond this exponent the asymmetric penalty goes on as a straight line, so that a wild early prediction cannot
/// overflow. At 4 the prediction is 40 cycles late or 52 cycles early.
pub(super) const LARGEST_EXPONENT: f32 = 4.0;

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

    /// Target rows of a batch, `[batch, 5]`; the weights carry the division by the batch size.
    #[must_use]
    pub fn targets(&self, rul_cycles: &[f32], class_weights: [f32; HEALTH_CLASSES]) -> Vec<f32> {
        let classes: Vec<usize> = rul_cycles.iter().map(|rul| health_class(*rul)).collect();
        let fractions: Vec<f32> = rul_cycles.iter().map(|rul| rul / RUL_CAP_CYCLES).collect();
        self.targets_from(&fractions, &classes, class_weights)
    }

    /// As [`Self::targets`], from RUL fractions and class indices.
    #[must_use]
    pub fn targets_from(
        &self,
        rul_fractions: &[f32],
        classes: &[usize],
        class_weights: [f32; HEALTH_CLASSES],
    ) -> Vec<f32> {
        let share = 1.0 / rul_fractions.len() as f32;
        let mut rows = Vec::with_capacity(rul_fractions.len() * TARGET_COLUMNS);
        for (fraction, class) in rul_fractions.iter().zip(classes) {
            let emphasis = if self.sample_weighted { 1.0 + (1.0 - fraction).clamp(0.0, 1.0) } else { 1.0 };
            let mut by_class = [0.0; HEALTH_CLASSES];
            by_class[*class] = class_weights[*class] * share;
            rows.extend([*fraction, emphasis * share]);
            rows.extend(by_class);
        }
        rows
    }

    /// The factor between residuals as fractions of the cap and residuals in the loss's unit.
    pub(crate) const fn scale(&self) -> f32 {
        match self.unit {
            RulUnit::Fraction => 1.0,
            RulUnit::Cycles => RUL_CAP_CYCLES,
        }
    }

    /// One member's two losses, for its outputs `[batch, 1 + classes]` and targets `[batch, 5]`. Each loss's derivative
    /// with respect to the outputs, `[batch, 1 + classes]`, is written into `cotangents`.
    ///
    /// ```text
    /// L_rul = Σ_b w_b ρ(s·(ŷ_b − y_b)) / B    L_health = −Σ_b v_b ln softmax(l_b)[class_b] / B
    /// ```
    ///
    /// with `s = 1` in fractions of the cap and `s = 125` in cycles, and ρ the form of the RUL loss.
    pub fn evaluate(&self, outputs: &[f32], targets: &[f32], cotangents: [&mut [f32]; 2]) -> [f32; 2] {
        let scale = self.scale();
        let [d_rul, d_health] = cotangents;
        let rows = outputs.as_chunks::<OUTPUTS>().0.iter().zip(targets.as_chunks::<TARGET_COLUMNS>().0);
        let slopes = d_rul.as_chunks_mut::<OUTPUTS>().0.iter_mut().zip(d_health.as_chunks_mut::<OUTPUTS>().0);
        let mut losses = [0.0; 2];
        for (([output, logits @ ..], [truth, weight, classes @ ..]), (d_rul, d_health)) in rows.zip(slopes) {
            let (penalty, slope) = self.rul.penalty((output - truth) * scale, RUL_CAP_CYCLES / scale);
            losses[0] += weight * penalty;
            *d_rul = [slope * weight * scale, 0.0, 0.0, 0.0];
            let (loss, slopes) = cross_entropy(logits, classes);
            losses[1] += loss;
            *d_health = [0.0, slopes[0], slopes[1], slopes[2]];
        }
        losses
    }
}

/// `−Σ_c v_c ln softmax(l)_c` and its derivatives.
fn cross_entropy(logits: &[f32; HEALTH_CLASSES], weights: &[f32; HEALTH_CLASSES]) -> (f32, [f32; HEALTH_CLASSES]) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials = logits.map(|logit| (logit - largest).exp());
    let total: f32 = exponentials.iter().sum();
    let weight: f32 = weights.iter().sum();
    let mut loss = 0.0;
    let mut slopes = [0.0; HEALTH_CLASSES];
    for class in 0..HEALTH_CLASSES {
        loss -= weights[class] * (logits[class] - largest - total.ln());
        slopes[class] = exponentials[class] / total * weight - weights[class];
    }
    (loss, slopes)
}

impl RulLoss {
    /// ρ(r) and its derivative, for a residual in the loss's unit, of which one is worth `cycles` cycles.
    fn penalty(self, residual: f32, cycles: f32) -> (f32, f32) {
        match self {
            Self::Squared => (residual * residual, residual * 2.0),
            Self::Huber { delta_cycles } => {
                let delta = delta_cycles / cycles;
                let inner = residual.clamp(-delta, delta);
                (inner * (residual * 2.0 - inner), inner * 2.0)
            }
            Self::Asymmetric => {
                // d < 0 (early): exponent −d/13; d ≥ 0 (late): d/10.
                let rate = if residual > 0.0 { cycles / 10.0 } else { -cycles / 13.0 };
                let exponent = residual * rate;
                let bounded = exponent.min(LARGEST_EXPONENT);
                let growth = bounded.exp();
                (growth * (exponent - bounded + 1.0) - 1.0, growth * rate)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each loss's derivative against its own difference quotient, for every form and unit.
    #[test]
    fn cotangents_are_the_losses_derivatives() {
        let outputs = [0.9, 0.3, -0.2, 1.0, 0.1, -1.0, 0.5, 0.2];
        for rul in [RulLoss::Squared, RulLoss::Huber { delta_cycles: 20.0 }, RulLoss::Asymmetric] {
            for unit in [RulUnit::Fraction, RulUnit::Cycles] {
                let config = LossConfig { unit, rul, sample_weighted: true, class_weighted: false };
                let targets = config.targets_from(&[0.7, 0.2], &[1, 2], [1.0, 0.5, 2.0]);
                let losses = |outputs: &[f32]| {
                    let mut cotangents = [[0.0; 8]; 2];
                    let [first, second] = &mut cotangents;
                    (config.evaluate(outputs, &targets, [first, second]), cotangents)
                };
                let (_, cotangents) = losses(&outputs);
                for index in 0..outputs.len() {
                    let mut moved = [outputs; 2];
                    moved[0][index] -= 1e-3;
                    moved[1][index] += 1e-3;
                    let [(below, _), (above, _)] = moved.map(|outputs| losses(&outputs));
                    for task in 0..2 {
                        let quotient = (above[task] - below[task]) / 2e-3;
                        let scale = cotangents[task].iter().fold(1.0_f32, |most, value| most.max(value.abs()));
                        let apart = (quotient - cotangents[task][index]).abs() / scale;
                        assert!(apart < 2e-3, "{rul:?} {unit:?} task {task} output {index}: {apart}");
                    }
                }
            }
        }
    }
}
