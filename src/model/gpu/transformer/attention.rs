//! Attention over the steps of each window, head by head; the formulas are those of the CPU's.

use cubecl::prelude::*;

use crate::model::gpu::{Buffer, Gpu, spread};

/// Sizes, known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Size {
    time: usize,
    batch: usize,
    heads: usize,
    /// Width of a head.
    width: usize,
}

/// Queries, keys and values of all heads, their attention, and what its way back needs.
pub struct Attention {
    /// What the heads say side by side: `[members, time · batch, hidden]`.
    pub output: Buffer,
    projected: Buffer,
    /// Who looks where: `[members, batch, heads, time, time]`.
    shares: Buffer,
    size: Size,
}

/// One thread a query: `[members, batch, heads, time]`.
#[cube(launch_unchecked)]
fn forward(projected: &[f32], shares: &mut [f32], output: &mut [f32], scale: f32, #[comptime] size: Size) {
    let first_share = ABSOLUTE_POS * size.time;
    if first_share < shares.len() {
        let hidden = comptime!(size.heads * size.width);
        let row_len = comptime!(3 * size.heads * size.width);
        let query = ABSOLUTE_POS % size.time;
        let head = ABSOLUTE_POS / size.time % size.heads;
        let window = ABSOLUTE_POS / comptime!(size.time * size.heads) % size.batch;
        let member = ABSOLUTE_POS / comptime!(size.time * size.heads * size.batch);
        let rows = member * size.time * size.batch + window;
        let from = (rows + query * size.batch) * row_len + head * size.width;
        let mut largest = f32::new(-1e30);
        for key in 0..size.time {
            let to = (rows + key * size.batch) * row_len + hidden + head * size.width;
            let mut score = f32::new(0.0);
            for unit in 0..size.width {
                score += projected[from + unit] * projected[to + unit];
            }
            score *= scale;
            shares[first_share + key] = score;
            largest = select(score > largest, score, largest);
        }
        let mut total = f32::new(0.0);
        for key in 0..size.time {
            let share = (shares[first_share + key] - largest).exp();
            shares[first_share + key] = share;
            total += share;
        }
        for key in 0..size.time {
            shares[first_share + key] /= total;
        }
        for unit in 0..size.width {
            let mut heard = f32::new(0.0);
            for key in 0..size.time {
                let to = (rows + key * size.batch) * row_len + 2 * hidden + head * size.width;
                heard += shares[first_share + key] * projected[to + unit];
            }
            output[(rows + query * size.batch) * hidden + head * size.width + unit] = heard;
        }
    }
}

/// One thread a query of a task, `[members, 2, batch, heads, time]`: the scores' cotangents and the query's.
#[cube(launch_unchecked)]
fn back_queries(
    projected: &[f32],
    shares: &[f32],
    cotangents: &[f32],
    slopes: &mut [f32],
    below: &mut [f32],
    scale: f32,
    #[comptime] size: Size,
) {
    let first_slope = ABSOLUTE_POS * size.time;
    if first_slope < slopes.len() {
        let hidden = comptime!(size.heads * size.width);
        let row_len = comptime!(3 * size.heads * size.width);
        let each = comptime!(size.time * size.heads * size.batch);
        let query = ABSOLUTE_POS % size.time;
        let head = ABSOLUTE_POS / size.time % size.heads;
        let window = ABSOLUTE_POS / comptime!(size.time * size.heads) % size.batch;
        let slot = ABSOLUTE_POS / each;
        let rows = slot / 2 * size.time * size.batch + window;
        let own = slot * size.time * size.batch + window + query * size.batch;
        let first_share = (slot / 2 * each + ABSOLUTE_POS % each) * size.time;
        let mut mean = f32::new(0.0);
        for key in 0..size.time {
            let to = (rows + key * size.batch) * row_len + 2 * hidden + head * size.width;
            let mut slope = f32::new(0.0);
            for unit in 0..size.width {
                slope += cotangents[own * hidden + head * size.width + unit] * projected[to + unit];
            }
            slopes[first_slope + key] = slope;
            mean += slope * shares[first_share + key];
        }
        for key in 0..size.time {
            slopes[first_slope + key] = scale * shares[first_share + key] * (slopes[first_slope + key] - mean);
        }
        for unit in 0..size.width {
            let mut sum = f32::new(0.0);
            for key in 0..size.time {
                let to = (rows + key * size.batch) * row_len + hidden + head * size.width;
                sum += slopes[first_slope + key] * projected[to + unit];
            }
            below[own * row_len + head * size.width + unit] = sum;
        }
    }
}

/// One thread a key of a task: the cotangents of the key and of the value.
#[cube(launch_unchecked)]
fn back_keys(
    projected: &[f32],
    shares: &[f32],
    cotangents: &[f32],
    slopes: &[f32],
    below: &mut [f32],
    units: u32,
    #[comptime] size: Size,
) {
    if ABSOLUTE_POS < units as usize {
        let hidden = comptime!(size.heads * size.width);
        let row_len = comptime!(3 * size.heads * size.width);
        let each = comptime!(size.time * size.heads * size.batch);
        let key = ABSOLUTE_POS % size.time;
        let head = ABSOLUTE_POS / size.time % size.heads;
        let window = ABSOLUTE_POS / comptime!(size.time * size.heads) % size.batch;
        let slot = ABSOLUTE_POS / each;
        let rows = slot / 2 * size.time * size.batch + window;
        let own = slot * size.time * size.batch + window;
        // The scores of this head of this window.
        let block = (ABSOLUTE_POS - key) * size.time + key;
        let shares_block = ((slot / 2 * each + ABSOLUTE_POS % each) - key) * size.time + key;
        let to = (own + key * size.batch) * row_len + head * size.width;
        for unit in 0..size.width {
            let mut d_key = f32::new(0.0);
            let mut d_value = f32::new(0.0);
            for query in 0..size.time {
                let from = (rows + query * size.batch) * row_len + head * size.width + unit;
                let heard = (own + query * size.batch) * hidden + head * size.width + unit;
                d_key += slopes[block + query * size.time] * projected[from];
                d_value += shares[shares_block + query * size.time] * cotangents[heard];
            }
            below[to + hidden + unit] = d_key;
            below[to + 2 * hidden + unit] = d_value;
        }
    }
}

impl Attention {
    /// Attend.
    pub fn new(gpu: &Gpu, projected: Buffer, members: usize, (time, batch): (usize, usize), heads: usize) -> Self {
        let hidden = projected.len() / (3 * members * time * batch);
        let size = Size { time, batch, heads, width: hidden / heads };
        let queries = members * batch * heads * time;
        let (shares, output) = (gpu.empty(queries * time), gpu.empty(projected.len() / 3));
        let (count, dim) = spread(queries);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: every index is below the lengths, which follow from the same sizes.
        unsafe {
            forward::launch_unchecked(
                gpu.client(),
                count,
                dim,
                projected.argument(),
                shares.argument(),
                output.argument(),
                size.scale(),
                size,
            );
        }
        Self { output, projected, shares, size }
    }

    /// Cotangents of the output, `[members, 2, …]`, to those of queries, keys and values.
    pub fn back(&self, gpu: &Gpu, cotangents: &Buffer) -> Buffer {
        let size = self.size;
        let (slopes, below) = (gpu.empty(2 * self.shares.len()), gpu.empty(2 * self.projected.len()));
        let queries = slopes.len() / size.time;
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: as above.
        unsafe {
            let (count, dim) = spread(queries);
            back_queries::launch_unchecked(
                gpu.client(),
                count.clone(),
                dim,
                self.projected.argument(),
                self.shares.argument(),
                cotangents.argument(),
                slopes.argument(),
                below.argument(),
                size.scale(),
                size,
            );
            back_keys::launch_unchecked(
                gpu.client(),
                count,
                dim,
                self.projected.argument(),
                self.shares.argument(),
                cotangents.argument(),
                slopes.argument(),
                below.argument(),
                queries as u32,
                size,
            );
        }
        below
    }
}

impl Size {
    /// One over the root of a head's width.
    fn scale(self) -> f32 {
        (self.width as f32).sqrt().recip()
    }
}
