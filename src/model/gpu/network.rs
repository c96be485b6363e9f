//! The whole model: the shared encoder and a linear head for each task.

use burn::tensor::{Device, Tensor, TensorData};

use super::cnn::product_gradients;
use super::encoder::{Encoder, Windows};
use super::layout::{Block, Layout, flatten};
use super::{EncoderConfig, HEALTH_CLASSES};

/// Columns of the output: the RUL as a fraction of its cap, then one logit a health class.
pub const OUTPUTS: usize = 1 + HEALTH_CLASSES;

/// The way back from the outputs: cotangents `[members, batch, 2, outputs]` to the flat gradients
/// `[members, 2, parameters]`.
pub type NetworkBackward = Box<dyn FnOnce(Tensor<4>) -> Tensor<3>>;

/// An encoder and the two heads over one latent.
///
/// The heads are one product `[hidden, 1 + classes]`: column 0 is the RUL head, the others the health head. A task's
/// cotangent is zero outside its own columns, and so is its gradient.
pub struct Network {
    encoder: Box<dyn Encoder>,
    layout: Layout,
    head_weight: Block,
    head_bias: Block,
}

impl Network {
    /// The model for windows of this many features.
    #[must_use]
    pub fn new(config: &EncoderConfig, features: usize) -> Self {
        let mut layout = Layout::default();
        let encoder = config.build(features, &mut layout);
        let hidden = config.hidden();
        let head_weight = layout.push("head.weight", hidden, OUTPUTS, hidden);
        let head_bias = layout.push("head.bias", 1, OUTPUTS, hidden);
        Self { encoder, layout, head_weight, head_bias }
    }

    /// Where each block lives.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Initial parameters of every member, all alike: `[members, parameters]`.
    #[must_use]
    pub fn initial(&self, members: usize, seed: u32, device: &Device) -> Tensor<2> {
        let parameters = self.layout.parameters();
        let values = self.layout.initial(seed).repeat(members);
        Tensor::from_data(TensorData::new(values, [members, parameters]), device)
    }

    /// The outputs `[members, batch, 1 + classes]` of the windows, and the way back.
    #[must_use]
    pub fn forward(&self, parameters: &Tensor<2>, windows: &Windows) -> (Tensor<3>, NetworkBackward) {
        let (latent, encoder_backward) = self.encoder.forward(parameters, windows);
        let weight = self.head_weight.of(parameters);
        let outputs = latent.clone().matmul(weight.clone()) + self.head_bias.of(parameters);
        let backward: NetworkBackward = Box::new(move |d_outputs| {
            let [members, batch, tasks, columns] = d_outputs.dims();
            let hidden = latent.dims()[2];
            let (g_weight, g_bias) = product_gradients(&latent, d_outputs.clone());
            let d_latent = d_outputs.reshape([members, batch * tasks, columns]).matmul(weight.swap_dims(1, 2));
            let mut gradients = encoder_backward(d_latent.reshape([members, batch, tasks, hidden]));
            gradients.extend([g_weight, g_bias]);
            flatten(gradients)
        });
        (outputs, backward)
    }
}
