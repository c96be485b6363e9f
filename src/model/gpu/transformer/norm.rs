//! Layer normalization; the formulas are those of the CPU's.

use cubecl::prelude::*;

use crate::model::gpu::{Buffer, Gpu, spread};
use crate::model::transformer::Norm;

/// Added to the variance; PyTorch's.
const EPSILON: f32 = 1e-5;

/// Sizes, known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Size {
    /// Rows of a member.
    rows: usize,
    width: usize,
    /// Parameters of a member, and where scale and shift begin.
    parameters: usize,
    scale: usize,
    shift: usize,
}

/// A normalization's output, and what its way back needs.
pub struct Normed {
    /// `y`.
    pub output: Buffer,
    standard: Buffer,
    inverse: Buffer,
    size: Size,
}

/// One thread a row.
#[cube(launch_unchecked)]
fn forward(
    input: &[f32],
    parameters: &[f32],
    output: &mut [f32],
    standard: &mut [f32],
    inverse: &mut [f32],
    #[comptime] size: Size,
) {
    if ABSOLUTE_POS < inverse.len() {
        let own = ABSOLUTE_POS / size.rows * size.parameters;
        let first = ABSOLUTE_POS * size.width;
        let mut sum = f32::new(0.0);
        for unit in 0..size.width {
            sum += input[first + unit];
        }
        let mean = sum / comptime!(size.width as f32);
        let mut squares = f32::new(0.0);
        for unit in 0..size.width {
            let centred = input[first + unit] - mean;
            squares += centred * centred;
        }
        let scale = 1.0 / (squares / comptime!(size.width as f32) + EPSILON).sqrt();
        inverse[ABSOLUTE_POS] = scale;
        for unit in 0..size.width {
            let value = (input[first + unit] - mean) * scale;
            standard[first + unit] = value;
            output[first + unit] = parameters[own + size.scale + unit] * value + parameters[own + size.shift + unit];
        }
    }
}

/// One thread a row of `[members, 2, rows, width]`; the result is added.
#[cube(launch_unchecked)]
fn back(
    cotangents: &[f32],
    parameters: &[f32],
    standard: &[f32],
    inverse: &[f32],
    below: &mut [f32],
    #[comptime] size: Size,
) {
    let first = ABSOLUTE_POS * size.width;
    if first < below.len() {
        let member = ABSOLUTE_POS / comptime!(2 * size.rows);
        let row = member * size.rows + ABSOLUTE_POS % size.rows;
        let own = member * size.parameters + size.scale;
        let mut level = f32::new(0.0);
        let mut tilt = f32::new(0.0);
        for unit in 0..size.width {
            let slope = parameters[own + unit] * cotangents[first + unit];
            level += slope;
            tilt += slope * standard[row * size.width + unit];
        }
        level /= comptime!(size.width as f32);
        tilt /= comptime!(size.width as f32);
        for unit in 0..size.width {
            let slope = parameters[own + unit] * cotangents[first + unit];
            below[first + unit] += inverse[row] * (slope - level - standard[row * size.width + unit] * tilt);
        }
    }
}

/// One thread a parameter: the scale's, then the shift's.
#[cube(launch_unchecked)]
fn gradients(cotangents: &[f32], standard: &[f32], output: &mut [f32], units: u32, #[comptime] size: Size) {
    if ABSOLUTE_POS < units as usize {
        let slot = ABSOLUTE_POS / comptime!(2 * size.width);
        let unit = ABSOLUTE_POS % size.width;
        let is_scale = ABSOLUTE_POS / size.width % 2 < 1;
        let first = slot * size.rows * size.width + unit;
        let own = slot / 2 * size.rows * size.width + unit;
        let mut sum = f32::new(0.0);
        for row in 0..size.rows {
            let cotangent = cotangents[first + row * size.width];
            sum += select(is_scale, cotangent * standard[own + row * size.width], cotangent);
        }
        output[slot * size.parameters + select(is_scale, size.scale, size.shift) + unit] = sum;
    }
}

impl Normed {
    /// Normalize each row of all members.
    pub fn new(norm: &Norm, gpu: &Gpu, parameters: &Buffer, input: &Buffer, own: usize) -> Self {
        let width = norm.scale.columns;
        let rows = input.len() / width;
        let size = Size {
            rows: rows / (parameters.len() / own),
            width,
            parameters: own,
            scale: norm.scale.offset,
            shift: norm.shift.offset,
        };
        let (output, standard, inverse) = (gpu.empty(input.len()), gpu.empty(input.len()), gpu.empty(rows));
        let (count, dim) = spread(rows);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: every index is below the lengths, which follow from the same sizes.
        unsafe {
            forward::launch_unchecked(
                gpu.client(),
                count,
                dim,
                input.argument(),
                parameters.argument(),
                output.argument(),
                standard.argument(),
                inverse.argument(),
                size,
            );
        }
        Self { output, standard, inverse, size }
    }

    /// Add the input's cotangents to `below`, and write the gradients of scale and shift.
    pub fn back(&self, gpu: &Gpu, parameters: &Buffer, cotangents: &Buffer, gradients: &Buffer, below: &Buffer) {
        let Self { size, .. } = *self;
        let units = gradients.len() / size.parameters * 2 * size.width;
        let [(rows_count, rows_dim), (count, dim)] = [cotangents.len() / size.width, units].map(spread);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: as above.
        unsafe {
            back::launch_unchecked(
                gpu.client(),
                rows_count,
                rows_dim,
                cotangents.argument(),
                parameters.argument(),
                self.standard.argument(),
                self.inverse.argument(),
                below.argument(),
                size,
            );
            gradients::launch_unchecked(
                gpu.client(),
                count,
                dim,
                cotangents.argument(),
                self.standard.argument(),
                gradients.argument(),
                units as u32,
                size,
            );
        }
    }
}
