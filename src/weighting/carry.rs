//! What a strategy carries from one step to the next, as plain numbers that can be kept.

use rand_chacha::ChaCha8Rng;

use super::{ValidationMetrics, Weighting};

/// A strategy's state on its way out into numbers, or back in from them. Both go through the same values in the same
/// order, so that no strategy says it twice. Settings are not carried: they are in the configuration.
pub struct Carry<'a>(Way<'a>);

enum Way<'a> {
    Out(&'a mut Vec<f64>),
    In { values: &'a [f64], is_short: bool },
}

/// A value that can be carried.
pub trait Carried {
    /// Carry it out or in.
    fn carry(&mut self, carry: &mut Carry<'_>);
}

/// A strategy's state as numbers.
#[must_use]
pub fn to_numbers(strategy: &dyn Weighting) -> Vec<f64> {
    let mut values = Vec::new();
    strategy.boxed_clone().carry(&mut Carry(Way::Out(&mut values)));
    values
}

/// The strategy with these settings and the state that [`to_numbers`] wrote down; `None` for numbers of another one.
#[must_use]
pub fn from_numbers(strategy: &dyn Weighting, values: &[f64]) -> Option<Box<dyn Weighting>> {
    let mut strategy = strategy.boxed_clone();
    let mut carry = Carry(Way::In { values, is_short: false });
    strategy.carry(&mut carry);
    matches!(carry.0, Way::In { values: [], is_short: false }).then_some(strategy)
}

impl Carry<'_> {
    /// These values, one after the other.
    pub fn all<const N: usize>(&mut self, values: [&mut dyn Carried; N]) {
        for value in values {
            value.carry(self);
        }
    }

    /// The number itself on the way out, the next one that was kept on the way in.
    fn number(&mut self, own: f64) -> f64 {
        match &mut self.0 {
            Way::Out(values) => {
                values.push(own);
                own
            }
            Way::In { values, is_short } => {
                let Some((next, rest)) = values.split_first() else {
                    *is_short = true;
                    return own;
                };
                *values = rest;
                *next
            }
        }
    }
}

impl Carried for f64 {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        *self = carry.number(*self);
    }
}

impl Carried for f32 {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        *self = carry.number((*self).into()) as Self;
    }
}

impl Carried for i32 {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        *self = carry.number((*self).into()) as Self;
    }
}

impl Carried for u32 {
    #[expect(clippy::cast_sign_loss, reason = "what is below zero becomes zero")]
    fn carry(&mut self, carry: &mut Carry<'_>) {
        *self = carry.number((*self).into()) as Self;
    }
}

impl<T: Carried, const N: usize> Carried for [T; N] {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        for value in self.iter_mut() {
            value.carry(carry);
        }
    }
}

/// As many as there are: their number is a setting.
impl<T: Carried> Carried for Vec<T> {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        for value in self.iter_mut() {
            value.carry(carry);
        }
    }
}

impl<A: Carried, B: Carried> Carried for (A, B) {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        carry.all([&mut self.0, &mut self.1]);
    }
}

impl<T: Carried + Default> Carried for Option<T> {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        if carry.number(u8::from(self.is_some()).into()) > 0.0 {
            self.get_or_insert_default().carry(carry);
        } else {
            *self = None;
        }
    }
}

impl Carried for ValidationMetrics {
    fn carry(&mut self, carry: &mut Carry<'_>) {
        let Self { rmse_cycles, nasa_score, accuracy, macro_f1 } = self;
        carry.all([rmse_cycles, nasa_score, accuracy, macro_f1]);
    }
}

/// Its place in its stream: the stream follows from the seed, which is a setting.
impl Carried for ChaCha8Rng {
    #[expect(clippy::cast_sign_loss, reason = "what is below zero becomes zero")]
    fn carry(&mut self, carry: &mut Carry<'_>) {
        // A double holds every place up to 2⁵³: two draws a step are as many steps as no run takes.
        let place = carry.number(self.get_word_pos() as f64);
        self.set_word_pos(place as u128);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn out(value: &mut dyn Carried) -> Vec<f64> {
        let mut values = Vec::new();
        value.carry(&mut Carry(Way::Out(&mut values)));
        values
    }

    fn into(value: &mut dyn Carried, values: &[f64]) -> bool {
        let mut carry = Carry(Way::In { values, is_short: false });
        value.carry(&mut carry);
        matches!(carry.0, Way::In { values: [], is_short: false })
    }

    #[test]
    fn values_come_back_as_they_went() {
        let mut value = ([Some((0.1_f32, -2.5_f64)), None], (7_u32, vec![-1_i32, 3]));
        let values = out(&mut value);
        assert_eq!(values, [1.0, f64::from(0.1_f32), -2.5, 0.0, 7.0, -1.0, 3.0]);
        let mut other = ([None, Some((1.0, 1.0))], (0, vec![0, 0]));
        assert!(into(&mut other, &values));
        assert_eq!(other, value);
    }

    #[test]
    fn numbers_that_are_too_few_or_too_many_are_told() {
        let mut value = (0.0_f64, Some(0.0_f64));
        assert!(!into(&mut value, &[1.0]) && !into(&mut value, &[1.0, 1.0]) && !into(&mut value, &[1.0, 0.0, 3.0]));
        assert!(into(&mut value, &[f64::NAN, 0.0]));
        let mut count = 3_u32;
        assert!(into(&mut count, &[-1e300]) && count == 0);
        assert!(into(&mut count, &[f64::NAN]) && count == 0);
    }

    #[test]
    fn a_stream_of_random_numbers_goes_on_where_it_was() {
        for draws in [0, 1, 15, 16, 63, 64, 65, 1000] {
            let mut random = ChaCha8Rng::seed_from_u64(5);
            for _ in 0..draws {
                let _: u32 = random.random();
            }
            let mut other = ChaCha8Rng::seed_from_u64(5);
            assert!(into(&mut other, &out(&mut random)));
            let next = |random: &mut ChaCha8Rng| [random.random::<u64>(), random.random::<u32>().into()];
            assert_eq!(next(&mut other), next(&mut random), "after {draws}");
        }
    }
}
