//! The state machine: a command in, events out.

use super::{Change, Command, Event, Phase, Run, RunConfig, Snapshot};
use crate::ConfigError;
use crate::data::{Catalog, DataError, Dataset, NamedFile, read_files};
use crate::measure::explore::answer;
use crate::train::{Device, TrainError};

/// Why a command was refused.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A value out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Data that cannot be had or prepared.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The trainer's refusal or failure.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A member that does not exist.
    #[error("`member` should be below {members}, the number of members, found {found}")]
    Member {
        /// The index given.
        found: usize,
        /// How many members there are.
        members: usize,
    },
    /// A command that needs a run, and there is none.
    #[error("there is no run yet")]
    NoRun,
}

/// A run and the data at hand, driven by commands.
///
/// It knows neither page nor worker: whoever owns it applies commands between steps and calls [`Session::advance`] as
/// long as the phase is [`Phase::Training`].
pub struct Session {
    device: Device,
    catalog: Catalog,
    run: Option<Run>,
    phase: Phase,
    /// Steps still to take before pausing, where a number was given.
    allowance: Option<u32>,
}

impl Session {
    /// A session without a run.
    #[must_use]
    pub const fn new(device: Device, catalog: Catalog) -> Self {
        Self { device, catalog, run: None, phase: Phase::Loading, allowance: None }
    }

    /// Where the run stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Carry out a command. What cannot be done is answered with [`Event::Rejected`], and the run stays as it was.
    pub async fn apply(&mut self, command: Command) -> Vec<Event> {
        match self.carry_out(command).await {
            Ok(events) => events,
            Err(error) => vec![Event::Rejected { message: error.to_string() }],
        }
    }

    async fn carry_out(&mut self, command: Command) -> Result<Vec<Event>, SessionError> {
        match command {
            Command::Start { config } => self.start(config).await,
            Command::Configure { config } => self.configure(config).await,
            Command::SetMember { member, config } => {
                let mut next = self.run()?.config().clone();
                let members = next.members.len();
                let slot = next.members.get_mut(member).ok_or(SessionError::Member { found: member, members })?;
                *slot = config;
                self.configure_live(next)
            }
            Command::Play => self.train(None),
            Command::Step { count } => self.train(Some(count)),
            Command::Pause => {
                self.allowance = None;
                Ok(if self.phase == Phase::Training { vec![self.enter(Phase::Paused)] } else { Vec::new() })
            }
            Command::Reset => {
                let config = self.run()?.config().clone();
                self.start(config).await
            }
            Command::Fork { member } => {
                self.run()?.fork(member).await?;
                self.configured().await
            }
            Command::Save => Ok(vec![Event::Saved { snapshot: Box::new(self.run()?.snapshot()?) }]),
            Command::Restore { snapshot } => self.restore(*snapshot).await,
            Command::LoadFiles { files } => self.load(&files),
            Command::Explore { question } => {
                let answer = answer(&mut self.catalog, &question);
                Ok(vec![Event::Explored { question, answer }])
            }
        }
    }

    /// Train one step, if the phase is [`Phase::Training`].
    pub async fn advance(&mut self) -> Vec<Event> {
        if self.phase != Phase::Training {
            return Vec::new();
        }
        match self.step().await {
            Ok(events) => events,
            Err(error) => {
                let failed = Event::Failed { message: error.to_string() };
                vec![failed, self.enter(Phase::Failed)]
            }
        }
    }

    async fn step(&mut self) -> Result<Vec<Event>, SessionError> {
        let run = self.run()?;
        let mut events = vec![Event::Steps { steps: vec![run.step().await?] }];
        if run.is_evaluation_due() {
            events.push(Event::Evaluated { evaluation: run.evaluate().await? });
        }
        let finished = run.is_finished();
        self.allowance = self.allowance.map(|steps| steps.saturating_sub(1));
        if finished {
            events.push(self.enter(Phase::Finished));
        } else if self.allowance == Some(0) {
            self.allowance = None;
            events.push(self.enter(Phase::Paused));
        }
        Ok(events)
    }

    async fn start(&mut self, config: RunConfig) -> Result<Vec<Event>, SessionError> {
        let dataset = self.catalog.dataset(&config.data)?;
        let run = Run::new(config, &dataset, &self.device)?;
        self.begin(run, &dataset, Phase::Ready).await
    }

    async fn restore(&mut self, snapshot: Snapshot) -> Result<Vec<Event>, SessionError> {
        let dataset = self.catalog.dataset(&snapshot.config.data)?;
        let run = Run::restored(snapshot, &dataset, &self.device)?;
        let phase = if run.is_finished() { Phase::Finished } else { Phase::Paused };
        self.begin(run, &dataset, phase).await
    }

    /// Measure a run and put it in the place of the one before.
    async fn begin(&mut self, mut run: Run, dataset: &Dataset, phase: Phase) -> Result<Vec<Event>, SessionError> {
        let started = Event::Started {
            config: run.config().clone(),
            data: dataset.summary(&run.config().data),
            parameters: run.parameters(),
            steps_per_epoch: run.steps_per_epoch(),
        };
        let evaluation = run.evaluate().await?;
        self.run = Some(run);
        self.allowance = None;
        Ok(vec![started, self.enter(phase), Event::Evaluated { evaluation }])
    }

    async fn configure(&mut self, config: RunConfig) -> Result<Vec<Event>, SessionError> {
        match self.run()?.config().change_to(&config) {
            Change::Nothing => Ok(Vec::new()),
            Change::Live => self.configure_live(config),
            Change::Restart(_) => self.start(config).await,
        }
    }

    fn configure_live(&mut self, config: RunConfig) -> Result<Vec<Event>, SessionError> {
        let run = self.run()?;
        run.configure(config.clone())?;
        let (finished, phase) = (run.is_finished(), self.phase);
        let mut events = vec![Event::Configured { config }];
        match phase {
            // More epochs reopen a finished run; fewer end one that is past them.
            Phase::Finished if !finished => events.push(self.enter(Phase::Paused)),
            Phase::Training | Phase::Paused if finished => events.push(self.enter(Phase::Finished)),
            _ => {}
        }
        Ok(events)
    }

    /// Tell the configuration, and measure: a member may have been added.
    async fn configured(&mut self) -> Result<Vec<Event>, SessionError> {
        let run = self.run()?;
        let configured = Event::Configured { config: run.config().clone() };
        Ok(vec![configured, Event::Evaluated { evaluation: run.evaluate().await? }])
    }

    fn train(&mut self, allowance: Option<u32>) -> Result<Vec<Event>, SessionError> {
        self.run()?;
        if matches!(self.phase, Phase::Finished | Phase::Failed) || allowance == Some(0) {
            return Ok(Vec::new());
        }
        self.allowance = allowance;
        Ok(if self.phase == Phase::Training { Vec::new() } else { vec![self.enter(Phase::Training)] })
    }

    fn load(&mut self, files: &[NamedFile]) -> Result<Vec<Event>, SessionError> {
        let read = read_files(files)?;
        let cut = self.run.as_ref().map(|run| run.config().data.clone()).unwrap_or_default();
        let data = read.datasets.iter().map(|dataset| dataset.summary(&cut)).collect();
        read.datasets.into_iter().for_each(|dataset| self.catalog.insert(dataset));
        let told = read.incomplete.into_iter().map(|error| Event::Rejected { message: error.to_string() });
        Ok(std::iter::once(Event::FilesLoaded { data }).chain(told).collect())
    }

    fn run(&mut self) -> Result<&mut Run, SessionError> {
        self.run.as_mut().ok_or(SessionError::NoRun)
    }

    fn enter(&mut self, phase: Phase) -> Event {
        self.phase = phase;
        Event::Phase { phase }
    }
}
