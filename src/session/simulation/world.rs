//! The page, the workers and the channels between them, and what may happen to them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::stub::EPOCH;
use crate::data::{Catalog, Origin};
use crate::session::trains::Trains;
use crate::session::{
    Action, Assignment, BackendKind, Command, CurveConfig, Event, Patch, Phase, Plan, Request, Restart, RunConfig,
    RunView, Session, Slot, Workers,
};
use crate::train::Device;
use crate::train::Surroundings;
use crate::weighting::WeightingConfig;

/// Something that happens. Indices choose among what there is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// A person drags λ of a member.
    Drag(usize, u8),
    /// A person sets the learning rate.
    Rate(u8),
    /// A person goes to another seed, and agrees to start anew or does not.
    Seed(u32, bool),
    /// A person asks for data that is not at hand.
    Missing,
    /// A change that takes a restart is sent without the page knowing it.
    Unasked(u32),
    /// A person goes to a λ-curve, or back.
    Curve,
    Fork(usize),
    Add,
    Remove(usize),
    Play,
    Pause,
    Step(u8),
    Reset,
    /// A person looks around a member.
    Look(usize),
    /// A person switches to the graphics processor.
    Switch,
    /// A worker takes in a message or trains a step.
    Work(usize),
    /// The page hears a message.
    Hear(usize),
    /// A worker ends with an error.
    Kill(usize),
    /// A worker stands still.
    Hang(usize),
    /// A second passes.
    Tick,
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let index = 0..8_usize;
    prop_oneof![
        4 => (0..3_usize, 0..20_u8).prop_map(|(member, lambda)| Op::Drag(member, lambda)),
        2 => (1..20_u8).prop_map(Op::Rate),
        1 => (1..4_u32, any::<bool>()).prop_map(|(seed, agreed)| Op::Seed(seed, agreed)),
        1 => Just(Op::Missing),
        1 => (1..4_u32).prop_map(Op::Unasked),
        1 => Just(Op::Curve),
        2 => (0..3_usize).prop_map(Op::Fork),
        1 => Just(Op::Add),
        1 => (0..3_usize).prop_map(Op::Remove),
        4 => Just(Op::Play),
        1 => Just(Op::Pause),
        1 => (1..4_u8).prop_map(Op::Step),
        1 => Just(Op::Reset),
        1 => (0..3_usize).prop_map(Op::Look),
        1 => Just(Op::Switch),
        16 => index.clone().prop_map(Op::Work),
        16 => index.clone().prop_map(Op::Hear),
        2 => index.clone().prop_map(Op::Kill),
        1 => index.prop_map(Op::Hang),
        1 => Just(Op::Tick),
    ]
}

/// A worker's program and the two channels to it.
pub(super) struct Program<R> {
    serial: u64,
    session: Session<R>,
    inbox: VecDeque<Request>,
    outbox: VecDeque<Event>,
    hangs: bool,
}

pub(super) struct World<R> {
    view: RunView,
    workers: Workers,
    programs: BTreeMap<Slot, Program<R>>,
    catalog: Catalog,
    now: f64,
    /// Commands that may start anew.
    agreed: BTreeSet<u32>,
    sent: BTreeSet<u32>,
    answered: BTreeSet<u32>,
    /// Steps in an epoch.
    epoch: u32,
}

impl<R: Trains> World<R> {
    pub(super) fn new(config: RunConfig, catalog: Catalog) -> Self {
        let mut world = Self {
            view: RunView::new(config.clone()),
            workers: Workers::new(2),
            programs: BTreeMap::new(),
            catalog,
            now: 0.0,
            agreed: BTreeSet::new(),
            sent: BTreeSet::new(),
            answered: BTreeSet::new(),
            epoch: EPOCH,
        };
        let begin = world.workers.begin(Slot::Cpu(0));
        world.act(begin);
        let requests = world.view.start_run(config, true);
        world.send(requests);
        let settle = world.workers.settle_on(BackendKind::Cpu);
        world.act(settle);
        world
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Begin { slot, serial } => {
                    let session = Session::empty(Device::Cpu, self.catalog.clone()).saving();
                    let ready = Event::Ready { backend: slot.backend(), why: String::new() };
                    let program = Program {
                        serial,
                        session,
                        inbox: VecDeque::new(),
                        outbox: VecDeque::from([ready]),
                        hangs: false,
                    };
                    assert!(self.programs.insert(slot, program).is_none(), "{slot:?} was not ended");
                }
                Action::End { slot } => drop(self.programs.remove(&slot)),
                Action::Say { slot, request } => {
                    let program = self.programs.get_mut(&slot).expect("a worker that is there");
                    program.inbox.push_back(request);
                }
                Action::Tell(event) => self.tell(event),
                Action::Keep => {}
            }
        }
    }

    fn tell(&mut self, event: Event) {
        let told = self.view.steps_taken();
        match &event {
            Event::Applied { id, .. } | Event::Refused { id, .. } => {
                assert!(self.answered.insert(*id), "command {id} was answered twice");
                assert!(self.sent.contains(id), "command {id} was never given");
            }
            Event::Started { id, steps_per_epoch, .. } => {
                assert!(self.agreed.contains(id), "command {id} started anew, unasked");
                self.epoch = *steps_per_epoch;
            }
            Event::Replaced { step: Some(step), .. } => {
                assert!(told - step <= self.epoch, "more than an epoch is lost: {told} to {step}");
            }
            Event::Steps { steps } => {
                for (step, number) in steps.iter().zip(told + 1..) {
                    assert_eq!(step.step, number, "a step is counted twice or never");
                }
            }
            Event::Phase { phase: Phase::Ready } => assert_eq!(told, 0, "the curves are lost, unasked"),
            _ => {}
        }
        self.view.apply(event);
        let next = self.view.next_change();
        self.send(Vec::from_iter(next));
    }

    fn send(&mut self, requests: Vec<Request>) {
        for request in requests {
            assert!(self.sent.insert(request.id));
            let may_restart = match &request.command {
                Command::Start { .. } | Command::Train { .. } | Command::Reset => true,
                Command::Change { restart, .. } | Command::Add { restart } | Command::Remove { restart, .. } => {
                    *restart != Restart::Never
                }
                _ => false,
            };
            if may_restart {
                self.agreed.insert(request.id);
            }
            let actions = self.workers.command(request);
            self.act(actions);
        }
    }

    fn command(&mut self, command: Command) {
        let requests = self.view.command(command);
        self.send(requests);
    }

    /// Go to another configuration as the page does.
    fn change(&mut self, agreed: bool, change: impl FnOnce(&mut RunConfig)) {
        let mut next = self.view.wanted().into_owned();
        change(&mut next);
        let next = next.expanded();
        let requests = match self.view.plan(&next) {
            Plan::Nothing => return,
            Plan::Live => self.view.change_live(&next),
            Plan::Restart(_) if !agreed => return,
            Plan::Restart(_) => self.view.change_anew(&next),
        };
        self.send(requests);
    }

    fn slot(&self, index: usize) -> Option<Slot> {
        self.programs.keys().nth(index % self.programs.len().max(1)).copied()
    }

    pub(super) fn apply(&mut self, op: Op) {
        match op {
            Op::Drag(member, lambda) => self.change(false, |config| {
                let lambda_rul = f32::from(lambda) / 20.0;
                if let Some(member) = config.members.get_mut(member).filter(|_| config.curve.is_none()) {
                    member.weighting = WeightingConfig::Fixed { lambda_rul };
                }
            }),
            Op::Rate(rate) => self.change(false, |config| config.optimizer.learning_rate = f32::from(rate) / 1000.0),
            Op::Seed(seed, agreed) => self.change(agreed, |config| config.seed = seed),
            Op::Missing => self.change(true, |config| config.data.origin = Some(Origin::Nasa)),
            Op::Unasked(seed) => {
                let value = seed.to_string();
                let patch = Patch(vec![Assignment { member: None, key: "seed".to_owned(), value }]);
                self.command(Command::Change { patch, restart: Restart::Never });
            }
            Op::Curve => self.change(true, |config| {
                let member = config.members[0].clone();
                config.curve = match config.curve {
                    Some(_) => None,
                    None => Some(CurveConfig { lambdas: vec![0.25, 0.75], bootstraps: 2 }),
                };
                config.members = vec![crate::train::MemberConfig { bootstrap: None, ..member }];
            }),
            Op::Fork(member) => {
                if self.view.wanted().members.len() < 4 {
                    self.command(Command::Fork { member });
                }
            }
            Op::Add => self.command(Command::Add { restart: Restart::AgreedAndTrain }),
            Op::Remove(member) => self.command(Command::Remove { member, restart: Restart::Agreed }),
            Op::Play => self.command(Command::Play),
            Op::Pause => self.command(Command::Pause),
            Op::Step(count) => self.command(Command::Step { count: count.into() }),
            Op::Reset => self.command(Command::Reset),
            Op::Look(member) => {
                self.command(Command::LookAround { around: Surroundings { member, points: 3, reach: 0.1 } });
            }
            Op::Switch => {
                let mut actions = self.workers.begin(Slot::WebGpu);
                actions.extend(self.workers.settle_on(BackendKind::WebGpu));
                self.act(actions);
                let config = self.view.wanted().into_owned();
                let requests = self.view.start_run(config, true);
                self.send(requests);
            }
            Op::Work(index) => self.work(index),
            Op::Hear(index) => self.hear(index),
            Op::Kill(index) => {
                let Some(slot) = self.slot(index) else { return };
                let serial = self.programs[&slot].serial;
                // What it has said and what it was asked are lost with it.
                let actions = self.workers.ended(slot, serial, "it was ended");
                self.act(actions);
            }
            Op::Hang(index) => {
                if let Some(slot) = self.slot(index) {
                    self.programs.entry(slot).and_modify(|program| program.hangs = true);
                }
            }
            Op::Tick => self.tick(),
        }
    }

    fn work(&mut self, index: usize) {
        let Some(slot) = self.slot(index) else { return };
        let program = self.programs.get_mut(&slot).expect("chosen among those that are there");
        if program.hangs {
            return;
        }
        let told = match program.inbox.pop_front() {
            Some(request) => pollster::block_on(program.session.apply(request)),
            None => pollster::block_on(program.session.advance()),
        };
        program.outbox.extend(told);
    }

    fn hear(&mut self, index: usize) {
        let Some(slot) = self.slot(index) else { return };
        let program = self.programs.get_mut(&slot).expect("chosen among those that are there");
        if let Some(event) = program.outbox.pop_front() {
            let serial = program.serial;
            let actions = self.workers.hear(slot, serial, event);
            self.act(actions);
        }
    }

    fn tick(&mut self) {
        self.now += 1000.0;
        for program in self.programs.values_mut().filter(|program| !program.hangs) {
            program.outbox.push_back(Event::Alive { patience_millis: 5000.0 });
        }
        let actions = self.workers.look(self.now);
        self.act(actions);
    }

    /// Let everything come to its end.
    pub(super) fn rest(&mut self) {
        for _ in 0..2000 {
            self.tick();
            for index in 0..self.programs.len() {
                self.work(index);
            }
            for index in 0..self.programs.len() {
                while self.slot(index).is_some_and(|slot| !self.programs[&slot].outbox.is_empty()) {
                    self.hear(index);
                }
            }
            let idle = |program: &Program<R>| {
                !program.hangs && program.inbox.is_empty() && program.session.phase() != Phase::Training
            };
            if self.programs.values().all(idle) && self.workers.is_at_rest() && self.view.is_settled() {
                return self.check();
            }
        }
        panic!("no rest: {:?}", self.workers);
    }

    fn check(&self) {
        assert_eq!(self.sent, self.answered, "every command has its answer");
        let wanted = self.view.wanted();
        let Some(in_force) = &self.view.in_force else { return };
        assert_eq!(*wanted, *in_force, "nothing is on its way");
        if self.view.phase == Phase::Failed {
            return;
        }
        let sessions: Vec<&Session<R>> =
            self.workers.places().iter().map(|slot| &self.programs[slot].session).collect();
        let configs: Vec<&RunConfig> = sessions.iter().map(|session| session.config().expect("a run")).collect();
        let members = configs.iter().flat_map(|config| config.members.iter().cloned()).collect();
        assert_eq!(
            RunConfig { members, curve: in_force.curve.clone(), ..configs[0].clone() },
            *in_force,
            "the page shows what is in force"
        );
        assert!(sessions.iter().all(|session| session.phase() == self.view.phase), "{:?}", self.view.phase);
        let steps: Vec<u32> = self.view.history.steps().iter().map(|step| step.step).collect();
        assert_eq!(steps, (1..=self.view.steps_taken()).collect::<Vec<_>>());
        if self.view.phase == Phase::Finished {
            assert_eq!(self.view.steps_taken(), self.epoch * in_force.epochs);
        }
    }
}
