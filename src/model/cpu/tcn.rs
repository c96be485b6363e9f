//! The causal, dilated encoder on the CPU.

use super::{Backward, Buffer, Encoder, Input, activation, task_by_task};
use crate::model::tcn::Tcn;

impl Encoder for Tcn {
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        let Input { values, batch, .. } = input;
        let mut levels: Vec<Buffer> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let below = levels.last().map_or(values, |level| level);
            levels.push(layer.forward(parameters, below, batch));
        }
        // The last level holds the last step alone. The way back needs it, too.
        let top = levels.last().map_or(values, |level| level);
        let mut latent = Buffer::stale(top.len());
        latent.copy_from_slice(top);

        let backward = task_by_task(move |d_latent, gradients| {
            let mut cotangents = Buffer::stale(d_latent.len());
            cotangents.copy_from_slice(d_latent);
            for (index, layer) in self.layers.iter().enumerate().rev() {
                activation::relu_back(&mut cotangents, &levels[index]);
                let below = if index == 0 { values } else { &levels[index - 1] };
                layer.gradients(below, &cotangents, batch, gradients);
                if index > 0 {
                    cotangents = layer.back(parameters, &cotangents, batch);
                }
            }
        });
        (latent, backward)
    }
}
