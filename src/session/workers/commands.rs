//! The page's commands, as commands to the workers.

use super::spread::{Answer, Spread, Starting};
use super::work::Purpose;
use super::{Action, Slot, Workers};
use crate::session::{
    BackendKind, Change, Command, CurveConfig, Event, Patch, Phase, Request, Restart, RunConfig, Snapshot,
};

const NO_RUN: &str = "there is no run yet";
const OVER: &str = "the run cannot go on; reset it";
const ONE_MEMBER: &str = "one member is looked around; choose it first";
const GRID: &str = "the members of a λ-curve are its grid; change that, or choose one member to look at";

/// The parts of a run. None of several is a curve itself: it has some of the grid's members, and not all.
fn parts(config: &RunConfig, count: usize) -> Vec<RunConfig> {
    let of = |part: RunConfig| if count > 1 { RunConfig { curve: None, ..part } } else { part };
    config.parts(count).into_iter().map(of).collect()
}

impl Workers {
    /// Take in a command of the page. It is answered by [`Event::Applied`] or [`Event::Refused`] with its number.
    pub fn command(&mut self, request: Request) -> Vec<Action> {
        self.held.push_back(request);
        self.release();
        self.done()
    }

    /// Go on with a run from its snapshots, one a worker, on the CPU; it may be this λ-curve. Answered as a start is.
    pub fn resume(&mut self, id: u32, curve: Option<CurveConfig>, from: Vec<Snapshot>, trains: bool) -> Vec<Action> {
        self.resume_from(id, curve, from, trains);
        self.done()
    }

    fn resume_from(&mut self, id: u32, curve: Option<CurveConfig>, from: Vec<Snapshot>, trains: bool) {
        let Some(first) = from.first() else { return self.refused(id, NO_RUN) };
        let members = from.iter().flat_map(|part| part.config.members.iter().cloned()).collect();
        let config = RunConfig { members, curve, ..first.config.clone() };
        let slots = (0..from.len()).map(Slot::Cpu).collect();
        self.start_on(Starting { id, config, slots, from, trains });
    }

    /// Do what waits, as far as it can be done.
    pub(super) fn release(&mut self) {
        while self.home.is_some() && self.start.is_none() {
            let Some(Request { id, command }) = self.held.pop_front() else { return };
            self.carry_out(id, command);
        }
    }

    fn carry_out(&mut self, id: u32, command: Command) {
        match command {
            Command::Start { config } => self.start(id, config, false),
            Command::Train { config } => self.start(id, config, true),
            Command::Restore { snapshot } => {
                self.resume_from(id, snapshot.config.curve.clone(), vec![*snapshot], false);
            }
            Command::LoadPacks { .. } => {
                let mut out = self.done();
                out.extend(self.share(command));
                self.out = out;
                self.applied(id, None);
            }
            Command::Explore { .. } | Command::LoadFiles { .. } | Command::Import { .. } => {
                if let Some(first) = self.first() {
                    self.ensure(first);
                    self.forward(id, first, command);
                }
            }
            command => {
                if matches!(command, Command::Follow { .. }) {
                    self.followed = Some(command.clone());
                }
                match self.run.as_ref().map(|run| run.slots.clone()) {
                    None => self.without_run(id, &command),
                    Some(slots) => match slots[..] {
                        [slot] => self.forward(id, slot, command),
                        _ => self.send_to_parts(id, command),
                    },
                }
            }
        }
    }

    fn without_run(&mut self, id: u32, command: &Command) {
        match command {
            // It holds for the run to come.
            Command::Follow { .. } => self.applied(id, None),
            _ => self.refused(id, NO_RUN),
        }
    }

    fn forward(&mut self, id: u32, slot: Slot, command: Command) {
        self.answers.insert(id, Answer::one());
        self.say(slot, command, Purpose::Page(id));
    }

    fn start(&mut self, id: u32, config: RunConfig, trains: bool) {
        // Parts of what is refused as a whole may be fine.
        if let Err(error) = config.validate() {
            return self.refused(id, &error.to_string());
        }
        let slots = match self.home {
            Some(BackendKind::WebGpu) => vec![Slot::WebGpu],
            _ if config.curve.is_none() => vec![Slot::Cpu(0)],
            _ => (0..self.most.min(config.members.len()).max(1)).map(Slot::Cpu).collect(),
        };
        self.start_on(Starting { id, config, slots, from: Vec::new(), trains });
    }

    /// Ask the first worker to start its part; the others follow once it has. If it refuses, the run in force goes on, on
    /// all of its workers.
    fn start_on(&mut self, starting: Starting) {
        for slot in starting.slots.clone() {
            self.ensure(slot);
        }
        self.start = Some(starting);
        self.start_part(0);
    }

    pub(super) fn start_part(&mut self, part: usize) {
        let Some(starting) = &self.start else { return };
        let Some(slot) = starting.slots.get(part).copied() else { return };
        let command = if let Some(snapshot) = starting.from.get(part) {
            Command::Restore { snapshot: Box::new(snapshot.clone()) }
        } else {
            match parts(&starting.config, starting.slots.len()).into_iter().nth(part) {
                Some(config) => Command::Start { config },
                None => return,
            }
        };
        let purpose = Purpose::Start(starting.id);
        self.say(slot, command, purpose);
    }

    /// All workers have started: the run is in force.
    pub(super) fn stands(&mut self) {
        let (Some(starting), Some(run)) = (self.start.take(), &self.run) else { return };
        let slots = run.slots.clone();
        if let Some(started) = run.whole_start(starting.id) {
            self.tell(started);
        }
        self.applied(starting.id, None);
        let idle: Vec<Slot> = self.slots.keys().copied().filter(|slot| !slots.contains(slot)).collect();
        for slot in idle {
            let Some(worker) = self.slots.get_mut(&slot) else { continue };
            // Its run was replaced. What it was asked before may have made it train.
            let had_run = worker.work.base.take().is_some();
            worker.work.phase = Phase::Loading;
            worker.work.log.retain(|logged| !logged.answered);
            if had_run || !worker.work.log.is_empty() {
                self.say(slot, Command::Pause, Purpose::Own);
            }
        }
        if starting.trains {
            for slot in slots {
                self.say(slot, Command::Play, Purpose::Own);
            }
        }
        self.entered();
        self.release();
    }

    /// A command to a run in parts.
    fn send_to_parts(&mut self, id: u32, command: Command) {
        let Some(run) = &self.run else { return };
        let (slots, whole) = (run.slots.clone(), run.whole.clone());
        match command {
            Command::Reset => self.start(id, whole, false),
            Command::Change { patch, restart } => self.change_parts(id, &whole, &patch, restart),
            Command::Fork { .. } | Command::Add { .. } | Command::Remove { .. } => self.refused(id, GRID),
            Command::LookAround { .. } => self.refused(id, ONE_MEMBER),
            // Among the many members of a curve the lines could not be distinguished.
            Command::Follow { .. } => self.applied(id, None),
            Command::Play | Command::Step { .. } | Command::Save if slots.is_empty() => self.refused(id, OVER),
            // Those that are behind catch up, so that the whole run takes that many steps more than its furthest part.
            Command::Step { count } => {
                let steps = |slot: &Slot| self.slots.get(slot).map_or(0, |worker| worker.work.steps);
                let steps: Vec<u32> = slots.iter().map(steps).collect();
                let goal = steps.iter().max().map_or(0, |most| most.saturating_add(count));
                let counts = steps.into_iter().map(|steps| Command::Step { count: goal - steps });
                self.deal(id, slots.into_iter().zip(counts).collect(), None);
            }
            command => self.deal(id, slots.into_iter().map(|slot| (slot, command.clone())).collect(), None),
        }
    }

    fn change_parts(&mut self, id: u32, whole: &RunConfig, patch: &Patch, restart: Restart) {
        let next = whole.patched(patch);
        let next = match next {
            Ok(next) => next,
            Err(error) => return self.refused(id, &error.to_string()),
        };
        match whole.change_to(&next) {
            Change::Nothing => self.applied(id, None),
            Change::Restart(what) if restart == Restart::Never => {
                self.refused(id, &format!("another value of `{what}` starts training anew, which was not agreed to"));
            }
            Change::Restart(_) => self.start(id, next, restart == Restart::AgreedAndTrain),
            Change::Live => {
                let Some(run) = &mut self.run else { return };
                run.whole = next.clone();
                let slots = run.slots.clone();
                let dealt = parts(whole, slots.len()).into_iter().zip(parts(&next, slots.len()));
                let change = |(slot, (before, after)): (Slot, (RunConfig, RunConfig))| {
                    let patch = before.patch_to(&after);
                    (before != after).then_some((slot, Command::Change { patch, restart: Restart::Never }))
                };
                let changes = slots.into_iter().zip(dealt).filter_map(change).collect();
                self.deal(id, changes, Some(next));
            }
        }
    }

    /// Say something to several workers, and answer once all have.
    fn deal(&mut self, id: u32, commands: Vec<(Slot, Command)>, config: Option<RunConfig>) {
        if commands.is_empty() {
            return self.applied(id, config);
        }
        self.answers.insert(id, Answer::of(commands.len(), config));
        for (slot, command) in commands {
            self.say(slot, command, Purpose::Page(id));
        }
    }

    pub(super) fn applied(&mut self, id: u32, config: Option<RunConfig>) {
        self.tell(Event::Applied { id, config });
    }

    pub(super) fn refused(&mut self, id: u32, why: &str) {
        self.tell(Event::Refused { id, why: why.to_owned() });
    }

    /// The run's phase, where it is another one now.
    pub(super) fn entered(&mut self) {
        let Some(run) = self.run.as_ref().filter(|run| run.stands()) else { return };
        let recovers = |slot: &Slot| self.slots.get(slot).is_some_and(|worker| worker.work.is_recovering());
        if run.slots.iter().any(recovers) {
            return;
        }
        let phase = |slot: &Slot| self.slots.get(slot).map_or(Phase::Failed, |worker| worker.work.phase);
        let phases: Vec<Phase> = run.slots.iter().map(phase).collect();
        let phase = Spread::common_phase(&phases);
        if phase != run.phase {
            if let Some(run) = &mut self.run {
                run.phase = phase;
            }
            self.tell(Event::Phase { phase });
        }
    }
}
