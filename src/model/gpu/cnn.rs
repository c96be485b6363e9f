//! Two convolutions over time with ReLU, then the mean over time.
//!
//! ```text
//! h₁ = relu(conv(x; W₀) + b₀)    h₂ = relu(conv(h₁; W₁) + b₁)    z = mean over time of h₂
//! ```
//!
//! Both convolutions pad with zeros so that the window keeps its length. A convolution is a product with the window's
//! shifted copies side by side (`unfold`); its way back to the input is the same product with the kernel turned around.

use burn::tensor::{Tensor, activation};

use super::encoder::{Backward, Encoder, Windows};
use super::layout::{Block, Layout};

/// The convolutional encoder.
pub struct Cnn {
    weights: [Block; 2],
    biases: [Block; 2],
    kernel: usize,
}

impl Cnn {
    /// An encoder of `hidden` channels over `kernel` taps (odd).
    #[must_use]
    pub fn new(features: usize, hidden: usize, kernel: usize, layout: &mut Layout) -> Self {
        let (first, second) = (kernel * features, kernel * hidden);
        let w0 = layout.push("enc.0.weight", first, hidden, first);
        let b0 = layout.push("enc.0.bias", 1, hidden, first);
        let w1 = layout.push("enc.1.weight", second, hidden, second);
        let b1 = layout.push("enc.1.bias", 1, hidden, second);
        Self { weights: [w0, w1], biases: [b0, b1], kernel }
    }
}

impl Encoder for Cnn {
    fn forward(&self, parameters: &Tensor<2>, windows: &Windows) -> (Tensor<3>, Backward) {
        let Windows { time, batch, .. } = *windows;
        let [w0, w1] = self.weights.each_ref().map(|block| block.of(parameters));
        let [b0, b1] = self.biases.each_ref().map(|block| block.of(parameters));
        let [members, _, hidden] = w1.dims();
        let kernel = self.kernel;

        let unfolded0 = unfold(windows.values.clone(), batch, kernel);
        let h1 = activation::relu(unfolded0.clone().matmul(w0) + b0);
        let unfolded1 = unfold(h1.clone(), batch, kernel);
        let h2 = activation::relu(unfolded1.clone().matmul(w1.clone()) + b1);
        let latent = h2.clone().reshape([members, time, batch * hidden]).mean_dim(1).reshape([members, batch, hidden]);

        let backward: Backward = Box::new(move |d_latent| {
            let share = (d_latent / time as f32).reshape([members, 1, batch, 2, hidden]);
            let open2 = h2.sign().reshape([members, time, batch, 1, hidden]);
            let d2 = (share * open2).reshape([members, time * batch, 2, hidden]);
            let (g_w1, g_b1) = product_gradients(&unfolded1, d2.clone());

            let rows = d2.reshape([members, time * batch * 2, hidden]);
            let d_h1 = unfold(rows, 2 * batch, kernel).matmul(turned(w1, kernel));
            let open1 = h1.sign().reshape([members, time * batch, 1, hidden]);
            let d1 = d_h1.reshape([members, time * batch, 2, hidden]) * open1;
            let (g_w0, g_b0) = product_gradients(&unfolded0, d1);
            vec![g_w0, g_b0, g_w1, g_b1]
        });
        (latent, backward)
    }
}

/// The window's copies shifted by each tap, side by side: `[members, time · rows, features]` to
/// `[members, time · rows, kernel · features]`, zeros where a tap reaches out of the window.
fn unfold(values: Tensor<3>, rows: usize, kernel: usize) -> Tensor<3> {
    let [members, length, features] = values.dims();
    let padding = Tensor::zeros([members, (kernel / 2) * rows, features], &values.device());
    let padded = Tensor::cat(vec![padding.clone(), values, padding], 1);
    let taps = (0..kernel).map(|tap| padded.clone().narrow(1, tap * rows, length)).collect();
    Tensor::cat(taps, 2)
}

/// The kernel of the way back: taps in reverse, inputs and outputs exchanged,
/// `[members, kernel · inputs, outputs]` to `[members, kernel · outputs, inputs]`.
fn turned(weight: Tensor<3>, kernel: usize) -> Tensor<3> {
    let [members, rows, outputs] = weight.dims();
    let inputs = rows / kernel;
    weight.reshape([members, kernel, inputs, outputs]).flip([1]).swap_dims(2, 3).reshape([
        members,
        kernel * outputs,
        inputs,
    ])
}

/// Gradients of `y = x·W + b` for both tasks at once, given the inputs `[members or 1, rows, inputs]` and the
/// cotangents `[members, rows, 2, outputs]`: `[members, inputs, 2, outputs]` and `[members, 1, 2, outputs]`.
pub(super) fn product_gradients(inputs: &Tensor<3>, cotangents: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
    let [members, rows, tasks, outputs] = cotangents.dims();
    let side_by_side = cotangents.reshape([members, rows, tasks * outputs]);
    let width = inputs.dims()[2];
    let weight = inputs.clone().swap_dims(1, 2).matmul(side_by_side.clone());
    let bias = side_by_side.sum_dim(1);
    (weight.reshape([members, width, tasks, outputs]), bias.reshape([members, 1, tasks, outputs]))
}
