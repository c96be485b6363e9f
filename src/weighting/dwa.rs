//! DWA: dynamic weight average.

use super::shares::{finite, softmax};
use super::{Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// More weight to the task whose loss has fallen less from one epoch to the next.
    ///
    /// ```text
    /// r_i = L_i(t − 1) / L_i(t − 2)
    /// λ = 2 softmax(r / T)
    /// ```
    ///
    /// `L_i(t)`: the mean of the loss over epoch `t`. Liu, Johns and Davison 2019, "End-to-End Multi-Task Learning with
    /// Attention". In the first two epochs both weights are 1, as in the paper. The losses are those before
    /// normalization; a constant divisor would not change their ratios.
    Dwa {
        /// Temperature T: a large one means nearly equal weights.
        temperature: f32 = 2.0, "Temperature T", Range::log(0.01, 100.0);
    }
}

impl Strategy for Dwa {
    fn card(&self) -> &'static Card {
        &Card {
            title: "DWA",
            family: Family::Performance,
            summary: "After each epoch, gives more weight to the task whose loss has fallen less.",
            best_for: "Long trainings with steady losses.",
            pros: &["Needs only the losses", "One number to set"],
            cons: &["Reacts an epoch late", "Weights stay near equal unless a loss jumps"],
            citation: "Liu, Johns and Davison 2019, End-to-End Multi-Task Learning with Attention",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(2.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

const SMALLEST_LOSS: f64 = 1e-12;

#[derive(Clone, Debug)]
struct State {
    config: Dwa,
    last: Option<[f64; 2]>,
    weights: [f64; 2],
}

impl State {
    fn new(config: &Dwa) -> Self {
        Self { config: config.clone(), last: None, weights: [1.0; 2] }
    }
}

impl Weighting for State {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        finite(self.weights)
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        let losses = metrics.losses.map(|loss| f64::from(loss).max(SMALLEST_LOSS));
        if let Some(before) = self.last.replace(losses) {
            let temperature = f64::from(self.config.temperature);
            let rates = [0, 1].map(|task| losses[task] / before[task] / temperature);
            self.weights = softmax(rates).map(|share| 2.0 * share);
        }
    }

    fn needs(&self) -> Needs {
        Needs::EPOCHS
    }

    fn reset(&mut self) {
        *self = Self::new(&self.config);
    }

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_epochs_of_equal_weights_and_then_the_formula() {
        let mut state = State::new(&Dwa::default());
        let mut found = Vec::new();
        for (epoch, losses) in [(1, [1.0, 2.0]), (2, [0.5, 1.8])] {
            found.push(state.weights(&TaskSignals::default()));
            state.end_epoch(&EpochMetrics { epoch, losses, validation: None });
        }
        assert_eq!(found, [[1.0, 1.0]; 2]);
        // r = (0.5, 0.9), T = 2
        let expected = 2.0 / (1.0 + 0.2_f32.exp());
        let weights = state.weights(&TaskSignals::default());
        assert!((weights[0] - expected).abs() < 1e-6 && (weights[0] + weights[1] - 2.0).abs() < 1e-6);
    }
}
