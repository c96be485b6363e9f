//! What a page knows of a run: what is in force, as the workers reported it, and what is on its way.
//!
//! No browser in here. The page hands in events and changes, and does what comes out: commands to send, and which
//! parts of it no longer show the truth. The configuration that a person wants is not kept: it follows from the two
//! ([`RunView::wanted`]), so that what was refused is gone by itself.

mod comparison;
mod earlier;
mod figures;
mod measured;
mod pending;
mod words;

pub use comparison::{Cell, Column, Order, Row};
pub use earlier::Earlier;
pub use figures::FigureRow;
pub use measured::{InformationTrace, PlaneNow};
pub use pending::Pending;
pub use words::{grouped, score_words, sentence};

use super::{Evaluation, Event, History, Phase, RunConfig, StepRecord};
use crate::data::DataSummary;
use crate::measure::{LambdaCurve, Trajectory};
use crate::train::{Landscape, MemberConfig};
use crate::weighting::WeightingConfig;

/// A run as a page sees it.
#[derive(Clone, Debug, Default)]
pub struct RunView {
    /// Where the run stands.
    pub phase: Phase,
    /// The configuration in force, as the workers reported it.
    pub in_force: Option<RunConfig>,
    /// The configuration that was asked for first: the controls show it until another one is in force.
    first: RunConfig,
    /// Whether the first run is to train at once.
    first_trains: bool,
    /// What is on its way.
    pending: Pending,
    /// The start whose run goes on where it was, with the history of then.
    resumed: Option<(u32, History)>,
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
    /// Both losses around the present weights of a member, as they were when a person looked.
    pub landscape: Option<Landscape>,
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
    Said(String),
    /// A refusal, or a run that cannot go on: it must be noticed.
    Wrong(String),
}

/// What a change of the configuration takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing differs.
    Nothing,
    /// Training goes on: [`RunView::change_live`].
    Live,
    /// Training starts anew, because this differs, in words that follow "changing": [`RunView::change_anew`].
    Restart(&'static str),
}

impl RunView {
    /// A view that shows this configuration and has heard of nothing yet.
    #[must_use]
    pub fn new(first: RunConfig) -> Self {
        Self { first, ..Self::default() }
    }

    /// The same, with the word of the link on whether the first run trains at once. It holds for what a person changes
    /// before that run is asked for, too.
    #[must_use]
    pub fn training_at_once(self, first_trains: bool) -> Self {
        Self { first_trains, ..self }
    }

    /// The run that a start of this number builds goes on where it was: its curves are these.
    pub fn resumes(&mut self, id: u32, history: History) {
        self.resumed = Some((id, history));
    }

    /// Whether a start of this number is to build the run that goes on where it was.
    #[must_use]
    pub fn is_resumed_by(&self, id: u32) -> bool {
        self.resumed.as_ref().is_some_and(|(start, _)| *start == id)
    }

    /// Steps taken.
    #[must_use]
    pub fn steps_taken(&self) -> u32 {
        self.latest.as_ref().map_or(0, |step| step.step)
    }

    /// Share of all epochs that is done, in [0, 1], and of the present one.
    #[must_use]
    pub fn progress(&self) -> (f32, f32) {
        let (epochs, done) = (self.wanted().epochs.max(1) as f32, self.latest.as_ref().map_or(0.0, |step| step.epoch));
        let present = if done >= epochs { 1.0 } else { done.fract() };
        ((done / epochs).clamp(0.0, 1.0), present)
    }

    /// `λ_rul` of a member as a person sets it, or `None` where the strategy finds the weights itself.
    #[must_use]
    pub fn base_lambda(&self, member: usize) -> Option<f32> {
        self.wanted().members.get(member).and_then(|member| member.weighting.base_lambda())
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
        let wanted = self.wanted();
        let name = |member: usize| match wanted.members.get(member).map(|member| &member.weighting) {
            Some(WeightingConfig::Fixed { lambda_rul }) => format!("λ {lambda_rul:.2}"),
            Some(strategy) => strategy.card().title.to_owned(),
            None => letter(member),
        };
        match wanted.members.len() {
            1 => vec![name(0)],
            count => (0..count).map(|member| format!("{} · {}", letter(member), name(member))).collect(),
        }
    }

    /// The wanted configuration with the focused member changed.
    #[must_use]
    pub fn with_member(&self, change: impl FnOnce(&mut MemberConfig)) -> RunConfig {
        let mut next = self.wanted().into_owned();
        if let Some(member) = next.members.get_mut(self.focus) {
            change(member);
        }
        next
    }

    /// Take in what the workers reported.
    pub fn apply(&mut self, event: Event) -> Stale {
        match event {
            Event::Loading { .. }
            | Event::Ready { .. }
            | Event::Unfit { .. }
            | Event::Alive { .. }
            | Event::Saved { .. }
            | Event::Reading { .. }
            | Event::Explored { .. } => Stale::default(),
            Event::Applied { id, config } => self.applied(id, config),
            Event::Refused { id, why } => self.refused(id, why),
            Event::Started { id, config, data, parameters, steps_per_epoch } => {
                self.settle(id);
                self.earlier = self.remembered(&config).or(self.earlier.take());
                self.forget_steps();
                // The first member of a curve is the pattern of all.
                let last = if config.curve.is_some() { 0 } else { config.members.len().saturating_sub(1) };
                self.focus = self.focus.min(last);
                (self.parameters, self.steps_per_epoch, self.data) = (parameters, steps_per_epoch, Some(data));
                self.in_force = Some(config);
                if let Some((_, history)) = self.resumed.take_if(|(start, _)| *start == id) {
                    self.history = history;
                    self.restore_latest();
                }
                Stale { controls: true, run: true, ..Stale::all_figures() }
            }
            Event::Replaced { why, step, .. } => self.replaced(&why, step),
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
            Event::LookedAround { landscape } => {
                self.landscape = Some(landscape);
                Stale { evaluations: true, ..Stale::default() }
            }
            Event::FilesLoaded { data, missing } => {
                Stale { notice: Some(words::of_files(&data, &missing)), ..Stale::default() }
            }
            Event::Unmapped { why, .. } => {
                let words = format!("{} Say what the columns hold.", sentence(&why));
                Stale { notice: Some(Notice::Said(words)), ..Stale::default() }
            }
            Event::Unreadable { message } | Event::Damaged { message } => {
                Stale { notice: Some(Notice::Wrong(message)), ..Stale::default() }
            }
            Event::Failed { message } | Event::Broken { message } => {
                self.phase = Phase::Failed;
                Stale { phase: true, notice: Some(Notice::Wrong(message)), ..Stale::default() }
            }
        }
    }

    /// Words for the first member that early stopping holds since the last evaluation.
    fn early_stop(&self, evaluation: &Evaluation) -> Option<Notice> {
        let held = |member: usize| self.evaluation.as_ref().and_then(|before| before.states.get(member)?.stopped());
        let (member, epoch) = evaluation
            .states
            .iter()
            .enumerate()
            .find_map(|(member, state)| Some((member, state.stopped().filter(|_| held(member).is_none())?)))?;
        let who =
            if evaluation.states.len() > 1 { format!("member {}", letter(member)) } else { "the model".to_owned() };
        Some(Notice::Said(sentence(&format!("early stopping holds {who}: its weights of epoch {epoch} are back"))))
    }

    /// Another worker took over. Said once: a page that counts steps again is understood only with a reason.
    fn replaced(&mut self, why: &str, step: Option<u32>) -> Stale {
        let Some(step) = step else {
            let words = format!("a worker failed ({why}) and was replaced; the run goes on");
            return Stale { notice: Some(Notice::Said(sentence(&words))), ..Stale::default() };
        };
        self.history.forget_after(step);
        self.restore_latest();
        let words = format!("the worker failed ({why}) and was replaced; the run goes on from step {}", grouped(step));
        Stale { notice: Some(Notice::Said(sentence(&words))), run: true, ..Stale::all_figures() }
    }

    /// What is shown of now is the end of the history.
    fn restore_latest(&mut self) {
        self.latest = self.history.steps().last().cloned();
        self.evaluation = self.history.evaluations().last().cloned();
        self.curve = self.evaluation.as_ref().and_then(|evaluation| self.curve_of(evaluation));
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
        self.landscape = None;
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
