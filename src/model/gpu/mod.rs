//! The models on a GPU: burn's `CubeCL`, all members and both tasks in every launch.
//!
//! A launch costs as much as the arithmetic of a small step, so there are few: a layer is one kernel with its bias and
//! its activation, a recurrence is one kernel over all its steps, and gradients are written where the optimizer reads
//! them, into the flat `[members, 2, parameters]`. Cotangents are `[members, 2, rows, columns]`, task by task.

mod cnn;
mod device;
mod dropout;
mod network;
mod pool;
mod recurrent;
mod stencil;
mod tcn;
mod transformer;

pub(crate) use device::spread;
pub use device::{Buffer, Gpu};
pub use dropout::Masks;
pub use network::NetworkPass;

/// What the encoders are given.
#[derive(Clone)]
pub struct Input {
    /// Windows, time-major: `[members or 1, time · batch, features]`.
    pub values: Buffer,
    /// Whether all members share one set of windows.
    pub shared: bool,
    /// Members.
    pub members: usize,
    /// Steps in a window.
    pub time: usize,
    /// Windows.
    pub batch: usize,
}

/// The way back: cotangents of the latents, `[members, 2, batch, hidden]`, to the encoder's part of the gradients,
/// `[members, 2, parameters]`, which is written.
pub type Backward<'a> = Box<dyn FnOnce(&Buffer, &Buffer) + 'a>;

/// An encoder of all members.
pub trait Encoder {
    /// The latents `[members, batch, hidden]` of the windows under the parameters `[members, parameters]`, and the way
    /// back.
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>);
}
