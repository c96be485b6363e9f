//! What can be set on a strategy: said once, beside the field, and read by the page, the link and the command line.

mod declare;

pub(crate) use declare::{choice, parameters};

use std::fmt::Display;
use std::str::FromStr;

use crate::ConfigError;

/// A parameter as a panel shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in links and files.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// A sentence or two on what it does.
    pub help: &'static str,
    /// What it can be.
    pub kind: ParameterKind,
    /// What it is: [`Parameters::set`] takes this text.
    pub value: String,
    /// What it is unless someone says otherwise.
    pub default: String,
}

/// What a parameter can be.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterKind {
    /// A number from `min` to `max`.
    Number {
        /// Smallest value.
        min: f32,
        /// Largest value.
        max: f32,
        /// What a press of an arrow key changes it by.
        step: f32,
        /// Whether a slider should move its logarithm.
        log: bool,
    },
    /// One of these: name and words.
    Choice(&'static [(&'static str, &'static str)]),
    /// `true` or `false`.
    Flag,
    /// A line of text.
    Text,
}

/// Anything that has parameters.
pub trait Parameters {
    /// Every parameter, in the order in which it is shown.
    fn parameters(&self) -> Vec<Parameter>;

    /// Set the parameter `key` from its text.
    ///
    /// # Errors
    ///
    /// An unknown key, and a value that the parameter cannot take; nothing has changed then.
    fn set(&mut self, key: &str, text: &str) -> Result<(), ConfigError>;

    /// Check every parameter's range.
    ///
    /// # Errors
    ///
    /// The first value out of its range.
    fn validate(&self) -> Result<(), ConfigError>;
}

/// A range of numbers, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    min: f32,
    max: f32,
    step: f32,
    log: bool,
}

impl Range {
    /// Moved by adding.
    pub const fn linear(min: f32, max: f32, step: f32) -> Self {
        Self { min, max, step, log: false }
    }

    /// Moved by multiplying.
    pub const fn log(min: f32, max: f32) -> Self {
        Self { min, max, step: min, log: true }
    }

    /// A weight or another share, in [0, 1].
    pub const SHARE: Self = Self::linear(0.0, 1.0, 0.01);
    /// How much of the value before is kept; 1 would keep all of it for ever.
    pub const SMOOTHING: Self = Self::linear(0.0, 0.999, 0.01);
    /// A seed.
    pub const SEED: Self = Self::linear(0.0, 65535.0, 1.0);
    /// A learning rate of something small.
    pub const RATE: Self = Self::log(1e-6, 1.0);

    const fn kind(self) -> ParameterKind {
        ParameterKind::Number { min: self.min, max: self.max, step: self.step, log: self.log }
    }

    fn error(self, key: &'static str, found: &(impl Display + ?Sized)) -> ConfigError {
        ConfigError::new(key, format!("in [{}, {}]", self.min, self.max), found)
    }
}

/// No range: the type says everything.
#[derive(Clone, Copy, Debug)]
pub struct Any;

/// A type that parameters can have.
pub trait Value: Sized {
    /// What says which of its values are allowed.
    type Limits: Copy;
    /// The kind with these limits.
    fn kind(limits: Self::Limits) -> ParameterKind;
    /// As text.
    fn text(&self) -> String;
    /// From text.
    fn read(key: &'static str, text: &str, limits: Self::Limits) -> Result<Self, ConfigError>;
    /// Whether it is within the limits.
    fn check(&self, _key: &'static str, _limits: Self::Limits) -> Result<(), ConfigError> {
        Ok(())
    }
}

fn read_number<T: FromStr + Value<Limits = Range>>(
    key: &'static str,
    text: &str,
    limits: Range,
) -> Result<T, ConfigError> {
    let number: T = text.trim().parse().map_err(|_| limits.error(key, text))?;
    number.check(key, limits).map(|()| number)
}

impl Value for f32 {
    type Limits = Range;

    fn kind(limits: Range) -> ParameterKind {
        limits.kind()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn read(key: &'static str, text: &str, limits: Range) -> Result<Self, ConfigError> {
        read_number(key, text, limits)
    }

    fn check(&self, key: &'static str, limits: Range) -> Result<(), ConfigError> {
        if (limits.min..=limits.max).contains(self) { Ok(()) } else { Err(limits.error(key, self)) }
    }
}

impl Value for u32 {
    type Limits = Range;

    fn kind(limits: Range) -> ParameterKind {
        limits.kind()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn read(key: &'static str, text: &str, limits: Range) -> Result<Self, ConfigError> {
        read_number(key, text, limits)
    }

    fn check(&self, key: &'static str, limits: Range) -> Result<(), ConfigError> {
        if (limits.min..=limits.max).contains(&(*self as f32)) { Ok(()) } else { Err(limits.error(key, self)) }
    }
}

impl Value for bool {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Flag
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        text.trim().parse().map_err(|_| ConfigError::new(key, "true or false", text))
    }
}

/// The error for a key that no parameter has.
pub fn unknown(found: &str, known: &[&str]) -> ConfigError {
    let expected = if known.is_empty() { "left out: there is none".to_owned() } else { one_of(known) };
    ConfigError::new("parameter", expected, found)
}

/// "one of a, b".
pub fn one_of(names: &[&str]) -> String {
    format!("one of {}", names.join(", "))
}
