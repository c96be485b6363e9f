//! Strategies that read the losses alone: no gradient is compared, so they cost nothing.

mod famo;
mod geometric_mean;
mod imtl_l;
mod random;
mod stch;

pub use famo::Famo;
pub use geometric_mean::GeometricMean;
pub use imtl_l::ImtlL;
pub use random::{RandomDistribution, RandomWeighting};
pub use stch::Stch;

/// Losses that can be divided by: one of zero counts as this.
const SMALLEST: f64 = 1e-12;

fn positive(losses: [f32; 2]) -> [f64; 2] {
    losses.map(|loss| f64::from(loss).max(SMALLEST))
}
