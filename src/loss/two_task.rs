//! Both losses of a batch and their derivatives with respect to the outputs, for every member.

use super::{Emphasis, RulLoss, RulUnit, TwoTaskLoss};
use crate::data::{Split, Window};
use crate::model::{HEALTH_CLASSES, OUTPUTS};
use crate::statistics::softmax;

/// Columns of a target row: RUL as a fraction, its sample weight, a weight a class (zero but for the true one), and the
/// row's [neighbours](mark_neighbours): the previous and the next row of the same engine, −1 for none, and the inverse of
/// the number of such pairs.
pub const TARGET_COLUMNS: usize = PREVIOUS + 3;

/// First of the three columns that [`mark_neighbours`] writes.
pub(super) const PREVIOUS: usize = 2 + HEALTH_CLASSES;

/// No row: what stands in place of a neighbour that there is not.
const NO_ROW: f32 = -1.0;

/// Beyond this exponent the asymmetric penalty goes on as a straight line, so that a wild early prediction cannot
/// overflow. At 4 the prediction is 40 cycles late or 52 cycles early.
pub(super) const LARGEST_EXPONENT: f32 = 4.0;

impl TwoTaskLoss {
    /// Weights of the three health classes: the inverse of their share among the windows, or 1 where classes are not
    /// weighted. Their mean over the windows is 1; a class that does not occur keeps 1.
    #[must_use]
    pub fn class_weights(&self, split: &Split) -> [f32; HEALTH_CLASSES] {
        let mut counts = [0_u32; HEALTH_CLASSES];
        for window in 0..split.windows.len() as u32 {
            counts[self.labels.health_class(split.rul_cycles(window))] += 1;
        }
        let present = counts.iter().filter(|count| **count > 0).count();
        counts.map(|count| {
            if self.config.class_weighted && count > 0 {
                split.windows.len() as f32 / (present as f32 * count as f32)
            } else {
                1.0
            }
        })
    }

    /// Target rows of a batch, `[batch, 8]`; the weights carry the division by the batch size. No row has neighbours yet.
    #[must_use]
    pub fn targets(&self, rul_cycles: &[f32], class_weights: [f32; HEALTH_CLASSES]) -> Vec<f32> {
        let unit = self.labels.unit_cycles();
        let classes: Vec<usize> = rul_cycles.iter().map(|rul| self.labels.health_class(*rul)).collect();
        let fractions: Vec<f32> = rul_cycles.iter().map(|rul| rul / unit).collect();
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
            let emphasis = if self.config.sample_weighted { 1.0 + (1.0 - fraction).clamp(0.0, 1.0) } else { 1.0 };
            let mut by_class = [0.0; HEALTH_CLASSES];
            by_class[*class] = class_weights[*class] * share;
            rows.extend([*fraction, emphasis * share]);
            rows.extend(by_class);
            rows.extend([NO_ROW, NO_ROW, 0.0]);
        }
        rows
    }

    /// The factor between residuals as fractions of the cap and residuals in the loss's unit.
    pub(crate) fn scale(&self) -> f32 {
        match self.config.unit {
            RulUnit::Fraction => 1.0,
            RulUnit::Cycles => self.labels.unit_cycles(),
        }
    }

    /// One member's two losses, for its outputs `[batch, 1 + classes]` and targets `[batch, 8]`. Each loss's derivative
    /// with respect to the outputs, `[batch, 1 + classes]`, is written into `cotangents`.
    ///
    /// ```text
    /// L_rul = Σ_b w_b ρ(s·(ŷ_b − y_b)) / B    L_health = −Σ_b v_b ln softmax(l_b)[class_b] / B
    /// ```
    ///
    /// with `s = 1` in fractions of the cap and `s = cap` in cycles, and ρ the form of the RUL loss; [`Emphasis`] says
    /// what becomes of `L_rul` where a member's strategy makes more of something.
    pub fn evaluate(
        &self,
        emphasis: &Emphasis,
        outputs: &[f32],
        targets: &[f32],
        cotangents: [&mut [f32]; 2],
    ) -> [f32; 2] {
        let scale = self.scale();
        let [d_rul, d_health] = cotangents;
        let rows = outputs.as_chunks::<OUTPUTS>().0.iter().zip(targets.as_chunks::<TARGET_COLUMNS>().0);
        let slopes = d_rul.as_chunks_mut::<OUTPUTS>().0.iter_mut().zip(d_health.as_chunks_mut::<OUTPUTS>().0);
        let mut losses = [0.0; 2];
        for (([output, logits @ ..], [truth, weight, classes @ .., _, _, _]), (d_rul, d_health)) in rows.zip(slopes) {
            let (penalty, slope) = self.penalty(emphasis, (output - truth) * scale);
            let weight = weight * (1.0 + emphasis.end_of_life * (1.0 - truth).clamp(0.0, 1.0));
            losses[0] += weight * penalty;
            *d_rul = [slope * weight * scale, 0.0, 0.0, 0.0];
            let (loss, slopes) = cross_entropy(logits, classes);
            losses[1] += loss;
            *d_health = [0.0, slopes[0], slopes[1], slopes[2]];
        }
        if emphasis.monotonicity > 0.0 {
            losses[0] += rises(emphasis.monotonicity, scale, outputs, targets, d_rul);
        }
        losses
    }

    /// The pointwise penalty of a residual in the loss's unit, and its derivative.
    fn penalty(&self, emphasis: &Emphasis, residual: f32) -> (f32, f32) {
        let cycles = self.labels.unit_cycles() / self.scale();
        let (penalty, slope) = self.config.rul.penalty(residual, cycles);
        let share = emphasis.asymmetric;
        if share > 0.0 {
            let (other, other_slope) = RulLoss::Asymmetric.penalty(residual, cycles);
            return (penalty + share * (other - penalty), slope + share * (other_slope - slope));
        }
        (penalty, slope)
    }
}

/// Tell each of the target rows, one set of them, which rows are its neighbours: the windows of its engine that end last
/// before and first after it, as far as they are in the batch. Windows that end at one cycle are no pair.
pub fn mark_neighbours(targets: &mut [f32], windows: &[Window]) {
    let rows = targets.as_chunks_mut::<TARGET_COLUMNS>().0;
    for row in rows.iter_mut() {
        row[PREVIOUS..].copy_from_slice(&[NO_ROW, NO_ROW, 0.0]);
    }
    let mut order: Vec<usize> = (0..windows.len().min(rows.len())).collect();
    order.sort_by_key(|&row| (windows[row].engine, windows[row].end, row));
    let is_pair = |pair: &&[usize]| {
        let [earlier, later] = [windows[pair[0]], windows[pair[1]]];
        earlier.engine == later.engine && earlier.end < later.end
    };
    let pairs = order.windows(2).filter(is_pair).count();
    for pair in order.windows(2).filter(is_pair) {
        rows[pair[1]][PREVIOUS] = pair[0] as f32;
        rows[pair[0]][PREVIOUS + 1] = pair[1] as f32;
    }
    for row in rows.iter_mut().filter(|_| pairs > 0) {
        row[PREVIOUS + 2] = (pairs as f32).recip();
    }
}

/// `m · mean over pairs of max(0, s·(ŷ_later − ŷ_earlier))²`; its derivatives are added to the cotangents.
fn rises(strength: f32, scale: f32, outputs: &[f32], targets: &[f32], cotangents: &mut [f32]) -> f32 {
    let mut sum = 0.0;
    for (row, target) in targets.as_chunks::<TARGET_COLUMNS>().0.iter().enumerate() {
        if target[PREVIOUS] < 0.0 {
            continue;
        }
        #[expect(clippy::cast_sign_loss, reason = "an index of a row, not negative")]
        let previous = target[PREVIOUS] as usize;
        let rise = ((outputs[row * OUTPUTS] - outputs[previous * OUTPUTS]) * scale).max(0.0);
        let share = strength * target[PREVIOUS + 2];
        sum += share * rise * rise;
        cotangents[row * OUTPUTS] += 2.0 * share * rise * scale;
        cotangents[previous * OUTPUTS] -= 2.0 * share * rise * scale;
    }
    sum
}

/// `−Σ_c v_c ln softmax(l)_c` and its derivatives.
fn cross_entropy(logits: &[f32; HEALTH_CLASSES], weights: &[f32; HEALTH_CLASSES]) -> (f32, [f32; HEALTH_CLASSES]) {
    let (shares, logarithms) = softmax(logits);
    let weight: f32 = weights.iter().sum();
    let mut loss = 0.0;
    let mut slopes = [0.0; HEALTH_CLASSES];
    for class in 0..HEALTH_CLASSES {
        loss -= weights[class] * logarithms[class];
        slopes[class] = shares[class] * weight - weights[class];
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
    use crate::loss::LossConfig;

    const EMPHASES: [Emphasis; 5] = [
        Emphasis::NONE,
        Emphasis { end_of_life: 2.0, ..Emphasis::NONE },
        Emphasis { asymmetric: 0.4, ..Emphasis::NONE },
        Emphasis { monotonicity: 3.0, ..Emphasis::NONE },
        Emphasis { end_of_life: 1.0, asymmetric: 0.7, monotonicity: 0.5 },
    ];

    /// Three windows of engine 0 and one of engine 1, not in the order of their cycles.
    fn windows() -> Vec<Window> {
        [(0, 40), (1, 12), (0, 9), (0, 31)].map(|(engine, end)| Window { engine, end }).to_vec()
    }

    /// Each loss's derivative against its own difference quotient, for every form, unit and emphasis.
    #[test]
    fn cotangents_are_the_losses_derivatives() {
        let outputs = [0.9, 0.3, -0.2, 1.0, 0.1, -1.0, 0.5, 0.2, 0.6, 0.4, 0.0, 0.3, 0.7, 0.2, 0.1, -0.5];
        let cases = [RulLoss::Squared, RulLoss::Huber { delta_cycles: 20.0 }, RulLoss::Asymmetric]
            .into_iter()
            .flat_map(|rul| [RulUnit::Fraction, RulUnit::Cycles].map(|unit| (rul, unit)))
            .flat_map(|(rul, unit)| EMPHASES.map(|emphasis| (rul, unit, emphasis)));
        for (rul, unit, emphasis) in cases {
            let config = LossConfig { unit, rul, sample_weighted: true, class_weighted: false };
            let config = TwoTaskLoss { config, ..TwoTaskLoss::default() };
            let mut targets = config.targets_from(&[0.7, 0.2, 0.8, 0.5], &[1, 2, 1, 0], [1.0, 0.5, 2.0]);
            mark_neighbours(&mut targets, &windows());
            let losses = |outputs: &[f32]| {
                let mut cotangents = [[0.0; 16]; 2];
                let [first, second] = &mut cotangents;
                (config.evaluate(&emphasis, outputs, &targets, [first, second]), cotangents)
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
                    assert!(apart < 2e-3, "{rul:?} {unit:?} {emphasis:?} task {task} output {index}: {apart}");
                }
            }
        }
    }

    #[test]
    fn neighbours_are_windows_of_one_engine_in_the_order_of_their_cycles() {
        let config = TwoTaskLoss::default();
        let mut targets = config.targets_from(&[0.5; 4], &[1; 4], [1.0; 3]);
        mark_neighbours(&mut targets, &windows());
        let neighbours: Vec<&[f32]> = targets.chunks(TARGET_COLUMNS).map(|row| &row[PREVIOUS..]).collect();
        assert_eq!(neighbours, [[3.0, -1.0, 0.5], [-1.0, -1.0, 0.5], [-1.0, 3.0, 0.5], [2.0, 0.0, 0.5]]);
        let same = vec![Window { engine: 2, end: 5 }; 4];
        mark_neighbours(&mut targets, &same);
        assert!(targets.chunks(TARGET_COLUMNS).all(|row| row[PREVIOUS..] == [-1.0, -1.0, 0.0]));
    }

    /// By hand: RUL 0.5 and 0.25 predicted as 0.6 and 0.75, both of one engine, the second one later.
    #[test]
    fn emphases_follow_their_formulas() {
        let config = TwoTaskLoss::default();
        let mut targets = config.targets_from(&[0.5, 0.25], &[1, 1], [1.0; 3]);
        mark_neighbours(&mut targets, &[Window { engine: 0, end: 30 }, Window { engine: 0, end: 60 }]);
        let outputs = [0.6, 0.0, 0.0, 0.0, 0.75, 0.0, 0.0, 0.0];
        let rul = |emphasis: Emphasis| {
            let mut cotangents = [[0.0; 8]; 2];
            let [first, second] = &mut cotangents;
            config.evaluate(&emphasis, &outputs, &targets, [first, second])[0]
        };
        let squared = f32::midpoint(0.01, 0.25);
        assert!((rul(Emphasis::NONE) - squared).abs() < 1e-6);
        let late = rul(Emphasis { end_of_life: 2.0, ..Emphasis::NONE });
        assert!((late - f32::midpoint(0.01 * 2.0, 0.25 * 2.5)).abs() < 1e-6);
        let rising = rul(Emphasis { monotonicity: 2.0, ..Emphasis::NONE });
        assert!((rising - squared - 2.0 * 0.15 * 0.15).abs() < 1e-6, "{rising}");
        // 12.5 cycles late: exponent 1.25; 62.5 late: 6.25, of which 2.25 lie on the straight line.
        let asymmetric = f32::midpoint(1.25_f32.exp() - 1.0, 4.0_f32.exp() * 3.25 - 1.0);
        let blend = rul(Emphasis { asymmetric: 0.5, ..Emphasis::NONE });
        assert!((blend - f32::midpoint(squared, asymmetric)).abs() < 1e-3, "{blend}");
    }
}
