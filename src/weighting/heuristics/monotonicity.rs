//! Engines do not heal: a predicted RUL should not rise.

use super::super::{Card, Family, Strategy, Weighting};
use super::State;
use crate::ConfigError;
use crate::loss::Emphasis;
use crate::parameter::{Range, parameters};

parameters! {
    /// `λ_rul` as set, and a RUL loss to which rises of the prediction along an engine's life are added.
    ///
    /// ```text
    /// L_rul = (the run's) + strength · mean over pairs of max(0, s·(ŷ_later − ŷ_earlier))²
    /// ```
    ///
    /// A pair are two windows of one engine, neighbours by their cycles among those of the batch; `s·ŷ` is the predicted
    /// RUL in the loss's unit. The gradient pulls the later prediction down and the earlier one up. A batch without two
    /// windows of one engine adds nothing, so that larger batches say more. The penalty is the squared hinge that
    /// monotonic networks are regularized with: Gupta et al. 2019, "How to Incorporate Monotonicity in Deep Networks While
    /// Preserving Flexibility", there on derivatives with respect to an input, here on differences in time.
    Monotonicity {
        /// Weight of the RUL loss; the health loss has the rest.
        lambda_rul: f32 = 0.5, "λ of RUL", Range::SHARE;
        /// How much a rise costs beside the error: 1 is as much as an error of the same size.
        strength: f32 = 1.0, "Strength", Range::linear(0.0, 100.0, 0.1);
    }
}

impl Strategy for Monotonicity {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Engines do not heal",
            family: Family::Heuristics,
            summary: "Fixed weights, and a predicted RUL that rises along an engine's life is penalized.",
            best_for: "Curves that a person can trust: less life left with every cycle.",
            pros: &["Calmer RUL curves", "Knowledge that no label states"],
            cons: &["Sees only engines with two windows in a batch", "Flattens predictions if it is strong"],
            citation: "Gupta et al. 2019, How to Incorporate Monotonicity in Deep Networks",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        let emphasis = Emphasis { monotonicity: self.strength, ..Emphasis::NONE };
        Ok(Box::new(State { lambda_rul: self.lambda_rul, emphasis }))
    }

    fn base_lambda(&mut self) -> Option<&mut f32> {
        Some(&mut self.lambda_rul)
    }
}
