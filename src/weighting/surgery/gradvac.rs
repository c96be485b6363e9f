//! GradVac: gradient vaccine.

use super::super::shares::finite;
use super::super::{Card, Family, Needs, Strategy, TaskSignals, TaskWeights, Weighting};
use super::Gram;
use crate::ConfigError;
use crate::parameter::{Range, parameters};

parameters! {
    /// Gradients that agree less than they use to are turned towards each other until they do; then they are added.
    ///
    /// ```text
    /// φ: the cosine now,  φ̂: its moving average
    /// g_i' = g_i + ‖g_i‖ (φ̂ √(1 − φ²) − φ √(1 − φ̂²)) / (‖g_j‖ √(1 − φ̂²)) · g_j   where φ < φ̂
    /// φ̂ ← (1 − β) φ̂ + β φ,   from 0
    /// ```
    ///
    /// Wang et al. 2021, "Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual
    /// Models". The paper keeps one average a parameter group; here there is one group, the shared parameters. With `φ̂`
    /// held at 0 it is [`super::PcGrad`].
    GradVac {
        /// How fast the usual cosine follows the present one.
        beta: f32 = 0.01, "Averaging β", Range::linear(0.0, 1.0, 0.01);
    }
}

impl Strategy for GradVac {
    fn card(&self) -> &'static Card {
        &Card {
            title: "GradVac",
            family: Family::Surgery,
            summary: "Turns the two gradients towards each other when they agree less than usual.",
            best_for: "Related tasks: also acts while there is no open conflict.",
            pros: &["Learns how similar the tasks are", "Acts earlier than PCGrad"],
            cons: &["A moving average to set", "Does not balance sizes"],
            citation: "Wang et al. 2021, Gradient Vaccine",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        None
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State { beta: f64::from(self.beta), usual: 0.0 }))
    }
}

/// Parallel gradients are as near as can be; a target nearer than this would divide by zero.
const NEAREST: f64 = 1.0 - 1e-6;

#[derive(Clone, Debug)]
struct State {
    beta: f64,
    usual: f64,
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let gram = Gram::of(signals);
        let [rul, health] = gram.norms();
        if rul.min(health) <= 0.0 {
            return [1.0; 2];
        }
        let (cosine, usual) = (gram.cosine(), self.usual.clamp(-NEAREST, NEAREST));
        self.usual += self.beta * (cosine - self.usual);
        if cosine >= usual {
            return [1.0; 2];
        }
        let (sine, usual_sine) = ((1.0 - cosine * cosine).sqrt(), (1.0 - usual * usual).sqrt());
        let turn = (usual * sine - cosine * usual_sine) / usual_sine;
        // g_rul' takes in some of g_health, and the other way round.
        finite([1.0 + turn * health / rul, 1.0 + turn * rul / health])
    }

    fn needs(&self) -> Needs {
        Needs::GRAMIAN
    }

    fn reset(&mut self) {
        self.usual = 0.0;
    }

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClosedForm, PcGrad};
    use super::*;

    const SIGNALS: TaskSignals = TaskSignals {
        step: 0,
        progress: 0.0,
        epoch: 0.0,
        losses: [1.0; 2],
        normalized: [1.0; 2],
        gramian: [[4.0, -1.0], [-1.0, 1.0]],
        validation: None,
        epistemic: None,
    };

    #[test]
    fn at_a_usual_cosine_of_zero_it_is_pcgrad() {
        let found = GradVac { beta: 0.0 }.build().unwrap().weights(&SIGNALS);
        let expected = PcGrad {}.coefficients(&Gram::of(&SIGNALS)).map(|coefficient| coefficient as f32);
        assert!((found[0] - expected[0]).abs() < 1e-6 && (found[1] - expected[1]).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn each_gradient_is_turned_to_the_usual_cosine() {
        let mut state = State { beta: 0.5, usual: 0.3 };
        let gram = Gram::of(&SIGNALS);
        let weights = state.weights(&SIGNALS).map(f64::from);
        // g_rul' = g_rul + t g_health
        let (turned, health) = ([1.0, weights[1] - 1.0], [0.0, 1.0]);
        let inner = gram.b * turned[0] + gram.c * turned[1];
        let cosine = inner / (gram.square(turned) * gram.square(health)).sqrt();
        assert!((cosine - 0.3).abs() < 1e-6, "{cosine}");
        assert!((state.usual - (0.3 + 0.5 * (-0.5 - 0.3))).abs() < 1e-12);
    }
}
