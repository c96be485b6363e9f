//! Rules as text and back.
//!
//! ```text
//! list      = rule { ";" rule }
//! rule      = { clause "," } action
//! clause    = "after epoch" NUMBER | "before epoch" NUMBER | "when" condition { "and" condition }
//! condition = SUBJECT (">" | ">=" | "<" | "<=") NUMBER
//! action    = "multiply" WEIGHT "by" NUMBER | "set" WEIGHT "to" NUMBER | "add" NUMBER "to" WEIGHT
//! WEIGHT    = "λ_rul" | "λ_health" | "lambda_rul" | "lambda_health"
//! ```
//!
//! "After epoch 10" is `epoch >= 10`, "before epoch 10" is `epoch < 10`.

use std::fmt;
use std::str::FromStr;

use super::{Action, Comparison, Condition, Rule, RuleList, Subject};
use crate::parameter::{Any, ParameterKind, Value};
use crate::{ConfigError, Task};

impl FromStr for RuleList {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rules: Result<Vec<Rule>, ConfigError> =
            text.split(';').map(str::trim).filter(|rule| !rule.is_empty()).map(rule).collect();
        let rules = rules?;
        let found = rules.len();
        Self::new(rules).ok_or_else(|| error(format!("at most {} rules", Self::MOST), &found.to_string()))
    }
}

impl TryFrom<String> for RuleList {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        text.parse()
    }
}

impl From<RuleList> for String {
    fn from(rules: RuleList) -> Self {
        rules.to_string()
    }
}

impl Value for RuleList {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Text
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn read(_: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        text.parse()
    }
}

fn error(expected: impl Into<std::borrow::Cow<'static, str>>, found: &str) -> ConfigError {
    ConfigError::new("rules", expected, if found.is_empty() { "nothing" } else { found })
}

fn rule(text: &str) -> Result<Rule, ConfigError> {
    // What is before the last comma are conditions: an action has none in it.
    let (clauses, action_text) = text.rsplit_once(',').map_or(("", text), |(clauses, action)| (clauses, action));
    let mut conditions = Vec::new();
    for clause in clauses.split(',').map(str::trim).filter(|clause| !clause.is_empty()) {
        read_clause(clause, &mut conditions)?;
    }
    Ok(Rule { conditions, action: action(action_text.trim())? })
}

fn read_clause(text: &str, conditions: &mut Vec<Condition>) -> Result<(), ConfigError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["after", "epoch", value] => conditions.push(epoch(Comparison::AtLeast, value)?),
        ["before", "epoch", value] => conditions.push(epoch(Comparison::Below, value)?),
        ["when", ref rest @ ..] => {
            for words in rest.split(|word| *word == "and") {
                conditions.push(condition(&words.join(" "))?);
            }
        }
        _ => return Err(error("begun with after epoch, before epoch or when", text)),
    }
    Ok(())
}

fn epoch(comparison: Comparison, value: &str) -> Result<Condition, ConfigError> {
    Ok(Condition { subject: Subject::Epoch, comparison, value: number(value)? })
}

/// Blanks around the sign may be left out.
fn condition(text: &str) -> Result<Condition, ConfigError> {
    let form = || error("conditions such as accuracy > 0.9", text);
    let sign_at = text.find(['<', '>']).ok_or_else(form)?;
    let (subject, rest) = text.split_at(sign_at);
    let signed = if rest[1..].starts_with('=') { 2 } else { 1 };
    let (sign, value) = rest.split_at(signed);
    let subject = named(subject.trim(), &Subject::NAMES).ok_or_else(|| {
        let names = Subject::NAMES.map(|(name, _)| name).join(", ");
        error(format!("about one of {names}"), subject.trim())
    })?;
    let comparison = named(sign, &Comparison::SIGNS).ok_or_else(form)?;
    Ok(Condition { subject, comparison, value: number(value.trim())? })
}

fn action(text: &str) -> Result<Action, ConfigError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["multiply", weight, "by", factor] => Ok(Action::Multiply(task(weight)?, number(factor)?)),
        ["set", weight, "to", value] => Ok(Action::Set(task(weight)?, number(value)?)),
        ["add", value, "to", weight] => Ok(Action::Add(task(weight)?, number(value)?)),
        _ => Err(error("ended by multiply λ_… by …, set λ_… to … or add … to λ_…", text)),
    }
}

fn task(text: &str) -> Result<Task, ConfigError> {
    match text {
        "λ_rul" | "lambda_rul" => Ok(Task::Rul),
        "λ_health" | "lambda_health" => Ok(Task::Health),
        _ => Err(error("about λ_rul or λ_health", text)),
    }
}

fn number(text: &str) -> Result<f32, ConfigError> {
    let number = text.parse().ok().filter(|number: &f32| number.is_finite());
    number.ok_or_else(|| error("made with numbers", text))
}

fn named<T: Copy>(name: &str, names: &[(&str, T)]) -> Option<T> {
    names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(value: T, names: &[(&'static str, T)]) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

impl fmt::Display for RuleList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rule) in self.iter().enumerate() {
            let apart = if index > 0 { "; " } else { "" };
            write!(f, "{apart}{rule}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for condition in &self.conditions {
            write!(f, "{condition}, ")?;
        }
        write!(f, "{}", self.action)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, comparison, value } = *self;
        match (subject, comparison) {
            (Subject::Epoch, Comparison::AtLeast) => write!(f, "after epoch {value}"),
            (Subject::Epoch, Comparison::Below) => write!(f, "before epoch {value}"),
            _ => {
                let (subject, sign) = (name_of(subject, &Subject::NAMES), name_of(comparison, &Comparison::SIGNS));
                write!(f, "when {subject} {sign} {value}")
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = |task| match task {
            Task::Rul => "λ_rul",
            Task::Health => "λ_health",
        };
        match *self {
            Self::Multiply(task, factor) => write!(f, "multiply {} by {factor}", weight(task)),
            Self::Set(task, value) => write!(f, "set {} to {value}", weight(task)),
            Self::Add(task, value) => write!(f, "add {value} to {}", weight(task)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rules_are_read_and_written() {
        for (text, expected) in [
            ("after epoch 10, when accuracy > 0.9, multiply λ_health by 0.7", None),
            ("set λ_rul to 0.3; add -0.1 to λ_health", None),
            ("", None),
            (
                " ; when epoch>=3 and loss_rul<=1e-3 ,set lambda_rul to 1 ;",
                Some("after epoch 3, when loss_rul <= 0.001, set λ_rul to 1"),
            ),
        ] {
            let rules: RuleList = text.parse().unwrap();
            assert_eq!(rules.to_string(), expected.unwrap_or(text));
        }
        assert_eq!(RuleList::example().to_string().parse::<RuleList>().unwrap(), RuleList::example());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let refused = |text: &str| text.parse::<RuleList>().unwrap_err().to_string();
        assert_eq!(
            refused("when speed > 3, set λ_rul to 1"),
            "`rules` should be about one of epoch, progress, loss_rul, loss_health, rmse, score, accuracy, f1, cosine, \
             ratio, found speed"
        );
        assert_eq!(refused("set λ_rul to much"), "`rules` should be made with numbers, found much");
        assert_eq!(refused("set λ_rul to NaN"), "`rules` should be made with numbers, found NaN");
        assert_eq!(refused("set weight to 1"), "`rules` should be about λ_rul or λ_health, found weight");
        assert!(refused("whenever, set λ_rul to 1").contains("begun with after epoch, before epoch or when"));
        assert!(refused("after epoch 3,").contains("found nothing"));
        assert!(refused("when accuracy, set λ_rul to 1").contains("conditions such as accuracy > 0.9"));
        let crowd = vec!["set λ_rul to 1"; RuleList::MOST + 1].join(";");
        assert_eq!(refused(&crowd), "`rules` should be at most 32 rules, found 33");
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let value = -1e6_f32..1e6;
        let condition = (0..Subject::NAMES.len(), 0..Comparison::SIGNS.len(), value.clone()).prop_map(
            |(subject, comparison, value)| Condition {
                subject: Subject::NAMES[subject].1,
                comparison: Comparison::SIGNS[comparison].1,
                value,
            },
        );
        let task = prop_oneof![Just(Task::Rul), Just(Task::Health)];
        let action = (0..3, task, value).prop_map(|(kind, task, value)| match kind {
            0 => Action::Multiply(task, value),
            1 => Action::Set(task, value),
            _ => Action::Add(task, value),
        });
        (proptest::collection::vec(condition, 0..4), action)
            .prop_map(|(conditions, action)| Rule { conditions, action })
    }

    proptest! {
        #[test]
        fn every_list_comes_back(rules in proptest::collection::vec(any_rule(), 0..5)) {
            let rules = RuleList::new(rules).unwrap();
            prop_assert_eq!(rules.to_string().parse::<RuleList>().unwrap(), rules);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = text.parse::<RuleList>();
        }

        #[test]
        fn any_words_are_read_or_refused(text in "(after epoch|when|and|set|λ_rul|accuracy|<|>=|,|;| |1|-|by|to){0,12}") {
            let _ = text.parse::<RuleList>();
        }
    }
}
