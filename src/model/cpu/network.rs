//! One member's pass through the whole model.

use super::matrix::{add_rows, fill_rows};
use super::{Backward, Buffer, Input, Matrix, MatrixMut, Store, product};
use crate::model::{Network, OUTPUTS};

/// One member's outputs on its windows, and the way back from them.
pub struct NetworkPass<'a> {
    /// The outputs, `[batch, 1 + classes]`.
    pub outputs: Buffer,
    network: &'a Network,
    parameters: &'a [f32],
    latent: Buffer,
    encoder: Backward<'a>,
}

impl<'a> NetworkPass<'a> {
    /// Run the model forward with these parameters of one member.
    #[must_use]
    pub fn new(network: &'a Network, parameters: &'a [f32], input: Input<'a>) -> Self {
        let (latent, encoder) = network.encoder().on_cpu().forward(parameters, input);
        let mut outputs = Buffer::stale(input.batch * OUTPUTS);
        fill_rows(&mut outputs, &parameters[network.head_bias().range()]);
        let weight = Matrix::new(&parameters[network.head_weight().range()], OUTPUTS);
        let hidden = network.head_weight().rows;
        product(Matrix::new(&latent, hidden), weight, MatrixMut::new(&mut outputs, OUTPUTS), Store::Add);
        Self { outputs, network, parameters, latent, encoder }
    }

    /// The latents, `[batch, hidden]`.
    #[must_use]
    pub fn latent(&self) -> &[f32] {
        &self.latent
    }

    /// Write the gradients, `[parameters]`, of a loss with these cotangents of the outputs, `[batch, 1 + classes]`.
    pub fn backward(&self, cotangents: &[f32], gradients: &mut [f32]) {
        let (weight, bias) = (self.network.head_weight(), self.network.head_bias());
        let sums = &mut gradients[bias.range()];
        sums.fill(0.0);
        add_rows(cotangents, sums);
        let slopes = Matrix::new(cotangents, OUTPUTS);
        let latents = Matrix::new(&self.latent, weight.rows).transposed();
        product(latents, slopes, MatrixMut::new(&mut gradients[weight.range()], OUTPUTS), Store::Set);
        let mut d_latent = Buffer::stale(self.latent.len());
        let back = Matrix::new(&self.parameters[weight.range()], OUTPUTS).transposed();
        product(slopes, back, MatrixMut::new(&mut d_latent, weight.rows), Store::Set);
        (self.encoder)(&d_latent, gradients);
    }
}
