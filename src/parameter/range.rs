//! Which numbers a parameter can be.

use std::fmt::Display;

use super::ParameterKind;
use crate::ConfigError;

/// A range of numbers, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    min: f64,
    max: f64,
    step: f64,
    log: bool,
    odd: bool,
}

/// No range: the type says everything.
#[derive(Clone, Copy, Debug)]
pub struct Any;

impl Range {
    /// Moved by adding.
    #[must_use]
    pub const fn linear(min: f64, max: f64, step: f64) -> Self {
        Self { min, max, step, log: false, odd: false }
    }

    /// Moved by multiplying.
    #[must_use]
    pub const fn log(min: f64, max: f64) -> Self {
        Self { min, max, step: min, log: true, odd: false }
    }

    /// Whole numbers that are counted.
    #[must_use]
    pub const fn count(min: u32, max: u32) -> Self {
        Self::linear(min as f64, max as f64, 1.0)
    }

    /// The odd numbers of it alone.
    #[must_use]
    pub const fn odd(self) -> Self {
        Self { step: 2.0, odd: true, ..self }
    }

    /// A weight or another share, in [0, 1].
    pub const SHARE: Self = Self::linear(0.0, 1.0, 0.01);
    /// How much of the value before is kept; 1 would keep all of it for ever.
    pub const SMOOTHING: Self = Self::linear(0.0, 0.999, 0.01);
    /// A seed of something small.
    pub const SEED: Self = Self::linear(0.0, 65535.0, 1.0);
    /// A learning rate of something small.
    pub const RATE: Self = Self::log(1e-6, 1.0);

    /// What a panel is given.
    #[must_use]
    pub const fn kind(self, whole: bool) -> ParameterKind {
        ParameterKind::Number { min: self.min, max: self.max, step: self.step, log: self.log, whole }
    }

    /// Whether it holds this single-precision number. The ends are those that single precision has: 0.1 is in [0, 0.1].
    #[must_use]
    pub fn holds_single(self, number: f32) -> bool {
        (self.min as f32..=self.max as f32).contains(&number)
    }

    /// Whether it holds this whole number.
    #[must_use]
    pub fn holds_whole(self, number: u64) -> bool {
        (self.min..=self.max).contains(&(number as f64)) && (!self.odd || number % 2 == 1)
    }

    /// The error for what it does not hold.
    #[must_use]
    pub fn error(self, key: &'static str, found: &(impl Display + ?Sized)) -> ConfigError {
        let odd = if self.odd { "odd and " } else { "" };
        ConfigError::new(key, format!("{odd}in [{}, {}]", Short(self.min), Short(self.max)), found)
    }
}

/// A bound as a person writes it: 1e38 rather than 38 zeros.
struct Short(f64);

impl Display for Short {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.0.abs();
        if size == 0.0 || (1e-5..1e10).contains(&size) {
            write!(formatter, "{}", self.0)
        } else {
            write!(formatter, "{:e}", self.0)
        }
    }
}
