//! The whole configuration of a run: what a link holds and what reproduces it.

use serde::{Deserialize, Serialize};

use crate::data::DataConfig;
use crate::loss::LossConfig;
use crate::model::EncoderConfig;
use crate::train::{MemberConfig, OptimizerConfig};

/// A run: data, model, training and members. The same configuration gives the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunConfig {
    /// Data set and how it is cut into windows.
    pub data: DataConfig,
    /// Encoder that every member has.
    pub encoder: EncoderConfig,
    /// Losses.
    pub loss: LossConfig,
    /// Optimizer and schedule.
    pub optimizer: OptimizerConfig,
    /// Windows a step.
    pub batch_size: usize,
    /// Epochs until the run is finished.
    pub epochs: u32,
    /// Seed of the initial weights, the data order and the split.
    pub seed: u32,
    /// One entry a member; all start from the same initial weights.
    pub members: Vec<MemberConfig>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            data: DataConfig::default(),
            encoder: EncoderConfig::default(),
            loss: LossConfig::default(),
            optimizer: OptimizerConfig::default(),
            batch_size: 128,
            epochs: 12,
            seed: 1,
            members: vec![MemberConfig::default()],
        }
    }
}

/// What applying another configuration to a run in progress takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing differs.
    Nothing,
    /// It takes effect at the next step; training goes on.
    Live,
    /// Training starts anew, because this differs.
    Restart(&'static str),
}

impl RunConfig {
    /// What it takes to go on from `self` with `next`.
    ///
    /// λ, strategy, normalization, losses, optimizer and the number of epochs change live; the encoder, the data, the
    /// batch size, the seed and the number of members start anew.
    #[must_use]
    pub fn change_to(&self, next: &Self) -> Change {
        if self == next {
            return Change::Nothing;
        }
        let restarts = [
            (self.encoder != next.encoder, "the encoder"),
            (self.data != next.data, "the data"),
            (self.batch_size != next.batch_size, "the batch size"),
            (self.seed != next.seed, "the seed"),
            (self.members.len() != next.members.len(), "the number of members"),
        ];
        restarts.iter().find(|(differs, _)| *differs).map_or(Change::Live, |(_, what)| Change::Restart(what))
    }
}
