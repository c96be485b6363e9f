//! Which engines and sensors go into a pack.

use crate::ConfigError;
use crate::data::{DataError, Dataset, Engine, Row, SENSORS, USED_SENSORS};

/// Engines and sensors that go into a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Training engines by their numbers; empty for all.
    pub train: Vec<u32>,
    /// Test engines by their numbers; empty for all.
    pub test: Vec<u32>,
    /// Sensors, numbered from 1; empty for [`USED_SENSORS`].
    pub sensors: Vec<usize>,
}

impl Choice {
    /// The data set with the chosen engines, numbered anew from 1, and with 0 for the sensors that are not chosen.
    ///
    /// # Errors
    ///
    /// [`DataError::Config`] for an engine or a sensor that there is not.
    pub fn of(&self, dataset: &Dataset) -> Result<Dataset, DataError> {
        let sensors = self.sensors()?;
        let engines = |engines: &[Engine], units: &[u32], field| -> Result<Vec<usize>, DataError> {
            let all = || (0..engines.len()).collect();
            let index = |unit: &u32| {
                let index = engines.iter().position(|engine| engine.unit == *unit);
                let expected = "numbers of engines in the data set";
                index.ok_or_else(|| ConfigError::new(field, expected, unit).into())
            };
            if units.is_empty() { Ok(all()) } else { units.iter().map(index).collect() }
        };
        let train = engines(&dataset.train, &self.train, "train")?;
        let test = engines(&dataset.test, &self.test, "test")?;
        let taken = |engines: &[Engine], indices: &[usize]| -> Vec<Engine> {
            let rows = |index: &usize| engines[*index].rows.iter().map(|row| kept(row, sensors)).collect();
            (1..).zip(indices).map(|(unit, index)| Engine { unit, rows: rows(index) }).collect()
        };
        Ok(Dataset {
            train: taken(&dataset.train, &train),
            test: taken(&dataset.test, &test),
            test_rul: test.iter().map(|index| dataset.test_rul[*index]).collect(),
            ..*dataset
        })
    }

    /// A bit for each sensor.
    pub(super) fn sensors(&self) -> Result<u64, ConfigError> {
        let chosen = if self.sensors.is_empty() { &USED_SENSORS[..] } else { &self.sensors };
        let bit = |sensor: &usize| match sensor {
            1..=SENSORS => Ok(1 << (sensor - 1)),
            _ => Err(ConfigError::new("sensors", "from 1 to 21", sensor)),
        };
        chosen.iter().map(bit).try_fold(0, |bits: u64, bit| Ok(bits | bit?))
    }
}

/// A row with 0 for the sensors that are not chosen.
fn kept(row: &Row, sensors: u64) -> Row {
    let value = |index: usize| if sensors >> index & 1 == 1 { row.sensors[index] } else { 0.0 };
    Row { settings: row.settings, sensors: std::array::from_fn(value) }
}
