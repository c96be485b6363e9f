//! Attention over the steps of each window, head by head.

use crate::model::cpu::activation::exp;
use crate::model::cpu::{Buffer, Matrix, MatrixMut, Store, dot, product};

/// Queries, keys and values of all heads, their attention, and what its way back needs.
pub struct Attention {
    /// What the heads say side by side: `[time · batch, hidden]`.
    pub output: Buffer,
    /// Queries, keys and values side by side: `[time · batch, 3 · hidden]`.
    projected: Buffer,
    /// Who looks where: `[batch, heads, time, time]`, rows that sum to one.
    shares: Buffer,
    size: Size,
}

#[derive(Clone, Copy)]
struct Size {
    time: usize,
    batch: usize,
    heads: usize,
    /// Width of a head.
    width: usize,
}

/// The matrices of one head of one window are strided: its steps lie a batch apart.
impl Size {
    const fn hidden(self) -> usize {
        self.heads * self.width
    }

    /// Columns of queries (0), keys (1) or values (2), `[time, width]`, of a head of a window.
    fn part(self, projected: &[f32], which: usize, (window, head): (usize, usize)) -> Matrix<'_> {
        let stride = 3 * self.hidden();
        let first = window * stride + which * self.hidden() + head * self.width;
        Matrix::strided(&projected[first..], self.time, self.width, self.batch * stride)
    }

    fn part_mut(self, projected: &mut [f32], which: usize, (window, head): (usize, usize)) -> MatrixMut<'_> {
        let stride = 3 * self.hidden();
        let first = window * stride + which * self.hidden() + head * self.width;
        MatrixMut::strided(&mut projected[first..], self.time, self.width, self.batch * stride)
    }

    const fn first(self, (window, head): (usize, usize)) -> usize {
        window * self.hidden() + head * self.width
    }

    fn each(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.batch).flat_map(move |window| (0..self.heads).map(move |head| (window, head)))
    }

    /// One over the root of a head's width.
    fn scale(self) -> f32 {
        (self.width as f32).sqrt().recip()
    }
}

impl Attention {
    /// Attend.
    pub fn new(projected: Buffer, (time, batch): (usize, usize), heads: usize) -> Self {
        let hidden = projected.len() / (3 * time * batch);
        let size = Size { time, batch, heads, width: hidden / heads };
        let mut shares = Buffer::stale(batch * heads * time * time);
        let mut output = Buffer::stale(time * batch * hidden);
        for (at, shares) in size.each().zip(shares.chunks_exact_mut(time * time)) {
            let keys = size.part(&projected, 1, at).transposed();
            product(size.part(&projected, 0, at), keys, MatrixMut::new(shares, time), Store::Set);
            shares.chunks_exact_mut(time).for_each(|row| softmax(row, size.scale()));
            let target = MatrixMut::strided(&mut output[size.first(at)..], time, size.width, batch * hidden);
            product(Matrix::new(shares, time), size.part(&projected, 2, at), target, Store::Set);
        }
        Self { output, projected, shares, size }
    }

    /// Cotangents of the output to those of queries, keys and values.
    pub fn back(&self, cotangents: &[f32]) -> Buffer {
        let size = self.size;
        let time = size.time;
        let mut below = Buffer::stale(self.projected.len());
        let mut d_scores = Buffer::stale(time * time);
        for (at, shares) in size.each().zip(self.shares.chunks_exact(time * time)) {
            let heard = Matrix::strided(&cotangents[size.first(at)..], time, size.width, size.batch * size.hidden());
            let values = size.part(&self.projected, 2, at);
            product(Matrix::new(shares, time).transposed(), heard, size.part_mut(&mut below, 2, at), Store::Set);
            product(heard, values.transposed(), MatrixMut::new(&mut d_scores, time), Store::Set);
            for (slopes, shares) in d_scores.chunks_exact_mut(time).zip(shares.chunks_exact(time)) {
                softmax_back(slopes, shares, size.scale());
            }
            let slopes = Matrix::new(&d_scores, time);
            let (queries, keys) = (size.part(&self.projected, 0, at), size.part(&self.projected, 1, at));
            product(slopes, keys, size.part_mut(&mut below, 0, at), Store::Set);
            product(slopes.transposed(), queries, size.part_mut(&mut below, 1, at), Store::Set);
        }
        below
    }
}

/// `softmax(scale · row)` in place.
fn softmax(row: &mut [f32], scale: f32) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for value in row.iter_mut() {
        *value = exp((*value - largest) * scale);
    }
    let inverse = row.iter().sum::<f32>().recip();
    for value in row {
        *value *= inverse;
    }
}

/// Cotangents of the shares to those of the scores, in place: `scale · s ∘ (g − ⟨g, s⟩)`.
fn softmax_back(slopes: &mut [f32], shares: &[f32], scale: f32) {
    let mean = dot(slopes, shares);
    for (slope, share) in slopes.iter_mut().zip(shares) {
        *slope = scale * share * (*slope - mean);
    }
}
