//! Who gives way to whom.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Evolution;

/// A member of a population at the end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Individual {
    /// Its index in the ensemble.
    pub member: usize,
    /// Its λ.
    pub lambda_rul: f32,
    /// Its figure, lower being better; what is no number is worst.
    pub fitness: f32,
    /// Whether it can be no loser, because early stopping holds it.
    pub stands_still: bool,
}

/// A member that goes on from another one's weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Succession {
    /// The loser.
    pub member: usize,
    /// The winner whose weights it takes.
    pub parent: usize,
    /// The loser's new λ.
    pub lambda_rul: f32,
}

impl Evolution {
    /// One selection: which of the worst members go on from which of the best, and with which λ. No member is loser and
    /// winner at once; equal figures rank by index. The same population, epoch and seed give the same selection.
    #[must_use]
    pub fn select(&self, population: &[Individual], epoch: u32) -> Vec<Succession> {
        let figure = |individual: &Individual| {
            if individual.fitness.is_nan() { f32::INFINITY } else { individual.fitness }
        };
        let mut ranked = population.to_vec();
        ranked.sort_by(|a, b| figure(a).total_cmp(&figure(b)).then(a.member.cmp(&b.member)));
        #[expect(clippy::cast_sign_loss, reason = "a share of a number of members, not negative")]
        let share = (self.share * population.len() as f32).round() as usize;
        let count = share.max(usize::from(self.share > 0.0)).min(population.len() / 2);
        let (winners, losers) = (&ranked[..count], &ranked[ranked.len() - count..]);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed_of(epoch));
        let mut successions = Vec::with_capacity(count);
        for loser in losers.iter().filter(|loser| !loser.stands_still) {
            // Drawn as a 32-bit number: `usize` has 32 bits in a browser and 64 natively, and would draw differently.
            let parent = winners[random.random_range(0..count as u32) as usize];
            let lambda_rul = self.moved(parent.lambda_rul, random.random_bool(0.5));
            successions.push(Succession { member: loser.member, parent: parent.member, lambda_rul });
        }
        successions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(fitness: &[f32]) -> Vec<Individual> {
        let individual = |(member, fitness): (usize, &f32)| Individual {
            member,
            lambda_rul: 0.1 * (member + 1) as f32,
            fitness: *fitness,
            stands_still: false,
        };
        fitness.iter().enumerate().map(individual).collect()
    }

    #[test]
    fn the_worst_go_on_from_the_best_beside_their_lambda() {
        let settings = Evolution { share: 0.25, perturbation: 0.05, ..Evolution::default() };
        let population = population(&[14.0, 20.0, 13.0, 18.0, 12.0, f32::NAN, 15.0, 16.0]);
        for epoch in 1..50 {
            let successions = settings.select(&population, epoch);
            assert_eq!(successions.iter().map(|succession| succession.member).collect::<Vec<_>>(), [1, 5]);
            for Succession { parent, lambda_rul, .. } in &successions {
                assert!([2, 4].contains(parent));
                assert!(((lambda_rul - population[*parent].lambda_rul).abs() - 0.05).abs() < 1e-6);
            }
            assert_eq!(successions, settings.select(&population, epoch));
        }
        let drawn: Vec<_> = (1..50).map(|epoch| settings.select(&population, epoch)).collect();
        assert!(drawn.iter().any(|successions| *successions != drawn[0]), "draws depend on the epoch");
        let other = Evolution { seed: 1, ..settings };
        assert!((1..50).any(|epoch| other.select(&population, epoch) != drawn[epoch as usize - 1]), "and on the seed");
    }

    #[test]
    fn one_at_least_and_half_at_most_are_replaced() {
        let count = |share, size| {
            let fitness: Vec<f32> = (0..size).map(f32::from).collect();
            Evolution { share, ..Evolution::default() }.select(&population(&fitness), 1).len()
        };
        assert_eq!([count(0.01, 4_u8), count(0.5, 5), count(0.25, 8), count(0.5, 2), count(0.0, 8)], [1, 2, 2, 1, 0]);
        assert_eq!([count(0.5, 1), count(0.5, 0)], [0, 0]);
    }

    #[test]
    fn lambda_stays_in_its_bounds_and_the_held_stay() {
        let settings = Evolution { share: 0.5, perturbation: 0.5, min: 0.2, max: 0.8, ..Evolution::default() };
        let mut population = population(&[1.0, 2.0, 3.0, 4.0]);
        for epoch in 0..30 {
            assert!(settings.select(&population, epoch).iter().all(|s| (0.2..=0.8).contains(&s.lambda_rul)));
        }
        population[3].stands_still = true;
        let successions = settings.select(&population, 1);
        assert_eq!(successions.iter().map(|succession| succession.member).collect::<Vec<_>>(), [2]);
    }
}
