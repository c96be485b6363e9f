//! The one error that every layer's configuration shares.

/// A configuration that cannot be built: one type for all layers, because a person sees one sentence in one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` should be {expected}, found {found}")]
pub struct ConfigError {
    /// Name of the offending field.
    pub field: &'static str,
    /// What it should be.
    pub expected: &'static str,
    /// What it is.
    pub found: String,
}

impl ConfigError {
    /// An error about this field.
    #[must_use]
    pub fn new(field: &'static str, expected: &'static str, found: &dyn std::fmt::Display) -> Self {
        Self { field, expected, found: found.to_string() }
    }
}
