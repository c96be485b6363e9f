//! Types that parameters can have.

use std::str::FromStr;

use super::{Any, Parameter, ParameterKind, Range, unknown};
use crate::ConfigError;

/// A type that parameters can have.
pub trait Value: Sized {
    /// What says which of its values are allowed.
    type Limits: Copy;

    /// The kind with these limits.
    fn kind(limits: Self::Limits) -> ParameterKind;

    /// As text.
    fn text(&self) -> String;

    /// From text.
    ///
    /// # Errors
    ///
    /// Text that is no such value, and a value out of the limits.
    fn read(key: &'static str, text: &str, limits: Self::Limits) -> Result<Self, ConfigError>;

    /// Whether it is within the limits.
    ///
    /// # Errors
    ///
    /// A value out of the limits.
    fn check(&self, _key: &'static str, _limits: Self::Limits) -> Result<(), ConfigError> {
        Ok(())
    }

    /// Take another value's place.
    fn replace(&mut self, next: Self) {
        *self = next;
    }

    /// Parameters of the present choice.
    fn nested(&self) -> Vec<Parameter> {
        Vec::new()
    }

    /// Set a parameter of the present choice.
    ///
    /// # Errors
    ///
    /// An unknown key, and a value that the parameter cannot take; nothing has changed then.
    fn set_nested(&mut self, key: &str, _text: &str) -> Result<(), ConfigError> {
        Err(unknown(key, &[]))
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

macro_rules! number {
    ($type:ty, $whole:literal, $holds:expr) => {
        impl Value for $type {
            type Limits = Range;

            fn kind(limits: Range) -> ParameterKind {
                limits.kind($whole)
            }

            fn text(&self) -> String {
                self.to_string()
            }

            fn read(key: &'static str, text: &str, limits: Range) -> Result<Self, ConfigError> {
                read_number(key, text, limits)
            }

            fn check(&self, key: &'static str, limits: Range) -> Result<(), ConfigError> {
                if $holds(limits, *self) { Ok(()) } else { Err(limits.error(key, self)) }
            }
        }
    };
}

number!(f32, false, Range::holds_single);
number!(u32, true, |limits: Range, number| limits.holds_whole(u64::from(number)));
number!(usize, true, |limits: Range, number| limits.holds_whole(number as u64));

impl Value for bool {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Flag
    }

    fn text(&self) -> String {
        self.to_string()
    }

    /// Links write 1 and 0.
    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(ConfigError::new(key, "true or false", text)),
        }
    }
}
