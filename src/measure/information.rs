//! How much the representation is known to keep of each label, in nats.

use serde::{Deserialize, Serialize};

use super::Predictions;
use crate::data::health_class;

/// Width of a bin of the RUL for its entropy, in cycles.
pub const RUL_BIN_CYCLES: f32 = 10.0;

/// What the labels of a set of windows hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelEntropy {
    /// `H(Y_health)`, in nats: at most `ln 3`.
    pub health: f64,
    /// `H(Y_rul)` in bins of 10 cycles, in nats: `[0, 10)`, `[10, 20)`, … with the cap of 125 in the last one.
    pub rul: f64,
}

impl LabelEntropy {
    /// The plug-in entropies, `−Σ p ln p`, of these true RULs.
    #[must_use]
    pub fn of(rul_cycles: &[f32]) -> Self {
        Self {
            health: entropy(rul_cycles.iter().map(|rul| health_class(*rul))),
            #[expect(clippy::cast_sign_loss, reason = "a RUL is not negative")]
            rul: entropy(rul_cycles.iter().map(|rul| (rul / RUL_BIN_CYCLES) as usize)),
        }
    }
}

fn entropy(labels: impl Iterator<Item = usize>) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    let mut all = 0_u32;
    for label in labels {
        *counts.entry(label).or_insert(0_u32) += 1;
        all += 1;
    }
    // No labels, no entropy: there is nothing to sum.
    counts.values().map(|count| f64::from(*count) / f64::from(all)).map(|share| -share * share.ln()).sum()
}

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
        let (rows, truth) = (predictions.of(member), predictions.truth());
        if rows.is_empty() {
            return None;
        }
        let count = rows.len() as f64;
        let mean = truth.iter().map(|rul| f64::from(*rul)).sum::<f64>() / count;
        let variance = truth.iter().map(|rul| (f64::from(*rul) - mean).powi(2)).sum::<f64>() / count;
        let (mut squares, mut surprise) = (0.0, 0.0);
        for ([rul, classes @ ..], truth) in rows.iter().zip(truth) {
            squares += (f64::from(*rul) - f64::from(*truth)).powi(2);
            // A probability that ran out of digits is not an infinite surprise.
            surprise -= f64::from(classes[health_class(*truth)].max(f32::MIN_POSITIVE)).ln();
        }
        Some(Self {
            rul: 0.5 * (variance / (squares / count)).ln(),
            health: LabelEntropy::of(truth).health - surprise / count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropies_are_those_of_their_shares() {
        let even = LabelEntropy::of(&[100.0, 50.0, 10.0]);
        assert!((even.health - 3.0_f64.ln()).abs() < 1e-12 && (even.rul - 3.0_f64.ln()).abs() < 1e-12);
        let found = LabelEntropy::of(&[125.0, 121.0, 119.0, 90.0]);
        assert!(found.health.abs() < 1e-12);
        assert!((found.rul - 1.5 * 2.0_f64.ln()).abs() < 1e-12, "{found:?}");
        assert_eq!(LabelEntropy::of(&[]), LabelEntropy::default());
    }

    #[test]
    fn bounds_follow_from_error_and_surprise() {
        let truth = vec![25.0, 75.0];
        // Each 5 cycles off: Var = 625, MSE = 25. True classes with probability ½ each.
        let logits = [f32::NEG_INFINITY, 0.0, 0.0];
        let outputs = [&[0.24], logits.as_slice(), &[0.56], logits.as_slice()].concat();
        let found = Information::of(&Predictions::new(truth, outputs), 0).unwrap();
        assert!((found.rul - 5.0_f64.ln()).abs() < 1e-5, "{found:?}");
        assert!(found.health.abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn no_bound_exceeds_the_entropy_of_its_label_and_none_is_infinite() {
        let outputs = vec![0.5, 0.0, 0.0, 400.0, 0.2, -400.0, 400.0, 0.0];
        let found = Information::of(&Predictions::new(vec![100.0, 50.0], outputs), 0).unwrap();
        assert!(found.health.is_finite() && found.health < 2.0_f64.ln(), "{found:?}");
        assert_eq!(Information::of(&Predictions::default(), 0), None);
    }
}
