//! Training: one step of every member in lockstep, the optimizer on the flat matrix, and the schedule.

mod config;

pub use config::*;
