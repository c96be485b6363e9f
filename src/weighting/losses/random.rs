//! RLW: random loss weighting.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use super::super::shares::{finite, softmax, with_sum};
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// What random weights are drawn from.
    RandomDistribution {
        /// `softmax(z)`, `z` standard normal.
        Normal = "normal", "softmax of normal numbers";
        /// Uniform over the weights that sum to one.
        Dirichlet = "dirichlet", "uniform over all shares";
    }
}

parameters! {
    /// New weights at every step, drawn from one distribution.
    ///
    /// ```text
    /// normal:    λ = softmax(z),    z_i ~ N(0, 1)
    /// dirichlet: λ_i = e_i / Σ e,   e_i ~ Exp(1)
    /// ```
    ///
    /// Lin et al. 2022, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning".
    RandomWeighting {
        /// Where the weights are drawn from.
        distribution: RandomDistribution = RandomDistribution::default(), "Distribution", Any;
        /// Another seed draws other weights.
        seed: u32 = 0, "Seed", Range::SEED;
    }
}

impl Strategy for RandomWeighting {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Random weights (RLW)",
            family: Family::Losses,
            summary: "Draws new weights at every step.",
            best_for: "A test that every cleverer strategy has to pass.",
            pros: &["Costs nothing", "The noise can help to leave poor minima"],
            cons: &["Noisier training", "Equal weights on average: says nothing about the tasks"],
            citation: "Lin et al. 2022, Reasonable Effectiveness of Random Weighting",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

#[derive(Clone)]
struct State {
    config: RandomWeighting,
    random: ChaCha8Rng,
}

impl State {
    fn new(config: &RandomWeighting) -> Self {
        Self { config: config.clone(), random: ChaCha8Rng::seed_from_u64(config.seed.into()) }
    }
}

impl Weighting for State {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        let random = &mut self.random;
        finite(match self.config.distribution {
            RandomDistribution::Normal => softmax([StandardNormal.sample(random), StandardNormal.sample(random)]),
            RandomDistribution::Dirichlet => with_sum([Exp1.sample(random), Exp1.sample(random)], 1.0),
        })
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
    fn weights_are_equal_on_average_and_spread_as_they_should() {
        // The variance of a uniform share is 1/12; that of softmax of two normal numbers, the logistic function of
        // N(0, 2), by quadrature.
        for (distribution, variance) in [(RandomDistribution::Normal, 0.0684), (RandomDistribution::Dirichlet, 0.0833)]
        {
            let mut state = State::new(&RandomWeighting { distribution, seed: 3 });
            let draws: Vec<f32> = (0..20_000).map(|_| state.weights(&TaskSignals::default())[0]).collect();
            let mean = draws.iter().sum::<f32>() / draws.len() as f32;
            let spread = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f32>() / draws.len() as f32;
            assert!((mean - 0.5).abs() < 0.01, "{mean}");
            assert!((spread - variance).abs() < 0.003, "{spread}");
        }
    }

    #[test]
    fn another_seed_draws_other_weights() {
        let first = |seed| State::new(&RandomWeighting { seed, ..Default::default() }).weights(&TaskSignals::default());
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
