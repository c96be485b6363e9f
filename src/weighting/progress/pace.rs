//! How fast a weight may move.

use super::super::{Carried, Carry};

/// Smooths a weight and limits its change per epoch.
///
/// ```text
/// s = keep · λ + (1 − keep) · target
/// λ ← λ + clip(s − λ, ±most · Δepoch)
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    most_per_epoch: f64,
    keep: f64,
    last: Option<(f64, f64)>,
}

impl Pace {
    /// With a limit of 0 there is none.
    pub fn new(most_per_epoch: f32, keep: f32) -> Self {
        let most = if most_per_epoch > 0.0 { f64::from(most_per_epoch) } else { f64::INFINITY };
        Self { most_per_epoch: most, keep: f64::from(keep), last: None }
    }

    /// The weight at this epoch on its way to `target`; the first one is the target.
    pub fn next(&mut self, epoch: f32, target: f64) -> f64 {
        let epoch = f64::from(epoch);
        let value = match self.last {
            None => target,
            Some((before, value)) => {
                let change = (1.0 - self.keep) * (target - value);
                // At the same epoch an unlimited weight still moves: ∞ · 0 would be no number.
                let most = if self.most_per_epoch.is_finite() {
                    self.most_per_epoch * (epoch - before).max(0.0)
                } else {
                    self.most_per_epoch
                };
                value + change.clamp(-most, most)
            }
        };
        self.last = Some((epoch, value));
        value
    }
}

impl Carried for Pace {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        self.last.carry(carry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_limits_the_target_is_reached_at_once() {
        let mut pace = Pace::new(0.0, 0.0);
        assert_eq!([pace.next(0.0, 0.25), pace.next(0.0, 0.75), pace.next(1.0, 0.125)], [0.25, 0.75, 0.125]);
    }

    #[test]
    fn the_change_per_epoch_is_limited() {
        let mut pace = Pace::new(0.25, 0.0);
        let found = [pace.next(0.0, 0.0), pace.next(0.5, 1.0), pace.next(1.5, 1.0), pace.next(2.0, 0.0)];
        assert_eq!(found, [0.0, 0.125, 0.375, 0.25]);
    }

    #[test]
    fn smoothing_keeps_a_share_of_what_was() {
        let mut pace = Pace::new(0.0, 0.5);
        assert_eq!([pace.next(0.0, 0.0), pace.next(0.1, 1.0), pace.next(0.2, 1.0)], [0.0, 0.5, 0.75]);
    }
}
