//! `InceptionTime` (Ismail Fawaz et al. 2020, "`InceptionTime`: Finding `AlexNet` for time series classification").
//!
//! ```text
//! inception(x) = relu(norm [conv_k(b), conv_k/2(b), conv_k/4(b), dense(maxpool₃ x)])    b = dense(x)
//! x ← inception(x), and after every third: x ← relu(x + norm(dense(x three before)))
//! z = mean over time of x
//! ```
//!
//! Departures: one network instead of five that vote; layer normalization instead of batch normalization, which would need
//! statistics of its own for predictions; fewer filters, modules and taps, since a window has 30 steps.

use super::{OpenEncoder, Parts, Registered, Size};
use crate::parameter::{Range, parameters};

parameters! {
    /// Inception modules: convolutions of several lengths side by side; the latent is the mean over time.
    #[derive(Eq)]
    Inception {
        /// Filters of each of the four branches; the latent is four times as wide.
        filters: usize = 8, "Filters", Range::count(1, 64);
        /// Taps of the longest convolution; the others have a half and a quarter.
        kernel: usize = 23, "Kernel", Range::count(5, 63).odd();
        /// Inception modules; after every third one its input is added.
        depth: usize = 3, "Modules", Range::count(1, 12);
    }
}

/// Modules that a residual connection spans.
const SPAN: usize = 3;
/// Taps of the maximum.
const POOL: usize = 3;

impl Inception {
    /// Taps of the three convolutions, odd.
    const fn kernels(&self) -> [usize; 3] {
        [self.kernel, (self.kernel / 2) | 1, (self.kernel / 4) | 1]
    }

    const fn width(&self) -> usize {
        4 * self.filters
    }

    /// Features that the module of this index reads.
    const fn inputs(&self, index: usize, size: Size) -> usize {
        if index == 0 { size.features } else { self.width() }
    }
}

impl OpenEncoder for Inception {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        let (steps, filters) = (size.window, self.filters);
        for index in 0..self.depth {
            let (name, inputs) = (format!("enc.inception.{index}"), self.inputs(index, size));
            parts.dense(&format!("{name}.bottleneck"), steps, (inputs, filters));
            for (branch, kernel) in self.kernels().into_iter().enumerate() {
                parts.convolution(&format!("{name}.conv.{branch}"), steps, (filters, filters), kernel);
            }
            parts.elementwise(2 * POOL * steps * inputs);
            parts.dense(&format!("{name}.pooled"), steps, (inputs, filters));
            parts.normalization(&format!("{name}.norm"), steps, self.width());
            parts.elementwise(2 * steps * self.width());
        }
        for span in 0..self.depth / SPAN {
            let inputs = self.inputs(span * SPAN, size);
            parts.dense(&format!("enc.shortcut.{span}.conv"), steps, (inputs, self.width()));
            parts.normalization(&format!("enc.shortcut.{span}.norm"), steps, self.width());
            parts.elementwise(2 * steps * self.width());
        }
        self.width()
    }

    #[cfg(feature = "open")]
    fn module(&self, size: Size) -> Box<dyn super::BurnModule> {
        Box::new(module::InceptionTime::new(self, size))
    }
}

impl Registered for Inception {
    fn set_hidden(&mut self, width: usize) {
        self.filters = (width / 4).max(1);
    }
}

#[cfg(feature = "open")]
mod module {
    use burn::Tensor;
    use burn::module::Module;

    use super::{Inception, SPAN};
    use crate::model::open::layers::{
        Convolution, Dense, Normalization, Reach, greatest_of_three, mean_over_time, rectified,
    };
    use crate::model::open::{LatentModule, Size};

    #[derive(Module, Debug)]
    pub struct InceptionTime {
        modules: Vec<Branches>,
        shortcuts: Vec<Shortcut>,
    }

    #[derive(Module, Debug)]
    struct Branches {
        bottleneck: Dense,
        convolutions: [Convolution; 3],
        pooled: Dense,
        norm: Normalization,
    }

    #[derive(Module, Debug)]
    struct Shortcut {
        dense: Dense,
        norm: Normalization,
    }

    impl InceptionTime {
        pub fn new(config: &Inception, size: Size) -> Self {
            let (filters, width) = (config.filters, config.width());
            let branches = |index| Branches {
                bottleneck: Dense::new(config.inputs(index, size), filters),
                convolutions: config.kernels().map(|kernel| Convolution::new(filters, filters, Reach::centred(kernel))),
                pooled: Dense::new(config.inputs(index, size), filters),
                norm: Normalization::new(width),
            };
            let shortcut = |span| Shortcut {
                dense: Dense::new(config.inputs(span * SPAN, size), width),
                norm: Normalization::new(width),
            };
            Self {
                modules: (0..config.depth).map(branches).collect(),
                shortcuts: (0..config.depth / SPAN).map(shortcut).collect(),
            }
        }
    }

    impl Branches {
        fn forward(&self, sequence: Tensor<4>) -> Tensor<4> {
            let narrow = self.bottleneck.along(sequence.clone());
            let pooled = self.pooled.along(greatest_of_three(sequence));
            let convolved = self.convolutions.iter().map(|convolution| convolution.forward(narrow.clone()));
            rectified(self.norm.forward(Tensor::cat(convolved.chain([pooled]).collect(), 3)))
        }
    }

    impl LatentModule for InceptionTime {
        fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
            let (mut stream, mut before) = (windows.clone(), windows);
            for (index, branches) in self.modules.iter().enumerate() {
                stream = branches.forward(stream);
                if index % SPAN == SPAN - 1 {
                    let Shortcut { dense, norm } = &self.shortcuts[index / SPAN];
                    stream = rectified(stream + norm.forward(dense.along(before)));
                    before = stream.clone();
                }
            }
            mean_over_time(stream)
        }
    }
}
