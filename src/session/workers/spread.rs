//! A run over one worker or several: what each was asked to start, and what they reported, as one.

use super::Slot;
use crate::session::{Event, Merge, Phase, RunConfig, Snapshot};

/// A run that was asked for and does not stand yet.
#[derive(Clone, Debug)]
pub(super) struct Starting {
    /// The page's command.
    pub id: u32,
    pub config: RunConfig,
    pub slots: Vec<Slot>,
    /// What each worker goes on from; empty for a run that begins.
    pub from: Vec<Snapshot>,
    /// Whether it is to train at once.
    pub trains: bool,
}

/// The run in force.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// The configuration with all that was asked for: live changes of a run in parts are checked before they are dealt
    /// out, so that none is refused by one worker and taken by another.
    pub whole: RunConfig,
    /// The workers, in the order of their members. None, where they were given up.
    pub slots: Vec<Slot>,
    /// What each reported of its start; what it reported before is about an earlier run.
    pub started: Vec<Option<Event>>,
    pub merge: Merge,
    /// The phase that was reported.
    pub phase: Phase,
}

impl Spread {
    pub fn new(starting: &Starting) -> Self {
        let count = starting.slots.len();
        Self {
            whole: starting.config.clone(),
            slots: starting.slots.clone(),
            started: vec![None; count],
            merge: Merge::new(count),
            phase: Phase::Loading,
        }
    }

    /// Whether all its workers have started.
    pub fn stands(&self) -> bool {
        self.started.iter().all(Option::is_some)
    }

    /// The part that a worker trains, once it has started it.
    pub fn part(&self, slot: Slot) -> Option<usize> {
        let part = self.slots.iter().position(|own| *own == slot)?;
        self.started.get(part)?.as_ref().map(|_| part)
    }

    /// What the run tells of its start.
    pub fn whole_start(&self, id: u32) -> Option<Event> {
        match self.started.first()?.as_ref()? {
            Event::Started { data, parameters, steps_per_epoch, .. } => Some(Event::Started {
                id,
                config: self.whole.clone(),
                data: data.clone(),
                parameters: *parameters,
                steps_per_epoch: *steps_per_epoch,
            }),
            _ => None,
        }
    }

    /// The phase of the whole, from those of its parts.
    pub fn common_phase(phases: &[Phase]) -> Phase {
        let any = |phase| phases.contains(&phase);
        match phases.first() {
            None => Phase::Failed,
            Some(first) if phases.iter().all(|phase| phase == first) => *first,
            _ if any(Phase::Failed) => Phase::Failed,
            _ if any(Phase::Loading) => Phase::Loading,
            _ if any(Phase::Training) || any(Phase::Ready) => Phase::Training,
            _ => Phase::Paused,
        }
    }
}

/// An answer that the page waits for.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Workers that have not answered yet.
    pub left: usize,
    /// The configuration in force once all have.
    pub config: Option<RunConfig>,
    pub refused: Option<String>,
    /// Whether a worker has carried it out.
    pub applied: bool,
    /// Whether another run is in force by now, so that the configuration is none of its.
    pub is_stale: bool,
}

impl Answer {
    /// The answer of so many workers, after which this configuration is in force.
    pub const fn of(left: usize, config: Option<RunConfig>) -> Self {
        Self { left, config, refused: None, applied: false, is_stale: false }
    }

    /// The answer of one worker.
    pub fn one() -> Self {
        Self::of(1, None)
    }
}
