//! The registry of strategies: one variant each, its parameters and their defaults on the fields.

use serde::{Deserialize, Serialize};

/// A strategy and its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WeightingConfig {
    /// Constant weights, `λ_health = 1 − λ_rul`.
    Fixed {
        /// Weight of the RUL loss, in [0, 1].
        #[serde(default = "default_lambda")]
        lambda_rul: f32,
    },
}

const fn default_lambda() -> f32 {
    0.5
}

impl WeightingConfig {
    /// The strategies' names, in the order in which they are offered.
    pub const NAMES: [&str; 1] = ["fixed"];

    /// The strategy's name, as in [`Self::NAMES`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fixed { .. } => "fixed",
        }
    }
}

impl Default for WeightingConfig {
    fn default() -> Self {
        Self::Fixed { lambda_rul: default_lambda() }
    }
}
