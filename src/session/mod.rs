//! The session: a command in, events out. Page, worker and command line all drive this one state machine.

mod config;
mod history;
mod protocol;

pub use config::*;
pub use history::*;
pub use protocol::*;
