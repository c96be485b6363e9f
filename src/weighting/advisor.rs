//! Four questions, and the families of strategies that follow from the answers.

use serde::{Deserialize, Serialize};

use super::Family;

/// How many engines there are to train on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataAmount {
    /// So few that none can be spared for validation.
    Few,
    /// Enough to hold some back.
    Enough,
    /// Plenty.
    Plenty,
}

/// What the training is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Finding out what works.
    Exploring,
    /// Getting the best out of what works.
    Refining,
    /// A last training, to be put to use.
    Final,
}

/// Whether the model learns its engines by heart. Each member has regularizers against that (`train::Regularization`:
/// L1, L2, weight decay, dropout, early stopping); the advice is about what the weights can do beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regularization {
    /// Training and held-out errors stay close.
    Little,
    /// The held-out error stays behind: the second task should hold the first one back.
    Much,
}

/// How long a step may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compute {
    /// No longer than it does.
    Tight,
    /// Somewhat longer: gradients may be compared.
    Moderate,
    /// Twice as long.
    Ample,
}

/// The four answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Engines to train on.
    pub data: DataAmount,
    /// What the training is for.
    pub stage: Stage,
    /// Whether the model overfits.
    pub regularization: Regularization,
    /// How long a step may take.
    pub compute: Compute,
}

/// A family to try, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The family.
    pub family: Family,
    /// One strategy of it to begin with, by name.
    pub first: &'static str,
    /// Why, in one sentence.
    pub reason: &'static str,
}

impl Answers {
    /// What to try, the most promising first; never empty, and never a family twice.
    #[must_use]
    pub fn suggestions(&self) -> Vec<Suggestion> {
        ADVICE.iter().filter(|(applies, _)| applies(self)).map(|(_, suggestion)| *suggestion).fold(
            Vec::new(),
            |mut chosen: Vec<Suggestion>, next| {
                if chosen.iter().all(|earlier| earlier.family != next.family) {
                    chosen.push(next);
                }
                chosen
            },
        )
    }
}

type Advice = (fn(&Answers) -> bool, Suggestion);

/// From the most specific to what always holds.
const ADVICE: [Advice; 14] = [
    (
        |answers| answers.stage == Stage::Final && answers.data == DataAmount::Few,
        Suggestion {
            family: Family::Fixed,
            first: "fixed",
            reason: "For a last training on few engines, one λ that was found beforehand is the safest choice.",
        },
    ),
    (
        |answers| {
            answers.compute == Compute::Ample && answers.data == DataAmount::Plenty && answers.stage != Stage::Exploring
        },
        Suggestion {
            family: Family::Learned,
            first: "auto-lambda",
            reason: "There are engines to hold back and time for a second gradient: let the held-out error decide.",
        },
    ),
    (
        |answers| {
            answers.compute == Compute::Ample && answers.data != DataAmount::Few && answers.stage == Stage::Exploring
        },
        Suggestion {
            family: Family::Evolution,
            first: "evolution",
            reason: "Several members and held-out engines find a λ while they train, instead of run after run.",
        },
    ),
    (
        |answers| answers.regularization == Regularization::Much && answers.compute == Compute::Tight,
        Suggestion {
            family: Family::Losses,
            first: "rlw",
            reason: "Random weights are a regularizer that costs nothing, beside dropout and weight decay, which cost nothing either.",
        },
    ),
    (
        |answers| answers.regularization == Regularization::Much && answers.data == DataAmount::Few,
        Suggestion {
            family: Family::Uncertainty,
            first: "uncertainty-bayes",
            reason: "With few engines, what models disagree on shows which task is being learned by heart; give it dropout and \
                     weight decay, too.",
        },
    ),
    (
        |answers| answers.regularization == Regularization::Much && answers.compute != Compute::Tight,
        Suggestion {
            family: Family::Surgery,
            first: "cagrad",
            reason: "Steps that both tasks agree on keep either one from being learned by heart; with engines held back, early \
                     stopping brings the best weights back.",
        },
    ),
    (
        |answers| answers.stage == Stage::Refining && answers.data != DataAmount::Few,
        Suggestion {
            family: Family::Performance,
            first: "targets",
            reason: "You know by now what can be reached: set a target for each task.",
        },
    ),
    (
        |answers| answers.stage == Stage::Refining,
        Suggestion {
            family: Family::Progress,
            first: "schedule",
            reason: "A change of λ on a schedule needs no engines held back, and is the same in every repetition.",
        },
    ),
    (
        |answers| answers.stage == Stage::Final,
        Suggestion {
            family: Family::Rules,
            first: "rules",
            reason: "What was learned before can be written down, and anyone can read it later.",
        },
    ),
    (
        |answers| answers.stage != Stage::Exploring,
        Suggestion {
            family: Family::Heuristics,
            first: "end-of-life",
            reason: "If the last cycles of a life are what counts, say so to the loss: it costs nothing.",
        },
    ),
    (
        |answers| answers.compute != Compute::Tight,
        Suggestion {
            family: Family::Gradients,
            first: "gradnorm",
            reason: "Comparing gradients keeps one task from drowning the other, whatever their units.",
        },
    ),
    (
        |answers| answers.compute != Compute::Tight,
        Suggestion {
            family: Family::Surgery,
            first: "pcgrad",
            reason: "If the cosine falls below zero, removing the conflict is cheap for two tasks.",
        },
    ),
    (
        |_| true,
        Suggestion {
            family: Family::Uncertainty,
            first: "uncertainty",
            reason: "Costs nothing and finds the scale of each loss by itself.",
        },
    ),
    (
        |_| true,
        Suggestion {
            family: Family::Fixed,
            first: "fixed",
            reason: "Equal weights on normalized losses are the baseline that anything else has to beat.",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::super::WeightingConfig;
    use super::*;

    fn every_answer() -> Vec<Answers> {
        let mut all = Vec::new();
        for data in [DataAmount::Few, DataAmount::Enough, DataAmount::Plenty] {
            for stage in [Stage::Exploring, Stage::Refining, Stage::Final] {
                for regularization in [Regularization::Little, Regularization::Much] {
                    for compute in [Compute::Tight, Compute::Moderate, Compute::Ample] {
                        all.push(Answers { data, stage, regularization, compute });
                    }
                }
            }
        }
        all
    }

    #[test]
    fn every_answer_leads_to_strategies_of_the_family_named() {
        for answers in every_answer() {
            let suggestions = answers.suggestions();
            assert!(suggestions.len() >= 2, "{answers:?}");
            for suggestion in suggestions {
                let strategy = WeightingConfig::from_name(suggestion.first).unwrap();
                assert_eq!(strategy.card().family, suggestion.family, "{}", suggestion.first);
            }
        }
    }

    #[test]
    fn nothing_is_suggested_that_the_answers_rule_out() {
        for answers in every_answer() {
            for suggestion in answers.suggestions() {
                let needs = WeightingConfig::from_name(suggestion.first).unwrap().needs();
                let ruled_out = (answers.compute == Compute::Tight && (needs.gramian || needs.validation_gradient))
                    || (answers.data == DataAmount::Few && (needs.validation_gradient || needs.epoch_metrics));
                // Rules are text: the example reads a figure, another one need not.
                assert!(!ruled_out || suggestion.first == "rules", "{answers:?}: {}", suggestion.first);
            }
        }
    }

    #[test]
    fn no_family_is_suggested_twice() {
        for answers in every_answer() {
            let families: Vec<Family> = answers.suggestions().iter().map(|suggestion| suggestion.family).collect();
            assert!(families.iter().enumerate().all(|(index, family)| !families[..index].contains(family)));
        }
    }
}
