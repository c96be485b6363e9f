//! What the page says to an engine and what it hears back.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{GivenData, MissingFiles, RunConfig, Snapshot};
use crate::data::{DataSummary, NamedFile};
use crate::measure::explore::{Answer, Question};
use crate::measure::{Metrics, Predictions, Trajectory};
use crate::train::{MemberConfig, MemberState};

/// What a person asks of the run. Applied between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Command {
    /// Build a run; an earlier one is dropped once this one stands.
    Start {
        /// The run.
        config: RunConfig,
    },
    /// Change the run's configuration: live where that is possible, anew otherwise (see [`RunConfig::change_to`]).
    Configure {
        /// The new configuration.
        config: RunConfig,
    },
    /// Change one member, live.
    SetMember {
        /// Index of the member.
        member: usize,
        /// Its new strategy, λ, normalization and regularization.
        config: MemberConfig,
    },
    /// Train until told otherwise or finished.
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
    /// Read a person's own files; a data set found in them becomes available, the run in progress goes on. Answered with
    /// [`Event::FilesLoaded`] or [`Event::FilesRefused`], and [`Event::Reading`] on the way.
    LoadFiles {
        /// C-MAPSS text files, or archives of them.
        files: Vec<NamedFile>,
    },
    /// Data sets that another engine has read, or this one on an earlier day. Only a refusal is answered, with
    /// [`Event::FilesRefused`].
    LoadPacks {
        /// A data set each, as [`crate::data::pack`] writes it.
        packs: Vec<ByteBuf>,
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
    /// The engine or its data is on the way.
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
    /// Cannot go on; the reason was told.
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

/// What an engine tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The engine's program is on its way.
    Loading {
        /// Bytes that are here.
        bytes: f64,
        /// Bytes of the whole, where they are known.
        #[serde(default)]
        whole: Option<f64>,
    },
    /// The engine listens. Nothing may be sent to it before.
    Ready {
        /// What it computes with.
        backend: BackendKind,
        /// Why this one, in words for a person.
        why: String,
    },
    /// The engine cannot serve, in words for a person.
    Refused {
        /// The reason.
        why: String,
    },
    /// A run was built: what a page needs to draw it. History starts anew.
    Started {
        /// The run's configuration.
        config: RunConfig,
        /// The data it trains on.
        data: DataSummary,
        /// Trainable parameters of one member.
        parameters: usize,
        /// Steps in an epoch.
        steps_per_epoch: u32,
    },
    /// The configuration changed live. Members may have been added.
    Configured {
        /// The configuration now in force.
        config: RunConfig,
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
    /// The run as it stands, to be put away.
    Saved {
        /// What [`Command::Restore`] takes.
        snapshot: Box<Snapshot>,
    },
    /// A person's files are being read; told now and then.
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
    /// A person's files were refused; the run and the data at hand are as they were.
    FilesRefused {
        /// What was found and what was expected.
        message: String,
    },
    /// What was asked about the data.
    Explored {
        /// What was asked.
        question: Question,
        /// What there is to tell.
        answer: Answer,
    },
    /// A command was refused; the run goes on as it was.
    Rejected {
        /// What was found and what was expected.
        message: String,
    },
    /// The run cannot go on.
    Failed {
        /// Why.
        message: String,
    },
}

/// One training step, all members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// Steps taken, this one included.
    pub step: u32,
    /// Epochs done, with the fraction of the present one.
    pub epoch: f32,
    /// Learning rate of this step.
    pub learning_rate: f32,
    /// One entry a member.
    pub members: Vec<MemberStep>,
}

/// What one member did in a step. Pairs are in the order of [`crate::Task::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberStep {
    /// The losses `L_i` on the batch, before normalization.
    pub losses: [f32; 2],
    /// What each loss was divided by, `N_i`.
    pub normalizers: [f32; 2],
    /// The weights `λ_i`.
    pub weights: [f32; 2],
    /// Norms `‖∇L_i‖` of the shared parameters' gradients, before normalization and weighting.
    pub gradient_norms: [f32; 2],
    /// Cosine between the two shared gradients; 0 where one of them vanishes.
    pub cosine: f32,
    /// Factor by which clipping scaled the combined gradient, 1 when it did not.
    pub clip_factor: f32,
}

/// The members' figures on the test set (last window of each test engine, RUL capped).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// Steps taken.
    pub step: u32,
    /// Epochs done, with the fraction of the present one.
    pub epoch: f32,
    /// One entry a member.
    pub test: Vec<Metrics>,
    /// The same on the held-out engines: at the end of an epoch, where some are held out.
    pub validation: Option<Vec<Metrics>>,
    /// What every member predicted for the test windows: at the end of an epoch.
    #[serde(default)]
    pub predictions: Option<Predictions>,
    /// Where each member stands. What is measured of one that diverged is what it was before the step that failed.
    #[serde(default)]
    pub states: Vec<MemberState>,
}
