//! Which column of which file is what.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::{RulLimit, refused};
use crate::data::{DataError, Labels, SETTINGS, error::shortened};

/// What is done with several rows of one unit and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// They are an error.
    #[default]
    Refuse,
    /// Their mean is taken, as of N-CMAPSS, which has a row a second and a RUL a flight.
    Mean,
}

/// The columns of a fleet, by their names in the header, and which file is which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What the fleet is called.
    pub name: String,
    /// File of the units that ran to failure.
    pub train: String,
    /// File of the test units. Without, units of the training file are held out for the test.
    #[serde(default)]
    pub test: Option<String>,
    /// File with the RUL after the last row of each test unit: one a line, or with the unit before it.
    #[serde(default)]
    pub test_rul: Option<String>,
    /// Column of the unit: numbers or names.
    pub unit: String,
    /// Column of the time, which grows by the same step from row to row.
    pub time: String,
    /// Columns of the sensors; empty for all numeric ones that have no other role. Those that never vary are left out.
    #[serde(default)]
    pub sensors: Vec<String>,
    /// At most three columns of operating conditions. A model is given them beside the sensors.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Columns to leave out.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Column of the RUL, in rows, which counts down within each unit.
    #[serde(default)]
    pub rul: Option<String>,
    /// What is done with several rows of one unit and time.
    #[serde(default)]
    pub repeats: Repeats,
    /// Share of the units that are held out for the test where there is no test file, from 0.05 to 0.5.
    #[serde(default = "usual_share")]
    pub test_share: f32,
    /// Seed of what is drawn: which units are held out, and where units that ran to failure are cut.
    #[serde(default = "usual_seed")]
    pub seed: u32,
    /// Where the RUL is capped.
    #[serde(default = "usual_cap")]
    pub cap: RulLimit,
    /// The RUL above which a unit is healthy, and the one up to which it is critical.
    #[serde(default = "usual_health")]
    pub health: [RulLimit; 2],
}

/// About what 125 cycles are of a life of NASA's FD001.
const fn usual_cap() -> RulLimit {
    RulLimit::Percent(60.0)
}

/// About what 80 and 30 cycles are of a life of NASA's FD001.
const fn usual_health() -> [RulLimit; 2] {
    [RulLimit::Percent(40.0), RulLimit::Percent(15.0)]
}

const fn usual_share() -> f32 {
    0.3
}

const fn usual_seed() -> u32 {
    1
}

/// Longest name of a fleet, in characters.
const MAX_NAME: usize = 60;

impl Mapping {
    /// A mapping with a name and a file, and nothing said of the columns.
    pub(super) fn of(name: &str, train: &str) -> Self {
        Self {
            name: name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect(),
            train: train.to_owned(),
            test: None,
            test_rul: None,
            unit: String::new(),
            time: String::new(),
            sensors: Vec::new(),
            settings: Vec::new(),
            ignore: Vec::new(),
            rul: None,
            repeats: Repeats::Refuse,
            test_share: usual_share(),
            seed: usual_seed(),
            cap: usual_cap(),
            health: usual_health(),
        }
    }

    /// The labels of a fleet whose training units live so many cycles in the mean.
    pub(super) fn labels(&self, mean_life_cycles: f32) -> Result<Labels, DataError> {
        let found = |text: String| format!("{text} where training units live {mean_life_cycles:.1} cycles in the mean");
        let [healthy, critical] = self.health.map(|limit| limit.cycles(mean_life_cycles));
        let (Some(healthy), Some(critical)) = (healthy, critical) else {
            return Err(refused("health", "two thresholds in cycles or shares of life", "none".to_owned()));
        };
        let labels = Labels { rul_cap_cycles: self.cap.cycles(mean_life_cycles), health_cycles: [healthy, critical] };
        if healthy <= critical {
            let text = format!("{} and {}", self.health[0], self.health[1]);
            return Err(refused("health", "the larger threshold first", found(text)));
        }
        if labels.rul_cap_cycles.is_some_and(|cap| cap <= healthy) {
            return Err(refused("cap", "above the larger threshold of health", found(self.cap.to_string())));
        }
        labels.validate().map_err(|error| refused("cap", "such that the labels hold", found(error.to_string())))?;
        Ok(labels)
    }

    pub(super) fn validate(&self) -> Result<(), DataError> {
        let characters = self.name.chars().count();
        if !(1..=MAX_NAME).contains(&characters) || self.name.chars().any(char::is_control) {
            return Err(refused("name", "from 1 to 60 characters", shortened(&self.name)));
        }
        for (field, text, expected) in [
            ("train", &self.train, "the file of the units that ran to failure"),
            ("unit", &self.unit, "the column that says which unit a row is of"),
            ("time", &self.time, "the column of the time"),
        ] {
            if text.is_empty() {
                return Err(refused(field, expected, "none".to_owned()));
            }
        }
        if self.settings.len() > SETTINGS {
            return Err(refused("settings", "at most three columns", self.settings.len().to_string()));
        }
        // A range contains no NaN.
        if !(0.05..=0.5).contains(&self.test_share) {
            return Err(refused("test_share", "from 0.05 to 0.5", self.test_share.to_string()));
        }
        if self.test_rul.is_some() && self.test.is_none() {
            return Err(refused("test_rul", "given together with `test`", "it alone".to_owned()));
        }
        Ok(())
    }
}

/// As TOML, for `lambdascope data import`; what is as usual is left out.
impl fmt::Display for Mapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::of("", "");
        let list = |names: &[String]| names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let limit = |limit: &RulLimit| match limit {
            RulLimit::Cycles(cycles) => cycles.to_string(),
            other => quoted(&other.to_string()),
        };
        let texts = [
            ("name", Some(&self.name)),
            ("train", Some(&self.train)),
            ("test", self.test.as_ref()),
            ("test_rul", self.test_rul.as_ref()),
            ("unit", Some(&self.unit)),
            ("time", Some(&self.time)),
            ("rul", self.rul.as_ref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                writeln!(formatter, "{key} = {}", quoted(text))?;
            }
        }
        for (key, names) in [("sensors", &self.sensors), ("settings", &self.settings), ("ignore", &self.ignore)] {
            if !names.is_empty() {
                writeln!(formatter, "{key} = [{}]", list(names))?;
            }
        }
        if self.repeats == Repeats::Mean {
            writeln!(formatter, "repeats = \"mean\"")?;
        }
        if self.test_share != usual.test_share {
            writeln!(formatter, "test_share = {:?}", self.test_share)?;
        }
        if self.seed != usual.seed {
            writeln!(formatter, "seed = {}", self.seed)?;
        }
        let [healthy, critical] = &self.health;
        writeln!(formatter, "cap = {}", limit(&self.cap))?;
        writeln!(formatter, "health = [{}, {}]", limit(healthy), limit(critical))
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                // Writing into a string does not fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}
