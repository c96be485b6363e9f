//! What can stop a step.

use crate::ConfigError;

/// A step or an evaluation that could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A member's configuration cannot be built.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The device did not hand its figures back.
    #[error("the device did not answer: {0}")]
    Device(String),
    /// A figure is not a number any more.
    #[error(
        "training diverged at step {step}: {what} of member {member} should be finite, found {found}; \
         try a lower learning rate"
    )]
    Diverged {
        /// Step at which it was seen.
        step: u32,
        /// Index of the member.
        member: usize,
        /// Which figure.
        what: &'static str,
        /// Its value.
        found: f32,
    },
}
