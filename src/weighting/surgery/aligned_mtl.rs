//! Aligned-MTL: gradients made orthogonal and of one length.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// The mean of the nearest pair of gradients that are orthogonal and as long as the smallest singular value.
    ///
    /// ```text
    /// G = V diag(σ_1², σ_2²) Vᵀ,   σ_1 ≥ σ_2
    /// α = σ_2 V diag(1/σ_1, 1/σ_2) Vᵀ (½, ½)
    /// ```
    ///
    /// `G`: the Gramian, `σ`: the singular values of the two gradients. Senushkin et al. 2023, "Independent Component
    /// Alignment for Multi-Task Learning". Parallel gradients have one singular value above zero, which is then the
    /// smallest: the paper leaves this case open, and it is what its reference implementation does.
    AlignedMtl {}
}

impl Strategy for AlignedMtl {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Aligned-MTL",
            family: Family::Surgery,
            summary: "Turns and scales the two gradients until they are at right angles and equally long.",
            best_for: "Gradients that are both unbalanced and in conflict.",
            pros: &["Removes conflict and imbalance at once", "Nothing to set"],
            cons: &["The step is as short as the weaker direction", "Parallel gradients make it jump"],
            citation: "Senushkin et al. 2023, Independent Component Alignment for Multi-Task Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

/// An eigenvalue below this share of the larger one is rounding: the Gramian comes in single precision.
const NEGLIGIBLE: f64 = 2.0 * f32::EPSILON as f64;

impl ClosedForm for AlignedMtl {
    fn coefficients(&self, &Gram { a, b, c }: &Gram) -> [f64; 2] {
        let (middle, spread) = (f64::midpoint(a, c), ((a - c) / 2.0).hypot(b));
        let largest = middle + spread;
        if largest <= 0.0 {
            return [0.5; 2];
        }
        // The product of the eigenvalues is the determinant: no cancellation, unlike `middle − spread`.
        let smallest = ((a * c - b * b) / largest).max(0.0);
        let along = main_axis(a, b, c);
        let across = [-along[1], along[0]];
        let onto = |axis: [f64; 2]| {
            let length = f64::midpoint(axis[0], axis[1]);
            axis.map(|component| component * length)
        };
        let (main, rest) = (onto(along), onto(across));
        if smallest <= NEGLIGIBLE * largest {
            return main;
        }
        let ratio = (smallest / largest).sqrt();
        [ratio * main[0] + rest[0], ratio * main[1] + rest[1]]
    }
}

/// The unit eigenvector of the larger eigenvalue.
fn main_axis(a: f64, b: f64, c: f64) -> [f64; 2] {
    let angle = 0.5 * (2.0 * b).atan2(a - c);
    [angle.cos(), angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orthogonal_gradients_get_the_length_of_the_shorter() {
        let [x, y] = AlignedMtl {}.coefficients(&Gram { a: 4.0, b: 0.0, c: 1.0 });
        assert!((x - 0.25).abs() < 1e-12 && (y - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_step_has_the_length_of_the_smallest_singular_value() {
        let gram = Gram { a: 4.0, b: -1.2, c: 1.0 };
        let smallest = 2.5 - 1.5_f64.hypot(1.2);
        let step = gram.square(AlignedMtl {}.coefficients(&gram));
        // The mean of two orthogonal vectors of length σ is σ/√2 long.
        assert!((step - smallest / 2.0).abs() < 1e-12, "{step}");
    }

    #[test]
    fn parallel_gradients_keep_their_direction() {
        let [x, y] = AlignedMtl {}.coefficients(&Gram { a: 1.0, b: 1.0, c: 1.0 });
        assert!((x - 0.5).abs() < 1e-12 && (y - 0.5).abs() < 1e-12);
    }
}
