//! Auto-λ: the weights as meta-parameters.

use super::super::inner::{Inner, InnerOptimizer};
use super::super::shares::{Smoothed, finite};
use super::super::{Card, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use super::look_ahead;
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// Which task's loss on held-out engines counts.
    PrimaryTask {
        /// Both, equally.
        Both = "both", "both";
        /// Remaining useful life; health is then an auxiliary task.
        Rul = "rul", "RUL alone";
        /// The health state; RUL is then an auxiliary task.
        Health = "health", "health alone";
    }
}

parameters! {
    /// The weights are moved so that the step taken with them makes the loss on held-out engines smaller.
    ///
    /// ```text
    /// θ' = θ − η Σ_j λ_j ∇ℓ_j^train(θ)
    /// λ ← λ − rate · (∇_λ Σ_{i primary} ℓ_i^val(θ') + pull · (λ − ½))
    /// ∂ℓ_i^val(θ') / ∂λ_j = −η ⟨∇ℓ_i^val, ∇ℓ_j^train⟩
    /// ```
    ///
    /// `ℓ`: the normalized losses, `η`: the learning rate. Liu et al. 2022, "Auto-Lambda: Disentangling Dynamic Task
    /// Relationships". The paper takes the validation gradient at `θ'`, by finite differences; here it is taken at `θ`,
    /// which differs by a term of the order of `η` and needs no third pass. The paper starts at 0.1; here the start is ½,
    /// as for fixed weights. Limits, smoothing and the pull to equal weights are additions.
    AutoLambda {
        /// Which task's loss on held-out engines counts.
        primary: PrimaryTask = PrimaryTask::default(), "Primary task", Any;
        /// Both weights at the beginning.
        initial: f32 = 0.5, "First weight", Range::SHARE;
        /// Learning rate of the weights.
        rate: f32 = 0.003, "Rate", Range::RATE;
        /// How the weights are moved.
        optimizer: InnerOptimizer = InnerOptimizer::default(), "Optimizer", Any;
        /// Pull towards equal weights.
        pull: f32 = 0.0, "Pull to equal weights", Range::linear(0.0, 10.0, 0.01);
        /// Smallest weight.
        min: f32 = 0.01, "Smallest weight", Range::SHARE;
        /// Largest weight.
        max: f32 = 2.0, "Largest weight", Range::linear(0.0, 10.0, 0.1);
        /// Share of the weights before that is kept at each step.
        smoothing: f32 = 0.0, "Smoothing", Range::SMOOTHING;
    }
}

impl Strategy for AutoLambda {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Auto-λ",
            family: Family::Learned,
            summary: "Tries on held-out engines which weights make the next step better, and moves them there.",
            best_for: "When one task is there to help the other.",
            pros: &["Aims at what counts: held-out loss", "Finds out whether a task helps at all"],
            cons: &["About twice the time", "Needs held-out engines, and may overfit to them"],
            citation: "Liu et al. 2022, Auto-Lambda: Disentangling Dynamic Task Relationships",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        if self.min > self.max {
            return Err(ConfigError::new("min", format!("at most max, {}", self.max), &self.min));
        }
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone, Debug)]
struct State {
    config: AutoLambda,
    weights: [f64; 2],
    inner: Inner,
    smoothed: Smoothed,
}

impl State {
    fn new(config: &AutoLambda) -> Self {
        let initial = f64::from(config.initial.clamp(config.min, config.max));
        Self {
            config: config.clone(),
            weights: [initial; 2],
            inner: Inner::new(config.optimizer, config.rate, 2),
            smoothed: Smoothed::new(config.smoothing),
        }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        if let Some(validation) = &signals.validation {
            let ahead = look_ahead(validation, self.config.primary);
            let pull = f64::from(self.config.pull);
            let gradient = [0, 1].map(|task| ahead[task] + pull * (self.weights[task] - 0.5));
            self.inner.step(&mut self.weights, &gradient);
            let (min, max) = (f64::from(self.config.min), f64::from(self.config.max));
            self.weights = self.weights.map(|weight| weight.clamp(min, max));
        }
        finite(self.smoothed.next(self.weights))
    }

    fn needs(&self) -> Needs {
        Needs { validation_gradient: true, ..Needs::NOTHING }
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
        TaskSignals { validation: Some(validation), ..TaskSignals::default() }
    }

    #[test]
    fn one_step_follows_the_formula() {
        let config = AutoLambda { rate: 0.1, optimizer: InnerOptimizer::Sgd, pull: 0.5, ..Default::default() };
        let found = State::new(&config).weights(&signals([[1.0, -2.0], [3.0, 0.5]]));
        // ½ + 0.1 · 0.1 · (1 + 3), ½ + 0.1 · 0.1 · (−2 + 0.5)
        assert!((found[0] - 0.54).abs() < 1e-6 && (found[1] - 0.485).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_weights_learn_what_helps_on_another_sample() {
        // Training losses ½‖θ − t_j‖², validation loss of RUL ½‖θ − v‖²: the RUL optimum of the training engines is
        // near v and that of health is not, so that a weight on health can only hurt.
        let (targets, truth) = ([[1.0, 0.1], [-1.0, 2.0]], [1.0, 0.0]);
        let config = AutoLambda { primary: PrimaryTask::Rul, ..Default::default() };
        let mut state = State::new(&config);
        let mut theta = [0.0_f32, 0.0];
        let mut weights = [0.0; 2];
        for _ in 0..1000 {
            let towards = |target: [f32; 2]| [theta[0] - target[0], theta[1] - target[1]];
            let train = targets.map(towards);
            let held_out = towards(truth);
            let products = [train.map(|g| g[0] * held_out[0] + g[1] * held_out[1]), [0.0; 2]];
            weights = state.weights(&signals(products));
            for axis in 0..2 {
                theta[axis] -= 0.1 * (weights[0] * train[0][axis] + weights[1] * train[1][axis]);
            }
        }
        assert!(weights[1] < 0.1 && weights[0] > weights[1], "{weights:?}");
        assert!((theta[0] - 1.0).abs() < 0.2, "{theta:?}");
    }

    #[test]
    fn without_a_validation_batch_the_weights_stay() {
        assert_eq!(State::new(&AutoLambda::default()).weights(&TaskSignals::default()), [0.5, 0.5]);
    }
}
