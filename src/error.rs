//! The one error that every layer's configuration shares.

use std::borrow::Cow;

/// A configuration that cannot be built: one type for all layers, because a person sees one sentence in one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` should be {expected}, found {found}")]
pub struct ConfigError {
    /// Name of the offending field.
    pub field: &'static str,
    /// What it should be.
    pub expected: Cow<'static, str>,
    /// What it is.
    pub found: String,
}

impl ConfigError {
    /// An error about this field.
    #[must_use]
    pub fn new(
        field: &'static str,
        expected: impl Into<Cow<'static, str>>,
        found: &(impl std::fmt::Display + ?Sized),
    ) -> Self {
        Self { field, expected: expected.into(), found: found.to_string() }
    }
}
