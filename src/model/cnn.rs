//! Two convolutions over time with ReLU, then the mean over time.
//!
//! ```text
//! h₁ = relu(conv(x; W₀) + b₀)    h₂ = relu(conv(h₁; W₁) + b₁)    z = mean over time of h₂
//! ```
//!
//! Both convolutions pad with zeros so that the window keeps its length.

use super::convolution::Convolution;
use super::layout::Layout;

/// The convolutional encoder.
#[derive(Clone, Debug)]
pub struct Cnn {
    /// The two layers.
    pub layers: [Convolution; 2],
}

impl Cnn {
    /// An encoder of `hidden` channels over `kernel` taps (odd).
    pub fn new((window, features): (usize, usize), hidden: usize, kernel: usize, layout: &mut Layout) -> Self {
        let all: Vec<usize> = (0..window).collect();
        let reach = (kernel / 2).cast_signed();
        let offsets: Vec<isize> = (-reach..=reach).collect();
        let mut layer = |index, inputs| Convolution::new(index, (inputs, hidden), (&all, &all), &offsets, layout);
        Self { layers: [layer(0, features), layer(1, hidden)] }
    }
}
