//! Workers that fail: how that is noticed, and how their runs go on.

use std::collections::VecDeque;

use super::spread::Answer;
use super::work::{Logged, Purpose, Work, changes_run};
use super::{Action, Slot, Workers};
use crate::session::{BackendKind, Command, Event, Phase};

/// The most that a look at the workers counts as silence, in milliseconds: a page that itself stood still, in the
/// background or asleep, has not listened for the rest of it.
const MOST_SILENCE_MILLIS: f64 = 1_500.0;

/// So many failures within so many milliseconds are reported as a failure of the run.
const MOST_FAILURES: usize = 3;
const FAILURES_MILLIS: f64 = 60_000.0;

/// When workers failed, and what time it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Failures {
    now: Option<f64>,
    times: VecDeque<f64>,
}

impl Failures {
    /// Milliseconds since the last look that count as silence.
    fn look(&mut self, now: f64) -> f64 {
        let before = self.now.replace(now).unwrap_or(now);
        (now - before).clamp(0.0, MOST_SILENCE_MILLIS)
    }

    /// Count a failure. Whether it is one too many.
    fn count(&mut self) -> bool {
        let now = self.now.unwrap_or_default();
        self.times.retain(|time| now - time < FAILURES_MILLIS);
        self.times.push_back(now);
        self.times.len() >= MOST_FAILURES
    }
}

impl Workers {
    /// Look at the workers, at this time in milliseconds: one that has been silent for longer than it may stands still.
    pub fn look(&mut self, now: f64) -> Vec<Action> {
        let passed = self.failures.look(now);
        let mut silent = Vec::new();
        for (slot, worker) in self.slots.iter_mut().filter(|(_, worker)| worker.listens) {
            worker.silence += passed;
            if worker.silence > worker.patience {
                silent.push((*slot, worker.silence / 1000.0));
            }
        }
        for (slot, seconds) in silent {
            self.fail(slot, &format!("it stood still for {seconds:.0} seconds"));
        }
        self.done()
    }

    /// Take in that the worker of this number has ended: its program could not be loaded, or it broke down.
    pub fn ended(&mut self, slot: Slot, serial: u64, why: &str) -> Vec<Action> {
        if self.slots.get(&slot).is_some_and(|worker| worker.serial == serial) {
            self.fail(slot, why);
        }
        self.done()
    }

    pub(super) fn fail(&mut self, slot: Slot, why: &str) {
        let in_run = self.run.as_ref().is_some_and(|run| run.slots.contains(&slot));
        let in_start = self.start.as_ref().is_some_and(|start| start.slots.contains(&slot));
        let is_home = self.is_first(slot);
        self.out.push(Action::End { slot });
        if !(in_run || in_start || is_home) {
            // Nothing is on it. It is started again when it is needed.
            self.forget(slot, why);
            if slot == Slot::WebGpu {
                self.tell(Event::Unfit { why: why.to_owned() });
            }
            return;
        }
        if self.failures.count() {
            return self.give_up(why);
        }
        let (to, work) = if slot == Slot::WebGpu { self.leave_webgpu() } else { (slot, self.renew(slot)) };
        let step = if slot == Slot::WebGpu && work.base.is_none() {
            // It had not begun: what the other worker trains goes on.
            self.ask_again(to, work.log.into_iter(), Phase::Loading);
            None
        } else {
            self.take_up(to, work)
        };
        self.tell(Event::Replaced { why: why.to_owned(), step, backend: to.backend() });
    }

    /// Another worker in the same place. What the one before it was at.
    fn renew(&mut self, slot: Slot) -> Work {
        let work = self.slots.remove(&slot).map(|worker| worker.work).unwrap_or_default();
        self.ensure(slot);
        work
    }

    /// The graphics processor is lost: the first worker on the CPU takes over. What the lost one was at.
    fn leave_webgpu(&mut self) -> (Slot, Work) {
        let to = Slot::Cpu(0);
        let work = self.slots.remove(&Slot::WebGpu).map(|worker| worker.work).unwrap_or_default();
        self.home = Some(BackendKind::Cpu);
        self.ensure(to);
        let runs = self.run.iter_mut().map(|run| &mut run.slots);
        let lists = runs.chain(self.start.iter_mut().map(|start| &mut start.slots));
        for slot in lists.flatten().filter(|slot| **slot == Slot::WebGpu) {
            *slot = to;
        }
        (to, work)
    }

    /// Let a worker compute its run anew from the last snapshot. The step that has to be taken back to, where steps after
    /// it were reported.
    fn take_up(&mut self, slot: Slot, work: Work) -> Option<u32> {
        let worker = self.slots.get_mut(&slot)?;
        // What is on its way to this very worker comes before everything else; what has changed an earlier run of its own
        // counts no more.
        let on_its_way = std::mem::take(&mut worker.work.log).into_iter().filter(|logged| !logged.answered).collect();
        worker.work = Work { started: None, ..work };
        let log = std::mem::replace(&mut worker.work.log, on_its_way);
        let (phase, goal) = (worker.work.phase, worker.work.goal);
        let parts = self.run.as_ref().map_or(1, |run| run.slots.len());
        let base = worker.work.base.as_ref().map(|base| (base.command(), base.step()));
        let mut back = None;
        if let Some((command, step)) = base {
            let told = std::mem::replace(&mut worker.work.steps, step);
            back = (told > step).then_some(step);
            if let Some(follow) = self.followed.clone().filter(|_| parts == 1) {
                self.say(slot, follow, Purpose::Own);
            }
            self.say(slot, command, Purpose::Base);
            let is_replay = |purpose, answered| answered || purpose == Purpose::Own;
            for logged in log.iter().filter(|logged| is_replay(logged.purpose, logged.answered)) {
                if changes_run(&logged.command) {
                    self.say(slot, logged.command.clone(), Purpose::Own);
                }
            }
            if phase == Phase::Training {
                let go_on = goal.map_or(Command::Play, |goal| Command::Step { count: goal.saturating_sub(step) });
                self.say(slot, go_on, Purpose::Own);
            }
        }
        self.ask_again(slot, log.into_iter(), phase);
        let part = self.run.as_ref().and_then(|run| run.part(slot));
        if let (Some(part), Some(step), Some(run)) = (part, back, &mut self.run) {
            run.merge.rewind(part, step, parts == 1);
        }
        back.filter(|_| parts == 1)
    }

    /// Ask a worker what another one has not answered.
    fn ask_again(&mut self, slot: Slot, log: impl Iterator<Item = Logged>, phase: Phase) {
        for logged in log.filter(|logged| !logged.answered) {
            match (logged.purpose, &logged.command) {
                // The handles of the files are with the page, which gives them again.
                (Purpose::Page(id), Command::LoadFiles { .. } | Command::Import { .. }) => {
                    self.answers.remove(&id);
                }
                (Purpose::Page(_) | Purpose::Start(_), _) => self.say(slot, logged.command, logged.purpose),
                (Purpose::Own, Command::Play | Command::Step { .. }) if phase != Phase::Training => {
                    self.say(slot, logged.command, logged.purpose);
                }
                _ => {}
            }
        }
    }

    /// The run cannot go on. Its configuration stays in force, so that it can be changed and begun again.
    pub(super) fn give_up(&mut self, why: &str) {
        let mut slots = self.run.as_mut().map(|run| std::mem::take(&mut run.slots)).unwrap_or_default();
        if let Some(run) = &mut self.run {
            run.started.clear();
            run.phase = Phase::Failed;
        }
        if let Some(start) = self.start.take() {
            slots.extend(start.slots);
            self.refused(start.id, why);
        }
        slots.extend(self.first());
        if self.home.is_none() {
            slots.push(Slot::Cpu(0));
        }
        slots.sort_unstable();
        slots.dedup();
        for slot in slots {
            if self.slots.contains_key(&slot) {
                self.out.push(Action::End { slot });
                self.forget(slot, why);
            }
        }
        self.failures.times.clear();
        self.home.get_or_insert(BackendKind::Cpu);
        self.tell(Event::Broken { message: format!("training stopped: {why}") });
        self.release();
    }

    /// A worker is gone; what it was asked is refused.
    fn forget(&mut self, slot: Slot, why: &str) {
        let Some(worker) = self.slots.remove(&slot) else { return };
        for logged in worker.work.log.into_iter().filter(|logged| !logged.answered) {
            if let Purpose::Page(id) = logged.purpose
                && let Some(Answer { .. }) = self.answers.remove(&id)
            {
                self.refused(id, why);
            }
        }
    }
}
