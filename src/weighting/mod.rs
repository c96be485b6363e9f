//! Weighting strategies: statistics of the two tasks in, two weights out.

mod config;

pub use config::*;
