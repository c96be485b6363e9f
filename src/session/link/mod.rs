//! A whole configuration as the fragment of a link, and back.
//!
//! ```text
//! #data=FD001&encoder=gru&lambda=0.5&norm=amnl&unit=fraction&lr=0.003&batch=128&epochs=8&seed=1&backend=auto
//! ```
//!
//! The settings above always stand in a link, so that it can be read and edited by hand; the others, such as
//! `strategy=pcgrad`, only where they differ from their defaults. A setting of the members has one value for all, or one a
//! member, separated by commas. A λ-curve has defaults of its own: those of [`CurveConfig::recipe`].
//!
//! A link from elsewhere may hold anything: what is unknown or out of range is left at its default and reported, and the
//! rest counts.

use std::borrow::Cow;

use super::{CurveConfig, RunConfig, Scope, setting_named};
use crate::ConfigError;
use crate::parameter::{Any, Value, choice};

choice! {
    /// Which backend a person wants.
    BackendChoice {
        /// The CPU at once; WebGPU is offered when the browser has it.
        Auto = "auto", "CPU at once, WebGPU when it is ready";
        /// The CPU alone.
        Cpu = "cpu", "CPU";
        /// WebGPU from the start, the CPU only if that fails.
        WebGpu = "webgpu", "WebGPU";
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The run.
    pub config: RunConfig,
    /// What it is computed with.
    pub backend: BackendChoice,
    /// Whether training begins without a press of the button.
    pub autoplay: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self { config: RunConfig::default(), backend: BackendChoice::default(), autoplay: true }
    }
}

/// A part of a link that was left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkProblem {
    /// A known setting with a value that it cannot take.
    #[error(transparent)]
    Value(#[from] ConfigError),
    /// A setting of this name does not exist.
    #[error("settings in the link should be {expected} and the like, found `{found}`")]
    Key {
        /// The usual settings.
        expected: String,
        /// The name found.
        found: String,
    },
}

/// Key of the λ-curve, which decides what the defaults of the others are.
const CURVE: &str = "curve";

impl Link {
    /// Read a fragment, with or without its `#`. What cannot be used is left at its default and reported.
    #[must_use]
    pub fn parse(fragment: &str) -> (Self, Vec<LinkProblem>) {
        let pairs: Vec<(String, String)> = fragment
            .trim_start_matches('#')
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (key.trim().to_owned(), percent_decoded(value).trim().to_owned()))
            .collect();
        let mut link = Self::default();
        let mut problems = Vec::new();
        for (_, value) in pairs.iter().filter(|(key, _)| key == CURVE) {
            match Value::read(CURVE, value, Any) {
                Ok(curve) => link.config = defaults(curve),
                Err(error) => problems.push(error.into()),
            }
        }
        for (key, value) in pairs.iter().filter(|(key, _)| key != CURVE) {
            // What refuses a value may have set part of it, hence the copy.
            let mut changed = link.clone();
            match changed.set(key, value) {
                Ok(()) => link = changed,
                Err(problem) => problems.push(problem),
            }
        }
        (link, problems)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), LinkProblem> {
        match key {
            BACKEND => self.backend = Value::read(BACKEND, value, Any)?,
            AUTOPLAY => self.autoplay = Value::read(AUTOPLAY, value, Any)?,
            _ => {
                let unknown = || LinkProblem::Key { expected: usual_keys(), found: key.to_owned() };
                let (name, inner) = key.split_at(key.find('.').unwrap_or(key.len()));
                let setting = setting_named(name).ok_or_else(unknown)?;
                let key = format!("{}{inner}", setting.parameter.key);
                match setting.scope {
                    Scope::Run => self.config.set(None, &key, value)?,
                    Scope::Member => self.set_members(setting.parameter.key, &key, value)?,
                }
                self.config.validate()?;
            }
        }
        Ok(())
    }

    /// Give each member its value. The ensemble grows to the length of the list, and the last value stands for all
    /// members after it, so that `lambda=0.3,0.7&norm=amnl` means what it seems to.
    fn set_members(&mut self, name: &'static str, key: &str, list: &str) -> Result<(), ConfigError> {
        let values: Vec<&str> = list.split(',').map(str::trim).collect();
        let members = &mut self.config.members;
        if values.len() > RunConfig::MOST_MEMBERS {
            let expected = format!("at most {} values, one a member", RunConfig::MOST_MEMBERS);
            return Err(ConfigError::new(name, expected, &values.len()));
        }
        let pattern = members.last().cloned().unwrap_or_default();
        members.resize(members.len().max(values.len()), pattern);
        let last = values.len() - 1;
        (0..members.len()).try_for_each(|member| self.config.set(Some(member), key, values[member.min(last)]))
    }

    /// The fragment without its `#`: [`Self::parse`] of it gives this link again.
    #[must_use]
    pub fn fragment(&self) -> String {
        let default = defaults(self.config.curve.clone());
        let (own, usual) = (written(&self.config), written(&default));
        let (always, sometimes): (Vec<_>, Vec<_>) =
            own.into_iter().zip(usual).map(|(own, usual)| (own.0, own.1, own.2, usual.2)).partition(|pair| pair.1);
        let mut pairs: Vec<String> = always.iter().map(|(key, _, value, _)| format!("{key}={value}")).collect();
        pairs.push(format!("{BACKEND}={}", self.backend.name()));
        if !self.autoplay {
            pairs.push(format!("{AUTOPLAY}=0"));
        }
        let differing = sometimes.iter().filter(|(_, _, value, usual)| value != usual);
        pairs.extend(differing.map(|(key, _, value, _)| format!("{key}={value}")));
        if self.config.curve.is_some() {
            pairs.push(format!("{CURVE}={}", self.config.curve.text()));
        }
        pairs.join("&")
    }
}

/// Key of the backend.
const BACKEND: &str = "backend";
/// Key of whether training begins by itself.
const AUTOPLAY: &str = "autoplay";

/// What a link says that says nothing but this λ-curve; the first member is the pattern of all.
fn defaults(curve: Option<CurveConfig>) -> RunConfig {
    let Some(curve) = curve else { return RunConfig::default() };
    let members = RunConfig::default().members;
    RunConfig { members, ..curve.recipe(&RunConfig::default()) }
}

/// Every setting but the curve as it is written: key, whether it is usual, value. Of the members of a curve the first
/// stands for all.
fn written(config: &RunConfig) -> Vec<(&'static str, bool, String)> {
    let count = if config.curve.is_some() { 1 } else { config.members.len() };
    let of_members: Vec<_> = (0..count.max(1)).map(|member| config.settings(member)).collect();
    let value = |(place, setting): (usize, &super::Setting)| {
        let parameter = &setting.parameter;
        let value = match setting.scope {
            Scope::Run => parameter.value.clone(),
            Scope::Member => {
                let values = of_members.iter().map(|settings| settings[place].parameter.value.as_str());
                listed(values.collect(), parameter.key == super::settings::LAMBDA)
            }
        };
        (parameter.key, parameter.usual, value)
    };
    of_members[0].iter().enumerate().filter(|(_, setting)| setting.parameter.key != CURVE).map(value).collect()
}

/// One value a member. What repeats at the end is left out, since the last value stands for all members after it; only λ
/// is written whole, so that a link tells how many members there are.
fn listed(mut values: Vec<&str>, whole: bool) -> String {
    while !whole && values.len() > 1 && values[values.len() - 1] == values[values.len() - 2] {
        values.pop();
    }
    values.join(",")
}

/// The usual settings: a message is no manual.
fn usual_keys() -> String {
    let settings = RunConfig::default().settings(0);
    let usual = settings.iter().filter(|setting| setting.parameter.usual).map(|setting| setting.parameter.key);
    usual.collect::<Vec<_>>().join(", ")
}

/// Undo the `%2C` that mail programs and messengers put into links; a malformed escape stays as it is.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests;
