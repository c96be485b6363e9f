//! The two losses, and the normalizers that divide them: `L = Σ λ_i · L_i / N_i`.

mod config;
mod emphasis;
#[cfg(feature = "webgpu")]
mod gpu;
mod normalizer;
#[cfg(feature = "train")]
mod two_task;

pub use config::*;
pub use emphasis::Emphasis;
#[cfg(feature = "webgpu")]
pub use gpu::evaluate_stacked;
pub use normalizer::*;
#[cfg(feature = "train")]
pub use two_task::*;
