//! What is measured of a run: figures, predictions along a life, and the losses around the present weights.

use super::Run;
use crate::measure::{Conformal, IntervalFigures, Metrics, Spread, Trajectory};
use crate::session::batches::{Targets, fill, shuffled};
use crate::session::exam::Exam;
use crate::session::{Evaluation, SessionError, TestEngine};
use crate::train::{Batch, Landscape, Surroundings, TrainError};
use crate::weighting::EpochMetrics;

/// Windows that a look around is taken on, at most: a grid of them is computed in a second.
const LANDSCAPE_WINDOWS: usize = 128;

/// Training windows that the spread of the errors is measured on.
const SPREAD_WINDOWS: usize = 2048;

/// Windows of each held-out engine that calibrate intervals, spread over its life.
const WINDOWS_OF_AN_ENGINE: usize = 32;

impl Run {
    /// Measure every member: on the test engines always, on the held-out ones at the end of an epoch.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn evaluate(&mut self) -> Result<Evaluation, TrainError> {
        let steps = self.trainer.steps();
        let ends_epoch = steps > 0 && steps.is_multiple_of(self.steps_per_epoch);
        let mut validation = if ends_epoch { self.validate().await? } else { None };
        // A fork is measured, too: the same end of an epoch must not be reported twice.
        if ends_epoch && self.losses.is_begun() && self.end_epoch(validation.as_deref()).await? {
            validation = self.validate().await?;
        }
        let test = self.test.predict(&self.trainer).await?;
        self.has_news = false;
        Ok(Evaluation {
            step: steps,
            epoch: self.epoch(),
            test: test.metrics(),
            validation,
            states: self.states(),
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
        let predictions = Exam::new(&life, life.windows.len(), self.config.data.labels).predict(&self.trainer).await?;
        Ok(Trajectory { engine: index + 1, engines: engines.len(), predictions })
    }

    /// Both losses around a member's present weights, on windows of the training engines that follow from seed and step.
    /// Nothing of the run changes.
    ///
    /// # Errors
    ///
    /// A member that does not exist, a grid that cannot be computed, and a device that fails.
    pub async fn look_around(&self, around: Surroundings) -> Result<Landscape, SessionError> {
        let members = self.config.members.len();
        if around.member >= members {
            return Err(SessionError::Member { found: around.member, members });
        }
        let loss = &self.config.two_task_loss();
        let mut chosen = shuffled(self.data.train.windows.len(), self.config.seed, self.trainer.steps());
        chosen.truncate(LANDSCAPE_WINDOWS);
        let mut batch = Batch::default();
        let targets = Targets { loss, class_weights: self.class_weights, neighbours: self.compares_neighbours() };
        fill(&mut batch, &self.data.train, &chosen, targets);
        Ok(self.trainer.look_around(around, &batch, loss).await?)
    }

    /// How good conformal intervals of the RUL are on the test engines, member by member, if they are to miss the truth
    /// with the probability `alpha`; `None` where no engines are held out to calibrate them.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn intervals(&self, alpha: f64) -> Result<Option<Vec<IntervalFigures>>, TrainError> {
        let labels = self.config.data.labels;
        if self.data.validation.windows.is_empty() {
            return Ok(None);
        }
        let trained = Exam::new(&self.data.train, SPREAD_WINDOWS, labels).predict(&self.trainer).await?;
        let mut held_out = Vec::new();
        for engine in 0..self.data.validation.engines.len() {
            let life = self.data.validation.life(engine);
            held_out.push(Exam::new(&life, WINDOWS_OF_AN_ENGINE, labels).predict(&self.trainer).await?);
        }
        let test = self.test.predict(&self.trainer).await?;
        let of_member = |member: usize| {
            let spread = Spread::of(&trained.forecasts(member), &labels);
            let engines: Vec<_> = held_out.iter().map(|engine| engine.forecasts(member)).collect();
            let conformal = Conformal::new(spread, &engines, labels, alpha);
            let intervals: Vec<_> =
                test.forecasts(member).iter().map(|one| conformal.interval(one.predicted_cycles)).collect();
            IntervalFigures::of(&intervals, test.truth(), alpha)
        };
        Ok(Some((0..test.members()).map(of_member).collect()))
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
        let of_member = |(index, losses): (usize, Option<[f32; 2]>)| {
            let validation = validation.and_then(|all| all.get(index)).map(Into::into);
            losses.map(|losses| EpochMetrics { epoch, losses, validation })
        };
        let metrics: Vec<Option<EpochMetrics>> = means.into_iter().enumerate().map(of_member).collect();
        self.trainer.end_epoch(&metrics).await
    }
}
