//! The state machine: a command in, events out.

use serde_bytes::ByteBuf;

use super::{Change, Command, Event, Phase, Run, RunConfig, Snapshot, TestEngine, reading};
use crate::ConfigError;
use crate::data::{Catalog, DataError, Dataset, NamedFile, unpack};
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
    /// The test engine whose life is told, where one is.
    followed: Option<TestEngine>,
}

impl Session {
    /// A session without a run.
    #[must_use]
    pub const fn new(device: Device, catalog: Catalog) -> Self {
        Self { device, catalog, run: None, phase: Phase::Loading, allowance: None, followed: None }
    }

    /// Where the run stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Carry out a command. What cannot be done is answered with [`Event::Rejected`], and the run stays as it was.
    pub async fn apply(&mut self, command: Command) -> Vec<Event> {
        let mut events = Vec::new();
        self.apply_with(command, &mut |event| events.push(event)).await;
        events
    }

    /// As [`Session::apply`]; every event is told as soon as it is true, so that long work is heard of while it goes on.
    pub async fn apply_with(&mut self, command: Command, tell: &mut dyn FnMut(Event)) {
        match command {
            Command::LoadFiles { files } => self.load(files, tell),
            command => match self.carry_out(command).await {
                Ok(events) => events.into_iter().for_each(tell),
                Err(error) => tell(Event::Rejected { message: error.to_string() }),
            },
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
            Command::Play => Ok(self.train(None)),
            Command::Step { count } => Ok(self.train(Some(count))),
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
            Command::Follow { engine } => {
                self.followed = Some(engine);
                self.follow().await
            }
            Command::LoadPacks { packs } => Ok(self.load_packs(&packs)),
            // Told on the way: see `apply_with`.
            Command::LoadFiles { .. } => Ok(Vec::new()),
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
            let evaluation = run.evaluate().await?;
            let ends_epoch = evaluation.predictions.is_some();
            events.push(Event::Evaluated { evaluation });
            if ends_epoch {
                events.extend(self.follow().await?);
            }
        }
        let finished = self.run()?.is_finished();
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
        let mut data = dataset.summary(&run.config().data);
        data.assumptions.extend(run.adjustments());
        let started = Event::Started {
            config: run.config().clone(),
            data,
            parameters: run.parameters(),
            steps_per_epoch: run.steps_per_epoch(),
        };
        let evaluation = run.evaluate().await?;
        self.run = Some(run);
        self.allowance = None;
        let mut events = vec![started, self.enter(phase), Event::Evaluated { evaluation }];
        events.extend(self.follow().await?);
        Ok(events)
    }

    /// What the members predict along the life of the engine that is followed, if one is.
    async fn follow(&mut self) -> Result<Vec<Event>, SessionError> {
        let Some(engine) = self.followed else { return Ok(Vec::new()) };
        Ok(vec![Event::Followed { trajectory: self.run()?.trajectory(engine).await? }])
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
        let mut events = vec![configured, Event::Evaluated { evaluation: run.evaluate().await? }];
        events.extend(self.follow().await?);
        Ok(events)
    }

    fn train(&mut self, allowance: Option<u32>) -> Vec<Event> {
        // Without a run, what was to be trained was refused: that was told, and is not to be told over.
        let nothing = self.run.is_none() || allowance == Some(0);
        if nothing || matches!(self.phase, Phase::Finished | Phase::Failed) {
            return Vec::new();
        }
        self.allowance = allowance;
        if self.phase == Phase::Training { Vec::new() } else { vec![self.enter(Phase::Training)] }
    }

    /// Nothing changes unless all is well.
    fn load(&mut self, files: Vec<NamedFile>, tell: &mut dyn FnMut(Event)) {
        match reading::read(files, tell) {
            Ok(reading::Read { datasets, data, missing }) => {
                for dataset in datasets {
                    self.catalog.insert(dataset);
                }
                tell(Event::FilesLoaded { data, missing });
            }
            Err(error) => tell(Event::FilesRefused { message: error.to_string() }),
        }
    }

    /// Those that are well are taken, whatever is wrong with the others.
    fn load_packs(&mut self, packs: &[ByteBuf]) -> Vec<Event> {
        let mut refusals = Vec::new();
        for pack in packs {
            match unpack(pack) {
                Ok(dataset) => self.catalog.insert(dataset),
                Err(error) => refusals.push(Event::FilesRefused { message: error.to_string() }),
            }
        }
        refusals
    }

    fn run(&mut self) -> Result<&mut Run, SessionError> {
        self.run.as_mut().ok_or(SessionError::NoRun)
    }

    fn enter(&mut self, phase: Phase) -> Event {
        self.phase = phase;
        Event::Phase { phase }
    }
}
