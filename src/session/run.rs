//! One run: the data in their order, the trainer, and when to measure.

mod measured;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batches::{Batches, Targets, fill, shuffled};
use super::exam::Exam;
use super::loss_sums::LossSums;
use super::{
    BackendKind, Change, DataSize, Host, MemberStep, RunConfig, SessionError, Snapshot, StepRecord, VALIDATION_WINDOWS,
};
use crate::ConfigError;
use crate::data::{DataSummary, Dataset, Prepared, prepare};
use crate::model::open::OpenEncoder;
use crate::model::{HEALTH_CLASSES, Network};
use crate::train::{
    Batch, Device, Gradients, Member, MemberState, Recipe, Schedule, StepContext, StepFigures, TrainError, TrainState,
    Trainer,
};

/// Evaluations an epoch: often enough to see a curve form, seldom enough to cost little.
const EVALUATIONS_PER_EPOCH: u32 = 4;

/// Sets the order of held-out batches apart from the training order of the same seed.
const HELD_OUT: u32 = 0x5eed_0e1d;

/// A run in progress.
pub struct Run {
    config: RunConfig,
    data: Prepared,
    trainer: Trainer,
    schedule: Schedule,
    class_weights: [f32; HEALTH_CLASSES],
    batches: Batches,
    losses: LossSums,
    /// Whether a member has diverged since the last evaluation.
    has_news: bool,
    steps_per_epoch: u32,
    test: Exam,
    validation: Option<Exam>,
    /// What its work is bounded by: how large its data is, and what it computes on.
    bounds: (DataSize, BackendKind),
}

impl Run {
    /// Build a run; nothing is trained yet.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be run or does not fit, and data that cannot be prepared.
    pub fn new(config: RunConfig, dataset: &Dataset, device: &Device) -> Result<Self, SessionError> {
        let network = |config: &RunConfig, window, features| Ok(Network::new(&config.encoder, window, features));
        Self::build(config, dataset, device, network)
    }

    /// A run of an encoder that no setting names, in the place of the configuration's.
    ///
    /// # Errors
    ///
    /// As [`Run::new`], and an encoder whose module is not what it declares.
    pub fn with_encoder(
        config: RunConfig,
        encoder: Arc<dyn OpenEncoder>,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<Self, SessionError> {
        Self::build(config, dataset, device, |_, window, features| Network::open(encoder, window, features))
    }

    fn build(
        config: RunConfig,
        dataset: &Dataset,
        device: &Device,
        network: impl FnOnce(&RunConfig, usize, usize) -> Result<Network, ConfigError>,
    ) -> Result<Self, SessionError> {
        config.validate()?;
        let backend = match device {
            Device::Cpu => BackendKind::Cpu,
            #[cfg(feature = "webgpu")]
            Device::Gpu(_) => BackendKind::WebGpu,
        };
        let bounds = (dataset.into(), backend);
        config.bounded_for(&bounds.0, backend, Host::here())?;
        let data = prepare(dataset, &config.data, config.seed)?;
        let windows = data.train.windows.len();
        let batch_size = config.batch_size.min(windows);
        let network = network(&config, data.train.window, data.train.features)?;
        let trainer = Trainer::new(network, &config.members, config.seed, device)?;
        let steps_per_epoch = u32::try_from(windows / batch_size).unwrap_or(u32::MAX);
        let labels = config.data.labels;
        let test = Exam::new(&data.test, data.test.windows.len(), labels);
        let exam = || Exam::new(&data.validation, VALIDATION_WINDOWS, labels);
        let validation = (!data.validation.windows.is_empty()).then(exam);
        Ok(Self {
            schedule: Schedule::new(&config.optimizer, config.epochs, steps_per_epoch),
            class_weights: config.two_task_loss().class_weights(&data.train),
            batches: Batches::new(config.seed, batch_size, steps_per_epoch),
            losses: LossSums::new(config.members.len()),
            has_news: false,
            config,
            data,
            trainer,
            steps_per_epoch,
            test,
            validation,
            bounds,
        })
    }

    /// The configuration in force.
    #[must_use]
    pub const fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Trainable parameters of one member.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.trainer.network().layout().parameters()
    }

    /// The data set in a few numbers, with what is otherwise than configured.
    pub(super) fn summary(&self, dataset: &Dataset) -> DataSummary {
        let mut summary = dataset.summary(&self.config.data);
        summary.assumptions.extend(self.adjustments());
        summary
    }

    /// What is otherwise than configured because the fleet is small: a sentence each.
    #[must_use]
    pub fn adjustments(&self) -> Vec<String> {
        let (asked, windows) = (self.config.batch_size, self.data.train.windows.len());
        let batch = (asked > windows)
            .then(|| format!("A batch is all {windows} training windows, because there are fewer than {asked}."));
        let share = self.config.data.validation_share;
        let unheld = (share > 0.0 && self.data.validation.engines.is_empty())
            .then(|| "No engine is held out for validation, because there is one training engine.".to_owned());
        batch.into_iter().chain(unheld).collect()
    }

    /// Steps in an epoch; a last, smaller batch is left out, so that all steps cost and mean the same.
    #[must_use]
    pub const fn steps_per_epoch(&self) -> u32 {
        self.steps_per_epoch
    }

    /// Steps taken.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.trainer.steps()
    }

    /// Whether all epochs are done, or no member takes steps any more: early stopping holds it, or it has diverged. A
    /// part of a run goes on to the last epoch, because the steps of the whole are reported once all parts have taken them.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        let is_over = self.trainer.steps() >= self.config.steps(self.steps_per_epoch);
        is_over || (self.trainer.stands_still() && !self.is_part())
    }

    /// Whether the other members of its λ-curve are elsewhere.
    fn is_part(&self) -> bool {
        self.config.curve.as_ref().is_some_and(|curve| curve.members() > self.config.members.len())
    }

    /// Where each member stands.
    #[must_use]
    pub fn states(&self) -> Vec<MemberState> {
        self.trainer.members().iter().map(Member::state).collect()
    }

    /// Whether the members are to be measured after the steps taken so far: four times an epoch, and when one diverges. A
    /// part of a run is measured when the other parts are.
    #[must_use]
    pub fn is_evaluation_due(&self) -> bool {
        let step = self.trainer.steps();
        let interval = (self.steps_per_epoch / EVALUATIONS_PER_EPOCH).max(1);
        let within = step % self.steps_per_epoch;
        // The last interval of an epoch runs up to its end, however the steps divide.
        (self.has_news && !self.is_part())
            || within == 0
            || (within.is_multiple_of(interval) && within / interval < EVALUATIONS_PER_EPOCH)
    }

    /// Change what changes live. Members that have diverged go on from their last good state where anything of theirs
    /// changes: their own configuration, the losses or the optimizer.
    ///
    /// # Errors
    ///
    /// A value out of its range is refused, and what takes a restart (see [`RunConfig::change_to`]); nothing has changed
    /// then.
    pub fn configure(&mut self, config: RunConfig) -> Result<(), SessionError> {
        self.allow(&config)?;
        if let Change::Restart(what) = self.config.change_to(&config) {
            return Err(ConfigError::new(
                "configuration",
                "one that changes live",
                &format!("another value of {what}"),
            )
            .into());
        }
        self.trainer.configure(&config.members)?;
        if (&config.loss, &config.optimizer) != (&self.config.loss, &self.config.optimizer) {
            self.trainer.revive();
        }
        self.schedule = Schedule::new(&config.optimizer, config.epochs, self.steps_per_epoch);
        self.class_weights = config.two_task_loss().class_weights(&self.data.train);
        self.config = config;
        Ok(())
    }

    /// Whether a configuration is valid and its work fits, with the data and on the device of this run.
    fn allow(&self, config: &RunConfig) -> Result<(), ConfigError> {
        config.validate()?;
        let (size, backend) = &self.bounds;
        config.bounded_for(size, *backend, Host::here())
    }

    /// The run as it stands.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn snapshot(&self) -> Result<Snapshot, SessionError> {
        let state = RunState { trainer: self.trainer.state().await?, losses: self.losses.clone() };
        Ok(Snapshot::new(self.config.clone(), &state)?)
    }

    /// Build a run that goes on from a snapshot.
    ///
    /// # Errors
    ///
    /// Those of [`Run::new`] and of [`Trainer::restore`], and a snapshot that cannot be read.
    pub fn restored(snapshot: &Snapshot, dataset: &Dataset, device: &Device) -> Result<Self, SessionError> {
        let RunState { trainer, losses } = snapshot.state()?;
        let mut run = Self::new(snapshot.config.clone(), dataset, device)?;
        let (expected, found) = (run.config.members.len(), losses.len());
        if found != expected {
            return Err(TrainError::State { what: "sums of losses", expected, found }.into());
        }
        run.trainer.restore(trainer)?;
        run.losses = losses;
        Ok(run)
    }

    /// Append a copy of a member.
    ///
    /// # Errors
    ///
    /// An index that no member has, more members than a run may have or than fit, and a device that fails.
    pub async fn fork(&mut self, member: usize) -> Result<(), SessionError> {
        let mut config = self.config.clone();
        let Some(copy) = config.members.get(member).cloned() else {
            return Err(SessionError::Member { found: member, members: config.members.len() });
        };
        config.members.push(copy);
        self.allow(&config)?;
        self.trainer.fork(member).await?;
        self.losses.fork(member);
        self.config = config;
        Ok(())
    }

    /// Train one step.
    ///
    /// # Errors
    ///
    /// See [`Trainer::step`].
    pub async fn step(&mut self) -> Result<StepRecord, TrainError> {
        let (step, diverged) = (self.trainer.steps(), self.diverged());
        let rate = self.schedule.rate(step);
        let progress = step as f32 / self.config.steps(self.steps_per_epoch).max(1) as f32;
        let (loss, optimizer) = (&self.config.two_task_loss(), &self.config.optimizer);
        let gradients = if self.config.task_gradients { Gradients::PerTask } else { Gradients::Combined };
        let context = StepContext { step, epoch: self.epoch(), progress, rate };
        let recipe = Recipe { loss, optimizer, gradients, context };
        let held_out = self.trainer.needs().validation_gradient.then(|| self.held_out_batch(step));
        let targets = Targets { loss, class_weights: self.class_weights, neighbours: self.compares_neighbours() };
        let batch = self.batches.fill(step, &self.config.members, &self.data.train, targets);
        let figures = self.trainer.step(batch, held_out.as_ref(), recipe).await?;
        for (index, (member, figures)) in self.trainer.members().iter().zip(&figures).enumerate() {
            if !member.has_diverged() {
                self.losses.add(index, figures.losses);
            }
        }
        self.has_news |= self.diverged() > diverged;
        Ok(StepRecord {
            step: step + 1,
            epoch: self.epoch(),
            learning_rate: rate,
            members: figures.iter().map(member_step).collect(),
        })
    }

    /// Epochs done, with the fraction of the present one.
    #[must_use]
    pub fn epoch(&self) -> f32 {
        self.trainer.steps() as f32 / self.steps_per_epoch as f32
    }

    /// Windows of held-out engines, others at each step; of training engines where none are held out.
    fn held_out_batch(&self, step: u32) -> Batch {
        let split = if self.data.validation.windows.is_empty() { &self.data.train } else { &self.data.validation };
        let mut chosen = shuffled(split.windows.len(), self.config.seed ^ HELD_OUT, step);
        chosen.truncate(self.config.batch_size);
        let mut batch = Batch::default();
        let neighbours = self.compares_neighbours();
        let loss = &self.config.two_task_loss();
        let targets = Targets { loss, class_weights: self.class_weights, neighbours };
        fill(&mut batch, split, &chosen, targets);
        batch
    }

    /// How many members have diverged.
    fn diverged(&self) -> usize {
        self.trainer.members().iter().filter(|member| member.has_diverged()).count()
    }

    fn compares_neighbours(&self) -> bool {
        self.trainer.members().iter().any(|member| member.emphasis().monotonicity > 0.0)
    }
}

/// What a snapshot holds of a run beside its configuration.
#[derive(Serialize, Deserialize)]
struct RunState {
    trainer: TrainState,
    losses: LossSums,
}

fn member_step(figures: &StepFigures) -> MemberStep {
    MemberStep {
        losses: figures.losses,
        normalizers: figures.normalizers,
        weights: figures.weights,
        gradient_norms: figures.shared.map_or([f32::NAN; 2], |shared| shared.norms()),
        cosine: figures.shared.map_or(f32::NAN, |shared| shared.cosine()),
        clip_factor: figures.clip_factor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Catalog, DataConfig};

    #[test]
    fn a_fork_and_a_change_are_bounded_as_a_start_is() {
        let data = DataConfig { stride: 30, ..DataConfig::default() };
        let config = RunConfig { data, batch_size: 32, ..RunConfig::default() };
        let dataset = Catalog::default().dataset(&config.data).unwrap();
        let mut run = Run::new(config, &dataset, &Device::Cpu).unwrap();
        run.bounds.0.cycles = [u64::MAX / 1000; 2];
        let forked = pollster::block_on(run.fork(0)).unwrap_err().to_string();
        assert!(forked.starts_with("`memory` should be at most 8 GB, found "), "{forked}");
        assert_eq!(run.configure(run.config.clone()).unwrap_err().to_string(), forked);
        assert_eq!((run.config.members.len(), run.trainer.members().len()), (1, 1));
    }
}
