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
    /// A gated recurrent unit; the latent is its last state.
    Gru {
        /// Units of the state.
        #[serde(default = "default_hidden")]
        hidden: usize,
    },
}

const fn default_hidden() -> usize {
    32
}

const fn default_kernel() -> usize {
    5
}

impl EncoderConfig {
    /// The encoders' names, in the order in which they are offered.
    pub const NAMES: [&str; 2] = ["cnn", "gru"];

    /// The encoder of this name at its default size, or `None` for a name that is not in [`Self::NAMES`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cnn" => Some(Self::Cnn { hidden: default_hidden(), kernel: default_kernel() }),
            "gru" => Some(Self::Gru { hidden: default_hidden() }),
            _ => None,
        }
    }

    /// The encoder's name, as in [`Self::NAMES`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Cnn { .. } => "cnn",
            Self::Gru { .. } => "gru",
        }
    }

    /// Check the sizes.
    ///
    /// # Errors
    ///
    /// A width that is zero or larger than 512, and an even or absurd number of taps.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=512).contains(&self.hidden()) {
            return Err(ConfigError::new("hidden", "from 1 to 512", &self.hidden()));
        }
        match *self {
            Self::Cnn { kernel, .. } if kernel % 2 == 0 || kernel > 31 => {
                Err(ConfigError::new("kernel", "odd and at most 31", &kernel))
            }
            _ => Ok(()),
        }
    }

    /// Width of the latent.
    #[must_use]
    pub const fn hidden(&self) -> usize {
        match self {
            Self::Cnn { hidden, .. } | Self::Gru { hidden } => *hidden,
        }
    }
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self::Gru { hidden: default_hidden() }
    }
}
