//! The convolutional encoder on a GPU.

use super::pool::{mean_over_time, spread_over_time};
use super::stencil::Stencil;
use super::{Backward, Buffer, Encoder, Gpu, Input};
use crate::model::cnn::Cnn;

impl Encoder for Cnn {
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        let Input { values, shared, members, time, batch } = input;
        let layer = |index: usize| Stencil::convolution(gpu, &self.layers[index], batch, parameters.len() / members);
        let (first, second) = (layer(0).shared(shared), layer(1));
        let each = batch * self.layers[1].outputs();
        let h1 = first.forward(gpu, parameters, &values);
        let h2 = second.forward(gpu, parameters, &h1);
        let latent = mean_over_time(gpu, &h2, time, each);

        let backward: Backward = Box::new(move |d_latent, gradients| {
            let d2 = spread_over_time(gpu, d_latent, Some(&h2), time, each);
            second.gradients(gpu, &h1, &d2, gradients);
            let d1 = second.back(gpu, parameters, &d2, Some(&h1));
            first.gradients(gpu, &values, &d1, gradients);
        });
        (latent, backward)
    }
}
