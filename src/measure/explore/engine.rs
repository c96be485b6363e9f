//! One engine's record.

use serde::{Deserialize, Serialize};

use super::SplitKind;
use crate::ConfigError;
use crate::data::{DataConfig, DataError, Dataset, Labels, Scaler, held_out, regime};

/// What an engine showed, cycle by cycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineRecord {
    /// Its split.
    pub split: SplitKind,
    /// Its number in its file, from 1.
    pub unit: u32,
    /// RUL after its last row, in cycles, not capped; 0 for an engine run to failure.
    pub rul_cycles: f32,
    /// What its windows are labelled with.
    #[serde(default)]
    pub labels: Labels,
    /// Regime of each cycle: `[cycles]`.
    pub regimes: Vec<u8>,
    /// The used sensors as recorded: `[cycles, features]`.
    pub sensors: Vec<f32>,
}

/// What a window that ends with a cycle is labelled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    /// Cycles that are left, not capped.
    pub left_cycles: f32,
    /// The RUL that is trained on, capped.
    pub rul_cycles: f32,
    /// Health class: 0 healthy, 1 degrading, 2 critical.
    pub class: usize,
}

impl EngineRecord {
    /// The record of an engine.
    ///
    /// # Errors
    ///
    /// [`DataError::Config`] where there is no engine of this number.
    pub(super) fn of(
        dataset: &Dataset,
        config: &DataConfig,
        seed: u32,
        test: bool,
        unit: u32,
    ) -> Result<Self, DataError> {
        let engines = if test { &dataset.test } else { &dataset.train };
        let found = engines.iter().enumerate().find(|(_, engine)| engine.unit == unit);
        let refused = || ConfigError::new("unit", "the number of an engine in its file", &unit);
        let (index, engine) = found.ok_or_else(refused)?;
        let is_held_out = || held_out(engines.len(), config.validation_share, seed).get(index) == Some(&true);
        let split = match test {
            true => SplitKind::Test,
            false if is_held_out() => SplitKind::Validation,
            false => SplitKind::Training,
        };
        let regimes = engine.rows.iter().map(|row| u8::try_from(regime(dataset.subset, &row)).unwrap_or(u8::MAX));
        let used = dataset.sensors.used();
        let sensors = engine.rows.iter().flat_map(|row| used.iter().map(move |sensor| row.sensors[*sensor]));
        let rul_cycles = if test { dataset.test_rul.get(index).copied().unwrap_or_default() } else { 0.0 };
        let (labels, regimes, sensors) = (config.labels, regimes.collect(), sensors.collect());
        Ok(Self { split, unit, rul_cycles, labels, regimes, sensors })
    }

    /// Recorded cycles.
    #[must_use]
    pub const fn cycles(&self) -> usize {
        self.regimes.len()
    }

    /// A sensor over the cycles, by its index among the used ones: as recorded, or scaled.
    #[must_use]
    pub fn values(&self, feature: usize, scale: Option<&Scaler>) -> Vec<f32> {
        let rows = self.sensors.chunks((self.sensors.len() / self.cycles().max(1)).max(1)).zip(&self.regimes);
        let value = |(row, regime): (&[f32], &u8)| {
            let raw = row.get(feature).copied().unwrap_or(f32::NAN);
            scale.map_or(raw, |scale| scale.scaled((*regime).into(), feature, raw))
        };
        rows.map(value).collect()
    }

    /// The label of a window that ends with this cycle, counted from 1.
    #[must_use]
    pub fn label(&self, cycle: usize) -> Label {
        let left_cycles = self.rul_cycles + self.cycles().saturating_sub(cycle) as f32;
        let rul_cycles = self.labels.rul_cycles(left_cycles);
        Label { left_cycles, rul_cycles, class: self.labels.health_class(rul_cycles) }
    }

    /// First and last cycle, from 1, of the window of this length that ends with a cycle. One that would begin before
    /// the record begins with it, and repeats the first row.
    #[must_use]
    pub const fn window(&self, cycle: usize, length: usize) -> (usize, usize) {
        let first = (cycle + 1).saturating_sub(length);
        (if first == 0 { 1 } else { first }, cycle)
    }
}
