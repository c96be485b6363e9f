//! Whether a member can take a step, and the words for why it cannot.

use std::cmp::Ordering;

use super::{DivergedFigure, Divergence, MemberConfig, OptimizerConfig, Recipe, StepFigures, Suspect};
use crate::Task;
use crate::loss::{Normalization, RulUnit};

/// Largest size that a parameter may come to. A step of Adam changes one by a few times the learning rate, so that
/// nothing but a decay that overshoots leads here; the products of a forward pass would soon overflow.
const LARGEST_PARAMETER: f64 = 1e9;

/// Largest gradient whose square is a number in single precision, with some room.
const LARGEST_GRADIENT: f64 = 1e19;

/// Weights beyond this are the strategy's own doing.
const LARGE_WEIGHT: f32 = 1e3;

/// A divisor that makes a loss this many times as large, and more, is too small.
const LARGE_QUOTIENT: f32 = 1e6;

/// What keeps a member from a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Obstacle {
    figure: DivergedFigure,
    found: f32,
}

impl Obstacle {
    /// The first figure of a step that is not finite: a loss, a coefficient of a gradient, or the norm of their sum.
    pub fn among(figures: &StepFigures, norm: f32) -> Option<Self> {
        use DivergedFigure::{Gradient, HealthLoss, RulLoss};
        let ([rul, health], [first, second]) = (figures.losses, figures.coefficients);
        let named = [(RulLoss, rul), (HealthLoss, health), (Gradient, first), (Gradient, second), (Gradient, norm)];
        let (figure, found) = named.into_iter().find(|(_, value)| !value.is_finite())?;
        Some(Self { figure, found })
    }

    /// Whether a step along a gradient of this norm, whose [bounds](super::adam::Constants::bounds) are these, could leave
    /// parameters or moments that are not finite.
    pub fn beyond([parameter, gradient]: [f64; 2], norm: f32) -> Option<Self> {
        use DivergedFigure::{Gradient, Parameter};
        if parameter <= LARGEST_PARAMETER && gradient <= LARGEST_GRADIENT {
            return None;
        }
        let is_steep = f64::from(norm) > LARGEST_GRADIENT;
        let (figure, found) = if is_steep { (Gradient, norm) } else { (Parameter, parameter.max(gradient) as f32) };
        Some(Self { figure, found })
    }

    /// The cause in words, given what the step was taken with.
    pub fn cause(self, step: u32, figures: &StepFigures, member: &MemberConfig, recipe: &Recipe<'_>) -> Divergence {
        let suspect = self.suspect(figures, member, recipe);
        let found = self.found;
        let what = match self.figure {
            DivergedFigure::RulLoss => format!("the RUL loss should be finite, found {found}"),
            DivergedFigure::HealthLoss => format!("the health loss should be finite, found {found}"),
            DivergedFigure::Gradient if found.is_finite() => {
                format!("the gradient should stay below {LARGEST_GRADIENT:e}, found {found:.1e}")
            }
            DivergedFigure::Gradient => format!("the gradient should be finite, found {found}"),
            DivergedFigure::Parameter => {
                format!(
                    "every parameter should stay below {LARGEST_PARAMETER:e}, found one that may come to {found:.1e}"
                )
            }
        };
        let words = format!("diverged at step {}: {what}; {}", step + 1, advice(suspect, figures, member, recipe));
        Divergence { figure: self.figure, suspect, words: words.into() }
    }

    fn suspect(self, figures: &StepFigures, member: &MemberConfig, recipe: &Recipe<'_>) -> Suspect {
        if self.figure == DivergedFigure::Parameter {
            return Suspect::WeightDecay;
        }
        if self.figure == DivergedFigure::Gradient {
            if small_divisor(figures, member).is_some() {
                return Suspect::Divisor;
            }
            if figures.weights.iter().any(|weight| weight.abs() > LARGE_WEIGHT) {
                return Suspect::Strategy;
            }
        }
        let in_cycles = recipe.loss.config.unit == RulUnit::Cycles && member.normalization == Normalization::None;
        if in_cycles && self.figure != DivergedFigure::HealthLoss { Suspect::RulUnit } else { Suspect::LearningRate }
    }
}

/// The manual divisor that makes a loss huge, where there is one, with its task.
fn small_divisor(figures: &StepFigures, member: &MemberConfig) -> Option<(Task, f32)> {
    let Normalization::Manual { rul, health } = member.normalization else { return None };
    let tasks = Task::ALL.into_iter().zip([rul, health]).zip(figures.losses);
    let huge = tasks
        .filter(|((_, divisor), loss)| (loss.max(1.0) / divisor).partial_cmp(&LARGE_QUOTIENT) != Some(Ordering::Less));
    huge.map(|(named, _)| named).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// What to change.
fn advice(suspect: Suspect, figures: &StepFigures, member: &MemberConfig, recipe: &Recipe<'_>) -> String {
    let OptimizerConfig { learning_rate, weight_decay, .. } = recipe.optimizer;
    match suspect {
        Suspect::LearningRate => {
            format!("the learning rate of {learning_rate} is likely too high: try a tenth of it")
        }
        Suspect::Divisor => {
            let (task, divisor) = small_divisor(figures, member).unwrap_or((Task::Rul, 1.0));
            let (name, loss) = match task {
                Task::Rul => ("RUL", figures.losses[0]),
                Task::Health => ("health", figures.losses[1]),
            };
            format!("the {name} loss of {loss:.1e} is divided by {divisor:e}: try a divisor as large as the loss")
        }
        Suspect::RulUnit => {
            "the RUL loss is in cycles and nothing divides it: try fractions of the cap, or a normalization".to_owned()
        }
        Suspect::Strategy => {
            let (name, [rul, health]) = (member.weighting.name(), figures.weights);
            format!(
                "the strategy `{name}` gives the weights {rul:.1e} and {health:.1e}: try limits, or another strategy"
            )
        }
        Suspect::WeightDecay => {
            let own = member.regularization.decoupled;
            format!(
                "a weight decay of {} at a learning rate of {learning_rate} overshoots: try one below {:.1}",
                weight_decay + own,
                1.0 / learning_rate,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{LossConfig, TwoTaskLoss};
    use crate::train::{Gradients, Regularization, StepContext};
    use crate::weighting::WeightingConfig;

    fn figures(losses: [f32; 2]) -> StepFigures {
        StepFigures { losses, weights: [0.5; 2], ..StepFigures::default() }
    }

    fn told(figures: &StepFigures, norm: f32, member: &MemberConfig, loss: LossConfig) -> Divergence {
        let loss = TwoTaskLoss { config: loss, ..TwoTaskLoss::default() };
        let optimizer = OptimizerConfig { learning_rate: 0.5, ..OptimizerConfig::default() };
        let recipe = Recipe {
            loss: &loss,
            optimizer: &optimizer,
            gradients: Gradients::PerTask,
            context: StepContext::default(),
        };
        Obstacle::among(figures, norm).unwrap().cause(11, figures, member, &recipe)
    }

    #[test]
    fn each_cause_has_its_sentence() {
        let (plain, fraction) = (MemberConfig::default(), LossConfig::default());
        let cycles = LossConfig { unit: RulUnit::Cycles, ..fraction };
        let bare = MemberConfig { normalization: Normalization::None, ..plain.clone() };
        let manual = |[rul, health]: [f32; 2]| MemberConfig {
            normalization: Normalization::Manual { rul, health },
            ..plain.clone()
        };
        let gls = MemberConfig { weighting: WeightingConfig::from_name("gls").unwrap(), ..plain.clone() };
        let huge = StepFigures { weights: [2e4, 1e-3], ..figures([1.0, 1.0]) };
        let (nan, inf) = (f32::NAN, f32::INFINITY);
        let cases = [
            (
                told(&figures([nan, 1.0]), 1.0, &plain, fraction),
                (DivergedFigure::RulLoss, Suspect::LearningRate),
                "diverged at step 12: the RUL loss should be finite, found NaN; the learning rate \
                 of 0.5 is likely too high: try a tenth of it",
            ),
            (
                told(&figures([inf, nan]), 1.0, &bare, cycles),
                (DivergedFigure::RulLoss, Suspect::RulUnit),
                "diverged at step 12: the RUL loss should be finite, found inf; the RUL loss is in \
                 cycles and nothing divides it: try fractions of the cap, or a normalization",
            ),
            (
                told(&figures([1.0, inf]), 1.0, &bare, cycles),
                (DivergedFigure::HealthLoss, Suspect::LearningRate),
                "diverged at step 12: the health loss should be finite, found inf; the learning rate \
                 of 0.5 is likely too high: try a tenth of it",
            ),
            (
                told(&figures([0.25, 1.0]), inf, &manual([1e-38, 1.0]), fraction),
                (DivergedFigure::Gradient, Suspect::Divisor),
                "diverged at step 12: the gradient should be finite, found inf; the RUL loss of \
                 2.5e-1 is divided by 1e-38: try a divisor as large as the loss",
            ),
            (
                told(&huge, inf, &gls, fraction),
                (DivergedFigure::Gradient, Suspect::Strategy),
                "diverged at step 12: the gradient should be finite, found inf; the strategy `gls` \
                 gives the weights 2.0e4 and 1.0e-3: try limits, or another strategy",
            ),
            (
                told(&figures([1.0, 1.0]), inf, &manual([1.0, 1e38]), fraction),
                (DivergedFigure::Gradient, Suspect::LearningRate),
                "diverged at step 12: the gradient should be finite, found inf; the learning rate of \
                 0.5 is likely too high: try a tenth of it",
            ),
        ];
        for (found, (figure, suspect), words) in cases {
            assert_eq!((found.figure, found.suspect, &*found.words), (figure, suspect, words));
        }
        assert_eq!(Obstacle::among(&figures([1.0, 2.0]), 3.0), None);
    }

    #[test]
    fn a_step_that_could_leave_what_is_not_finite_is_named_before_it_is_taken() {
        assert_eq!(Obstacle::beyond([1e6, 1e6], 1.0), None);
        for bounds in [[1e10, 1.0], [1.0, 1e20], [f64::INFINITY, 1.0], [f64::NAN, 1.0]] {
            assert_eq!(Obstacle::beyond(bounds, 1.0).unwrap().figure, DivergedFigure::Parameter);
        }
        assert_eq!(Obstacle::beyond([1.0, 1.5e19], 1.5e19).unwrap().figure, DivergedFigure::Gradient);
        let member = MemberConfig {
            regularization: Regularization { decoupled: 1.5, ..Regularization::default() },
            ..MemberConfig::default()
        };
        let optimizer = OptimizerConfig { learning_rate: 0.25, weight_decay: 1e12, ..OptimizerConfig::default() };
        let loss = TwoTaskLoss::default();
        let recipe = Recipe {
            loss: &loss,
            optimizer: &optimizer,
            gradients: Gradients::PerTask,
            context: StepContext::default(),
        };
        let cause = Obstacle::beyond([2.5e11, 1.0], 1.0).unwrap().cause(0, &figures([1.0; 2]), &member, &recipe);
        assert_eq!(
            cause.to_string(),
            "diverged at step 1: every parameter should stay below 1e9, found one that may come to 2.5e11; a weight \
             decay of 1000000000000 at a learning rate of 0.25 overshoots: try one below 4.0"
        );
    }
}
