//! Long short-term memory (Hochreiter and Schmidhuber 1997, in PyTorch's form); the latent is its last state.

use burn::Tensor;
use burn::module::Module;

use crate::model::open::layers::{self, Recurrence as _};
use crate::model::open::{LatentModule, Size};

/// The cell:
///
/// ```text
/// (i, f, g, o) = (σ, σ, tanh, σ)(x·W + b + h·U + c)    C' = f ∘ C + i ∘ g    h' = o ∘ tanh C'
/// ```
#[derive(Module, Debug)]
pub struct Lstm {
    cell: layers::Lstm,
}

impl Lstm {
    pub fn new(size: Size, hidden: usize) -> Self {
        Self { cell: layers::Lstm::new(size.features, hidden) }
    }
}

impl LatentModule for Lstm {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        self.cell.last_state(windows)
    }
}
