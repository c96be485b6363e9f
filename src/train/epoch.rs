//! What the end of an epoch does to the members: early stopping and evolution.

use super::early_stopping::Verdict;
use super::trainer::largest;
use super::{Member, TrainError, Trainer};
use crate::weighting::{EpochMetrics, Genome, Succession};

impl Trainer {
    /// Tell every member what the epoch came to, one entry a member, and carry out what follows: the best parameters of
    /// a member are kept, come back when its patience is at its end, and members that evolve are selected. A member
    /// without an entry has taken no step of the epoch and is given nothing. Whether any member's parameters are others
    /// now.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn end_epoch(&mut self, metrics: &[Option<EpochMetrics>]) -> Result<bool, TrainError> {
        let members = self.members.iter_mut().zip(metrics);
        let verdicts: Vec<Verdict> = members
            .map(|(member, metrics)| match metrics {
                Some(metrics) if !member.has_diverged() => member.end_epoch(metrics),
                _ => Verdict::GoOn,
            })
            .collect();
        let restored = self.stop_early(&verdicts).await?;
        let selected = match metrics.iter().flatten().next() {
            Some(metrics) => self.evolve(metrics.epoch).await?,
            None => false,
        };
        Ok(restored || selected)
    }

    /// Whether nothing moves any member's parameters.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.members.iter().all(Member::stands_still)
    }

    async fn stop_early(&mut self, verdicts: &[Verdict]) -> Result<bool, TrainError> {
        if verdicts.iter().all(|verdict| *verdict == Verdict::GoOn) {
            return Ok(false);
        }
        let mut parameters = self.parameters().await?;
        let rows = parameters.chunks_exact_mut(self.network.layout().parameters());
        let mut restored = false;
        for ((member, verdict), row) in self.members.iter_mut().zip(verdicts).zip(rows) {
            match verdict {
                Verdict::GoOn => {}
                Verdict::Keep => member.stopping.keep(row),
                Verdict::Restore => {
                    if let Some(best) = member.stopping.best() {
                        row.copy_from_slice(best);
                        member.largest = largest(row);
                        restored = true;
                    }
                }
            }
        }
        if restored {
            self.compute.set_parameters(parameters);
        }
        Ok(restored)
    }

    /// Give members that evolve and have no λ yet their first one.
    pub(super) fn settle_populations(&mut self) {
        let members = self.members.iter_mut().filter(|member| !member.has_diverged());
        let mut population: Vec<&mut Genome> = members.filter_map(Member::genome).collect();
        let size = population.len();
        for (rank, genome) in population.iter_mut().enumerate() {
            genome.settle(rank, size);
        }
    }

    /// The members that evolve are one population; the first one's settings are the population's. One that has diverged
    /// belongs to it no more.
    async fn evolve(&mut self, epoch: u32) -> Result<bool, TrainError> {
        let mut population = Vec::new();
        let mut settings = None;
        for (index, member) in self.members.iter_mut().enumerate().filter(|(_, member)| !member.has_diverged()) {
            let stands_still = member.stands_still();
            if let Some(genome) = member.genome() {
                settings.get_or_insert_with(|| genome.settings().clone());
                population.extend(genome.individual(index, stands_still));
            }
        }
        let Some(settings) = settings.filter(|settings| epoch.is_multiple_of(settings.interval)) else {
            return Ok(false);
        };
        if let [alone] = population[..] {
            if let Some(genome) = self.members.get_mut(alone.member).and_then(Member::genome) {
                genome.search(epoch);
            }
            return Ok(false);
        }
        let successions = settings.select(&population, epoch);
        for succession in &successions {
            self.succeed(*succession).await?;
        }
        Ok(!successions.is_empty())
    }

    /// A member takes over another one's weights, optimizer state and normalizer, and a λ near its.
    async fn succeed(&mut self, Succession { member, parent, lambda_rul }: Succession) -> Result<(), TrainError> {
        self.compute.copy(parent, member).await?;
        if let Some(original) = self.members.get(parent).cloned()
            && let Some(member) = self.members.get_mut(member)
        {
            member.succeed(&original);
            if let Some(genome) = member.genome() {
                genome.inherit(lambda_rul);
            }
        }
        Ok(())
    }
}
