//! Long short-term memory; the formulas are [`Lstm`]'s.

use cubecl::prelude::*;

use super::{Begun, Size, sigmoid, tanh};
use crate::model::gpu::{Backward, Buffer, Encoder, Gpu, Input};
use crate::model::recurrent::Lstm;

/// `gates` holds the input's product and is left with `i`, `f`, `g` and `o`, `[members, time · batch, 4 · hidden]`;
/// `cells` and `states` get the cell and the state before each step of the window.
#[cube(launch_unchecked)]
fn forward(
    gates: &mut [f32],
    parameters: &[f32],
    cells: &mut [f32],
    states: &mut [f32],
    latent: &mut [f32],
    #[comptime] size: Size,
) {
    let hidden = comptime!(size.hidden);
    let width = comptime!(4 * size.hidden);
    let unit = UNIT_POS_X as usize;
    let lane = UNIT_POS_Y as usize;
    let member = CUBE_POS_Y as usize;
    let window = CUBE_POS_X as usize * size.lanes + lane;
    let inside = window < size.batch;
    let weights = member * size.parameters + size.weight + unit;
    let biases = member * size.parameters + size.bias + unit;
    let mut shown = Shared::<[f32]>::new_slice(comptime!(size.lanes * size.hidden));
    let mut state = f32::new(0.0);
    let mut cell = f32::new(0.0);
    for t in 0..size.time {
        shown[lane * hidden + unit] = state;
        sync_cube();
        if inside {
            let row = (member * size.time + t) * size.batch + window;
            let gate = row * width + unit;
            let mut input = gates[gate] + parameters[biases];
            let mut forget = gates[gate + hidden] + parameters[biases + hidden];
            let mut candidate = gates[gate + 2 * hidden] + parameters[biases + 2 * hidden];
            let mut output = gates[gate + 3 * hidden] + parameters[biases + 3 * hidden];
            for other in 0..hidden {
                let h = shown[lane * hidden + other];
                let weight = weights + other * width;
                input += h * parameters[weight];
                forget += h * parameters[weight + hidden];
                candidate += h * parameters[weight + 2 * hidden];
                output += h * parameters[weight + 3 * hidden];
            }
            let i = sigmoid(input);
            let f = sigmoid(forget);
            let g = tanh(candidate);
            let o = sigmoid(output);
            gates[gate] = i;
            gates[gate + hidden] = f;
            gates[gate + 2 * hidden] = g;
            gates[gate + 3 * hidden] = o;
            cells[row * hidden + unit] = cell;
            states[row * hidden + unit] = state;
            cell = f * cell + i * g;
            state = o * tanh(cell);
        }
        sync_cube();
    }
    if inside {
        latent[(member * size.batch + window) * hidden + unit] = state;
    }
}

/// Cotangents of the gates, `[members, 2, time · batch, 4 · hidden]`.
#[cube(launch_unchecked)]
fn back(
    gates: &[f32],
    cells: &[f32],
    parameters: &[f32],
    d_latent: &[f32],
    d_gates: &mut [f32],
    #[comptime] size: Size,
) {
    let hidden = comptime!(size.hidden);
    let width = comptime!(4 * size.hidden);
    let unit = UNIT_POS_X as usize;
    let lane = UNIT_POS_Y as usize;
    let slot = CUBE_POS_Y as usize;
    let member = slot / 2;
    let window = CUBE_POS_X as usize * size.lanes + lane;
    let inside = window < size.batch;
    let weights = member * size.parameters + size.weight + unit * width;
    let mut shown = Shared::<[f32]>::new_slice(comptime!(size.lanes * 4 * size.hidden));
    let mut d_state = f32::new(0.0);
    let mut d_cell = f32::new(0.0);
    if inside {
        d_state = d_latent[(slot * size.batch + window) * hidden + unit];
    }
    for done in 0..size.time {
        let step = comptime!(size.time - 1) - done;
        if inside {
            let row = (member * size.time + step) * size.batch + window;
            let gate = row * width + unit;
            let i = gates[gate];
            let f = gates[gate + hidden];
            let g = gates[gate + 2 * hidden];
            let o = gates[gate + 3 * hidden];
            let before = cells[row * hidden + unit];
            let t = tanh(f * before + i * g);
            d_cell += d_state * o * (1.0 - t * t);
            let d_input = d_cell * g * i * (1.0 - i);
            let d_forget = d_cell * before * f * (1.0 - f);
            let d_candidate = d_cell * i * (1.0 - g * g);
            let d_output = d_state * t * o * (1.0 - o);
            let out = ((slot * size.time + step) * size.batch + window) * width + unit;
            d_gates[out] = d_input;
            d_gates[out + hidden] = d_forget;
            d_gates[out + 2 * hidden] = d_candidate;
            d_gates[out + 3 * hidden] = d_output;
            shown[lane * width + unit] = d_input;
            shown[lane * width + hidden + unit] = d_forget;
            shown[lane * width + 2 * hidden + unit] = d_candidate;
            shown[lane * width + 3 * hidden + unit] = d_output;
            d_cell *= f;
        }
        sync_cube();
        if inside {
            d_state = f32::new(0.0);
            for other in 0..width {
                d_state += shown[lane * width + other] * parameters[weights + other];
            }
        }
        sync_cube();
    }
}

impl Encoder for Lstm {
    fn forward<'a>(&'a self, gpu: &'a Gpu, parameters: &'a Buffer, input: Input) -> (Buffer, Backward<'a>) {
        let begun = Begun::new(&self.0, gpu, parameters, input);
        let (size, members, hidden) = (begun.size, begun.members, begun.size.hidden);
        let [cells, states] = [(); 2].map(|()| begun.trace(gpu, members, hidden));
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
                cells.argument(),
                states.argument(),
                latent.argument(),
                size,
            );
        }

        let backward: Backward = Box::new(move |d_latent, gradients| {
            let d_gates = begun.trace(gpu, 2 * members, 4 * hidden);
            let (count, dim) = size.groups(2 * members);
            #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
            // SAFETY: as above.
            unsafe {
                back::launch_unchecked(
                    gpu.client(),
                    count,
                    dim,
                    begun.gates.argument(),
                    cells.argument(),
                    parameters.argument(),
                    d_latent.argument(),
                    d_gates.argument(),
                    size,
                );
            }
            begun.state.gradients(gpu, &states, &d_gates, gradients);
            begun.input.gradients(gpu, &begun.values, &d_gates, gradients);
        });
        (latent, backward)
    }
}
