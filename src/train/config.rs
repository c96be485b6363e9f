//! How a run is trained: optimizer, schedule, batches.

use serde::{Deserialize, Serialize};

use crate::loss::Normalization;
use crate::weighting::WeightingConfig;

/// Which optimizer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// Adam (Kingma and Ba 2015); weight decay, if any, is added to the gradient.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    #[default]
    AdamW,
}

/// The optimizer and its schedule.
///
/// The defaults were chosen on FD001: engines are few and their windows overlap, so that a compact model soon learns the
/// engines instead of the wear; few epochs and a strong decay keep it from that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OptimizerConfig {
    /// Adam or `AdamW`.
    pub kind: OptimizerKind,
    /// Peak learning rate; positive.
    pub learning_rate: f32,
    /// Weight decay; zero or more.
    pub weight_decay: f32,
    /// Largest global norm of the combined gradient, or zero for no clipping.
    pub clip_norm: f32,
    /// Epochs over which the learning rate rises linearly from zero.
    pub warmup_epochs: f32,
    /// Whether the rate then falls to zero along a cosine by the last epoch.
    pub cosine_decay: bool,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self {
            kind: OptimizerKind::AdamW,
            learning_rate: 3e-3,
            weight_decay: 0.4,
            clip_norm: 1.0,
            warmup_epochs: 0.5,
            cosine_decay: true,
        }
    }
}

/// What each member has of its own; may change while it trains.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberConfig {
    /// Strategy and its parameters.
    pub weighting: WeightingConfig,
    /// What each loss is divided by.
    pub normalization: Normalization,
    /// Seed of the bootstrap of the training engines that it trains on, or all of them. Members with the same seed see
    /// the same engines in the same batches. It does not change live.
    pub bootstrap: Option<u32>,
}
