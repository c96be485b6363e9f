//! The mean over time, and its way back.

use cubecl::prelude::*;

use super::device::spread;
use super::{Buffer, Gpu};

/// `[members, time, batch · width]` to `[members, batch · width]`.
#[cube(launch_unchecked)]
fn mean(input: &[f32], output: &mut [f32], #[comptime] time: usize, #[comptime] each: usize) {
    if ABSOLUTE_POS < output.len() {
        let own = ABSOLUTE_POS / each * each * time + ABSOLUTE_POS % each;
        let mut sum = f32::new(0.0);
        for step in 0..time {
            sum += input[own + step * each];
        }
        output[ABSOLUTE_POS] = sum / comptime!(time as f32);
    }
}

/// `[members, 2, batch · width]` to `[members, 2, time, batch · width]`, past the ReLU that made the activations.
#[cube(launch_unchecked)]
fn spread_back(
    cotangents: &[f32],
    activations: &[f32],
    output: &mut [f32],
    #[comptime] time: usize,
    #[comptime] each: usize,
    #[comptime] relu: bool,
) {
    if ABSOLUTE_POS < output.len() {
        let slot = ABSOLUTE_POS / (each * time);
        let mut share = cotangents[slot * each + ABSOLUTE_POS % each] / comptime!(time as f32);
        if relu {
            let activation = activations[slot / 2 * each * time + ABSOLUTE_POS % (each * time)];
            share = select(activation > 0.0, share, 0.0f32);
        }
        output[ABSOLUTE_POS] = share;
    }
}

/// The mean of all steps.
pub fn mean_over_time(gpu: &Gpu, input: &Buffer, time: usize, each: usize) -> Buffer {
    let output = gpu.empty(input.len() / time);
    let (count, dim) = spread(output.len());
    #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
    // SAFETY: every index is below the lengths, which are multiples of one another.
    unsafe {
        mean::launch_unchecked(gpu.client(), count, dim, input.argument(), output.argument(), time, each);
    }
    output
}

/// The way back from the mean; where there are activations, through their ReLU, too.
pub fn spread_over_time(
    gpu: &Gpu,
    cotangents: &Buffer,
    activations: Option<&Buffer>,
    time: usize,
    each: usize,
) -> Buffer {
    let output = gpu.empty(cotangents.len() * time);
    let (count, dim) = spread(output.len());
    #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
    // SAFETY: as above; without activations the argument that stands in for them is not read.
    unsafe {
        spread_back::launch_unchecked(
            gpu.client(),
            count,
            dim,
            cotangents.argument(),
            activations.unwrap_or(cotangents).argument(),
            output.argument(),
            time,
            each,
            activations.is_some(),
        );
    }
    output
}
