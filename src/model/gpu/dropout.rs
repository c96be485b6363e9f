//! Dropout of all members' latents, by one kernel: the masks are [`Dropout`]'s.

use cubecl::prelude::*;

use super::device::spread;
use super::{Buffer, Gpu};
use crate::model::Dropout;

/// The masks of a step, one rate a member.
pub struct Masks {
    /// `[members, 2]`: below which draw a number is left out, and what the others are multiplied by.
    rates: Buffer,
    key: u32,
    members: usize,
}

/// `lowbias32`, as on the CPU.
#[cube]
fn mix(bits: u32) -> u32 {
    let first = (bits ^ (bits >> 16u32)) * 0x7feb352du32;
    let second = (first ^ (first >> 15u32)) * 0x846ca68bu32;
    second ^ (second >> 16u32)
}

/// `slots` rows of `each` numbers a member: one of latents, two of their cotangents.
#[cube(launch_unchecked)]
fn drop_out(
    values: &[f32],
    rates: &[f32],
    output: &mut [f32],
    key: u32,
    #[comptime] each: usize,
    #[comptime] slots: usize,
) {
    if ABSOLUTE_POS < output.len() {
        let member = ABSOLUTE_POS / (each * slots);
        let position = (ABSOLUTE_POS % each) as u32;
        let draw = mix(mix(position) + key) >> 8u32;
        let scaled = values[ABSOLUTE_POS] * rates[2 * member + 1];
        output[ABSOLUTE_POS] = select(f32::cast_from(draw) < rates[2 * member], 0.0f32, scaled);
    }
}

impl Masks {
    /// The masks of these members' dropout; `None` where no member has any.
    #[must_use]
    pub fn new(gpu: &Gpu, members: &[Option<Dropout>]) -> Option<Self> {
        let key = members.iter().flatten().next()?.key();
        let row = |dropout: &Option<Dropout>| {
            dropout.as_ref().map_or([0.0, 1.0], |dropout| [dropout.threshold(), dropout.scale()])
        };
        let rates: Vec<f32> = members.iter().flat_map(row).collect();
        Some(Self { rates: gpu.upload(&rates), key, members: members.len() })
    }

    /// Latents `[members, batch, hidden]` or their cotangents `[members, 2, batch, hidden]`, with `slots` 1 or 2, without
    /// what is left out.
    #[must_use]
    pub fn apply(&self, gpu: &Gpu, values: &Buffer, slots: usize) -> Buffer {
        let output = gpu.empty(values.len());
        let (count, dim) = spread(output.len());
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: every index is below the lengths; there is a row of rates for each member.
        unsafe {
            drop_out::launch_unchecked(
                gpu.client(),
                count,
                dim,
                values.argument(),
                self.rates.argument(),
                output.argument(),
                self.key,
                values.len() / (self.members * slots),
                slots,
            );
        }
        output
    }
}
