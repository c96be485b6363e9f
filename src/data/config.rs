//! Which data, and how it is cut.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::DataError;
use crate::ConfigError;
use crate::parameter::{Any, ParameterKind, Range, Traits, Value, choice, parameters};

/// One of the four C-MAPSS subsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subset {
    /// One operating regime, one fault mode.
    #[default]
    FD001,
    /// Six operating regimes, one fault mode.
    FD002,
    /// One operating regime, two fault modes.
    FD003,
    /// Six operating regimes, two fault modes.
    FD004,
}

impl Subset {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::FD001, Self::FD002, Self::FD003, Self::FD004];

    /// The name NASA gave it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FD001 => "FD001",
            Self::FD002 => "FD002",
            Self::FD003 => "FD003",
            Self::FD004 => "FD004",
        }
    }

    /// Engines of NASA's training and test files.
    #[must_use]
    pub const fn engines(self) -> (usize, usize) {
        match self {
            Self::FD001 | Self::FD003 => (100, 100),
            Self::FD002 => (260, 259),
            Self::FD004 => (249, 248),
        }
    }

    /// Number of operating regimes: combinations of altitude, Mach number and throttle that the engines fly at.
    #[must_use]
    pub const fn regimes(self) -> usize {
        match self {
            Self::FD001 | Self::FD003 => 1,
            Self::FD002 | Self::FD004 => 6,
        }
    }
}

impl fmt::Display for Subset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Subset {
    type Err = DataError;

    /// Reads `FD001` to `FD004`, in any case.
    fn from_str(text: &str) -> Result<Self, DataError> {
        Self::ALL.into_iter().find(|subset| subset.name().eq_ignore_ascii_case(text)).ok_or_else(|| DataError::Config {
            field: "dataset",
            expected: "FD001, FD002, FD003 or FD004",
            found: super::error::shortened(text),
        })
    }
}

/// One of the three roles a C-MAPSS file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileRole {
    /// Engines run to failure.
    Train,
    /// Engines whose record ends some time before failure.
    Test,
    /// The RUL of each test engine after its last recorded cycle.
    Rul,
}

impl FileRole {
    /// All three, in the order in which they are asked for.
    pub const ALL: [Self; 3] = [Self::Train, Self::Test, Self::Rul];
}

/// A file of a subset; displayed as NASA named it, `train_FD001.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DatasetFile {
    /// Its subset.
    pub subset: Subset,
    /// Its role.
    pub role: FileRole,
}

impl DatasetFile {
    /// Recognise a file by its name, in any case, with or without folders, with whatever a browser or an archive
    /// appended (`train_FD001 (1).txt`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
        Subset::ALL.into_iter().flat_map(|subset| FileRole::ALL.map(|role| Self { subset, role })).find(|file| {
            let stem = file.to_string().to_ascii_lowercase();
            let rest = stem.strip_suffix(".txt").and_then(|stem| base.strip_prefix(stem));
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
        })
    }
}

impl fmt::Display for DatasetFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            FileRole::Train => "train",
            FileRole::Test => "test",
            FileRole::Rul => "RUL",
        };
        write!(formatter, "{role}_{}.txt", self.subset)
    }
}

/// Where a data set came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// NASA's files.
    Nasa,
    /// The emulator.
    #[default]
    Emulated,
}

impl Origin {
    /// A subset with where it came from: "NASA C-MAPSS FD001" or "emulated FD001".
    #[must_use]
    pub fn title(self, subset: Subset) -> String {
        match self {
            Self::Nasa => format!("NASA C-MAPSS {subset}"),
            Self::Emulated => format!("emulated {subset}"),
        }
    }
}

choice! {
    /// Over which rows the sensors are normalized.
    Scaling {
        /// Over the rows of each operating regime: what is left is wear.
        PerRegime = "per-regime", "within each regime";
        /// Over all rows: what is left of six regimes is which of them is flown. An ablation.
        Global = "global", "over all regimes";
    }
}

parameters! {
    /// A data set and how it is cut into windows.
    DataConfig {
        /// Subset.
        subset: Subset = Subset::FD001;
        /// Where it comes from; `None` takes NASA's when at hand and the emulator otherwise.
        origin: Option<Origin> = None;
        /// Flight cycles that the model reads at once.
        window: usize = 30, "Window", Range::count(5, 100), Traits::RESTART.unit("cycles");
        /// Cycles between the starts of neighbouring training windows: 1 takes them all.
        stride: usize = 1, "Stride", Range::count(1, 100), Traits::RESTART.unit("cycles");
        /// Share of the training engines that are held out for validation.
        validation_share: f32 = 0.1, "Held out", Range::linear(0.0, 0.5, 0.05),
            Traits::RESTART.key("validation").flag("validation-share");
        /// Over which rows the sensors are normalized. FD002 and FD004 fly in six operating regimes: scaled over all of
        /// them at once, the sensors tell of the regime more than of wear.
        scaling: Scaling = Scaling::PerRegime, "Sensors scaled", Any, Traits::RESTART;
    }
}

/// A subset and where it comes from, as one choice: `FD001`, `FD001-nasa`, `FD001-emulated`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataSource {
    /// Subset.
    pub subset: Subset,
    /// Where it comes from; `None` takes NASA's when at hand and the emulator otherwise.
    pub origin: Option<Origin>,
}

/// The sources, each with its words, in the order in which they are offered.
const SOURCES: [(&str, &str); 12] = [
    ("FD001", "FD001: one regime, one fault"),
    ("FD002", "FD002: six regimes, one fault"),
    ("FD003", "FD003: one regime, two faults"),
    ("FD004", "FD004: six regimes, two faults"),
    ("FD001-nasa", "FD001, NASA’s"),
    ("FD002-nasa", "FD002, NASA’s"),
    ("FD003-nasa", "FD003, NASA’s"),
    ("FD004-nasa", "FD004, NASA’s"),
    ("FD001-emulated", "FD001, emulated"),
    ("FD002-emulated", "FD002, emulated"),
    ("FD003-emulated", "FD003, emulated"),
    ("FD004-emulated", "FD004, emulated"),
];

impl Value for DataSource {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Choice(SOURCES.to_vec())
    }

    fn text(&self) -> String {
        let origin = match self.origin {
            None => "",
            Some(Origin::Nasa) => "-nasa",
            Some(Origin::Emulated) => "-emulated",
        };
        format!("{}{origin}", self.subset)
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        let sources = Subset::ALL.into_iter().flat_map(|subset| {
            [None, Some(Origin::Nasa), Some(Origin::Emulated)].map(|origin| Self { subset, origin })
        });
        let mut named = sources.filter(|source| source.text().eq_ignore_ascii_case(text.trim()));
        named
            .next()
            .ok_or_else(|| ConfigError::new(key, "FD001 to FD004, alone or followed by -nasa or -emulated", text))
    }
}

/// A file that a person gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// A data set in a few numbers, for the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataSummary {
    /// Subset.
    pub subset: Subset,
    /// Where it came from.
    pub origin: Origin,
    /// Training engines, validation included.
    pub train_engines: usize,
    /// Test engines.
    pub test_engines: usize,
    /// Windows of all training engines at the run's stride, validation included.
    pub train_windows: usize,
    /// What the emulator assumes of this subset, where NASA's training files were not there to measure: a sentence each.
    /// Empty for NASA's own data.
    #[serde(default)]
    pub assumptions: Vec<String>,
}
