//! The normalization of the sensors: fitted on some engines, applied to all.

use serde::{Deserialize, Serialize};

use super::{Dataset, Engine, Labels, Row, Scaling, Series, Subset, regime};

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
    /// Indices in a row of the sensors that are normalized: the features, in order.
    pub used: Vec<usize>,
    /// `[groups][features]` of mean and inverse deviation; the latter is 0 where a sensor is constant or a regime is
    /// not flown by the engines that it was fitted on.
    pub by_group: Vec<Vec<(f64, f64)>>,
}

impl Scaler {
    /// Fit on the rows of these engines of a data set.
    #[must_use]
    pub fn fit<'a>(dataset: &Dataset, scaling: Scaling, engines: impl Iterator<Item = &'a Engine>) -> Self {
        let (subset, used) = (dataset.subset, dataset.sensors.used());
        let groups = if scaling == Scaling::Global { 1 } else { subset.regimes() };
        let mut rows: Vec<Vec<Row<'_>>> = vec![Vec::new(); groups];
        for row in engines.flat_map(|engine| &engine.rows) {
            if let Some(rows) = rows.get_mut(group(scaling, regime(subset, &row))) {
                rows.push(row);
            }
        }
        let by_group = rows.iter().map(|rows| {
            let count = rows.len().max(1) as f64;
            let of_sensor = |sensor: &usize| {
                let values = || rows.iter().map(move |row| f64::from(row.sensors[*sensor]));
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
                // Bounds are compared and not the variance, because the mean of equal values may differ from them.
                let constant = values().fold(f64::INFINITY, f64::min) >= values().fold(f64::NEG_INFINITY, f64::max);
                (mean, if constant || variance == 0.0 { 0.0 } else { variance.sqrt().recip() })
            };
            used.iter().map(of_sensor).collect()
        });
        Self { subset, scaling, used: used.to_vec(), by_group: by_group.collect() }
    }

    /// A sensor's value as a model sees it: `feature` is its index among the used sensors,
    /// `regime` the row's. A regime or
    /// a feature that there is not is 0, as what never varies is.
    #[must_use]
    pub fn scaled(&self, regime: usize, feature: usize, value: f32) -> f32 {
        let found = self.by_group.get(group(self.scaling, regime)).and_then(|features| features.get(feature));
        found.map_or(0.0, |(mean, inverse)| ((f64::from(value) - mean) * inverse) as f32)
    }

    /// Normalized values and labels of an engine that lives for another `rul_cycles` after its last row.
    pub(super) fn series(&self, engine: &Engine, rul_cycles: f32, labels: &Labels) -> Series {
        let mut values = Vec::with_capacity(engine.rows.len() * self.used.len());
        for row in &engine.rows {
            let regime = regime(self.subset, &row);
            values
                .extend((0..).zip(&self.used).map(|(index, sensor)| self.scaled(regime, index, row.sensors[*sensor])));
        }
        let left_cycles: Vec<f32> = (0..engine.rows.len()).rev().map(|left| rul_cycles + left as f32).collect();
        let rul_cycles = left_cycles.iter().map(|left| labels.rul_cycles(*left)).collect();
        Series { values, rul_cycles, left_cycles }
    }
}

/// The group of rows that a row of this regime is normalized with.
const fn group(scaling: Scaling, regime: usize) -> usize {
    match scaling {
        Scaling::PerRegime => regime,
        Scaling::Global => 0,
    }
}
