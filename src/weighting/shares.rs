//! Small arithmetic on pairs of weights that most strategies share.

use super::{Carried, Carry, TaskWeights};

/// Largest magnitude of a weight. A gradient or a loss that all but vanishes may ask for more, but the trainer divides a
/// weight by a normalizer of 1e-8 or more and squares the result, which has to stay finite in single precision.
const LARGEST: f64 = 1e9;

/// Weights that can be multiplied on: a pair with something that is no number becomes equal weights.
pub fn finite(weights: [f64; 2]) -> TaskWeights {
    if weights.iter().any(|weight| weight.is_nan()) {
        return [0.5; 2];
    }
    weights.map(|weight| weight.clamp(-LARGEST, LARGEST) as f32)
}

/// Two numbers of zero or more, scaled to this sum; equal ones where they say nothing.
pub fn with_sum(raw: [f64; 2], sum: f64) -> [f64; 2] {
    let largest = raw[0].max(raw[1]);
    if !(largest > 0.0 && largest.is_finite() && raw[0].min(raw[1]) >= 0.0) {
        return [sum / 2.0; 2];
    }
    // By the larger one first: the sum of two huge numbers may overflow.
    let [x, y] = raw.map(|value| value / largest);
    [sum * x / (x + y), sum * y / (x + y)]
}

/// `softmax(x)`.
pub fn softmax([x, y]: [f64; 2]) -> [f64; 2] {
    // An overflowing exponential is infinite, and its share is then 0, as it should be.
    let first = 1.0 / (1.0 + (y - x).exp());
    [first, 1.0 - first]
}

/// `λ` and `1 − λ`.
pub fn pair(lambda_rul: f64) -> [f64; 2] {
    [lambda_rul, 1.0 - lambda_rul]
}

/// A moving average that starts at its first value.
#[derive(Clone, Copy, Debug)]
pub struct Smoothed {
    keep: f64,
    value: Option<[f64; 2]>,
}

impl Smoothed {
    /// Keeps this share of the value before.
    pub fn new(keep: f32) -> Self {
        Self { keep: f64::from(keep), value: None }
    }

    /// Take a value in; the average.
    pub fn next(&mut self, target: [f64; 2]) -> [f64; 2] {
        let before = self.value.unwrap_or(target);
        let mix = |task: usize| self.keep * before[task] + (1.0 - self.keep) * target[task];
        let value = [mix(0), mix(1)];
        self.value = Some(value);
        value
    }
}

impl Carried for Smoothed {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        self.value.carry(carry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_kept_however_unbalanced() {
        for raw in [[1.0, 3.0], [0.0, 1e300], [1e-300, 1e300], [0.0, 0.0], [f64::INFINITY, 1.0], [f64::MAX, f64::MAX]] {
            let [x, y] = with_sum(raw, 2.0);
            assert!((x + y - 2.0).abs() < 1e-12 && x >= 0.0 && y >= 0.0, "{raw:?}: {x} {y}");
        }
        assert_eq!(with_sum([1.0, 3.0], 1.0), [0.25, 0.75]);
    }

    #[test]
    fn softmax_has_no_overflow() {
        assert_eq!(softmax([0.0, 0.0]), [0.5, 0.5]);
        assert_eq!(softmax([1e9, -1e9]), [1.0, 0.0]);
        assert_eq!(softmax([-1e9, 1e9]), [0.0, 1.0]);
    }

    #[test]
    fn smoothing_starts_at_the_first_value() {
        let mut smoothed = Smoothed::new(0.75);
        assert_eq!(smoothed.next([1.0, 0.0]), [1.0, 0.0]);
        assert_eq!(smoothed.next([0.0, 1.0]), [0.75, 0.25]);
    }

    #[test]
    fn what_is_no_number_becomes_equal_weights() {
        assert_eq!(finite([f64::NAN, 1.0]), [0.5, 0.5]);
        assert_eq!(finite([f64::INFINITY, -1.0]), [1e9, -1.0]);
    }
}
