//! What a session asks of a run. A run that computes nothing stands behind it, too: the simulation's.

use super::{Evaluation, Run, RunConfig, SessionError, Snapshot, StepRecord, TestEngine};
use crate::data::{Catalog, DataSummary};
use crate::measure::Trajectory;
use crate::train::{Device, Landscape, Surroundings};

/// A run in progress. The methods are those of [`Run`], which documents them.
#[expect(async_fn_in_trait, reason = "implemented in this crate alone, and awaited where it is called")]
pub trait Trains: Sized {
    /// Build a run from the data at hand.
    fn build(config: RunConfig, catalog: &mut Catalog, device: &Device) -> Result<(Self, DataSummary), SessionError>;
    /// Build a run that goes on from what was saved.
    async fn resume(
        snapshot: Snapshot,
        catalog: &mut Catalog,
        device: &Device,
    ) -> Result<(Self, DataSummary), SessionError>;
    fn config(&self) -> &RunConfig;
    fn parameters(&self) -> usize;
    fn steps_per_epoch(&self) -> u32;
    fn is_finished(&self) -> bool;
    fn is_evaluation_due(&self) -> bool;
    fn configure(&mut self, config: RunConfig) -> Result<(), SessionError>;
    async fn snapshot(&mut self) -> Result<Snapshot, SessionError>;
    async fn fork(&mut self, member: usize) -> Result<(), SessionError>;
    async fn step(&mut self) -> Result<StepRecord, SessionError>;
    async fn evaluate(&mut self) -> Result<Evaluation, SessionError>;
    async fn trajectory(&mut self, engine: TestEngine) -> Result<Trajectory, SessionError>;
    async fn look_around(&mut self, around: Surroundings) -> Result<Landscape, SessionError>;
}

impl Trains for Run {
    fn build(config: RunConfig, catalog: &mut Catalog, device: &Device) -> Result<(Self, DataSummary), SessionError> {
        let dataset = catalog.dataset(&config.data)?;
        let run = Self::new(config, &dataset, device)?;
        let summary = run.summary(&dataset);
        Ok((run, summary))
    }

    async fn resume(
        snapshot: Snapshot,
        catalog: &mut Catalog,
        device: &Device,
    ) -> Result<(Self, DataSummary), SessionError> {
        let dataset = catalog.dataset(&snapshot.config.data)?;
        let run = Self::restored(&snapshot, &dataset, device)?;
        let summary = run.summary(&dataset);
        Ok((run, summary))
    }

    fn config(&self) -> &RunConfig {
        self.config()
    }

    fn parameters(&self) -> usize {
        self.parameters()
    }

    fn steps_per_epoch(&self) -> u32 {
        self.steps_per_epoch()
    }

    fn is_finished(&self) -> bool {
        self.is_finished()
    }

    fn is_evaluation_due(&self) -> bool {
        self.is_evaluation_due()
    }

    fn configure(&mut self, config: RunConfig) -> Result<(), SessionError> {
        self.configure(config)
    }

    async fn snapshot(&mut self) -> Result<Snapshot, SessionError> {
        Ok(Self::snapshot(self).await?.at(self.steps()))
    }

    async fn fork(&mut self, member: usize) -> Result<(), SessionError> {
        self.fork(member).await
    }

    async fn step(&mut self) -> Result<StepRecord, SessionError> {
        Ok(self.step().await?)
    }

    async fn evaluate(&mut self) -> Result<Evaluation, SessionError> {
        Ok(self.evaluate().await?)
    }

    async fn trajectory(&mut self, engine: TestEngine) -> Result<Trajectory, SessionError> {
        Ok(Self::trajectory(self, engine).await?)
    }

    async fn look_around(&mut self, around: Surroundings) -> Result<Landscape, SessionError> {
        Self::look_around(self, around).await
    }
}
