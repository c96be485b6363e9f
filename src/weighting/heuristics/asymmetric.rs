//! Late predictions cost more than early ones.

use super::super::{Card, Family, Strategy, Weighting};
use super::State;
use crate::ConfigError;
use crate::loss::Emphasis;
use crate::parameter::{Range, parameters};

parameters! {
    /// `λ_rul` as set, and a RUL loss that is a blend of the run's penalty and NASA's asymmetric one.
    ///
    /// ```text
    /// ρ = (1 − share) · ρ_run + share · ρ_NASA
    /// ρ_NASA(d) = exp(−d/13) − 1 for d < 0 (early),   exp(d/10) − 1 otherwise (late)
    /// ```
    ///
    /// `d`: predicted minus true RUL, in cycles. Beyond an exponent of 4 (40 cycles late, 52 early) the exponential goes on
    /// as a straight line. In fractions of the cap `ρ_NASA` is some ten to a hundred times the squared error, so that a
    /// small share says much. Saxena et al. 2008, "Damage Propagation Modeling for Aircraft Engine Run-to-Failure
    /// Simulation", scores predictions so; they do not train with it.
    Asymmetric {
        /// Weight of the RUL loss; the health loss has the rest.
        lambda_rul: f32 = 0.5, "λ of RUL", Range::SHARE;
        /// Share of the asymmetric penalty; the rest is the run's own form of the RUL loss.
        share: f32 = 0.2, "Share of the asymmetric penalty", Range::SHARE;
    }
}

impl Strategy for Asymmetric {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Rather early than late",
            family: Family::Heuristics,
            summary: "Fixed weights, and predictions that are too late cost more than those that are too early.",
            best_for: "Safety: an engine that is called in too soon costs less than one that fails in the air.",
            pros: &["Trains for the score that NASA reports", "Costs nothing"],
            cons: &["Predictions become biased on purpose", "Large errors rule the gradient"],
            citation: "Saxena et al. 2008, Damage Propagation Modeling for Aircraft Engine Run-to-Failure Simulation",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        let emphasis = Emphasis { asymmetric: self.share, ..Emphasis::NONE };
        Ok(Box::new(State { lambda_rul: self.lambda_rul, emphasis }))
    }

    fn base_lambda(&mut self) -> Option<&mut f32> {
        Some(&mut self.lambda_rul)
    }
}
