//! What a member of a population carries.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Evolution, Individual};
use crate::weighting::shares::{finite, pair};
use crate::weighting::{Carry, EpochMetrics, Needs, TaskSignals, TaskWeights, Weighting};

/// A member's λ and how fit it made it. The strategy's state: the trainer, which knows all members, selects.
#[derive(Clone, Debug)]
pub struct Genome {
    settings: Evolution,
    /// `λ_rul`, once the member has its place in a population.
    lambda_rul: Option<f32>,
    /// Fitness at the end of the last epoch, lower being better.
    fitness: Option<f32>,
    /// Where a search by trial moved from, and its fitness there.
    before: Option<(f32, f32)>,
}

impl Genome {
    /// Without a place in a population.
    pub(super) fn new(settings: &Evolution) -> Self {
        Self { settings: settings.clone(), lambda_rul: None, fitness: None, before: None }
    }

    /// How it evolves.
    #[must_use]
    pub const fn settings(&self) -> &Evolution {
        &self.settings
    }

    /// `λ_rul`; the middle of its range as long as the member has no place.
    #[must_use]
    pub fn lambda_rul(&self) -> f32 {
        self.lambda_rul.unwrap_or(f32::midpoint(self.settings.min, self.settings.max))
    }

    /// Take the `rank`-th place (from 0) in a population of this size, unless it has one.
    pub fn settle(&mut self, rank: usize, size: usize) {
        if self.lambda_rul.is_none() {
            let Evolution { min, max, .. } = self.settings;
            self.lambda_rul = Some(min + (max - min) * (rank as f32 + 0.5) / size as f32);
        }
    }

    /// What a selection needs to know, once an epoch has ended.
    #[must_use]
    pub fn individual(&self, member: usize, stands_still: bool) -> Option<Individual> {
        self.fitness.map(|fitness| Individual { member, lambda_rul: self.lambda_rul(), fitness, stands_still })
    }

    /// Take over a λ.
    pub fn inherit(&mut self, lambda_rul: f32) {
        self.lambda_rul = Some(lambda_rul);
        self.before = None;
    }

    /// Go on, with these settings, from where another one stands.
    pub fn carry_over(&mut self, other: &Self) {
        let Evolution { min, max, .. } = self.settings;
        self.lambda_rul = other.lambda_rul.map(|lambda_rul| lambda_rul.clamp(min, max.max(min)));
        self.fitness = other.fitness.filter(|_| self.settings.fitness == other.settings.fitness);
    }

    /// A population of one: take the last move back where it made things worse, then make another.
    pub fn search(&mut self, epoch: u32) {
        let Some(fitness) = self.fitness else { return };
        let centre = match self.before {
            Some((lambda_rul, before)) if fitness > before => lambda_rul,
            _ => self.lambda_rul(),
        };
        self.before = Some((centre, fitness));
        let up = ChaCha8Rng::seed_from_u64(self.settings.seed_of(epoch)).random_bool(0.5);
        self.lambda_rul = Some(self.settings.moved(centre, up));
    }
}

impl Evolution {
    /// Seeds the draws of a selection.
    pub(super) fn seed_of(&self, epoch: u32) -> u64 {
        u64::from(self.seed) << 32 | u64::from(epoch)
    }

    /// A λ that was moved, within its bounds.
    pub(super) fn moved(&self, lambda_rul: f32, up: bool) -> f32 {
        let change = if up { self.perturbation } else { -self.perturbation };
        (lambda_rul + change).clamp(self.min, self.max.max(self.min))
    }
}

impl Weighting for Genome {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        finite(pair(f64::from(self.lambda_rul())))
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        self.fitness = Some(self.settings.fitness.of(metrics));
    }

    fn needs(&self) -> Needs {
        Needs::EPOCHS
    }

    fn genome(&mut self) -> Option<&mut Genome> {
        Some(self)
    }

    fn reset(&mut self) {
        *self = Self::new(&self.settings);
    }

    fn carry(&mut self, carry: &mut Carry<'_>) {
        carry.all([&mut self.lambda_rul, &mut self.fitness, &mut self.before]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fitness;
    use super::*;
    use crate::weighting::ValidationMetrics;

    fn rmse(rmse_cycles: f32) -> EpochMetrics {
        let validation = ValidationMetrics { rmse_cycles, accuracy: 0.75, nasa_score: 9.0, macro_f1: 0.5 };
        EpochMetrics { epoch: 1, losses: [3.0, 2.0], validation: Some(validation) }
    }

    #[test]
    fn a_population_begins_spread_over_the_range() {
        let settings = Evolution { min: 0.2, max: 0.8, ..Evolution::default() };
        let lambdas = [0, 1, 2].map(|rank| {
            let mut genome = Genome::new(&settings);
            genome.settle(rank, 3);
            genome.lambda_rul()
        });
        for (found, expected) in lambdas.into_iter().zip([0.3, 0.5, 0.7]) {
            assert!((found - expected).abs() < 1e-6);
        }
        let mut genome = Genome::new(&settings);
        genome.settle(0, 3);
        genome.settle(2, 3);
        assert!((genome.lambda_rul() - 0.3).abs() < 1e-6, "a place is kept");
    }

    #[test]
    fn fitness_is_the_figure_chosen_or_the_loss_of_its_task() {
        let fitness = |fitness, metrics: &EpochMetrics| {
            let mut genome = Genome::new(&Evolution { fitness, ..Evolution::default() });
            genome.end_epoch(metrics);
            genome.individual(0, false).unwrap().fitness
        };
        let (known, unknown) = (rmse(12.0), EpochMetrics { validation: None, ..rmse(12.0) });
        let found =
            [Fitness::Rmse, Fitness::Score, Fitness::Accuracy].map(|of| [fitness(of, &known), fitness(of, &unknown)]);
        assert_eq!(found, [[12.0, 3.0], [9.0, 3.0], [0.25, 2.0]]);
        assert_eq!(Genome::new(&Evolution::default()).individual(0, false), None);
    }

    #[test]
    fn one_alone_takes_a_move_back_that_made_things_worse() {
        let mut genome = Genome::new(&Evolution { perturbation: 0.1, ..Evolution::default() });
        genome.settle(0, 1);
        genome.end_epoch(&rmse(20.0));
        genome.search(1);
        let tried = genome.lambda_rul();
        assert!(((tried - 0.5).abs() - 0.1).abs() < 1e-6, "{tried}");
        // Worse: the next move starts from 0.5 again.
        genome.end_epoch(&rmse(25.0));
        genome.search(2);
        assert!(((genome.lambda_rul() - 0.5).abs() - 0.1).abs() < 1e-6);
        // Better: the next move starts from there.
        let better = genome.lambda_rul();
        genome.end_epoch(&rmse(15.0));
        genome.search(3);
        assert!(((genome.lambda_rul() - better).abs() - 0.1).abs() < 1e-6);
    }
}
