//! Which engines and sensors go into a pack.

use crate::ConfigError;
use crate::data::{DataError, Dataset, Engine, Row, Rows};

/// Engines and sensors that go into a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Training engines by their numbers; empty for all.
    pub train: Vec<u32>,
    /// Test engines by their numbers; empty for all.
    pub test: Vec<u32>,
    /// Sensors, numbered from 1; empty for those that a model is given.
    pub sensors: Vec<usize>,
}

impl Choice {
    /// The data set with the chosen engines, numbered anew from 1, and with 0 for the sensors that are not chosen.
    ///
    /// # Errors
    ///
    /// [`DataError::Config`] for an engine or a sensor that there is not.
    pub fn of(&self, dataset: &Dataset) -> Result<Dataset, DataError> {
        let sensors = self.sensors(dataset)?;
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
            let rows = |index: &usize| kept(&engines[*index].rows, &sensors);
            (1..).zip(indices).map(|(unit, index)| Engine { unit, rows: rows(index) }).collect()
        };
        Ok(Dataset {
            train: taken(&dataset.train, &train),
            test: taken(&dataset.test, &test),
            test_rul: test.iter().map(|index| dataset.test_rul[*index]).collect(),
            name: dataset.name.clone(),
            sensors: dataset.sensors.clone(),
            notes: dataset.notes.clone(),
            ..*dataset
        })
    }

    /// The chosen sensors, numbered from 1, in ascending order and each once.
    pub(super) fn sensors(&self, dataset: &Dataset) -> Result<Vec<usize>, ConfigError> {
        let count = dataset.sensors.all().len();
        let mut chosen = self.sensors.clone();
        if chosen.is_empty() {
            chosen.extend(dataset.sensors.used().iter().map(|index| index + 1));
        }
        chosen.sort_unstable();
        chosen.dedup();
        match chosen.iter().find(|sensor| !(1..=count).contains(*sensor)) {
            Some(sensor) => {
                let found = format!("{sensor}, where there are 1 to {count}");
                Err(ConfigError::new("sensors", "numbers of the data set's sensors", &found))
            }
            None => Ok(chosen),
        }
    }
}

/// Rows with 0 for the sensors that are not chosen.
fn kept(rows: &Rows, sensors: &[usize]) -> Rows {
    let mut all = Rows::with_capacity(rows.sensors(), rows.len());
    for Row { settings, sensors: values } in rows {
        let mut left = vec![0.0; values.len()];
        for index in sensors.iter().map(|number| number - 1) {
            if let (Some(left), Some(value)) = (left.get_mut(index), values.get(index)) {
                *left = *value;
            }
        }
        all.push(settings.into_iter().chain(left));
    }
    all
}
