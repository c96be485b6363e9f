//! Layer normalization, and its way back.
//!
//! ```text
//! x̂ = (x − mean) · s    s = 1/√(variance + ε)    y = γ x̂ + β
//! dx = s (g − mean g − x̂ · mean(g x̂))    g = γ dy
//! ```

use crate::model::cpu::Buffer;
use crate::model::transformer::Norm;

/// Added to the variance; PyTorch's.
const EPSILON: f32 = 1e-5;

/// A normalization's output, and what its way back needs.
pub struct Normed {
    /// `y`.
    pub output: Buffer,
    /// `x̂`.
    standard: Buffer,
    /// `s`, one a row.
    inverse: Buffer,
}

impl Norm {
    /// Normalize each row.
    pub fn forward(&self, parameters: &[f32], input: &[f32]) -> Normed {
        let width = self.scale.columns;
        let (scale, shift) = (&parameters[self.scale.range()], &parameters[self.shift.range()]);
        let mut normed = Normed {
            output: Buffer::stale(input.len()),
            standard: Buffer::stale(input.len()),
            inverse: Buffer::stale(input.len() / width),
        };
        let rows = normed.output.chunks_exact_mut(width).zip(normed.standard.chunks_exact_mut(width));
        for (((output, standard), inverse), row) in rows.zip(normed.inverse.iter_mut()).zip(input.chunks_exact(width)) {
            let mean = mean(row.iter().copied());
            let variance = self::mean(row.iter().map(|value| (value - mean) * (value - mean)));
            *inverse = (variance + EPSILON).sqrt().recip();
            for unit in 0..width {
                standard[unit] = (row[unit] - mean) * *inverse;
                output[unit] = scale[unit] * standard[unit] + shift[unit];
            }
        }
        normed
    }

    /// The input's cotangents; the gradients of γ and β are written.
    pub fn back(&self, parameters: &[f32], normed: &Normed, cotangents: &[f32], gradients: &mut [f32]) -> Buffer {
        let width = self.scale.columns;
        let scale = &parameters[self.scale.range()];
        let [mut d_scale, mut d_shift, mut slopes] = [(); 3].map(|()| Buffer::zeros(width));
        let mut below = Buffer::stale(cotangents.len());
        let rows = cotangents.chunks_exact(width).zip(normed.standard.chunks_exact(width));
        for (((cotangents, standard), inverse), below) in
            rows.zip(normed.inverse.iter()).zip(below.chunks_exact_mut(width))
        {
            for unit in 0..width {
                d_scale[unit] += cotangents[unit] * standard[unit];
                d_shift[unit] += cotangents[unit];
                slopes[unit] = scale[unit] * cotangents[unit];
            }
            let level = mean(slopes.iter().copied());
            let tilt = mean(slopes.iter().zip(standard).map(|(slope, standard)| slope * standard));
            for unit in 0..width {
                below[unit] = inverse * (slopes[unit] - level - standard[unit] * tilt);
            }
        }
        gradients[self.scale.range()].copy_from_slice(&d_scale);
        gradients[self.shift.range()].copy_from_slice(&d_shift);
        below
    }
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len() as f32;
    values.sum::<f32>() / count
}
