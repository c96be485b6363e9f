//! Weights by a small network of their own.

use super::super::inner::{Inner, InnerOptimizer};
use super::super::shares::{Smoothed, finite, softmax};
use super::super::{
    Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, ValidationMetrics, Weighting,
};
use super::perceptron::Perceptron;
use super::{PrimaryTask, look_ahead};
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// A network reads how training stands and answers with weights; it learns on held-out engines.
    ///
    /// ```text
    /// x = (log L_i, trend_i, RMSE / 125, 1 − accuracy, progress),   trend_i = log(slow average of L_i / fast one)
    /// z = W₂ tanh(W₁ x + b₁) + b₂,   λ = floor + (1 − 2 floor) softmax(z),   Σ λ = 1
    /// min Σ_{i primary} ℓ_i^val(θ − η Σ_j λ_j ∇ℓ_j^train) + ½ pull Σ (λ_j − ½)²
    /// ```
    ///
    /// The gradient of the first term in `λ` is that of [`super::AutoLambda`]; from there it goes back through the
    /// network. The averages follow the losses with factors of 0.9 and 0.99. `W₂` and `b₂` start at zero, so that the
    /// first weights are equal. Shu et al. 2019, "Meta-Weight-Net: Learning an Explicit Mapping For Sample Weighting",
    /// learns such a network for samples; here it is one for tasks.
    MetaNetwork {
        /// Which task's loss on held-out engines counts.
        primary: PrimaryTask = PrimaryTask::default(), "Primary task", Any;
        /// Hidden units.
        hidden: u32 = 8, "Hidden units", Range::linear(1.0, 64.0, 1.0);
        /// Learning rate of the network.
        rate: f32 = 0.003, "Rate", Range::RATE;
        /// How the network is trained.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
        /// Pull towards equal weights.
        pull: f32 = 0.001, "Pull to equal weights", Range::linear(0.0, 10.0, 0.001);
        /// Smallest weight of a task.
        floor: f32 = 0.05, "Smallest weight", Range::linear(0.0, 0.5, 0.01);
        /// Share of the weights before that is kept at each step.
        smoothing: f32 = 0.9, "Smoothing", Range::SMOOTHING;
        /// Another seed starts from another network.
        seed: u32 = 0, "Seed", Range::SEED;
    }
}

impl Strategy for MetaNetwork {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Meta-network",
            family: Family::Learned,
            summary: "A small network watches training and chooses the weights; held-out engines teach it.",
            best_for: "Long trainings whose needs change as they go on.",
            pros: &["Can answer to losses, trends, metrics and progress at once", "Bounded weights"],
            cons: &["About twice the time", "Short trainings hardly teach it", "Hard to explain"],
            citation: "After Shu et al. 2019, Meta-Weight-Net",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

/// What the network reads.
const INPUTS: usize = 7;
/// An input larger than this would only saturate the hidden units.
const LARGEST_INPUT: f64 = 10.0;
const SMALLEST_LOSS: f64 = 1e-12;
/// Factors of the fast and the slow average.
const AVERAGES: [f64; 2] = [0.9, 0.99];

#[derive(Clone, Debug)]
struct State {
    config: MetaNetwork,
    network: Perceptron,
    inner: Inner,
    smoothed: Smoothed,
    /// The fast and the slow average of each loss.
    averages: Option<[[f64; 2]; 2]>,
    figures: Option<ValidationMetrics>,
}

impl State {
    fn new(config: &MetaNetwork) -> Self {
        let network = Perceptron::new(INPUTS, config.hidden as usize, config.seed);
        let inner = Inner::new(config.optimizer, config.rate, network.parameters.len());
        let smoothed = Smoothed::new(config.smoothing);
        Self { config: config.clone(), network, inner, smoothed, averages: None, figures: None }
    }

    fn inputs(&mut self, signals: &TaskSignals) -> [f64; INPUTS] {
        let losses = signals.losses.map(|loss| f64::from(loss).max(SMALLEST_LOSS));
        let averages = self.averages.get_or_insert(losses.map(|loss| [loss; 2]));
        for (averages, loss) in averages.iter_mut().zip(losses) {
            for (average, keep) in averages.iter_mut().zip(AVERAGES) {
                *average = keep * *average + (1.0 - keep) * loss;
            }
        }
        let trends = averages.map(|[fast, slow]| (slow / fast).ln());
        // Before the first figures the errors count as those of a model that knows nothing.
        let [rmse, error] = self
            .figures
            .map_or([0.5; 2], |figures| [f64::from(figures.rmse_cycles) / 125.0, 1.0 - f64::from(figures.accuracy)]);
        [losses[0].ln(), losses[1].ln(), trends[0], trends[1], rmse, error, signals.progress.into()]
            .map(|input| input.clamp(-LARGEST_INPUT, LARGEST_INPUT))
    }

    fn learn(&mut self, inputs: &[f64], hidden: &[f64], shares: [f64; 2], gradient: [f64; 2]) {
        // softmax: ∂L/∂z_j = s_j (∂L/∂s_j − Σ s ∂L/∂s), of which the floor leaves its share.
        let mean = shares[0] * gradient[0] + shares[1] * gradient[1];
        let span = 1.0 - 2.0 * f64::from(self.config.floor);
        let back = [0, 1].map(|task| span * shares[task] * (gradient[task] - mean));
        let gradient = self.network.backward(inputs, hidden, back);
        self.inner.step(&mut self.network.parameters, &gradient);
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let inputs = self.inputs(signals);
        let (hidden, logits) = self.network.forward(&inputs);
        let shares = softmax(logits);
        let floor = f64::from(self.config.floor);
        let weights = shares.map(|share| floor + (1.0 - 2.0 * floor) * share);
        if let Some(validation) = &signals.validation {
            let ahead = look_ahead(validation, self.config.primary);
            let pull = f64::from(self.config.pull);
            let gradient = [0, 1].map(|task| ahead[task] + pull * (weights[task] - 0.5));
            self.learn(&inputs, &hidden, shares, gradient);
        }
        finite(self.smoothed.next(weights))
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        self.figures = metrics.validation.or(self.figures);
    }

    fn needs(&self) -> Needs {
        Needs { validation_gradient: true, epoch_metrics: true, ..Needs::NOTHING }
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
    use super::super::super::ValidationSignals;
    use super::*;

    fn signals(products: [[f32; 2]; 2]) -> TaskSignals {
        let validation = ValidationSignals { losses: [1.0; 2], products, learning_rate: 0.1 };
        TaskSignals { losses: [1.0, 2.0], validation: Some(validation), ..TaskSignals::default() }
    }

    #[test]
    fn it_starts_at_equal_weights_and_learns_which_task_helps() {
        let mut state = State::new(&MetaNetwork::default());
        assert_eq!(state.weights(&signals([[0.0; 2]; 2])), [0.5, 0.5]);
        let weights = (0..500).fold([0.0; 2], |_, _| state.weights(&signals([[1.0, -1.0], [1.0, 0.0]])));
        assert!(weights[0] > 0.9 && (weights[0] + weights[1] - 1.0).abs() < 1e-6, "{weights:?}");
    }

    #[test]
    fn a_strong_pull_keeps_the_weights_equal() {
        let mut state = State::new(&MetaNetwork { pull: 10.0, ..Default::default() });
        let weights = (0..500).fold([0.0; 2], |_, _| state.weights(&signals([[1.0, -1.0], [1.0, 0.0]])));
        assert!((weights[0] - 0.5).abs() < 0.05, "{weights:?}");
    }

    #[test]
    fn the_gradient_goes_through_softmax_and_floor() {
        let config =
            MetaNetwork { optimizer: InnerOptimizer::Sgd, rate: 1.0, pull: 0.0, floor: 0.1, ..Default::default() };
        let mut state = State::new(&config);
        state.weights(&signals([[10.0, 0.0], [0.0, 0.0]]));
        // ∂/∂λ = (−1, 0), softmax at ½: ∂/∂z = 0.8 · ½ · (−½, ½); the last two parameters are the outputs' biases.
        let biases = &state.network.parameters[state.network.parameters.len() - 2..];
        assert!((biases[0] - 0.2).abs() < 1e-6 && (biases[1] + 0.2).abs() < 1e-6, "{biases:?}");
    }
}
