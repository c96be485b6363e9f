//! A convolution as products of shifted rows: no window is ever unfolded.
//!
//! Time-major, all windows of one step lie together; so a tap reads whole runs of rows, and adds its product to what
//! the taps before it left.

use super::matrix::{add_rows, fill_rows};
use super::{Buffer, Matrix, MatrixMut, Store, activation, product};
use crate::model::convolution::{Convolution, Run};

impl Convolution {
    /// `relu(conv(input))`, `[moments_out · batch, outputs]`.
    pub(super) fn forward(&self, parameters: &[f32], input: &[f32], batch: usize) -> Buffer {
        let mut output = Buffer::stale(self.moments_out * batch * self.outputs());
        fill_rows(&mut output, &parameters[self.bias.range()]);
        for (tap, run) in self.runs() {
            let rows = Matrix::new(&input[run.rows_from(batch, self.inputs())], self.inputs());
            let target = MatrixMut::new(&mut output[run.rows_to(batch, self.outputs())], self.outputs());
            product(rows, self.kernel(parameters, tap), target, Store::Add);
        }
        activation::relu(&mut output);
        output
    }

    /// The gradients of the kernel and the bias, given the cotangents in front of the ReLU.
    pub(super) fn gradients(&self, input: &[f32], cotangents: &[f32], batch: usize, gradients: &mut [f32]) {
        let bias = &mut gradients[self.bias.range()];
        bias.fill(0.0);
        add_rows(cotangents, bias);
        let weight = &mut gradients[self.weight.range()];
        weight.fill(0.0);
        for (tap, run) in self.runs() {
            let rows = Matrix::new(&input[run.rows_from(batch, self.inputs())], self.inputs());
            let slopes = Matrix::new(&cotangents[run.rows_to(batch, self.outputs())], self.outputs());
            let kernel = MatrixMut::new(&mut weight[self.kernel_range(tap)], self.outputs());
            product(rows.transposed(), slopes, kernel, Store::Add);
        }
    }

    /// The cotangents of the input, given those in front of the ReLU.
    pub(super) fn back(&self, parameters: &[f32], cotangents: &[f32], batch: usize) -> Buffer {
        let mut below = Buffer::zeros(self.moments_in * batch * self.inputs());
        for (tap, run) in self.runs() {
            let slopes = Matrix::new(&cotangents[run.rows_to(batch, self.outputs())], self.outputs());
            let target = MatrixMut::new(&mut below[run.rows_from(batch, self.inputs())], self.inputs());
            product(slopes, self.kernel(parameters, tap).transposed(), target, Store::Add);
        }
        below
    }

    fn runs(&self) -> impl Iterator<Item = (usize, Run)> {
        self.taps.iter().enumerate().flat_map(|(tap, runs)| runs.iter().map(move |run| (tap, *run)))
    }

    fn kernel_range(&self, tap: usize) -> std::ops::Range<usize> {
        let size = self.inputs() * self.outputs();
        tap * size..(tap + 1) * size
    }

    fn kernel<'a>(&self, parameters: &'a [f32], tap: usize) -> Matrix<'a> {
        Matrix::new(&parameters[self.weight.range()][self.kernel_range(tap)], self.outputs())
    }
}

impl Run {
    const fn rows_from(&self, batch: usize, width: usize) -> std::ops::Range<usize> {
        self.from * batch * width..(self.from + self.steps) * batch * width
    }

    const fn rows_to(&self, batch: usize, width: usize) -> std::ops::Range<usize> {
        self.to * batch * width..(self.to + self.steps) * batch * width
    }
}
