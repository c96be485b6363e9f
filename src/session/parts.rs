//! A run whose members are spread over several engines, spoken to and heard as one.

use super::{Command, Event, Merge, Phase, RunConfig};

/// Several engines that train parts of one run.
///
/// A command to the run becomes one to each engine, and what they tell becomes what one engine would have told. Engines
/// run at their own pace: a record of the whole run comes out once the slowest has told its part of it. Members do not
/// meet, so the figures are those of a run in one piece.
#[derive(Clone, Debug)]
pub struct Parts {
    whole: RunConfig,
    engines: Vec<Engine>,
    merge: Merge,
    phase: Phase,
    refusal: String,
}

/// What is known of one engine.
#[derive(Clone, Debug)]
struct Engine {
    config: RunConfig,
    /// Its answer to the start; what it told before is about an earlier run.
    started: Option<Event>,
    phase: Phase,
    steps: u32,
}

impl Parts {
    /// The run over at most so many engines.
    #[must_use]
    pub fn new(run: &RunConfig, engines: usize) -> Self {
        let configs = run.parts(engines);
        let merge = Merge::new(configs.len());
        let engine = |config| Engine { config, started: None, phase: Phase::Loading, steps: 0 };
        let engines = configs.into_iter().map(engine).collect();
        Self { whole: run.clone(), engines, merge, phase: Phase::Loading, refusal: String::new() }
    }

    /// How many engines it takes.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.engines.len()
    }

    /// What starts each engine on its part.
    #[must_use]
    pub fn starts(&self) -> Vec<Command> {
        self.engines.iter().map(|engine| Command::Start { config: engine.config.clone() }).collect()
    }

    /// Whether a run that has begun with this configuration is the first engine's part of this one.
    #[must_use]
    pub fn begins_with(&self, config: &RunConfig) -> bool {
        self.engines.first().is_some_and(|first| first.config == *config)
    }

    /// A command to the run as commands to the engines, with the engine of each.
    ///
    /// Members stay where they are: a fork, which would be on one engine alone, is for runs in one piece. So is following a
    /// test engine.
    pub fn spread(&mut self, command: &Command) -> Vec<(usize, Command)> {
        self.refusal.clear();
        match command {
            Command::Start { config } => {
                *self = Self::new(config, self.count());
                self.starts().into_iter().enumerate().collect()
            }
            Command::Reset => {
                *self = Self::new(&self.whole, self.count());
                self.to_all(&Command::Reset)
            }
            Command::Configure { config } => {
                self.whole = config.clone();
                let parts = config.parts(self.count());
                for (engine, part) in self.engines.iter_mut().zip(&parts) {
                    engine.config = part.clone();
                }
                parts.into_iter().map(|config| Command::Configure { config }).enumerate().collect()
            }
            Command::SetMember { member, config } => {
                let mut first = 0;
                for (index, engine) in self.engines.iter_mut().enumerate() {
                    let own = *member - first;
                    if let Some(place) = engine.config.members.get_mut(own) {
                        *place = config.clone();
                        if let Some(place) = self.whole.members.get_mut(*member) {
                            *place = config.clone();
                        }
                        return vec![(index, Command::SetMember { member: own, config: config.clone() })];
                    }
                    first += engine.config.members.len();
                }
                Vec::new()
            }
            // Those that are behind catch up, so that the whole run takes that many steps more than its furthest part.
            Command::Step { count } => {
                let goal = self.engines.iter().map(|engine| engine.steps).max().unwrap_or(0) + count;
                let step = |engine: &Engine| Command::Step { count: goal - engine.steps };
                self.engines.iter().map(step).enumerate().collect()
            }
            // Of the many members of a curve nobody could tell the lines apart.
            Command::Fork { .. } | Command::Follow { .. } => Vec::new(),
            // All have the same data.
            Command::Explore { .. } => vec![(0, command.clone())],
            other => self.to_all(other),
        }
    }

    fn to_all(&self, command: &Command) -> Vec<(usize, Command)> {
        (0..self.count()).map(|index| (index, command.clone())).collect()
    }

    /// What an engine told, as what the run tells.
    pub fn hear(&mut self, index: usize, event: Event) -> Vec<Event> {
        let Some(engine) = self.engines.get_mut(index) else { return Vec::new() };
        match event {
            Event::Started { ref config, .. } => {
                if *config != engine.config {
                    return Vec::new();
                }
                engine.started = Some(event);
                self.all_started()
            }
            Event::Rejected { message } if message != self.refusal => {
                self.refusal.clone_from(&message);
                vec![Event::Rejected { message }]
            }
            Event::Rejected { .. } => Vec::new(),
            // What is told of the data comes from the one engine that was asked.
            Event::Failed { .. } | Event::Explored { .. } => vec![event],
            // The first engine reads files, the others are given what it read.
            Event::Reading { .. } | Event::FilesLoaded { .. } | Event::FilesRefused { .. } if index == 0 => vec![event],
            _ if engine.started.is_none() => Vec::new(),
            Event::Configured { .. } if index == 0 => vec![Event::Configured { config: self.whole.clone() }],
            Event::Phase { phase } => {
                engine.phase = phase;
                self.entered()
            }
            Event::Steps { steps } => {
                engine.steps = steps.last().map_or(engine.steps, |step| step.step);
                let steps: Vec<_> = steps.into_iter().filter_map(|step| self.merge.step(index, step)).collect();
                if steps.is_empty() { Vec::new() } else { vec![Event::Steps { steps }] }
            }
            Event::Evaluated { evaluation } => {
                let whole = self.merge.evaluation(index, evaluation);
                whole.map(|evaluation| Event::Evaluated { evaluation }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn all_started(&self) -> Vec<Event> {
        let first = self.engines.first().and_then(|engine| engine.started.clone());
        match first {
            Some(Event::Started { data, parameters, steps_per_epoch, .. })
                if self.engines.iter().all(|engine| engine.started.is_some()) =>
            {
                vec![Event::Started { config: self.whole.clone(), data, parameters, steps_per_epoch }]
            }
            _ => Vec::new(),
        }
    }

    /// The run's phase, where it is another one now.
    fn entered(&mut self) -> Vec<Event> {
        let phase = self.common_phase();
        if phase == self.phase {
            return Vec::new();
        }
        self.phase = phase;
        vec![Event::Phase { phase }]
    }

    fn common_phase(&self) -> Phase {
        let any = |phase| self.engines.iter().any(|engine| engine.phase == phase);
        let first = self.engines.first().map_or(Phase::Loading, |engine| engine.phase);
        if self.engines.iter().all(|engine| engine.phase == first) {
            first
        } else if any(Phase::Failed) {
            Phase::Failed
        } else if any(Phase::Loading) {
            Phase::Loading
        } else if any(Phase::Training) || any(Phase::Ready) {
            Phase::Training
        } else {
            Phase::Paused
        }
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::data::Catalog;
    use crate::measure::explore::{About, Answer, Question};
    use crate::session::{CurveConfig, Session};
    use crate::train::Device;

    fn curve() -> RunConfig {
        let grid = CurveConfig { lambdas: vec![0.2, 0.8], bootstraps: 2 };
        let mut run = grid.recipe(&RunConfig::default());
        (run.data.stride, run.epochs, run.batch_size) = (40, 1, 32);
        run
    }

    /// Everything that engines tell when these commands are given one after the other, each engine running on as far
    /// as it goes before the next has its turn.
    fn told(engines: usize, commands: Vec<Command>) -> Vec<Event> {
        let run = curve();
        let mut parts = Parts::new(&run, engines);
        let mut sessions: Vec<Session> =
            (0..parts.count()).map(|_| Session::new(Device::Cpu, Catalog::default())).collect();
        let mut events = Vec::new();
        let start = Command::Start { config: run };
        for command in std::iter::once(start).chain(commands) {
            for (index, command) in parts.spread(&command) {
                let mut told: VecDeque<Event> = pollster::block_on(sessions[index].apply(command)).into();
                while sessions[index].phase() == Phase::Training {
                    told.extend(pollster::block_on(sessions[index].advance()));
                }
                events.extend(told.into_iter().flat_map(|event| parts.hear(index, event)));
            }
        }
        events
    }

    #[test]
    fn a_run_in_parts_tells_what_a_run_in_one_piece_tells() {
        let commands = vec![Command::Step { count: 2 }, Command::Play];
        let (whole, parts) = (told(1, commands.clone()), told(3, commands));
        let of = |events: &[Event], kind: fn(&Event) -> bool| -> Vec<Event> {
            events.iter().filter(|event| kind(event)).cloned().collect()
        };
        let steps = |events: &[Event]| -> Vec<_> {
            let of_event = |event: &Event| if let Event::Steps { steps } = event { steps.clone() } else { Vec::new() };
            // Without gradients told apart there are figures that are not numbers, and those are never equal.
            events.iter().flat_map(of_event).map(|step| format!("{step:?}")).collect()
        };
        assert!(steps(&whole).len() > 4);
        assert_eq!(steps(&whole), steps(&parts));
        let evaluated = |event: &Event| matches!(event, Event::Evaluated { .. });
        assert_eq!(of(&whole, evaluated), of(&parts, evaluated));
        let started = |event: &Event| matches!(event, Event::Started { .. });
        assert_eq!(of(&whole, started), of(&parts, started));
        let last = parts.iter().rfind(|event| matches!(event, Event::Phase { .. }));
        assert_eq!(last, Some(&Event::Phase { phase: Phase::Finished }));
    }

    #[test]
    fn a_refusal_is_told_once_and_what_is_left_of_an_earlier_run_not_at_all() {
        let mut wrong = curve();
        wrong.optimizer.learning_rate = -1.0;
        let events = told(2, vec![Command::Configure { config: wrong }]);
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Rejected { .. })).count(), 1);

        let mut parts = Parts::new(&curve(), 2);
        let early = Event::Phase { phase: Phase::Finished };
        assert!(parts.hear(0, early.clone()).is_empty() && parts.hear(1, early).is_empty());
    }

    #[test]
    fn a_member_is_found_on_its_engine() {
        let run = curve();
        let mut parts = Parts::new(&run, 2);
        let config = run.members[0].clone();
        let sent = parts.spread(&Command::SetMember { member: 3, config: config.clone() });
        assert_eq!(sent, [(1, Command::SetMember { member: 1, config })]);
    }

    #[test]
    fn one_engine_is_asked_about_the_data_and_its_answer_passes() {
        let mut parts = Parts::new(&curve(), 3);
        let question = Question { data: curve().data, seed: 1, about: About::Fleet { overlay: false } };
        let command = Command::Explore { question: question.clone() };
        assert_eq!(parts.spread(&command), [(0, command.clone())]);
        let told = Event::Explored { question, answer: Answer::Refused { message: String::new() } };
        assert_eq!(parts.hear(0, told.clone()), [told]);
    }

    #[test]
    fn engines_that_are_behind_catch_up_with_a_single_step() {
        let mut parts = Parts::new(&curve(), 2);
        parts.engines[0].steps = 7;
        parts.engines[1].steps = 5;
        let counts = parts.spread(&Command::Step { count: 1 });
        assert_eq!(counts, [(0, Command::Step { count: 1 }), (1, Command::Step { count: 3 })]);
    }
}
