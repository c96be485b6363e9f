//! What a run reports: its steps and what is measured of its members.

use serde::{Deserialize, Serialize};

use crate::measure::{Metrics, Predictions};
use crate::train::MemberState;

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
