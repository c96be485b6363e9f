//! Layers with a slot as first axis, from which open encoders are put together.
//!
//! Parameters are `[slots, rows, columns]`, weights `[slots, inputs, outputs]` as the flat matrix has them, so that a layer
//! of all slots is one batched product. Sequences are `[slots, steps, batch, features]`; windows have one slot for all.

mod recurrent;

use burn::Tensor;
use burn::module::{Module, Param, ParamId};
use burn::tensor::activation::{relu, softmax};
use burn::tensor::{Device, Int, Slice};

pub use recurrent::{Gru, Lstm, Recurrence};

/// A matrix of parameters that [`Cut`](super::Cut) will set.
#[must_use]
pub fn parameter(rows: usize, columns: usize) -> Param<Tensor<3>> {
    let shape = [1, rows, columns];
    let zeros = move |device: &Device, _| Tensor::zeros(shape, device);
    Param::uninitialized(ParamId::new(), zeros, Device::flex(), true, shape.into())
}

/// A product with a bias, `x·W + b`.
#[derive(Module, Debug)]
pub struct Dense {
    weight: Param<Tensor<3>>,
    bias: Param<Tensor<3>>,
}

impl Dense {
    /// From so many features to so many.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize) -> Self {
        Self { weight: parameter(inputs, outputs), bias: parameter(1, outputs) }
    }

    /// Of rows `[slots, rows, inputs]`.
    #[must_use]
    pub fn forward(&self, rows: Tensor<3>) -> Tensor<3> {
        rows.matmul(self.weight.val()) + self.bias.val()
    }

    /// Of every step of a sequence.
    #[must_use]
    pub fn along(&self, sequence: Tensor<4>) -> Tensor<4> {
        let [_, steps, batch, _] = sequence.dims();
        unrows(self.forward(rows(sequence)), steps, batch)
    }
}

/// A sequence as rows, `[slots, steps · batch, features]`.
#[must_use]
pub fn rows(sequence: Tensor<4>) -> Tensor<3> {
    let [slots, steps, batch, features] = sequence.dims();
    sequence.reshape([slots, steps * batch, features])
}

/// Rows as a sequence of so many steps.
#[must_use]
pub fn unrows(rows: Tensor<3>, steps: usize, batch: usize) -> Tensor<4> {
    let [slots, _, features] = rows.dims();
    rows.reshape([slots, steps, batch, features])
}

/// Which steps a convolution reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Taps.
    pub kernel: usize,
    /// Steps from one tap to the next.
    pub dilation: usize,
    /// Steps from one output to the next.
    pub stride: usize,
    /// Whether an output reads its own step and those before alone; else as many on either side.
    pub causal: bool,
}

impl Reach {
    /// One step after the other, as many before as after.
    #[must_use]
    pub const fn centred(kernel: usize) -> Self {
        Self { kernel, dilation: 1, stride: 1, causal: false }
    }

    /// Steps of the output: the last ones that are not reached are left out.
    #[must_use]
    pub const fn steps(self, steps: usize) -> usize {
        steps.div_ceil(self.stride)
    }

    /// Zeros in front of the window and behind it.
    const fn padding(self) -> (usize, usize) {
        let reach = (self.kernel - 1) * self.dilation;
        if self.causal { (reach, 0) } else { (reach / 2, reach - reach / 2) }
    }
}

/// A convolution over time with zeros beyond the window.
#[derive(Module, Debug)]
pub struct Convolution {
    weight: Param<Tensor<3>>,
    bias: Param<Tensor<3>>,
    #[module(skip)]
    reach: Reach,
}

impl Convolution {
    /// From so many features to so many.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, reach: Reach) -> Self {
        Self { weight: parameter(reach.kernel * inputs, outputs), bias: parameter(1, outputs), reach }
    }

    /// Of a sequence: a product for each tap with the steps that it reads.
    ///
    /// Steps lie below one another, so that the rows of a tap are a view. Tried and slower, with both tasks' gradients of the CNN
    /// of `benches/step.rs`: the taps side by side in one product (1.5 times as long, for its copies), and the products of all
    /// taps in one batch, shifted by a change of shape (2.5 times).
    #[must_use]
    pub fn forward(&self, sequence: Tensor<4>) -> Tensor<4> {
        let Reach { kernel, dilation, stride, .. } = self.reach;
        let [_, steps, batch, features] = sequence.dims();
        let outputs = self.reach.steps(steps);
        let padded = pad(sequence, self.reach.padding());
        let lines = rows(padded.clone());
        let weight = self.weight.val();
        let tap = |tap: usize| {
            let from = tap * dilation;
            let read = if stride == 1 {
                lines.clone().narrow(1, from * batch, outputs * batch)
            } else {
                let to = from + (outputs - 1) * stride + 1;
                let every = Slice::new(from.cast_signed(), Some(to.cast_signed()), stride.cast_signed());
                rows(padded.clone().slice_dim(1, every))
            };
            read.matmul(weight.clone().narrow(1, tap * features, features))
        };
        let sum = (1..kernel).fold(tap(0), |sum, index| sum + tap(index));
        unrows(sum + self.bias.val(), outputs, batch)
    }
}

/// Zeros before and after a sequence.
fn pad(sequence: Tensor<4>, (before, after): (usize, usize)) -> Tensor<4> {
    let [slots, _, batch, features] = sequence.dims();
    // Zeros are no parameters: nothing goes back to them.
    let device = sequence.device();
    let zeros = |steps: usize| Tensor::zeros([slots, steps, batch, features], &device);
    let parts = [(before > 0).then(|| zeros(before)), Some(sequence), (after > 0).then(|| zeros(after))];
    Tensor::cat(parts.into_iter().flatten().collect(), 1)
}

/// The steps of a sequence, `[slots, batch, features]` each.
///
/// By halves: the way back of a slice fills the whole of its source with zeros, so a loop over the steps of a tracked
/// sequence would take time in their square.
#[must_use]
pub fn steps(sequence: Tensor<4>) -> Vec<Tensor<3>> {
    let [slots, steps, batch, features] = sequence.dims();
    if steps <= 1 {
        return vec![sequence.reshape([slots, batch, features])];
    }
    let half = steps / 2;
    let mut all = self::steps(sequence.clone().narrow(1, 0, half));
    all.extend(self::steps(sequence.narrow(1, half, steps - half)));
    all
}

/// Steps as a sequence.
#[must_use]
pub fn sequence(steps: Vec<Tensor<3>>) -> Tensor<4> {
    Tensor::stack(steps, 1)
}

/// Attention of several heads over all steps of a window (Vaswani 2017).
#[derive(Module, Debug)]
pub struct Attention {
    project: Dense,
    merge: Dense,
    heads: usize,
}

impl Attention {
    /// Of this width; the heads divide it.
    #[must_use]
    pub fn new(hidden: usize, heads: usize) -> Self {
        Self { project: Dense::new(hidden, 3 * hidden), merge: Dense::new(hidden, hidden), heads }
    }

    /// Each step's view of all of them.
    #[must_use]
    pub fn forward(&self, sequence: Tensor<4>) -> Tensor<4> {
        let [_, steps, batch, hidden] = sequence.dims();
        let width = hidden / self.heads;
        let projected = self.project.along(sequence);
        let slots = projected.dims()[0];
        // `[slots, batch, heads, steps, width]`
        let part = |which: usize| {
            let part = projected.clone().narrow(3, which * hidden, hidden);
            part.reshape([slots, steps, batch, self.heads, width]).permute([0, 2, 3, 1, 4])
        };
        let scores = part(0).matmul(part(1).swap_dims(3, 4)) / (width as f32).sqrt();
        let heard = softmax(scores, 4).matmul(part(2));
        self.merge.along(heard.permute([0, 3, 1, 2, 4]).reshape([slots, steps, batch, hidden]))
    }
}

/// A layer normalization (Ba 2016), `(v − mean) / √(variance + 1e-5) ∘ γ + β`.
#[derive(Module, Debug)]
pub struct Normalization {
    scale: Param<Tensor<3>>,
    shift: Param<Tensor<3>>,
}

impl Normalization {
    /// Over so many features.
    #[must_use]
    pub fn new(features: usize) -> Self {
        Self { scale: parameter(1, features), shift: parameter(1, features) }
    }

    /// Of every step of a sequence.
    #[must_use]
    pub fn forward(&self, sequence: Tensor<4>) -> Tensor<4> {
        let [_, steps, batch, _] = sequence.dims();
        let rows = rows(sequence);
        let centred = rows.clone() - rows.mean_dim(2);
        let deviation = (centred.clone() * centred.clone()).mean_dim(2).add_scalar(1e-5).sqrt();
        unrows(centred / deviation * self.scale.val() + self.shift.val(), steps, batch)
    }
}

/// Dropout (Srivastava 2014) with masks that follow from seed and step; nothing is left out beside training.
#[derive(Module, Debug)]
pub struct Dropout {
    numbers: Param<Tensor<4, Int>>,
    rate: f32,
}

impl Dropout {
    /// Of a sequence of so many steps and features, at this rate.
    #[must_use]
    pub fn new(rate: f32, steps: usize, features: usize) -> Self {
        let shape = [1, steps, 1, features];
        let zeros = move |device: &Device, _| Tensor::zeros(shape, device);
        Self { numbers: Param::uninitialized(ParamId::new(), zeros, Device::flex(), false, shape.into()), rate }
    }

    /// Of a sequence.
    #[must_use]
    pub fn forward(&self, sequence: Tensor<4>) -> Tensor<4> {
        if !self.numbers.is_initialized() {
            return sequence;
        }
        let kept = self.numbers.val().greater_equal_elem((self.rate * 16_777_216.0) as i32).float();
        sequence * (kept / (1.0 - self.rate))
    }
}

/// The mean over time, `[slots, batch, features]`.
#[must_use]
pub fn mean_over_time(sequence: Tensor<4>) -> Tensor<3> {
    let [slots, _, batch, features] = sequence.dims();
    sequence.mean_dim(1).reshape([slots, batch, features])
}

/// The last step.
#[must_use]
pub fn last(sequence: Tensor<4>) -> Tensor<3> {
    let [slots, steps, batch, features] = sequence.dims();
    sequence.narrow(1, steps - 1, 1).reshape([slots, batch, features])
}

/// The greatest of each step and its two neighbours.
#[must_use]
pub fn greatest_of_three(sequence: Tensor<4>) -> Tensor<4> {
    let steps = sequence.dims()[1];
    if steps < 2 {
        return sequence;
    }
    let shifted = |from: usize, repeated: usize| {
        let edge = sequence.clone().narrow(1, repeated, 1);
        let inner = sequence.clone().narrow(1, from, steps - 1);
        Tensor::cat(if from == 0 { vec![edge, inner] } else { vec![inner, edge] }, 1)
    };
    let (before, after) = (shifted(0, 0), shifted(1, steps - 1));
    sequence.max_pair(before).max_pair(after)
}

/// ReLU of a sequence.
#[must_use]
pub fn rectified(sequence: Tensor<4>) -> Tensor<4> {
    relu(sequence)
}
