//! What one worker is at: the run that it trains, and how to compute it anew elsewhere.

use std::collections::VecDeque;

use crate::session::{Command, Event, Phase, RunConfig, Snapshot};

/// Snapshots before the last one that are kept at most.
const MOST_OLDER: usize = 3;

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The page, for its command of this number.
    Page(u32),
    /// The page's start of this number.
    Start(u32),
    /// What takes over from a worker that failed: the run as it was at its last snapshot.
    Base,
    /// The run goes on as it did, after it was taken over or built.
    Own,
    /// The data that every worker is given.
    Data,
}

/// Something that was said to a worker.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub id: u32,
    pub command: Command,
    pub purpose: Purpose,
    pub answered: bool,
}

/// What a run is computed anew from.
#[derive(Clone, Debug)]
pub(super) enum Base {
    Beginning(Box<RunConfig>),
    Snapshot(Box<Snapshot>),
}

impl Base {
    pub fn command(&self) -> Command {
        match self {
            Self::Beginning(config) => Command::Start { config: (**config).clone() },
            Self::Snapshot(snapshot) => Command::Restore { snapshot: snapshot.clone() },
        }
    }

    pub fn step(&self) -> u32 {
        match self {
            Self::Beginning(_) => 0,
            Self::Snapshot(snapshot) => snapshot.step,
        }
    }
}

/// A worker's run, as far as the worker has reported of it.
///
/// The run in force is always what `base` and the answered commands of `log` make: each of them has changed it after
/// `base`. That is why a worker can be replaced at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    pub base: Option<Base>,
    /// Snapshots before the last one, the newest last: the parts of a run that is put away have to be of the same step.
    pub older: VecDeque<Box<Snapshot>>,
    /// The last command that is in `base`.
    pub after: u32,
    /// The commands that have changed the run since, and those that are not answered yet, oldest first.
    pub log: VecDeque<Logged>,
    /// A run that was built, and whose answer is still to come.
    pub started: Option<Event>,
    pub phase: Phase,
    /// Steps taken.
    pub steps: u32,
    /// The step to pause after, where a number of steps was asked for.
    pub goal: Option<u32>,
}

/// Whether a command changes the run itself, so that it takes it to compute the run anew.
pub(super) const fn changes_run(command: &Command) -> bool {
    matches!(command, Command::Change { .. } | Command::Fork { .. } | Command::Add { .. } | Command::Remove { .. })
}

/// The settings that a change sets.
fn keys(command: &Command) -> Option<Vec<(Option<usize>, &str)>> {
    match command {
        Command::Change { patch, .. } => Some(patch.0.iter().map(|one| (one.member, one.key.as_str())).collect()),
        _ => None,
    }
}

impl Work {
    /// Take in that a command was carried out or refused, and return it.
    pub fn answered(&mut self, id: u32, applied: bool) -> Option<Logged> {
        let place = self.log.iter().position(|logged| logged.id == id && !logged.answered)?;
        let logged = self.log.get_mut(place)?;
        logged.answered = true;
        let logged = logged.clone();
        if applied {
            match logged.command {
                Command::Step { count: 0 } => {}
                Command::Step { count } => {
                    self.goal = Some(self.steps + count);
                    self.trains();
                }
                Command::Play => {
                    self.goal = None;
                    self.trains();
                }
                Command::Pause => {
                    self.goal = None;
                    if self.phase == Phase::Training {
                        self.phase = Phase::Paused;
                    }
                }
                _ => {}
            }
        }
        if !applied || !changes_run(&logged.command) || id <= self.after {
            self.log.remove(place);
        } else {
            self.join_drag(place);
        }
        Some(logged)
    }

    /// It was ordered: a worker that takes over goes on, even if this one is lost before it says so.
    const fn trains(&mut self) {
        if matches!(self.phase, Phase::Ready | Phase::Paused) {
            self.phase = Phase::Training;
        }
    }

    /// A drag makes many changes of the same settings, of which the last one counts.
    fn join_drag(&mut self, place: usize) {
        let Some(before) = place.checked_sub(1).and_then(|before| self.log.get(before)) else { return };
        let last = self.log.get(place).and_then(|logged| keys(&logged.command));
        if before.answered && last.is_some() && keys(&before.command) == last {
            self.log.remove(place - 1);
        }
    }

    /// The run begins with this configuration, and trains at once or waits: what was before this command counts no more.
    pub fn begins(&mut self, id: u32, base: Base, trains: bool) {
        self.phase = match &base {
            _ if trains => Phase::Training,
            Base::Beginning(_) => Phase::Ready,
            Base::Snapshot(_) => Phase::Paused,
        };
        self.steps = base.step();
        self.after = id;
        self.goal = None;
        self.base = Some(base);
        self.older.clear();
        self.log.retain(|logged| !logged.answered);
    }

    /// There is a snapshot with everything up to this command.
    pub fn saved(&mut self, after: u32, snapshot: Box<Snapshot>) {
        self.after = after;
        if let Some(Base::Snapshot(before)) = self.base.replace(Base::Snapshot(snapshot)) {
            self.older.push_back(before);
            if self.older.len() > MOST_OLDER {
                self.older.pop_front();
            }
        }
        self.log.retain(|logged| !logged.answered || logged.id > after);
    }

    /// The step of the newest snapshot.
    pub fn saved_step(&self) -> Option<u32> {
        match &self.base {
            Some(Base::Snapshot(snapshot)) => Some(snapshot.step),
            _ => None,
        }
    }

    /// The snapshot of this step, if it is still there.
    pub fn snapshot(&self, step: u32) -> Option<&Snapshot> {
        let newest = match &self.base {
            Some(Base::Snapshot(snapshot)) => Some(snapshot),
            _ => None,
        };
        self.older.iter().chain(newest).rfind(|snapshot| snapshot.step == step).map(|snapshot| &**snapshot)
    }

    /// Whether the worker has not taken the run over yet: what it says is about an earlier run of its own.
    pub fn awaits_base(&self) -> bool {
        self.log.iter().any(|logged| logged.purpose == Purpose::Base && !logged.answered)
    }

    /// Whether the run is being computed anew: the phases on the way there are not reported.
    pub fn is_recovering(&self) -> bool {
        self.log
            .iter()
            .any(|logged| logged.purpose == Purpose::Base || (logged.purpose == Purpose::Own && !logged.answered))
    }
}
