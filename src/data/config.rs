//! Which data, and how it is cut.

use serde::{Deserialize, Serialize};

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

/// A data set and how it is cut into windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataConfig {
    /// Subset.
    pub subset: Subset,
    /// Where it comes from; `None` takes NASA's when at hand and the emulator otherwise.
    pub origin: Option<Origin>,
    /// Cycles in a window.
    pub window: usize,
    /// Cycles between the starts of neighbouring training windows.
    pub stride: usize,
    /// Share of the training engines held out for validation, in [0, 0.5].
    pub validation_share: f32,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { subset: Subset::FD001, origin: None, window: 30, stride: 1, validation_share: 0.1 }
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
    /// Training windows at the run's stride.
    pub train_windows: usize,
}
