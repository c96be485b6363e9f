//! More weight to windows near the end of an engine's life.

use super::super::{Card, Family, Strategy, Weighting};
use super::State;
use crate::ConfigError;
use crate::loss::Emphasis;
use crate::parameter::{Range, parameters};

parameters! {
    /// `λ_rul` as set, and a RUL loss in which each window weighs more the less life is left.
    ///
    /// ```text
    /// L_rul = Σ_b w_b (1 + strength · clip(1 − y_b/125, 0, 1)) ρ(r_b) / B
    /// ```
    ///
    /// `y`: RUL in cycles, `r`: the residual, `ρ` and `w`: the run's form and weights. With strength 1 it is what the
    /// run's own sample weights do for all members; both together multiply. The weights are not scaled back to a mean of
    /// one: a normalizer that divides by the loss takes the larger loss out again, and without one `L_rul` grows by up to
    /// 1 + strength. A. Shaa 2023, "Dynamically Weighting Loss Function Components in Machine Learning Models", names such
    /// heuristics; the ramp is that of the sample-weighted form of AMNL.
    EndOfLife {
        /// Weight of the RUL loss; the health loss has the rest.
        lambda_rul: f32 = 0.5, "λ of RUL", Range::SHARE;
        /// How much more the last cycle of a life weighs than a new engine: 1 is twice as much, 0 is as much.
        strength: f32 = 2.0, "Strength", Range::linear(0.0, 20.0, 0.1);
    }
}

impl Strategy for EndOfLife {
    fn card(&self) -> &'static Card {
        &Card {
            title: "End of life first",
            family: Family::Heuristics,
            summary: "Fixed weights, and windows near failure count more in the RUL loss.",
            best_for: "Maintenance: an error of ten cycles matters when twenty are left, not when a hundred are.",
            pros: &["Costs nothing", "One number that an engineer can name"],
            cons: &["RMSE over a whole life may rise", "The network hears less of healthy engines"],
            citation: "Shaa 2023, Dynamically Weighting Loss Function Components in Machine Learning Models",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        let emphasis = Emphasis { end_of_life: self.strength, ..Emphasis::NONE };
        Ok(Box::new(State { lambda_rul: self.lambda_rul, emphasis }))
    }

    fn base_lambda(&mut self) -> Option<&mut f32> {
        Some(&mut self.lambda_rul)
    }
}
