//! Two convolutions over time with ReLU, then the mean over time.

use burn::Tensor;
use burn::module::Module;

use crate::model::open::layers::{Convolution, Reach, mean_over_time, rectified};
use crate::model::open::{LatentModule, Size};

/// `z = mean over time of relu(conv(relu(conv(x))))`
#[derive(Module, Debug)]
pub struct Cnn {
    first: Convolution,
    second: Convolution,
}

impl Cnn {
    pub fn new(size: Size, hidden: usize, kernel: usize) -> Self {
        Self {
            first: Convolution::new(size.features, hidden, Reach::centred(kernel)),
            second: Convolution::new(hidden, hidden, Reach::centred(kernel)),
        }
    }
}

impl LatentModule for Cnn {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        let hidden = rectified(self.first.forward(windows));
        mean_over_time(rectified(self.second.forward(hidden)))
    }
}
