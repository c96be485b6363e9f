//! Constant weights: the person is the strategy.

use super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// `λ_rul` as set, `λ_health = 1 − λ_rul`.
    ///
    /// ```text
    /// L = λ_rul · L_rul / N_rul + (1 − λ_rul) · L_health / N_health
    /// ```
    #[derive(Copy)]
    Fixed {
        /// Weight of the RUL loss; the health loss has the rest.
        lambda_rul: f32 = 0.5, "λ of RUL", Range::SHARE;
    }
}

impl Strategy for Fixed {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Fixed weights",
            family: Family::Fixed,
            summary: "The two losses are added with the weights you set.",
            best_for: "The baseline to beat; looking at what λ does.",
            pros: &["Nothing to tune but one number", "Every other strategy is compared with it"],
            cons: &["One number for the whole training", "The best one depends on the losses' scales"],
            citation: "Caruana 1997, Multitask Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(*self))
    }

    fn base_lambda(&mut self) -> Option<&mut f32> {
        Some(&mut self.lambda_rul)
    }
}

impl Weighting for Fixed {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        [self.lambda_rul, 1.0 - self.lambda_rul]
    }

    fn reset(&mut self) {}

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::WeightingConfig;

    #[test]
    fn a_weight_out_of_range_is_refused_with_what_was_found() {
        let error = WeightingConfig::Fixed { lambda_rul: 1.5 }.build().err().unwrap();
        assert_eq!(error.to_string(), "`lambda_rul` should be in [0, 1], found 1.5");
        assert!(WeightingConfig::Fixed { lambda_rul: f32::NAN }.build().is_err());
    }

    #[test]
    fn the_weights_are_those_set() {
        assert_eq!(Fixed { lambda_rul: 0.25 }.weights(&TaskSignals::default()), [0.25, 0.75]);
    }
}
