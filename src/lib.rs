//! Lambdascope: an instrument for looking at loss weighting.
//!
//! It trains compact two-task models (remaining useful life and health state) on turbofan engines, in a browser tab or
//! natively, and shows what the loss weights λ do while they do it. Modules stand in layers; each uses only those
//! before it in this list.
//!
//! | layer | what it holds |
//! | --- | --- |
//! | [`parameter`] | what can be set, declared once; the error of a setting |
//! | [`data`] | C-MAPSS text → engines → windows; regimes, labels, bootstraps; the emulator |
//! | [`model`] | member-stacked layers, encoders and heads, with their backward passes |
//! | [`loss`] | RUL and health losses, and the normalizers that divide them |
//! | [`weighting`] | strategies: statistics of the two tasks in, two weights out |
//! | [`train`] | one step: gradients, Gramian, clipping, optimizer, schedule |
//! | [`measure`] | RMSE, NASA score, accuracy, macro-F1, confusion |
//! | [`session`] | a state machine: a command in, events out; the protocol; bounded history |
//! | [`experiment`] | grids of runs, claims put to the test, comparisons with figures computed elsewhere |
//! | `chart` | one description and one drawing function per chart |
//! | `web` | wasm32 only: the page and the worker |

pub mod data;
mod error;
pub mod experiment;
mod floats;
pub mod loss;
pub mod measure;
pub mod model;
pub mod parameter;
pub mod session;
pub mod train;
pub mod weighting;

#[cfg(feature = "chart")]
pub mod chart;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::ConfigError;

/// The two tasks, in the order in which every pair of figures is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Remaining useful life: regression.
    Rul,
    /// Health state: classification into healthy, degrading and critical.
    Health,
}

impl Task {
    /// Both tasks; a pair `[f32; 2]` anywhere in the crate follows this order.
    pub const ALL: [Self; 2] = [Self::Rul, Self::Health];
}
