//! The whole model: the shared encoder and a linear head for each task.

use super::layout::{Block, Layout};
use std::sync::Arc;

use super::open::{Open, OpenEncoder, Shared, Size, Stack};
use super::{EncoderConfig, HEALTH_CLASSES, cnn, recurrent, tcn, transformer};
use crate::ConfigError;

/// Columns of the output: the RUL as a fraction of its cap, then one logit a health class.
pub const OUTPUTS: usize = 1 + HEALTH_CLASSES;

/// The shape of an encoder: where its parameters lie and what it does with them. Each backend brings the arithmetic.
#[derive(Clone, Debug)]
pub enum Encoder {
    /// Two convolutions and a mean.
    Cnn(cnn::Cnn),
    /// Causal, dilated convolutions.
    Tcn(tcn::Tcn),
    /// A gated recurrent unit.
    Gru(recurrent::Gru),
    /// Long short-term memory.
    Lstm(recurrent::Lstm),
    /// Attention.
    Transformer(Box<transformer::Transformer>),
    /// One that burn computes.
    Open(Box<Open>),
}

impl Encoder {
    /// The encoder, its blocks appended to the layout, and the width of its latent.
    pub(super) fn new(
        config: &EncoderConfig,
        (window, features): (usize, usize),
        layout: &mut Layout,
    ) -> (Self, usize) {
        let size = (window, features);
        match *config {
            EncoderConfig::Cnn { hidden, kernel } => (Self::Cnn(cnn::Cnn::new(size, hidden, kernel, layout)), hidden),
            EncoderConfig::Tcn { hidden, kernel, levels } => {
                (Self::Tcn(tcn::Tcn::new(size, hidden, (kernel, levels), layout)), hidden)
            }
            EncoderConfig::Gru { hidden } => (Self::Gru(recurrent::Gru::new(features, hidden, layout)), hidden),
            EncoderConfig::Lstm { hidden } => (Self::Lstm(recurrent::Lstm::new(features, hidden, layout)), hidden),
            EncoderConfig::Transformer { hidden, heads } => {
                let transformer = transformer::Transformer::new(size, hidden, heads, layout);
                (Self::Transformer(Box::new(transformer)), hidden)
            }
            // Every choice that is not built in holds an encoder of its own.
            _ => {
                let open = config.open().unwrap_or_else(|| Stack::default().shared());
                Self::open(open, Size { window, features }, layout)
            }
        }
    }

    fn open(encoder: Arc<dyn OpenEncoder>, size: Size, layout: &mut Layout) -> (Self, usize) {
        let open = Open::new(encoder, size, layout);
        let hidden = open.hidden();
        (Self::Open(Box::new(open)), hidden)
    }
}

#[cfg(feature = "train")]
impl Encoder {
    /// Its arithmetic on the CPU.
    #[must_use]
    pub fn on_cpu(&self) -> &dyn super::cpu::Encoder {
        match self {
            Self::Cnn(encoder) => encoder,
            Self::Tcn(encoder) => encoder,
            Self::Gru(encoder) => encoder,
            Self::Lstm(encoder) => encoder,
            Self::Transformer(encoder) => encoder.as_ref(),
            Self::Open(encoder) => encoder.as_ref(),
        }
    }
}

#[cfg(feature = "webgpu")]
impl Encoder {
    /// Its arithmetic on a GPU.
    #[must_use]
    pub fn on_gpu(&self) -> &dyn super::gpu::Encoder {
        match self {
            Self::Cnn(encoder) => encoder,
            Self::Tcn(encoder) => encoder,
            Self::Gru(encoder) => encoder,
            Self::Lstm(encoder) => encoder,
            Self::Transformer(encoder) => encoder.as_ref(),
            Self::Open(encoder) => encoder.as_ref(),
        }
    }
}

/// An encoder and the two heads over one latent.
///
/// The heads are one product `[hidden, 1 + classes]`: column 0 is the RUL head, the others the health head. A task's
/// cotangent is zero outside its own columns, and so is its gradient.
#[derive(Clone, Debug)]
pub struct Network {
    encoder: Encoder,
    layout: Layout,
    head_weight: Block,
    head_bias: Block,
}

impl Network {
    /// The model for windows of this many steps and features.
    #[must_use]
    pub fn new(config: &EncoderConfig, window: usize, features: usize) -> Self {
        let mut layout = Layout::default();
        let (encoder, hidden) = Encoder::new(config, (window, features), &mut layout);
        Self::around(encoder, hidden, layout)
    }

    /// The model around an encoder of one's own, which no setting names.
    ///
    /// # Errors
    ///
    /// An encoder whose module is not what it declares, and a program built without burn.
    pub fn open(encoder: Arc<dyn OpenEncoder>, window: usize, features: usize) -> Result<Self, ConfigError> {
        let mut layout = Layout::default();
        let (encoder, hidden) = Encoder::open(encoder, Size { window, features }, &mut layout);
        let network = Self::around(encoder, hidden, layout);
        network.check().map(|()| network)
    }

    /// Whether this program can compute it.
    ///
    /// # Errors
    ///
    /// An open encoder in a program built without burn, or one whose module is not what it declares.
    pub fn check(&self) -> Result<(), ConfigError> {
        match &self.encoder {
            Encoder::Open(open) => open.check(&self.layout),
            _ => Ok(()),
        }
    }

    fn around(encoder: Encoder, hidden: usize, mut layout: Layout) -> Self {
        layout.close_shared();
        let head_weight = layout.push("head.weight", hidden, OUTPUTS, hidden);
        let head_bias = layout.push("head.bias", 1, OUTPUTS, hidden);
        Self { encoder, layout, head_weight, head_bias }
    }

    /// The encoder.
    #[must_use]
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Where each block lives.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Weights of both heads, `[hidden, 1 + classes]`.
    #[must_use]
    pub const fn head_weight(&self) -> &Block {
        &self.head_weight
    }

    /// Biases of both heads.
    #[must_use]
    pub const fn head_bias(&self) -> &Block {
        &self.head_bias
    }

    /// Initial parameters of every member, all alike: `[members, parameters]`, row by row.
    #[must_use]
    pub fn initial(&self, members: usize, seed: u32) -> Vec<f32> {
        self.layout.initial(seed).repeat(members)
    }
}
