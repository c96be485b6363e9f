//! All engines of a data set at a glance.

use serde::{Deserialize, Serialize};

use super::{Profile, SensorView, SplitKind};
use crate::data::{
    DataConfig, DataSummary, Dataset, Engine, LabelCounts, LabelEntropy, Row, SET_POINTS, SETTINGS, Scaler, Scaling,
    Sensor, held_out, regime, window_labels,
};

/// Most flights that are kept for the picture of the regimes.
const MOST_FLIGHTS: usize = 600;

/// The labels of one split of a data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SplitFigures {
    /// Which split.
    pub split: SplitKind,
    /// Engines.
    pub engines: u32,
    /// Windows by their label: at the run's stride, or the last one of each test engine.
    pub labels: LabelCounts,
    /// Entropies of both labels.
    pub entropy: LabelEntropy,
}

/// An engine in the list.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineEntry {
    /// Its split.
    pub split: SplitKind,
    /// Its number in its file, from 1.
    pub unit: u32,
    /// Recorded cycles; of an engine run to failure its lifetime.
    pub cycles: u32,
    /// RUL after its last row, in cycles, not capped; 0 for an engine run to failure.
    pub rul_cycles: f32,
}

/// How much is flown in a regime.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegimeFigures {
    /// The published set point: altitude in kft, Mach number, throttle resolver angle in %.
    pub set_point: [f32; SETTINGS],
    /// Cycles of the training file flown in it.
    pub cycles: u32,
    /// How far the settings of a cycle stray from the set point at most, in the units of [`Self::set_point`].
    pub stray: [f32; SETTINGS],
}

/// The settings of one cycle, and the regime that it was assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flight {
    /// Altitude in kft, Mach number, throttle resolver angle in %.
    pub settings: [f32; SETTINGS],
    /// Index of its regime.
    pub regime: usize,
}

/// A data set at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    /// The data set in a few numbers.
    pub summary: DataSummary,
    /// The sensors that a model is given: `[features]`.
    pub sensors: Vec<Sensor>,
    /// Training, validation and test.
    pub splits: [SplitFigures; 3],
    /// Every engine, by its file and its number.
    pub engines: Vec<EngineEntry>,
    /// The regimes, in order.
    pub regimes: Vec<RegimeFigures>,
    /// Cycles of the training file, every so many of them.
    pub flights: Vec<Flight>,
    /// How the sensors are scaled, in the order of [`Scaling::ALL`].
    pub scales: [Scaler; 2],
    /// Share of each sensor's variance that lies between the regimes, as recorded: `[features]`.
    pub between_regimes: Vec<f64>,
    /// Each sensor on the way to failure, in the order of [`SensorView::ALL`].
    pub profiles: [Profile; 3],
}

impl Fleet {
    /// A valid data set as it is cut by a configuration. Its profiles are scaled by `scales`, where some are given, and
    /// by its own otherwise.
    pub(super) fn of(dataset: &Dataset, config: &DataConfig, seed: u32, scales: Option<&[Scaler; 2]>) -> Self {
        let held_out = held_out(dataset.train.len(), config.validation_share, seed);
        let of_part = |validation: bool| {
            let engines = dataset.train.iter().zip(&held_out).filter(move |(_, held)| **held == validation);
            engines.map(|(engine, _)| engine)
        };
        let own = Scaling::ALL.map(|scaling| Scaler::fit(dataset, scaling, of_part(false)));
        let labels = |validation: bool| of_part(validation).flat_map(|engine| window_labels(engine, config)).collect();
        let (training, validation): (Vec<f32>, Vec<f32>) = (labels(false), labels(true));
        let test: Vec<f32> = dataset.test_rul.iter().map(|rul| config.labels.rul_cycles(*rul)).collect();
        let count = |engines: usize| u32::try_from(engines).unwrap_or(u32::MAX);
        let figures = |split, engines, rul_cycles: &[f32]| {
            let labels = LabelCounts::of(rul_cycles, &config.labels);
            SplitFigures { split, engines: count(engines), entropy: labels.entropy(), labels }
        };
        let splits = [
            figures(SplitKind::Training, of_part(false).count(), &training),
            figures(SplitKind::Validation, of_part(true).count(), &validation),
            figures(SplitKind::Test, dataset.test.len(), &test),
        ];
        let entry = |split: SplitKind, engine: &Engine, rul_cycles: f32| EngineEntry {
            split,
            unit: engine.unit,
            cycles: count(engine.rows.len()),
            rul_cycles,
        };
        let trained =
            dataset.train.iter().zip(&held_out).map(|(engine, held)| {
                entry(if *held { SplitKind::Validation } else { SplitKind::Training }, engine, 0.0)
            });
        let tested =
            dataset.test.iter().zip(&dataset.test_rul).map(|(engine, rul)| entry(SplitKind::Test, engine, *rul));
        let rows: Vec<(Row<'_>, usize)> = dataset
            .train
            .iter()
            .flat_map(|engine| &engine.rows)
            .map(|row| (row, regime(dataset.subset, &row)))
            .collect();
        let profiles = SensorView::ALL.map(|view| Profile::of(dataset, view, scales.unwrap_or(&own)));
        let flight = |(row, regime): &(Row<'_>, usize)| Flight { settings: row.settings, regime: *regime };
        Self {
            summary: dataset.summary(config),
            sensors: dataset.sensors.features().cloned().collect(),
            splits,
            engines: trained.chain(tested).collect(),
            regimes: regimes(&rows, dataset.subset.regimes()),
            flights: rows.iter().step_by(rows.len().div_ceil(MOST_FLIGHTS).max(1)).map(flight).collect(),
            between_regimes: between_regimes(&rows, dataset.sensors.used(), dataset.subset.regimes()),
            scales: own,
            profiles,
        }
    }

    /// How the sensors are scaled in a view; nothing where they are shown as recorded.
    #[must_use]
    pub fn scale(&self, view: SensorView) -> Option<&Scaler> {
        view.scaling().and_then(|scaling| self.scales.iter().find(|scale| scale.scaling == scaling))
    }

    /// Each sensor on the way to failure, in a view.
    #[must_use]
    pub const fn profile(&self, view: SensorView) -> &Profile {
        let [raw, per_regime, global] = &self.profiles;
        match view {
            SensorView::Raw => raw,
            SensorView::PerRegime => per_regime,
            SensorView::Global => global,
        }
    }

    /// Lifetimes of the engines run to failure, in cycles.
    pub fn lifetimes(&self) -> impl Iterator<Item = u32> {
        self.engines.iter().filter(|engine| engine.split != SplitKind::Test).map(|engine| engine.cycles)
    }
}

fn regimes(rows: &[(Row<'_>, usize)], count: usize) -> Vec<RegimeFigures> {
    let new = |set_point: &[f32; SETTINGS]| RegimeFigures { set_point: *set_point, cycles: 0, stray: [0.0; SETTINGS] };
    let mut regimes: Vec<RegimeFigures> = SET_POINTS.iter().take(count).map(new).collect();
    for (row, regime) in rows {
        let Some(figures) = regimes.get_mut(*regime) else { continue };
        figures.cycles += 1;
        for ((stray, setting), point) in figures.stray.iter_mut().zip(row.settings).zip(figures.set_point) {
            *stray = stray.max((setting - point).abs());
        }
    }
    regimes
}

/// Share of the variance of each sensor that lies between the regimes' means: 0 where there is one regime, or where the
/// sensor never varies.
///
/// ```text
/// Σ_r n_r (mean_r − mean)² / Σ (x − mean)²
/// ```
fn between_regimes(rows: &[(Row<'_>, usize)], used: &[usize], count: usize) -> Vec<f64> {
    let of_sensor = |sensor: &usize| {
        let mut groups = vec![(0.0_f64, 0.0_f64); count];
        let value = |row: &Row<'_>| f64::from(row.sensors[*sensor]);
        let mean = rows.iter().map(|(row, _)| value(row)).sum::<f64>() / rows.len().max(1) as f64;
        let mut square = 0.0;
        for (row, regime) in rows {
            let apart = value(row) - mean;
            square += apart * apart;
            if let Some((sum, number)) = groups.get_mut(*regime) {
                (*sum, *number) = (*sum + apart, *number + 1.0);
            }
        }
        let between: f64 = groups.iter().filter(|(_, number)| *number > 0.0).map(|(sum, n)| sum * sum / n).sum();
        if count > 1 && square > 0.0 { between / square } else { 0.0 }
    };
    used.iter().map(of_sensor).collect()
}
