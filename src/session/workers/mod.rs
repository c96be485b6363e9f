//! The workers that train a run, spoken to and heard as one.
//!
//! No clock and no browser in here: the page hands in commands, what workers say and the time, and does what comes out
//! ([`Action`]). A command is answered exactly once, whatever becomes of the workers; a worker that fails is replaced, and
//! its run goes on from its last snapshot.
//!
//! A run stands on one worker. Only the members of a λ-curve, which do not meet, are dealt out over several
//! ([`RunConfig::parts`](super::RunConfig::parts)); their records are put together by [`Merge`](super::Merge).

mod commands;
mod heard;
mod recovery;
mod spread;
mod work;

use std::collections::{BTreeMap, VecDeque};

use super::{BackendKind, Command, Event, Request, Snapshot};

use recovery::Failures;
use spread::{Answer, Spread, Starting};
use work::{Logged, Purpose, Work};

/// A place for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// One that computes on the CPU; the first one is there from the beginning.
    Cpu(usize),
    /// The one that computes on the graphics processor.
    WebGpu,
}

impl Slot {
    /// What it computes with.
    #[must_use]
    pub const fn backend(self) -> BackendKind {
        match self {
            Self::Cpu(_) => BackendKind::Cpu,
            Self::WebGpu => BackendKind::WebGpu,
        }
    }
}

/// What the page is to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Start a worker's program. What it says is to be handed in with this number, so that it is distinguished from the
    /// worker that was in its place before.
    Begin {
        /// Its place.
        slot: Slot,
        /// Its number.
        serial: u64,
    },
    /// End the worker in this place.
    End {
        /// Its place.
        slot: Slot,
    },
    /// Say this to the worker in this place.
    Say {
        /// Its place.
        slot: Slot,
        /// What to say.
        request: Request,
    },
    /// Take in what the run tells.
    Tell(Event),
    /// There are newer snapshots: see [`Workers::snapshots`].
    Keep,
}

/// A worker's program.
#[derive(Clone, Debug)]
struct Worker {
    serial: u64,
    /// Whether it has said that it listens; until then, what is to be said waits.
    listens: bool,
    waiting: Vec<Request>,
    /// Milliseconds since it was heard, and how many it may be silent.
    silence: f64,
    patience: f64,
    work: Work,
}

/// The workers, the run in force, and what is on its way.
#[derive(Clone, Debug)]
pub struct Workers {
    slots: BTreeMap<Slot, Worker>,
    /// What runs are computed with; `None` until the page has chosen. Commands wait for that.
    home: Option<BackendKind>,
    /// Workers on the CPU at most.
    most: usize,
    run: Option<Spread>,
    /// A run that was asked for and does not stand yet. The commands after it wait: what they mean depends on it.
    start: Option<Starting>,
    held: VecDeque<Request>,
    answers: BTreeMap<u32, Answer>,
    /// The data sets that every worker is given.
    packs: Option<Command>,
    /// What is followed, for a worker that takes over.
    followed: Option<Command>,
    failures: Failures,
    next_id: u32,
    next_serial: u64,
    out: Vec<Action>,
}

/// Milliseconds that a worker may be silent before it says otherwise.
const PATIENCE_MILLIS: f64 = 5_000.0;

impl Workers {
    /// No worker yet, and at most so many on the CPU.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            slots: BTreeMap::new(),
            home: None,
            most: most.max(1),
            run: None,
            start: None,
            held: VecDeque::new(),
            answers: BTreeMap::new(),
            packs: None,
            followed: None,
            failures: Failures::default(),
            next_id: 0,
            next_serial: 0,
            out: Vec::new(),
        }
    }

    /// A worker that was started already: the number that its messages are to bear.
    pub fn adopt(&mut self, slot: Slot) -> u64 {
        self.next_serial += 1;
        let serial = self.next_serial;
        let worker = Worker {
            serial,
            listens: false,
            waiting: Vec::new(),
            silence: 0.0,
            patience: PATIENCE_MILLIS,
            work: Work::default(),
        };
        self.slots.insert(slot, worker);
        serial
    }

    /// Start a worker in this place, if there is none.
    pub fn begin(&mut self, slot: Slot) -> Vec<Action> {
        self.ensure(slot);
        self.done()
    }

    /// Compute runs with this from now on. A run in force stays where it is until another one is asked for.
    pub fn settle_on(&mut self, backend: BackendKind) -> Vec<Action> {
        self.home = Some(backend);
        self.release();
        self.done()
    }

    /// What runs are computed with.
    #[must_use]
    pub const fn home(&self) -> Option<BackendKind> {
        self.home
    }

    /// The workers that train the run in force, in the order of their members.
    #[must_use]
    pub fn places(&self) -> &[Slot] {
        self.run.as_ref().map_or(&[], |run| &run.slots)
    }

    /// The newest snapshots of the run in force, one a worker, all of the same step; `None` where there are none.
    #[must_use]
    pub fn snapshots(&self) -> Option<Vec<&Snapshot>> {
        let run = self.run.as_ref().filter(|run| !run.slots.is_empty() && run.stands())?;
        let work = || run.slots.iter().filter_map(|slot| Some(&self.slots.get(slot)?.work));
        let steps: Option<Vec<u32>> = work().map(Work::saved_step).collect();
        let step = steps?.into_iter().min()?;
        work().map(|work| work.snapshot(step)).collect()
    }

    /// Whether nothing is on its way: every command has its answer.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let answered = |worker: &Worker| worker.work.log.iter().all(|logged| logged.answered);
        self.start.is_none() && self.held.is_empty() && self.answers.is_empty() && self.slots.values().all(answered)
    }

    /// Give all workers data sets, those that are started later, too.
    pub fn share(&mut self, packs: Command) -> Vec<Action> {
        let slots: Vec<Slot> = self.slots.keys().copied().collect();
        for slot in slots {
            self.say(slot, packs.clone(), Purpose::Data);
        }
        self.packs = Some(packs);
        self.done()
    }

    /// The worker that is to read a person's files, and the number of the message that holds their handles: the handles
    /// cannot pass through here. `None` while there is no worker that listens.
    pub fn reader(&mut self, id: u32) -> Option<(Slot, u32)> {
        let slot = self.first()?;
        self.slots.get(&slot).filter(|worker| worker.listens)?;
        self.next_id += 1;
        let logged = Logged {
            id: self.next_id,
            command: Command::LoadFiles { files: Vec::new() },
            purpose: Purpose::Page(id),
            answered: false,
        };
        self.slots.get_mut(&slot)?.work.log.push_back(logged);
        self.answers.insert(id, Answer::one());
        Some((slot, self.next_id))
    }

    /// The place of the worker that is spoken to first.
    fn first(&self) -> Option<Slot> {
        Some(match self.home? {
            BackendKind::Cpu => Slot::Cpu(0),
            BackendKind::WebGpu => Slot::WebGpu,
        })
    }

    /// Whether this is the worker that speaks for all of them: until it is settled where the run computes, the one on the
    /// CPU that begins with the page.
    fn is_first(&self, slot: Slot) -> bool {
        self.first().unwrap_or(Slot::Cpu(0)) == slot
    }

    fn ensure(&mut self, slot: Slot) {
        if self.slots.contains_key(&slot) {
            return;
        }
        let serial = self.adopt(slot);
        self.out.push(Action::Begin { slot, serial });
        if let Some(packs) = self.packs.clone() {
            self.say(slot, packs, Purpose::Data);
        }
    }

    /// Say something to a worker, and remember it until it is answered.
    fn say(&mut self, slot: Slot, command: Command, purpose: Purpose) {
        let Some(worker) = self.slots.get_mut(&slot) else { return };
        self.next_id += 1;
        let request = Request { id: self.next_id, command };
        worker.work.log.push_back(Logged {
            id: request.id,
            command: request.command.clone(),
            purpose,
            answered: false,
        });
        if worker.listens {
            self.out.push(Action::Say { slot, request });
        } else {
            worker.waiting.push(request);
        }
    }

    fn tell(&mut self, event: Event) {
        self.out.push(Action::Tell(event));
    }

    fn done(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests;
