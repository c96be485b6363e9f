//! The figures taken on a set of windows.

use serde::{Deserialize, Serialize};

use crate::model::HEALTH_CLASSES;

/// Figures of one member on one set of windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Root mean squared error of the predicted RUL against the capped one, in cycles. Lower is better.
    pub rmse_cycles: f32,
    /// NASA's asymmetric score `Σ s`, `d = ŷ − y`, `s = exp(−d/13) − 1` for `d < 0`, `exp(d/10) − 1` otherwise
    /// (Saxena 2008). Lower is better.
    pub nasa_score: f32,
    /// Share of windows whose health class is predicted correctly. Higher is better.
    pub accuracy: f32,
    /// Mean over classes of the harmonic mean of precision and recall; a class that neither occurs nor is predicted
    /// is left out. Higher is better.
    pub macro_f1: f32,
    /// `confusion[true][predicted]`, counts; classes in the order healthy, degrading, critical.
    pub confusion: [[u32; HEALTH_CLASSES]; HEALTH_CLASSES],
}

/// What a figure is called, in which unit it is, and which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name as it is printed.
    pub name: &'static str,
    /// Unit as it is printed, empty for a pure number.
    pub unit: &'static str,
    /// Whether a larger value is better, or `None` where neither is.
    pub higher_is_better: Option<bool>,
}

impl Metric {
    /// Root mean squared error.
    pub const RMSE: Self = Self { name: "RMSE", unit: "cycles", higher_is_better: Some(false) };
    /// NASA score.
    pub const NASA_SCORE: Self = Self { name: "NASA score", unit: "", higher_is_better: Some(false) };
    /// Accuracy of the health class.
    pub const ACCURACY: Self = Self { name: "Accuracy", unit: "", higher_is_better: Some(true) };
    /// A task's loss.
    pub const LOSS: Self = Self { name: "Loss", unit: "", higher_is_better: Some(false) };
    /// Cosine between the two tasks' gradients of the shared parameters.
    pub const COSINE: Self = Self { name: "Cosine", unit: "", higher_is_better: None };
    /// Norm of a task's gradient of the shared parameters.
    pub const GRADIENT_NORM: Self = Self { name: "Gradient norm", unit: "", higher_is_better: None };
    /// Weight of a task.
    pub const WEIGHT: Self = Self { name: "Weight λ", unit: "", higher_is_better: None };
}
