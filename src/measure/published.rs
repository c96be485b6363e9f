//! Figures published elsewhere, to be drawn behind what is measured here: never this instrument's own results.
//!
//! All are from a course section on why equal weights work in AMNL, the adaptive multi-task normalized loss; its tables
//! do not all agree with each other, and nothing here rests on them.

use crate::data::Subset;

/// What they are called in legends.
pub const PUBLISHED: &str = "published (AMNL course)";

/// Test RMSE in cycles by `λ_rul`, on FD001 to FD004: the course's table of the subsets.
const RMSE_CYCLES: [(f32, [f32; 4]); 5] = [
    (0.40, [11.3, 15.6, 11.9, 18.8]),
    (0.45, [11.0, 14.8, 11.5, 18.1]),
    (0.50, [10.8, 13.9, 11.2, 17.4]),
    (0.55, [11.0, 14.6, 11.4, 17.9]),
    (0.60, [11.1, 15.4, 11.7, 18.2]),
];

/// The published test RMSE of a subset, in cycles: `(λ_rul, RMSE)`.
#[must_use]
pub fn published_rmse(subset: Subset) -> [(f32, f32); 5] {
    let column = match subset {
        Subset::FD001 => 0,
        Subset::FD002 => 1,
        Subset::FD003 => 2,
        Subset::FD004 => 3,
    };
    RMSE_CYCLES.map(|(lambda, subsets)| (lambda, subsets[column]))
}

/// A published range of the cosine between the two gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosinePhase {
    /// Epochs done at its beginning.
    pub from: f32,
    /// Epochs done at its end.
    pub to: f32,
    /// Lower end of the cosine.
    pub low: f32,
    /// Upper end of the cosine.
    pub high: f32,
}

/// The published cosine: early, middle and late in the training.
pub const PUBLISHED_COSINE: [CosinePhase; 3] = [
    CosinePhase { from: 0.0, to: 20.0, low: 0.6, high: 0.8 },
    CosinePhase { from: 20.0, to: 50.0, low: 0.4, high: 0.6 },
    CosinePhase { from: 50.0, to: f32::INFINITY, low: 0.3, high: 0.5 },
];
