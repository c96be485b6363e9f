//! Which losses, in which unit, divided by what.

use crate::ConfigError;
use crate::parameter::{Any, Range, Traits, choice, parameters, variants};

use crate::data::Labels;

choice! {
    /// The unit in which the RUL loss sees its residual.
    ///
    /// In cycles the squared error is cap² times what it is as a fraction (125² at the usual cap), which decides the task that dominates an
    /// unnormalized sum.
    RulUnit {
        /// RUL divided by its cap, or by 125 cycles where there is none: [`Labels::unit_cycles`].
        Fraction = "fraction", "as a fraction of its cap";
        /// Cycles.
        Cycles = "cycles", "in cycles (error² × cap²)";
    }
}

variants! {
    /// What each loss is divided by before it is weighted: `L = Σ λ_i · L_i / N_i`. Never differentiated through.
    Normalization, positional: true {
        /// `N_i = 1`.
        None = "none", "none"
        /// Adaptive multi-task normalized loss: the bias-corrected moving average
        /// `m ← β m + (1−β) L_i`, `N_i = m / (1−β^t) + 1e-8`, from zero.
        Amnl = "amnl", "AMNL: by a moving average" {
            /// Memory of the moving average; the nearer to 1, the longer.
            beta: f32 = 0.99, "β, memory of the average", Range::linear(0.0, 0.9999, 0.001);
        }
        /// The current value, `N_i = L_i`: the gradient of `Σ λ_i log L_i`.
        Batch = "batch", "by the present value"
        /// The value of the first step.
        Initial = "initial", "by the first value"
        /// Numbers given by hand: "tuned weights".
        Manual = "manual", "by hand" {
            /// What the RUL loss is divided by.
            rul: f32 = 1.0, "RUL loss divided by", Range::log(1e-38, 1e38);
            /// What the health loss is divided by.
            health: f32 = 1.0, "Health loss divided by", Range::log(1e-38, 1e38);
        }
    }
}

impl Normalization {
    /// A sentence on what it does, for people.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::None => "Losses are weighted as they are: the larger one dominates, whatever λ says.",
            Self::Amnl { .. } => "Each loss is divided by its own moving average, so that λ alone decides the balance.",
            Self::Batch => {
                "Each loss is divided by its value on this very batch: only the directions of the gradients count."
            }
            Self::Initial => "Each loss is divided by what it was at the first step.",
            Self::Manual { .. } => "Each loss is divided by a number of your choice: “tuned weights”.",
        }
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "each of its parameters is checked alone")]
    const fn check_together(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

impl Default for Normalization {
    fn default() -> Self {
        Self::Amnl { beta: 0.99 }
    }
}

variants! {
    /// The pointwise form of the RUL loss.
    #[derive(Copy)]
    RulLoss, positional: true {
        /// Squared error.
        Squared = "squared", "squared error"
        /// Huber: squared up to `delta_cycles`, linear beyond.
        Huber = "huber", "Huber: linear where far off" {
            /// Where the square turns into a line.
            delta_cycles: f32 = 10.0, "Turns linear at, cycles", Range::log(1e-3, 1e4);
        }
        /// The asymmetric NASA penalty, `exp(−d/13) − 1` for early and `exp(d/10) − 1` for late predictions.
        Asymmetric = "asymmetric", "asymmetric, as NASA scores"
    }
}

impl RulLoss {
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "each of its parameters is checked alone")]
    const fn check_together(self) -> Result<(), ConfigError> {
        Ok(())
    }
}

#[expect(clippy::derivable_impls, reason = "the enum's declaration marks no variant")]
impl Default for RulLoss {
    fn default() -> Self {
        Self::Squared
    }
}

parameters! {
    /// The losses of a run.
    #[derive(Copy)]
    LossConfig {
        /// Unit of the RUL in its loss. In cycles its squared error is the cap squared times larger: without normalization
        /// RUL then drowns the other task.
        unit: RulUnit = RulUnit::Fraction, "RUL in the loss", Any, Traits::LIVE.flag("rul-unit").usual();
        /// Form of the RUL loss.
        rul: RulLoss = RulLoss::Squared, "RUL loss", Any, Traits::LIVE.key("rul-loss");
        /// Weigh each window by `1 + clip(1 − y/cap, 0, 1)`, with 125 cycles for a cap where there is none: up to twice as much towards the end of life.
        sample_weighted: bool = false, "More weight near failure", Any, Traits::LIVE.key("sample-weighted");
        /// Weigh the cross-entropy of each health class by the inverse of its share among the training windows.
        class_weighted: bool = false, "Rare classes weigh more", Any, Traits::LIVE.key("class-weighted");
    }
}

/// The losses of a run and the labels that they are taken against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoTaskLoss {
    /// Unit, form and weights.
    pub config: LossConfig,
    /// What the windows are labelled with.
    pub labels: Labels,
}
