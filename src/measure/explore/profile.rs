//! What a sensor shows on the way to failure, over all engines: how an emulated fleet is held beside a real one.

use serde::{Deserialize, Serialize};

use super::SensorView;
use crate::data::{Dataset, Scaler, regime};

/// Cycles that are taken together.
pub const PROFILE_BIN_CYCLES: usize = 5;

/// Bins before failure: 150 cycles, longer than nearly every engine lives.
pub const PROFILE_BINS: usize = 30;

/// Mean and deviation of values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinFigures {
    /// Mean.
    pub mean: f32,
    /// Standard deviation, of the population.
    pub deviation: f32,
    /// How many values there are.
    pub count: u32,
}

/// Mean and deviation of each sensor over the engines run to failure, by the cycles that they have left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// `[features][bins]`; bin `b` holds the cycles after which `5b` to `5b + 4` are left.
    pub bins: Vec<Vec<BinFigures>>,
}

/// Sums of a bin, about a first value, so that large levels lose no digits.
#[derive(Clone, Copy, Default)]
struct Sums {
    first: f64,
    sum: f64,
    squares: f64,
    count: u32,
}

impl Sums {
    fn add(&mut self, value: f64) {
        if self.count == 0 {
            self.first = value;
        }
        let apart = value - self.first;
        self.sum += apart;
        self.squares += apart * apart;
        self.count += 1;
    }

    fn figures(self) -> BinFigures {
        let count = f64::from(self.count.max(1));
        let mean = self.sum / count;
        let variance = (self.squares / count - mean * mean).max(0.0);
        let mean = if self.count == 0 { f64::NAN } else { self.first + mean };
        BinFigures { mean: mean as f32, deviation: variance.sqrt() as f32, count: self.count }
    }
}

impl Profile {
    /// Of the engines run to failure; views that are not as recorded are scaled by `scales`.
    pub(super) fn of(dataset: &Dataset, view: SensorView, scales: &[Scaler; 2]) -> Self {
        let scale = view.scaling().and_then(|scaling| scales.iter().find(|scale| scale.scaling == scaling));
        let mut sums = vec![[Sums::default(); PROFILE_BINS]; dataset.sensors.used().len()];
        for engine in &dataset.train {
            for (left, row) in engine.rows.iter().rev().enumerate().take(PROFILE_BINS * PROFILE_BIN_CYCLES) {
                let regime = regime(dataset.subset, &row);
                for (feature, (sums, sensor)) in sums.iter_mut().zip(dataset.sensors.used()).enumerate() {
                    let raw = row.sensors[*sensor];
                    let value = scale.map_or(raw, |scale| scale.scaled(regime, feature, raw));
                    sums[left / PROFILE_BIN_CYCLES].add(value.into());
                }
            }
        }
        Self { bins: sums.into_iter().map(|bins| bins.into_iter().map(Sums::figures).collect()).collect() }
    }

    /// The bins of a sensor, by its index among the used ones, the one next to failure first.
    #[must_use]
    pub fn of_feature(&self, feature: usize) -> &[BinFigures] {
        self.bins.get(feature).map_or(&[], Vec::as_slice)
    }
}
