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
    /// A state of another model or of other members.
    #[error("the saved state should hold {expected} {what}, found {found}")]
    State {
        /// Of what.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many the state holds.
        found: usize,
    },
    /// A state of a member that is configured otherwise.
    #[error("the saved state of member {member} should be one of {expected}, found another one")]
    Member {
        /// Index of the member.
        member: usize,
        /// What it is configured to have.
        expected: String,
    },
}
