//! A session driven as a page drives it, with all that it reports.

#![cfg(feature = "train")]

use lambdascope::data::Catalog;
use lambdascope::session::{Command, Evaluation, Event, Phase, Restart, RunConfig, Session, StepRecord};
use lambdascope::train::{Device, MemberConfig};

pub struct Driver {
    pub session: Session,
    pub steps: Vec<StepRecord>,
    pub evaluations: Vec<Evaluation>,
    pub events: Vec<Event>,
}

impl Driver {
    pub fn start(config: RunConfig) -> Self {
        let session = Session::new(Device::Cpu, Catalog::default());
        let mut driver = Self { session, steps: Vec::new(), evaluations: Vec::new(), events: Vec::new() };
        driver.say(Command::Start { config });
        assert_eq!(driver.session.phase(), Phase::Ready, "{:?}", driver.events);
        driver
    }

    pub fn say(&mut self, command: Command) {
        let events = pollster::block_on(self.session.apply(command));
        self.take(events);
    }

    pub fn take(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Steps { steps } => self.steps.extend(steps),
                other => {
                    if let Event::Evaluated { evaluation } = &other {
                        self.evaluations.push(evaluation.clone());
                    }
                    self.events.push(other);
                }
            }
        }
    }

    /// Go to another configuration; training may start anew.
    pub fn configure(&mut self, next: &RunConfig) {
        let patch = self.session.config().unwrap().patch_to(next);
        self.say(Command::Change { patch, restart: Restart::Agreed });
    }

    pub fn set_member(&mut self, member: usize, config: MemberConfig) {
        let mut next = self.session.config().unwrap().clone();
        next.members[member] = config;
        self.configure(&next);
    }

    /// Train this many steps.
    pub fn steps(&mut self, count: u32) {
        self.say(Command::Step { count });
        self.finish();
    }

    pub fn finish(&mut self) {
        while self.session.phase() == Phase::Training {
            let events = pollster::block_on(self.session.advance());
            self.take(events);
        }
    }

    pub fn rejections(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Refused { why, .. } => Some(why.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Train to the end.
    pub fn play(&mut self) {
        self.say(Command::Play);
        self.finish();
    }
}
