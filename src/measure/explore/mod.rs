//! The data itself, in figures that a page can draw: the fleet, one engine, the regimes, and how an emulated fleet
//! compares with a real one.
//!
//! A [`Question`] goes to whoever holds the [`Catalog`], an [`Answer`] comes back. Nothing of a run is touched.

mod engine;
mod fleet;
mod profile;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

pub use engine::{EngineRecord, Label};
pub use fleet::{EngineEntry, Fleet, Flight, RegimeFigures, SplitFigures};
pub use profile::{BinFigures, PROFILE_BIN_CYCLES, PROFILE_BINS, Profile};

use crate::data::{Catalog, DataConfig, DataError, Origin, Scaling};

/// One of the three splits of a data set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitKind {
    /// Engines that are trained on.
    #[default]
    Training,
    /// Engines of the training file that are held out.
    Validation,
    /// Engines cut before failure.
    Test,
}

impl SplitKind {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Training, Self::Validation, Self::Test];

    /// Its name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// In which form a sensor's values are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SensorView {
    /// As recorded, in the sensor's unit.
    #[default]
    Raw,
    /// Scaled within each regime.
    PerRegime,
    /// Scaled over all rows at once.
    Global,
}

impl SensorView {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Raw, Self::PerRegime, Self::Global];

    /// The view that shows what a model sees.
    #[must_use]
    pub const fn seen_with(scaling: Scaling) -> Self {
        match scaling {
            Scaling::PerRegime => Self::PerRegime,
            Scaling::Global => Self::Global,
        }
    }

    /// The scaling that it shows, if it shows one.
    #[must_use]
    pub const fn scaling(self) -> Option<Scaling> {
        match self {
            Self::Raw => None,
            Self::PerRegime => Some(Scaling::PerRegime),
            Self::Global => Some(Scaling::Global),
        }
    }
}

/// What is asked about the data of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The data set and how it is cut.
    pub data: DataConfig,
    /// The run's seed, which decides which engines are held out.
    pub seed: u32,
    /// What it is about.
    pub about: About,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum About {
    /// All engines.
    Fleet {
        /// Whether the data set of the other origin is wanted beside it.
        overlay: bool,
    },
    /// One engine.
    Engine {
        /// Whether it is one of the test file.
        test: bool,
        /// Its number in its file, from 1.
        unit: u32,
    },
}

/// What is reported about the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Answer {
    /// All engines.
    Fleet {
        /// Those asked about.
        fleet: Box<Fleet>,
        /// Those of the other origin, where both are at hand and the overlay was asked for. Its profiles are scaled as
        /// the first one's are, so that a level that is off shows.
        other: Option<Box<Fleet>>,
        /// Whether the real data set is at hand as well as the emulated one.
        both_at_hand: bool,
    },
    /// One engine.
    Engine {
        /// Its record.
        engine: Box<EngineRecord>,
    },
    /// There is nothing to tell, and why. The run is not concerned.
    Refused {
        /// What was found and what was expected.
        message: String,
    },
}

/// Answer from the data at hand. The emulator draws its data set where it is the one that is meant.
#[must_use]
pub fn answer(catalog: &mut Catalog, question: &Question) -> Answer {
    answered(catalog, question).unwrap_or_else(|error| Answer::Refused { message: error.to_string() })
}

fn answered(catalog: &mut Catalog, question: &Question) -> Result<Answer, DataError> {
    let Question { data, seed, about } = question;
    data.validate()?;
    let dataset = catalog.dataset(data)?;
    match *about {
        About::Engine { test, unit } => {
            let engine = Box::new(EngineRecord::of(&dataset, data, *seed, test, unit)?);
            Ok(Answer::Engine { engine })
        }
        About::Fleet { overlay } => {
            let fleet = Box::new(Fleet::of(&dataset, data, *seed, None));
            let real = if dataset.origin == Origin::Own { Origin::Own } else { Origin::Nasa };
            // The emulator draws engines in C-MAPSS form: an imported fleet has no counterpart.
            let both_at_hand = catalog.has(data.subset, real) && dataset.name.is_none();
            let other = if dataset.origin == Origin::Emulated { real } else { Origin::Emulated };
            let other = if overlay && both_at_hand {
                let config = DataConfig { origin: Some(other), ..data.clone() };
                let dataset = catalog.dataset(&config)?;
                Some(Box::new(Fleet::of(&dataset, &config, *seed, Some(&fleet.scales))))
            } else {
                None
            };
            Ok(Answer::Fleet { fleet, other, both_at_hand })
        }
    }
}
