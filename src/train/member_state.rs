//! Where a member stands, and why one that diverged did.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Where one member of a run stands. The others go on whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum MemberState {
    /// It takes every step.
    #[default]
    Training,
    /// Early stopping has brought its best parameters back and holds them.
    Stopped {
        /// The epoch that they are of.
        epoch: u32,
    },
    /// A figure of it was not finite: it keeps the parameters, the optimizer state and the strategy that it had before
    /// that step, and takes no further one. Another configuration lets it go on from there.
    Diverged {
        /// Steps taken before the one that failed.
        step: u32,
        /// Which figure it was, and what to change.
        cause: Divergence,
    },
}

impl MemberState {
    /// The name used by `[data-state]` of a member.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Stopped { .. } => "stopped",
            Self::Diverged { .. } => "diverged",
        }
    }

    /// The epoch whose parameters early stopping holds, where it does.
    #[must_use]
    pub const fn stopped(&self) -> Option<u32> {
        match self {
            Self::Stopped { epoch } => Some(*epoch),
            Self::Training | Self::Diverged { .. } => None,
        }
    }

    /// Why it diverged, where it did.
    #[must_use]
    pub const fn divergence(&self) -> Option<&Divergence> {
        match self {
            Self::Diverged { cause, .. } => Some(cause),
            Self::Training | Self::Stopped { .. } => None,
        }
    }
}

/// Why a member diverged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// The figure that was not finite.
    pub figure: DivergedFigure,
    /// The setting that most likely made it so.
    pub suspect: Suspect,
    /// What was found and what to change, in one sentence without its full stop.
    pub words: Cow<'static, str>,
}

impl std::fmt::Display for Divergence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.words)
    }
}

/// A figure that has to be finite for a step to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DivergedFigure {
    /// The RUL loss.
    RulLoss,
    /// The health loss.
    HealthLoss,
    /// The gradient of the weighted sum of losses, or what a strategy reads of the gradients.
    Gradient,
    /// A parameter, as the step would have left it.
    Parameter,
}

/// A setting that can make a member diverge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspect {
    /// The learning rate.
    LearningRate,
    /// A divisor of the manual normalization.
    Divisor,
    /// The RUL loss in cycles, which nothing divides.
    RulUnit,
    /// The weights that the strategy gives.
    Strategy,
    /// The run's weight decay or a penalty of the member.
    WeightDecay,
}
