//! Learned positions: the same row for all windows of a step.

use cubecl::prelude::*;

use crate::model::gpu::{Buffer, Gpu, spread};
use crate::model::layout::Block;

/// Sizes, known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Size {
    time: usize,
    batch: usize,
    width: usize,
    /// Parameters of a member, and where the positions begin.
    parameters: usize,
    first: usize,
}

impl Size {
    const fn new(block: &Block, (time, batch, parameters): (usize, usize, usize)) -> Self {
        Self { time, batch, width: block.columns, parameters, first: block.offset }
    }
}

#[cube(launch_unchecked)]
fn add_rows(parameters: &[f32], stream: &mut [f32], #[comptime] size: Size) {
    if ABSOLUTE_POS < stream.len() {
        let each = comptime!(size.batch * size.width);
        let member = ABSOLUTE_POS / (each * size.time);
        let step = ABSOLUTE_POS / each % size.time;
        let position = member * size.parameters + size.first + step * size.width + ABSOLUTE_POS % size.width;
        stream[ABSOLUTE_POS] += parameters[position];
    }
}

#[cube(launch_unchecked)]
fn sum_rows(cotangents: &[f32], gradients: &mut [f32], units: u32, #[comptime] size: Size) {
    if ABSOLUTE_POS < units as usize {
        let each = comptime!(size.time * size.width);
        let slot = ABSOLUTE_POS / each;
        let step = ABSOLUTE_POS / size.width % size.time;
        let column = ABSOLUTE_POS % size.width;
        let first = (slot * size.time + step) * size.batch * size.width + column;
        let mut sum = f32::new(0.0);
        for window in 0..size.batch {
            sum += cotangents[first + window * size.width];
        }
        gradients[slot * size.parameters + size.first + ABSOLUTE_POS % each] = sum;
    }
}

/// Add each step's position to the stream.
pub fn add(gpu: &Gpu, block: &Block, parameters: &Buffer, stream: &Buffer, size: (usize, usize, usize)) {
    let (count, dim) = spread(stream.len());
    #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
    // SAFETY: every index is below the lengths, which follow from the same sizes.
    unsafe {
        let size = Size::new(block, size);
        add_rows::launch_unchecked(gpu.client(), count, dim, parameters.argument(), stream.argument(), size);
    }
}

/// Write the positions' gradients.
pub fn gradients(gpu: &Gpu, block: &Block, cotangents: &Buffer, gradients: &Buffer, size: (usize, usize, usize)) {
    let size = Size::new(block, size);
    let units = gradients.len() / size.parameters * block.len();
    let (count, dim) = spread(units);
    #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
    // SAFETY: as above.
    unsafe {
        let (cotangents, gradients) = (cotangents.argument(), gradients.argument());
        sum_rows::launch_unchecked(gpu.client(), count, dim, cotangents, gradients, units as u32, size);
    }
}
