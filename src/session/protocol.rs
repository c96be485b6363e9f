//! What a page says to a worker and what it hears back.
//!
//! A page sends [`Request`]s, commands with a number. A worker answers each with exactly one of [`Event::Applied`] and
//! [`Event::Refused`], in the order in which they came. Every other event tells what has become of the run, and answers
//! nothing.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{Evaluation, GivenData, MissingFiles, Patch, RunConfig, Snapshot, StepRecord};
use crate::data::{DataSummary, Mapping, NamedFile, TableHead};
use crate::measure::Trajectory;
use crate::measure::explore::{Answer, Question};
use crate::train::{Landscape, Surroundings};

/// A command with its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the sender, rising: the answer bears it.
    pub id: u32,
    /// What is to be done.
    pub command: Command,
}

impl From<Command> for Request {
    /// A command whose sender needs no number to know the answer.
    fn from(command: Command) -> Self {
        Self { id: 0, command }
    }
}

/// Whether a change may start training anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// No: a change that takes it is refused.
    #[default]
    Never,
    /// It may; the new run waits.
    Agreed,
    /// It may, and the new run trains at once.
    AgreedAndTrain,
}

/// What a person asks of the run. Applied between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Command {
    /// Build a run; an earlier one is dropped once this one stands.
    Start {
        /// The run.
        config: RunConfig,
    },
    /// Build a run and train it. One command, so that nothing trains where the run is refused.
    Train {
        /// The run.
        config: RunConfig,
    },
    /// Change the configuration in force: live where that is possible, anew where that is agreed to (see
    /// [`RunConfig::change_to`]).
    Change {
        /// What is to be set.
        patch: Patch,
        /// Whether training may start anew.
        restart: Restart,
    },
    /// Start anew with one member more (see [`RunConfig::with_racer`]).
    Add {
        /// Whether training may start anew.
        restart: Restart,
    },
    /// Start anew without a member (see [`RunConfig::without`]).
    Remove {
        /// Index of the member.
        member: usize,
        /// Whether training may start anew.
        restart: Restart,
    },
    /// Train until ordered otherwise or finished.
    Play,
    /// Stop after the present step.
    Pause,
    /// Train this many steps, then pause.
    Step {
        /// Steps to train.
        count: u32,
    },
    /// Back to the initial weights of the same configuration.
    Reset,
    /// Add a member that is a copy of this one at this step: weights, optimizer state, configuration and all.
    Fork {
        /// Index of the member to copy.
        member: usize,
    },
    /// Tell all that is needed to go on from here: [`Event::Saved`].
    Save,
    /// Go on from what was saved; the run in progress is dropped once this one stands.
    Restore {
        /// What was saved.
        snapshot: Box<Snapshot>,
    },
    /// Tell what the members predict along the life of this test engine, now and at the end of every epoch:
    /// [`Event::Followed`].
    Follow {
        /// The engine.
        engine: TestEngine,
    },
    /// Read a person's own files; a data set found in them becomes available, the run in progress goes on. What was found
    /// is reported with [`Event::FilesLoaded`], and how far reading is with [`Event::Reading`].
    LoadFiles {
        /// C-MAPSS text files, or archives of them.
        files: Vec<NamedFile>,
    },
    /// Read a fleet from tables that are not in C-MAPSS form, as [`Command::LoadFiles`] reads those that are.
    Import {
        /// What their columns hold.
        mapping: Box<Mapping>,
        /// The tables, or archives of them.
        files: Vec<NamedFile>,
    },
    /// Data sets that another worker has read, or this one on an earlier day. Refused if one of them is damaged; those that
    /// are well are taken.
    LoadPacks {
        /// A data set each, as [`crate::data::pack`] writes it.
        packs: Vec<ByteBuf>,
    },
    /// Tell both losses around the present weights of a member: [`Event::LookedAround`]. Training waits meanwhile, and goes
    /// on to the same bits as without.
    LookAround {
        /// What part of the surroundings.
        around: Surroundings,
    },
    /// Tell what the data looks like: [`Event::Explored`]. The run, if there is one, is not concerned.
    Explore {
        /// What is asked.
        question: Question,
    },
}

/// The test engine whose life is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestEngine {
    /// The one with the longest record.
    #[default]
    Longest,
    /// The one of this number, from 1; the last one of a data set that has fewer.
    Number(usize),
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The worker or its data is on the way.
    #[default]
    Loading,
    /// Built, no step taken.
    Ready,
    /// Training.
    Training,
    /// Waiting for a person.
    Paused,
    /// All epochs done.
    Finished,
    /// Cannot go on; the reason was reported.
    Failed,
}

impl Phase {
    /// The name used by `#run[data-phase]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

/// The backend that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendKind {
    /// Plain slices, one thread.
    Cpu,
    /// A graphics processor.
    WebGpu,
}

impl BackendKind {
    /// The name used by `#backend[data-backend]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }
}

/// What a worker tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The worker's program is on its way.
    Loading {
        /// Bytes that are here.
        bytes: f64,
        /// Bytes of the whole, where they are known.
        #[serde(default)]
        whole: Option<f64>,
    },
    /// The worker listens. Nothing may be sent to it before.
    Ready {
        /// What it computes with.
        backend: BackendKind,
        /// Why this one, in words for a person.
        why: String,
    },
    /// The worker cannot serve on this machine, in words for a person.
    Unfit {
        /// The reason.
        why: String,
    },
    /// The worker lives.
    Alive {
        /// For how long it may be silent from now on before it is taken to stand still.
        patience_millis: f64,
    },
    /// The worker's program broke down: it does nothing any more. Of several failures in a row the page hears so of the
    /// run.
    Broken {
        /// What was found.
        message: String,
    },
    /// A command was carried out.
    Applied {
        /// Its number.
        id: u32,
        /// The configuration in force, where the command changed it without starting anew.
        #[serde(default)]
        config: Option<RunConfig>,
    },
    /// A command was refused; the run goes on as it was.
    Refused {
        /// Its number.
        id: u32,
        /// What was found and what was expected.
        why: String,
    },
    /// A message could not be read, and so bears no number to answer to.
    Unreadable {
        /// What was found and what was expected.
        message: String,
    },
    /// A data set that the site carries cannot be used.
    Damaged {
        /// Which one, what was found and what was expected.
        message: String,
    },
    /// Another worker took over from one that failed, and the run goes on from its last snapshot.
    Replaced {
        /// What failed, in words for a person.
        why: String,
        /// The step it goes on from; `None` where nothing that was reported has to be taken back.
        step: Option<u32>,
        /// What it computes with now.
        backend: BackendKind,
    },
    /// A run was built: what a page needs to draw it. History starts anew.
    Started {
        /// The command that asked for it; its answer follows.
        id: u32,
        /// The run's configuration.
        config: RunConfig,
        /// The data it trains on.
        data: DataSummary,
        /// Trainable parameters of one member.
        parameters: usize,
        /// Steps in an epoch.
        steps_per_epoch: u32,
    },
    /// Where the run stands.
    Phase {
        /// The phase.
        phase: Phase,
    },
    /// Steps taken since the last such event, oldest first; none is left out.
    Steps {
        /// The steps.
        steps: Vec<StepRecord>,
    },
    /// The members were measured on the test windows.
    Evaluated {
        /// What was measured.
        evaluation: Evaluation,
    },
    /// The members' predictions along the life of the test engine that is followed.
    Followed {
        /// What they predict after each of its cycles.
        trajectory: Trajectory,
    },
    /// Both losses around the present weights of a member.
    LookedAround {
        /// What was found.
        landscape: Landscape,
    },
    /// The run as it stands, to be put away.
    Saved {
        /// The last command that is in it.
        after: u32,
        /// What [`Command::Restore`] takes.
        snapshot: Box<Snapshot>,
    },
    /// A person's files are being read; reported now and then.
    Reading {
        /// The file at hand.
        file: String,
        /// How much of the work is done, in [0, 1]; it never goes back.
        share: f32,
    },
    /// A person's files were read; these data sets are now to be had.
    FilesLoaded {
        /// The data sets that are complete.
        data: Vec<GivenData>,
        /// What the others lack.
        missing: Vec<MissingFiles>,
    },
    /// A person's files are tables that are not in C-MAPSS form: somebody has to say what their columns hold
    /// ([`Command::Import`]).
    Unmapped {
        /// Their beginnings.
        tables: Vec<TableHead>,
        /// Why they are not read as they are.
        why: String,
    },
    /// What was asked about the data.
    Explored {
        /// What was asked.
        question: Question,
        /// What there is to tell.
        answer: Answer,
    },
    /// The run cannot go on.
    Failed {
        /// Why.
        message: String,
    },
}
