//! The whole configuration of a run: what a link holds and what reproduces it.

use super::CurveConfig;
use crate::data::DataConfig;
use crate::loss::{LossConfig, TwoTaskLoss};
use crate::measure::Prices;
use crate::model::EncoderConfig;
use crate::parameter::{Any, Range, Traits, parameters};
use crate::train::{MemberConfig, OptimizerConfig};

parameters! {
    /// A run: data, model, training and members. The same configuration gives the same run.
    ///
    /// [`RunConfig::settings`] lists what can be set in it.
    RunConfig {
        /// Data set and how it is cut into windows.
        data: DataConfig = DataConfig::default();
        /// The shared part of the model: it reads a window of sensors and hands both tasks the same latent.
        encoder: EncoderConfig = EncoderConfig::default(), "Encoder", Any, Traits::RESTART.usual();
        /// Losses.
        loss: LossConfig = LossConfig::default();
        /// Optimizer and schedule.
        optimizer: OptimizerConfig = OptimizerConfig::default();
        /// Windows that a step looks at.
        batch_size: usize = 128, "Batch size", Range::count(1, 4096),
            Traits::RESTART.key("batch").flag("batch-size").unit("windows").usual();
        /// What a wrong prediction costs.
        #[serde(skip_serializing_if = "Prices::are_usual")]
        prices: Prices = Prices::default();
        /// Passes over all training windows until the run is finished.
        epochs: u32 = 8, "Epochs", Range::count(1, 1000), Traits::LIVE.usual();
        /// Of the initial weights, the data order and the split: the same seed and settings give the same run.
        seed: u32 = 1, "Seed", Range::count(0, u32::MAX), Traits::RESTART.usual();
        /// Whether each step tells the two tasks' gradients apart, for their norms and their cosine. Without, a step on
        /// the CPU takes one way back instead of two.
        task_gradients: bool = true, "Gradients apart", Any, Traits::LIVE.key("task-gradients");
        /// One entry a member; all start from the same initial weights.
        members: Vec<MemberConfig> = vec![MemberConfig::default()];
        /// The λ-curve that the members are: the number of λ or the λ themselves, and the bootstraps of each.
        curve: Option<CurveConfig> = None, "λ-curve", Any, Traits::RESTART;
    }
}

impl RunConfig {
    /// Most members of a run, however they are asked for: in a link, on a command line or by forks.
    pub const MOST_MEMBERS: usize = 128;

    /// The losses, against the labels of the data.
    #[must_use]
    pub const fn two_task_loss(&self) -> TwoTaskLoss {
        TwoTaskLoss { config: self.loss, labels: self.data.labels }
    }
}
