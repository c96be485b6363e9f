//! A data set in figures, for a person.

use std::fmt;

use serde::Serialize;

use super::{
    DataConfig, DataError, Dataset, Engine, Origin, RUL_CAP_CYCLES, Sensor, Subset, health_class, windows::window_ends,
};

/// Width of the bins in which the entropy of the RUL is counted, in cycles.
pub const RUL_BIN_CYCLES: f32 = 10.0;

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

/// Engines of one part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PartDescription {
    /// Engines.
    pub engines: usize,
    /// Rows: cycles of all engines together.
    pub rows: usize,
    /// Recorded cycles of an engine; for training engines their lifetimes.
    pub cycles: CycleRange,
}

impl PartDescription {
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
    pub train: PartDescription,
    /// Test engines, cut before failure.
    pub test: PartDescription,
    /// RUL of the test engines in cycles, not capped.
    pub test_rul: CycleRange,
    /// Training windows, validation engines included.
    pub train_windows: usize,
    /// Training windows by health class: healthy, degrading, critical.
    pub train_classes: [usize; 3],
    /// Test engines by health class.
    pub test_classes: [usize; 3],
    /// Entropy of the health class over the training windows, in nats; at most ln 3.
    pub health_entropy_nats: f64,
    /// Entropy of the capped RUL over the training windows, in bins of [`RUL_BIN_CYCLES`], in nats.
    pub rul_entropy_nats: f64,
}

/// Describe a data set as it is cut by a configuration.
///
/// ```text
/// H = −Σ p ln p    over the classes, or over bins of 10 cycles, of the training windows
/// ```
///
/// # Errors
///
/// [`DataError::Config`] from [`DataConfig::validate`], [`DataError::Invalid`] from [`Dataset::validate`].
pub fn describe(dataset: &Dataset, config: &DataConfig) -> Result<Description, DataError> {
    config.validate()?;
    dataset.validate()?;
    dataset.check_window(config.window)?;
    let of_engine = |engine: &Engine| -> Vec<f32> {
        let cycles = engine.rows.len();
        let label = |end: usize| ((cycles - 1 - end) as f32).min(RUL_CAP_CYCLES);
        window_ends(cycles, config.window, config.stride).map(label).collect()
    };
    let labels: Vec<f32> = dataset.train.iter().flat_map(of_engine).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "labels are from 0 to the cap")]
    let bin = |rul_cycles: f32| (rul_cycles / RUL_BIN_CYCLES) as usize;
    let mut bins = vec![0; bin(RUL_CAP_CYCLES) + 1];
    for label in &labels {
        bins[bin(*label)] += 1;
    }
    let train_classes = classes(labels.iter().copied());
    Ok(Description {
        subset: dataset.subset,
        origin: dataset.origin,
        title: dataset.title(),
        assumptions: dataset.notes.clone(),
        sensors: dataset.sensors.features().map(Sensor::title).collect(),
        train: PartDescription::of(&dataset.train),
        test: PartDescription::of(&dataset.test),
        test_rul: CycleRange::of(dataset.test_rul.iter().copied()),
        train_windows: labels.len(),
        train_classes,
        test_classes: classes(dataset.test_rul.iter().copied()),
        health_entropy_nats: entropy_nats(&train_classes),
        rul_entropy_nats: entropy_nats(&bins),
    })
}

fn classes(rul_cycles: impl Iterator<Item = f32>) -> [usize; 3] {
    let mut counts = [0; 3];
    rul_cycles.for_each(|rul| counts[health_class(rul)] += 1);
    counts
}

/// Entropy of a distribution given by counts, in nats: `−Σ p ln p`; 0 where nothing was counted.
#[must_use]
pub fn entropy_nats(counts: &[usize]) -> f64 {
    let number = |count: usize| count as f64;
    let total = number(counts.iter().sum());
    let term = |count: &usize| number(*count) / total * (total / number(*count)).ln();
    counts.iter().filter(|count| **count > 0).map(term).sum()
}

impl fmt::Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [healthy, degrading, critical] = self.train_classes;
        let percent = |count: usize| 100.0 * count as f64 / self.train_windows.max(1) as f64;
        writeln!(formatter, "{}", self.title)?;
        self.assumptions.iter().try_for_each(|sentence| writeln!(formatter, "  {sentence}"))?;
        writeln!(formatter, "sensors           {}", self.sensors.len())?;
        writeln!(formatter, "training engines  {}, {} rows", self.train.engines, self.train.rows)?;
        writeln!(formatter, "  lifetimes       {} cycles", self.train.cycles)?;
        writeln!(formatter, "test engines      {}, {} rows", self.test.engines, self.test.rows)?;
        writeln!(formatter, "  records         {} cycles", self.test.cycles)?;
        writeln!(formatter, "  RUL             {} cycles", self.test_rul)?;
        writeln!(formatter, "training windows  {}", self.train_windows)?;
        writeln!(formatter, "  healthy         {healthy} ({:.1} %)", percent(healthy))?;
        writeln!(formatter, "  degrading       {degrading} ({:.1} %)", percent(degrading))?;
        writeln!(formatter, "  critical        {critical} ({:.1} %)", percent(critical))?;
        writeln!(formatter, "label entropy     health {:.3} nats (of {:.3})", self.health_entropy_nats, 3_f64.ln())?;
        write!(formatter, "                  RUL {:.3} nats, in bins of {RUL_BIN_CYCLES} cycles", self.rul_entropy_nats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{EmulatorParameters, emulate, prepare};

    #[test]
    fn entropy_is_that_of_the_counts() {
        assert_eq!((entropy_nats(&[]), entropy_nats(&[0, 7])), (0.0, 0.0));
        assert!((entropy_nats(&[5, 5, 0, 5, 5]) - 4_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn agrees_with_what_is_trained_on() {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), 12, 9, 1).unwrap();
        let config = DataConfig { stride: 3, validation_share: 0.0, ..DataConfig::default() };
        let description = describe(&data, &config).unwrap();
        let train = prepare(&data, &config, 1).unwrap().train;
        let mut expected = [0; 3];
        (0..).take(train.windows.len()).for_each(|window| expected[health_class(train.rul_cycles(window))] += 1);
        assert_eq!((description.train_classes, description.train_windows), (expected, train.windows.len()));
        assert_eq!(description.test_classes.iter().sum::<usize>(), 9);
        let text = description.to_string();
        assert!(text.starts_with("emulated FD001\nsensors           14\ntraining engines  12, "), "{text}");
    }
}
