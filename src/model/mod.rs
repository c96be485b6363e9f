//! Member-stacked models: an encoder shared by the two tasks and a linear head for each.
//!
//! Every layer is a product batched over members, `[members, rows, inputs] × [members, inputs, outputs]`, and every
//! layer brings its own backward pass. Inside the models windows are time-major, `[members, time · batch, features]`: all
//! windows of one moment lie together, which is what a recurrence reads and what turns a convolution's shifts into
//! plain row offsets.

mod config;
pub use config::*;

#[cfg(feature = "train")]
mod cnn;
#[cfg(feature = "train")]
mod encoder;
#[cfg(feature = "train")]
mod gru;
#[cfg(feature = "train")]
mod layout;
#[cfg(feature = "train")]
mod network;

#[cfg(feature = "train")]
pub use {
    encoder::{Backward, Encoder, Windows},
    layout::{Block, Layout},
    network::{Network, NetworkBackward, OUTPUTS},
};
