//! The models on the CPU: plain slices, one member at a time.
//!
//! Members do not meet before the figures are collected, so each is computed to its end before the next: its arrays stay
//! in the cache, and they come from a pool ([`buffer`]) that the next one uses again.

mod activation;
mod buffer;
mod cnn;
mod convolution;
mod gru;
mod lstm;
mod matrix;
mod network;
mod tcn;
mod transformer;

pub use buffer::Buffer;
#[cfg(feature = "bench")]
pub use matrix::COUNTED;
pub use matrix::{Matrix, MatrixMut, Store, dot, product};
pub use network::NetworkPass;

/// What the encoders are given: one member's windows, time-major, `[time · batch, features]`.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Steps in a window.
    pub time: usize,
    /// Windows.
    pub batch: usize,
}

impl Input<'_> {
    /// Features of a window's row.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.values.len() / (self.time * self.batch)
    }
}

/// The way back: one task's cotangents of the latents, `[batch, hidden]`, to its gradients, which are written into the
/// encoder's part of one member's parameters. Once for each task.
pub type Backward<'a> = Box<dyn Fn(&[f32], &mut [f32]) + 'a>;

/// An encoder of one member.
pub trait Encoder {
    /// The latents `[batch, hidden]` of the windows under these parameters of one member, and the way back.
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>);
}
