//! UPGrad and DualProj: projections onto the dual cone, the steps along which no loss rises.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// The mean of both gradients, each projected onto the dual cone.
    ///
    /// ```text
    /// g = ½ (P(g_rul) + P(g_health)),   P(x) = argmin ‖x − y‖  over  ⟨y, g_rul⟩ ≥ 0, ⟨y, g_health⟩ ≥ 0
    /// ```
    ///
    /// Quinton and Rey 2024, "Jacobian Descent for Multi-Objective Optimization". With two tasks and `regularization`
    /// 0 it is half of [`super::PcGrad`].
    UpGrad {
        /// Added to the diagonal of the Gramian, as a share of its trace: keeps the projection smooth where one gradient
        /// all but vanishes.
        regularization: f32 = 1e-4, "Regularization", Range::linear(0.0, 1.0, 1e-4);
    }
}

parameters! {
    /// The mean gradient, projected onto the dual cone.
    ///
    /// ```text
    /// g = P(½ (g_rul + g_health)),   P(x) = argmin ‖x − y‖  over  ⟨y, g_rul⟩ ≥ 0, ⟨y, g_health⟩ ≥ 0
    /// ```
    ///
    /// Lopez-Paz and Ranzato 2017, "Gradient Episodic Memory for Continual Learning", whose memory constraints are here
    /// the two tasks.
    DualProj {
        /// Added to the diagonal of the Gramian, as a share of its trace: keeps the projection smooth where one gradient
        /// all but vanishes.
        regularization: f32 = 1e-4, "Regularization", Range::linear(0.0, 1.0, 1e-4);
    }
}

impl Strategy for UpGrad {
    fn card(&self) -> &'static Card {
        &Card {
            title: "UPGrad",
            family: Family::Surgery,
            summary: "Frees each gradient from what would hurt the other task, and averages the two.",
            best_for: "Conflicting tasks, with the guarantee that neither loss rises.",
            pros: &["No conflict is left", "A larger gradient keeps its larger say"],
            cons: &["Does not balance sizes"],
            citation: "Quinton and Rey 2024, Jacobian Descent for Multi-Objective Optimization",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl Strategy for DualProj {
    fn card(&self) -> &'static Card {
        &Card {
            title: "DualProj",
            family: Family::Surgery,
            summary: "Takes the mean gradient, and turns it as little as needed for neither task to lose.",
            best_for: "Staying with plain averaging except where it would hurt a task.",
            pros: &["No conflict is left", "Differs from the mean only when it must"],
            cons: &["In a conflict the weaker task gains nothing at all"],
            citation: "Lopez-Paz and Ranzato 2017, Gradient Episodic Memory for Continual Learning",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

impl ClosedForm for UpGrad {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        let gram = regularized(gram, self.regularization);
        let (rul, health) = (projected(&gram, [1.0, 0.0]), projected(&gram, [0.0, 1.0]));
        [f64::midpoint(rul[0], health[0]), f64::midpoint(rul[1], health[1])]
    }
}

impl ClosedForm for DualProj {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        projected(&regularized(gram, self.regularization), [0.5; 2])
    }
}

fn regularized(&Gram { a, b, c }: &Gram, share: f32) -> Gram {
    let added = f64::from(share) * (a + c);
    Gram { a: a + added, b, c: c + added }
}

/// The projection of `u_0 g_rul + u_1 g_health`, `u ≥ 0`, as coefficients: `argmin vᵀ G v` over `v ≥ u`, the dual of
/// the projection. At most one of the two coefficients has to grow.
fn projected(&Gram { a, b, c }: &Gram, [x, y]: [f64; 2]) -> [f64; 2] {
    if a * x + b * y < 0.0 {
        // The step would raise the RUL loss: take in more of its gradient until it does not.
        [-b * y / a, y]
    } else if b * x + c * y < 0.0 {
        [x, -b * x / c]
    } else {
        [x, y]
    }
}

#[cfg(test)]
mod tests {
    use super::super::PcGrad;
    use super::*;

    const CONFLICT: Gram = Gram { a: 4.0, b: -1.5, c: 1.0 };

    #[test]
    fn unregularized_upgrad_is_half_of_pcgrad() {
        for gram in [CONFLICT, Gram { a: 4.0, b: 1.5, c: 1.0 }] {
            let half = PcGrad {}.coefficients(&gram).map(|coefficient| coefficient / 2.0);
            assert_eq!(UpGrad { regularization: 0.0 }.coefficients(&gram), half);
        }
    }

    #[test]
    fn dualproj_leaves_the_mean_where_nobody_loses() {
        assert_eq!(DualProj::default().coefficients(&Gram { a: 1.0, b: -0.5, c: 1.0 }), [0.5, 0.5]);
    }

    #[test]
    fn dualproj_turns_the_mean_until_nobody_loses() {
        let [x, y] = DualProj { regularization: 0.0 }.coefficients(&CONFLICT);
        assert!((CONFLICT.b * x + CONFLICT.c * y).abs() < 1e-12 && CONFLICT.a * x + CONFLICT.b * y >= 0.0);
    }
}
