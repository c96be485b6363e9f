//! What can be set: declared once, beside the field, and read by the link, the command line, the page and the documents.
//!
//! `parameters!` declares a struct of parameters, `choice!` an enum to choose from, `variants!` an enum whose choices have
//! parameters of their own. A declaration holds the key, the
//! label, the help, the unit, the range or the choices, the default, and whether a change takes effect at once. Everything
//! else follows from it: [`Parameters::parameters`] describes, [`Parameters::set`] reads text, [`Parameters::validate`]
//! checks.

mod declare;
mod range;
mod value;
mod variant;

pub(crate) use declare::{choice, parameters, variants};
pub use range::{Any, Range};
pub use value::Value;
pub use variant::{Variant, read_parts, write_parts};

use crate::ConfigError;

/// A parameter as a panel shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in links and files.
    pub key: &'static str,
    /// Its long flag on the command line and the id of its control on the page.
    pub flag: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// A sentence or two on what it does.
    pub help: &'static str,
    /// Unit of the value; empty for a pure number or a choice.
    pub unit: &'static str,
    /// What it can be.
    pub kind: ParameterKind,
    /// What a change takes.
    pub effect: Effect,
    /// Whether it stands in every link, even at its default.
    pub usual: bool,
    /// What it is: [`Parameters::set`] takes this text.
    pub value: String,
    /// What it is unless someone says otherwise.
    pub default: String,
    /// Parameters of the present choice: `KEY.INNER` sets one.
    pub parameters: Vec<Self>,
}

/// What a parameter can be.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterKind {
    /// A number from `min` to `max`.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// What a press of an arrow key changes it by.
        step: f64,
        /// Whether a slider should move its logarithm.
        log: bool,
        /// Whether only whole numbers are allowed.
        whole: bool,
    },
    /// One of these: name and words.
    Choice(Vec<(&'static str, &'static str)>),
    /// `true` or `false`.
    Flag,
    /// A line of text.
    Text,
}

/// What a change of a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes effect at the next step; training goes on.
    Live,
    /// Training starts anew.
    Restart,
}

/// What a declaration says of a parameter besides its type, default, label and limits.
#[derive(Clone, Copy, Debug)]
pub struct Traits {
    key: Option<&'static str>,
    flag: Option<&'static str>,
    unit: &'static str,
    effect: Effect,
    usual: bool,
}

impl Traits {
    /// A change takes effect at the next step.
    pub const LIVE: Self = Self { key: None, flag: None, unit: "", effect: Effect::Live, usual: false };
    /// A change starts training anew.
    pub const RESTART: Self = Self { effect: Effect::Restart, ..Self::LIVE };

    /// Another key than the field's name.
    #[must_use]
    pub const fn key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Another flag than the key.
    #[must_use]
    pub const fn flag(self, flag: &'static str) -> Self {
        Self { flag: Some(flag), ..self }
    }

    /// The unit of the value.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// It stands in every link, so that links can be read and edited by hand.
    #[must_use]
    pub const fn usual(self) -> Self {
        Self { usual: true, ..self }
    }

    /// The key of a field of this name.
    #[must_use]
    pub const fn key_of(self, field: &'static str) -> &'static str {
        match self.key {
            Some(key) => key,
            None => field,
        }
    }

    /// The description of a value that a field of this name has.
    pub fn describe<T: Value>(
        self,
        field: &'static str,
        (label, help): (&'static str, &'static str),
        limits: T::Limits,
        (value, default): (&T, &T),
    ) -> Parameter {
        let key = self.key_of(field);
        Parameter {
            key,
            flag: self.flag.unwrap_or(key),
            label,
            help,
            unit: self.unit,
            kind: T::kind(limits),
            effect: self.effect,
            usual: self.usual,
            value: value.text(),
            default: default.text(),
            parameters: value.nested(),
        }
    }
}

/// Anything that has parameters.
pub trait Parameters {
    /// Every parameter, in the order in which it is shown.
    fn parameters(&self) -> Vec<Parameter>;

    /// Set the parameter `key` from its text; `key.inner` is a parameter of its present choice.
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

/// What of `path` is left within the parameter of this key: `None` where the path is about another one, an empty rest
/// where it is about the parameter itself.
#[must_use]
pub fn within<'a>(key: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// The error for a key that no parameter has.
#[must_use]
pub fn unknown(found: &str, known: &[&str]) -> ConfigError {
    let expected = if known.is_empty() { "left out: there is none".to_owned() } else { one_of(known) };
    ConfigError::new("parameter", expected, found)
}

/// "one of a, b".
#[must_use]
pub fn one_of(names: &[&str]) -> String {
    format!("one of {}", names.join(", "))
}

#[cfg(test)]
mod tests;
