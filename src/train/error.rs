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
    /// A strategy whose state cannot be put away.
    #[error("only runs with the strategy `fixed` can be saved yet, found `{found}` at member {member}")]
    Strategy {
        /// Index of the member.
        member: usize,
        /// Name of its strategy.
        found: &'static str,
    },
    /// A state on another device than the CPU.
    #[error("only runs on the CPU can be saved and taken up again yet, found one on a graphics processor")]
    DeviceState,
    /// A state of another model or of other members.
    #[error("the saved state should hold {expected} parameters and as many moments, found {found}")]
    State {
        /// Parameters of all members.
        expected: usize,
        /// What the state holds.
        found: usize,
    },
    /// A state of members with other normalizers.
    #[error("the saved state should hold the normalizers of its {members} members, found {found} or other ones")]
    Normalizers {
        /// How many members there are.
        members: usize,
        /// How many normalizers the state holds.
        found: usize,
    },
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
