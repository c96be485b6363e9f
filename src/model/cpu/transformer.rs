//! The attending encoder on the CPU.

mod attention;
mod linear;
mod norm;

use super::cnn::{mean_over_time, spread_over_time};
use super::matrix::add_rows;
use super::{Backward, Buffer, Encoder, Input, activation, task_by_task};
use crate::model::transformer::{Layer, Transformer};
use attention::Attention;
use norm::Normed;

/// What a layer leaves for the way back; rows are `time · batch`.
struct Trace {
    normed1: Normed,
    attention: Attention,
    normed2: Normed,
    /// The feed-forward network's inside, after its ReLU.
    wide: Buffer,
}

impl Encoder for Transformer {
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        let Input { values, time, batch, .. } = input;
        let mut stream = self.embed.forward(parameters, values);
        let positions = parameters[self.position.range()].chunks_exact(self.hidden);
        for (step, position) in stream.chunks_exact_mut(batch * self.hidden).zip(positions) {
            step.chunks_exact_mut(self.hidden).for_each(|row| add(row, position));
        }
        let traces = self.layers.each_ref().map(|layer| layer.run(parameters, &mut stream, (time, batch), self.heads));
        let last = self.norm.forward(parameters, &stream);
        let latent = mean_over_time(&last.output, time);

        let backward = task_by_task(move |d_latent, gradients| {
            let spread = spread_over_time(d_latent, time);
            let mut d_stream = self.norm.back(parameters, &last, &spread, gradients);
            for (layer, trace) in self.layers.iter().zip(&traces).rev() {
                layer.back(parameters, trace, &mut d_stream, gradients);
            }
            let d_positions = &mut gradients[self.position.range()];
            d_positions.fill(0.0);
            for (step, sum) in d_stream.chunks_exact(batch * self.hidden).zip(d_positions.chunks_exact_mut(self.hidden))
            {
                add_rows(step, sum);
            }
            self.embed.gradients(values, &d_stream, gradients);
        });
        (latent, backward)
    }
}

impl Layer {
    /// Add what this layer has to say to the stream.
    fn run(&self, parameters: &[f32], stream: &mut [f32], size: (usize, usize), heads: usize) -> Trace {
        let normed1 = self.norm1.forward(parameters, stream);
        let attention = Attention::new(self.project.forward(parameters, &normed1.output), size, heads);
        add(stream, &self.merge.forward(parameters, &attention.output));
        let normed2 = self.norm2.forward(parameters, stream);
        let mut wide = self.widen.forward(parameters, &normed2.output);
        activation::relu(&mut wide);
        add(stream, &self.narrow.forward(parameters, &wide));
        Trace { normed1, attention, normed2, wide }
    }

    /// Turn the stream's cotangents behind this layer into those in front of it.
    fn back(&self, parameters: &[f32], trace: &Trace, d_stream: &mut [f32], gradients: &mut [f32]) {
        self.narrow.gradients(&trace.wide, d_stream, gradients);
        let mut d_wide = self.narrow.back(parameters, d_stream);
        activation::relu_back(&mut d_wide, &trace.wide);
        self.widen.gradients(&trace.normed2.output, &d_wide, gradients);
        let d_normed = self.widen.back(parameters, &d_wide);
        add(d_stream, &self.norm2.back(parameters, &trace.normed2, &d_normed, gradients));

        self.merge.gradients(&trace.attention.output, d_stream, gradients);
        let d_projected = trace.attention.back(&self.merge.back(parameters, d_stream));
        self.project.gradients(&trace.normed1.output, &d_projected, gradients);
        let d_normed = self.project.back(parameters, &d_projected);
        add(d_stream, &self.norm1.back(parameters, &trace.normed1, &d_normed, gradients));
    }
}

fn add(target: &mut [f32], addend: &[f32]) {
    for (target, addend) in target.iter_mut().zip(addend) {
        *target += addend;
    }
}
