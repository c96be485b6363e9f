//! C-MAPSS text → engines → windows.
//!
//! ```text
//! text files ─ read_files ─┐
//! pack ─────── unpack ─────┼─> Dataset ─ prepare ─> Prepared { train, validation, test }
//! emulator ─── emulate ────┘
//! ```

mod config;
mod dataset;
mod emulator;
mod error;
mod files;
mod fit;
mod linear;
mod pack;
mod parameters;
mod parse;
mod prepare;
mod range_coder;
mod regime;
mod text;
mod windows;

pub use config::*;
pub use dataset::*;
pub use emulator::{MAX_EMULATED_ENGINES, emulate};
pub use error::DataError;
pub use files::*;
pub use fit::fit;
pub use pack::{pack, unpack};
pub use parameters::EmulatorParameters;
pub use parse::*;
pub use prepare::*;
pub use regime::*;
pub use text::*;
pub use windows::*;
