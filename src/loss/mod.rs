//! The two losses, and the normalizers that divide them.

mod config;

pub use config::*;
