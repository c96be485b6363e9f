//! Training: one step of every member in lockstep, the optimizer on the flat matrix, and the schedule.

mod config;
mod landscape;
mod member_state;
mod regularization;
mod schedule;
pub use config::*;
pub use landscape::{Landscape, Surroundings};
pub use member_state::{DivergedFigure, Divergence, MemberState, Suspect};
pub use regularization::{Regularization, StoppingMetric};
pub use schedule::Schedule;

#[cfg(feature = "train")]
mod adam;
#[cfg(feature = "train")]
mod batch;
#[cfg(feature = "train")]
mod compute;
#[cfg(feature = "train")]
mod cpu;
#[cfg(feature = "train")]
mod device;
#[cfg(feature = "train")]
mod divergence;
#[cfg(feature = "train")]
mod early_stopping;
#[cfg(feature = "train")]
mod epistemic;
#[cfg(feature = "train")]
mod epoch;
#[cfg(feature = "train")]
mod error;
#[cfg(feature = "webgpu")]
mod gpu;
#[cfg(feature = "train")]
mod gramian;
#[cfg(feature = "train")]
mod look_around;
#[cfg(feature = "train")]
mod member;
#[cfg(feature = "train")]
mod pass;
#[cfg(feature = "train")]
mod spread;
#[cfg(feature = "train")]
mod state;
#[cfg(feature = "train")]
mod trainer;
#[cfg(feature = "train")]
pub use {
    adam::Adam,
    batch::{Batch, Gradients, Recipe},
    device::Device,
    error::TrainError,
    gramian::{Gramian, TaskFigures},
    member::{Evidence, Member, StepContext, StepFigures, ValidationFigures},
    state::TrainState,
    trainer::Trainer,
};
