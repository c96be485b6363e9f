//! Engines as NASA recorded them.

use super::{
    DataConfig, DataError, DataSummary, EmulatorParameters, Labels, Origin, Rows, Sensors, Subset, windows::window_ends,
};

/// Operational settings of a row: altitude (kft), Mach number, throttle resolver angle (%).
pub const SETTINGS: usize = 3;

/// Sensors of a row in C-MAPSS form.
pub const SENSORS: usize = 21;

/// Columns of a row in C-MAPSS form: settings, then sensors; columns 3 to 26 of the text files.
pub const COLUMNS: usize = SETTINGS + SENSORS;

/// The 14 sensors that vary in FD001 and that nearly all work on C-MAPSS uses, numbered from 1 as in Saxena et al.
/// 2008, table 2.
pub const USED_SENSORS: [usize; 14] = [2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21];

/// One engine: a row for each cycle, from its first.
#[derive(Clone, Debug, PartialEq)]
pub struct Engine {
    /// Its number in its file, from 1.
    pub unit: u32,
    /// Row `i` is cycle `i + 1`. Training engines end with the cycle in which they fail.
    pub rows: Rows,
}

/// A subset, or a fleet in its form: engines run to failure, and engines whose record stops before that (Saxena, Goebel, Simon and Eklund,
/// *Damage propagation modeling for aircraft engine run-to-failure simulation*, PHM 2008).
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Which subset.
    pub subset: Subset,
    /// NASA's, emulated, or a person's own.
    pub origin: Origin,
    /// The name of a fleet that is no subset of C-MAPSS.
    pub name: Option<String>,
    /// What the columns of a row measure, and which of them a model is given.
    pub sensors: Sensors,
    /// What windows are labelled with unless a run says otherwise: that of an imported fleet, whose lives are other ones.
    pub labels: Option<Labels>,
    /// What was assumed or noticed when the files were read: a sentence each.
    pub notes: Vec<String>,
    /// Engines run to failure.
    pub train: Vec<Engine>,
    /// Engines cut before failure.
    pub test: Vec<Engine>,
    /// RUL of each test engine after its last row, in cycles, not capped.
    pub test_rul: Vec<f32>,
}

impl Dataset {
    /// Check what everything downstream relies on.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] unless both parts hold engines numbered 1, 2, 3, … with at least one row each, every
    /// value is finite, and there is one finite, non-negative RUL for each test engine.
    pub fn validate(&self) -> Result<(), DataError> {
        if self.sensors.used().is_empty() {
            return Err(invalid(format!("{} sensors", self.subset), "at least one that a model is given", "none"));
        }
        for (name, engines) in [("train", &self.train), ("test", &self.test)] {
            let part = || format!("{} {name}", self.subset);
            if engines.is_empty() {
                return Err(invalid(part(), "at least one engine", "none"));
            }
            for (engine, unit) in engines.iter().zip(1..) {
                if engine.unit != unit {
                    return Err(invalid(part(), "engines numbered 1, 2, 3, …", format!("{} as {unit}", engine.unit)));
                }
                if engine.rows.is_empty() {
                    return Err(invalid(part(), "at least one row an engine", format!("none in engine {unit}")));
                }
                if engine.rows.sensors() != self.sensors.all().len() {
                    let found = format!("{} in engine {unit}", engine.rows.sensors());
                    return Err(invalid(part(), "as many columns as there are sensors", found));
                }
                if engine.rows.iter().any(|row| row.values().any(|value| !value.is_finite())) {
                    return Err(invalid(part(), "finite values", format!("another in engine {unit}")));
                }
            }
        }
        let part = || format!("{} RUL", self.subset);
        if self.test_rul.len() != self.test.len() {
            return Err(invalid(part(), "one value for each test engine", self.test_rul.len().to_string()));
        }
        match self.test_rul.iter().find(|rul| !(rul.is_finite() && **rul >= 0.0)) {
            Some(rul) => Err(invalid(part(), "finite, non-negative cycles", rul.to_string())),
            None => Ok(()),
        }
    }

    /// Check that a window fits into a training engine: where none does, all that a model would see is padding.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`], with both numbers.
    pub fn check_window(&self, window: usize) -> Result<(), DataError> {
        let longest = self.train.iter().map(|engine| engine.rows.len()).max().unwrap_or_default();
        if window <= longest {
            return Ok(());
        }
        let found = format!("a window of {window} where it has {longest}");
        Err(invalid(self.title(), "a window of at most as many cycles as the longest training engine", found))
    }

    /// What it is, always with where it came from: "NASA C-MAPSS FD001", "emulated FD001", "your files, in C-MAPSS form
    /// (FD001)".
    #[must_use]
    pub fn title(&self) -> String {
        self.origin.title(self.subset, self.name.as_deref())
    }

    /// The data set in a few numbers.
    #[must_use]
    pub fn summary(&self, config: &DataConfig) -> DataSummary {
        let windows = |engine: &Engine| window_ends(engine.rows.len(), config.window, config.stride).count();
        let assumptions = match self.origin {
            Origin::Nasa | Origin::Own => self.notes.clone(),
            Origin::Emulated => EmulatorParameters::bundled(self.subset).map_or_else(|_| Vec::new(), |p| p.assumed),
        };
        DataSummary {
            subset: self.subset,
            origin: self.origin,
            name: self.name.clone(),
            train_engines: self.train.len(),
            test_engines: self.test.len(),
            train_windows: self.train.iter().map(windows).sum(),
            labels: config.labels,
            assumptions,
        }
    }
}

fn invalid(part: String, expected: &'static str, found: impl Into<String>) -> DataError {
    DataError::Invalid { part, expected, found: found.into() }
}
