//! An open encoder on a graphics processor: `Trainer::new` refuses it there, since burn computes on the CPU alone so far.

use super::Open;
use crate::model::gpu::{Backward, Buffer, Encoder, Gpu, Input};

/// Latents of zeros without a way back, should one get past the trainer.
impl Encoder for Open {
    fn forward<'a>(&'a self, gpu: &'a Gpu, _: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        (gpu.zeros(input.members * input.batch * self.hidden()), Box::new(|_, _| {}))
    }
}
