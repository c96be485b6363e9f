//! Choices that have parameters of their own: an encoder and its sizes, a strategy and its constants.
//!
//! As text a choice is its name, followed by what differs from its defaults: `pcgrad`, `gradnorm:alpha=0.5:rate=0.01`.
//! Where the parameters have an order that anyone knows, the values alone are enough: `cnn:16:3`, `amnl:0.9`.
//!
//! In a value a blank is written `+`, and any byte that separates something in a link `~` and two hexadecimal digits:
//! `%` escapes are undone before the parts of a link are distinguished.

use super::{Any, Parameter, ParameterKind, Value, one_of};
use crate::ConfigError;

/// A choice that may have parameters.
pub trait Variant: Clone + PartialEq {
    /// Whether values are written without their keys.
    const POSITIONAL: bool;

    /// The names, each with its words.
    fn choices() -> Vec<(&'static str, &'static str)>;

    /// The choice of this name with its defaults.
    fn named(name: &str) -> Option<Self>;

    /// Its name.
    fn choice(&self) -> &'static str;

    /// Its parameters.
    fn inner(&self) -> Vec<Parameter>;

    /// Set one of its parameters.
    ///
    /// # Errors
    ///
    /// An unknown key, and a value that the parameter cannot take; nothing has changed then.
    fn set_inner(&mut self, key: &str, text: &str) -> Result<(), ConfigError>;

    /// Check the parameters, alone and together.
    ///
    /// # Errors
    ///
    /// The first that cannot be.
    fn check_inner(&self) -> Result<(), ConfigError>;

    /// Take another choice's place.
    fn take_place(&mut self, next: Self) {
        *self = next;
    }
}

impl<V: Variant> Value for V {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Choice(V::choices())
    }

    fn text(&self) -> String {
        let name = self.choice();
        let inner = self.inner();
        if inner.iter().all(|parameter| parameter.value == parameter.default) {
            return name.to_owned();
        }
        if V::POSITIONAL {
            let values = inner.iter().map(|parameter| parameter.value.as_str());
            return std::iter::once(name).chain(values).collect::<Vec<_>>().join(":");
        }
        format!("{name}:{}", write_parts(&inner))
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        let (name, parts) = text.split_once(':').map_or((text, None), |(name, parts)| (name, Some(parts)));
        let names: Vec<&str> = V::choices().iter().map(|(name, _)| *name).collect();
        let found = names.iter().find(|known| known.eq_ignore_ascii_case(name.trim()));
        let mut choice =
            found.and_then(|name| V::named(name)).ok_or_else(|| ConfigError::new(key, one_of(&names), text))?;
        if let Some(parts) = parts {
            let keys: Vec<&str> = choice.inner().iter().map(|parameter| parameter.key).collect();
            read_parts(parts, &keys, |key, value| choice.set_inner(key, value))?;
        }
        choice.check_inner().map(|()| choice)
    }

    fn check(&self, _: &'static str, _: Any) -> Result<(), ConfigError> {
        self.check_inner()
    }

    fn replace(&mut self, next: Self) {
        self.take_place(next);
    }

    fn nested(&self) -> Vec<Parameter> {
        self.inner()
    }

    fn set_nested(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        let mut next = self.clone();
        next.set_inner(key, text)?;
        next.check_inner()?;
        *self = next;
        Ok(())
    }
}

/// What differs from its default, as `key=value` joined by colons.
#[must_use]
pub fn write_parts(parameters: &[Parameter]) -> String {
    let differing = parameters.iter().filter(|parameter| parameter.value != parameter.default);
    differing.map(|parameter| format!("{}={}", parameter.key, escaped(&parameter.value))).collect::<Vec<_>>().join(":")
}

/// Read what [`write_parts`] writes; a part without a key is the value of the parameter at its place.
///
/// # Errors
///
/// A part that belongs to no parameter, and what `set` refuses.
pub fn read_parts(
    parts: &str,
    keys: &[&str],
    mut set: impl FnMut(&str, &str) -> Result<(), ConfigError>,
) -> Result<(), ConfigError> {
    for (place, part) in parts.split(':').enumerate() {
        let (key, value) = match part.split_once('=') {
            Some((key, value)) => (key.trim(), value),
            None => (*keys.get(place).ok_or_else(|| super::unknown(part, keys))?, part),
        };
        let value = unescaped(value).ok_or_else(|| ConfigError::new("parameter", "text in UTF-8", value))?;
        set(key, &value)?;
    }
    Ok(())
}

fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        _ => format!("~{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'~' => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(rest.next()?)? << 4 | digit(rest.next()?)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}
