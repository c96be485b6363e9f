//! Experiments on top of training: comparisons with figures computed elsewhere.

mod oracle;
mod verify;

pub use oracle::{OracleCase, OracleError};
pub use verify::{Check, Report, TOLERANCE, verify};
