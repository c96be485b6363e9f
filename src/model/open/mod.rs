//! Open encoders: models that anyone can write, as ordinary [burn](https://burn.dev) modules.
//!
//! The five built-in encoders are written by hand for each backend, with their ways back, which makes them several times
//! as fast as tensor code and an encoder a week's work. An open encoder is one file: what it is made of, which compiles
//! everywhere, and a burn module with its `forward`, behind the feature `open`; burn differentiates it.
//!
//! | where | what |
//! | --- | --- |
//! | [`OpenEncoder`] | the contract: parts declared without burn, and the module |
//! | [`Parts`] | names, sizes, count and cost of what it is made of |
//! | `bridge` | parameters cut out of the flat matrix into a module, gradients gathered back |
//! | `layers` | dense, convolution, GRU, LSTM, attention and normalization with slots as first axis |
//! | `cpu` | an open encoder as an encoder of the CPU, computed by burn-flex |
//! | `reference` | the built-in encoders as modules: the model in code, and an independent check of the fused passes |
//! | [`Stack`] and others | the open encoders that links, command line and page offer; `EncoderConfig` has a row for each |
//!
//! Losses, strategies, regularizers, forks, snapshots and Adam are the project's: they see the flat matrix of parameters
//! and the flat matrix of gradients, whoever computed them.

#[cfg(feature = "open")]
mod bridge;
mod cnn_bilstm_attention;
#[cfg(feature = "train")]
mod cpu;
#[cfg(feature = "webgpu")]
mod gpu;
mod inception;
#[cfg(feature = "open")]
pub mod layers;
mod mixer;
mod parts;
#[cfg(feature = "open")]
mod reference;
pub mod stack;

use std::fmt::Debug;
use std::sync::Arc;

#[cfg(feature = "open")]
pub use bridge::{BurnModule, Cut, Gather, LatentModule};
pub use cnn_bilstm_attention::CnnBilstmAttention;
pub use inception::Inception;
pub use mixer::Mixer;
pub use parts::Parts;
#[cfg(feature = "open")]
pub use reference::Reference;
pub use stack::Stack;

use super::Cost;
use super::layout::Layout;
use crate::ConfigError;
use crate::parameter::Parameters;

/// Size of the windows that an encoder reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Steps of a window.
    pub window: usize,
    /// Features of a step.
    pub features: usize,
}

/// An encoder that burn computes.
///
/// Its parts are declared without burn, so that the page knows names, sizes, count and cost of a model that it does not
/// link; the module has as many parameters, in the same order and of the same sizes, which [`Open::new`] checks where
/// burn is at hand.
pub trait OpenEncoder: Debug + Send + Sync {
    /// Declare every part in the order of the module's fields; the width of the latent.
    fn declare(&self, size: Size, parts: &mut Parts) -> usize;

    /// Whether it can read windows of this size.
    ///
    /// # Errors
    ///
    /// What does not fit.
    fn fits(&self, _size: Size) -> Result<(), ConfigError> {
        Ok(())
    }

    /// The module for windows of this size, its parameters not set yet.
    #[cfg(feature = "open")]
    fn module(&self, size: Size) -> Box<dyn BurnModule>;
}

/// An open encoder that settings can choose.
pub trait Registered: OpenEncoder + Parameters + Shared {
    /// Give the latent another width, where the encoder has one number for it.
    fn set_hidden(&mut self, width: usize);

    /// Parameters that cannot be together.
    ///
    /// # Errors
    ///
    /// The first of them.
    fn check_together(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

/// A settings type as an encoder of its own.
pub trait Shared {
    /// A copy that a network keeps.
    fn shared(&self) -> Arc<dyn OpenEncoder>;
}

impl<T: OpenEncoder + Clone + 'static> Shared for T {
    fn shared(&self) -> Arc<dyn OpenEncoder> {
        Arc::new(self.clone())
    }
}

/// The shape of an open encoder for windows of one size.
#[derive(Clone, Debug)]
pub struct Open {
    encoder: Arc<dyn OpenEncoder>,
    size: Size,
    cost: Cost,
    hidden: usize,
}

impl Open {
    /// The encoder for windows of this size, its blocks appended to the layout.
    pub fn new(encoder: Arc<dyn OpenEncoder>, size: Size, layout: &mut Layout) -> Self {
        let mut parts = Parts::new(layout);
        let hidden = encoder.declare(size, &mut parts);
        let cost = parts.cost();
        Self { encoder, size, cost, hidden }
    }

    /// Width of the latent.
    #[must_use]
    pub const fn hidden(&self) -> usize {
        self.hidden
    }

    /// What a window takes of a pass.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Whether this program can compute it: it reads such windows, and its module has the parameters that are declared. A
    /// program built without burn has no module.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub fn check(&self, layout: &Layout) -> Result<(), ConfigError> {
        self.encoder.fits(self.size)?;
        #[cfg(feature = "open")]
        return bridge::check(self.encoder.module(self.size).as_ref(), layout);
        #[cfg(not(feature = "open"))]
        {
            let _ = layout;
            let fused = super::EncoderConfig::FUSED.join(", ");
            let expected = format!("one of {fused} in a program built without burn (feature `open`)");
            Err(ConfigError::new("encoder", expected, "one that burn computes"))
        }
    }
}
