//! Which losses, in which unit, divided by what.

use serde::{Deserialize, Serialize};

use crate::data::Labels;

/// The unit in which the RUL loss sees its residual.
///
/// In cycles the squared error is cap² times what it is as a fraction (125² at the usual cap), which decides the task that dominates an
/// unnormalized sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RulUnit {
    /// RUL divided by its cap, or by 125 cycles where there is none: [`Labels::unit_cycles`].
    #[default]
    Fraction,
    /// Cycles.
    Cycles,
}

/// What each loss is divided by before it is weighted: `L = Σ λ_i · L_i / N_i`. Never differentiated through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Normalization {
    /// `N_i = 1`.
    None,
    /// Adaptive multi-task normalized loss: the bias-corrected moving average
    /// `m ← β m + (1−β) L_i`, `N_i = m / (1−β^t) + 1e-8`, from zero.
    Amnl {
        /// β, in [0, 1).
        #[serde(default = "default_beta")]
        beta: f32,
    },
    /// The current value, `N_i = L_i`: the gradient of `Σ λ_i log L_i`.
    Batch,
    /// The value of the first step.
    Initial,
    /// Numbers given by hand, for RUL and for health: "tuned weights".
    Manual {
        /// `N_rul` and `N_health`; positive.
        divisors: [f32; 2],
    },
}

const fn default_beta() -> f32 {
    0.99
}

impl Normalization {
    /// The normalizers' names, in the order in which they are offered.
    pub const NAMES: [&str; 5] = ["none", "amnl", "batch", "initial", "manual"];

    /// The normalizer of this name with its default parameters, or `None` for a name that is not in [`Self::NAMES`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "amnl" => Some(Self::Amnl { beta: default_beta() }),
            "batch" => Some(Self::Batch),
            "initial" => Some(Self::Initial),
            "manual" => Some(Self::Manual { divisors: [1.0, 1.0] }),
            _ => None,
        }
    }

    /// The normalizer's name, as in [`Self::NAMES`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Amnl { .. } => "amnl",
            Self::Batch => "batch",
            Self::Initial => "initial",
            Self::Manual { .. } => "manual",
        }
    }
}

impl Default for Normalization {
    fn default() -> Self {
        Self::Amnl { beta: default_beta() }
    }
}

/// The pointwise form of the RUL loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RulLoss {
    /// Squared error.
    #[default]
    Squared,
    /// Huber: squared up to `delta_cycles`, linear beyond.
    Huber {
        /// Where the square turns into a line, in cycles.
        delta_cycles: f32,
    },
    /// The asymmetric NASA penalty, `exp(−d/13) − 1` for early and `exp(d/10) − 1` for late predictions.
    Asymmetric,
}

/// The losses of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossConfig {
    /// Unit of the RUL residual.
    pub unit: RulUnit,
    /// Form of the RUL loss.
    pub rul: RulLoss,
    /// Weigh each window by `1 + clip(1 − y/cap, 0, 1)`, with 125 cycles for a cap where there is none: more towards
    /// the end of life.
    pub sample_weighted: bool,
    /// Weigh the cross-entropy of each class by the inverse of its share among the training windows.
    pub class_weighted: bool,
}

/// The losses of a run and the labels that they are taken against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoTaskLoss {
    /// Unit, form and weights.
    pub config: LossConfig,
    /// What the windows are labelled with.
    pub labels: Labels,
}
