//! The λ-curve: from members' figures to a mean, an interval and an optimum.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{BiasVariance, Metric, Metrics, Predictions};
use crate::statistics::{bootstrap, mean, variance};

/// A mean over members and the interval that holds it with a confidence of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Student's interval of the mean, `mean ± t_{0.975, n−1} · s/√n`; a single value is its own interval, and without
    /// any, nothing is a number.
    ///
    /// Not the percentile bootstrap: with half a dozen values that is a third too narrow.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let mean = mean(values.iter().copied());
        let half = match values.len() {
            0 | 1 => 0.0,
            count => student(count - 1) * (variance(values.iter().copied()) / (count - 1) as f64).sqrt(),
        };
        Self { mean, low: mean - half, high: mean + half }
    }
}

/// The 97.5 % quantile of Student's t with this many degrees of freedom.
fn student(freedom: usize) -> f64 {
    StudentsT::new(0.0, 1.0, freedom as f64).map_or(f64::NAN, |student| student.inverse_cdf(0.975))
}

/// The members that share a λ.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// `λ_rul`.
    pub lambda: f32,
    /// Indices of its members.
    pub members: Vec<usize>,
    /// RMSE, in cycles.
    pub rmse_cycles: Interval,
    /// NASA score.
    pub nasa_score: Interval,
    /// Accuracy of the health class.
    pub accuracy: Interval,
    /// Parts of the squared error of the RUL, in cycles², where predictions were reported.
    pub rul: Option<BiasVariance>,
    /// Parts of the Brier score of the health state, where predictions were reported.
    pub health: Option<BiasVariance>,
}

/// The λ at which a figure is best, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimum {
    /// The λ with the best mean.
    pub lambda: f32,
    /// Its mean.
    pub value: f64,
    /// 2.5 % quantile of the best λ over resamples of the members.
    pub low: f32,
    /// Median of the same.
    pub median: f32,
    /// 97.5 % quantile of the same.
    pub high: f32,
}

/// The curve after one step of the training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LambdaCurve {
    /// Points by rising λ.
    pub points: Vec<CurvePoint>,
    /// The λ with the lowest RMSE.
    pub by_rmse: Option<Optimum>,
    /// The λ with the lowest NASA score.
    pub by_score: Option<Optimum>,
    /// The λ with the highest accuracy.
    pub by_accuracy: Option<Optimum>,
}

impl LambdaCurve {
    /// The curve of members with these λ, in their order, and these test figures.
    ///
    /// The optimum's interval is a percentile bootstrap over the members: in each of 2000 resamples the members of a
    /// point are drawn anew with replacement, and the best λ is noted. Where all points have as many members, the same
    /// numbers are drawn at all of them, because the `b`-th member of each was trained on the same engines: what a lucky
    /// draw of engines does to all λ alike says nothing about which is best. The interval is about the draw of training
    /// engines alone; the test engines stay.
    #[must_use]
    pub fn new(lambdas: &[f32], test: &[Metrics], predictions: Option<&Predictions>, seed: u32) -> Self {
        let groups = by_lambda(lambdas, test.len());
        let values = |members: &[usize], value: fn(&Metrics) -> f32| -> Vec<f64> {
            members.iter().map(|member| f64::from(value(&test[*member]))).collect()
        };
        let optimum = |metric: Metric, value: fn(&Metrics) -> f32| {
            let points: Vec<_> = groups.iter().map(|(lambda, members)| (*lambda, values(members, value))).collect();
            Optimum::of(&points, metric.higher_is_better == Some(true), seed)
        };
        Self {
            by_rmse: optimum(Metric::RMSE, |m| m.rmse_cycles),
            by_score: optimum(Metric::NASA_SCORE, |m| m.nasa_score),
            by_accuracy: optimum(Metric::ACCURACY, |m| m.accuracy),
            points: groups
                .iter()
                .map(|(lambda, members)| CurvePoint {
                    lambda: *lambda,
                    rmse_cycles: Interval::of(&values(members, |m| m.rmse_cycles)),
                    nasa_score: Interval::of(&values(members, |m| m.nasa_score)),
                    accuracy: Interval::of(&values(members, |m| m.accuracy)),
                    rul: predictions.and_then(|all| BiasVariance::of_rul(all, members)),
                    health: predictions.and_then(|all| BiasVariance::of_health(all, members)),
                    members: members.clone(),
                })
                .collect(),
        }
    }
}

/// Members by their λ, rising; those whose λ is no number are left out.
fn by_lambda(lambdas: &[f32], members: usize) -> Vec<(f32, Vec<usize>)> {
    let mut groups: Vec<(f32, Vec<usize>)> = Vec::new();
    for (member, lambda) in lambdas.iter().enumerate().take(members).filter(|(_, lambda)| !lambda.is_nan()) {
        match groups.iter_mut().find(|(known, _)| known == lambda) {
            Some((_, members)) => members.push(member),
            None => groups.push((*lambda, vec![member])),
        }
    }
    groups.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    groups
}

/// The mean of a figure over the members of each λ, by rising λ.
#[must_use]
pub fn means_by_lambda(lambdas: &[f32], test: &[Metrics], value: fn(&Metrics) -> f32) -> Vec<(f32, f64)> {
    let of = |(lambda, members): (f32, Vec<usize>)| {
        (lambda, mean(members.iter().map(|member| f64::from(value(&test[*member])))))
    };
    by_lambda(lambdas, test.len()).into_iter().map(of).collect()
}

impl Optimum {
    /// The best of these points, `(λ, the members' values)` by rising λ; of equal ones the first. `None` where nothing
    /// is finite.
    fn of(points: &[(f32, Vec<f64>)], higher_is_better: bool, seed: u32) -> Option<Self> {
        let sign = if higher_is_better { -1.0 } else { 1.0 };
        let best = |means: &[f64]| {
            let finite = means.iter().enumerate().filter(|(_, mean)| mean.is_finite());
            finite.min_by(|(_, a), (_, b)| (sign * **a).total_cmp(&(sign * **b))).map(|(index, _)| index)
        };
        let means: Vec<f64> = points.iter().map(|(_, values)| mean(values.iter().copied())).collect();
        let found = best(&means)?;
        let members = points[found].1.len();
        let paired = points.iter().all(|(_, values)| values.len() == members);
        let [low, median, high] = bootstrap(seed.into(), |resampler| {
            let shared = resampler.draw(members);
            let resampled = points.iter().map(|(_, values)| {
                let own = if paired { None } else { Some(resampler.draw(values.len())) };
                mean(own.as_ref().unwrap_or(&shared).iter().map(|index| values[*index]))
            });
            best(&resampled.collect::<Vec<_>>()).map_or(f64::NAN, |index| points[index].0.into())
        })?
        .map(|lambda| lambda as f32);
        Some(Self { lambda: points[found].0, value: means[found], low, median, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures whose RMSE is a parabola about `best`, each member off by its own.
    fn test(lambdas: &[f32], best: f32, noise: impl Fn(usize) -> f32) -> Vec<Metrics> {
        let rmse = |(member, lambda): (usize, &f32)| 15.0 + 20.0 * (lambda - best).powi(2) + noise(member);
        let figures = lambdas.iter().enumerate().map(rmse);
        figures.map(|rmse_cycles| Metrics { rmse_cycles, accuracy: 1.0 / rmse_cycles, ..Metrics::default() }).collect()
    }

    fn grid(bootstraps: usize) -> Vec<f32> {
        (0..=10).flat_map(|tenth| std::iter::repeat_n(tenth as f32 / 10.0, bootstraps)).collect()
    }

    #[test]
    fn students_interval_is_the_textbook_one() {
        let found = Interval::of(&[1.0, 2.0, 3.0, 4.0]);
        // 2.5 ± 3.182 · 1.29099 / 2
        assert!((found.mean - 2.5).abs() < 1e-12 && (found.high - 4.554).abs() < 1e-3, "{found:?}");
        assert_eq!(Interval::of(&[7.0]), Interval { mean: 7.0, low: 7.0, high: 7.0 });
        assert!(Interval::of(&[]).mean.is_nan());
        for (freedom, expected) in [(1, 12.706205), (5, 2.570582), (13, 2.160369), (30, 2.042272), (127, 1.978820)] {
            assert!((student(freedom) - expected).abs() < 1e-6, "{freedom}: {}", student(freedom));
        }
    }

    #[test]
    fn a_clear_minimum_is_found_with_a_narrow_interval() {
        let lambdas = grid(6);
        let test = test(&lambdas, 0.7, |member| (member as f32 * 2.4).sin() * 0.1);
        let curve = LambdaCurve::new(&lambdas, &test, None, 1);
        assert_eq!(curve.points.len(), 11);
        assert_eq!(curve.points[3].members, [18, 19, 20, 21, 22, 23]);
        let optimum = curve.by_rmse.unwrap();
        assert_eq!(optimum.lambda, 0.7);
        assert!(optimum.low >= 0.6 && optimum.high <= 0.8, "{optimum:?}");
        assert_eq!(curve.by_accuracy.unwrap().lambda, 0.7);
        assert_eq!(LambdaCurve::new(&lambdas, &test, None, 1), curve);
    }

    #[test]
    fn what_all_lambdas_share_does_not_widen_the_optimum() {
        let lambdas = grid(6);
        let shared = test(&lambdas, 0.3, |member| 3.0 * (member % 6) as f32);
        let optimum = LambdaCurve::new(&lambdas, &shared, None, 1).by_rmse.unwrap();
        assert_eq!((optimum.low, optimum.high), (0.3, 0.3));
        let own = test(&lambdas, 0.3, |member| 3.0 * (member as f32 * 2.4).sin());
        let optimum = LambdaCurve::new(&lambdas, &own, None, 1).by_rmse.unwrap();
        assert!(optimum.high - optimum.low > 0.05, "{optimum:?}");
    }

    #[test]
    fn points_of_different_sizes_and_no_points() {
        let lambdas = [0.9, 0.1, 0.9];
        let curve = LambdaCurve::new(&lambdas, &test(&lambdas, 0.1, |_| 0.0), None, 1);
        assert_eq!(curve.points.iter().map(|point| point.lambda).collect::<Vec<_>>(), [0.1, 0.9]);
        assert_eq!(curve.by_rmse.unwrap().lambda, 0.1);
        assert_eq!(LambdaCurve::new(&[], &[], None, 1), LambdaCurve::default());
        let nothing = vec![Metrics { rmse_cycles: f32::NAN, ..Metrics::default() }; 3];
        assert_eq!(LambdaCurve::new(&lambdas, &nothing, None, 1).by_rmse, None);
    }
}
