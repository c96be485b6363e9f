//! A gated recurrent unit (Cho 2014, in PyTorch's form); the latent is its last state.

use burn::Tensor;
use burn::module::Module;

use crate::model::open::layers::{self, Recurrence as _};
use crate::model::open::{LatentModule, Size};

/// The cell:
///
/// ```text
/// r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ)    z = σ(x·W_z + b_z + h·U_z + c_z)
/// n = tanh(x·Wₙ + bₙ + r ∘ (h·Uₙ + cₙ))                             h' = n + z ∘ (h − n)
/// ```
#[derive(Module, Debug)]
pub struct Gru {
    cell: layers::Gru,
}

impl Gru {
    pub fn new(size: Size, hidden: usize) -> Self {
        Self { cell: layers::Gru::new(size.features, hidden) }
    }
}

impl LatentModule for Gru {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        self.cell.last_state(windows)
    }
}
