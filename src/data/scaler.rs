//! The normalization of the sensors: fitted on some engines, applied to all.

use serde::{Deserialize, Serialize};

use super::{Engine, Labels, Row, Scaling, Series, Subset, USED_SENSORS, regime};

/// Mean and inverse deviation of each used sensor in each group of rows.
///
/// ```text
/// z = (x − mean) / deviation
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scaler {
    /// The subset it was fitted on.
    pub subset: Subset,
    /// Which rows are a group: those of a regime, or all.
    pub scaling: Scaling,
    /// `[groups][features]` of mean and inverse deviation; the latter is 0 where a sensor is constant or a regime is
    /// not flown by the engines that it was fitted on.
    pub by_group: Vec<[(f64, f64); USED_SENSORS.len()]>,
}

impl Scaler {
    /// Fit on the rows of these engines.
    #[must_use]
    pub fn fit<'a>(subset: Subset, scaling: Scaling, engines: impl Iterator<Item = &'a Engine>) -> Self {
        let groups = if scaling == Scaling::Global { 1 } else { subset.regimes() };
        let mut rows: Vec<Vec<&Row>> = vec![Vec::new(); groups];
        for row in engines.flat_map(|engine| &engine.rows) {
            if let Some(rows) = rows.get_mut(group(scaling, regime(subset, row))) {
                rows.push(row);
            }
        }
        let by_group = rows.iter().map(|rows| {
            let count = rows.len().max(1) as f64;
            USED_SENSORS.map(|sensor| {
                let values = || rows.iter().map(move |row| f64::from(row.sensors[sensor - 1]));
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
                // Bounds are compared and not the variance, because the mean of equal values may differ from them.
                let constant = values().fold(f64::INFINITY, f64::min) >= values().fold(f64::NEG_INFINITY, f64::max);
                (mean, if constant || variance == 0.0 { 0.0 } else { variance.sqrt().recip() })
            })
        });
        Self { subset, scaling, by_group: by_group.collect() }
    }

    /// A sensor's value as a model sees it: `feature` is its index in [`USED_SENSORS`], `regime` the row's. A regime or
    /// a feature that there is not is 0, as what never varies is.
    #[must_use]
    pub fn scaled(&self, regime: usize, feature: usize, value: f32) -> f32 {
        let found = self.by_group.get(group(self.scaling, regime)).and_then(|features| features.get(feature));
        found.map_or(0.0, |(mean, inverse)| ((f64::from(value) - mean) * inverse) as f32)
    }

    /// Normalized values and labels of an engine that lives for another `rul_cycles` after its last row.
    pub(super) fn series(&self, engine: &Engine, rul_cycles: f32, labels: &Labels) -> Series {
        let row = |row: &Row| {
            let regime = regime(self.subset, row);
            let mut features = [0.0; USED_SENSORS.len()];
            for (index, (feature, sensor)) in features.iter_mut().zip(USED_SENSORS).enumerate() {
                *feature = self.scaled(regime, index, row.sensors[sensor - 1]);
            }
            features
        };
        let left_cycles: Vec<f32> = (0..engine.rows.len()).rev().map(|left| rul_cycles + left as f32).collect();
        let rul_cycles = left_cycles.iter().map(|left| labels.rul_cycles(*left)).collect();
        Series { values: engine.rows.iter().flat_map(row).collect(), rul_cycles, left_cycles }
    }
}

/// The group of rows that a row of this regime is normalized with.
const fn group(scaling: Scaling, regime: usize) -> usize {
    match scaling {
        Scaling::PerRegime => regime,
        Scaling::Global => 0,
    }
}
