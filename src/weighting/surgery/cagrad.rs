//! CAGrad: conflict-averse gradient descent.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// The step within a ball around the mean gradient that improves the worse-off task most.
    ///
    /// ```text
    /// g_0 = (g_rul + g_health) / 2,  s = c ‖g_0‖,  g_w = w g_rul + (1 − w) g_health
    /// w = argmin_{0 ≤ w ≤ 1} ⟨g_w, g_0⟩ + s ‖g_w‖
    /// g = g_0 + s g_w / ‖g_w‖
    /// ```
    ///
    /// Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning". The paper minimizes over `w`
    /// numerically. With two tasks the objective is a line plus a hyperbola in `w`, and its derivative has one root in
    /// closed form. The division of the result by `1 + c`, which some code has, is left out.
    CaGrad {
        /// Radius of the ball in units of the mean gradient's length: 0 is the mean, 1 and more favours the worse-off
        /// task without a bound.
        c: f32 = 0.5, "Radius c", Range::linear(0.0, 10.0, 0.05);
    }
}

impl Strategy for CaGrad {
    fn card(&self) -> &'static Card {
        &Card {
            title: "CAGrad",
            family: Family::Surgery,
            summary: "Stays near the mean gradient, and within that distance helps the task that gains least.",
            best_for: "Conflicting tasks whose mean loss still counts.",
            pros: &["Between plain averaging and MGDA, set by one number", "Still finds a minimum of the mean loss"],
            cons: &["The radius has to be chosen", "Sizes are not balanced"],
            citation: "Liu et al. 2021, Conflict-Averse Gradient Descent for Multi-task Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for CaGrad {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        let radius = f64::from(self.c) * gram.square([0.5, 0.5]).sqrt();
        let share = worst_mix(gram, radius);
        let norm = gram.square([share, 1.0 - share]).sqrt();
        // Opposite gradients leave a mix of length zero: there is no better direction than the mean.
        let pull = if norm > 0.0 { radius / norm } else { 0.0 };
        [0.5 + pull * share, 0.5 + pull * (1.0 - share)]
    }
}

/// `argmin_{0 ≤ w ≤ 1} ⟨g_w, g_0⟩ + s ‖g_w‖`.
///
/// With `d = g_rul − g_health`, `A = ‖d‖²`, `B = ⟨d, g_health⟩`, `h = A w + B` and `D = A c − B²` (`≥ 0`), the norm is
/// `‖g_w‖² = (h² + D) / A`, so that the derivative vanishes where `h / √(h² + D) = −⟨d, g_0⟩ / (s √A)`.
fn worst_mix(&Gram { a, b, c }: &Gram, radius: f64) -> f64 {
    let square = a + c - 2.0 * b;
    if square <= 0.0 {
        return 0.5;
    }
    let slope = (a - c) / 2.0;
    let sine = -slope / (radius * square.sqrt());
    // No radius and equally long gradients: 0 / 0, and the objective is constant.
    if sine.is_nan() {
        return 0.5;
    }
    if sine.abs() >= 1.0 {
        return if sine > 0.0 { 1.0 } else { 0.0 };
    }
    // D = ‖g_rul‖² ‖g_health‖² − ⟨g_rul, g_health⟩²
    let gap = (a * c - b * b).max(0.0);
    let root = sine * (gap / (1.0 - sine * sine)).sqrt();
    ((root - (b - c)) / square).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAMS: [Gram; 4] = [
        Gram { a: 4.0, b: -1.0, c: 1.0 },
        Gram { a: 0.01, b: -0.09, c: 1.0 },
        Gram { a: 1.0, b: 0.5, c: 1.0 },
        Gram { a: 1.0, b: 0.2, c: 9.0 },
    ];

    #[test]
    fn no_other_mix_has_a_smaller_objective() {
        for gram in GRAMS {
            for c in [0.1, 0.5, 0.9, 3.0] {
                let radius = c * gram.square([0.5, 0.5]).sqrt();
                let objective = |w: f64| {
                    let inner = w * (gram.a + gram.b) / 2.0 + (1.0 - w) * (gram.b + gram.c) / 2.0;
                    inner + radius * gram.square([w, 1.0 - w]).sqrt()
                };
                let least = objective(worst_mix(&gram, radius));
                for other in 0..=1000 {
                    assert!(least <= objective(f64::from(other) / 1000.0) + 1e-12, "{gram:?}, c = {c}");
                }
            }
        }
    }

    #[test]
    fn no_radius_is_the_mean() {
        for gram in GRAMS {
            assert_eq!(CaGrad { c: 0.0 }.coefficients(&gram), [0.5, 0.5]);
        }
    }
}
