//! NASA's engines → the statistics that the emulator draws from.

use super::{
    COLUMNS, DataError, Dataset, EmulatorParameters, Engine, PRINTED_DECIMALS, Row, SET_POINTS, SETTINGS, Subset,
    emulator::terms,
    linear::{LeastSquares, cholesky},
    parameters::{FaultMode, KNOTS, OperatingRegime, TERMS, TRAITS},
    regime,
};

mod latent;
mod statistics;

pub(super) use statistics::count;

use latent::{Path, Projection, turned};
use statistics::{correlation, mean, quantiles, ranks, variance};

/// Fewest engines that a population is measured on.
const FEWEST_ENGINES: usize = 20;
/// Fewest engines that a way to fail is measured on.
const FEWEST_OF_MODE: usize = 8;
/// Cycles at the beginning and at the end of a record that tell what has grown in between.
const ENDS_CYCLES: usize = 10;
/// Index of sensor 7, the total pressure at the outlet of the high-pressure compressor.
const P30: usize = 6;

/// Measure the population that the engines of a data set come from.
///
/// Where there are six regimes, each column is first taken back to sea level: in each regime it has the mean and the
/// deviation that it has there. Where engines fail in two ways, they are distinguished by the pressure at the outlet of the
/// high-pressure compressor, which falls towards failure when that compressor fails and rises when the fan does; each
/// way is measured on its own.
///
/// The two latents are the directions of largest variance of the sensors, whitened by their noise; they are turned so
/// that engines differ least in the first, *wear*, at failure. Along each engine both follow an exponential with a
/// common time constant, found by least squares, and its coefficients are the engine's traits. Columns are then
/// regressed on wear and drift; what is left, less the rounding, is noise.
///
/// # Errors
///
/// [`DataError::Invalid`] from [`Dataset::validate`] or if there are fewer than 20 training engines, fewer than 8 that
/// fail in one way, or they do not vary.
pub fn fit(dataset: &Dataset) -> Result<EmulatorParameters, DataError> {
    dataset.validate()?;
    let (subset, engines) = (dataset.subset, &dataset.train);
    if engines.len() < FEWEST_ENGINES {
        return Err(unfit("at least 20 training engines", engines.len().to_string()));
    }
    let regimes = if subset.regimes() > 1 { regimes(subset, engines) } else { Vec::new() };
    let lives: Vec<Life> = engines.iter().map(|engine| Life::at_sea_level(subset, engine, &regimes, 0)).collect();
    let modes = match subset {
        Subset::FD001 | Subset::FD002 => vec![mode("hpc", 1.0, &lives)?],
        Subset::FD003 | Subset::FD004 => {
            let (fan, hpc): (Vec<_>, Vec<_>) = lives.into_iter().partition(|life| life.growth(P30) > 0.0);
            let share = count(fan.len()) / count(engines.len());
            vec![mode("hpc", 1.0 - share, &hpc)?, mode("fan", share, &fan)?]
        }
    };
    let sentence = format!("All figures are statistics of the {} training engines of NASA's {subset}.", engines.len());
    let parameters = EmulatorParameters {
        subset,
        measured: vec![sentence],
        assumed: Vec::new(),
        modes,
        regimes: regimes.into_iter().map(|regime| regime.parameters).collect(),
        test_rul: rul_quantiles(&dataset.test_rul),
        shortest_test: dataset.test.iter().map(|engine| engine.rows.len()).min().map_or(1.0, count),
    };
    parameters.validate()?;
    Ok(parameters)
}

/// Mean and deviation of the logarithm of lifetimes in cycles.
pub(super) fn ln_life(lives: &[Life]) -> [f64; 2] {
    let ln_life: Vec<_> = lives.iter().map(Life::ln_life).collect();
    [mean(&ln_life), variance(&ln_life).sqrt()]
}

/// Quantiles of RULs in cycles.
pub(super) fn rul_quantiles(rul_cycles: &[f32]) -> [f64; KNOTS] {
    quantiles(rul_cycles.iter().copied().map(f64::from).collect())
}

/// What is known of an engine's life: its columns at sea level until it has `rul_cycles` to live.
pub(super) struct Life {
    rows: Vec<[f64; COLUMNS]>,
    rul_cycles: usize,
}

impl Life {
    fn at_sea_level(subset: Subset, engine: &Engine, regimes: &[Measured], rul_cycles: usize) -> Self {
        let row = |row: Row<'_>| {
            let columns = row.columns().map(f64::from);
            regimes.get(regime(subset, &row)).map_or(columns, |regime| regime.taken_back(&columns))
        };
        Self { rows: engine.rows.iter().map(row).collect(), rul_cycles }
    }

    /// How long it lives on after its last row, in cycles.
    pub(super) const fn rul_cycles(&self) -> usize {
        self.rul_cycles
    }

    fn ln_life(&self) -> f64 {
        count(self.rows.len() + self.rul_cycles).ln()
    }

    /// A record at sea level.
    pub(super) fn of(engine: &Engine, rul_cycles: usize) -> Self {
        Self::at_sea_level(Subset::FD001, engine, &[], rul_cycles)
    }

    /// How much a sensor, numbered from 0, has grown from the first cycles to the last.
    pub(super) fn growth(&self, sensor: usize) -> f64 {
        let ends = ENDS_CYCLES.min(self.rows.len());
        let mean =
            |rows: &[[f64; COLUMNS]]| rows.iter().map(|row| row[SETTINGS + sensor]).sum::<f64>() / count(rows.len());
        mean(&self.rows[self.rows.len() - ends..]) - mean(&self.rows[..ends])
    }
}

/// An operating regime, and the way back from it.
struct Measured {
    parameters: OperatingRegime,
    sea_level: [f64; COLUMNS],
}

impl Measured {
    fn taken_back(&self, columns: &[f64; COLUMNS]) -> [f64; COLUMNS] {
        let OperatingRegime { offsets, gains, .. } = &self.parameters;
        std::array::from_fn(|k| if gains[k] > 0.0 { (columns[k] - offsets[k]) / gains[k] } else { self.sea_level[k] })
    }
}

/// Mean and deviation of each column in each regime, as offsets and gains over those at sea level.
fn regimes(subset: Subset, engines: &[Engine]) -> Vec<Measured> {
    let mut rows = vec![Vec::new(); SET_POINTS.len()];
    for row in engines.iter().flat_map(|engine| &engine.rows) {
        rows[regime(subset, &row)].push(row.columns().map(f64::from));
    }
    let total = count(rows.iter().map(Vec::len).sum());
    let mean_and_deviation = |rows: &[[f64; COLUMNS]]| -> [(f64, f64); COLUMNS] {
        std::array::from_fn(|k| {
            let values: Vec<_> = rows.iter().map(|row| row[k]).collect();
            let constant = values.iter().all(|value| value.to_bits() == values[0].to_bits());
            // Seven digits are kept: what is constant has a mean that says so.
            if constant {
                (values.first().copied().unwrap_or_default(), 0.0)
            } else {
                (mean(&values), variance(&values).sqrt())
            }
        })
    };
    let at_sea = mean_and_deviation(&rows[0]);
    let of_regime = |(rows, settings): (&Vec<[f64; COLUMNS]>, &[f32; SETTINGS])| {
        let here = mean_and_deviation(rows);
        let gains: [f64; COLUMNS] =
            std::array::from_fn(|k| if at_sea[k].1 > 0.0 { here[k].1 / at_sea[k].1 } else { 0.0 });
        let parameters = OperatingRegime {
            settings: settings.map(f64::from),
            share: count(rows.len()) / total,
            offsets: std::array::from_fn(|k| here[k].0 - gains[k] * at_sea[k].0),
            gains,
        };
        Measured { parameters, sea_level: at_sea.map(|(mean, _)| mean) }
    };
    rows.iter().zip(&SET_POINTS).map(of_regime).collect()
}

/// Measure one way to fail.
pub(super) fn mode(name: &str, share: f64, lives: &[Life]) -> Result<FaultMode, DataError> {
    if lives.len() < FEWEST_OF_MODE {
        return Err(unfit("at least 8 engines for each way to fail", format!("{} for {name}", lives.len())));
    }
    let projection = Projection::fit(lives);
    let paths = lives.iter().map(|life| Path::fit(&projection.latents(life), life.rul_cycles)).collect();
    let paths = turned(paths)?;
    let (responses, noise) = responses(lives, &paths)?;
    let traits: Vec<_> = lives.iter().zip(&paths).map(|(life, path)| path.traits(life)).collect();
    let column = |index: usize| traits.iter().map(move |traits: &[f64; TRAITS]| traits[index]).collect::<Vec<_>>();
    let mut quantile_table = [[0.0; KNOTS]; TRAITS - 1];
    for (index, row) in quantile_table.iter_mut().enumerate() {
        *row = quantiles(column(index));
    }
    let ranks: Vec<_> = (0..TRAITS).map(|index| ranks(&column(index))).collect();
    let mut correlation_table = [[1.0; TRAITS]; TRAITS];
    for (row, a) in correlation_table.iter_mut().zip(&ranks) {
        for (cell, b) in row.iter_mut().zip(&ranks) {
            // Spearman's correlation of ranks as the Pearson correlation of the normal scores (Pearson 1907).
            *cell = 2.0 * (std::f64::consts::PI / 6.0 * correlation(a, b)).sin();
        }
    }
    // Correlations of few engines, each taken by itself, may contradict each other; a little less of each does not.
    for _ in 0..100 {
        if cholesky(&correlation_table).is_some() {
            break;
        }
        for (index, row) in correlation_table.iter_mut().enumerate() {
            row.iter_mut().enumerate().filter(|(other, _)| *other != index).for_each(|(_, cell)| *cell *= 0.95);
        }
    }
    Ok(FaultMode {
        name: name.to_owned(),
        share,
        ln_life: ln_life(lives),
        quantiles: quantile_table,
        correlation: correlation_table,
        responses,
        noise,
    })
}

type Responses = ([[f64; TERMS]; COLUMNS], [f64; COLUMNS]);

/// Regress each column on the latents; settings do not depend on them.
fn responses(lives: &[Life], paths: &[Path]) -> Result<Responses, DataError> {
    let mut rows = Vec::new();
    for (life, path) in lives.iter().zip(paths) {
        for (back, row) in life.rows.iter().rev().enumerate() {
            let [wear, drift] = path.at(life.rul_cycles + back);
            rows.push((terms(wear, drift), *row));
        }
    }
    let mut result: Responses = ([[0.0; TERMS]; COLUMNS], [0.0; COLUMNS]);
    for column in 0..COLUMNS {
        let values: Vec<_> = rows.iter().map(|(_, columns)| columns[column]).collect();
        let response = &mut result.0[column];
        if values.iter().all(|value| value.to_bits() == values[0].to_bits()) {
            // Seven digits are kept, which is what the text has.
            response[0] = values[0];
            continue;
        }
        if column < SETTINGS {
            response[0] = mean(&values);
        } else {
            let mut problem = LeastSquares::new();
            rows.iter().zip(&values).for_each(|((terms, _), value)| problem.add(terms, *value));
            *response = problem.solve().ok_or_else(|| unfit("sensors that vary", "too little of it".to_owned()))?;
        }
        let predicted = |terms: &[f64; TERMS]| response.iter().zip(terms).map(|(a, b)| a * b).sum::<f64>();
        let squares: f64 = rows.iter().zip(&values).map(|((terms, _), value)| (value - predicted(terms)).powi(2)).sum();
        // Rounding to a step adds a variance of step² / 12, and the emulator rounds again.
        let step = 10_f64.powi(-i32::from(PRINTED_DECIMALS[column]));
        result.1[column] = (squares / count(values.len()) - step * step / 12.0).max(0.0).sqrt();
    }
    Ok(result)
}

pub(super) fn unfit(expected: &'static str, found: String) -> DataError {
    DataError::Invalid { part: "population".to_owned(), expected, found }
}

#[cfg(test)]
mod tests;
