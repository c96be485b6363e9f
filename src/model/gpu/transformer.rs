//! The attending encoder on a GPU.

mod attention;
mod norm;
mod position;

use super::pool::{mean_over_time, spread_over_time};
use super::stencil::Stencil;
use super::{Backward, Buffer, Encoder, Gpu, Input};
use crate::model::transformer::{Layer, Linear, Transformer};
use attention::Attention;
use norm::Normed;

/// One layer's kernels.
struct Kernels {
    project: Stencil,
    merge: Stencil,
    widen: Stencil,
    narrow: Stencil,
}

/// What a layer leaves for the way back.
struct Trace {
    normed1: Normed,
    attention: Attention,
    normed2: Normed,
    wide: Buffer,
}

impl Encoder for Transformer {
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        let Input { values, shared, members, time, batch } = input;
        let own = parameters.len() / members;
        let linear = |layer: &Linear| Stencil::linear(gpu, (&layer.weight, &layer.bias), time * batch, own);
        let embed = linear(&self.embed).shared(shared);
        let kernels = self.layers.each_ref().map(|layer| Kernels {
            project: linear(&layer.project),
            merge: linear(&layer.merge),
            widen: linear(&layer.widen).relu(true),
            narrow: linear(&layer.narrow),
        });

        let stream = embed.forward(gpu, parameters, &values);
        position::add(gpu, &self.position, parameters, &stream, (time, batch, own));
        let traces: Vec<Trace> = self
            .layers
            .iter()
            .zip(&kernels)
            .map(|(layer, kernels)| run(layer, kernels, gpu, parameters, &stream, (time, batch), self.heads))
            .collect();
        let last = Normed::new(&self.norm, gpu, parameters, &stream, own);
        let each = batch * self.hidden;
        let latent = mean_over_time(gpu, &last.output, time, each);

        let backward: Backward = Box::new(move |d_latent, gradients| {
            let spread = spread_over_time(gpu, d_latent, None, time, each);
            let d_stream = gpu.zeros(spread.len());
            last.back(gpu, parameters, &spread, gradients, &d_stream);
            for (kernels, trace) in kernels.iter().zip(&traces).rev() {
                back(kernels, gpu, parameters, trace, &d_stream, gradients);
            }
            position::gradients(gpu, &self.position, &d_stream, gradients, (time, batch, own));
            embed.gradients(gpu, &values, &d_stream, gradients);
        });
        (latent, backward)
    }
}

/// Add what this layer has to say to the stream.
fn run(
    layer: &Layer,
    kernels: &Kernels,
    gpu: &Gpu,
    parameters: &Buffer,
    stream: &Buffer,
    size: (usize, usize),
    heads: usize,
) -> Trace {
    let own = kernels.project.parameters();
    let normed1 = Normed::new(&layer.norm1, gpu, parameters, stream, own);
    let projected = kernels.project.forward(gpu, parameters, &normed1.output);
    let attention = Attention::new(gpu, projected, parameters.len() / own, size, heads);
    kernels.merge.add(gpu, parameters, &attention.output, stream);
    let normed2 = Normed::new(&layer.norm2, gpu, parameters, stream, own);
    let wide = kernels.widen.forward(gpu, parameters, &normed2.output);
    kernels.narrow.add(gpu, parameters, &wide, stream);
    Trace { normed1, attention, normed2, wide }
}

/// Turn the stream's cotangents behind this layer into those in front of it.
fn back(kernels: &Kernels, gpu: &Gpu, parameters: &Buffer, trace: &Trace, d_stream: &Buffer, gradients: &Buffer) {
    kernels.narrow.gradients(gpu, &trace.wide, d_stream, gradients);
    let d_wide = kernels.narrow.back(gpu, parameters, d_stream, Some(&trace.wide));
    kernels.widen.gradients(gpu, &trace.normed2.output, &d_wide, gradients);
    let d_normed = kernels.widen.back(gpu, parameters, &d_wide, None);
    trace.normed2.back(gpu, parameters, &d_normed, gradients, d_stream);

    kernels.merge.gradients(gpu, &trace.attention.output, d_stream, gradients);
    let d_heard = kernels.merge.back(gpu, parameters, d_stream, None);
    let d_projected = trace.attention.back(gpu, &d_heard);
    kernels.project.gradients(gpu, &trace.normed1.output, &d_projected, gradients);
    let d_normed = kernels.project.back(gpu, parameters, &d_projected, None);
    trace.normed1.back(gpu, parameters, &d_normed, gradients, d_stream);
}
