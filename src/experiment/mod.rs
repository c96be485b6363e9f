//! Experiments on top of training: comparisons with figures computed elsewhere.

mod aggregation;
#[cfg(feature = "cli")]
mod oracle;
#[cfg(feature = "cli")]
mod verify;

pub use aggregation::*;
#[cfg(feature = "cli")]
pub use oracle::{OracleCase, OracleError};
#[cfg(feature = "cli")]
pub use verify::{Check, Report, TOLERANCE, verify};
