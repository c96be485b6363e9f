//! Figures of merit, each with its unit and the direction in which it is better.

mod bias_variance;
mod calibration;
mod curve;
pub mod explore;
mod gradient;
mod information;
mod interval;
mod metrics;
mod plane;
mod predictions;
mod prognosis;
mod published;
mod trajectory;

pub use bias_variance::*;
pub use calibration::*;
pub use curve::*;
pub use gradient::*;
pub use information::*;
pub use interval::*;
pub use metrics::*;
pub use plane::*;
pub use predictions::*;
pub use prognosis::*;
pub use published::*;
pub use trajectory::*;

pub use crate::data::{LabelEntropy, RUL_BIN_CYCLES};
