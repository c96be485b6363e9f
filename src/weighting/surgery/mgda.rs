//! MGDA: the multiple-gradient descent algorithm.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// The shortest convex combination of the gradients: a direction along which both losses fall, until none is left.
    ///
    /// ```text
    /// min_{0 ≤ γ ≤ 1} ‖γ g_rul + (1 − γ) g_health‖²
    /// γ = clip((c − b) / (a + c − 2b), 0, 1)
    /// ```
    ///
    /// `a`, `b`, `c`: the Gramian. Désidéri 2012, "Multiple-gradient descent algorithm (MGDA) for multiobjective
    /// optimization"; for networks Sener and Koltun 2018. Solved exactly, where libraries iterate (Frank–Wolfe).
    Mgda {}
}

impl Strategy for Mgda {
    fn card(&self) -> &'static Card {
        &Card {
            title: "MGDA",
            family: Family::Surgery,
            summary: "Takes the shortest mix of the two gradients, which makes both losses fall.",
            best_for: "Looking for a point where no task can gain without the other losing.",
            pros: &["Both losses fall at every step", "Stops only at such a point"],
            cons: &["The smaller gradient gets nearly all the weight", "Slow when the sizes differ much"],
            citation: "Désidéri 2012; Sener and Koltun 2018, Multi-Task Learning as Multi-Objective Optimization",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for Mgda {
    fn coefficients(&self, Gram { a, b, c }: &Gram) -> [f64; 2] {
        let distance = a + c - 2.0 * b;
        // Equal gradients: every combination is the same.
        let rul = if distance > 0.0 { ((c - b) / distance).clamp(0.0, 1.0) } else { 0.5 };
        [rul, 1.0 - rul]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_combination_is_shorter() {
        for gram in [Gram { a: 4.0, b: -1.0, c: 1.0 }, Gram { a: 4.0, b: 1.5, c: 1.0 }, Gram { a: 1.0, b: 0.0, c: 1.0 }]
        {
            let least = gram.square(Mgda {}.coefficients(&gram));
            for other in 0..=100 {
                let rul = f64::from(other) / 100.0;
                assert!(least <= gram.square([rul, 1.0 - rul]) + 1e-12, "{gram:?} at {rul}");
            }
        }
    }

    #[test]
    fn equal_gradients_share_equally() {
        assert_eq!(Mgda {}.coefficients(&Gram { a: 2.0, b: 2.0, c: 2.0 }), [0.5, 0.5]);
    }
}
