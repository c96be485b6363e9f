//! How much the representation is known to keep of each label, in nats.

use super::Predictions;
use crate::data::LabelCounts;
use crate::statistics::variance;

/// Lower bounds on what a member's latent `Z` tells of the labels, in nats.
///
/// ```text
/// I(Z; Y_health) ≥ H(Y_health) − CE          CE = mean −ln p(y)
/// I(Z; Y_rul)    ≥ ½ ln(Var(Y_rul) / MSE)
/// ```
///
/// Whoever can predict a label from `Z` so well must have found it there (Barber and Agakov 2003). The second takes the
/// RUL for normally distributed, which it is not: read it as a monotone figure of the error, not as a proof. Either may
/// be negative where a head predicts worse than the labels' shares or mean would: the bound then says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Information {
    /// Bound on `I(Z; Y_rul)`.
    pub rul: f64,
    /// Bound on `I(Z; Y_health)`.
    pub health: f64,
}

impl Information {
    /// A member's bounds. `None` without windows or for a member that does not exist.
    #[must_use]
    pub fn of(predictions: &Predictions, member: usize) -> Option<Self> {
        let (rows, truth, labels) = (predictions.of(member), predictions.truth(), predictions.labels());
        if rows.is_empty() {
            return None;
        }
        let count = rows.len() as f64;
        let variance = variance(truth.iter().map(|rul| f64::from(*rul)));
        let (mut squares, mut surprise) = (0.0, 0.0);
        for ([rul, classes @ ..], truth) in rows.iter().zip(truth) {
            squares += (f64::from(*rul) - f64::from(*truth)).powi(2);
            // A probability that ran out of digits is not an infinite surprise.
            surprise -= f64::from(classes[labels.health_class(*truth)].max(f32::MIN_POSITIVE)).ln();
        }
        Some(Self {
            rul: 0.5 * (variance / (squares / count)).ln(),
            health: LabelCounts::of(truth, labels).entropy().health - surprise / count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Labels;

    #[test]
    fn bounds_follow_from_error_and_surprise() {
        let truth = vec![25.0, 75.0];
        // Each 5 cycles off: Var = 625, MSE = 25. True classes with probability ½ each.
        let logits = [f32::NEG_INFINITY, 0.0, 0.0];
        let outputs = [&[0.24], logits.as_slice(), &[0.56], logits.as_slice()].concat();
        let found = Information::of(&Predictions::new(Labels::default(), truth, outputs), 0).unwrap();
        assert!((found.rul - 5.0_f64.ln()).abs() < 1e-5, "{found:?}");
        assert!(found.health.abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn no_bound_exceeds_the_entropy_of_its_label_and_none_is_infinite() {
        let outputs = vec![0.5, 0.0, 0.0, 400.0, 0.2, -400.0, 400.0, 0.0];
        let found = Information::of(&Predictions::new(Labels::default(), vec![100.0, 50.0], outputs), 0).unwrap();
        assert!(found.health.is_finite() && found.health < 2.0_f64.ln(), "{found:?}");
        assert_eq!(Information::of(&Predictions::default(), 0), None);
    }
}
