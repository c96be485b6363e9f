//! Runs measured one after the other by a worker that is spoken to with commands and heard through events.

use serde::{Deserialize, Serialize};

use super::record::key;
use super::{Record, Tally};
use crate::session::{Command, Event, Phase, Request, RunConfig, Snapshot};

/// A run on its way, as it is put away at the end of an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The key of its configuration.
    pub key: String,
    tally: Tally,
    snapshot: Box<Snapshot>,
}

/// Something that a measurement came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A run has come to its end.
    Record(Box<Record>),
    /// A run stands at the end of an epoch: whoever keeps this loses no more than the next one.
    Kept(Box<Kept>),
    /// The run was refused, for this reason. It says nothing of the run, which may be tried again: its data may be at hand
    /// then.
    Refused(String),
}

/// How far a measurement is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Advance {
    /// Runs that have their record.
    pub done: usize,
    /// Share of the present run that is done.
    pub present: f32,
    /// Runs that were planned.
    pub planned: usize,
}

/// A plan of runs, measured one after the other.
///
/// It says what to tell the worker and learns from what the worker tells; it neither computes nor keeps anything.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// What is still to be run, the next one last.
    waiting: Vec<RunConfig>,
    planned: usize,
    current: Option<RunConfig>,
    tally: Tally,
    /// The same at the run's last snapshot, which a worker that takes over goes on from.
    at_snapshot: Tally,
    steps_per_epoch: u32,
    paused: bool,
    /// The number of the last command, and of the one that the present run began with.
    latest: u32,
    begun: u32,
}

impl Measurement {
    /// The runs of a plan that have no record yet.
    #[must_use]
    pub fn new(plan: &[RunConfig], records: &[Record]) -> Self {
        let has_record = |config: &RunConfig| records.iter().any(|record| record.key == key(config));
        let waiting: Vec<RunConfig> = plan.iter().filter(|config| !has_record(config)).rev().cloned().collect();
        Self {
            waiting,
            planned: plan.len(),
            current: None,
            tally: Tally::default(),
            at_snapshot: Tally::default(),
            steps_per_epoch: 1,
            paused: false,
            latest: 0,
            begun: 0,
        }
    }

    /// Begin with the next run, from what was kept of it if something was. Nothing is to be said once all are done.
    pub fn next(&mut self, kept: Option<Kept>) -> Vec<Request> {
        self.current = self.waiting.pop();
        self.begin(kept)
    }

    fn begin(&mut self, kept: Option<Kept>) -> Vec<Request> {
        self.tally = Tally::default();
        let Some(config) = self.current.clone() else { return Vec::new() };
        let begin = match kept.filter(|kept| kept.key == key(&config)) {
            Some(Kept { tally, snapshot, .. }) => {
                self.tally = tally;
                Command::Restore { snapshot }
            }
            None => Command::Start { config },
        };
        self.at_snapshot = self.tally.clone();
        let begin = self.request(begin);
        self.begun = begin.id;
        let mut said = vec![begin];
        if !self.paused {
            said.push(self.request(Command::Play));
        }
        said
    }

    const fn request(&mut self, command: Command) -> Request {
        self.latest += 1;
        Request { id: self.latest, command }
    }

    /// Whether every run has its record.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.current.is_none()
    }

    /// Whether it waits for a person.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Wait, or go on.
    pub fn pause(&mut self, paused: bool) -> Request {
        self.paused = paused;
        self.request(if paused { Command::Pause } else { Command::Play })
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Advance {
        let open = self.waiting.len() + usize::from(self.current.is_some());
        let present = self
            .current
            .as_ref()
            .map_or(0.0, |config| self.tally.steps as f32 / config.steps(self.steps_per_epoch).max(1) as f32);
        Advance { done: self.planned - open, present: present.min(1.0), planned: self.planned }
    }

    /// Take in what the worker reported: what to tell it, and what came of it.
    pub fn hear(&mut self, event: Event) -> (Vec<Request>, Option<Outcome>) {
        let Some(config) = &self.current else { return (Vec::new(), None) };
        match event {
            Event::Started { parameters, steps_per_epoch, .. } => {
                self.steps_per_epoch = steps_per_epoch;
                if self.tally.steps == 0 {
                    self.tally = Tally::new(parameters);
                    self.at_snapshot = self.tally.clone();
                }
            }
            Event::Steps { steps } => steps.iter().for_each(|step| self.tally.step(step)),
            Event::Evaluated { evaluation } => {
                let steps = evaluation.step;
                // The first evaluation of a run that was restored has been counted before it was put away.
                if steps > 0 && self.tally.ends_new_epoch(steps) {
                    self.tally.evaluation(evaluation);
                }
            }
            // Told at the end of every epoch; what is left of an earlier run is none of this one's.
            Event::Saved { snapshot, .. } if snapshot.config == *config => {
                self.at_snapshot = self.tally.clone();
                let kept = Kept { key: key(config), tally: self.tally.clone(), snapshot };
                return (Vec::new(), Some(Outcome::Kept(Box::new(kept))));
            }
            Event::Phase { phase: Phase::Finished } => {
                let record = std::mem::take(&mut self.tally).record(config.clone());
                self.current = None;
                return (Vec::new(), Some(Outcome::Record(Box::new(record))));
            }
            // Its steps since the snapshot are taken again.
            Event::Replaced { step: Some(_), .. } => self.tally = self.at_snapshot.clone(),
            Event::Refused { id, why } if id == self.begun => {
                // What was kept may be of another version of this program, or of data that is not at hand any more.
                if self.tally.steps > 0 {
                    return (self.begin(None), None);
                }
                self.waiting.extend(self.current.take());
                return (Vec::new(), Some(Outcome::Refused(why)));
            }
            // That is the browser's fault, and not the run's.
            Event::Broken { message } => {
                self.waiting.extend(self.current.take());
                return (Vec::new(), Some(Outcome::Refused(message)));
            }
            Event::Failed { message } => {
                let record = Record::failed(config.clone(), message);
                self.current = None;
                return (Vec::new(), Some(Outcome::Record(Box::new(record))));
            }
            _ => {}
        }
        (Vec::new(), None)
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::data::{Catalog, Origin};
    use crate::experiment::conduct;
    use crate::loss::Normalization;
    use crate::session::Session;
    use crate::train::Device;
    use crate::weighting::WeightingConfig;

    fn plan() -> Vec<RunConfig> {
        let run = |lambda_rul: f32| {
            let mut config = RunConfig { epochs: 2, batch_size: 32, ..RunConfig::default() };
            (config.data.stride, config.data.origin) = (40, Some(Origin::Emulated));
            config.members[0].weighting = WeightingConfig::Fixed { lambda_rul };
            config
        };
        vec![run(0.3), run(0.6)]
    }

    /// Let a measurement run until so many things came of it.
    fn run(measurement: &mut Measurement, mut kept: Option<Kept>, most: usize) -> Vec<Outcome> {
        let mut session = Session::new(Device::Cpu, Catalog::default()).saving();
        let mut outcomes = Vec::new();
        while outcomes.len() < most {
            let mut commands = measurement.next(kept.take());
            if commands.is_empty() {
                break;
            }
            while measurement.current.is_some() && outcomes.len() < most {
                let mut events = Vec::new();
                for command in std::mem::take(&mut commands) {
                    events.extend(pollster::block_on(session.apply(command)));
                }
                events.extend(pollster::block_on(session.advance()));
                for event in events {
                    let (said, outcome) = measurement.hear(event);
                    commands.extend(said);
                    outcomes.extend(outcome);
                }
            }
        }
        outcomes
    }

    fn records(outcomes: Vec<Outcome>) -> Vec<Record> {
        let of = |outcome| if let Outcome::Record(record) = outcome { Some(*record) } else { None };
        outcomes.into_iter().filter_map(of).collect()
    }

    #[test]
    fn a_worker_measures_what_the_command_line_measures() {
        let mut measurement = Measurement::new(&plan(), &[]);
        let found = records(run(&mut measurement, None, usize::MAX));
        assert!(measurement.is_done());
        let dataset = Catalog::default().dataset(&plan()[0].data).unwrap();
        for (record, config) in found.iter().zip(plan()) {
            assert_eq!(*record, pollster::block_on(conduct(&config, &dataset, &Device::Cpu, |_| ())).unwrap());
        }
        assert_eq!(found.len(), 2);
        assert!(Measurement::new(&plan(), &found).is_done());
    }

    #[test]
    fn a_measurement_that_was_cut_off_loses_an_epoch_at_most_and_ends_alike() {
        let whole = records(run(&mut Measurement::new(&plan(), &[]), None, usize::MAX));
        let cut = run(&mut Measurement::new(&plan(), &[]), None, 1);
        let [Outcome::Kept(kept)] = &cut[..] else { panic!("{} outcomes", cut.len()) };
        let mut again = Measurement::new(&plan(), &[]);
        // As it comes out of a browser's storage.
        let text = serde_json::to_string(kept).unwrap();
        let kept: Kept = serde_json::from_str(&text).unwrap();
        assert_eq!(records(run(&mut again, Some(kept), usize::MAX)), whole);
    }

    #[test]
    fn a_run_whose_member_diverges_is_a_failed_run_that_says_why() {
        let mut plan = plan();
        plan[0].members[0].normalization = Normalization::Manual { rul: 1e-38, health: 1.0 };
        let found = records(run(&mut Measurement::new(&plan, &[]), None, usize::MAX));
        let why = found[0].failure.as_deref().unwrap();
        assert!(why.starts_with("diverged at step 1: the gradient should be finite, found "), "{why}");
        assert!(found[0].figures.is_none() && found[1].figures.is_some());
        let dataset = Catalog::default().dataset(&plan[0].data).unwrap();
        let conducted = pollster::block_on(conduct(&plan[0], &dataset, &Device::Cpu, |_| ()));
        assert_eq!(found[0], conducted.unwrap());
    }

    #[test]
    fn a_refusal_is_no_record_and_one_of_another_command_is_none_of_its_business() {
        let mut measurement = Measurement::new(&plan(), &[]);
        let said = measurement.next(None);
        let other = Event::Refused { id: 77, why: "a pack is damaged".to_owned() };
        assert_eq!(measurement.hear(other), (Vec::new(), None));
        let damaged = Event::Damaged { message: "the site’s FD002 cannot be used".to_owned() };
        assert_eq!(measurement.hear(damaged), (Vec::new(), None));
        let (_, outcome) = measurement.hear(Event::Refused { id: said[0].id, why: "not at hand".to_owned() });
        assert_eq!(outcome, Some(Outcome::Refused("not at hand".to_owned())));
        assert_eq!(measurement.progress().done, 0);
        assert_eq!(measurement.next(None)[0].command, said[0].command, "it is tried again");
    }

    #[test]
    fn progress_counts_runs_and_parts_of_them() {
        let mut measurement = Measurement::new(&plan(), &[]);
        assert_eq!(measurement.progress(), Advance { done: 0, present: 0.0, planned: 2 });
        assert_eq!(measurement.next(None).len(), 2);
        measurement.hear(Event::Failed { message: "no".to_owned() });
        assert_eq!(measurement.progress().done, 1);
        assert_eq!(measurement.pause(true).command, Command::Pause);
        assert_eq!(measurement.next(None).len(), 1, "a paused measurement does not play");
    }
}
