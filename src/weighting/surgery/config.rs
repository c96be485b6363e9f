//! ConFIG: the direction of equal angles to both gradients.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless, inverse};
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// The direction that has equal cosines with both gradients, as long as the sum of their projections on it.
    ///
    /// ```text
    /// u = (u_rul + u_health) / ‖u_rul + u_health‖,   u_i = g_i / ‖g_i‖
    /// g = (⟨g_rul, u⟩ + ⟨g_health, u⟩) u
    /// α_i = (‖g_rul‖ + ‖g_health‖) / (2 ‖g_i‖)
    /// ```
    ///
    /// Liu et al. 2024, "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks". With two tasks the
    /// pseudo-inverse of the paper is the bisector, and the cosine drops out of the coefficients.
    ConFig {}
}

impl Strategy for ConFig {
    fn card(&self) -> &'static Card {
        &Card {
            title: "ConFIG",
            family: Family::Surgery,
            summary: "Goes along the bisector of the two gradients, the farther the more they agree.",
            best_for: "Unbalanced losses whose conflict should slow the step down.",
            pros: &["Never against a task", "The step shrinks by itself as the conflict grows"],
            cons: &["A gradient that nearly vanishes is scaled up to the size of the other"],
            citation: "Liu et al. 2024, ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for ConFig {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        let norms = gram.norms();
        if norms[0].min(norms[1]) <= 0.0 {
            // One gradient alone is its own bisector.
            return [1.0; 2];
        }
        norms.map(|norm| f64::midpoint(norms[0], norms[1]) * inverse(norm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosines_are_equal_and_the_length_is_that_of_the_projections() {
        let gram = Gram { a: 9.0, b: -1.0, c: 0.25 };
        let [x, y] = ConFig {}.coefficients(&gram);
        let [rul, health] = gram.norms();
        let along = [(gram.a * x + gram.b * y) / rul, (gram.b * x + gram.c * y) / health];
        assert!((along[0] - along[1]).abs() < 1e-12);
        // ⟨g_i, u⟩ = ‖g_i‖ cos, and ‖g‖ cos = along
        let length = gram.square([x, y]).sqrt();
        assert!(((rul + health) * along[0] / length - length).abs() < 1e-12);
    }
}
