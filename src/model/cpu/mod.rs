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

use super::Draw;

/// What the encoders are given: one member's windows, time-major, `[time · batch, features]`.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Steps in a window.
    pub time: usize,
    /// Windows.
    pub batch: usize,
    /// Tasks whose way back follows: none of a prediction.
    pub tasks: usize,
    /// What decides the random numbers of an encoder that draws some, in training.
    pub draw: Option<Draw>,
}

impl<'a> Input<'a> {
    /// Windows that are looked at without a way back.
    #[must_use]
    pub const fn of(values: &'a [f32], time: usize, batch: usize) -> Self {
        Self { values, time, batch, tasks: 0, draw: None }
    }
}

impl Input<'_> {
    /// Features of a window's row.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.values.len() / (self.time * self.batch)
    }
}

/// The way back: the tasks' cotangents of the latents, `[batch, hidden]` each, to their gradients, which are written into
/// the encoder's part of one member's parameters, one array for each task. As many as [`Input::tasks`].
pub type Backward<'a> = Box<dyn FnOnce(&[Buffer], &mut [&mut [f32]]) + 'a>;

/// A way back that takes one task after the other.
fn task_by_task<'a>(back: impl Fn(&[f32], &mut [f32]) + 'a) -> Backward<'a> {
    Box::new(move |d_latents, gradients| {
        for (d_latent, gradients) in d_latents.iter().zip(gradients) {
            back(d_latent, gradients);
        }
    })
}

/// An encoder of one member.
pub trait Encoder {
    /// The latents `[batch, hidden]` of the windows under these parameters of one member, and the way back.
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>);
}
