//! What is tested through the library's public face and the program, natively, in one test program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod aggregation;
mod cases;
mod charts;
mod commands;
mod curve;
mod data;
mod deploy;
mod divergence;
mod driver;
mod estimate;
mod files;
mod labels;
mod look_around;
mod measures;
mod open;
mod oracles;
mod regularization;
mod session;
mod settings;
mod snapshot;
mod sweep;
