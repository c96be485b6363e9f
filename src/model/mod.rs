//! Member-stacked models: an encoder shared by the two tasks and a linear head for each.

mod config;

pub use config::*;
