//! What a page knows of a run: the configuration a person wants, what the engine has told, and what to ask of it next.
//!
//! No browser in here. The page hands in events and changes, and does what comes out: commands to send, and which
//! parts of it no longer show the truth.

mod comparison;
mod earlier;
mod measured;
mod words;

pub use comparison::{Cell, Column, Order, Row};
pub use earlier::Earlier;
pub use measured::InformationTrace;
pub use words::{grouped, score_words, sentence};

use super::{Change, Command, Evaluation, Event, History, Phase, RunConfig, StepRecord};
use crate::data::DataSummary;
use crate::measure::{LambdaCurve, Trajectory};
use crate::train::MemberConfig;
use crate::weighting::WeightingConfig;

/// A run as a page sees it.
#[derive(Clone, Debug, Default)]
pub struct RunView {
    /// Where the run stands.
    pub phase: Phase,
    /// The configuration that the controls show. It may be ahead of the engine's by the commands on their way.
    pub wanted: RunConfig,
    /// The configuration that the engine last said is in force.
    pub in_force: Option<RunConfig>,
    /// The data it trains on.
    pub data: Option<DataSummary>,
    /// Trainable parameters of one member.
    pub parameters: usize,
    /// Steps in an epoch.
    pub steps_per_epoch: u32,
    /// What is drawn.
    pub history: History,
    /// The last step.
    pub latest: Option<StepRecord>,
    /// The last evaluation.
    pub evaluation: Option<Evaluation>,
    /// The λ-curve as it stands, where the run is one.
    pub curve: Option<LambdaCurve>,
    /// The run before this one, where there was one worth comparing with.
    pub earlier: Option<Earlier>,
    /// What the members predict along one test engine's life.
    pub trajectory: Option<Trajectory>,
    /// The member that the λ slider and the figures are about.
    pub focus: usize,
}

/// Which parts of the page an event has made untrue.
#[expect(clippy::struct_excessive_bools, reason = "independent parts of a page, each true or not")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stale {
    /// Phase, buttons and progress.
    pub phase: bool,
    /// The controls' values: not while a person moves them.
    pub controls: bool,
    /// Charts, tables and figures of training steps.
    pub steps: bool,
    /// Charts, tables and figures of evaluations.
    pub evaluations: bool,
    /// The list of members and their names.
    pub members: bool,
    /// Data source and size of the run.
    pub run: bool,
    /// Something to tell the person.
    pub notice: Option<Notice>,
}

/// Something to tell the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A fact in passing.
    Told(String),
    /// A refusal, or a run that cannot go on: it must be noticed.
    Wrong(String),
}

/// What a change of the configuration takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// Nothing differs.
    Nothing,
    /// Send this; training goes on.
    Live(Command),
    /// Send these, once the person knows that this starts training anew.
    Restart {
        /// What differs, in words that follow "changing".
        what: &'static str,
        /// What to send.
        commands: Vec<Command>,
    },
}

impl RunView {
    /// A view that wants this configuration and has heard of nothing yet.
    #[must_use]
    pub fn new(wanted: RunConfig) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Steps taken.
    #[must_use]
    pub fn steps_taken(&self) -> u32 {
        self.latest.as_ref().map_or(0, |step| step.step)
    }

    /// Share of all epochs that is done, in [0, 1], and of the present one.
    #[must_use]
    pub fn progress(&self) -> (f32, f32) {
        let (epochs, done) = (self.wanted.epochs.max(1) as f32, self.latest.as_ref().map_or(0.0, |step| step.epoch));
        let present = if done >= epochs { 1.0 } else { done.fract() };
        ((done / epochs).clamp(0.0, 1.0), present)
    }

    /// `λ_rul` of a member as a person sets it, or `None` where the strategy finds the weights itself.
    #[must_use]
    pub fn base_lambda(&self, member: usize) -> Option<f32> {
        self.wanted.members.get(member).and_then(|member| member.weighting.base_lambda())
    }

    /// `λ_rul` of a member: the one its controls show.
    #[must_use]
    pub fn lambda_rul(&self, member: usize) -> f32 {
        self.base_lambda(member).unwrap_or(0.5)
    }

    /// The members' names, for lists and legends: the first letter tells them apart, λ or the strategy says what they
    /// are.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let name = |member: usize| match self.wanted.members.get(member).map(|member| &member.weighting) {
            None | Some(WeightingConfig::Fixed { .. }) => format!("λ {:.2}", self.lambda_rul(member)),
            Some(strategy) => strategy.card().title.to_owned(),
        };
        match self.wanted.members.len() {
            1 => vec![name(0)],
            count => (0..count).map(|member| format!("{} · {}", letter(member), name(member))).collect(),
        }
    }

    /// What it takes to go from the configuration now wanted to another one.
    #[must_use]
    pub fn plan(&self, next: &RunConfig) -> Plan {
        match self.wanted.change_to(next) {
            Change::Nothing => Plan::Nothing,
            Change::Live => Plan::Live(self.live_command(next)),
            Change::Restart(what) => {
                let mut commands = vec![Command::Start { config: next.clone() }];
                if matches!(self.phase, Phase::Training | Phase::Finished) {
                    commands.push(Command::Play);
                }
                Plan::Restart { what, commands }
            }
        }
    }

    /// One member's change is told as such: a drag of the slider makes many, and the rest of the configuration need
    /// not travel with each.
    fn live_command(&self, next: &RunConfig) -> Command {
        let differing: Vec<usize> =
            (0..next.members.len()).filter(|&member| self.wanted.members[member] != next.members[member]).collect();
        let same_otherwise = RunConfig { members: self.wanted.members.clone(), ..next.clone() } == self.wanted;
        match differing[..] {
            [member] if same_otherwise => Command::SetMember { member, config: next.members[member].clone() },
            _ => Command::Configure { config: next.clone() },
        }
    }

    /// The wanted configuration with the focused member changed.
    #[must_use]
    pub fn with_member(&self, change: impl FnOnce(&mut MemberConfig)) -> RunConfig {
        let mut next = self.wanted.clone();
        if let Some(member) = next.members.get_mut(self.focus) {
            change(member);
        }
        next
    }

    /// Take in what the engine told.
    pub fn apply(&mut self, event: Event) -> Stale {
        match event {
            Event::Loading { .. }
            | Event::Ready { .. }
            | Event::Refused { .. }
            | Event::Saved { .. }
            | Event::Reading { .. }
            | Event::Explored { .. } => Stale::default(),
            Event::Started { config, data, parameters, steps_per_epoch } => {
                self.earlier = self.remembered(&config).or(self.earlier.take());
                self.forget_steps();
                self.focus = self.focus.min(config.members.len().saturating_sub(1));
                (self.parameters, self.steps_per_epoch, self.data) = (parameters, steps_per_epoch, Some(data));
                // What differs live was changed after this run was asked for, and is on its way.
                if matches!(self.wanted.change_to(&config), Change::Restart(_)) {
                    self.wanted = config.clone();
                }
                self.in_force = Some(config);
                Stale { controls: true, run: true, ..Stale::all_figures() }
            }
            Event::Configured { config } => self.configured(config),
            Event::Phase { phase } => self.entered(phase),
            Event::Steps { steps } => {
                for step in steps {
                    self.latest = Some(step.clone());
                    self.history.push_step(step);
                }
                Stale { steps: true, ..Stale::default() }
            }
            Event::Evaluated { evaluation } => {
                let notice = self.early_stop(&evaluation);
                self.curve = self.curve_of(&evaluation);
                self.evaluation = Some(evaluation.clone());
                self.history.push_evaluation(evaluation);
                Stale { evaluations: true, members: true, notice, ..Stale::default() }
            }
            Event::Followed { trajectory } => {
                self.trajectory = Some(trajectory);
                Stale { evaluations: true, ..Stale::default() }
            }
            Event::FilesLoaded { data, missing } => {
                Stale { notice: Some(words::of_files(&data, &missing)), ..Stale::default() }
            }
            Event::FilesRefused { message } => Stale { notice: Some(Notice::Wrong(message)), ..Stale::default() },
            Event::Rejected { message } => {
                if let Some(config) = &self.in_force {
                    self.wanted = config.clone();
                }
                Stale { controls: true, members: true, notice: Some(Notice::Wrong(message)), ..Stale::default() }
            }
            Event::Failed { message } => {
                self.phase = Phase::Failed;
                Stale { phase: true, notice: Some(Notice::Wrong(message)), ..Stale::default() }
            }
        }
    }

    /// Words for the first member that early stopping holds since the last evaluation.
    fn early_stop(&self, evaluation: &Evaluation) -> Option<Notice> {
        let held = |member: usize| self.evaluation.as_ref().and_then(|before| *before.stopped.get(member)?);
        let (member, epoch) = evaluation
            .stopped
            .iter()
            .enumerate()
            .find_map(|(member, epoch)| Some((member, (*epoch).filter(|_| held(member).is_none())?)))?;
        let who =
            if evaluation.stopped.len() > 1 { format!("member {}", letter(member)) } else { "the model".to_owned() };
        Some(Notice::Told(sentence(&format!("early stopping holds {who}: its weights of epoch {epoch} are back"))))
    }

    /// An answer to a live change may be older than what the slider shows now, so it moves no control; but members
    /// that the page has not seen before are its own to take over.
    fn configured(&mut self, config: RunConfig) -> Stale {
        let (known, told) = (self.wanted.members.len(), config.members.len());
        let mut stale = Stale::default();
        if told != known {
            self.wanted.members.truncate(told);
            self.wanted.members.extend(config.members.iter().skip(known).cloned());
            // A fork is made to be changed, so the newest member takes the focus.
            self.focus = told.saturating_sub(1);
            stale = Stale { controls: true, ..Stale::all_figures() };
        }
        self.in_force = Some(config);
        stale
    }

    fn entered(&mut self, phase: Phase) -> Stale {
        self.phase = phase;
        if phase == Phase::Ready && self.latest.is_some() {
            self.forget_steps();
            return Stale::all_figures();
        }
        Stale { phase: true, ..Stale::default() }
    }

    fn forget_steps(&mut self) {
        self.history = History::default();
        self.latest = None;
        self.evaluation = None;
        self.curve = None;
        self.trajectory = None;
    }
}

impl Stale {
    fn all_figures() -> Self {
        Self { phase: true, steps: true, evaluations: true, members: true, ..Self::default() }
    }
}

/// A, B, …, Z, and numbers beyond.
#[must_use]
pub fn letter(member: usize) -> String {
    u8::try_from(member)
        .ok()
        .filter(|index| *index < 26)
        .map_or_else(|| (member + 1).to_string(), |index| char::from(b'A' + index).to_string())
}

impl DataSummary {
    /// What is shown, always with where it came from: "NASA C-MAPSS FD001" or "emulated FD001".
    #[must_use]
    pub fn title(&self) -> String {
        self.origin.title(self.subset, self.name.as_deref())
    }
}

#[cfg(test)]
mod tests;
