//! Statistics of a few numbers.

use crate::data::parameters::KNOTS;
use crate::statistics;

pub fn count(number: usize) -> f64 {
    number as f64
}

pub fn mean(values: &[f64]) -> f64 {
    statistics::mean(values.iter().copied())
}

pub fn variance(values: &[f64]) -> f64 {
    statistics::variance(values.iter().copied())
}

/// Pearson correlation, 0 where either does not vary.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (center_a, center_b) = (mean(a), mean(b));
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - center_a) * (b - center_b)).sum();
    let scale = (variance(a) * variance(b)).sqrt() * count(a.len());
    if scale > 0.0 { sum / scale } else { 0.0 }
}

/// Ranks, equal values sharing theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| other.total_cmp(value).is_eq()).count();
        count(below) + count(equal) / 2.0
    };
    values.iter().map(rank).collect()
}

/// Minimum, deciles, maximum; linear between neighbours.
pub fn quantiles(mut values: Vec<f64>) -> [f64; KNOTS] {
    values.sort_by(f64::total_cmp);
    std::array::from_fn(|knot| statistics::quantile(&values, count(knot) / count(KNOTS - 1)))
}
