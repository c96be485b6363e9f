//! C-MAPSS text → engines → windows.
//!
//! ```text
//! text files ─ read_files ─┐
//! pack ─────── unpack ─────┼─> Dataset ─ prepare ─> Prepared { train, validation, test }
//! emulator ─── emulate ────┘
//! ```

mod config;
mod dataset;
mod error;
mod files;
mod pack;
mod parse;
mod prepare;
mod range_coder;
mod regime;
mod windows;

pub use config::*;
pub use dataset::*;
pub use error::DataError;
pub use files::*;
pub use pack::{pack, unpack};
pub use parse::*;
pub use prepare::*;
pub use regime::*;
pub use windows::*;
