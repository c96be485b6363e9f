//! A change of a configuration: the settings that are to be other ones, spelled as in a link.

use serde::{Deserialize, Serialize};

use super::link::FIELDS;
use super::{Link, RunConfig};
use crate::ConfigError;

/// Settings and what they are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch(pub Vec<Assignment>);

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The member whose setting it is; `None` for one of the run.
    pub member: Option<usize>,
    /// Its name in a link.
    pub key: String,
    /// Its value, spelled as in a link.
    pub value: String,
}

impl Patch {
    /// The settings that it sets.
    #[must_use]
    pub fn keys(&self) -> Vec<(Option<usize>, &str)> {
        self.0.iter().map(|set| (set.member, set.key.as_str())).collect()
    }
}

/// The number of members: what is more than there are copies the last one.
const MEMBERS: &str = "members";

/// The settings that every member has its own of.
const OF_MEMBERS: [&str; 5] = ["strategy", "lambda", "norm", "regularization", "bootstrap"];

impl RunConfig {
    /// The configuration with these settings.
    ///
    /// # Errors
    ///
    /// A setting or a member that does not exist, and a value that it cannot take.
    pub fn patched(&self, patch: &Patch) -> Result<Self, ConfigError> {
        let mut next = self.clone();
        for Assignment { member, key, value } in &patch.0 {
            match member {
                None if key == MEMBERS => {
                    let count = value.parse().map_err(|_| ConfigError::new("members", "a number", value))?;
                    let last = next.members.last().cloned().unwrap_or_default();
                    next.members.resize(count, last);
                }
                None => set(&mut next, key, value)?,
                Some(member) => {
                    let members = next.members.len();
                    let Some(place) = next.members.get_mut(*member) else {
                        return Err(ConfigError::new("member", "below the number of members", &format_args!("{member} of {members}")));
                    };
                    let mut alone = Self { members: vec![place.clone()], ..Self::default() };
                    set(&mut alone, key, value)?;
                    *place = alone.members.remove(0);
                }
            }
        }
        Ok(next)
    }

    /// The settings in which another configuration differs from this one.
    #[must_use]
    pub fn patch_to(&self, next: &Self) -> Patch {
        let link = |config: &Self, members| Link {
            config: Self { members, ..config.clone() },
            ..Link::default()
        };
        let (own, other) = (link(self, Vec::new()), link(next, Vec::new()));
        let mut patch = Vec::new();
        let mut differs = |member, key: &str, old: Option<String>, new: String| {
            if old.as_ref() != Some(&new) {
                patch.push(Assignment { member, key: key.to_owned(), value: new });
            }
        };
        for field in FIELDS.iter().filter(|field| !OF_MEMBERS.contains(&field.key)) {
            differs(None, field.key, Some((field.write)(&own)), (field.write)(&other));
        }
        differs(None, MEMBERS, Some(self.members.len().to_string()), next.members.len().to_string());
        for (member, config) in next.members.iter().enumerate() {
            let before = self.members.get(member).or(self.members.last());
            let (own, other) = (before.map(|before| link(&Self::default(), vec![before.clone()])), link(&Self::default(), vec![config.clone()]));
            for key in OF_MEMBERS {
                for field in FIELDS.iter().filter(|field| field.key == key) {
                    differs(Some(member), key, own.as_ref().map(field.write), (field.write)(&other));
                }
            }
        }
        Patch(patch)
    }
}

fn set(config: &mut RunConfig, key: &str, value: &str) -> Result<(), ConfigError> {
    let Some(field) = FIELDS.iter().find(|field| field.key == key) else {
        return Err(ConfigError::new("key", "the name of a setting", &key));
    };
    let mut link = Link { config: config.clone(), ..Link::default() };
    (field.read)(&mut link, value).ok_or_else(|| ConfigError::new(field.key, field.expected, &value))?;
    *config = link.config;
    Ok(())
}
