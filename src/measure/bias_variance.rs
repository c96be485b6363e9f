//! Error = bias² + variance, over members that differ in the engines they were trained on.

use super::Predictions;

/// A mean error and its two parts.
///
/// ```text
/// f̄(x)     = (1/K) Σ_k f_k(x)
/// bias²    = mean_x ‖f̄(x) − y(x)‖²
/// variance = mean_x (1/K) Σ_k ‖f_k(x) − f̄(x)‖²
/// error    = mean_x (1/K) Σ_k ‖f_k(x) − y(x)‖² = bias² + variance
/// ```
///
/// for K members and the windows `x`; the sum is an identity (Geman, Bienenstock and Doursat 1992). For the RUL `f` and
/// `y` are cycles and the error is the mean squared error, in cycles². For the health state `f` is the vector of class
/// probabilities, `y` the true class as a vector of zeros and a one, and the error is the Brier score, in [0, 2].
///
/// The truth is what was recorded: what no model could know of it (noise) cannot be distinguished here and is in the bias.
/// The variance is that of the K members at hand, divided by K: the variance over all bootstraps is `K/(K − 1)` times
/// that, and so much of the bias² is what a mean of K still wavers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BiasVariance {
    /// Squared distance of the members' mean from the truth, noise included.
    pub bias_squared: f64,
    /// Mean squared distance of the members from their mean.
    pub variance: f64,
    /// Mean squared distance of the members from the truth.
    pub error: f64,
}

impl BiasVariance {
    /// The parts of the squared error of the RUL, in cycles². `None` without members or windows.
    #[must_use]
    pub fn of_rul(predictions: &Predictions, members: &[usize]) -> Option<Self> {
        Self::of(predictions, members, |row| [f64::from(row[0])], |rul| [f64::from(rul)])
    }

    /// The parts of the Brier score of the health state. `None` without members or windows.
    #[must_use]
    pub fn of_health(predictions: &Predictions, members: &[usize]) -> Option<Self> {
        let truth = |rul| {
            let mut classes = [0.0; 3];
            classes[predictions.labels().health_class(rul)] = 1.0;
            classes
        };
        Self::of(predictions, members, |[_, classes @ ..]| classes.map(f64::from), truth)
    }

    fn of<const N: usize>(
        predictions: &Predictions,
        members: &[usize],
        predicted: impl Fn([f32; 4]) -> [f64; N],
        truth: impl Fn(f32) -> [f64; N],
    ) -> Option<Self> {
        let members: Vec<&[[f32; 4]]> =
            members.iter().map(|member| predictions.of(*member)).filter(|rows| !rows.is_empty()).collect();
        let share = 1.0 / (members.len() * predictions.truth().len()) as f64;
        if !share.is_finite() {
            return None;
        }
        let mut sums = Self::default();
        for (window, rul) in predictions.truth().iter().enumerate() {
            let truth = truth(*rul);
            let rows: Vec<[f64; N]> = members.iter().map(|rows| predicted(rows[window])).collect();
            let mean: [f64; N] =
                std::array::from_fn(|i| rows.iter().map(|row| row[i]).sum::<f64>() / rows.len() as f64);
            sums.bias_squared += distance(&mean, &truth) * rows.len() as f64;
            for row in &rows {
                sums.variance += distance(row, &mean);
                sums.error += distance(row, &truth);
            }
        }
        let Self { bias_squared, variance, error } = sums;
        Some(Self { bias_squared: bias_squared * share, variance: variance * share, error: error * share })
    }
}

fn distance<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::Labels;

    fn predictions(truth: Vec<f32>, outputs: Vec<f32>) -> Predictions {
        Predictions::new(Labels::default(), truth, outputs)
    }

    #[test]
    fn two_members_about_the_truth_have_variance_alone() {
        // 60 and 40 cycles where 50 is true; the classes are even in both.
        let found = predictions(vec![50.0], vec![0.48, 0.0, 0.0, 0.0, 0.32, 0.0, 0.0, 0.0]);
        let rul = BiasVariance::of_rul(&found, &[0, 1]).unwrap();
        assert!(rul.bias_squared < 1e-6 && (rul.variance - 100.0).abs() < 1e-3, "{rul:?}");
        let one = BiasVariance::of_rul(&found, &[1]).unwrap();
        assert!((one.bias_squared - 100.0).abs() < 1e-3 && one.variance == 0.0);
        // (1/3)² + (2/3)² + (1/3)²
        let health = BiasVariance::of_health(&found, &[0, 1]).unwrap();
        assert!((health.bias_squared - 2.0 / 3.0).abs() < 1e-6 && health.variance < 1e-12, "{health:?}");
        assert_eq!(BiasVariance::of_rul(&found, &[]), None);
        assert_eq!(BiasVariance::of_rul(&found, &[9]), None);
        assert_eq!(BiasVariance::of_rul(&Predictions::default(), &[0]), None);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_error(
            (truth, outputs) in (1_usize..8, 1_usize..40).prop_flat_map(|(members, windows)| (
                proptest::collection::vec(0.0_f32..125.0, windows),
                proptest::collection::vec(-8.0_f32..8.0, members * windows * 4),
            ))
        ) {
            let found = predictions(truth, outputs);
            let all: Vec<usize> = (0..found.members()).collect();
            let of = [BiasVariance::of_rul(&found, &all), BiasVariance::of_health(&found, &all)];
            for parts in of.map(Option::unwrap) {
                prop_assert!(((parts.bias_squared + parts.variance) / parts.error - 1.0).abs() < 1e-5, "{parts:?}");
            }
            // The mean of the members' own squared errors is the same number.
            let squares: f64 = found.metrics().iter().map(|m| f64::from(m.rmse_cycles).powi(2)).sum();
            prop_assert!((squares / all.len() as f64 / of[0].unwrap().error - 1.0).abs() < 1e-5);
        }
    }
}
