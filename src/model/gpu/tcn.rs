//! The causal, dilated encoder on a GPU.

use super::pool::spread_over_time;
use super::stencil::Stencil;
use super::{Backward, Buffer, Encoder, Gpu, Input};
use crate::model::tcn::Tcn;

impl Encoder for Tcn {
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        let Input { values, shared, members, batch, .. } = input;
        let layers: Vec<Stencil> = (0..)
            .zip(&self.layers)
            .map(|(index, layer)| {
                Stencil::convolution(gpu, layer, batch, parameters.len() / members).shared(shared && index == 0)
            })
            .collect();
        // What each level reads; the last one is the latent.
        let mut levels = vec![values];
        for layer in &layers {
            let next = layer.forward(gpu, parameters, &levels[levels.len() - 1]);
            levels.push(next);
        }
        let latent = levels[levels.len() - 1].clone();

        let backward: Backward = Box::new(move |d_latent, gradients| {
            let top = &levels[levels.len() - 1];
            let mut cotangents = spread_over_time(gpu, d_latent, Some(top), 1, top.len() / members);
            for (index, layer) in layers.iter().enumerate().rev() {
                layer.gradients(gpu, &levels[index], &cotangents, gradients);
                if index > 0 {
                    cotangents = layer.back(gpu, parameters, &cotangents, Some(&levels[index]));
                }
            }
        });
        (latent, backward)
    }
}
