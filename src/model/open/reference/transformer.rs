//! A transformer encoder (Vaswani 2017) with its normalizations in front (Xiong 2020); the latent is the mean over time.

use burn::Tensor;
use burn::module::{Module, Param};

use crate::model::open::layers::{Attention, Dense, Normalization, mean_over_time, parameter, rectified};
use crate::model::open::{LatentModule, Size};

/// `x = w·E + e + p`, two layers, `z = mean over time of norm x`
#[derive(Module, Debug)]
pub struct Transformer {
    embed: Dense,
    position: Param<Tensor<3>>,
    layers: [Layer; 2],
    norm: Normalization,
}

/// `x ← x + attention(norm x)`, then `x ← x + relu(norm x · A + a)·B + b`
#[derive(Module, Debug)]
struct Layer {
    norm1: Normalization,
    attention: Attention,
    norm2: Normalization,
    widen: Dense,
    narrow: Dense,
}

impl Transformer {
    pub fn new(size: Size, hidden: usize, heads: usize) -> Self {
        let layer = |_| Layer {
            norm1: Normalization::new(hidden),
            attention: Attention::new(hidden, heads),
            norm2: Normalization::new(hidden),
            widen: Dense::new(hidden, 2 * hidden),
            narrow: Dense::new(2 * hidden, hidden),
        };
        Self {
            embed: Dense::new(size.features, hidden),
            position: parameter(size.window, hidden),
            layers: [0, 1].map(layer),
            norm: Normalization::new(hidden),
        }
    }
}

impl LatentModule for Transformer {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        let embedded = self.embed.along(windows);
        let mut stream = embedded + self.position.val().unsqueeze_dim(2);
        for layer in &self.layers {
            stream = stream.clone() + layer.attention.forward(layer.norm1.forward(stream));
            let inside = rectified(layer.widen.along(layer.norm2.forward(stream.clone())));
            stream = stream + layer.narrow.along(inside);
        }
        mean_over_time(self.norm.forward(stream))
    }
}
