//! A run at rest.

use serde::{Deserialize, Serialize};

use super::RunConfig;
use crate::train::TrainState;

/// A run after a step, to go on from: in another tab, after a reload, on another worker. The data is not in it; the same
/// data set must be at hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The configuration in force.
    pub config: RunConfig,
    /// What the steps have made of it.
    pub state: TrainState,
}

impl Snapshot {
    /// Steps taken.
    #[must_use]
    pub const fn step(&self) -> u32 {
        self.state.steps
    }
}
