//! C-MAPSS text → engines → windows.

mod config;
mod windows;

pub use config::*;
pub use windows::*;
