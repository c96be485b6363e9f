//! The state behind a normalization: what each loss is divided by at this step.

use serde::{Deserialize, Serialize};

use super::Normalization;
use crate::ConfigError;
use crate::parameter::Variant as _;

/// Keeps a divisor of zero away; AMNL's own constant.
const EPSILON: f32 = 1e-8;

/// One member's normalizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalizer {
    config: Normalization,
    average: [f32; 2],
    steps: i32,
}

impl Normalization {
    /// A normalizer that has seen no loss.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused.
    pub fn build(&self) -> Result<Normalizer, ConfigError> {
        self.check_inner()?;
        Ok(Normalizer { config: self.clone(), average: [0.0; 2], steps: 0 })
    }
}

impl Normalizer {
    /// Its configuration.
    #[must_use]
    pub const fn config(&self) -> &Normalization {
        &self.config
    }

    /// The divisors `N_i` for the losses of this step, which are taken into the average first.
    pub fn divisors(&mut self, losses: [f32; 2]) -> [f32; 2] {
        self.steps += 1;
        match self.config {
            Normalization::None => [1.0; 2],
            Normalization::Amnl { beta } => {
                for (average, loss) in self.average.iter_mut().zip(losses) {
                    *average = beta * *average + (1.0 - beta) * loss;
                }
                let correction = 1.0 - beta.powi(self.steps);
                self.average.map(|average| average / correction + EPSILON)
            }
            Normalization::Batch => losses.map(|loss| loss + EPSILON),
            Normalization::Initial => {
                if self.steps == 1 {
                    self.average = losses;
                }
                self.average.map(|first| first + EPSILON)
            }
            Normalization::Manual { rul, health } => [rul, health],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divisors(config: &Normalization, losses: &[[f32; 2]]) -> Vec<[f32; 2]> {
        let mut normalizer = config.build().unwrap();
        losses.iter().map(|losses| normalizer.divisors(*losses)).collect()
    }

    #[test]
    fn amnl_is_the_bias_corrected_moving_average() {
        let found = divisors(&Normalization::Amnl { beta: 0.5 }, &[[4.0, 1.0], [2.0, 1.0]]);
        assert!((found[0][0] - 4.0).abs() < 1e-6);
        // (0.25·4 + 0.5·2) / 0.75
        assert!((found[1][0] - 8.0 / 3.0).abs() < 1e-6);
        assert!((found[1][1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn batch_takes_the_present_and_initial_the_first_loss() {
        let losses = [[4.0, 2.0], [3.0, 1.0]];
        assert!((divisors(&Normalization::Batch, &losses)[1][0] - 3.0).abs() < 1e-6);
        assert!((divisors(&Normalization::Initial, &losses)[1][0] - 4.0).abs() < 1e-6);
    }

    #[test]
    fn constant_divisors_ignore_the_losses() {
        let losses = [[4.0, 2.0]];
        assert_eq!(divisors(&Normalization::None, &losses)[0], [1.0, 1.0]);
        assert_eq!(divisors(&Normalization::Manual { rul: 0.1, health: 3.0 }, &losses)[0], [0.1, 3.0]);
    }

    #[test]
    fn bad_parameters_are_refused_with_what_was_found() {
        let error = Normalization::Amnl { beta: 1.2 }.build().unwrap_err();
        assert_eq!(error.to_string(), "`beta` should be in [0, 1), found 1.2");
        assert!(Normalization::Manual { rul: 0.0, health: 1.0 }.build().is_err());
    }

    #[test]
    fn divisors_stay_positive_for_losses_from_zero_to_huge() {
        for config in Normalization::NAMES.map(|name| Normalization::from_name(name).unwrap()) {
            for loss in [0.0, 1e-30, 1.0, 1e15] {
                let found = divisors(&config, &[[loss, loss]; 3]);
                assert!(found.iter().flatten().all(|n| n.is_finite() && *n > 0.0), "{config:?} at {loss}: {found:?}");
            }
        }
    }
}
