//! Products of rows with weights, shifted in time where taps say so: convolutions, and with a single tap linear layers.
//!
//! A table tells each tap where a step reads. One kernel each for the way forward, the way back to the input, and the
//! gradients; bias and ReLU are inside. Every thread makes one number.

use cubecl::prelude::*;

use super::device::spread;
use super::{Buffer, Gpu};
use crate::model::convolution::Convolution;
use crate::model::layout::Block;

/// Sizes, known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Size {
    taps: usize,
    inputs: usize,
    outputs: usize,
    moments_in: usize,
    moments_out: usize,
    /// Rows of a step.
    batch: usize,
    /// Parameters of a member.
    parameters: usize,
    weight: usize,
    /// Numbers between two rows of the weights.
    stride: usize,
    bias: usize,
    /// Numbers between two rows of the cotangents that the gradients are taken from.
    slopes: usize,
    /// Whether all members read the same input.
    shared: bool,
    relu: bool,
    /// Whether the result is added to what is there.
    add: bool,
}

/// A layer: its sizes, and which step reads which.
#[derive(Clone)]
pub struct Stencil {
    size: Size,
    /// `[taps, moments_out]`: the step of the input, from 1; 0 for none.
    sources: Buffer,
    /// `[taps, moments_in]`: the step of the output that reads it, from 1; 0 for none.
    targets: Buffer,
}

#[cube(launch_unchecked)]
fn forward(input: &[f32], parameters: &[f32], sources: &[u32], output: &mut [f32], #[comptime] size: Size) {
    if ABSOLUTE_POS < output.len() {
        let rows = comptime!(size.moments_out * size.batch);
        let input_len = comptime!(if size.shared { 0 } else { size.moments_in * size.batch * size.inputs });
        let column = ABSOLUTE_POS % size.outputs;
        let row = ABSOLUTE_POS / size.outputs % rows;
        let member = ABSOLUTE_POS / (size.outputs * rows);
        let step = row / size.batch;
        let window = row % size.batch;
        let own = member * size.parameters;
        let mut sum = parameters[own + size.bias + column];
        for tap in 0..size.taps {
            let source = sources[tap * size.moments_out + step] as usize;
            if source > 0 {
                let from = member * input_len + ((source - 1) * size.batch + window) * size.inputs;
                let weights = own + size.weight + tap * size.inputs * size.stride + column;
                for unit in 0..size.inputs {
                    sum += input[from + unit] * parameters[weights + unit * size.stride];
                }
            }
        }
        if comptime!(size.relu) {
            sum = select(sum > 0.0, sum, 0.0f32);
        }
        if comptime!(size.add) {
            sum += output[ABSOLUTE_POS];
        }
        output[ABSOLUTE_POS] = sum;
    }
}

#[cube(launch_unchecked)]
fn back(
    cotangents: &[f32],
    parameters: &[f32],
    targets: &[u32],
    activations: &[f32],
    output: &mut [f32],
    #[comptime] size: Size,
) {
    if ABSOLUTE_POS < output.len() {
        let rows = comptime!(size.moments_in * size.batch);
        let unit = ABSOLUTE_POS % size.inputs;
        let row = ABSOLUTE_POS / size.inputs % rows;
        let slot = ABSOLUTE_POS / (size.inputs * rows);
        let member = slot / 2;
        let step = row / size.batch;
        let window = row % size.batch;
        let own = member * size.parameters + size.weight;
        let mut sum = f32::new(0.0);
        for tap in 0..size.taps {
            let target = targets[tap * size.moments_in + step] as usize;
            if target > 0 {
                let from = ((slot * size.moments_out + target - 1) * size.batch + window) * size.outputs;
                let weights = own + (tap * size.inputs + unit) * size.stride;
                for column in 0..size.outputs {
                    sum += cotangents[from + column] * parameters[weights + column];
                }
            }
        }
        if comptime!(size.relu) {
            let activation = activations[(member * rows + row) * size.inputs + unit];
            sum = select(activation > 0.0, sum, 0.0f32);
        }
        output[ABSOLUTE_POS] = sum;
    }
}

#[cube(launch_unchecked)]
fn gradients(
    input: &[f32],
    cotangents: &[f32],
    sources: &[u32],
    output: &mut [f32],
    units: u32,
    #[comptime] size: Size,
) {
    if ABSOLUTE_POS < units as usize {
        let weights = comptime!(size.taps * size.inputs * size.outputs);
        let each = comptime!(weights + size.outputs);
        let input_len = comptime!(if size.shared { 0 } else { size.moments_in * size.batch * size.inputs });
        let row_len = comptime!(size.slopes);
        let index = ABSOLUTE_POS % each;
        let slot = ABSOLUTE_POS / each;
        let column = index % size.outputs;
        let slopes = slot * (size.moments_out * size.batch * row_len) + column;
        let mut sum = f32::new(0.0);
        if index < weights {
            let row = index / size.outputs;
            let unit = row % size.inputs;
            let tap = row / size.inputs;
            let own = slot / 2 * input_len + unit;
            for step in 0..size.moments_out {
                let source = sources[tap * size.moments_out + step] as usize;
                if source > 0 {
                    let from = own + (source - 1) * size.batch * size.inputs;
                    let to = slopes + step * size.batch * row_len;
                    for window in 0..size.batch {
                        sum += input[from + window * size.inputs] * cotangents[to + window * row_len];
                    }
                }
            }
            output[slot * size.parameters + size.weight + row * size.stride + column] = sum;
        } else {
            for row in 0..comptime!(size.moments_out * size.batch) {
                sum += cotangents[slopes + row * row_len];
            }
            output[slot * size.parameters + size.bias + column] = sum;
        }
    }
}

impl Stencil {
    /// A convolution over this many windows.
    pub fn convolution(gpu: &Gpu, layer: &Convolution, batch: usize, parameters: usize) -> Self {
        let taps = layer.taps.len();
        let mut sources = vec![0_u32; taps * layer.moments_out];
        let mut targets = vec![0_u32; taps * layer.moments_in];
        for (tap, run) in layer.taps.iter().enumerate().flat_map(|(tap, runs)| runs.iter().map(move |run| (tap, run))) {
            for step in 0..run.steps {
                sources[tap * layer.moments_out + run.to + step] = (run.from + step) as u32 + 1;
                targets[tap * layer.moments_in + run.from + step] = (run.to + step) as u32 + 1;
            }
        }
        let size = Size {
            taps,
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            moments_in: layer.moments_in,
            moments_out: layer.moments_out,
            batch,
            parameters,
            weight: layer.weight.offset,
            stride: layer.outputs(),
            bias: layer.bias.offset,
            slopes: layer.outputs(),
            shared: false,
            relu: true,
            add: false,
        };
        Self { size, sources: gpu.upload_indices(&sources), targets: gpu.upload_indices(&targets) }
    }

    /// A product with a bias, of this many rows a member.
    pub fn linear(gpu: &Gpu, (weight, bias): (&Block, &Block), rows: usize, parameters: usize) -> Self {
        let size = Size {
            taps: 1,
            inputs: weight.rows,
            outputs: weight.columns,
            moments_in: 1,
            moments_out: 1,
            batch: rows,
            parameters,
            weight: weight.offset,
            stride: weight.columns,
            bias: bias.offset,
            slopes: weight.columns,
            shared: false,
            relu: false,
            add: false,
        };
        let here = gpu.upload_indices(&[1]);
        Self { size, sources: here.clone(), targets: here }
    }

    /// Whose input all members share, or not.
    #[must_use]
    pub const fn shared(mut self, shared: bool) -> Self {
        self.size.shared = shared;
        self
    }

    /// With ReLU behind it, or not.
    #[must_use]
    pub const fn relu(mut self, relu: bool) -> Self {
        self.size.relu = relu;
        self
    }

    /// The columns of the weights and the bias from `first` on, for gradients; their cotangents are the first ones of
    /// rows of `row_len` numbers.
    #[must_use]
    pub const fn columns(mut self, first: usize, count: usize, row_len: usize) -> Self {
        self.size.outputs = count;
        self.size.weight += first;
        self.size.bias += first;
        self.size.slopes = row_len;
        self
    }

    /// Parameters of a member.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        self.size.parameters
    }

    /// Numbers of the output of one member.
    const fn output_len(&self) -> usize {
        self.size.moments_out * self.size.batch * self.size.outputs
    }

    /// The output of all members, `[members, rows, outputs]`.
    pub fn forward(&self, gpu: &Gpu, parameters: &Buffer, input: &Buffer) -> Buffer {
        let members = parameters.len() / self.size.parameters;
        let output = gpu.empty(members * self.output_len());
        self.launch_forward(gpu, parameters, input, &output, self.size);
        output
    }

    /// Add the output of all members to what is there.
    pub fn add(&self, gpu: &Gpu, parameters: &Buffer, input: &Buffer, output: &Buffer) {
        self.launch_forward(gpu, parameters, input, output, Size { add: true, ..self.size });
    }

    fn launch_forward(&self, gpu: &Gpu, parameters: &Buffer, input: &Buffer, output: &Buffer, size: Size) {
        let (count, dim) = spread(output.len());
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: every index is below the length its sizes give, and the buffers were made from the same sizes.
        unsafe {
            forward::launch_unchecked(
                gpu.client(),
                count,
                dim,
                input.argument(),
                parameters.argument(),
                self.sources.argument(),
                output.argument(),
                size,
            );
        }
    }

    /// The input's cotangents, `[members, 2, rows, inputs]`; where there are `activations`, `[members, rows, inputs]`,
    /// they pass through the ReLU that made them.
    pub fn back(&self, gpu: &Gpu, parameters: &Buffer, cotangents: &Buffer, activations: Option<&Buffer>) -> Buffer {
        let members = parameters.len() / self.size.parameters;
        let output = gpu.empty(members * 2 * self.size.moments_in * self.size.batch * self.size.inputs);
        let size = Size { relu: activations.is_some(), ..self.size };
        let (count, dim) = spread(output.len());
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: as above; without activations the argument that stands in for them is not read.
        unsafe {
            back::launch_unchecked(
                gpu.client(),
                count,
                dim,
                cotangents.argument(),
                parameters.argument(),
                self.targets.argument(),
                activations.unwrap_or(cotangents).argument(),
                output.argument(),
                size,
            );
        }
        output
    }

    /// Write the gradients of weights and bias into `[members, 2, parameters]`.
    pub fn gradients(&self, gpu: &Gpu, input: &Buffer, cotangents: &Buffer, gradients: &Buffer) {
        let slots = gradients.len() / self.size.parameters;
        let units = slots * (self.size.taps * self.size.inputs + 1) * self.size.outputs;
        let (count, dim) = spread(units);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: as above.
        unsafe {
            gradients::launch_unchecked(
                gpu.client(),
                count,
                dim,
                input.argument(),
                cotangents.argument(),
                self.sources.argument(),
                gradients.argument(),
                units as u32,
                self.size,
            );
        }
    }
}
