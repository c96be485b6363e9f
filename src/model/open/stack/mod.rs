//! A model put together at run time: a list of layers as text.
//!
//! ```text
//! stack:conv32k5-relu|res(conv32k3d2-relu)|bigru16|attn2|mean
//! ```
//!
//! [`text`] reads and writes it, [`plan`] checks it against the windows and counts parameters and cost, both without burn;
//! `module` builds it from [`layers`](super::layers).

#[cfg(feature = "open")]
mod module;
mod plan;
mod text;

#[cfg(test)]
mod tests;

use super::{OpenEncoder, Parts, Registered, Size};
use crate::ConfigError;
use crate::parameter::{Any, parameters};
pub use text::{Activation, Cell, Item, Layer, Layers, Pool};

parameters! {
    /// Layers from text, one after the other; the latent is what the last one gives.
    #[derive(Eq)]
    Stack {
        /// Layers joined by `|`: `conv32k5` (`d2` dilation, `s2` stride), `dense16`, `gru16`, `lstm16`, `bigru16`, `bilstm16`,
        /// `attn2` (heads), `norm`, `drop0.1`, `res(…)` around layers whose input is added, each with `-relu`, `-tanh`,
        /// `-sigmoid` or `-gelu` behind it; then one of `mean`, `last` and `attnpool`, after which `dense`, `norm` and `drop`
        /// may follow.
        layers: Layers = Layers::default(), "Layers", Any;
    }
}

impl OpenEncoder for Stack {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        plan::declare(&self.layers, size, parts)
    }

    fn fits(&self, size: Size) -> Result<(), ConfigError> {
        plan::check(&self.layers, size)
    }

    #[cfg(feature = "open")]
    fn module(&self, size: Size) -> Box<dyn super::BurnModule> {
        Box::new(module::Stacked::new(&self.layers, size))
    }
}

impl Registered for Stack {
    /// The widths stand in the text.
    fn set_hidden(&mut self, _: usize) {}
}
