//! Causal convolutions with dilations 1, 2, 4, … and ReLU (Bai 2018); the latent is the last step.

use burn::Tensor;
use burn::module::Module;

use crate::model::open::layers::{Convolution, Reach, last, rectified};
use crate::model::open::{LatentModule, Size};

/// `z = the last step of relu(conv(… relu(conv(x))))`
#[derive(Module, Debug)]
pub struct Tcn {
    levels: Vec<Convolution>,
}

impl Tcn {
    pub fn new(size: Size, hidden: usize, kernel: usize, levels: usize) -> Self {
        let level = |level: usize| {
            let reach = Reach { kernel, dilation: 1 << level, stride: 1, causal: true };
            Convolution::new(if level == 0 { size.features } else { hidden }, hidden, reach)
        };
        Self { levels: (0..levels).map(level).collect() }
    }
}

impl LatentModule for Tcn {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        last(self.levels.iter().fold(windows, |below, level| rectified(level.forward(below))))
    }
}
