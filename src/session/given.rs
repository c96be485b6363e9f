//! What is in a person's own files.

use serde::{Deserialize, Serialize};

use super::grouped;
use crate::data::{Dataset, Labels, Origin, Subset};

/// A data set that a person gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GivenData {
    /// Subset.
    pub subset: Subset,
    /// Where it came from.
    pub origin: Origin,
    /// The name of a fleet that is no subset of C-MAPSS.
    #[serde(default)]
    pub name: Option<String>,
    /// What windows are labelled with, where that is not as usual.
    #[serde(default)]
    pub labels: Option<Labels>,
    /// What was assumed or noticed when the files were read: a sentence each.
    #[serde(default)]
    pub assumptions: Vec<String>,
    /// Training engines.
    pub train_engines: usize,
    /// Test engines.
    pub test_engines: usize,
    /// Rows of all engines: cycles that were flown.
    pub rows: usize,
    /// All of it in few bytes ([`crate::data::pack`]): for other workers, and to be kept.
    #[serde(with = "serde_bytes")]
    pub pack: Vec<u8>,
}

impl GivenData {
    /// A data set and its pack.
    #[must_use]
    pub fn new(dataset: &Dataset, pack: Vec<u8>) -> Self {
        Self {
            subset: dataset.subset,
            origin: dataset.origin,
            name: dataset.name.clone(),
            labels: dataset.labels,
            assumptions: dataset.notes.clone(),
            train_engines: dataset.train.len(),
            test_engines: dataset.test.len(),
            rows: dataset.train.iter().chain(&dataset.test).map(|engine| engine.rows.len()).sum(),
            pack,
        }
    }

    /// What it is, with where it came from.
    #[must_use]
    pub fn title(&self) -> String {
        self.origin.title(self.subset, self.name.as_deref())
    }

    /// What it is and how much: "NASA C-MAPSS FD001 (100 training and 100 test engines, 33,727 rows)".
    #[must_use]
    pub fn words(&self) -> String {
        let Self { train_engines, test_engines, .. } = self;
        let rows = grouped(u32::try_from(self.rows).unwrap_or(u32::MAX));
        format!("{} ({train_engines} training and {test_engines} test engines, {rows} rows)", self.title())
    }
}

/// What a subset lacks of which some files were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MissingFiles {
    /// Subset.
    pub subset: Subset,
    /// Names of the files that are still to come.
    pub files: Vec<String>,
}

impl MissingFiles {
    /// In words: "FD003 lacks `train_FD003.txt` and `RUL_FD003.txt`", without the quotes.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} lacks {}", self.subset, self.files.join(" and "))
    }
}
