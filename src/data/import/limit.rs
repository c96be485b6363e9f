//! Lengths of time that a person gives in cycles or as shares of life.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A cap on the RUL, or where one health state ends and the next begins.
///
/// Written as a number of cycles (`125`), as a share of the mean life of the training units (`"60 %"`), or as `"none"`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum RulLimit {
    /// Cycles: rows of a unit.
    Cycles(f32),
    /// Percent of the mean number of rows of a training unit.
    Percent(f32),
    /// No limit.
    Unlimited,
}

/// As it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f32),
    Text(String),
}

impl RulLimit {
    /// In whole cycles, at least one, where the mean life is this; `None` without a limit.
    #[must_use]
    pub fn cycles(self, mean_life_cycles: f32) -> Option<f32> {
        match self {
            Self::Cycles(cycles) => Some(cycles),
            Self::Percent(percent) => Some((mean_life_cycles * percent / 100.0).round().max(1.0)),
            Self::Unlimited => None,
        }
    }
}

impl fmt::Display for RulLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycles(cycles) => write!(formatter, "{cycles}"),
            Self::Percent(percent) => write!(formatter, "{percent} %"),
            Self::Unlimited => write!(formatter, "none"),
        }
    }
}

impl FromStr for RulLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::Unlimited);
        }
        let (number, is_share) = text.strip_suffix('%').map_or((text, false), |share| (share.trim_end(), true));
        match number.parse::<f32>() {
            Ok(number) if is_share && number > 0.0 && number <= 100.0 => Ok(Self::Percent(number)),
            Ok(number) if !is_share && number > 0.0 && number.is_finite() => Ok(Self::Cycles(number)),
            _ => Err(format!("expected cycles such as 125, a share of life such as 60 %, or none, found {text:?}")),
        }
    }
}

impl TryFrom<Written> for RulLimit {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(number) => number.to_string().parse(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<RulLimit> for Written {
    fn from(limit: RulLimit) -> Self {
        match limit {
            RulLimit::Cycles(cycles) => Self::Number(cycles),
            other => Self::Text(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_people_write_them() {
        let read = ["125", " 60 %", "60%", "none", "12.5"].map(|text| text.parse::<RulLimit>().unwrap());
        let expected = [
            RulLimit::Cycles(125.0),
            RulLimit::Percent(60.0),
            RulLimit::Percent(60.0),
            RulLimit::Unlimited,
            RulLimit::Cycles(12.5),
        ];
        assert_eq!(read, expected);
        assert_eq!(read.map(|limit| limit.cycles(41.0)), [Some(125.0), Some(25.0), Some(25.0), None, Some(12.5)]);
        for text in ["", "-3", "0", "101 %", "nan", "inf", "many", "5 cycles"] {
            let why = text.parse::<RulLimit>().unwrap_err();
            assert!(why.starts_with("expected cycles such as 125"), "{text}: {why}");
        }
    }
}
