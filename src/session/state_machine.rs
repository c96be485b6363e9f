//! The state machine: a command in, events out.

use serde_bytes::ByteBuf;

use super::trains::Trains;
use super::{
    Change, Command, Event, Patch, Phase, Request, Restart, Run, RunConfig, Snapshot, SnapshotError, TestEngine,
    reading,
};
use crate::ConfigError;
use crate::data::{Catalog, DataError, DataSummary, unpack};
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
    /// A snapshot that cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
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
    /// A command that trains on, and all epochs are done or the run cannot go on.
    #[error("the run is over")]
    Over,
    /// A change that takes a restart, and none was agreed to.
    #[error("another value of `{0}` starts training anew, which was not agreed to")]
    Restart(&'static str),
    /// Data sets that are damaged.
    #[error("{0}")]
    Packs(String),
}

/// A run and the data at hand, driven by commands.
///
/// It knows neither page nor worker: whoever owns it applies commands between steps and calls [`Session::advance`] as
/// long as the phase is [`Phase::Training`].
pub struct Session<R = Run> {
    device: Device,
    catalog: Catalog,
    run: Option<R>,
    phase: Phase,
    /// Steps still to take before pausing, where a number was given.
    allowance: Option<u32>,
    /// The test engine whose life is reported, where one is.
    followed: Option<TestEngine>,
    /// Whether a snapshot follows whatever cannot be computed anew from the commands alone.
    saves: bool,
    /// The last command.
    latest: u32,
}

/// What a command came to, in the order in which it is reported.
#[derive(Default)]
struct Done {
    started: Option<Event>,
    /// The configuration in force, where it changed without a restart.
    config: Option<RunConfig>,
    /// What follows from it.
    then: Vec<Event>,
}

impl From<Vec<Event>> for Done {
    fn from(then: Vec<Event>) -> Self {
        Self { then, ..Self::default() }
    }
}

impl Session {
    /// A session without a run.
    #[must_use]
    pub const fn new(device: Device, catalog: Catalog) -> Self {
        Self::empty(device, catalog)
    }
}

impl<R> Session<R> {
    /// A session without a run, of any kind.
    pub(super) const fn empty(device: Device, catalog: Catalog) -> Self {
        Self {
            device,
            catalog,
            run: None,
            phase: Phase::Loading,
            allowance: None,
            followed: None,
            saves: false,
            latest: 0,
        }
    }

    /// The same session, which tells [`Event::Saved`] at the end of every epoch and after a fork.
    #[must_use]
    pub fn saving(self) -> Self {
        Self { saves: true, ..self }
    }

    /// Where the run stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    fn enter(&mut self, phase: Phase) -> Event {
        self.phase = phase;
        Event::Phase { phase }
    }

    fn run(&mut self) -> Result<&mut R, SessionError> {
        self.run.as_mut().ok_or(SessionError::NoRun)
    }
}

impl<R: Trains> Session<R> {
    /// The run in force, where there is one: for what is measured of it beside the events.
    #[must_use]
    pub const fn in_progress(&self) -> Option<&R> {
        self.run.as_ref()
    }

    /// The configuration in force, where there is a run.
    #[must_use]
    pub fn config(&self) -> Option<&RunConfig> {
        self.run.as_ref().map(Trains::config)
    }

    /// Carry out a command. What cannot be done is answered with [`Event::Refused`], and the run stays as it was.
    pub async fn apply(&mut self, request: impl Into<Request>) -> Vec<Event> {
        let mut events = Vec::new();
        self.apply_with(request.into(), &mut |event| events.push(event)).await;
        events
    }

    /// As [`Session::apply`]; every event is reported as soon as it is true, so that long work is heard of while it goes on.
    ///
    /// A new run is reported before the answer, and what follows from the command after it.
    pub async fn apply_with(&mut self, Request { id, command }: Request, tell: &mut dyn FnMut(Event)) {
        self.latest = id;
        let done = match command {
            Command::LoadFiles { files } => {
                reading::read(files, tell).map(|read| self.load(read)).map_err(SessionError::from)
            }
            Command::Import { mapping, files } => {
                reading::import(&mapping, files, tell).map(|read| self.load(read)).map_err(SessionError::from)
            }
            command => self.carry_out(command).await,
        };
        match done {
            Ok(Done { started, config, then }) => {
                started.into_iter().for_each(&mut *tell);
                tell(Event::Applied { id, config });
                then.into_iter().for_each(tell);
            }
            Err(error) => tell(Event::Refused { id, why: error.to_string() }),
        }
    }

    async fn carry_out(&mut self, command: Command) -> Result<Done, SessionError> {
        match command {
            Command::Start { config } => self.start(config, Restart::Agreed).await,
            Command::Train { config } => self.start(config, Restart::AgreedAndTrain).await,
            Command::Change { patch, restart } => self.change(&patch, restart).await,
            Command::Add { restart } => {
                let next = self.run()?.config().with_racer();
                self.go_to(next, restart).await
            }
            Command::Remove { member, restart } => {
                let config = self.run()?.config();
                let members = config.members.len();
                if member >= members {
                    return Err(SessionError::Member { found: member, members });
                }
                let next = config.without(member);
                self.go_to(next, restart).await
            }
            Command::Play => self.train(None).map(Done::from),
            Command::Step { count } => self.train(Some(count)).map(Done::from),
            Command::Pause => {
                self.allowance = None;
                let paused = (self.phase == Phase::Training).then(|| self.enter(Phase::Paused));
                Ok(Vec::from_iter(paused).into())
            }
            Command::Reset => {
                let config = self.run()?.config().clone();
                self.start(config, Restart::Agreed).await
            }
            Command::Fork { member } => self.fork(member).await,
            Command::Save => Ok(vec![self.saved().await?].into()),
            Command::Restore { snapshot } => self.restore(*snapshot).await,
            Command::Follow { engine } => {
                self.followed = Some(engine);
                if self.run.is_some() { self.follow().await.map(Done::from) } else { Ok(Done::default()) }
            }
            Command::LookAround { around } => {
                let landscape = self.run()?.look_around(around).await?;
                Ok(vec![Event::LookedAround { landscape }].into())
            }
            Command::LoadPacks { packs } => self.load_packs(&packs).map(|()| Done::default()),
            // Told on the way: see `apply_with`.
            Command::LoadFiles { .. } | Command::Import { .. } => Ok(Done::default()),
            Command::Explore { question } => {
                let answer = answer(&mut self.catalog, &question);
                Ok(vec![Event::Explored { question, answer }].into())
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
                events.extend(self.saved_for_recovery().await);
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

    async fn start(&mut self, config: RunConfig, restart: Restart) -> Result<Done, SessionError> {
        let (run, data) = R::build(config, &mut self.catalog, &self.device)?;
        let mut done = self.begin(run, data, Phase::Ready).await?;
        if restart == Restart::AgreedAndTrain {
            done.then.extend(self.train(None)?);
        }
        Ok(done)
    }

    async fn restore(&mut self, snapshot: Snapshot) -> Result<Done, SessionError> {
        let (run, data) = R::resume(snapshot, &mut self.catalog, &self.device).await?;
        let phase = if run.is_finished() { Phase::Finished } else { Phase::Paused };
        self.begin(run, data, phase).await
    }

    /// Measure a run and put it in the place of the one before.
    async fn begin(&mut self, mut run: R, data: DataSummary, phase: Phase) -> Result<Done, SessionError> {
        let started = Event::Started {
            id: self.latest,
            config: run.config().clone(),
            data,
            parameters: run.parameters(),
            steps_per_epoch: run.steps_per_epoch(),
        };
        let evaluation = run.evaluate().await?;
        let followed = match self.followed {
            Some(engine) => Some(Event::Followed { trajectory: run.trajectory(engine).await? }),
            None => None,
        };
        self.run = Some(run);
        self.allowance = None;
        let mut then = vec![self.enter(phase), Event::Evaluated { evaluation }];
        then.extend(followed);
        Ok(Done { started: Some(started), config: None, then })
    }

    /// What the members predict along the life of the engine that is followed, if one is.
    async fn follow(&mut self) -> Result<Vec<Event>, SessionError> {
        let Some(engine) = self.followed else { return Ok(Vec::new()) };
        Ok(vec![Event::Followed { trajectory: self.run()?.trajectory(engine).await? }])
    }

    async fn saved(&mut self) -> Result<Event, SessionError> {
        let after = self.latest;
        Ok(Event::Saved { after, snapshot: Box::new(self.run()?.snapshot().await?) })
    }

    /// A run that cannot be put away goes on all the same: it is then computed anew from its beginning where it is lost.
    async fn saved_for_recovery(&mut self) -> Option<Event> {
        if self.saves { self.saved().await.ok() } else { None }
    }

    async fn change(&mut self, patch: &Patch, restart: Restart) -> Result<Done, SessionError> {
        let next = self.run()?.config().patched(patch)?;
        self.go_to(next, restart).await
    }

    async fn go_to(&mut self, next: RunConfig, restart: Restart) -> Result<Done, SessionError> {
        match self.run()?.config().change_to(&next) {
            Change::Nothing => Ok(Done::default()),
            Change::Live => self.configure(next),
            Change::Restart(what) if restart == Restart::Never => Err(SessionError::Restart(what)),
            Change::Restart(_) => self.start(next, restart).await,
        }
    }

    fn configure(&mut self, config: RunConfig) -> Result<Done, SessionError> {
        let run = self.run()?;
        run.configure(config.clone())?;
        let finished = run.is_finished();
        let then = match self.phase {
            // More epochs reopen a finished run; fewer end one that is past them.
            Phase::Finished if !finished => vec![self.enter(Phase::Paused)],
            Phase::Training | Phase::Paused if finished => vec![self.enter(Phase::Finished)],
            _ => Vec::new(),
        };
        Ok(Done { config: Some(config), then, ..Done::default() })
    }

    /// Add a copy of a member, and measure it.
    async fn fork(&mut self, member: usize) -> Result<Done, SessionError> {
        let run = self.run()?;
        run.fork(member).await?;
        let config = Some(run.config().clone());
        let mut then = vec![Event::Evaluated { evaluation: run.evaluate().await? }];
        then.extend(self.follow().await?);
        then.extend(self.saved_for_recovery().await);
        Ok(Done { config, then, ..Done::default() })
    }

    fn train(&mut self, allowance: Option<u32>) -> Result<Vec<Event>, SessionError> {
        self.run()?;
        if matches!(self.phase, Phase::Finished | Phase::Failed) {
            return Err(SessionError::Over);
        }
        if allowance == Some(0) {
            return Ok(Vec::new());
        }
        self.allowance = allowance;
        Ok(if self.phase == Phase::Training { Vec::new() } else { vec![self.enter(Phase::Training)] })
    }

    /// Nothing changes unless all is well.
    fn load(&mut self, read: reading::Read) -> Done {
        for dataset in read.datasets {
            self.catalog.insert(dataset);
        }
        vec![read.told].into()
    }

    /// Those that are well are taken, whatever is wrong with the others.
    fn load_packs(&mut self, packs: &[ByteBuf]) -> Result<(), SessionError> {
        let mut refusals = Vec::new();
        for pack in packs {
            match unpack(pack) {
                Ok(dataset) => self.catalog.insert(dataset),
                Err(error) => refusals.push(error.to_string()),
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(SessionError::Packs(refusals.join("; "))) }
    }
}
