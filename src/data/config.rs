//! Which data, and how it is cut.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Labels;
use crate::ConfigError;
use crate::parameter::{Any, ParameterKind, Parameters, Range, Traits, Value, choice, parameters};

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
    type Err = ConfigError;

    /// Reads `FD001` to `FD004`, in any case.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let found = Self::ALL.into_iter().find(|subset| subset.name().eq_ignore_ascii_case(text));
        let expected = "FD001, FD002, FD003 or FD004";
        found.ok_or_else(|| ConfigError::new("dataset", expected, &super::error::shortened(text)))
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
    /// Recognise a file by its name, in any case, with or without folders: a text or table whose name has a subset and
    /// one of train, test and RUL (`train_FD001.txt`, `train_FD001 (1).txt`, `FD001-test.csv`); without a subset, as in
    /// `PM_train.txt`, `PM_test.txt` and `PM_truth.txt`, FD001's.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let base = base(name);
        let (stem, extension) = base.rsplit_once('.').unwrap_or((&base, ""));
        // Not an extension, but the end of a name without one.
        let is_text = TEXTS.contains(&extension) || extension.contains(' ');
        let lower = |subset: Subset| subset.name().to_ascii_lowercase();
        let subset = Subset::ALL.into_iter().find(|subset| stem.contains(&lower(*subset)));
        let rest = subset.map_or_else(|| stem.to_owned(), |subset| stem.replacen(&lower(subset), " ", 1));
        // Of train_FD0010 a digit is left.
        if !is_text || subset.is_some_and(|subset| rest_begins_with_digit(stem, &lower(subset))) {
            return None;
        }
        let words: Vec<&str> = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
        let roles = [
            (FileRole::Train, has(&["train", "training"])),
            (FileRole::Test, has(&["test", "testing"])),
            (FileRole::Rul, has(&["rul", "truth"])),
        ];
        let mut found = roles.into_iter().filter(|(_, has)| *has).map(|(role, _)| role);
        let (Some(role), None) = (found.next(), found.next()) else { return None };
        match subset {
            Some(subset) => Some(Self { subset, role }),
            None => words.iter().all(|word| GENERIC.contains(word)).then_some(Self { subset: Subset::FD001, role }),
        }
    }

    /// How like NASA's own a name is: more is better.
    pub(super) fn likeness(self, name: &str) -> u8 {
        let base = base(name);
        let own = self.to_string().to_ascii_lowercase();
        let stem = |name: &str| name.rsplit_once('.').map_or_else(|| name.to_owned(), |(stem, _)| stem.to_owned());
        if base == own {
            3
        } else if stem(&base) == stem(&own) {
            2
        } else {
            u8::from(base.contains(&self.subset.name().to_ascii_lowercase()))
        }
    }

    /// Whether a name says which subset and role it is, without more words than those.
    pub(super) fn is_named(self, name: &str) -> bool {
        self.likeness(name) >= 2
    }
}

/// Extensions of texts and tables.
const TEXTS: [&str; 8] = ["txt", "csv", "tsv", "tab", "dat", "data", "text", ""];
/// Words of names that have no subset.
const GENERIC: [&str; 7] = ["pm", "train", "test", "truth", "rul", "cmapss", "data"];

/// A name without folders, in lower case.
fn base(name: &str) -> String {
    super::archive::base(name).to_ascii_lowercase()
}

/// Whether a name is that of a text or table.
pub(super) fn is_text(name: &str) -> bool {
    base(name).rsplit_once('.').is_some_and(|(_, extension)| TEXTS.contains(&extension))
}

fn rest_begins_with_digit(stem: &str, subset: &str) -> bool {
    stem.split_once(subset).is_some_and(|(_, rest)| rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
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
    /// A person's own files, in C-MAPSS form or imported.
    Own,
}

impl Origin {
    /// All three, in the order of their numbers in a pack.
    pub const ALL: [Self; 3] = [Self::Emulated, Self::Nasa, Self::Own];

    /// Its name in links, in JSON and in `#data-source[data-kind]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nasa => "nasa",
            Self::Emulated => "emulated",
            Self::Own => "own",
        }
    }

    /// A subset with where it came from: "NASA C-MAPSS FD001", "emulated FD001" or "your files, in C-MAPSS form (FD001)";
    /// of an imported fleet its name, "your fleet pumps".
    #[must_use]
    pub fn title(self, subset: Subset, name: Option<&str>) -> String {
        match (self, name) {
            (Self::Nasa, _) => format!("NASA C-MAPSS {subset}"),
            (Self::Emulated, _) => format!("emulated {subset}"),
            (Self::Own, Some(name)) => format!("your fleet {name}"),
            (Self::Own, None) => format!("your files, in C-MAPSS form ({subset})"),
        }
    }
}

/// Fewest cycles of a window.
pub const MIN_WINDOW: usize = 5;
/// Cycles of a window, unless something else is asked for.
pub const USUAL_WINDOW: usize = 30;

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
        /// Where it comes from; `None` takes NASA's when at hand, else a person's own, else the emulator's.
        origin: Option<Origin> = None;
        /// Flight cycles that the model reads at once.
        window: usize = USUAL_WINDOW, "Window", Range::count(MIN_WINDOW as u32, 100), Traits::RESTART.unit("cycles");
        /// Cycles between the starts of neighbouring training windows: 1 takes them all.
        stride: usize = 1, "Stride", Range::count(1, 1000), Traits::RESTART.unit("cycles");
        /// Share of the training engines that are held out for validation.
        validation_share: f32 = 0.1, "Held out", Range::linear(0.0, 0.5, 0.05),
            Traits::RESTART.key("validation").flag("validation-share");
        /// Over which rows the sensors are normalized. FD002 and FD004 fly in six operating regimes: scaled over all of
        /// them at once, the sensors tell of the regime more than of wear.
        scaling: Scaling = Scaling::PerRegime, "Sensors scaled", Any, Traits::RESTART;
        /// Cap on RUL and thresholds of the health states.
        #[serde(skip_serializing_if = "Labels::are_usual")]
        labels: Labels = Labels::default();
    }
}

impl DataConfig {
    /// Check every setting, labels included.
    ///
    /// # Errors
    ///
    /// The first setting out of its range, and what [`Labels::validate`] refuses.
    pub fn validate(&self) -> Result<(), ConfigError> {
        Parameters::validate(self)?;
        self.labels.validate()
    }
}

/// A subset and where it comes from, as one choice: `FD001`, `FD001-nasa`, `FD001-emulated`, `FD001-own`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataSource {
    /// Subset.
    pub subset: Subset,
    /// Where it comes from; `None` takes NASA's when at hand, else a person's own, else the emulator's.
    pub origin: Option<Origin>,
}

/// The sources, each with its words, in the order in which they are offered.
const SOURCES: [(&str, &str); 16] = [
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
    ("FD001-own", "FD001, your own files"),
    ("FD002-own", "FD002, your own files"),
    ("FD003-own", "FD003, your own files"),
    ("FD004-own", "FD004, your own files"),
];

impl Value for DataSource {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Choice(SOURCES.to_vec())
    }

    fn text(&self) -> String {
        match self.origin {
            None => self.subset.to_string(),
            Some(origin) => format!("{}-{}", self.subset, origin.name()),
        }
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        let origins = || std::iter::once(None).chain(Origin::ALL.map(Some));
        let sources = Subset::ALL.into_iter().flat_map(|subset| origins().map(move |origin| Self { subset, origin }));
        let expected = "FD001 to FD004, alone or followed by -nasa, -emulated or -own";
        let mut named = sources.filter(|source| source.text().eq_ignore_ascii_case(text.trim()));
        named.next().ok_or_else(|| ConfigError::new(key, expected, text))
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
    /// What the windows are labelled with.
    #[serde(default, skip_serializing_if = "Labels::are_usual")]
    pub labels: Labels,
    /// The name of a fleet that is no subset of C-MAPSS.
    #[serde(default)]
    pub name: Option<String>,
    /// What was assumed, a sentence each: by the emulator where NASA's training files were not there to measure; by the
    /// reader of a person's own files. Empty for NASA's own data.
    #[serde(default)]
    pub assumptions: Vec<String>,
}
