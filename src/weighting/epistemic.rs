//! Weights by the variance of the predictions.

use super::shares::{Smoothed, finite, with_sum};
use super::{Card, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// Which task gains from being unsure.
    EpistemicDirection {
        /// `1 / (u + ε)`: the surer task leads.
        Trust = "trust", "more weight to the surer task";
        /// `u + ε`: the task that has more to learn.
        Explore = "explore", "more weight to the less sure task";
    }
}

parameters! {
    /// Weights by predictive (epistemic) uncertainty: the variance among models that the same data allow.
    ///
    /// ```text
    /// trust:   w_i = 1 / (u_i + ε)
    /// explore: w_i = u_i + ε
    /// λ = smoothed(max(w / Σ w, floor)),   Σ λ = 1
    /// ```
    ///
    /// `u_i`: the variance of task `i`'s predictions over an ensemble or over dropout masks, in units of its loss. Gal and
    /// Ghahramani 2016, "Dropout as a Bayesian Approximation", measures it so; Kendall and Gal 2017, "What Uncertainties
    /// Do We Need in Bayesian Deep Learning", tells it from the noise that [`super::Uncertainty`] learns. Until it is
    /// known both weights are ½.
    UncertaintyBayes {
        /// Which task gains weight.
        direction: EpistemicDirection = EpistemicDirection::default(), "Direction", Any;
        /// Keeps the weight of a task without variance finite.
        epsilon: f32 = 1e-6, "ε", Range::log(1e-12, 1.0);
        /// Share of the weights before that is kept at each step.
        smoothing: f32 = 0.9, "Smoothing", Range::SMOOTHING;
        /// Smallest weight of a task.
        floor: f32 = 0.05, "Smallest weight", Range::linear(0.0, 0.5, 0.01);
    }
}

impl Strategy for UncertaintyBayes {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Epistemic uncertainty",
            family: Family::Uncertainty,
            summary: "Weights the tasks by how much models trained on the same data disagree.",
            best_for: "Few engines, where what is not known matters more than noise.",
            pros: &["Tells lack of data from noise", "Falls by itself as data tell more"],
            cons: &["Needs several members or dropout passes", "The two variances must be comparable"],
            citation: "Gal and Ghahramani 2016; Kendall and Gal 2017, What Uncertainties Do We Need",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone, Debug)]
struct State {
    config: UncertaintyBayes,
    smoothed: Smoothed,
    weights: [f64; 2],
}

impl State {
    fn new(config: &UncertaintyBayes) -> Self {
        Self { config: config.clone(), smoothed: Smoothed::new(config.smoothing), weights: [0.5; 2] }
    }

    fn target(&self, variances: [f32; 2]) -> [f64; 2] {
        let raw = variances.map(|variance| {
            let variance = f64::from(variance).max(0.0) + f64::from(self.config.epsilon);
            match self.config.direction {
                EpistemicDirection::Trust => variance.recip(),
                EpistemicDirection::Explore => variance,
            }
        });
        let floor = f64::from(self.config.floor);
        let rul = with_sum(raw, 1.0)[0].clamp(floor, 1.0 - floor);
        [rul, 1.0 - rul]
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        // A signal that comes only now and then leaves the weights where they were.
        if let Some(variances) = signals.epistemic {
            self.weights = self.smoothed.next(self.target(variances));
        }
        finite(self.weights)
    }

    fn needs(&self) -> Needs {
        Needs { epistemic: true, ..Needs::NOTHING }
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

    fn weights(direction: EpistemicDirection, epistemic: Option<[f32; 2]>) -> TaskWeights {
        let config = UncertaintyBayes { direction, ..UncertaintyBayes::default() };
        State::new(&config).weights(&TaskSignals { epistemic, ..TaskSignals::default() })
    }

    #[test]
    fn the_two_directions_are_opposite() {
        let trust = weights(EpistemicDirection::Trust, Some([3.0, 1.0]));
        assert!((trust[0] - 0.25).abs() < 1e-5 && (trust[1] - 0.75).abs() < 1e-5);
        assert!((weights(EpistemicDirection::Explore, Some([3.0, 1.0]))[0] - 0.75).abs() < 1e-5);
    }

    #[test]
    fn what_is_unknown_weighs_equally_and_nothing_falls_below_the_floor() {
        assert_eq!(weights(EpistemicDirection::Trust, None), [0.5, 0.5]);
        let found = weights(EpistemicDirection::Trust, Some([1e15, 0.0]));
        assert!((found[0] - 0.05).abs() < 1e-6, "{found:?}");
    }
}
