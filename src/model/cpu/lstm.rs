//! Long short-term memory on the CPU.

use super::activation::{sigmoid, tanh};
use super::matrix::{add_rows, fill_rows};
use super::{Backward, Buffer, Encoder, Input, Matrix, MatrixMut, Store, product, task_by_task};
use crate::model::recurrent::{Lstm, Recurrent};

/// Gates, in the order of their columns: input, forget, candidate, output.
const GATES: usize = 4;

/// What the forward pass leaves for the way back, all steps of the window below one another.
struct Trace {
    /// `i`, `f`, `g` and `o` after their activations: `[time · batch, 4 · hidden]`.
    gates: Buffer,
    /// `tanh` of the cell after each step of the window: `[time · batch, hidden]`.
    shown: Buffer,
    /// The cell before each step of the window and after the last: `[(time + 1) · batch, hidden]`.
    cells: Buffer,
    /// The state, likewise.
    states: Buffer,
}

impl Encoder for Lstm {
    fn forward<'a>(&'a self, parameters: &'a [f32], input: Input<'a>) -> (Buffer, Backward<'a>) {
        let trace = run(&self.0, parameters, input);
        let size = input.batch * self.0.hidden;
        let mut latent = Buffer::stale(size);
        latent.copy_from_slice(&trace.states[input.time * size..]);
        (latent, task_by_task(move |d_latent, gradients| back(&self.0, parameters, input, &trace, d_latent, gradients)))
    }
}

fn run(cell: &Recurrent, parameters: &[f32], Input { values, time, batch, .. }: Input) -> Trace {
    let hidden = cell.hidden;
    let (width, size) = (GATES * hidden, batch * hidden);
    let state_weight = Matrix::new(&parameters[cell.state_weight.range()], width);
    let mut biases = Buffer::stale(width);
    biases.copy_from_slice(&parameters[cell.input_bias.range()]);
    add_rows(&parameters[cell.state_bias.range()], &mut biases);

    let mut gates = Buffer::stale(time * batch * width);
    fill_rows(&mut gates, &biases);
    let inputs = Matrix::new(values, cell.input_weight.rows);
    let weight = Matrix::new(&parameters[cell.input_weight.range()], width);
    product(inputs, weight, MatrixMut::new(&mut gates, width), Store::Add);

    let mut shown = Buffer::stale(time * size);
    let [mut cells, mut states] = [(); 2].map(|()| Buffer::stale((time + 1) * size));
    cells[..size].fill(0.0);
    states[..size].fill(0.0);
    for t in 0..time {
        let here = &mut gates[t * batch * width..(t + 1) * batch * width];
        let (before, after) = states[t * size..].split_at_mut(size);
        product(Matrix::new(before, hidden), state_weight, MatrixMut::new(here, width), Store::Add);
        let (cell_before, cell_after) = cells[t * size..].split_at_mut(size);
        let cells = cell_before.chunks_exact(hidden).zip(cell_after.chunks_exact_mut(hidden));
        let outs = shown[t * size..].chunks_exact_mut(hidden).zip(after.chunks_exact_mut(hidden));
        for ((gates, (cell, next)), (shown, state)) in here.chunks_exact_mut(width).zip(cells).zip(outs) {
            step(gates, cell, next, shown, state);
        }
    }
    Trace { gates, shown, cells, states }
}

/// One window's step: `gates` holds the sums and is left with the gates.
fn step(gates: &mut [f32], cell: &[f32], next: &mut [f32], shown: &mut [f32], state: &mut [f32]) {
    let hidden = cell.len();
    let (smooth, rest) = gates.split_at_mut(2 * hidden);
    let (candidate, output) = rest.split_at_mut(hidden);
    // One slice at a time: a loop over a chain of two is not vectorized.
    for gates in [&mut *smooth, &mut *output] {
        for gate in gates {
            *gate = sigmoid(*gate);
        }
    }
    let (input, forget) = smooth.split_at(hidden);
    let (next, shown, state) = (&mut next[..hidden], &mut shown[..hidden], &mut state[..hidden]);
    for unit in 0..hidden {
        let g = tanh(candidate[unit]);
        candidate[unit] = g;
        let c = forget[unit] * cell[unit] + input[unit] * g;
        let t = tanh(c);
        next[unit] = c;
        shown[unit] = t;
        state[unit] = output[unit] * t;
    }
}

fn back(
    cell: &Recurrent,
    parameters: &[f32],
    Input { values, time, batch, .. }: Input,
    trace: &Trace,
    d_latent: &[f32],
    gradients: &mut [f32],
) {
    let hidden = cell.hidden;
    let (width, size) = (GATES * hidden, batch * hidden);
    let back = Matrix::new(&parameters[cell.state_weight.range()], width).transposed();
    let mut d_state = Buffer::stale(size);
    d_state.copy_from_slice(d_latent);
    let mut d_cell = Buffer::zeros(size);
    let mut d_gates = Buffer::stale(time * batch * width);
    for t in (0..time).rev() {
        let here = &mut d_gates[t * batch * width..(t + 1) * batch * width];
        let gates = trace.gates[t * batch * width..].chunks_exact(width);
        let cells = trace.cells[t * size..].chunks_exact(hidden).zip(trace.shown[t * size..].chunks_exact(hidden));
        let cotangents = d_state.chunks_exact(hidden).zip(d_cell.chunks_exact_mut(hidden));
        for (((d_gates, gates), cells), (d_state, d_cell)) in
            here.chunks_exact_mut(width).zip(gates).zip(cells).zip(cotangents)
        {
            step_back(d_gates, gates, cells, d_state, d_cell);
        }
        if t > 0 {
            product(Matrix::new(here, width), back, MatrixMut::new(&mut d_state, hidden), Store::Set);
        }
    }

    let d_gates = Matrix::new(&d_gates, width);
    let states = Matrix::strided(&trace.states, time * batch, hidden, hidden).transposed();
    product(states, d_gates, MatrixMut::new(&mut gradients[cell.state_weight.range()], width), Store::Set);
    let inputs = Matrix::new(values, cell.input_weight.rows).transposed();
    product(inputs, d_gates, MatrixMut::new(&mut gradients[cell.input_weight.range()], width), Store::Set);
    let mut sums = Buffer::zeros(width);
    add_rows(d_gates.values(), &mut sums);
    // Both biases stand in the same sums.
    gradients[cell.input_bias.range()].copy_from_slice(&sums);
    gradients[cell.state_bias.range()].copy_from_slice(&sums);
}

/// One window's step back: `d_cell` is left with the cotangents of the cell before.
fn step_back(d_gates: &mut [f32], gates: &[f32], (cell, shown): (&[f32], &[f32]), d_state: &[f32], d_cell: &mut [f32]) {
    let hidden = d_state.len();
    let (d_smooth, d_rest) = d_gates.split_at_mut(2 * hidden);
    let ((d_input, d_forget), (d_candidate, d_output)) = (d_smooth.split_at_mut(hidden), d_rest.split_at_mut(hidden));
    let (smooth, rest) = gates.split_at(2 * hidden);
    let ((input, forget), (candidate, output)) = (smooth.split_at(hidden), rest.split_at(hidden));
    let (d_output, output) = (&mut d_output[..hidden], &output[..hidden]);
    let (cell, shown, d_cell) = (&cell[..hidden], &shown[..hidden], &mut d_cell[..hidden]);
    for unit in 0..hidden {
        let (i, f, g, o) = (input[unit], forget[unit], candidate[unit], output[unit]);
        let (t, dh) = (shown[unit], d_state[unit]);
        let dc = d_cell[unit] + dh * o * (1.0 - t * t);
        d_output[unit] = dh * t * o * (1.0 - o);
        d_input[unit] = dc * g * i * (1.0 - i);
        d_forget[unit] = dc * cell[unit] * f * (1.0 - f);
        d_candidate[unit] = dc * i * (1.0 - g * g);
        d_cell[unit] = dc * f;
    }
}
