//! Which windows each member trains on at each step.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::data::{Split, Window, bootstrap};
use crate::loss::{TwoTaskLoss, mark_neighbours};
use crate::model::{HEALTH_CLASSES, Windows};
use crate::train::{Batch, MemberConfig};

/// The order of the training windows, for each bootstrap of the engines that a member has, and the latest batch.
///
/// Everything follows from the run's seed, the bootstrap's and the epoch: members that are forked or added later, parts
/// of a run on other workers, and runs resumed see the same.
pub struct Batches {
    seed: u32,
    size: usize,
    steps_per_epoch: u32,
    draws: Vec<Draw>,
    batch: Batch,
}

/// What a batch's target rows are made from.
#[derive(Clone, Copy)]
pub struct Targets<'a> {
    /// The losses.
    pub loss: &'a TwoTaskLoss,
    /// Weights of the health classes.
    pub class_weights: [f32; HEALTH_CLASSES],
    /// Whether a member's loss compares windows of one engine: each is then given its neighbours in the batch.
    pub neighbours: bool,
}

/// The windows of one bootstrap of the engines, or of all engines, and their order in an epoch.
struct Draw {
    seed: Option<u32>,
    windows: Vec<u32>,
    order: Vec<u32>,
    /// The epoch that the order is of.
    epoch: Option<u32>,
}

impl Batches {
    /// Batches of this many windows; steps an epoch are the same for every bootstrap.
    pub const fn new(seed: u32, size: usize, steps_per_epoch: u32) -> Self {
        let batch =
            Batch { windows: Windows { values: Vec::new(), time: 0, batch: 0, features: 0 }, targets: Vec::new() };
        Self { seed, size, steps_per_epoch, draws: Vec::new(), batch }
    }

    /// Gather the batch of this step, in the memory of the one before.
    ///
    /// One set of windows where all members see the same engines, otherwise one for each member.
    pub fn fill(&mut self, step: u32, members: &[MemberConfig], split: &Split, targets: Targets<'_>) -> &Batch {
        let (epoch, within) = (step / self.steps_per_epoch, (step % self.steps_per_epoch) as usize * self.size);
        let draws: Vec<usize> = members.iter().map(|member| self.draw(member.bootstrap, split, epoch)).collect();
        let chosen = |draw: usize| &self.draws[draw].order[within..within + self.size];
        let first = draws.first().copied().unwrap_or_default();
        if draws.iter().all(|draw| *draw == first) {
            fill(&mut self.batch, split, chosen(first), targets);
            return &self.batch;
        }
        // Members of one bootstrap share what is slow, the gathering.
        let mut sets: Vec<Option<Batch>> = self.draws.iter().map(|_| None).collect();
        self.batch.windows.values.clear();
        self.batch.targets.clear();
        for draw in draws {
            let set = sets[draw].get_or_insert_with(|| {
                let mut set = Batch::default();
                fill(&mut set, split, chosen(draw), targets);
                set
            });
            self.batch.windows.values.extend_from_slice(&set.windows.values);
            self.batch.targets.extend_from_slice(&set.targets);
            (self.batch.windows.time, self.batch.windows.batch) = (set.windows.time, set.windows.batch);
            self.batch.windows.features = set.windows.features;
        }
        &self.batch
    }

    /// Index of the draw of this seed, in the order of this epoch.
    fn draw(&mut self, seed: Option<u32>, split: &Split, epoch: u32) -> usize {
        let index = self.draws.iter().position(|draw| draw.seed == seed).unwrap_or_else(|| {
            let windows = match seed {
                Some(seed) => bootstrap(split, seed),
                None => (0..split.windows.len() as u32).collect(),
            };
            self.draws.push(Draw { seed, windows, order: Vec::new(), epoch: None });
            self.draws.len() - 1
        });
        let draw = &mut self.draws[index];
        if draw.epoch != Some(epoch) {
            draw.order =
                order(&draw.windows, self.seed ^ seed.unwrap_or(0), epoch, self.size * self.steps_per_epoch as usize);
            draw.epoch = Some(epoch);
        }
        index
    }
}

/// At least this many of the windows in an order of the epoch's own.
///
/// A bootstrap may hold fewer windows than the engines it was drawn from; what it lacks then comes from a second round
/// through it, so that every member takes the same number of steps.
fn order(windows: &[u32], seed: u32, epoch: u32, least: usize) -> Vec<u32> {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed) << 32 | u64::from(epoch));
    let mut order: Vec<u32> = Vec::with_capacity(least.max(windows.len()));
    while order.is_empty() || (order.len() < least && !windows.is_empty()) {
        let mut round = windows.to_vec();
        round.shuffle(&mut random);
        order.append(&mut round);
        if windows.is_empty() {
            break;
        }
    }
    order
}

/// Windows of a split in an order that depends on seed and number alone.
pub fn shuffled(windows: usize, seed: u32, number: u32) -> Vec<u32> {
    let all: Vec<u32> = (0..u32::try_from(windows).unwrap_or(u32::MAX)).collect();
    order(&all, seed, number, 0)
}

/// Make these windows of a split the batch.
pub fn fill(batch: &mut Batch, split: &Split, chosen: &[u32], targets: Targets<'_>) {
    gather(split, chosen, &mut batch.windows);
    let rul: Vec<f32> = chosen.iter().map(|window| split.rul_cycles(*window)).collect();
    batch.targets = targets.loss.targets(&rul, targets.class_weights);
    if targets.neighbours {
        let windows: Vec<Window> = chosen.iter().map(|window| split.windows[*window as usize]).collect();
        mark_neighbours(&mut batch.targets, &windows);
    }
}

/// Lay these windows of a split out, in the memory that is there.
pub fn gather(split: &Split, chosen: &[u32], windows: &mut Windows) {
    split.gather(chosen, &mut windows.values);
    (windows.time, windows.batch, windows.features) = (split.window, chosen.len(), split.features);
}
