//! The session: a command in, events out. Page, worker and command line all drive this one state machine.

mod config;
mod history;
#[cfg(feature = "train")]
mod machine;
mod protocol;
#[cfg(feature = "train")]
mod run;

pub use config::*;
pub use history::*;
#[cfg(feature = "train")]
pub use machine::{Session, SessionError};
pub use protocol::*;
#[cfg(feature = "train")]
pub use run::Run;
