//! Rules that a person writes, on top of a base λ.

mod rule;
mod text;

pub use rule::{Action, Comparison, Condition, Rule, RuleList, Subject};

use super::gram::Gram;
use super::shares::{finite, pair, with_sum};
use super::{Card, EpochMetrics, Family, Needs, Strategy, TaskSignals, TaskWeights, ValidationMetrics, Weighting};
use crate::ConfigError;
use crate::parameter::{Any, Range, parameters};

parameters! {
    /// A base λ, changed by every rule whose conditions hold at this step.
    ///
    /// ```text
    /// λ = (λ_rul, 1 − λ_rul)
    /// for each rule, in order: if all its conditions hold, λ ← action(λ)
    /// ```
    ///
    /// Rules are text, several of them set apart by `;`:
    ///
    /// ```text
    /// after epoch 10, when accuracy > 0.9, multiply λ_health by 0.7
    /// when cosine < 0 and ratio > 5, set λ_rul to 0.3
    /// before epoch 2, add 0.2 to λ_health
    /// ```
    ///
    /// See [`Subject`] for what conditions can be about, [`Action`] for what rules can do. Figures on held-out engines are
    /// those of the last epoch's end; a condition on a figure that is not known yet does not hold. Rules do not
    /// accumulate: each step starts from the base again. Shaa 2023, "Dynamically Weighting Loss Function Components in
    /// Machine Learning Models", calls it heuristic weighting.
    Rules {
        /// λ of RUL before any rule.
        lambda_rul: f32 = 0.5, "λ of RUL", Range::SHARE;
        /// Such as “after epoch 4, when accuracy > 0.75, multiply λ_health by 0.7”; several are set apart by “;”.
        rules: RuleList = RuleList::example(), "Rules", Any;
        /// Whether the weights are scaled to a sum of 1 afterwards.
        renormalize: bool = true, "Renormalize", Any;
    }
}

impl Strategy for Rules {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Rules",
            family: Family::Rules,
            summary: "Changes your weights when conditions that you write come true.",
            best_for: "Putting what you know, or want to test, into words.",
            pros: &["Anyone can read what happens and why", "Any signal can be used"],
            cons: &["Weights jump when a condition turns", "Rules have to be thought of"],
            citation: "Shaa 2023, Dynamically Weighting Loss Function Components in Machine Learning Models",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        self.renormalize.then_some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State { config: self.clone(), figures: None }))
    }

    fn base_lambda(&mut self) -> Option<&mut f32> {
        Some(&mut self.lambda_rul)
    }
}

/// Largest weight that rules can make.
const LARGEST: f64 = 1e6;

#[derive(Clone, Debug)]
struct State {
    config: Rules,
    figures: Option<ValidationMetrics>,
}

impl State {
    fn value(&self, subject: Subject, signals: &TaskSignals) -> Option<f64> {
        let figure = |read: fn(&ValidationMetrics) -> f32| self.figures.as_ref().map(|figures| read(figures).into());
        match subject {
            Subject::Epoch => Some(signals.epoch.into()),
            Subject::Progress => Some(signals.progress.into()),
            Subject::LossRul => Some(signals.losses[0].into()),
            Subject::LossHealth => Some(signals.losses[1].into()),
            Subject::Rmse => figure(|figures| figures.rmse_cycles),
            Subject::Score => figure(|figures| figures.nasa_score),
            Subject::Accuracy => figure(|figures| figures.accuracy),
            Subject::MacroF1 => figure(|figures| figures.macro_f1),
            Subject::Cosine => Some(Gram::of(signals).cosine()),
            Subject::Ratio => {
                let [rul, health] = Gram::of(signals).norms();
                (health > 0.0).then(|| rul / health)
            }
        }
    }

    fn holds(&self, condition: Condition, signals: &TaskSignals) -> bool {
        self.value(condition.subject, signals).is_some_and(|value| condition.comparison.holds(value, condition.value))
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        let mut weights = pair(self.config.lambda_rul.into());
        for rule in self.config.rules.iter() {
            if rule.conditions.iter().all(|condition| self.holds(*condition, signals)) {
                weights = rule.action.applied(weights).map(|weight| weight.clamp(0.0, LARGEST));
            }
        }
        finite(if self.config.renormalize { with_sum(weights, 1.0) } else { weights })
    }

    fn end_epoch(&mut self, metrics: &EpochMetrics) {
        self.figures = metrics.validation.or(self.figures);
    }

    fn needs(&self) -> Needs {
        let subjects = || self.config.rules.iter().flat_map(|rule| &rule.conditions).map(|condition| condition.subject);
        Needs {
            gramian: subjects().any(Subject::is_of_gradients),
            epoch_metrics: subjects().any(Subject::is_figure),
            ..Needs::NOTHING
        }
    }

    fn reset(&mut self) {
        self.figures = None;
    }

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(rules: &str, renormalize: bool) -> State {
        let config = Rules { lambda_rul: 0.5, rules: rules.parse().unwrap(), renormalize };
        State { config, figures: None }
    }

    fn ended(accuracy: f32) -> EpochMetrics {
        let figures = ValidationMetrics { accuracy, ..ValidationMetrics::default() };
        EpochMetrics { epoch: 1, losses: [1.0; 2], validation: Some(figures) }
    }

    #[test]
    fn a_rule_acts_while_its_conditions_hold() {
        let mut state = state("after epoch 10, when accuracy > 0.9, multiply λ_health by 0.7", false);
        let late = TaskSignals { epoch: 10.0, ..TaskSignals::default() };
        assert_eq!(state.weights(&late), [0.5, 0.5]);
        state.end_epoch(&ended(0.95));
        assert_eq!(state.weights(&late), [0.5, 0.35]);
        assert_eq!(state.weights(&TaskSignals { epoch: 9.9, ..late }), [0.5, 0.5]);
        state.end_epoch(&ended(0.9));
        assert_eq!(state.weights(&late), [0.5, 0.5]);
    }

    #[test]
    fn rules_act_in_order_and_the_sum_is_kept() {
        let found = state("set λ_rul to 0.2; add 0.1 to λ_rul; multiply λ_health by 1.8", true)
            .weights(&TaskSignals::default());
        assert!((found[0] - 0.25).abs() < 1e-6 && (found[1] - 0.75).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn gradients_are_needed_only_where_a_rule_is_about_them() {
        assert_eq!(state("", true).needs(), Needs::NOTHING);
        assert_eq!(state("when cosine < 0, set λ_rul to 1", true).needs(), Needs::GRAMIAN);
        assert_eq!(state("when rmse < 20, set λ_rul to 1", true).needs(), Needs::EPOCHS);
    }

    #[test]
    fn the_cosine_and_the_ratio_are_those_of_the_gradients() {
        let mut state = state("when cosine < -0.4 and ratio >= 2, set λ_rul to 1", true);
        let signals = TaskSignals { gramian: [[4.0, -1.0], [-1.0, 1.0]], ..TaskSignals::default() };
        assert_eq!(state.weights(&signals), [2.0 / 3.0, 1.0 / 3.0]);
        assert_eq!(state.weights(&TaskSignals::default()), [0.5, 0.5]);
    }
}
