//! IMTL-G: impartial multi-task learning, the gradients' half.

use super::super::shares::with_sum;
use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// The combination whose projections on both gradients' directions are equal.
    ///
    /// ```text
    /// ⟨g, u_rul⟩ = ⟨g, u_health⟩,   u_i = g_i / ‖g_i‖,   α_rul + α_health = 1
    /// α_rul = ‖g_health‖ / (‖g_rul‖ + ‖g_health‖)
    /// ```
    ///
    /// Liu et al. 2021, "Towards Impartial Multi-task Learning". With two tasks the cosine drops out of the solution:
    /// it is that of [`super::super::EqualNorms`], which gives both gradients one length.
    ImtlG {}
}

impl Strategy for ImtlG {
    fn card(&self) -> &'static Card {
        &Card {
            title: "IMTL-G",
            family: Family::Surgery,
            summary: "Makes the step go equally far along both tasks' directions.",
            best_for: "Tasks whose gradients differ in size by orders of magnitude.",
            pros: &["Nothing to set", "Whatever the losses' units, both tasks pull equally"],
            cons: &["Also amplifies a task that is done: its gradient is small, its weight large"],
            citation: "Liu et al. 2021, Towards Impartial Multi-task Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for ImtlG {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        let [rul, health] = gram.norms();
        with_sum([health, rul], 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projections_are_equal() {
        let gram = Gram { a: 9.0, b: -1.0, c: 0.25 };
        let [x, y] = ImtlG {}.coefficients(&gram);
        let [rul, health] = gram.norms();
        let projections = [(gram.a * x + gram.b * y) / rul, (gram.b * x + gram.c * y) / health];
        assert!((projections[0] - projections[1]).abs() < 1e-12);
    }
}
