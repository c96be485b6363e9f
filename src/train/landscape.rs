//! Both losses around the present weights of a member.

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// Both losses on a grid around a member's present weights, in the plane that its two tasks' gradients span.
///
/// Axes are those in which the two gradients are drawn: a place `(u, v)` is the present shared weights
/// moved against the gradients, `θ − u e₁ − v e₂`, where `e₂` is the bisector of both gradients and `e₁` lies at a right
/// angle to it, on the side of RUL. The heads' weights stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Landscape {
    /// The member.
    pub member: usize,
    /// Steps taken.
    pub step: u32,
    /// Places along each axis; the middle one is that of the present weights.
    pub points: usize,
    /// How far the grid goes from the middle along each axis: a Euclidean distance of weights.
    pub reach: f32,
    /// Norms of both gradients of the shared weights at the middle.
    pub norms: [f32; 2],
    /// The cosine between them.
    pub cosine: f32,
    /// Windows that the losses are taken on.
    pub windows: usize,
    /// `[points, points, 2]`: by `v`, then by `u`, both rising; the losses of RUL and of health.
    #[serde(with = "crate::floats")]
    pub losses: Vec<f32>,
}

/// What part of the surroundings is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Surroundings {
    /// Index of the member.
    pub member: usize,
    /// Places along each axis: an odd number from 3 to 31.
    pub points: usize,
    /// How far to go, as a share of the length of the shared weights: above 0, at most 1.
    pub reach: f32,
}

impl Surroundings {
    /// Check that it can be computed.
    ///
    /// # Errors
    ///
    /// A number out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(3..=31).contains(&self.points) || self.points.is_multiple_of(2) {
            return Err(ConfigError::new("points", "an odd number from 3 to 31", &self.points));
        }
        if !(self.reach > 0.0 && self.reach <= 1.0) {
            return Err(ConfigError::new("reach", "above 0 and at most 1", &self.reach));
        }
        Ok(())
    }
}

impl Landscape {
    /// Where a column or a row of the grid lies.
    #[must_use]
    pub fn place(&self, index: usize) -> f64 {
        let middle = (self.points.max(3) - 1) as f64 / 2.0;
        (index as f64 - middle) / middle * f64::from(self.reach)
    }

    /// Both losses at a place of the grid, by column and row; `None` beyond it.
    #[must_use]
    pub fn losses_at(&self, column: usize, row: usize) -> Option<[f32; 2]> {
        let all = self.losses.as_chunks::<2>().0;
        (column < self.points).then(|| all.get(row * self.points + column).copied()).flatten()
    }
}
