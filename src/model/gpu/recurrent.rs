//! The recurrent encoders on a GPU: all steps of the window in one launch.
//!
//! A workgroup holds whole windows, one thread a unit, and goes through time with the state in its shared memory; two
//! barriers a step of the window keep it together. The input's product and all gradients are taken outside, for all steps of the window at once.

mod gru;
mod lstm;

use cubecl::prelude::*;

use super::stencil::Stencil;
use super::{Buffer, Gpu, Input};
use crate::model::recurrent::Recurrent;

/// Most threads of a workgroup; WebGPU promises as many, and no encoder is wider.
const MOST_THREADS: usize = 256;

/// Sizes, known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Size {
    time: usize,
    batch: usize,
    hidden: usize,
    /// Windows of a workgroup.
    lanes: usize,
    /// Parameters of a member.
    parameters: usize,
    /// Where the state's weights and bias begin.
    weight: usize,
    bias: usize,
}

impl Size {
    fn new(cell: &Recurrent, (time, batch): (usize, usize), parameters: usize) -> Self {
        Self {
            time,
            batch,
            hidden: cell.hidden,
            lanes: (MOST_THREADS / cell.hidden).clamp(1, 8),
            parameters,
            weight: cell.state_weight.offset,
            bias: cell.state_bias.offset,
        }
    }

    /// The workgroups for this many members, or members and tasks.
    fn groups(self, slots: usize) -> (CubeCount, CubeDim) {
        let count = CubeCount::Static(self.batch.div_ceil(self.lanes) as u32, slots as u32, 1);
        (count, CubeDim::new_2d(self.hidden as u32, self.lanes as u32))
    }
}

/// `1 / (1 + e⁻ˣ)`.
#[cube]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// `1 − 2 / (1 + e²ˣ)`; the built-in one may overflow for large arguments.
#[cube]
fn tanh(x: f32) -> f32 {
    let bounded = select(x > 40.0, 40.0f32, x);
    1.0 - 2.0 / (1.0 + (2.0 * bounded).exp())
}

/// What both cells begin with.
struct Begun {
    size: Size,
    members: usize,
    values: Buffer,
    /// The input's product.
    input: Stencil,
    /// The state's product, for its gradients.
    state: Stencil,
    /// The input's product of all steps of the window, `[members, time · batch, gates · hidden]`.
    gates: Buffer,
    /// Room for the latents.
    latent: Buffer,
}

impl Begun {
    fn new(cell: &Recurrent, gpu: &Gpu, parameters: &Buffer, input: Input) -> Self {
        let Input { values, shared, members, time, batch } = input;
        let (own, rows) = (parameters.len() / members, time * batch);
        let product = |blocks| Stencil::linear(gpu, blocks, rows, own);
        let input = product((&cell.input_weight, &cell.input_bias)).shared(shared);
        Self {
            size: Size::new(cell, (time, batch), own),
            members,
            gates: input.forward(gpu, parameters, &values),
            values,
            input,
            state: product((&cell.state_weight, &cell.state_bias)),
            latent: gpu.empty(members * batch * cell.hidden),
        }
    }

    /// Room for this many numbers a window and step of the window, for all members or for all members' tasks.
    fn trace(&self, gpu: &Gpu, slots: usize, width: usize) -> Buffer {
        gpu.empty(slots * self.size.time * self.size.batch * width)
    }
}
