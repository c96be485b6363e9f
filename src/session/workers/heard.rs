//! What workers say, as what the run tells.

use super::spread::Spread;
use super::work::{Base, Purpose};
use super::{Action, Slot, Worker, Workers};
use crate::session::{Command, Event, Phase, Restart, RunConfig, StepRecord};

impl Workers {
    /// Take in what the worker of this number says.
    pub fn hear(&mut self, slot: Slot, serial: u64, event: Event) -> Vec<Action> {
        if let Some(worker) = self.slots.get_mut(&slot).filter(|worker| worker.serial == serial) {
            worker.silence = 0.0;
            self.take(slot, event);
        }
        self.done()
    }

    fn worker(&mut self, slot: Slot) -> Option<&mut Worker> {
        self.slots.get_mut(&slot)
    }

    fn take(&mut self, slot: Slot, event: Event) {
        match event {
            Event::Ready { .. } => self.listens(slot, event),
            Event::Alive { patience_millis } => {
                if let Some(worker) = self.worker(slot) {
                    worker.patience = patience_millis;
                }
            }
            Event::Broken { message } => self.fail(slot, &message),
            Event::Unfit { why } => self.unfit(slot, why),
            Event::Applied { id, config } => self.answered(slot, id, Ok(config)),
            Event::Refused { id, why } => self.answered(slot, id, Err(why)),
            Event::Started { .. } => {
                if let Some(worker) = self.worker(slot) {
                    worker.work.started = Some(event);
                }
            }
            Event::Failed { message } if slot == Slot::WebGpu => self.fail(slot, &message),
            Event::Saved { after, snapshot } => {
                let has_run = |worker: &&mut Worker| worker.work.base.is_some() && !worker.work.awaits_base();
                let Some(worker) = self.worker(slot).filter(has_run) else { return };
                worker.work.saved(after, snapshot.clone());
                self.out.push(Action::Keep);
                if self.run.as_ref().is_some_and(|run| run.slots == [slot]) {
                    self.tell(Event::Saved { after, snapshot });
                }
            }
            // The site's data are the same for all workers, and one of them reads a person's files.
            Event::Damaged { .. } | Event::Reading { .. } | Event::FilesLoaded { .. } | Event::Unmapped { .. }
                if !self.is_first(slot) => {}
            Event::Loading { .. }
            | Event::Unreadable { .. }
            | Event::Damaged { .. }
            | Event::Reading { .. }
            | Event::FilesLoaded { .. }
            | Event::Unmapped { .. }
            | Event::Explored { .. } => self.tell(event),
            event => self.of_run(slot, event),
        }
    }

    fn listens(&mut self, slot: Slot, ready: Event) {
        let Some(worker) = self.worker(slot) else { return };
        worker.listens = true;
        let waiting = std::mem::take(&mut worker.waiting);
        self.out.extend(waiting.into_iter().map(|request| Action::Say { slot, request }));
        if matches!(slot, Slot::Cpu(0) | Slot::WebGpu) {
            self.tell(ready);
        }
    }

    fn unfit(&mut self, slot: Slot, why: String) {
        if slot == Slot::WebGpu && self.home != Some(slot.backend()) {
            self.slots.remove(&slot);
            self.out.push(Action::End { slot });
            self.tell(Event::Unfit { why });
        } else {
            self.fail(slot, &why);
        }
    }

    /// A worker has built a run, and answered: a run counts from its answer on, so that one that is lost before it has not
    /// begun.
    fn started(&mut self, slot: Slot, event: Event) {
        let Event::Started { id, config, data, parameters, steps_per_epoch } = event else { return };
        let Some(worker) = self.slots.get_mut(&slot) else { return };
        let Some(logged) = worker.work.log.iter().find(|logged| logged.id == id) else { return };
        let base = match &logged.command {
            Command::Restore { snapshot } => Base::Snapshot(snapshot.clone()),
            _ => Base::Beginning(Box::new(config.clone())),
        };
        let told = |id: u32, config: RunConfig| Event::Started { id, config, data, parameters, steps_per_epoch };
        match logged.purpose {
            // The same run as before.
            Purpose::Base => {}
            Purpose::Start(asked) => {
                worker.work.begins(id, base, false);
                let Some(starting) = self.start.as_ref().filter(|starting| starting.id == asked) else { return };
                let Some(part) = starting.slots.iter().position(|own| *own == slot) else { return };
                if part == 0 {
                    self.run = Some(Spread::new(starting));
                    // Answers that are still to come are about the run before.
                    self.answers.values_mut().for_each(|answer| answer.is_stale = true);
                }
                if let Some(place) = self.run.as_mut().and_then(|run| run.started.get_mut(part)) {
                    *place = Some(told(id, config));
                }
            }
            // A restart that was agreed to, on the one worker of the run.
            Purpose::Page(asked) => {
                let trains = matches!(
                    logged.command,
                    Command::Train { .. }
                        | Command::Change { restart: Restart::AgreedAndTrain, .. }
                        | Command::Add { restart: Restart::AgreedAndTrain }
                        | Command::Remove { restart: Restart::AgreedAndTrain, .. }
                );
                worker.work.begins(id, base, trains);
                let started = told(asked, config.clone());
                // Unless the run has moved to another worker since.
                if let Some(run) = self.run.as_mut().filter(|run| run.slots == [slot]) {
                    run.whole = config;
                    run.started = vec![Some(started.clone())];
                    run.merge = crate::session::Merge::new(1);
                    self.tell(started);
                }
            }
            Purpose::Own | Purpose::Data => worker.work.begins(id, base, false),
        }
    }

    /// A worker has answered.
    fn answered(&mut self, slot: Slot, id: u32, result: Result<Option<RunConfig>, String>) {
        let Some(worker) = self.slots.get_mut(&slot) else { return };
        if let Some(event) = worker.work.started.take_if(|_| result.is_ok()) {
            self.started(slot, event);
        }
        let Some(worker) = self.slots.get_mut(&slot) else { return };
        let Some(logged) = worker.work.answered(id, result.is_ok()) else { return };
        match logged.purpose {
            Purpose::Own => self.entered(),
            Purpose::Base => {
                if let Err(why) = result {
                    return self.give_up(&format!("the run cannot be taken up again: {why}"));
                }
                self.entered();
            }
            Purpose::Data => {
                if let (Err(message), true) = (result, self.is_first(slot)) {
                    self.tell(Event::Damaged { message });
                }
            }
            Purpose::Start(asked) => self.start_answered(slot, asked, result),
            Purpose::Page(asked) => {
                self.part_answered(asked, result);
                self.entered();
            }
        }
    }

    fn start_answered(&mut self, slot: Slot, asked: u32, result: Result<Option<RunConfig>, String>) {
        let Some(starting) = self.start.as_ref().filter(|starting| starting.id == asked) else { return };
        let is_first = starting.slots.first() == Some(&slot);
        match result {
            Err(why) if is_first => {
                self.start = None;
                self.refused(asked, &why);
                self.release();
            }
            Err(why) => self.give_up(&why),
            Ok(_) => {
                if is_first {
                    let count = starting.slots.len();
                    (1..count).for_each(|part| self.start_part(part));
                }
                if self.run.as_ref().is_some_and(Spread::stands) {
                    self.stands();
                }
            }
        }
    }

    fn part_answered(&mut self, asked: u32, result: Result<Option<RunConfig>, String>) {
        let Some(answer) = self.answers.get_mut(&asked) else { return };
        answer.left = answer.left.saturating_sub(1);
        match result {
            Ok(config) => {
                answer.applied = true;
                if answer.config.is_none()
                    && !answer.is_stale
                    && let Some(config) = config
                {
                    if let Some(run) = &mut self.run {
                        run.whole = config.clone();
                    }
                    answer.config = Some(config);
                }
            }
            Err(why) => answer.refused = Some(why),
        }
        if answer.left == 0
            && let Some(answer) = self.answers.remove(&asked)
        {
            // A part of a run that is finished already refuses to train on; the others do.
            match answer.refused.filter(|_| !answer.applied) {
                Some(why) => self.refused(asked, &why),
                None => self.applied(asked, answer.config.filter(|_| !answer.is_stale)),
            }
        }
    }

    /// What a worker tells of the run in force. What is reported of an earlier one is left out.
    fn of_run(&mut self, slot: Slot, event: Event) {
        let Some(part) = self.run.as_ref().and_then(|run| run.part(slot)) else { return };
        let (Some(run), Some(worker)) = (&mut self.run, self.slots.get_mut(&slot)) else { return };
        if worker.work.awaits_base() {
            return;
        }
        let is_recovering = worker.work.is_recovering();
        let told = match event {
            Event::Phase { phase } => {
                worker.work.phase = phase;
                if !is_recovering && phase != Phase::Training {
                    worker.work.goal = None;
                }
                return self.entered();
            }
            Event::Steps { steps } => {
                worker.work.steps = steps.last().map_or(worker.work.steps, |step| step.step);
                let steps: Vec<StepRecord> = steps.into_iter().filter_map(|step| run.merge.step(part, step)).collect();
                (!steps.is_empty()).then_some(Event::Steps { steps })
            }
            Event::Evaluated { evaluation } => {
                let whole = run.merge.evaluation(part, evaluation);
                whole.map(|evaluation| Event::Evaluated { evaluation })
            }
            Event::Followed { .. } if run.slots.len() > 1 => None,
            Event::Failed { .. } | Event::Followed { .. } | Event::LookedAround { .. } => Some(event),
            _ => None,
        };
        if let Some(event) = told {
            self.tell(event);
        }
    }
}
