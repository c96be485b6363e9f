//! Figures of merit, each with its unit and the direction in which it is better.

mod metrics;

pub use metrics::*;
