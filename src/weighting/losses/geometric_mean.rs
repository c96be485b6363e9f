//! GLS: the geometric mean of the losses.

use super::super::shares::finite;
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use super::positive;
use crate::ConfigError;
use crate::parameter::parameters;

parameters! {
    /// The weights with which the gradient is that of the geometric mean.
    ///
    /// ```text
    /// L = √(ℓ_rul ℓ_health)
    /// λ_i = ∂L/∂ℓ_i = ½ √(ℓ_j / ℓ_i)
    /// ```
    ///
    /// `ℓ`: the normalized losses. Chennupati et al. 2019, "MultiNet++: Multi-Stream Feature Aggregation and Geometric
    /// Loss Strategy for Multi-Task Learning". The paper allows some tasks to count twice; here both count once.
    GeometricMean {}
}

impl Strategy for GeometricMean {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Geometric mean (GLS)",
            family: Family::Losses,
            summary: "Minimizes the geometric mean of the losses, in which units do not matter.",
            best_for: "Losses of very different size, without anything to set.",
            pros: &["Does not depend on the losses' scales", "Costs nothing"],
            cons: &["A loss near zero gets a huge weight", "The step shrinks with the losses"],
            citation: "Chennupati et al. 2019, MultiNet++",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State))
    }
}

#[derive(Clone, Copy, Debug)]
struct State;

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let [rul, health] = positive(signals.normalized);
        let ratio = (health / rul).sqrt();
        finite([0.5 * ratio, 0.5 / ratio])
    }

    fn reset(&mut self) {}

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_the_gradient_of_the_geometric_mean() {
        let losses = [0.4_f32, 2.5];
        let weights = State.weights(&TaskSignals { normalized: losses, ..TaskSignals::default() });
        let mean = |[x, y]: [f64; 2]| (x * y).sqrt();
        let [x, y] = losses.map(f64::from);
        let step = 1e-6;
        assert!((f64::from(weights[0]) - (mean([x + step, y]) - mean([x - step, y])) / (2.0 * step)).abs() < 1e-5);
        assert!((f64::from(weights[1]) - (mean([x, y + step]) - mean([x, y - step])) / (2.0 * step)).abs() < 1e-5);
    }
}
