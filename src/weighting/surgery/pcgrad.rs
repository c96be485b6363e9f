//! PCGrad: project conflicting gradients.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// Each gradient loses its component against the other, where they conflict; the results are added.
    ///
    /// ```text
    /// g_i' = g_i − min(0, ⟨g_i, g_j⟩) / ‖g_j‖² · g_j
    /// g = g_rul' + g_health'
    ///   = (1 − b⁻/a) g_rul + (1 − b⁻/c) g_health,   b⁻ = min(0, b)
    /// ```
    ///
    /// `a`, `b`, `c`: the Gramian's `‖g_rul‖²`, `⟨g_rul, g_health⟩`, `‖g_health‖²`. Yu et al. 2020, "Gradient Surgery
    /// for Multi-Task Learning". The paper projects in random order; with two tasks there is only one. It adds the
    /// gradients and does not average them, so without conflict both coefficients are 1.
    PcGrad {}
}

impl Strategy for PcGrad {
    fn card(&self) -> &'static Card {
        &Card {
            title: "PCGrad",
            family: Family::Surgery,
            summary: "Where the two gradients point against each other, each loses the part that hurts the other.",
            best_for: "Tasks that conflict now and then.",
            pros: &["Nothing to set", "Changes nothing while the tasks agree"],
            cons: &["Does not balance sizes: the larger gradient still leads", "Only looks at one step"],
            citation: "Yu et al. 2020, Gradient Surgery for Multi-Task Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for PcGrad {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        // A conflict means that neither gradient vanishes.
        if gram.b < 0.0 { [1.0 - gram.b / gram.a, 1.0 - gram.b / gram.c] } else { [1.0; 2] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_conflict_the_gradients_are_added() {
        assert_eq!(PcGrad {}.coefficients(&Gram { a: 4.0, b: 0.5, c: 1.0 }), [1.0, 1.0]);
    }

    #[test]
    fn with_conflict_neither_task_gets_worse() {
        let gram = Gram { a: 4.0, b: -1.0, c: 1.0 };
        let [x, y] = PcGrad {}.coefficients(&gram);
        assert_eq!([x, y], [1.25, 2.0]);
        assert!(gram.a * x + gram.b * y >= 0.0 && gram.b * x + gram.c * y >= 0.0);
    }
}
