//! One member's pass through the whole model.

use super::matrix::{add_rows, fill_rows};
use super::{Backward, Buffer, Input, Matrix, MatrixMut, Store, product};
use crate::model::{Dropout, Network, OUTPUTS};

/// One member's outputs on its windows, and the way back from them.
pub struct NetworkPass<'a> {
    /// The outputs, `[batch, 1 + classes]`.
    pub outputs: Buffer,
    network: &'a Network,
    parameters: &'a [f32],
    latent: Buffer,
    encoder: Backward<'a>,
    dropout: Option<Dropout>,
}

impl<'a> NetworkPass<'a> {
    /// Run the model forward with these parameters of one member.
    #[must_use]
    pub fn new(network: &'a Network, parameters: &'a [f32], input: Input<'a>) -> Self {
        Self::dropping(network, parameters, input, None)
    }

    /// The same, with a part of the latents left out, as in training; the way back leaves the same part out.
    #[must_use]
    pub fn dropping(network: &'a Network, parameters: &'a [f32], input: Input<'a>, dropout: Option<Dropout>) -> Self {
        let (mut latent, encoder) = network.encoder().on_cpu().forward(parameters, input);
        if let Some(dropout) = dropout {
            dropout.apply(&mut latent);
        }
        let mut outputs = Buffer::stale(input.batch * OUTPUTS);
        fill_rows(&mut outputs, &parameters[network.head_bias().range()]);
        let weight = Matrix::new(&parameters[network.head_weight().range()], OUTPUTS);
        let hidden = network.head_weight().rows;
        product(Matrix::new(&latent, hidden), weight, MatrixMut::new(&mut outputs, OUTPUTS), Store::Add);
        Self { outputs, network, parameters, latent, encoder, dropout }
    }

    /// The latents, `[batch, hidden]`, as the heads see them.
    #[must_use]
    pub fn latent(&self) -> &[f32] {
        &self.latent
    }

    /// Write each task's gradients, `[parameters]`, given its cotangents of the outputs, `[batch, 1 + classes]`: as many
    /// tasks as [`Input::tasks`].
    pub fn backward(self, cotangents: &[&[f32]], gradients: &mut [&mut [f32]]) {
        let tasks = cotangents.iter().zip(gradients.iter_mut());
        let d_latents: Vec<Buffer> =
            tasks.map(|(cotangents, gradients)| self.heads_back(cotangents, gradients)).collect();
        (self.encoder)(&d_latents, gradients);
    }

    /// One task's way back through the heads, to the cotangents of the latents.
    fn heads_back(&self, cotangents: &[f32], gradients: &mut [f32]) -> Buffer {
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
        if let Some(dropout) = self.dropout {
            dropout.apply(&mut d_latent);
        }
        d_latent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Draw, EncoderConfig};

    /// With dropout, `⟨cotangents, outputs⟩` has the gradients that its difference quotients show, for every encoder.
    #[test]
    fn gradients_with_dropout_are_difference_quotients() {
        let (time, batch, features) = (8, 5, 3);
        let values: Vec<f32> = (0..time * batch * features).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0).collect();
        let cotangents: Vec<f32> = (0..batch * OUTPUTS).map(|i| ((i * 13 % 11) as f32 - 5.0) / 5.0).collect();
        let input = Input { tasks: 1, ..Input::of(&values, time, batch) };
        let dropout = Dropout::new(0.4, Draw { seed: 7, step: 3 });
        for name in EncoderConfig::FUSED {
            let network = Network::new(&EncoderConfig::from_name(name).unwrap(), time, features);
            let parameters = network.initial(1, 5);
            let value = |parameters: &[f32], dropout| {
                let outputs = NetworkPass::dropping(&network, parameters, input, dropout).outputs;
                outputs.iter().zip(&cotangents).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
            };
            assert_ne!(value(&parameters, dropout), value(&parameters, None), "{name}: nothing was left out");
            let mut gradients = vec![0.0; parameters.len()];
            let pass = NetworkPass::dropping(&network, &parameters, input, dropout);
            pass.backward(&[&cotangents], &mut [&mut gradients]);
            // All together: single quotients may step over the kink of a ReLU.
            let (mut apart, mut size) = (0.0, 0.0);
            for index in (0..parameters.len()).step_by(parameters.len() / 60) {
                let mut moved = [parameters.clone(), parameters.clone()];
                moved[0][index] -= 1e-3;
                moved[1][index] += 1e-3;
                let quotient = (value(&moved[1], dropout) - value(&moved[0], dropout))
                    / f64::from(moved[1][index] - moved[0][index]);
                apart += (quotient - f64::from(gradients[index])).powi(2);
                size += quotient.powi(2);
            }
            assert!((apart / size).sqrt() < 0.01, "{name}: {} of {}", apart.sqrt(), size.sqrt());
        }
    }
}
