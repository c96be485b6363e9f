//! What an encoder is: a forward pass that hands back its own backward pass.

use burn::tensor::Tensor;

use super::layout::Layout;
use super::{EncoderConfig, cnn, gru};

/// The backward pass of one forward pass: the cotangents of the latents, `[members, batch, 2, hidden]`, to the
/// gradients of the encoder's blocks in layout order, `[members, rows, 2, columns]` each.
///
/// The axis of length two is the task. Both tasks' gradients come out of one pass, because everything but the
/// cotangent is the same for both: the task axis stands just before the features, so that the same memory reads as
/// `2·batch` rows where the tasks must not mix (products with weights) and as `2·columns` where one product can serve
/// both (products with inputs).
pub type Backward = Box<dyn FnOnce(Tensor<4>) -> Vec<Tensor<4>>>;

/// Windows of a batch, time-major: `[members or 1, time · batch, features]`; a leading 1 is shared by all members.
#[derive(Clone, Debug)]
pub struct Windows {
    /// The values.
    pub values: Tensor<3>,
    /// Moments in a window.
    pub time: usize,
    /// Windows.
    pub batch: usize,
}

/// A member-stacked encoder.
pub trait Encoder {
    /// The latents `[members, batch, hidden]` of the windows, and the way back.
    fn forward(&self, parameters: &Tensor<2>, windows: &Windows) -> (Tensor<3>, Backward);
}

impl EncoderConfig {
    /// Build the encoder for windows of this many features, appending its blocks to `layout`.
    #[must_use]
    pub fn build(&self, features: usize, layout: &mut Layout) -> Box<dyn Encoder> {
        let encoder: Box<dyn Encoder> = match *self {
            Self::Cnn { hidden, kernel } => Box::new(cnn::Cnn::new(features, hidden, kernel, layout)),
            Self::Gru { hidden } => Box::new(gru::Gru::new(features, hidden, layout)),
        };
        layout.close_shared();
        encoder
    }
}
