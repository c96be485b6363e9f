//! A run that computes nothing: it counts its steps and knows its configuration.

use crate::data::{Catalog, DataConfig, DataError, DataSummary, Origin};
use crate::measure::{Metrics, Predictions, Trajectory};
use crate::session::trains::Trains;
use crate::session::{Evaluation, MemberStep, RunConfig, SessionError, Snapshot, StepRecord, TestEngine};
use crate::train::{Device, Landscape, MemberState, Surroundings};

/// Steps in an epoch of a run that computes nothing.
pub(super) const EPOCH: u32 = 4;

/// A run that counts its steps and knows its configuration.
pub(super) struct Stub {
    config: RunConfig,
    steps: u32,
}

impl Stub {
    fn new(config: RunConfig, steps: u32) -> Result<(Self, DataSummary), SessionError> {
        config.validate()?;
        let DataConfig { subset, origin, .. } = config.data;
        if let Some(origin @ (Origin::Nasa | Origin::Own)) = origin {
            return Err(DataError::NotAtHand { subset, origin }.into());
        }
        let data = DataSummary {
            subset,
            origin: Origin::Emulated,
            name: None,
            train_engines: 1,
            test_engines: 1,
            train_windows: 1,
            labels: config.data.labels,
            assumptions: Vec::new(),
        };
        Ok((Self { config, steps }, data))
    }
}

impl Trains for Stub {
    fn build(config: RunConfig, _: &mut Catalog, _: &Device) -> Result<(Self, DataSummary), SessionError> {
        Self::new(config, 0)
    }

    async fn resume(saved: Snapshot, _: &mut Catalog, _: &Device) -> Result<(Self, DataSummary), SessionError> {
        let steps = saved.state()?;
        Self::new(saved.config, steps)
    }

    fn config(&self) -> &RunConfig {
        &self.config
    }

    fn parameters(&self) -> usize {
        1
    }

    fn steps_per_epoch(&self) -> u32 {
        EPOCH
    }

    fn is_finished(&self) -> bool {
        self.steps >= EPOCH * self.config.epochs
    }

    fn is_evaluation_due(&self) -> bool {
        self.steps.is_multiple_of(EPOCH)
    }

    fn configure(&mut self, config: RunConfig) -> Result<(), SessionError> {
        config.validate()?;
        self.config = config;
        Ok(())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, SessionError> {
        Ok(Snapshot::new(self.config.clone(), &self.steps)?.at(self.steps))
    }

    async fn fork(&mut self, member: usize) -> Result<(), SessionError> {
        let members = self.config.members.len();
        let copy = self.config.members.get(member).cloned();
        self.config.members.push(copy.ok_or(SessionError::Member { found: member, members })?);
        Ok(())
    }

    async fn step(&mut self) -> Result<StepRecord, SessionError> {
        self.steps += 1;
        Ok(StepRecord {
            step: self.steps,
            epoch: self.steps as f32 / EPOCH as f32,
            learning_rate: self.config.optimizer.learning_rate,
            members: vec![MemberStep::default(); self.config.members.len()],
        })
    }

    async fn evaluate(&mut self) -> Result<Evaluation, SessionError> {
        let members = self.config.members.len();
        Ok(Evaluation {
            step: self.steps,
            epoch: self.steps as f32 / EPOCH as f32,
            test: vec![Metrics::default(); members],
            predictions: (self.steps > 0 && self.is_evaluation_due()).then(Predictions::default),
            states: vec![MemberState::Training; members],
            ..Evaluation::default()
        })
    }

    async fn trajectory(&mut self, _: TestEngine) -> Result<Trajectory, SessionError> {
        Ok(Trajectory { engine: 1, engines: 1, predictions: Predictions::default() })
    }

    async fn look_around(&mut self, around: Surroundings) -> Result<Landscape, SessionError> {
        Ok(Landscape { member: around.member, step: self.steps, ..Landscape::default() })
    }
}
