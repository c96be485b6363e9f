//! One test engine's life as the members see it.

use serde::{Deserialize, Serialize};

use super::Predictions;

/// What every member predicts after each cycle of one test engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trajectory {
    /// The engine, numbered from 1 in the order of its file.
    pub engine: usize,
    /// How many test engines there are.
    pub engines: usize,
    /// One window a cycle, the first ends at cycle 1; those that would begin before it repeat the first row.
    pub predictions: Predictions,
}

impl Trajectory {
    /// The cycles, from 1.
    #[must_use]
    pub fn cycles(&self) -> Vec<f32> {
        (1..=self.predictions.truth().len()).map(|cycle| cycle as f32).collect()
    }

    /// A member's predicted RUL after each cycle, in cycles. Empty for a member that does not exist.
    #[must_use]
    pub fn predicted(&self, member: usize) -> Vec<f32> {
        self.predictions.of(member).iter().map(|[rul_cycles, ..]| *rul_cycles).collect()
    }
}
