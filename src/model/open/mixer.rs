//! MLP-Mixer (Tolstikhin et al. 2021, "MLP-Mixer: An all-MLP architecture for vision") over time and sensors, as
//! Chen et al. 2023 ("`TSMixer`") use it on series: no convolution, no recurrence, no attention.
//!
//! ```text
//! x = w·E + e
//! x ← x + (gelu((norm x)ᵀ·A + a)·B + b)ᵀ    along time, the same for every feature
//! x ← x + gelu(norm x · C + c)·D + d        along the features, the same for every step
//! z = mean over time of norm x
//! ```
//!
//! Departures: no dropout; the inner layer along time is narrower than the window, that along the features twice as wide.

use super::{OpenEncoder, Parts, Registered, Size};
use crate::parameter::{Range, parameters};

parameters! {
    /// Perceptrons along time and along the features in turn; the latent is the mean over time.
    #[derive(Eq)]
    Mixer {
        /// Width of the model.
        hidden: usize = 24, "Width", Range::count(1, 256);
        /// Inner width along time.
        time: usize = 16, "Inner width along time", Range::count(1, 256);
        /// Blocks.
        depth: usize = 3, "Blocks", Range::count(1, 12);
    }
}

impl OpenEncoder for Mixer {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        let (steps, hidden) = (size.window, self.hidden);
        parts.dense("enc.embed", steps, (size.features, hidden));
        for block in 0..self.depth {
            let name = format!("enc.blocks.{block}");
            parts.normalization(&format!("{name}.norm1"), steps, hidden);
            parts.dense(&format!("{name}.time1"), hidden, (steps, self.time));
            parts.dense(&format!("{name}.time2"), hidden, (self.time, steps));
            parts.normalization(&format!("{name}.norm2"), steps, hidden);
            parts.dense(&format!("{name}.feature1"), steps, (hidden, 2 * hidden));
            parts.dense(&format!("{name}.feature2"), steps, (2 * hidden, hidden));
            parts.elementwise(2 * (self.time * hidden + 2 * steps * hidden));
        }
        parts.normalization("enc.norm", steps, hidden);
        hidden
    }

    #[cfg(feature = "open")]
    fn module(&self, size: Size) -> Box<dyn super::BurnModule> {
        Box::new(module::MlpMixer::new(self, size))
    }
}

impl Registered for Mixer {
    fn set_hidden(&mut self, width: usize) {
        self.hidden = width;
    }
}

#[cfg(feature = "open")]
mod module {
    use burn::Tensor;
    use burn::module::Module;
    use burn::tensor::activation::gelu;

    use super::Mixer;
    use crate::model::open::layers::{Dense, Normalization, mean_over_time};
    use crate::model::open::{LatentModule, Size};

    #[derive(Module, Debug)]
    pub struct MlpMixer {
        embed: Dense,
        blocks: Vec<Block>,
        norm: Normalization,
    }

    #[derive(Module, Debug)]
    struct Block {
        norm1: Normalization,
        time: [Dense; 2],
        norm2: Normalization,
        features: [Dense; 2],
    }

    impl MlpMixer {
        pub fn new(config: &Mixer, size: Size) -> Self {
            let &Mixer { hidden, time, depth } = config;
            let block = |_| Block {
                norm1: Normalization::new(hidden),
                time: [Dense::new(size.window, time), Dense::new(time, size.window)],
                norm2: Normalization::new(hidden),
                features: [Dense::new(hidden, 2 * hidden), Dense::new(2 * hidden, hidden)],
            };
            Self {
                embed: Dense::new(size.features, hidden),
                blocks: (0..depth).map(block).collect(),
                norm: Normalization::new(hidden),
            }
        }
    }

    impl Block {
        fn forward(&self, stream: Tensor<4>) -> Tensor<4> {
            let [slots, steps, batch, features] = stream.dims();
            let series = self.norm1.forward(stream.clone()).reshape([slots, steps, batch * features]).swap_dims(1, 2);
            let mixed = self.time[1].forward(gelu(self.time[0].forward(series)));
            let stream = stream + mixed.swap_dims(1, 2).reshape([slots, steps, batch, features]);
            let inside = gelu(self.features[0].along(self.norm2.forward(stream.clone())));
            stream + self.features[1].along(inside)
        }
    }

    impl LatentModule for MlpMixer {
        fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
            let embedded = self.embed.along(windows);
            mean_over_time(self.norm.forward(self.blocks.iter().fold(embedded, |stream, block| block.forward(stream))))
        }
    }
}
