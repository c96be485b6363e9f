//! A product with a bias, and its way back.

use crate::model::cpu::matrix::{add_rows, fill_rows};
use crate::model::cpu::{Buffer, Matrix, MatrixMut, Store, product};
use crate::model::transformer::Linear;

impl Linear {
    /// `input · W + b`.
    pub fn forward(&self, parameters: &[f32], input: &[f32]) -> Buffer {
        let mut output = Buffer::stale(input.len() / self.weight.rows * self.weight.columns);
        fill_rows(&mut output, &parameters[self.bias.range()]);
        let target = MatrixMut::new(&mut output, self.weight.columns);
        product(Matrix::new(input, self.weight.rows), self.matrix(parameters), target, Store::Add);
        output
    }

    /// The gradients of `W` and `b`.
    pub fn gradients(&self, input: &[f32], cotangents: &[f32], gradients: &mut [f32]) {
        let bias = &mut gradients[self.bias.range()];
        bias.fill(0.0);
        add_rows(cotangents, bias);
        let inputs = Matrix::new(input, self.weight.rows).transposed();
        let target = MatrixMut::new(&mut gradients[self.weight.range()], self.weight.columns);
        product(inputs, Matrix::new(cotangents, self.weight.columns), target, Store::Set);
    }

    /// The input's cotangents, `cotangents · Wᵀ`.
    pub fn back(&self, parameters: &[f32], cotangents: &[f32]) -> Buffer {
        let mut below = Buffer::stale(cotangents.len() / self.weight.columns * self.weight.rows);
        let target = MatrixMut::new(&mut below, self.weight.rows);
        let slopes = Matrix::new(cotangents, self.weight.columns);
        product(slopes, self.matrix(parameters).transposed(), target, Store::Set);
        below
    }

    fn matrix<'a>(&self, parameters: &'a [f32]) -> Matrix<'a> {
        Matrix::new(&parameters[self.weight.range()], self.weight.columns)
    }
}
