//! A change of some settings: what travels from the page to a worker instead of a whole configuration.

use serde::{Deserialize, Serialize};

use super::settings::{LAMBDA, STRATEGY};
use super::{RunConfig, Scope, Setting};
use crate::ConfigError;

/// One setting and its new value, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The member that it is about; all members where it is none. Of no account for a setting of the run.
    pub member: Option<usize>,
    /// Key of the setting, or `KEY.INNER` for a parameter of its present choice.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A change of some settings, in the order in which they are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(pub Vec<Assignment>);

impl Patch {
    /// A change of one setting of one member, or of the run.
    #[must_use]
    pub fn of(member: usize, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self(vec![Assignment { member: Some(member), key: key.into(), value: value.into() }])
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl RunConfig {
    /// This configuration with the change made. What is set for one member of a λ-curve is set for all: the first
    /// member is their pattern.
    ///
    /// # Errors
    ///
    /// An unknown setting, and values that cannot be, alone or together.
    pub fn patched(&self, patch: &Patch) -> Result<Self, ConfigError> {
        let mut next = self.clone();
        let pattern = self.curve.as_ref().map(|_| 0);
        for Assignment { member, key, value } in &patch.0 {
            next.set(pattern.or(*member), key, value)?;
        }
        let next = next.expanded();
        next.validate()?;
        Ok(next)
    }

    /// The change that makes this configuration the next one. Both have the same number of members: adding and removing
    /// members are commands of their own.
    #[must_use]
    pub fn patch_to(&self, next: &Self) -> Patch {
        let of_member = |member: usize| {
            let (before, after) = (self.settings(member), next.settings(member));
            let mut pairs: Vec<(Setting, Setting)> = before.into_iter().zip(after).collect();
            pairs.retain(|(setting, _)| member == 0 || setting.scope == Scope::Member);
            let mut strategy_differs = false;
            pairs.retain(|(before, after)| {
                let differs = before.parameter.value != after.parameter.value;
                strategy_differs |= differs && before.parameter.key == STRATEGY;
                // Another strategy may have had another base λ.
                differs || (strategy_differs && before.parameter.key == LAMBDA)
            });
            pairs.into_iter().map(move |(_, Setting { parameter, .. })| Assignment {
                member: Some(member),
                key: parameter.key.to_owned(),
                value: parameter.value,
            })
        };
        Patch((0..self.members.len().min(next.members.len())).flat_map(of_member).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::WeightingConfig;

    #[test]
    fn a_patch_holds_what_differs_and_makes_it_so() {
        let mut config = RunConfig::default();
        config.members.push(config.members[0].clone());
        let mut next = config.clone();
        assert!(config.patch_to(&next).is_empty());
        next.optimizer.learning_rate = 0.01;
        next.members[1].weighting = WeightingConfig::from_name("rules").unwrap();
        next.members[1].weighting.set_base_lambda(0.7);
        let patch = config.patch_to(&next);
        let told: Vec<(Option<usize>, &str, &str)> =
            patch.0.iter().map(|one| (one.member, one.key.as_str(), one.value.as_str())).collect();
        assert_eq!(told, [(Some(0), "lr", "0.01"), (Some(1), "strategy", "rules"), (Some(1), "lambda", "0.7")]);
        assert_eq!(config.patched(&patch), Ok(next));
    }

    #[test]
    fn parameters_of_a_choice_are_set_alone() {
        let mut config = RunConfig::default();
        config.set(None, "strategy", "gradnorm").unwrap();
        let next = config.patched(&Patch::of(0, "strategy.alpha", "0.5")).unwrap();
        assert_eq!(
            next.settings(0).iter().find(|one| one.parameter.key == "strategy").unwrap().parameter.value,
            "gradnorm:alpha=0.5"
        );
        let refused = |key, value| config.patched(&Patch::of(0, key, value)).unwrap_err().to_string();
        assert_eq!(refused("strategy.alpha", "-1"), "`alpha` should be in [0, 5], found -1");
        assert_eq!(refused("encoder.hidden", "0"), "`hidden` should be in [1, 256], found 0");
        assert!(refused("colour", "red").starts_with("`parameter` should be one of data, window"));
        let error = config.patched(&Patch::of(3, "lambda", "0.1")).unwrap_err();
        assert_eq!(error.to_string(), "`member` should be below 1, found 3");
    }

    #[test]
    fn what_is_set_for_one_member_of_a_curve_is_set_for_all() {
        let curve = crate::session::CurveConfig::default().recipe(&RunConfig::default());
        let next = curve.patched(&Patch::of(7, "norm", "batch")).unwrap();
        assert!(next.members.iter().all(|member| member.normalization.name() == "batch"));
    }
}
