//! Statistics that several layers share: mean and variance, quantiles, the softmax and the bootstrap.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The mean; not a number without values.
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The mean squared distance from the mean, `Σ (x − mean)² / n`; not a number without values.
pub fn variance(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let center = mean(values.clone());
    mean(values.map(|value| (value - center).powi(2)))
}

/// The quantile of sorted values at a share in [0, 1], linear between two of them where it falls between (type 7 of
/// Hyndman and Fan 1996, *Sample Quantiles in Statistical Packages*); not a number without values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = last as f64 * share;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among values")]
    let below = place.floor() as usize;
    let at = |index: usize| sorted.get(index.min(last)).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(below), at(below + 1));
    low + (high - low) * (place - place.floor())
}

/// `softmax(l)_i = exp(l_i − max l) / Σ_j exp(l_j − max l)`, and its logarithm.
#[inline]
pub fn softmax<const N: usize>(logits: &[f32; N]) -> ([f32; N], [f32; N]) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials = logits.map(|logit| (logit - largest).exp());
    let total: f32 = exponentials.iter().sum();
    let level = total.ln();
    (exponentials.map(|exponential| exponential / total), logits.map(|logit| logit - largest - level))
}

/// Draws with replacement.
pub struct Resampler(ChaCha8Rng);

impl Resampler {
    /// The same seed gives the same draws.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// As many indices below `count` as that, drawn with replacement.
    pub fn draw(&mut self, count: usize) -> Vec<usize> {
        // Drawn as 32-bit numbers: `usize` has 32 bits in a browser and 64 natively, and would draw differently.
        let end = u32::try_from(count).unwrap_or(u32::MAX);
        (0..count).map(|_| self.0.random_range(0..end) as usize).collect()
    }
}

/// Resamples of a bootstrap: each end of a 95 % interval then rests on 50 values.
const RESAMPLES: usize = 2000;

/// The 2.5 %, 50 % and 97.5 % quantiles of a statistic over 2000 resamples, each the nearest of its values (percentile
/// bootstrap: Efron 1979, *Bootstrap Methods: Another Look at the Jackknife*). Resamples for which the statistic is not
/// finite are left out; `None` where it never is.
pub fn bootstrap(seed: u64, mut statistic: impl FnMut(&mut Resampler) -> f64) -> Option<[f64; 3]> {
    let mut resampler = Resampler::new(seed);
    let values = (0..RESAMPLES).map(|_| statistic(&mut resampler));
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index, from a share of a length")]
    let nearest = |share: f64| values[(last as f64 * share).round() as usize];
    Some([0.025, 0.5, 0.975].map(nearest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_quantiles_follow_their_formulas() {
        let values = [1.0, 2.0, 3.0, 6.0];
        assert_eq!((mean(values.into_iter()), variance(values.into_iter())), (3.0, 3.5));
        assert_eq!([0.0, 0.5, 0.75, 1.0].map(|share| quantile(&values, share)), [1.0, 2.5, 3.75, 6.0]);
        assert!(quantile(&[], 0.5).is_nan() && mean([].into_iter()).is_nan());
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
    }

    #[test]
    fn a_softmax_neither_overflows_nor_loses_its_logarithm() {
        let (shares, logarithms) = softmax(&[900.0, 0.0, 899.0]);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6 && (shares[0] - 0.731_058_6).abs() < 1e-6);
        assert!((logarithms[1] + 900.313_26).abs() < 1e-3, "{logarithms:?}");
    }

    #[test]
    fn a_bootstrap_leaves_out_what_is_not_finite() {
        let mut number = 0.0;
        let found = bootstrap(1, |_| {
            number += 1.0;
            if number <= 999.0 { f64::NAN } else { number }
        });
        assert_eq!(found, Some([1025.0, 1500.0, 1975.0]));
        assert_eq!(bootstrap(1, |_| f64::INFINITY), None);
        let mut resampler = Resampler::new(3);
        assert!(resampler.draw(0).is_empty() && resampler.draw(9).iter().all(|index| *index < 9));
    }
}
