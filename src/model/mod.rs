//! Member-stacked models: an encoder shared by the two tasks and a linear head for each.
//!
//! An encoder's shape (which parameters, which steps, which order of steps) is written once; its arithmetic twice,
//! with its own backward pass each time: [`cpu`] on plain slices, one member after the other, and `gpu` in kernels,
//! all members in one launch. Inside the models windows are time-major, `[members, time · batch, features]`: all windows
//! of one step lie together, which is what a recurrence reads and what turns a convolution's shifts into plain row
//! offsets.

mod cnn;
mod config;
mod convolution;
mod cost;
#[cfg(feature = "train")]
pub mod cpu;
#[cfg(feature = "train")]
mod dropout;
#[cfg(feature = "webgpu")]
pub mod gpu;
mod layout;
mod network;
pub mod open;
mod recurrent;
mod tcn;
mod transformer;

pub use config::*;
pub use cost::Cost;
pub(crate) use cost::wide;
#[cfg(feature = "train")]
pub use dropout::{Draw, Dropout};
pub use layout::{Block, Layout, Start};
pub use network::{Encoder, Network, OUTPUTS};

/// Numbers that the CPU's passes keep for later use at most, over all lengths: 64 MB (`cpu::Buffer`).
pub(crate) const POOLED: usize = 16 << 20;

/// Windows of a batch, time-major: `[sets, time · batch, features]`, where there is one set for all members or one for
/// each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows {
    /// The values.
    pub values: Vec<f32>,
    /// Steps in a window.
    pub time: usize,
    /// Windows.
    pub batch: usize,
    /// Features of a row.
    pub features: usize,
}

impl Windows {
    /// A member's set.
    #[must_use]
    pub fn of(&self, member: usize) -> &[f32] {
        of_member(&self.values, self.time * self.batch * self.features, member)
    }

    /// Sets of windows: one, or as many as members.
    #[must_use]
    pub const fn sets(&self) -> usize {
        self.values.len() / (self.time * self.batch * self.features)
    }
}

/// A member's part of an array that holds one part for all or one for each.
#[must_use]
pub(crate) fn of_member(values: &[f32], len: usize, member: usize) -> &[f32] {
    let first = if values.len() == len { 0 } else { member * len };
    &values[first..first + len]
}
