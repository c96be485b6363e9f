//! What is on its way: commands that were sent and are not answered yet.

use std::borrow::Cow;

use super::{Notice, RunView, Stale};
use crate::session::{Change, Command, Patch, Phase, Request, Restart, RunConfig};

/// Commands on their way, oldest first, and a change that waits for the one before it.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    sent: Vec<Request>,
    /// A drag makes many changes. One is on its way at a time; those that follow it are joined.
    waiting: Option<Patch>,
    latest: u32,
}

impl RunView {
    /// The configuration that the controls show: what is in force, with what is on its way.
    #[must_use]
    pub fn wanted(&self) -> Cow<'_, RunConfig> {
        let before = Cow::Borrowed(self.in_force.as_ref().unwrap_or(&self.first));
        let sent = self.pending.sent.iter().fold(before, |config, request| with(config, &request.command));
        match &self.pending.waiting {
            Some(patch) => sent.patched(patch).map_or(sent, Cow::Owned),
            None => sent,
        }
    }

    /// Whether the configuration that the controls show is not in force yet.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.in_force.as_ref() != Some(&*self.wanted())
    }

    /// Whether nothing is on its way.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.pending.sent.is_empty() && self.pending.waiting.is_none()
    }

    /// A number for a message that is no command.
    pub const fn number(&mut self) -> u32 {
        self.pending.latest += 1;
        self.pending.latest
    }

    /// A command, to be sent with all that has to be sent before it.
    pub fn command(&mut self, command: Command) -> Vec<Request> {
        let mut requests = Vec::from_iter(self.release());
        requests.push(self.request(command));
        requests
    }

    /// Go to another configuration, which takes no restart. Empty where the change waits for the one before it.
    pub fn change_live(&mut self, next: &RunConfig) -> Vec<Request> {
        let is_change = |request: &Request| matches!(request.command, Command::Change { restart: Restart::Never, .. });
        if self.pending.sent.last().is_some_and(is_change) {
            self.pending.waiting = None;
            self.pending.waiting = Some(self.wanted().patch_to(next));
            return Vec::new();
        }
        let patch = self.wanted().patch_to(next);
        vec![self.request(Command::Change { patch, restart: Restart::Never })]
    }

    /// Go to another configuration and start anew there. It trains at once if this run does.
    pub fn change_anew(&mut self, next: &RunConfig) -> Vec<Request> {
        let trains = self.is_to_train();
        let wanted = self.wanted();
        let same_members = wanted.curve == next.curve && wanted.members.len() == next.members.len();
        let patch = wanted.patch_to(next);
        let command = if self.in_force.is_none() || !same_members {
            self.start(next.clone(), trains)
        } else {
            Command::Change { patch, restart: if trains { Restart::AgreedAndTrain } else { Restart::Agreed } }
        };
        self.command(command)
    }

    /// Whether training goes on once all that is on its way has been done: the last command that says so decides.
    #[must_use]
    pub fn is_to_train(&self) -> bool {
        let says = |request: &Request| match request.command {
            Command::Train { .. } | Command::Play | Command::Change { restart: Restart::AgreedAndTrain, .. } => {
                Some(true)
            }
            Command::Start { .. }
            | Command::Pause
            | Command::Reset
            | Command::Change { restart: Restart::Agreed, .. } => Some(false),
            _ => None,
        };
        let said = self.pending.sent.iter().rev().find_map(says);
        said.unwrap_or(match self.phase {
            Phase::Loading => self.first_trains,
            phase => matches!(phase, Phase::Training | Phase::Finished),
        })
    }

    /// Start a run.
    pub fn start_run(&mut self, config: RunConfig, trains: bool) -> Vec<Request> {
        let command = self.start(config, trains);
        self.command(command)
    }

    /// Until something is in force, what was asked for last is what the controls go on to show.
    fn start(&mut self, config: RunConfig, trains: bool) -> Command {
        if self.in_force.is_none() {
            self.first = config.clone();
        }
        if trains { Command::Train { config } } else { Command::Start { config } }
    }

    fn request(&mut self, command: Command) -> Request {
        let request = Request { id: self.number(), command };
        self.pending.sent.push(request.clone());
        request
    }

    fn release(&mut self) -> Option<Request> {
        let patch = self.pending.waiting.take()?;
        Some(self.request(Command::Change { patch, restart: Restart::Never }))
    }

    /// What waited for an answer and can be sent now.
    pub fn next_change(&mut self) -> Option<Request> {
        if self.pending.sent.is_empty() { self.release() } else { None }
    }

    /// A command was carried out. The run it built was reported before.
    pub(super) fn applied(&mut self, id: u32, config: Option<RunConfig>) -> Stale {
        let command = self.settle(id);
        let Some(config) = config else {
            return Stale { phase: command.is_some(), ..Stale::default() };
        };
        let known = self.in_force.as_ref().map_or(0, |config| config.members.len());
        let told = config.members.len();
        self.in_force = Some(config);
        if told > known {
            // A fork is made to be changed, so the newest member takes the focus.
            self.focus = told.saturating_sub(1);
        }
        // A control that a person moves is not moved by the answer to an earlier change.
        let controls = told != known;
        if controls { Stale { controls, ..Stale::all_figures() } } else { Stale::default() }
    }

    /// A command was refused: what it wanted is not shown any more.
    pub(super) fn refused(&mut self, id: u32, why: String) -> Stale {
        let Some(command) = self.settle(id) else {
            let resumes = self.is_resumed_by(id);
            if resumes {
                self.resumed = None;
                self.phase = Phase::Failed;
            }
            return Stale { phase: resumes, notice: Some(Notice::Wrong(why)), ..Stale::default() };
        };
        // What was to be trained was refused; that was reported.
        let is_told =
            self.in_force.is_none() && matches!(command, Command::Play | Command::Pause | Command::Step { .. });
        if self.in_force.is_none() && self.pending.sent.is_empty() {
            self.phase = Phase::Failed;
        }
        let notice = (!is_told).then_some(Notice::Wrong(why));
        Stale { controls: true, members: true, phase: true, notice, ..Stale::default() }
    }

    /// A command is not on its way any more.
    pub(super) fn settle(&mut self, id: u32) -> Option<Command> {
        let place = self.pending.sent.iter().position(|request| request.id == id)?;
        Some(self.pending.sent.remove(place).command)
    }

    /// A run that could be started where nothing is in force: the usual data, where other data was asked for.
    #[must_use]
    pub fn usual_run(&self) -> Option<RunConfig> {
        let usual = RunConfig { data: crate::data::DataConfig::default(), ..self.first.clone() };
        (self.in_force.is_none() && self.is_settled() && self.first.data != usual.data).then_some(usual)
    }

    /// What it takes to go to another configuration from the one that the controls show.
    #[must_use]
    pub fn plan(&self, next: &RunConfig) -> super::Plan {
        match self.wanted().change_to(next) {
            _ if self.in_force.is_none() => super::Plan::Restart("the run"),
            Change::Nothing => super::Plan::Nothing,
            Change::Live => super::Plan::Live,
            Change::Restart(what) => super::Plan::Restart(what),
        }
    }
}

/// A configuration as a command makes it.
fn with<'a>(config: Cow<'a, RunConfig>, command: &Command) -> Cow<'a, RunConfig> {
    let next = match command {
        Command::Start { config } | Command::Train { config } => config.clone(),
        Command::Change { patch, .. } => match config.patched(patch) {
            Ok(next) => next,
            Err(_) => return config,
        },
        Command::Fork { member } => {
            let mut next = config.clone().into_owned();
            let copy = next.members.get(*member).cloned();
            next.members.extend(copy);
            next
        }
        Command::Add { .. } => config.with_racer(),
        Command::Remove { member, .. } => config.without(*member),
        Command::Restore { snapshot } => snapshot.config.clone(),
        _ => return config,
    };
    Cow::Owned(next)
}
