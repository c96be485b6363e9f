//! The figures taken on a set of windows.

use serde::{Deserialize, Serialize};

use crate::data::Labels;
use crate::model::HEALTH_CLASSES;
use crate::weighting::ValidationMetrics;

/// Figures of one member on one set of windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Root mean squared error of the predicted RUL against the capped one, in cycles. Lower is better.
    pub rmse_cycles: f32,
    /// NASA's asymmetric score `Σ s`, `d = ŷ − y`, `s = exp(−d/13) − 1` for `d < 0`, `exp(d/10) − 1` otherwise
    /// (Saxena 2008). Lower is better. A model that never learned the RUL, at λ_rul = 0, can be off by a thousand cycles,
    /// and its score then exceeds what a number holds: it is the largest one.
    pub nasa_score: f32,
    /// Share of windows whose health class is predicted correctly. Higher is better.
    pub accuracy: f32,
    /// Mean over classes of the harmonic mean of precision and recall; a class that neither occurs nor is predicted
    /// is left out. Higher is better.
    pub macro_f1: f32,
    /// `confusion[true][predicted]`, counts; classes in the order healthy, degrading, critical.
    pub confusion: [[u32; HEALTH_CLASSES]; HEALTH_CLASSES],
}

/// A predicted window: the RUL in cycles and the class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Predicted RUL, in cycles.
    pub rul_cycles: f32,
    /// Predicted health class.
    pub class: usize,
}

impl Metrics {
    /// The figures of predictions against the labels: RULs in cycles, whose classes follow from them.
    ///
    /// Without any prediction every figure is zero.
    #[must_use]
    pub fn of(predictions: &[Prediction], rul_cycles: &[f32], labels: &Labels) -> Self {
        let count = predictions.len().max(1) as f64;
        let mut confusion = [[0_u32; HEALTH_CLASSES]; HEALTH_CLASSES];
        let (mut squares, mut score) = (0.0_f64, 0.0_f64);
        for (prediction, truth) in predictions.iter().zip(rul_cycles) {
            let late = f64::from(prediction.rul_cycles) - f64::from(*truth);
            squares += late * late;
            score += if late < 0.0 { (-late / 13.0).exp_m1() } else { (late / 10.0).exp_m1() };
            confusion[labels.health_class(*truth)][prediction.class] += 1;
        }
        let right: u32 = (0..HEALTH_CLASSES).map(|class| confusion[class][class]).sum();
        Self {
            rmse_cycles: (squares / count).sqrt() as f32,
            nasa_score: score.clamp(f64::MIN, f32::MAX.into()) as f32,
            accuracy: (f64::from(right) / count) as f32,
            macro_f1: macro_f1(&confusion),
            confusion,
        }
    }
}

impl From<&Metrics> for ValidationMetrics {
    fn from(metrics: &Metrics) -> Self {
        let Metrics { rmse_cycles, nasa_score, accuracy, macro_f1, confusion: _ } = *metrics;
        Self { rmse_cycles, nasa_score, accuracy, macro_f1 }
    }
}

/// Mean of `2·tp / (2·tp + fp + fn)` over the classes that occur or are predicted.
fn macro_f1(confusion: &[[u32; HEALTH_CLASSES]; HEALTH_CLASSES]) -> f32 {
    let scores: Vec<f32> = (0..HEALTH_CLASSES)
        .filter_map(|class| {
            let occurs: u32 = confusion[class].iter().sum();
            let predicted: u32 = confusion.iter().map(|row| row[class]).sum();
            (occurs + predicted > 0).then(|| 2.0 * confusion[class][class] as f32 / (occurs + predicted) as f32)
        })
        .collect();
    scores.iter().sum::<f32>() / scores.len().max(1) as f32
}

/// What a figure is called, in which unit it is, and which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name as it is printed.
    pub name: &'static str,
    /// Unit as it is printed, empty for a pure number.
    pub unit: &'static str,
    /// Whether a larger value is better, or `None` where neither is.
    pub higher_is_better: Option<bool>,
}

impl Metric {
    /// Root mean squared error.
    pub const RMSE: Self = Self { name: "RMSE", unit: "cycles", higher_is_better: Some(false) };
    /// NASA score.
    pub const NASA_SCORE: Self = Self { name: "NASA score", unit: "", higher_is_better: Some(false) };
    /// Accuracy of the health class.
    pub const ACCURACY: Self = Self { name: "Accuracy", unit: "", higher_is_better: Some(true) };
    /// A task's loss.
    pub const LOSS: Self = Self { name: "Loss", unit: "", higher_is_better: Some(false) };
    /// Cosine between the two tasks' gradients of the shared parameters.
    pub const COSINE: Self = Self { name: "Cosine", unit: "", higher_is_better: None };
    /// Norm of a task's gradient of the shared parameters.
    pub const GRADIENT_NORM: Self = Self { name: "Gradient norm", unit: "", higher_is_better: None };
    /// Weight of a task.
    pub const WEIGHT: Self = Self { name: "Weight λ", unit: "", higher_is_better: None };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_their_formulas() {
        let predicted = |rul_cycles, class| Prediction { rul_cycles, class };
        // 10 late, 13 early, exact; classes: right, right, wrong.
        let predictions = [predicted(100.0, 0), predicted(47.0, 1), predicted(20.0, 1)];
        let metrics = Metrics::of(&predictions, &[90.0, 60.0, 20.0], &Labels::default());
        assert!((metrics.rmse_cycles - (269.0_f32 / 3.0).sqrt()).abs() < 1e-4);
        assert!((metrics.nasa_score - 2.0 * (1.0_f32.exp() - 1.0)).abs() < 1e-4);
        assert!((metrics.accuracy - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(metrics.confusion, [[1, 0, 0], [0, 1, 0], [0, 1, 0]]);
        // healthy 1, degrading 2·1/(1 + 2), critical 0
        assert!((metrics.macro_f1 - (1.0 + 2.0 / 3.0) / 3.0).abs() < 1e-6);
    }

    #[test]
    fn a_score_beyond_all_numbers_is_the_largest_one_and_no_number_stays_none() {
        let of =
            |rul_cycles| Metrics::of(&[Prediction { rul_cycles, class: 0 }], &[90.0], &Labels::default()).nasa_score;
        assert_eq!(of(90_000.0).to_bits(), f32::MAX.to_bits());
        assert!(of(f32::NAN).is_nan());
    }

    #[test]
    fn nothing_predicted_is_nothing_wrong() {
        assert_eq!(Metrics::of(&[], &[], &Labels::default()), Metrics::default());
    }
}
