//! Nash-MTL: the step as a bargain between the tasks.

use super::super::{Card, Family, Strategy, Weighting};
use super::{ClosedForm, Gram, Stateless, inverse};
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// The Nash bargaining solution for a step of bounded length: it maximizes the product of what both tasks gain.
    ///
    /// ```text
    /// G α = 1 / α,  α > 0
    /// α_i = 1 / (‖g_i‖ √(1 + cos))
    /// g = α_rul g_rul + α_health g_health,  then g ← g · min(1, max_norm / ‖g‖)
    /// ```
    ///
    /// `G`: the Gramian, `cos`: the gradients' cosine. Navon et al. 2022, "Multi-Task Learning as a Bargaining Game".
    /// The paper solves `G α = 1/α` by a sequence of convex programs; dividing its two lines shows that
    /// `α_rul ‖g_rul‖ = α_health ‖g_health‖`, and the rest follows. Its step always has length √2.
    NashMtl {
        /// The step is shortened to this length; 0 leaves it at √2.
        max_norm: f32 = 1.0, "Largest step", Range::linear(0.0, 10.0, 0.1);
    }
}

impl Strategy for NashMtl {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Nash-MTL",
            family: Family::Surgery,
            summary: "Chooses the step on which two bargaining tasks would agree.",
            best_for: "Tasks in unlike units, neither of which may be neglected.",
            pros: &["Does not depend on the losses' scales", "A fair share for both, by an axiom"],
            cons: &["Every step is equally long: only the learning rate makes training settle"],
            citation: "Navon et al. 2022, Multi-Task Learning as a Bargaining Game",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(Stateless(self.clone())))
    }
}

/// Opposite gradients leave nothing to agree on: `1 + cos` is kept above this, so that they cancel and stay finite.
const LEAST: f64 = 1e-12;

impl ClosedForm for NashMtl {
    fn coefficients(&self, gram: &Gram) -> [f64; 2] {
        let scale = (1.0 + gram.cosine()).max(LEAST).sqrt().recip();
        let raw = gram.norms().map(|norm| scale * inverse(norm));
        let norm = gram.square(raw).sqrt();
        let most = f64::from(self.max_norm);
        let factor = if most > 0.0 && norm > most { most / norm } else { 1.0 };
        raw.map(|coefficient| coefficient * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bargaining_equation_holds() {
        for gram in [Gram { a: 4.0, b: -1.0, c: 1.0 }, Gram { a: 0.01, b: 0.03, c: 1.0 }] {
            let [x, y] = NashMtl { max_norm: 0.0 }.coefficients(&gram);
            assert!(((gram.a * x + gram.b * y) * x - 1.0).abs() < 1e-12);
            assert!(((gram.b * x + gram.c * y) * y - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_step_is_no_longer_than_allowed() {
        let gram = Gram { a: 4.0, b: -1.0, c: 1.0 };
        assert!((gram.square(NashMtl { max_norm: 0.5 }.coefficients(&gram)) - 0.25).abs() < 1e-12);
    }
}
