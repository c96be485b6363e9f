//! A data set in figures, for a person.

use std::fmt;

use serde::Serialize;

use super::{
    DataConfig, DataError, Dataset, Engine, LabelCounts, LabelEntropy, Labels, Origin, RUL_BIN_CYCLES, Sensor, Subset,
    windows::window_ends,
};

/// Smallest, mean and largest of counts of cycles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CycleRange {
    /// Smallest.
    pub min: f32,
    /// Mean.
    pub mean: f32,
    /// Largest.
    pub max: f32,
}

impl CycleRange {
    fn of(values: impl Iterator<Item = f32> + Clone) -> Self {
        let (count, sum) =
            values.clone().fold((0.0_f64, 0.0), |(count, sum), value| (count + 1.0, sum + f64::from(value)));
        let mean = (sum / count) as f32;
        Self { min: values.clone().fold(f32::INFINITY, f32::min), mean, max: values.fold(f32::NEG_INFINITY, f32::max) }
    }
}

impl fmt::Display for CycleRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} to {}, mean {:.1}", self.min, self.max, self.mean)
    }
}

/// Engines of one split of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SplitDescription {
    /// Engines.
    pub engines: usize,
    /// Rows: cycles of all engines together.
    pub rows: usize,
    /// Recorded cycles of an engine; for training engines their lifetimes.
    pub cycles: CycleRange,
}

impl SplitDescription {
    fn of(engines: &[Engine]) -> Self {
        let cycles = CycleRange::of(engines.iter().map(|engine| engine.rows.len() as f32));
        Self { engines: engines.len(), rows: engines.iter().map(|engine| engine.rows.len()).sum(), cycles }
    }
}

/// What [`describe`] found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// Subset.
    pub subset: Subset,
    /// NASA's, emulated, or a person's own.
    pub origin: Origin,
    /// What it is, with where it came from.
    pub title: String,
    /// What was assumed or noticed when the files were read: a sentence each.
    pub assumptions: Vec<String>,
    /// The sensors that a model is given, by their titles.
    pub sensors: Vec<String>,
    /// Training engines, run to failure.
    pub train: SplitDescription,
    /// Test engines, cut before failure.
    pub test: SplitDescription,
    /// RUL of the test engines in cycles, not capped.
    pub test_rul: CycleRange,
    /// What windows are labelled with.
    pub labels: Labels,
    /// Training windows, validation engines included.
    pub train_windows: LabelCounts,
    /// Test engines by the label of their last window.
    pub test_windows: LabelCounts,
    /// Entropies of the labels of the training windows.
    pub entropy: LabelEntropy,
}

/// Describe a data set as it is cut by a configuration.
///
/// # Errors
///
/// [`DataError::Config`] from [`DataConfig::validate`], [`DataError::Invalid`] from [`Dataset::validate`].
pub fn describe(dataset: &Dataset, config: &DataConfig) -> Result<Description, DataError> {
    config.validate()?;
    dataset.validate()?;
    dataset.check_window(config.window)?;
    let labels = &config.labels;
    let train: Vec<f32> = dataset.train.iter().flat_map(|engine| window_labels(engine, config)).collect();
    let test: Vec<f32> = dataset.test_rul.iter().map(|rul| labels.rul_cycles(*rul)).collect();
    let train_windows = LabelCounts::of(&train, labels);
    Ok(Description {
        subset: dataset.subset,
        origin: dataset.origin,
        title: dataset.title(),
        assumptions: dataset.notes.clone(),
        sensors: dataset.sensors.features().map(Sensor::title).collect(),
        train: SplitDescription::of(&dataset.train),
        test: SplitDescription::of(&dataset.test),
        test_rul: CycleRange::of(dataset.test_rul.iter().copied()),
        labels: *labels,
        entropy: train_windows.entropy(),
        train_windows,
        test_windows: LabelCounts::of(&test, labels),
    })
}

/// RUL that each window of an engine run to failure is labelled with, as training cuts them, in cycles.
pub(crate) fn window_labels(engine: &Engine, config: &DataConfig) -> impl Iterator<Item = f32> {
    let cycles = engine.rows.len();
    let label = move |end: usize| config.labels.rul_cycles((cycles - 1 - end) as f32);
    window_ends(cycles, config.window, config.stride).map(label)
}

impl fmt::Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LabelCounts { windows, classes: [healthy, degrading, critical], .. } = self.train_windows;
        let percent = |count: u32| 100.0 * f64::from(count) / f64::from(windows.max(1));
        writeln!(formatter, "{}", self.title)?;
        self.assumptions.iter().try_for_each(|sentence| writeln!(formatter, "  {sentence}"))?;
        writeln!(formatter, "sensors           {}", self.sensors.len())?;
        writeln!(formatter, "training engines  {}, {} rows", self.train.engines, self.train.rows)?;
        writeln!(formatter, "  lifetimes       {} cycles", self.train.cycles)?;
        writeln!(formatter, "test engines      {}, {} rows", self.test.engines, self.test.rows)?;
        writeln!(formatter, "  records         {} cycles", self.test.cycles)?;
        writeln!(formatter, "  RUL             {} cycles", self.test_rul)?;
        writeln!(formatter, "labels            {}", self.labels)?;
        writeln!(formatter, "training windows  {windows}")?;
        writeln!(formatter, "  healthy         {healthy} ({:.1} %)", percent(healthy))?;
        writeln!(formatter, "  degrading       {degrading} ({:.1} %)", percent(degrading))?;
        writeln!(formatter, "  critical        {critical} ({:.1} %)", percent(critical))?;
        writeln!(formatter, "label entropy     health {:.3} nats (of {:.3})", self.entropy.health, 3_f64.ln())?;
        write!(formatter, "                  RUL {:.3} nats, in bins of {RUL_BIN_CYCLES} cycles", self.entropy.rul)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{EmulatorParameters, emulate, prepare};

    #[test]
    fn agrees_with_what_is_trained_on() {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), 12, 9, 1).unwrap();
        let config = DataConfig { stride: 3, validation_share: 0.0, ..DataConfig::default() };
        let description = describe(&data, &config).unwrap();
        let train = prepare(&data, &config, 1).unwrap().train;
        let labels: Vec<f32> = (0..).take(train.windows.len()).map(|window| train.rul_cycles(window)).collect();
        assert_eq!(description.train_windows, LabelCounts::of(&labels, &config.labels));
        assert_eq!(description.test_windows.windows, 9);
        let text = description.to_string();
        assert!(text.starts_with("emulated FD001\nsensors           14\ntraining engines  12, "), "{text}");
    }
}
