//! One run: the data in their order, the trainer, and when to measure.

use super::batches::{Batches, Targets, fill, gather, shuffled};
use super::{Evaluation, MemberStep, RunConfig, SessionError, Snapshot, StepRecord, TestEngine};
use crate::data::{Dataset, Prepared, Split, prepare};
use crate::measure::{Metrics, Predictions, Trajectory};
use crate::model::{HEALTH_CLASSES, Network, Windows};
use crate::train::{Batch, Device, Gradients, Member, Moment, Recipe, Schedule, StepFigures, TrainError, Trainer};
use crate::weighting::EpochMetrics;

/// Evaluations an epoch: often enough to see a curve form, seldom enough to cost little.
const EVALUATIONS_PER_EPOCH: u32 = 4;

/// Most windows of the held-out engines that are measured, spread evenly.
const VALIDATION_WINDOWS: usize = 256;

/// Sets the order of held-out batches apart from the training order of the same seed.
const HELD_OUT: u32 = 0x5eed_0e1d;

/// Windows that are measured again and again.
struct Exam {
    windows: Windows,
    rul_cycles: Vec<f32>,
}

/// A run in progress.
pub struct Run {
    config: RunConfig,
    data: Prepared,
    trainer: Trainer,
    schedule: Schedule,
    class_weights: [f32; HEALTH_CLASSES],
    batches: Batches,
    losses: LossSums,
    steps_per_epoch: u32,
    test: Exam,
    validation: Option<Exam>,
}

impl Run {
    /// Build a run; nothing is trained yet.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be run, and data that cannot be prepared.
    pub fn new(config: RunConfig, dataset: &Dataset, device: &Device) -> Result<Self, SessionError> {
        config.validate()?;
        let data = prepare(dataset, &config.data, config.seed)?;
        let windows = data.train.windows.len();
        let batch_size = config.batch_size.min(windows);
        let network = Network::new(&config.encoder, data.train.window, data.train.features);
        let trainer = Trainer::new(network, &config.members, config.seed, device)?;
        let steps_per_epoch = u32::try_from(windows / batch_size).unwrap_or(u32::MAX);
        let test = Exam::new(&data.test, data.test.windows.len());
        let validation = (!data.validation.windows.is_empty()).then(|| Exam::new(&data.validation, VALIDATION_WINDOWS));
        Ok(Self {
            schedule: Schedule::new(&config.optimizer, config.epochs, steps_per_epoch),
            class_weights: config.loss.class_weights(&data.train),
            batches: Batches::new(config.seed, batch_size, steps_per_epoch),
            losses: LossSums::default(),
            config,
            data,
            trainer,
            steps_per_epoch,
            test,
            validation,
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

    /// Whether all epochs are done, or early stopping holds every member.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.trainer.steps() >= self.config.epochs * self.steps_per_epoch || self.trainer.is_stopped()
    }

    /// Whether the members are to be measured after the steps taken so far.
    #[must_use]
    pub fn is_evaluation_due(&self) -> bool {
        let step = self.trainer.steps();
        let interval = (self.steps_per_epoch / EVALUATIONS_PER_EPOCH).max(1);
        let within = step % self.steps_per_epoch;
        // The last interval of an epoch runs up to its end, however the steps divide.
        within == 0 || (within.is_multiple_of(interval) && within / interval < EVALUATIONS_PER_EPOCH)
    }

    /// Change what changes live. What takes a restart (see [`RunConfig::change_to`]) must be the same.
    ///
    /// # Errors
    ///
    /// A value out of its range is refused, and nothing has changed.
    pub fn configure(&mut self, config: RunConfig) -> Result<(), SessionError> {
        config.validate()?;
        for (member, next) in self.trainer.members_mut().iter_mut().zip(&config.members) {
            member.configure(next)?;
        }
        self.schedule = Schedule::new(&config.optimizer, config.epochs, self.steps_per_epoch);
        self.class_weights = config.loss.class_weights(&self.data.train);
        self.config = config;
        Ok(())
    }

    /// The run as it stands.
    ///
    /// # Errors
    ///
    /// See [`Trainer::state`].
    pub fn snapshot(&self) -> Result<Snapshot, TrainError> {
        Ok(Snapshot { config: self.config.clone(), state: self.trainer.state()? })
    }

    /// Build a run that goes on from what was saved. The means of the losses begin anew within the epoch; no strategy
    /// that can be saved reads them.
    ///
    /// # Errors
    ///
    /// Those of [`Run::new`] and of [`Trainer::restore`].
    pub fn restored(snapshot: Snapshot, dataset: &Dataset, device: &Device) -> Result<Self, SessionError> {
        let Snapshot { config, state } = snapshot;
        let mut run = Self::new(config, dataset, device)?;
        run.trainer.restore(state)?;
        Ok(run)
    }

    /// Append a copy of a member.
    ///
    /// # Errors
    ///
    /// An index that no member has, and a device that fails.
    pub async fn fork(&mut self, member: usize) -> Result<(), SessionError> {
        let Some(copy) = self.config.members.get(member).cloned() else {
            return Err(SessionError::Member { found: member, members: self.config.members.len() });
        };
        self.trainer.fork(member).await?;
        self.config.members.push(copy);
        Ok(())
    }

    /// Train one step.
    ///
    /// # Errors
    ///
    /// See [`Trainer::step`].
    pub async fn step(&mut self) -> Result<StepRecord, TrainError> {
        let step = self.trainer.steps();
        let rate = self.schedule.rate(step);
        let progress = step as f32 / (self.config.epochs * self.steps_per_epoch).max(1) as f32;
        let (loss, optimizer) = (&self.config.loss, &self.config.optimizer);
        let gradients = if self.config.task_gradients { Gradients::PerTask } else { Gradients::Combined };
        let moment = Moment { step, epoch: self.epoch(), progress, rate };
        let recipe = Recipe { loss, optimizer, gradients, moment };
        let held_out = self.trainer.needs().validation_gradient.then(|| self.held_out_batch(step));
        let targets = Targets { loss, class_weights: self.class_weights, neighbours: self.compares_neighbours() };
        let batch = self.batches.fill(step, &self.config.members, &self.data.train, targets);
        let figures = self.trainer.step(batch, held_out.as_ref(), recipe).await?;
        self.losses.add(figures.iter().map(|figures| figures.losses));
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
        let targets = Targets { loss: &self.config.loss, class_weights: self.class_weights, neighbours };
        fill(&mut batch, split, &chosen, targets);
        batch
    }

    fn compares_neighbours(&self) -> bool {
        self.trainer.members().iter().any(|member| member.emphasis().monotonicity > 0.0)
    }

    /// Measure every member: on the test engines always, on the held-out ones at the end of an epoch.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn evaluate(&mut self) -> Result<Evaluation, TrainError> {
        let steps = self.trainer.steps();
        let ends_epoch = steps > 0 && steps.is_multiple_of(self.steps_per_epoch);
        let mut validation = if ends_epoch { self.validate().await? } else { None };
        // A fork is measured, too: the same end of an epoch must not be told twice.
        if ends_epoch && self.losses.steps > 0.0 && self.end_epoch(validation.as_deref()).await? {
            validation = self.validate().await?;
        }
        let test = self.test.predict(&self.trainer).await?;
        Ok(Evaluation {
            step: steps,
            epoch: self.epoch(),
            test: test.metrics(),
            validation,
            stopped: self.trainer.members().iter().map(Member::stopped).collect(),
            predictions: ends_epoch.then_some(test),
        })
    }

    /// What every member predicts along the life of a test engine.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn trajectory(&self, engine: TestEngine) -> Result<Trajectory, TrainError> {
        let engines = &self.data.test.engines;
        let index = match engine {
            TestEngine::Longest => (0..engines.len()).rev().max_by_key(|index| engines[*index].rul_cycles.len()),
            TestEngine::Number(number) => Some(number.saturating_sub(1).min(engines.len().saturating_sub(1))),
        };
        let index = index.unwrap_or(0);
        let life = self.data.test.life(index);
        let predictions = Exam::new(&life, life.windows.len()).predict(&self.trainer).await?;
        Ok(Trajectory { engine: index + 1, engines: engines.len(), predictions })
    }

    /// The figures on the held-out engines, where there are any.
    async fn validate(&self) -> Result<Option<Vec<Metrics>>, TrainError> {
        match &self.validation {
            Some(exam) => Ok(Some(exam.predict(&self.trainer).await?.metrics())),
            None => Ok(None),
        }
    }

    /// Tell every member what the epoch came to. Whether some of them have other parameters now, because early stopping
    /// brought their best ones back or evolution copied another member's.
    async fn end_epoch(&mut self, validation: Option<&[Metrics]>) -> Result<bool, TrainError> {
        let epoch = self.trainer.steps() / self.steps_per_epoch;
        let means = self.losses.take();
        let of_member = |index: usize| EpochMetrics {
            epoch,
            losses: means.get(index).copied().unwrap_or_default(),
            validation: validation.and_then(|all| all.get(index)).map(Into::into),
        };
        let metrics: Vec<EpochMetrics> = (0..self.trainer.members().len()).map(of_member).collect();
        self.trainer.end_epoch(&metrics).await
    }
}

/// Sums of losses on the way through an epoch, one entry a member.
#[derive(Default)]
struct LossSums {
    sums: Vec<[f32; 2]>,
    steps: f32,
}

impl LossSums {
    fn add(&mut self, losses: impl Iterator<Item = [f32; 2]>) {
        self.steps += 1.0;
        for (index, [rul, health]) in losses.enumerate() {
            // A member that was forked within the epoch begins here.
            if self.sums.len() == index {
                self.sums.push([0.0; 2]);
            }
            self.sums[index][0] += rul;
            self.sums[index][1] += health;
        }
    }

    /// The means, and begin anew.
    fn take(&mut self) -> Vec<[f32; 2]> {
        let Self { sums, steps } = std::mem::take(self);
        sums.iter().map(|sum| sum.map(|sum| sum / steps.max(1.0))).collect()
    }
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

impl Exam {
    /// At most this many windows of a split, spread evenly.
    fn new(split: &Split, most: usize) -> Self {
        let every = split.windows.len().div_ceil(most.max(1)).max(1);
        let chosen: Vec<u32> = (0..split.windows.len() as u32).step_by(every).collect();
        let mut windows = Windows::default();
        gather(split, &chosen, &mut windows);
        let rul_cycles = chosen.iter().map(|window| split.rul_cycles(*window)).collect();
        Self { windows, rul_cycles }
    }

    async fn predict(&self, trainer: &Trainer) -> Result<Predictions, TrainError> {
        Ok(Predictions::new(self.rul_cycles.clone(), trainer.predict(&self.windows).await?))
    }
}
