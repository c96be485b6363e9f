//! The gated recurrent unit on the CPU.

use super::activation::{sigmoid, tanh};
use super::matrix::{add_rows, fill_rows};
use super::{Backward, Buffer, Encoder, Input, Matrix, MatrixMut, Store, product, task_by_task};
use crate::model::recurrent::{Gru, Recurrent};

/// Gates, in the order of their columns: reset, update, candidate.
const GATES: usize = 3;

/// What the forward pass leaves for the way back, all steps of the window below one another.
struct Trace {
    /// `r`, `z` and `n` after their activations: `[time · batch, 3 · hidden]`.
    gates: Buffer,
    /// `q`: `[time · batch, hidden]`.
    recurrent: Buffer,
    /// The state before each step of the window and after the last: `[(time + 1) · batch, hidden]`.
    states: Buffer,
}

impl Encoder for Gru {
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
    let width = GATES * hidden;
    let [weight, bias, state_bias] =
        [&cell.input_weight, &cell.input_bias, &cell.state_bias].map(|block| &parameters[block.range()]);
    let state_weight = Matrix::new(&parameters[cell.state_weight.range()], width);

    // The state's bias joins the input's where nothing stands between them: everywhere but in the candidate.
    let mut biases = Buffer::stale(width);
    biases.copy_from_slice(bias);
    add_rows(&state_bias[..2 * hidden], &mut biases[..2 * hidden]);
    let mut gates = Buffer::stale(time * batch * width);
    fill_rows(&mut gates, &biases);
    product(
        Matrix::strided(values, time * batch, cell.input_weight.rows, cell.input_weight.rows),
        Matrix::new(weight, width),
        MatrixMut::new(&mut gates, width),
        Store::Add,
    );

    let mut recurrent = Buffer::stale(time * batch * hidden);
    let mut states = Buffer::stale((time + 1) * batch * hidden);
    states[..batch * hidden].fill(0.0);
    let mut sums = Buffer::stale(batch * width);
    for t in 0..time {
        let (before, after) = states[t * batch * hidden..].split_at_mut(batch * hidden);
        product(Matrix::new(before, hidden), state_weight, MatrixMut::new(&mut sums, width), Store::Set);
        let rows = gates[t * batch * width..].chunks_exact_mut(width).zip(sums.chunks_exact(width));
        let states = before.chunks_exact(hidden).zip(after.chunks_exact_mut(hidden));
        let recurrent = recurrent[t * batch * hidden..].chunks_exact_mut(hidden);
        for (((gates, sums), (before, after)), recurrent) in rows.zip(states).zip(recurrent) {
            step(gates, sums, &state_bias[2 * hidden..], before, recurrent, after);
        }
    }
    Trace { gates, recurrent, states }
}

/// One window's step: `gates` holds the input's part and is left with `r`, `z` and `n`; `sums` holds the state's part.
fn step(gates: &mut [f32], sums: &[f32], bias: &[f32], before: &[f32], recurrent: &mut [f32], after: &mut [f32]) {
    let hidden = before.len();
    let (smooth, candidate) = gates.split_at_mut(2 * hidden);
    let (smooth_sums, candidate_sums) = sums.split_at(2 * hidden);
    for (gate, sum) in smooth.iter_mut().zip(smooth_sums) {
        *gate = sigmoid(*gate + sum);
    }
    let (reset, update) = smooth.split_at(hidden);
    let (recurrent, after) = (&mut recurrent[..hidden], &mut after[..hidden]);
    for unit in 0..hidden {
        let q = candidate_sums[unit] + bias[unit];
        let n = tanh(candidate[unit] + reset[unit] * q);
        recurrent[unit] = q;
        candidate[unit] = n;
        after[unit] = n + update[unit] * (before[unit] - n);
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
    // Cotangents of the gates as the state's product sees them, and of the candidate as the input's product does.
    let mut d_gates = Buffer::stale(time * batch * width);
    let mut d_candidate = Buffer::stale(time * size);
    for t in (0..time).rev() {
        let here = &mut d_gates[t * batch * width..(t + 1) * batch * width];
        let rows = here.chunks_exact_mut(width).zip(d_candidate[t * size..].chunks_exact_mut(hidden));
        let gates = trace.gates[t * batch * width..].chunks_exact(width);
        let states =
            trace.recurrent[t * size..].chunks_exact(hidden).zip(trace.states[t * size..].chunks_exact(hidden));
        for ((((d_gates, d_candidate), gates), (recurrent, before)), d_state) in
            rows.zip(gates).zip(states).zip(d_state.chunks_exact_mut(hidden))
        {
            step_back(d_gates, d_candidate, gates, (recurrent, before), d_state);
        }
        if t > 0 {
            product(Matrix::new(here, width), back, MatrixMut::new(&mut d_state, hidden), Store::Add);
        }
    }

    let states = Matrix::strided(&trace.states, time * batch, hidden, hidden).transposed();
    let into = MatrixMut::new(&mut gradients[cell.state_weight.range()], width);
    product(states, Matrix::new(&d_gates, width), into, Store::Set);
    let inputs = Matrix::new(values, cell.input_weight.rows).transposed();
    let weight = &mut gradients[cell.input_weight.range()];
    let smooth = Matrix::strided(&d_gates, time * batch, 2 * hidden, width);
    product(inputs, smooth, MatrixMut::strided(weight, cell.input_weight.rows, 2 * hidden, width), Store::Set);
    let last = MatrixMut::strided(&mut weight[2 * hidden..], cell.input_weight.rows, hidden, width);
    product(inputs, Matrix::new(&d_candidate, hidden), last, Store::Set);

    let mut sums = Buffer::zeros(width);
    add_rows(&d_gates, &mut sums);
    gradients[cell.state_bias.range()].copy_from_slice(&sums);
    sums[2 * hidden..].fill(0.0);
    add_rows(&d_candidate, &mut sums[2 * hidden..]);
    gradients[cell.input_bias.range()].copy_from_slice(&sums);
}

/// One window's step back: `d_state` is left with what reaches the state before directly, past the products.
fn step_back(
    d_gates: &mut [f32],
    d_candidate: &mut [f32],
    gates: &[f32],
    (recurrent, before): (&[f32], &[f32]),
    d_state: &mut [f32],
) {
    let hidden = d_state.len();
    let (d_reset, rest) = d_gates.split_at_mut(hidden);
    let (d_update, d_recurrent) = rest.split_at_mut(hidden);
    let (reset, rest) = gates.split_at(hidden);
    let (update, candidate) = rest.split_at(hidden);
    let (d_recurrent, candidate) = (&mut d_recurrent[..hidden], &candidate[..hidden]);
    let (d_candidate, recurrent, before) = (&mut d_candidate[..hidden], &recurrent[..hidden], &before[..hidden]);
    for unit in 0..hidden {
        let (r, z, n, dh) = (reset[unit], update[unit], candidate[unit], d_state[unit]);
        let dn = dh * (1.0 - z) * (1.0 - n * n);
        d_reset[unit] = dn * recurrent[unit] * r * (1.0 - r);
        d_update[unit] = dh * (before[unit] - n) * z * (1.0 - z);
        d_recurrent[unit] = dn * r;
        d_candidate[unit] = dn;
        d_state[unit] = dh * z;
    }
}
