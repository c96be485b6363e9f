//! Training: one step of every member in lockstep, the optimizer on the flat matrix, and the schedule.

mod config;
mod schedule;
pub use config::*;
pub use schedule::Schedule;

#[cfg(feature = "train")]
mod error;
#[cfg(feature = "train")]
mod gramian;
#[cfg(feature = "train")]
mod member;
#[cfg(feature = "train")]
mod optimizer;
#[cfg(feature = "train")]
mod trainer;
#[cfg(feature = "cli")]
pub(crate) use trainer::read;
#[cfg(feature = "train")]
pub use {
    burn::tensor::Device,
    error::TrainError,
    gramian::Gramian,
    member::{Member, StepFigures},
    optimizer::Adam,
    trainer::{Batch, Trainer},
};
