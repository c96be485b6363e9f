//! The gated recurrent unit; the formulas are [`Gru`]'s.

use cubecl::prelude::*;

use super::{Begun, Size, sigmoid, tanh};
use crate::model::gpu::{Backward, Buffer, Encoder, Gpu, Input};
use crate::model::recurrent::Gru;

/// `gates` holds the input's product and is left with `r`, `z` and `n`, `[members, time · batch, 3 · hidden]`;
/// `recurrent` gets `q` and `states` the state before each step of the window.
#[cube(launch_unchecked)]
fn forward(
    gates: &mut [f32],
    parameters: &[f32],
    recurrent: &mut [f32],
    states: &mut [f32],
    latent: &mut [f32],
    #[comptime] size: Size,
) {
    let hidden = comptime!(size.hidden);
    let width = comptime!(3 * size.hidden);
    let unit = UNIT_POS_X as usize;
    let lane = UNIT_POS_Y as usize;
    let member = CUBE_POS_Y as usize;
    let window = CUBE_POS_X as usize * size.lanes + lane;
    let inside = window < size.batch;
    let weights = member * size.parameters + size.weight + unit;
    let biases = member * size.parameters + size.bias + unit;
    let mut shown = Shared::<[f32]>::new_slice(comptime!(size.lanes * size.hidden));
    let mut state = f32::new(0.0);
    for t in 0..size.time {
        shown[lane * hidden + unit] = state;
        sync_cube();
        if inside {
            let mut reset = parameters[biases];
            let mut update = parameters[biases + hidden];
            let mut q = parameters[biases + 2 * hidden];
            for other in 0..hidden {
                let h = shown[lane * hidden + other];
                let row = weights + other * width;
                reset += h * parameters[row];
                update += h * parameters[row + hidden];
                q += h * parameters[row + 2 * hidden];
            }
            let row = (member * size.time + t) * size.batch + window;
            let gate = row * width + unit;
            let r = sigmoid(gates[gate] + reset);
            let z = sigmoid(gates[gate + hidden] + update);
            let n = tanh(gates[gate + 2 * hidden] + r * q);
            gates[gate] = r;
            gates[gate + hidden] = z;
            gates[gate + 2 * hidden] = n;
            recurrent[row * hidden + unit] = q;
            states[row * hidden + unit] = state;
            state = n + z * (state - n);
        }
        sync_cube();
    }
    if inside {
        latent[(member * size.batch + window) * hidden + unit] = state;
    }
}

/// Cotangents of the gates as the state's product sees them, `[members, 2, time · batch, 3 · hidden]`, and of the
/// candidate as the input's product does.
#[cube(launch_unchecked)]
fn back(
    gates: &[f32],
    recurrent: &[f32],
    states: &[f32],
    parameters: &[f32],
    d_latent: &[f32],
    d_gates: &mut [f32],
    d_candidate: &mut [f32],
    #[comptime] size: Size,
) {
    let hidden = comptime!(size.hidden);
    let width = comptime!(3 * size.hidden);
    let unit = UNIT_POS_X as usize;
    let lane = UNIT_POS_Y as usize;
    let slot = CUBE_POS_Y as usize;
    let member = slot / 2;
    let window = CUBE_POS_X as usize * size.lanes + lane;
    let inside = window < size.batch;
    let weights = member * size.parameters + size.weight + unit * width;
    let mut shown = Shared::<[f32]>::new_slice(comptime!(size.lanes * 3 * size.hidden));
    let mut d_state = f32::new(0.0);
    if inside {
        d_state = d_latent[(slot * size.batch + window) * hidden + unit];
    }
    for done in 0..size.time {
        let t = comptime!(size.time - 1) - done;
        if inside {
            let row = (member * size.time + t) * size.batch + window;
            let gate = row * width + unit;
            let r = gates[gate];
            let z = gates[gate + hidden];
            let n = gates[gate + 2 * hidden];
            let dn = d_state * (1.0 - z) * (1.0 - n * n);
            let d_reset = dn * recurrent[row * hidden + unit] * r * (1.0 - r);
            let d_update = d_state * (states[row * hidden + unit] - n) * z * (1.0 - z);
            let out = (slot * size.time + t) * size.batch + window;
            d_gates[out * width + unit] = d_reset;
            d_gates[out * width + hidden + unit] = d_update;
            d_gates[out * width + 2 * hidden + unit] = dn * r;
            d_candidate[out * hidden + unit] = dn;
            shown[lane * width + unit] = d_reset;
            shown[lane * width + hidden + unit] = d_update;
            shown[lane * width + 2 * hidden + unit] = dn * r;
            d_state *= z;
        }
        sync_cube();
        if inside {
            for other in 0..width {
                d_state += shown[lane * width + other] * parameters[weights + other];
            }
        }
        sync_cube();
    }
}

impl Encoder for Gru {
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        let begun = Begun::new(&self.0, gpu, parameters, input);
        let (size, members, hidden) = (begun.size, begun.members, begun.size.hidden);
        let [recurrent, states] = [(); 2].map(|()| begun.trace(gpu, members, hidden));
        let latent = begun.latent.clone();
        let (count, dim) = size.groups(members);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: threads beyond the batch touch nothing; every other index is below the lengths made above.
        unsafe {
            forward::launch_unchecked(
                gpu.client(),
                count,
                dim,
                begun.gates.argument(),
                parameters.argument(),
                recurrent.argument(),
                states.argument(),
                latent.argument(),
                size,
            );
        }

        let backward: Backward = Box::new(move |d_latent, gradients| {
            let slots = 2 * members;
            let [d_gates, d_candidate] = [3 * hidden, hidden].map(|width| begun.trace(gpu, slots, width));
            let (count, dim) = size.groups(slots);
            #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
            // SAFETY: as above.
            unsafe {
                back::launch_unchecked(
                    gpu.client(),
                    count,
                    dim,
                    begun.gates.argument(),
                    recurrent.argument(),
                    states.argument(),
                    parameters.argument(),
                    d_latent.argument(),
                    d_gates.argument(),
                    d_candidate.argument(),
                    size,
                );
            }
            begun.state.gradients(gpu, &states, &d_gates, gradients);
            // The input's product sees the same cotangents, but for the candidate's.
            let columns = |first, count, width| begun.input.clone().columns(first, count, width);
            columns(0, 2 * hidden, 3 * hidden).gradients(gpu, &begun.values, &d_gates, gradients);
            columns(2 * hidden, hidden, hidden).gradients(gpu, &begun.values, &d_candidate, gradients);
        });
        (latent, backward)
    }
}
