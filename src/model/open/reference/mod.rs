//! The built-in encoders as burn modules: the model in code, and an independent check of the passes written by hand.
//!
//! They have the parameters, names and initial weights of the fused encoders, so that either computes what the other was
//! trained to; `tests/native/open.rs` and `lambdascope verify --against burn` hold the two together.

mod cnn;
mod gru;
mod lstm;
mod tcn;
mod transformer;

use super::super::{Encoder, EncoderConfig};
use super::{BurnModule, OpenEncoder, Parts, Size};

/// A built-in encoder, computed by burn.
#[derive(Clone, Copy, Debug)]
pub enum Reference {
    /// `cnn`
    Cnn {
        /// Channels.
        hidden: usize,
        /// Taps.
        kernel: usize,
    },
    /// `tcn`
    Tcn {
        /// Channels.
        hidden: usize,
        /// Taps.
        kernel: usize,
        /// Levels.
        levels: usize,
    },
    /// `gru`
    Gru {
        /// Units.
        hidden: usize,
    },
    /// `lstm`
    Lstm {
        /// Units.
        hidden: usize,
    },
    /// `transformer`
    Transformer {
        /// Width.
        hidden: usize,
        /// Heads.
        heads: usize,
    },
}

impl Reference {
    /// The source of each module by the encoder's name, as a person reads it.
    pub const SOURCES: [(&'static str, &'static str); 5] = [
        ("cnn", include_str!("cnn.rs")),
        ("tcn", include_str!("tcn.rs")),
        ("gru", include_str!("gru.rs")),
        ("lstm", include_str!("lstm.rs")),
        ("transformer", include_str!("transformer.rs")),
    ];

    /// Of a built-in encoder; `None` of an open one, which burn computes in any case.
    #[must_use]
    pub const fn new(config: &EncoderConfig) -> Option<Self> {
        match *config {
            EncoderConfig::Cnn { hidden, kernel } => Some(Self::Cnn { hidden, kernel }),
            EncoderConfig::Tcn { hidden, kernel, levels } => Some(Self::Tcn { hidden, kernel, levels }),
            EncoderConfig::Gru { hidden } => Some(Self::Gru { hidden }),
            EncoderConfig::Lstm { hidden } => Some(Self::Lstm { hidden }),
            EncoderConfig::Transformer { hidden, heads } => Some(Self::Transformer { hidden, heads }),
            _ => None,
        }
    }

    const fn config(self) -> EncoderConfig {
        match self {
            Self::Cnn { hidden, kernel } => EncoderConfig::Cnn { hidden, kernel },
            Self::Tcn { hidden, kernel, levels } => EncoderConfig::Tcn { hidden, kernel, levels },
            Self::Gru { hidden } => EncoderConfig::Gru { hidden },
            Self::Lstm { hidden } => EncoderConfig::Lstm { hidden },
            Self::Transformer { hidden, heads } => EncoderConfig::Transformer { hidden, heads },
        }
    }
}

impl OpenEncoder for Reference {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        let (encoder, hidden) = Encoder::new(&self.config(), (size.window, size.features), parts.layout());
        // That of the fused passes: a reference is not offered as an encoder, and a run's estimate never sees it.
        parts.known(encoder.cost(size.window));
        hidden
    }

    fn module(&self, size: Size) -> Box<dyn BurnModule> {
        match *self {
            Self::Cnn { hidden, kernel } => Box::new(cnn::Cnn::new(size, hidden, kernel)),
            Self::Tcn { hidden, kernel, levels } => Box::new(tcn::Tcn::new(size, hidden, kernel, levels)),
            Self::Gru { hidden } => Box::new(gru::Gru::new(size, hidden)),
            Self::Lstm { hidden } => Box::new(lstm::Lstm::new(size, hidden)),
            Self::Transformer { hidden, heads } => Box::new(transformer::Transformer::new(size, hidden, heads)),
        }
    }
}
