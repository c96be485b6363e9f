//! Which encoder, and how large.

use std::sync::Arc;

use super::open::{CnnBilstmAttention, Inception, Mixer, OpenEncoder, Registered, Shared, Size, Stack};
use crate::ConfigError;
use crate::parameter::{Range, variants};

/// Number of health classes: healthy, degrading, critical.
pub const HEALTH_CLASSES: usize = 3;

/// Widths of the latent. 256 threads are what every GPU promises to a workgroup.
const WIDTH: Range = Range::count(1, 256);

variants! {
    /// The encoder that both tasks share: a window in, a latent of `hidden` features out.
    #[derive(Eq)]
    EncoderConfig, positional: true {
        /// Two convolutions over time with ReLU, then the mean over time.
        Cnn = "cnn", "1D-CNN" {
            /// Channels of both convolutions.
            hidden: usize = 32, "Channels", WIDTH;
            /// Taps of both convolutions; odd, so that the window keeps its length.
            kernel: usize = 5, "Kernel", Range::count(1, 31).odd();
        }
        /// Causal, dilated convolutions over time with ReLU; the latent is the last step of the window.
        Tcn = "tcn", "TCN" {
            /// Channels of all levels.
            hidden: usize = 32, "Channels", WIDTH;
            /// Taps of all levels.
            kernel: usize = 3, "Kernel", Range::count(1, 31);
            /// Levels, with dilations 1, 2, 4, ….
            levels: usize = 4, "Levels", Range::count(1, 8);
        }
        /// A gated recurrent unit; the latent is its last state.
        Gru = "gru", "GRU" {
            /// Units of the state.
            hidden: usize = 36, "Units", WIDTH;
        }
        /// Long short-term memory; the latent is its last state.
        Lstm = "lstm", "LSTM" {
            /// Units of the state.
            hidden: usize = 32, "Units", WIDTH;
        }
        /// Two layers of attention over time, normalized in front; the latent is the mean over time.
        Transformer = "transformer", "Transformer" {
            /// Width of the model.
            hidden: usize = 24, "Width", WIDTH;
            /// Heads of the attention; they divide the width.
            heads: usize = 2, "Heads", Range::count(1, 256);
        }
        held by Registered {
            /// Three convolutions, a bidirectional LSTM and attention, computed by burn.
            CnnBilstmAttention = "cnn-bilstm-attention", "CNN-BiLSTM-attention";
            /// Convolutions of several lengths side by side, computed by burn.
            Inception = "inception", "InceptionTime";
            /// Perceptrons along time and along the features in turn, computed by burn.
            Mixer = "mixer", "MLP-Mixer";
            /// Layers from text, computed by burn.
            Stack = "stack", "Layers of your own";
        }
    }
}

impl EncoderConfig {
    /// The built-in encoders, whose passes are written by hand for every backend; burn computes the others.
    pub const FUSED: [&str; 5] = ["cnn", "tcn", "gru", "lstm", "transformer"];

    /// The encoder, where burn computes it.
    #[must_use]
    pub fn open(&self) -> Option<Arc<dyn OpenEncoder>> {
        self.held().map(Shared::shared)
    }

    /// Whether it can read windows of so many steps and features.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub fn fits(&self, window: usize, features: usize) -> Result<(), ConfigError> {
        self.held().map_or(Ok(()), |held| held.fits(Size { window, features }))
    }

    fn check_together(&self) -> Result<(), ConfigError> {
        match *self {
            Self::Transformer { hidden, heads } if hidden % heads != 0 => {
                Err(ConfigError::new("heads", "a divisor of the width", &heads))
            }
            _ => self.held().map_or(Ok(()), Registered::check_together),
        }
    }

    /// Give the latent another width, where the encoder has one number for it.
    pub fn set_hidden(&mut self, width: usize) {
        if let Some(held) = self.held_mut() {
            return held.set_hidden(width);
        }
        match self {
            Self::Cnn { hidden, .. }
            | Self::Tcn { hidden, .. }
            | Self::Gru { hidden }
            | Self::Lstm { hidden }
            | Self::Transformer { hidden, .. } => *hidden = width,
            _ => {}
        }
    }
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self::Gru { hidden: 36 }
    }
}
