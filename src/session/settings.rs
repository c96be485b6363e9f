//! Every setting of a run in one list. The link, the command line, the page, the documents and the changes that travel
//! to a worker are made from it.

use super::RunConfig;
use crate::ConfigError;
use crate::data::{DataSource, USED_SENSORS};
use crate::parameter::{Any, Effect, Parameter, Parameters, Range, Traits, Value, unknown, within};
use crate::train::MemberConfig;

/// What a setting belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The run as a whole.
    Run,
    /// Each member has its own.
    Member,
}

/// A setting and what it is in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What it belongs to.
    pub scope: Scope,
    /// What it is, what it can be, and what it does.
    pub parameter: Parameter,
}

/// Key of the data source.
const DATA: &str = "data";
const DATA_TRAITS: Traits = Traits::RESTART.flag("dataset").usual();

/// Key of a member's strategy.
pub(super) const STRATEGY: &str = "strategy";

/// Key of a member's base λ.
pub(super) const LAMBDA: &str = "lambda";
const LAMBDA_TRAITS: Traits = Traits::LIVE.usual();

/// What applying another configuration to a run in progress takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing differs.
    Nothing,
    /// It takes effect at the next step; training goes on.
    Live,
    /// Training starts anew, because the setting of this label differs.
    Restart(&'static str),
}

impl RunConfig {
    /// Every setting of the run and of one of its members, in the order in which they are shown and written.
    #[must_use]
    pub fn settings(&self, member: usize) -> Vec<Setting> {
        let run = |parameter| Setting { scope: Scope::Run, parameter };
        let of_member = |parameter| Setting { scope: Scope::Member, parameter };
        let [encoder, rest @ ..] = &*Parameters::parameters(self) else { return Vec::new() };
        let member = self.members.get(member).cloned().unwrap_or_default();
        let [strategy, of_member_rest @ ..] = &*member.parameters() else { return Vec::new() };
        std::iter::once(source(self))
            .chain(self.data.parameters())
            .chain(self.data.labels.parameters())
            .chain([encoder.clone()])
            .map(run)
            .chain([strategy.clone(), lambda(&member)].into_iter().chain(of_member_rest.iter().cloned()).map(of_member))
            .chain(self.loss.parameters().into_iter().map(run))
            .chain(self.optimizer.parameters().into_iter().map(run))
            .chain(rest.iter().cloned().map(run))
            .chain(self.prices.parameters().into_iter().map(run))
            .collect()
    }

    /// Set a setting from its text: of the run, of one member, or, without a number, of all members. `KEY.INNER` is a
    /// parameter of the present choice, such as `strategy.alpha`.
    ///
    /// # Errors
    ///
    /// An unknown key, a member that does not exist, and a value that the setting cannot take; nothing has changed then.
    pub fn set(&mut self, member: Option<usize>, key: &str, text: &str) -> Result<(), ConfigError> {
        match scope_of(key) {
            None => {
                Err(unknown(key, &self.settings(0).iter().map(|setting| setting.parameter.key).collect::<Vec<_>>()))
            }
            Some(Scope::Run) => self.set_run(key, text),
            Some(Scope::Member) => {
                let mut members = self.members.clone();
                let count = members.len();
                match member {
                    None => members.iter_mut().try_for_each(|member| set_member(member, key, text))?,
                    Some(index) => {
                        let expected = || ConfigError::new("member", format!("below {count}"), &index);
                        set_member(members.get_mut(index).ok_or_else(expected)?, key, text)?;
                    }
                }
                self.members = members;
                Ok(())
            }
        }
    }

    fn set_run(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        if key == DATA {
            let DataSource { subset, origin } = Value::read(DATA, text, Any)?;
            (self.data.subset, self.data.origin) = (subset, origin);
            return Ok(());
        }
        let holds = |part: &dyn Parameters| part.parameters().iter().any(|one| within(one.key, key).is_some());
        if holds(&self.data) {
            self.data.set(key, text)
        } else if holds(&self.data.labels) {
            self.data.labels.set(key, text)
        } else if holds(&self.loss) {
            self.loss.set(key, text)
        } else if holds(&self.optimizer) {
            self.optimizer.set(key, text)
        } else if holds(&self.prices) {
            self.prices.set(key, text)
        } else {
            Parameters::set(self, key, text)
        }
    }

    /// Check every setting, alone and together, and whether there is room and time for what they ask.
    ///
    /// # Errors
    ///
    /// The first that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.data.validate()?;
        Parameters::validate(self)?;
        self.encoder.fits(self.data.window, USED_SENSORS.len())?;
        self.loss.validate()?;
        self.optimizer.validate()?;
        self.prices.validate()?;
        if !(1..=Self::MOST_MEMBERS).contains(&self.members.len()) {
            let expected = format!("from 1 to {}", Self::MOST_MEMBERS);
            return Err(ConfigError::new("members", expected, &self.members.len()));
        }
        self.members.iter().try_for_each(Parameters::validate)?;
        self.bounded()
    }

    /// What it takes to go on from `self` with `next`: the settings say which of them change live.
    #[must_use]
    pub fn change_to(&self, next: &Self) -> Change {
        if self == next {
            return Change::Nothing;
        }
        let restarts = |(before, after): &(Setting, Setting)| {
            let (before, after) = (&before.parameter, &after.parameter);
            before.effect == Effect::Restart && before.value != after.value
        };
        let pairs = |member| self.settings(member).into_iter().zip(next.settings(member));
        let found = (0..self.members.len().max(1)).flat_map(pairs).find(restarts);
        match found {
            Some((setting, _)) => Change::Restart(setting.parameter.label),
            None if self.members.len() != next.members.len() => Change::Restart("Number of members"),
            None => Change::Live,
        }
    }
}

/// What the setting of this key belongs to.
fn scope_of(key: &str) -> Option<Scope> {
    let settings = RunConfig::default().settings(0);
    settings.iter().find(|setting| within(setting.parameter.key, key).is_some()).map(|setting| setting.scope)
}

/// The setting that bears this name, as its key or as its flag, in any case.
#[must_use]
pub fn setting_named(name: &str) -> Option<Setting> {
    let bears = |setting: &Setting| {
        let Parameter { key, flag, .. } = setting.parameter;
        key.eq_ignore_ascii_case(name) || flag.eq_ignore_ascii_case(name)
    };
    RunConfig::default().settings(0).into_iter().find(bears)
}

fn source(run: &RunConfig) -> Parameter {
    let value = DataSource { subset: run.data.subset, origin: run.data.origin };
    let words = (
        "Data",
        "Turbofan engines run to failure, simulated by NASA (C-MAPSS). Without an ending NASA's own where they are at hand, \
         else your own, else emulated ones. Test figures use the last window of each test engine.",
    );
    DATA_TRAITS.describe(DATA, words, Any, (&value, &DataSource::default()))
}

fn lambda(member: &MemberConfig) -> Parameter {
    let value = member.weighting.base_lambda().unwrap_or(0.5);
    let words =
        ("Loss weight λ", "Weight of the RUL loss where the strategy leaves it to you; the health loss weighs 1 − λ.");
    LAMBDA_TRAITS.describe(LAMBDA, words, Range::SHARE, (&value, &0.5))
}

fn set_member(member: &mut MemberConfig, key: &str, text: &str) -> Result<(), ConfigError> {
    if key == LAMBDA {
        let lambda_rul = Value::read(LAMBDA, text, Range::SHARE)?;
        member.weighting.set_base_lambda(lambda_rul);
        return Ok(());
    }
    member.set(key, text)
}
