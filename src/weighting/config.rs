//! The registry of strategies: one variant each, its parameters and their defaults on the fields.

use serde::{Deserialize, Serialize};

use super::{Fixed, Weighting};
use crate::ConfigError;

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

impl WeightingConfig {
    /// The strategy, having seen nothing.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused.
    pub fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        match *self {
            Self::Fixed { lambda_rul } if !(0.0..=1.0).contains(&lambda_rul) => {
                Err(ConfigError::new("lambda_rul", "in [0, 1]", &lambda_rul))
            }
            Self::Fixed { lambda_rul } => Ok(Box::new(Fixed { lambda_rul })),
        }
    }
}

impl Default for WeightingConfig {
    fn default() -> Self {
        Self::Fixed { lambda_rul: default_lambda() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TaskSignals;
    use super::*;

    #[test]
    fn fixed_weights_sum_to_one_whatever_the_signals() {
        for loss in [0.0, 1.0, 1e15] {
            let mut strategy = WeightingConfig::Fixed { lambda_rul: 0.3 }.build().unwrap();
            let signals = TaskSignals {
                step: 0,
                progress: 0.0,
                losses: [loss; 2],
                normalized: [loss; 2],
                gramian: [[loss; 2]; 2],
            };
            let weights = strategy.weights(&signals);
            assert!((weights[0] - 0.3).abs() < 1e-6 && (weights[0] + weights[1] - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_weight_out_of_range_is_refused_with_what_was_found() {
        let error = WeightingConfig::Fixed { lambda_rul: 1.5 }.build().err().unwrap();
        assert_eq!(error.to_string(), "`lambda_rul` should be in [0, 1], found 1.5");
        assert!(WeightingConfig::Fixed { lambda_rul: f32::NAN }.build().is_err());
    }
}
