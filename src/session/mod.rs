//! The session: a command in, events out. Page, worker and command line all drive this one state machine.

#[cfg(feature = "train")]
mod batches;
mod config;
mod curve;
mod drops;
mod estimate;
#[cfg(feature = "train")]
mod exam;
mod given;
mod history;
mod link;
#[cfg(feature = "train")]
mod loss_sums;
mod manual;
mod merge;
mod mode;
mod patch;
mod protocol;
#[cfg(feature = "train")]
mod reading;
mod reported;
#[cfg(feature = "train")]
mod run;
mod settings;
#[cfg(all(test, feature = "train"))]
mod simulation;
mod snapshot;
#[cfg(feature = "train")]
mod state_machine;
#[cfg(feature = "train")]
mod trains;
mod view;
mod workers;

pub use config::*;
pub use curve::*;
pub use drops::{Drops, TooMuch};
pub use estimate::*;
pub use given::{GivenData, MissingFiles};
pub use history::*;
pub use link::*;
pub use manual::settings_manual;
pub use merge::Merge;
pub use mode::{MOST_RACERS, Mode};
pub use patch::{Assignment, Patch};
pub use protocol::*;
pub use reported::*;
#[cfg(feature = "train")]
pub use run::Run;
pub use settings::*;
pub use snapshot::{Snapshot, SnapshotError};
#[cfg(feature = "train")]
pub use state_machine::{Session, SessionError};
pub use view::*;
pub use workers::*;
