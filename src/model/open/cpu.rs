//! An open encoder on the CPU, computed and differentiated by burn-flex.

use super::Open;
use crate::model::cpu::{Backward, Buffer, Encoder, Input};

#[cfg(feature = "open")]
impl Encoder for Open {
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        use super::{Cut, Gather};
        use burn::Tensor;
        use burn::tensor::{Device, TensorData};

        let Input { values, time, batch, tasks, draw } = input;
        // A prediction is not tracked: nothing would ever take what is kept for its way back.
        let (device, slots) = if tasks == 0 { (Device::flex(), 1) } else { (Device::flex().autodiff(), tasks) };
        let mut cut = Cut::new(parameters, (slots, batch), draw, &device);
        let module = self.encoder.module(self.size).filled(&mut cut);
        let shape = [1, time, batch, input.features()];
        let latents = module.latents(Tensor::from_data(TensorData::new(values.to_vec(), shape), &device));

        let mut latent = Buffer::zeros(batch * self.hidden);
        // All slots have the same latents.
        if let Ok(found) = latents.clone().try_into_vec_as::<f32>() {
            latent.copy_from_slice(&found[..batch * self.hidden]);
        }
        let backward: Backward = Box::new(move |d_latents, gradients| {
            let cotangents: Vec<f32> = d_latents.iter().flat_map(|task| task.iter().copied()).collect();
            let cotangents = TensorData::new(cotangents, [slots, batch, self.hidden]);
            let loss = (latents * Tensor::from_data(cotangents, &device)).sum();
            // A module without parameters leaves nothing to go back to.
            if loss.is_tracked() {
                module.gather(&mut Gather::new(loss.backward(), gradients));
            }
        });
        (latent, backward)
    }
}

/// `Trainer::new` refuses an open encoder in a build without burn; should one get here, its latents are no numbers, and its
/// member stops at the first step.
#[cfg(not(feature = "open"))]
impl Encoder for Open {
    fn forward<'a>(&'a self, _: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        let mut latent = Buffer::zeros(input.batch * self.hidden());
        latent.fill(f32::NAN);
        (latent, Box::new(|_, gradients| gradients.iter_mut().for_each(|row| row.fill(f32::NAN))))
    }
}
