//! Figures with intervals: a seeded bootstrap over repetitions.

use serde::{Deserialize, Serialize};

use crate::statistics::bootstrap;

/// Seed of every bootstrap, so that the same figures give the same interval.
const SEED: u64 = 0x0b00_7577;

/// A figure and its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure over all repetitions.
    pub value: f64,
    /// The 2.5th percentile over resampled repetitions.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
}

impl Estimate {
    /// A statistic of `repetitions` repetitions and its percentile interval (Efron 1979): the statistic is given the
    /// indices of the repetitions to use, all of them once first, then as many drawn with replacement, 2000 times.
    ///
    /// Repetitions that share a seed across several conditions are drawn together, so that what the seed does to all
    /// conditions alike cancels. A resample for which the statistic is not finite is left out; with none left the
    /// interval is the value itself.
    #[must_use]
    pub fn bootstrap(repetitions: usize, statistic: impl Fn(&[usize]) -> f64) -> Self {
        let all: Vec<usize> = (0..repetitions).collect();
        let value = statistic(&all);
        let interval = bootstrap(SEED, |resampler| statistic(&resampler.draw(repetitions)));
        let [low, _, high] = interval.filter(|_| repetitions > 0).unwrap_or([value; 3]);
        Self { value, low, high }
    }

    /// Whether the whole interval lies within these bounds, both included.
    #[must_use]
    pub fn within(&self, low: f64, high: f64) -> bool {
        self.low >= low && self.high <= high
    }

    /// Whether no part of the interval lies within these bounds.
    #[must_use]
    pub fn apart_from(&self, low: f64, high: f64) -> bool {
        self.low > high || self.high < low
    }
}

/// The mean of the chosen values.
#[must_use]
pub fn mean_of(values: &[f64], chosen: &[usize]) -> f64 {
    let sum: f64 = chosen.iter().filter_map(|index| values.get(*index)).sum();
    sum / chosen.len().max(1) as f64
}

/// The place of the least value; of equal ones the middle one, so that a flat curve favours no end. `None` for no value.
#[must_use]
pub fn arg_min(values: &[f64]) -> Option<usize> {
    let least = values.iter().copied().min_by(f64::total_cmp)?;
    let places: Vec<usize> = (0..values.len()).filter(|place| values[*place] == least).collect();
    places.get(places.len() / 2).copied()
}

/// The least-squares slope of `y` over `x`; 0 where all `x` are equal.
#[must_use]
pub fn slope(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len().max(1) as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
    let (products, squares) = x.iter().zip(y).fold((0.0, 0.0), |(products, squares), (x, y)| {
        (products + (x - mean_x) * (y - mean_y), squares + (x - mean_x).powi(2))
    });
    if squares > 0.0 { products / squares } else { 0.0 }
}

/// The power law `y = c · x^p` that is nearest to the points in least squares: `(c, p)`, `p` in [0.1, 6] to 0.01.
///
/// Not a line through logarithms, because a difference of two noisy figures may be negative.
#[must_use]
pub fn power_law(x: &[f64], y: &[f64]) -> (f64, f64) {
    let fit = |p: f64| {
        let (products, squares) = x
            .iter()
            .zip(y)
            .fold((0.0, 0.0), |(products, squares), (x, y)| (products + x.powf(p) * y, squares + x.powf(2.0 * p)));
        let c = if squares > 0.0 { products / squares } else { 0.0 };
        let rest: f64 = x.iter().zip(y).map(|(x, y)| (y - c * x.powf(p)).powi(2)).sum();
        (rest, c, p)
    };
    let fits = (10_u32..=600).map(|hundredths| fit(f64::from(hundredths) / 100.0));
    fits.min_by(|a, b| a.0.total_cmp(&b.0)).map_or((0.0, 0.0), |(_, c, p)| (c, p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_near_two_standard_errors() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let found = Estimate::bootstrap(50, |chosen| mean_of(&values, chosen));
        // The deviation of 0 … 49 is 14.43; of their mean, 2.04.
        assert!((found.value - 24.5).abs() < 1e-9);
        assert!((found.low - 20.5).abs() < 0.5 && (found.high - 28.5).abs() < 0.5, "{found:?}");
        assert_eq!(found, Estimate::bootstrap(50, |chosen| mean_of(&values, chosen)));
    }

    #[test]
    fn what_is_the_same_in_every_repetition_is_certain() {
        let found = Estimate::bootstrap(5, |chosen| chosen.len() as f64);
        assert_eq!(found, Estimate { value: 5.0, low: 5.0, high: 5.0 });
        assert!(Estimate::bootstrap(0, |chosen| mean_of(&[], chosen)).value.abs() < 1e-9);
        let odd = Estimate::bootstrap(3, |_| f64::NAN);
        assert!(odd.value.is_nan() && odd.low.is_nan());
    }

    #[test]
    fn intervals_are_within_apart_or_neither() {
        let found = Estimate { value: 0.5, low: 0.4, high: 0.6 };
        assert!(found.within(0.4, 0.6) && !found.within(0.45, 0.6));
        assert!(found.apart_from(0.61, 1.0) && found.apart_from(0.0, 0.39) && !found.apart_from(0.6, 1.0));
    }

    #[test]
    fn the_least_of_equals_is_the_middle_one() {
        assert_eq!(arg_min(&[3.0, 1.0, 1.0, 1.0, 2.0]), Some(2));
        assert_eq!(arg_min(&[3.0, 2.0, 1.0]), Some(2));
        assert_eq!(arg_min(&[]), None);
    }

    #[test]
    fn a_power_law_is_found_again() {
        let x = [0.05, 0.1, 0.2, 0.3, 0.4];
        for (c, p) in [(20.0, 1.26), (-3.0, 2.0)] {
            let y = x.map(|x: f64| c * x.powf(p));
            let found = power_law(&x, &y);
            assert!((found.0 - c).abs() < 1e-6 && (found.1 - p).abs() < 1e-9, "{found:?}");
        }
        // The published table: its own exponent is nearer to 1 than to 2.
        let published = power_law(&[0.05, 0.1, 0.15, 0.2, 0.3, 0.4], &[0.45, 1.10, 1.85, 2.70, 4.30, 6.20]);
        assert!((1.1..1.4).contains(&published.1), "{published:?}");
    }

    #[test]
    fn a_slope_is_found_again() {
        assert!((slope(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]) - 2.0).abs() < 1e-12);
        assert_eq!(slope(&[1.0, 1.0], &[0.0, 5.0]), 0.0);
    }
}
