//! Which encoder, and how large.

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// Number of health classes: healthy, degrading, critical.
pub const HEALTH_CLASSES: usize = 3;

/// The encoder that both tasks share: a window in, a latent of `hidden` features out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EncoderConfig {
    /// Two convolutions over time with ReLU, then the mean over time.
    Cnn {
        /// Channels of both convolutions.
        #[serde(default = "default_hidden")]
        hidden: usize,
        /// Taps of both convolutions; odd, so that the window keeps its length.
        #[serde(default = "default_kernel")]
        kernel: usize,
    },
    /// Causal, dilated convolutions over time with ReLU; the latent is the last moment.
    Tcn {
        /// Channels of all levels.
        #[serde(default = "default_hidden")]
        hidden: usize,
        /// Taps of all levels.
        #[serde(default = "default_taps")]
        kernel: usize,
        /// Levels, with dilations 1, 2, 4, ….
        #[serde(default = "default_levels")]
        levels: usize,
    },
    /// A gated recurrent unit; the latent is its last state.
    Gru {
        /// Units of the state.
        #[serde(default = "default_units")]
        hidden: usize,
    },
    /// Long short-term memory; the latent is its last state.
    Lstm {
        /// Units of the state.
        #[serde(default = "default_hidden")]
        hidden: usize,
    },
    /// Two layers of attention over time, normalized in front; the latent is the mean over time.
    Transformer {
        /// Width of the model.
        #[serde(default = "default_width")]
        hidden: usize,
        /// Heads of each attention; a divisor of the width.
        #[serde(default = "default_heads")]
        heads: usize,
    },
}

const fn default_hidden() -> usize {
    32
}

const fn default_kernel() -> usize {
    5
}

const fn default_taps() -> usize {
    3
}

const fn default_levels() -> usize {
    4
}

const fn default_units() -> usize {
    36
}

const fn default_width() -> usize {
    24
}

const fn default_heads() -> usize {
    2
}

impl EncoderConfig {
    /// The encoders' names, in the order in which they are offered.
    pub const NAMES: [&str; 5] = ["cnn", "tcn", "gru", "lstm", "transformer"];

    /// The encoder of this name at its default size, or `None` for a name that is not in [`Self::NAMES`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cnn" => Some(Self::Cnn { hidden: default_hidden(), kernel: default_kernel() }),
            "tcn" => Some(Self::Tcn { hidden: default_hidden(), kernel: default_taps(), levels: default_levels() }),
            "gru" => Some(Self::Gru { hidden: default_units() }),
            "lstm" => Some(Self::Lstm { hidden: default_hidden() }),
            "transformer" => Some(Self::Transformer { hidden: default_width(), heads: default_heads() }),
            _ => None,
        }
    }

    /// The encoder's name, as in [`Self::NAMES`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Cnn { .. } => "cnn",
            Self::Tcn { .. } => "tcn",
            Self::Gru { .. } => "gru",
            Self::Lstm { .. } => "lstm",
            Self::Transformer { .. } => "transformer",
        }
    }

    /// The name as the field writes it.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Cnn { .. } => "1D-CNN",
            Self::Tcn { .. } => "TCN",
            Self::Gru { .. } => "GRU",
            Self::Lstm { .. } => "LSTM",
            Self::Transformer { .. } => "Transformer",
        }
    }

    /// Check the sizes.
    ///
    /// # Errors
    ///
    /// A width that is zero or larger than 256 (the threads that a GPU promises to a workgroup), an even or absurd number of taps, levels that see further than any
    /// window, and heads that do not divide the width.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=256).contains(&self.hidden()) {
            return Err(ConfigError::new("hidden", "from 1 to 256", &self.hidden()));
        }
        match *self {
            Self::Cnn { kernel, .. } if kernel % 2 == 0 || kernel > 31 => {
                Err(ConfigError::new("kernel", "odd and at most 31", &kernel))
            }
            Self::Tcn { kernel, .. } if !(1..=31).contains(&kernel) => {
                Err(ConfigError::new("kernel", "from 1 to 31", &kernel))
            }
            Self::Tcn { levels, .. } if !(1..=8).contains(&levels) => {
                Err(ConfigError::new("levels", "from 1 to 8", &levels))
            }
            Self::Transformer { hidden, heads } if heads == 0 || hidden % heads != 0 => {
                Err(ConfigError::new("heads", "a divisor of the width", &heads))
            }
            _ => Ok(()),
        }
    }

    /// The sizes by name, the width of the latent first.
    pub fn sizes_mut(&mut self) -> Vec<(&'static str, &mut usize)> {
        match self {
            Self::Cnn { hidden, kernel } => vec![("hidden", hidden), ("kernel", kernel)],
            Self::Tcn { hidden, kernel, levels } => vec![("hidden", hidden), ("kernel", kernel), ("levels", levels)],
            Self::Gru { hidden } | Self::Lstm { hidden } => vec![("hidden", hidden)],
            Self::Transformer { hidden, heads } => vec![("hidden", hidden), ("heads", heads)],
        }
    }

    /// Width of the latent.
    #[must_use]
    pub const fn hidden(&self) -> usize {
        match self {
            Self::Cnn { hidden, .. }
            | Self::Tcn { hidden, .. }
            | Self::Gru { hidden }
            | Self::Lstm { hidden }
            | Self::Transformer { hidden, .. } => *hidden,
        }
    }
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self::Gru { hidden: default_units() }
    }
}
