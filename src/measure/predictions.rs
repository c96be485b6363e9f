//! What the members predict for the same windows.

use serde::{Deserialize, Serialize};

use super::{Forecast, HealthFigures, Metrics, Prediction, Prices, RulFigures, predicted};
use crate::data::Labels;
use crate::model::HEALTH_CLASSES;
use crate::statistics::softmax;

/// Figures of one prediction: the RUL, then one probability a health class.
const FIGURES: usize = 1 + HEALTH_CLASSES;

/// Every member's predictions for the same windows, and the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predictions {
    /// What the windows are labelled with.
    #[serde(default, skip_serializing_if = "Labels::are_usual")]
    labels: Labels,
    /// The capped RUL of each window, in cycles: `[windows]`. The health classes follow from it.
    #[serde(with = "crate::floats")]
    rul_cycles: Vec<f32>,
    /// The same without a cap.
    #[serde(with = "crate::floats")]
    left_cycles: Vec<f32>,
    /// `[members, windows, 4]`: RUL in cycles, then the probability of each class.
    #[serde(with = "crate::floats")]
    figures: Vec<f32>,
}

impl Predictions {
    /// From the RUL of each window without a cap, in cycles, and a model's outputs, `[members, windows, 4]`: the RUL as a
    /// fraction of its cap, then one logit a class.
    #[must_use]
    pub fn new(labels: Labels, left_cycles: Vec<f32>, mut outputs: Vec<f32>) -> Self {
        let unit = labels.unit_cycles();
        for [rul, logits @ ..] in outputs.as_chunks_mut::<FIGURES>().0 {
            *rul *= unit;
            *logits = softmax(logits).0;
        }
        let rul_cycles = left_cycles.iter().map(|left| labels.rul_cycles(*left)).collect();
        Self { labels, rul_cycles, left_cycles, figures: outputs }
    }

    /// What the windows are labelled with.
    #[must_use]
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The true RUL of each window, capped, in cycles: `[windows]`.
    #[must_use]
    pub fn truth(&self) -> &[f32] {
        &self.rul_cycles
    }

    /// How many members there are.
    #[must_use]
    pub fn members(&self) -> usize {
        self.figures.len() / (self.rul_cycles.len() * FIGURES).max(1)
    }

    /// A member's rows, one a window: RUL in cycles, then the probability of each class. Empty for a member that does
    /// not exist.
    #[must_use]
    pub fn of(&self, member: usize) -> &[[f32; FIGURES]] {
        let windows = self.rul_cycles.len();
        self.figures.as_chunks().0.get(member * windows..(member + 1) * windows).unwrap_or_default()
    }

    /// Every member's figures of merit.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metrics> {
        let of_row = |[rul_cycles, probabilities @ ..]: &[f32; FIGURES]| Prediction {
            rul_cycles: *rul_cycles,
            class: predicted(probabilities),
        };
        let of_member = |member| {
            let predictions: Vec<Prediction> = self.of(member).iter().map(of_row).collect();
            Metrics::of(&predictions, &self.rul_cycles, &self.labels)
        };
        (0..self.members()).map(of_member).collect()
    }

    /// A member's RUL predictions, one a window, beside the RUL without a cap. Empty for a member that does not exist.
    #[must_use]
    pub fn forecasts(&self, member: usize) -> Vec<Forecast> {
        let pairs = self.of(member).iter().zip(&self.left_cycles);
        pairs
            .map(|([predicted_cycles, ..], left_cycles)| Forecast {
                left_cycles: *left_cycles,
                predicted_cycles: *predicted_cycles,
            })
            .collect()
    }

    /// A member's figures of the RUL.
    #[must_use]
    pub fn rul_figures(&self, member: usize, prices: &Prices) -> RulFigures {
        RulFigures::of(&self.forecasts(member), &self.labels, prices)
    }

    /// A member's figures of the health classes.
    #[must_use]
    pub fn health_figures(&self, member: usize) -> HealthFigures {
        let probabilities: Vec<_> = self.of(member).iter().map(|[_, shares @ ..]| *shares).collect();
        let classes: Vec<usize> = self.rul_cycles.iter().map(|rul| self.labels.health_class(*rul)).collect();
        HealthFigures::of(&probabilities, &classes)
    }

    /// These members, then those of another part of the run.
    #[must_use]
    pub fn joined(mut self, part: Self) -> Self {
        self.figures.extend(part.figures);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictions() -> Predictions {
        let outputs = vec![0.5, 0.0, 0.0, 0.0, 0.8, 1.0, 3.0, 2.0, 0.1, 0.0, 0.0, 9.0, 0.2, 900.0, 0.0, 0.0];
        Predictions::new(Labels::default(), vec![100.0, 20.0], outputs)
    }

    #[test]
    fn outputs_become_cycles_and_probabilities() {
        let predictions = predictions();
        assert_eq!((predictions.members(), predictions.of(0).len(), predictions.of(2).len()), (2, 2, 0));
        let [rul, classes @ ..] = predictions.of(0)[0];
        assert!((rul - 62.5).abs() < 1e-4 && classes.iter().all(|share| (share - 1.0 / 3.0).abs() < 1e-6));
        for row in [predictions.of(0), predictions.of(1)].concat() {
            assert!((row[1..].iter().sum::<f32>() - 1.0).abs() < 1e-6, "{row:?}");
        }
        let metrics = predictions.metrics();
        assert_eq!(metrics[0].confusion, [[0, 0, 1], [0, 0, 0], [0, 1, 0]]);
        assert!((metrics[1].rmse_cycles - f32::midpoint(87.5_f32.powi(2), 25.0).sqrt()).abs() < 1e-3);
    }

    #[test]
    fn predictions_travel_as_bytes() {
        let predictions = predictions();
        let text = serde_json::to_string(&predictions).unwrap();
        assert_eq!(serde_json::from_str::<Predictions>(&text).unwrap(), predictions);
        let broken = text.replacen('[', "[1,", 1);
        assert!(serde_json::from_str::<Predictions>(&broken).unwrap_err().to_string().contains("four bytes"));
    }
}
