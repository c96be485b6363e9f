//! What a step is given: windows with their targets, and how to train on them.

use super::{OptimizerConfig, StepContext};
use crate::loss::{TARGET_COLUMNS, TwoTaskLoss};
use crate::model::{Windows, of_member};

/// What a step is trained on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The windows.
    pub windows: Windows,
    /// The target rows of [`TwoTaskLoss::targets`], `[sets, batch, 8]`, with one set for all members or one for each.
    pub targets: Vec<f32>,
}

impl Batch {
    /// A member's target rows.
    #[must_use]
    pub fn targets_of(&self, member: usize) -> &[f32] {
        of_member(&self.targets, self.windows.batch * TARGET_COLUMNS, member)
    }
}

/// Which gradients a step takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gradients {
    /// Each task's own: their norms and cosine are known.
    #[default]
    PerTask,
    /// The weighted sum's alone: one way back instead of two. On a GPU the tasks are distinguished all the same.
    Combined,
}

/// How a step is taken.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// The losses.
    pub loss: &'a TwoTaskLoss,
    /// The optimizer.
    pub optimizer: &'a OptimizerConfig,
    /// Which gradients.
    pub gradients: Gradients,
    /// Where the run stands; the trainer counts its steps itself.
    pub context: StepContext,
}
