//! The whole configuration of a run: what a link holds and what reproduces it.

use serde::{Deserialize, Serialize};

use super::CurveConfig;
use crate::ConfigError;
use crate::data::DataConfig;
use crate::loss::{LossConfig, TwoTaskLoss};
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
    /// Whether each step tells the two tasks' gradients apart, for their norms and their cosine. Without, a step on the
    /// CPU takes one way back instead of two.
    pub task_gradients: bool,
    /// One entry a member; all start from the same initial weights.
    pub members: Vec<MemberConfig>,
    /// The λ-curve that the members are, or are to be once the run is [expanded](Self::expanded).
    pub curve: Option<CurveConfig>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            data: DataConfig::default(),
            encoder: EncoderConfig::default(),
            loss: LossConfig::default(),
            optimizer: OptimizerConfig::default(),
            batch_size: 128,
            epochs: 8,
            seed: 1,
            task_gradients: true,
            members: vec![MemberConfig::default()],
            curve: None,
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
    /// Check every number that the layers below do not check themselves.
    ///
    /// # Errors
    ///
    /// The first value out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let OptimizerConfig { learning_rate, weight_decay, clip_norm, warmup_epochs, .. } = self.optimizer;
        let at_least_zero = |value: f32| value.is_finite() && value >= 0.0;
        let checks = [
            ((1..=4096).contains(&self.batch_size), "batch_size", "from 1 to 4096", self.batch_size.to_string()),
            ((1..=1000).contains(&self.epochs), "epochs", "from 1 to 1000", self.epochs.to_string()),
            ((1..=128).contains(&self.members.len()), "members", "from 1 to 128", self.members.len().to_string()),
            (
                learning_rate > 0.0 && learning_rate <= 1.0,
                "learning_rate",
                "above 0 and at most 1",
                learning_rate.to_string(),
            ),
            (at_least_zero(weight_decay), "weight_decay", "0 or more", weight_decay.to_string()),
            (at_least_zero(clip_norm), "clip_norm", "0 (no clipping) or more", clip_norm.to_string()),
            (at_least_zero(warmup_epochs), "warmup_epochs", "0 or more", warmup_epochs.to_string()),
        ];
        match checks.into_iter().find(|(holds, ..)| !holds) {
            Some((_, field, expected, found)) => Err(ConfigError::new(field, expected, &found)),
            None => self.curve.as_ref().map_or(Ok(()), CurveConfig::validate).and_then(|()| self.encoder.validate()),
        }
    }

    /// The losses, against the labels of the data.
    #[must_use]
    pub const fn two_task_loss(&self) -> TwoTaskLoss {
        TwoTaskLoss { config: self.loss, labels: self.data.labels }
    }

    /// What it takes to go on from `self` with `next`.
    ///
    /// λ, strategy, normalization, regularization, losses, optimizer and the number of epochs change live; the encoder,
    /// the data, the batch size, the seed, the number of members, the λ-curve and the bootstraps start anew.
    #[must_use]
    pub fn change_to(&self, next: &Self) -> Change {
        if self == next {
            return Change::Nothing;
        }
        let engines = |member: &MemberConfig| member.bootstrap;
        let restarts = [
            (self.encoder != next.encoder, "the encoder"),
            (self.data != next.data, "the data"),
            (self.batch_size != next.batch_size, "the batch size"),
            (self.seed != next.seed, "the seed"),
            (self.members.len() != next.members.len(), "the number of members"),
            (self.curve != next.curve, "the λ-curve"),
            (!self.members.iter().map(engines).eq(next.members.iter().map(engines)), "the bootstraps"),
        ];
        restarts.iter().find(|(differs, _)| *differs).map_or(Change::Live, |(_, what)| Change::Restart(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::WeightingConfig;

    #[test]
    fn lambda_changes_live_and_the_encoder_starts_anew() {
        let config = RunConfig::default();
        let mut next = config.clone();
        assert_eq!(config.change_to(&next), Change::Nothing);
        next.members[0].weighting = WeightingConfig::Fixed { lambda_rul: 0.9 };
        next.epochs += 1;
        assert_eq!(config.change_to(&next), Change::Live);
        next.encoder = EncoderConfig::from_name("cnn").unwrap();
        assert_eq!(config.change_to(&next), Change::Restart("the encoder"));
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        let refused = |change: fn(&mut RunConfig)| {
            let mut config = RunConfig::default();
            change(&mut config);
            config.validate().unwrap_err().to_string()
        };
        assert_eq!(refused(|c| c.batch_size = 0), "`batch_size` should be from 1 to 4096, found 0");
        assert_eq!(
            refused(|c| c.optimizer.learning_rate = -1.0),
            "`learning_rate` should be above 0 and at most 1, found -1"
        );
        assert!(refused(|c| c.optimizer.learning_rate = f32::NAN).contains("found NaN"));
        assert!(refused(|c| c.encoder = EncoderConfig::Cnn { hidden: 32, kernel: 4 }).contains("odd"));
        assert!(RunConfig::default().validate().is_ok());
    }
}
