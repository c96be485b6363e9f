//! Convolutions, a recurrence in both directions, attention: the compact form of the backbone that the claims of
//! `experiment/claims` were published with.
//!
//! ```text
//! c = relu(conv(relu(conv(relu(conv(x))))))    three convolutions over time (LeCun 1989)
//! b = [lstm forward c, lstm backward c]        a bidirectional LSTM (Graves and Schmidhuber 2005)
//! z = mean over time of (b + attention b)      attention of several heads (Vaswani 2017)
//! ```
//!
//! Departures of the compact form: fewer channels and units, no batch normalization, no dropout between the layers.

use super::{OpenEncoder, Parts, Registered, Size};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// Three convolutions, a bidirectional LSTM and attention; the latent is the mean over time.
    #[derive(Eq)]
    CnnBilstmAttention {
        /// Channels of the three convolutions.
        channels: usize = 32, "Channels", Range::count(1, 256);
        /// Taps of the three convolutions; odd, so that the window keeps its length.
        kernel: usize = 3, "Kernel", Range::count(1, 31).odd();
        /// Units of the recurrence in each direction; the latent is twice as wide.
        units: usize = 12, "Units", Range::count(1, 128);
        /// Heads of the attention; they divide twice the units.
        heads: usize = 2, "Heads", Range::count(1, 256);
    }
}

/// Layers of convolutions.
const CONVOLUTIONS: usize = 3;

impl OpenEncoder for CnnBilstmAttention {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        let (steps, hidden) = (size.window, 2 * self.units);
        for layer in 0..CONVOLUTIONS {
            let inputs = if layer == 0 { size.features } else { self.channels };
            parts.convolution(&format!("enc.conv.{layer}"), steps, (inputs, self.channels), self.kernel);
        }
        for direction in ["", "_reverse"] {
            parts.recurrent(("enc.lstm", direction), steps, (self.channels, self.units), 4);
        }
        parts.attention("enc.attention", steps, hidden, self.heads);
        hidden
    }

    #[cfg(feature = "open")]
    fn module(&self, size: Size) -> Box<dyn super::BurnModule> {
        Box::new(module::Backbone::new(self, size))
    }
}

impl Registered for CnnBilstmAttention {
    fn set_hidden(&mut self, width: usize) {
        self.units = (width / 2).max(1);
    }

    fn check_together(&self) -> Result<(), ConfigError> {
        if (2 * self.units).is_multiple_of(self.heads) {
            return Ok(());
        }
        Err(ConfigError::new("heads", "a divisor of twice the units", &self.heads))
    }
}

#[cfg(feature = "open")]
mod module {
    use burn::Tensor;
    use burn::module::Module;

    use super::{CONVOLUTIONS, CnnBilstmAttention};
    use crate::model::open::layers::{
        Attention, Convolution, Lstm, Reach, Recurrence as _, mean_over_time, rectified, sequence, steps,
    };
    use crate::model::open::{LatentModule, Size};

    #[derive(Module, Debug)]
    pub struct Backbone {
        convolutions: Vec<Convolution>,
        forwards: Lstm,
        backwards: Lstm,
        attention: Attention,
    }

    impl Backbone {
        pub fn new(config: &CnnBilstmAttention, size: Size) -> Self {
            let &CnnBilstmAttention { channels, kernel, units, heads } = config;
            let inputs = |layer| if layer == 0 { size.features } else { channels };
            let convolution = |layer| Convolution::new(inputs(layer), channels, Reach::centred(kernel));
            Self {
                convolutions: (0..CONVOLUTIONS).map(convolution).collect(),
                forwards: Lstm::new(channels, units),
                backwards: Lstm::new(channels, units),
                attention: Attention::new(2 * units, heads),
            }
        }
    }

    impl LatentModule for Backbone {
        fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
            let local = self.convolutions.iter().fold(windows, |below, layer| rectified(layer.forward(below)));
            let mut inputs = steps(local);
            let forwards = self.forwards.forward(inputs.clone());
            inputs.reverse();
            let mut backwards = self.backwards.forward(inputs);
            backwards.reverse();
            let both = Tensor::cat(vec![sequence(forwards), sequence(backwards)], 3);
            mean_over_time(both.clone() + self.attention.forward(both))
        }
    }
}
