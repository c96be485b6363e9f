//! Evolution: the members search for λ together.

mod genome;
mod select;

pub use genome::Genome;
pub use select::{Individual, Succession};

use super::{Card, EpochMetrics, Family, Strategy, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// What makes a member fit.
    Fitness {
        /// Low RMSE on the held-out engines; without any, a low RUL loss in training.
        Rmse = "rmse", "RMSE";
        /// Low NASA score on the held-out engines; without any, a low RUL loss in training.
        Score = "score", "NASA score";
        /// High accuracy on the held-out engines; without any, a low health loss in training.
        Accuracy = "accuracy", "accuracy";
    }
}

impl Fitness {
    /// The figure, lower being better.
    fn of(self, metrics: &EpochMetrics) -> f32 {
        match (self, &metrics.validation) {
            (Self::Rmse, Some(validation)) => validation.rmse_cycles,
            (Self::Score, Some(validation)) => validation.nasa_score,
            (Self::Accuracy, Some(validation)) => 1.0 - validation.accuracy,
            (Self::Rmse | Self::Score, None) => metrics.losses[0],
            (Self::Accuracy, None) => metrics.losses[1],
        }
    }
}

parameters! {
    /// `λ_rul` by population based training: all members with this strategy are one population.
    ///
    /// ```text
    /// every `interval` epochs:
    ///   rank the members by fitness; the worst and the best `share` of them are losers and winners
    ///   exploit: each loser takes weights, optimizer state, normalizer and λ of a winner, drawn by lot
    ///   explore: its λ_rul moves up or down by `perturbation`, and stays in [min, max]
    /// ```
    ///
    /// The first λs are the middles of as many equal parts of [min, max] as there are members. A population of one
    /// searches by trial (a (1+1) search): every interval it moves λ by the perturbation, and
    /// where the figure got worse it first takes the move before back; its weights it keeps. The figure changes through
    /// training alone, too, so that this is a hint and no proof: take four members or more. Members that early stopping
    /// holds copy no other member.
    ///
    /// Where members have different settings, the first one's hold for the selection. Jaderberg et al. 2017, "Population
    /// Based Training of Neural Networks"; they multiply by 0.8 or 1.2, which for a weight between 0 and 1 is here a step
    /// of one size.
    Evolution {
        /// Epochs from one selection to the next.
        interval: u32 = 1, "Interval, epochs", Range::linear(1.0, 100.0, 1.0);
        /// Share of the members that is replaced at a selection: at least one member unless it is 0, at most half of them.
        share: f32 = 0.25, "Share replaced", Range::linear(0.0, 0.5, 0.01);
        /// How far λ moves from its parent's. A single member tries steps of this size and takes back what was worse.
        perturbation: f32 = 0.1, "Perturbation of λ", Range::linear(0.0, 0.5, 0.01);
        /// What makes a member fit.
        fitness: Fitness = Fitness::default(), "Fitness", Any;
        /// Smallest λ of RUL.
        min: f32 = 0.05, "Smallest λ of RUL", Range::SHARE;
        /// Largest λ of RUL.
        max: f32 = 0.95, "Largest λ of RUL", Range::SHARE;
        /// Another seed draws other parents and other moves.
        seed: u32 = 0, "Seed", Range::SEED;
    }
}

impl Strategy for Evolution {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Evolution (PBT)",
            family: Family::Evolution,
            summary: "The members compete: losers continue from a winner's weights with a λ beside its own.",
            best_for: "Several members and held-out engines: one run that searches for λ while it trains.",
            pros: &["Finds a λ, and a course of λ over training, in one run", "Goes by the figure that counts"],
            cons: &[
                "Needs several members",
                "Fits itself to the held-out engines",
                "Short-sighted: what wins early stays",
            ],
            citation: "Jaderberg et al. 2017, Population Based Training of Neural Networks",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        if self.min > self.max {
            return Err(ConfigError::new("min", format!("at most max, which is {}", self.max), &self.min));
        }
        Ok(Box::new(Genome::new(self)))
    }
}
