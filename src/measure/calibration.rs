//! How good the probabilities of the health classes are.

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::model::HEALTH_CLASSES;

/// Bins of confidence: as many as in Guo et al. 2017.
const BINS: usize = 15;

/// Figures of the health classes beyond accuracy and macro-F1. Not a number without windows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthFigures {
    /// Mean over the classes that occur of the share of their windows that is predicted correctly, in [0, 1]. Higher is
    /// better.
    pub balanced_accuracy: f64,
    /// Expected calibration error: `Σ_b n_b/n · |accuracy_b − confidence_b|` over 15 bins of the largest probability,
    /// `((b − 1)/15, b/15]`, in [0, 1]. Lower is better. Guo et al. 2017, *On calibration of modern neural networks*.
    pub calibration_error: f64,
    /// `mean Σ_c (p_c − [c = class])²`, in [0, 2]. Lower is better. Brier 1950, *Verification of forecasts expressed in
    /// terms of probability*.
    pub brier_score: f64,
}

impl HealthFigures {
    /// The figures of probabilities, one row a window, against the classes.
    #[must_use]
    pub fn of(probabilities: &[[f32; HEALTH_CLASSES]], classes: &[usize]) -> Self {
        let count = classes.len() as f64;
        let mut recalls = [(0_u32, 0_u32); HEALTH_CLASSES];
        let mut bins = [(0.0, 0.0); BINS];
        let mut brier = 0.0;
        for (row, class) in probabilities.iter().zip(classes) {
            let predicted = predicted(row);
            let is_right = predicted == *class;
            recalls[*class].0 += 1;
            recalls[*class].1 += u32::from(is_right);
            let confidence = f64::from(row[predicted]);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the number of bins")]
            let bin = ((confidence * BINS as f64).ceil().max(1.0) as usize - 1).min(BINS - 1);
            bins[bin].0 += f64::from(u8::from(is_right));
            bins[bin].1 += confidence;
            let squares = row
                .iter()
                .enumerate()
                .map(|(other, share)| (f64::from(*share) - f64::from(u8::from(other == *class))).powi(2));
            brier += squares.sum::<f64>();
        }
        let occurring = recalls.iter().filter(|(occurs, _)| *occurs > 0);
        let (sum, number) = occurring
            .map(|(occurs, right)| f64::from(*right) / f64::from(*occurs))
            .fold((0.0, 0.0), |(sum, number), recall| (sum + recall, number + 1.0));
        Self {
            balanced_accuracy: sum / number,
            calibration_error: bins.iter().map(|(right, confidence)| (right - confidence).abs()).sum::<f64>() / count,
            brier_score: brier / count,
        }
    }

    /// Name, unit, direction and value of each figure, in the order of a table.
    #[must_use]
    pub fn rows(&self) -> Vec<(Metric, f64)> {
        let share = |name, higher_is_better| Metric { name, unit: "", higher_is_better: Some(higher_is_better) };
        vec![
            (share("Balanced accuracy", true), self.balanced_accuracy),
            (share("Expected calibration error", false), self.calibration_error),
            (share("Brier score", false), self.brier_score),
        ]
    }
}

/// The class with the largest probability.
#[must_use]
pub fn predicted(probabilities: &[f32; HEALTH_CLASSES]) -> usize {
    (0..HEALTH_CLASSES).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_their_formulas() {
        let rows = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.2, 0.6, 0.2]];
        let found = HealthFigures::of(&rows, &[0, 1, 0]);
        // Class 0 right in one of two, class 1 in one of one; class 2 does not occur.
        assert_eq!(found.balanced_accuracy, 0.75);
        // Each alone in its bin: |1 − 0.9|, |1 − 0.7|, |0 − 0.6|.
        assert!((found.calibration_error - (0.1 + 0.3 + 0.6) / 3.0).abs() < 1e-7);
        let squares = [0.02, 0.04 + 0.09 + 0.01, 0.64 + 0.36 + 0.04];
        assert!((found.brier_score - squares.iter().sum::<f64>() / 3.0).abs() < 1e-7);
    }
}
