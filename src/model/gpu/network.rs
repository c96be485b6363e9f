//! All members' pass through the whole model.

use super::stencil::Stencil;
use super::{Backward, Buffer, Gpu, Input, Masks};
use crate::model::Network;

/// All members' outputs on their windows, and the way back from them.
pub struct NetworkPass<'a> {
    /// The outputs, `[members, batch, 1 + classes]`.
    pub outputs: Buffer,
    gpu: &'a Gpu,
    parameters: &'a Buffer,
    head: Stencil,
    latent: Buffer,
    encoder: Backward<'a>,
    masks: Option<Masks>,
}

impl<'a> NetworkPass<'a> {
    /// Run the model forward with these parameters, `[members, parameters]`.
    #[must_use]
    pub fn new(network: &'a Network, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> Self {
        Self::dropping(network, gpu, parameters, input, None)
    }

    /// The same, with a part of the latents left out, as in training; the way back leaves the same part out.
    #[must_use]
    pub fn dropping(
        network: &'a Network,
        gpu: &'a Gpu,
        parameters: &'a Buffer,
        input: Input,
        masks: Option<Masks>,
    ) -> Self {
        let blocks = (network.head_weight(), network.head_bias());
        let head = Stencil::linear(gpu, blocks, input.batch, network.layout().parameters());
        let (latent, encoder) = network.encoder().on_gpu().forward(gpu, parameters, input);
        let latent = match &masks {
            Some(masks) => masks.apply(gpu, &latent, 1),
            None => latent,
        };
        let outputs = head.forward(gpu, parameters, &latent);
        Self { outputs, gpu, parameters, head, latent, encoder, masks }
    }

    /// The latents, `[members, batch, hidden]`, as the heads see them.
    #[must_use]
    pub const fn latent(&self) -> &Buffer {
        &self.latent
    }

    /// Write both tasks' gradients, `[members, 2, parameters]`, given the cotangents of the outputs,
    /// `[members, 2, batch, 1 + classes]`.
    pub fn backward(self, cotangents: &Buffer, gradients: &Buffer) {
        self.head.gradients(self.gpu, &self.latent, cotangents, gradients);
        let d_latent = self.head.back(self.gpu, self.parameters, cotangents, None);
        let d_latent = match &self.masks {
            Some(masks) => masks.apply(self.gpu, &d_latent, 2),
            None => d_latent,
        };
        (self.encoder)(&d_latent, gradients);
    }
}
