//! The convolutional encoder on the CPU.

use super::{Backward, Buffer, Encoder, Input, activation, task_by_task};
use crate::model::cnn::Cnn;

impl Encoder for Cnn {
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        let Input { values, time, batch, .. } = input;
        let [first, second] = &self.layers;
        let h1 = first.forward(parameters, values, batch);
        let h2 = second.forward(parameters, &h1, batch);
        let latent = mean_over_time(&h2, time);

        let backward = task_by_task(move |d_latent, gradients| {
            let mut d2 = spread_over_time(d_latent, time);
            activation::relu_back(&mut d2, &h2);
            second.gradients(&h1, &d2, batch, gradients);
            let mut d1 = second.back(parameters, &d2, batch);
            activation::relu_back(&mut d1, &h1);
            first.gradients(values, &d1, batch, gradients);
        });
        (latent, backward)
    }
}

/// The mean of all steps, `[time · batch, features]` to `[batch, features]`.
pub(super) fn mean_over_time(values: &[f32], time: usize) -> Buffer {
    let mut mean = Buffer::zeros(values.len() / time);
    super::matrix::add_rows(values, &mut mean);
    for value in mean.iter_mut() {
        *value /= time as f32;
    }
    mean
}

/// The way back from the mean: each step gets its share.
pub(super) fn spread_over_time(cotangents: &[f32], time: usize) -> Buffer {
    let mut share = Buffer::stale(cotangents.len());
    for (share, cotangent) in share.iter_mut().zip(cotangents) {
        *share = cotangent / time as f32;
    }
    let mut spread = Buffer::stale(cotangents.len() * time);
    super::matrix::fill_rows(&mut spread, &share);
    spread
}
