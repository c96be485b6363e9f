//! NASA's engines → the statistics that the emulator draws from.

use super::{
    DataError, Dataset, EmulatorParameters, Engine, PRINTED_DECIMALS, Row, SET_POINTS, SETTINGS, Subset, USED_SENSORS,
    emulator::terms,
    linear::{LeastSquares, cholesky, eigen},
    parameters::{FaultMode, KNOTS, OperatingRegime, TERMS, TRAITS},
    regime,
};

const USED: usize = USED_SENSORS.len();
/// Fewest engines that a population is measured on.
const FEWEST_ENGINES: usize = 20;
/// Fewest engines that a way to fail is measured on.
const FEWEST_OF_MODE: usize = 8;
/// Cycles at the beginning and at the end of a record that tell what has grown in between.
const ENDS_CYCLES: usize = 10;
/// Index of sensor 7, the total pressure at the outlet of the high-pressure compressor.
const P30: usize = 6;
/// Time constants of the run to failure that are tried: the shortest, in cycles, and the ratio between two and their
/// number, up to 200 cycles.
const TIME_CONSTANTS: (f64, f64, i32) = (8.0, 1.0204, 160);

/// Measure the population that the engines of a data set come from.
///
/// Where there are six regimes, each column is first taken back to sea level: in each regime it has the mean and the
/// deviation that it has there. Where engines fail in two ways, they are told apart by the pressure at the outlet of the
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
    rows: Vec<[f64; Row::COLUMNS]>,
    rul_cycles: usize,
}

impl Life {
    fn at_sea_level(subset: Subset, engine: &Engine, regimes: &[Measured], rul_cycles: usize) -> Self {
        let row = |row: &Row| {
            let columns = row.columns().map(f64::from);
            regimes.get(regime(subset, row)).map_or(columns, |regime| regime.taken_back(&columns))
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
        let mean = |rows: &[[f64; Row::COLUMNS]]| {
            rows.iter().map(|row| row[SETTINGS + sensor]).sum::<f64>() / count(rows.len())
        };
        mean(&self.rows[self.rows.len() - ends..]) - mean(&self.rows[..ends])
    }
}

/// An operating regime, and the way back from it.
struct Measured {
    parameters: OperatingRegime,
    sea_level: [f64; Row::COLUMNS],
}

impl Measured {
    fn taken_back(&self, columns: &[f64; Row::COLUMNS]) -> [f64; Row::COLUMNS] {
        let OperatingRegime { offsets, gains, .. } = &self.parameters;
        std::array::from_fn(|k| if gains[k] > 0.0 { (columns[k] - offsets[k]) / gains[k] } else { self.sea_level[k] })
    }
}

/// Mean and deviation of each column in each regime, as offsets and gains over those at sea level.
fn regimes(subset: Subset, engines: &[Engine]) -> Vec<Measured> {
    let mut rows = vec![Vec::new(); SET_POINTS.len()];
    for row in engines.iter().flat_map(|engine| &engine.rows) {
        rows[regime(subset, row)].push(row.columns().map(f64::from));
    }
    let total = count(rows.iter().map(Vec::len).sum());
    let moments = |rows: &[[f64; Row::COLUMNS]]| -> [(f64, f64); Row::COLUMNS] {
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
    let at_sea = moments(&rows[0]);
    let of_regime = |(rows, settings): (&Vec<[f64; Row::COLUMNS]>, &[f32; SETTINGS])| {
        let here = moments(rows);
        let gains: [f64; Row::COLUMNS] =
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

/// From sensors to the two directions in which they vary.
struct Projection {
    mean: [f64; USED],
    /// Rows of weights on centred sensors, in units of noise.
    weights: [[f64; USED]; 2],
}

impl Projection {
    fn fit(lives: &[Life]) -> Self {
        let rows: Vec<_> = lives.iter().flat_map(|life| &life.rows).map(used).collect();
        let center: [f64; USED] =
            std::array::from_fn(|k| rows.iter().map(|row| row[k]).sum::<f64>() / count(rows.len()));
        // Noise is white and wear is slow: neighbouring cycles differ by noise alone, with twice its variance.
        let pairs = || lives.iter().flat_map(|life| life.rows.windows(2)).map(|pair| (used(&pair[0]), used(&pair[1])));
        let noise: [f64; USED] = std::array::from_fn(|k| {
            let sum: f64 = pairs().map(|(a, b)| (b[k] - a[k]).powi(2)).sum();
            (sum / 2.0 / count(pairs().count().max(1))).sqrt()
        });
        let scale = noise.map(|noise| if noise > 0.0 { noise.recip() } else { 0.0 });
        let mut covariance = [[0.0; USED]; USED];
        for row in &rows {
            let white: [f64; USED] = std::array::from_fn(|k| (row[k] - center[k]) * scale[k]);
            for (sums, a) in covariance.iter_mut().zip(white) {
                sums.iter_mut().zip(white).for_each(|(sum, b)| *sum += a * b / count(rows.len()));
            }
        }
        let (_, vectors) = eigen(covariance);
        let weights = [vectors[0], vectors[1]].map(|vector| std::array::from_fn(|k| vector[k] * scale[k]));
        Self { mean: center, weights }
    }

    fn latents(&self, life: &Life) -> Vec<[f64; 2]> {
        let latents = |row: &[f64; Row::COLUMNS]| {
            let row = used(row);
            self.weights.map(|weights| (0..USED).map(|k| weights[k] * (row[k] - self.mean[k])).sum())
        };
        life.rows.iter().map(latents).collect()
    }
}

/// The latents of an engine: `start + growth·exp(−RUL/τ)`.
struct Path {
    start: [f64; 2],
    growth: [f64; 2],
    time_constant_cycles: f64,
}

impl Path {
    /// The last of the latents is that with `rul_cycles` to live.
    fn fit(latents: &[[f64; 2]], rul_cycles: usize) -> Self {
        let (shortest, ratio, number) = TIME_CONSTANTS;
        let mut best = (f64::INFINITY, Self { start: [0.0; 2], growth: [0.0; 2], time_constant_cycles: shortest });
        for step in 0..number {
            let time_constant_cycles = shortest * ratio.powi(step);
            let mut candidate = Self { start: [0.0; 2], growth: [0.0; 2], time_constant_cycles };
            let curve: Vec<_> =
                (0..latents.len()).rev().map(|left| (-count(rul_cycles + left) / time_constant_cycles).exp()).collect();
            let mut error = 0.0;
            for k in 0..2 {
                let mut line = LeastSquares::new();
                curve.iter().zip(latents).for_each(|(x, latent)| line.add(&[1.0, *x], latent[k]));
                let Some([start, growth]) = line.solve() else { continue };
                (candidate.start[k], candidate.growth[k]) = (start, growth);
                error += curve.iter().zip(latents).map(|(x, y)| (start + growth * x - y[k]).powi(2)).sum::<f64>();
            }
            if error < best.0 {
                best = (error, candidate);
            }
        }
        best.1
    }

    fn end(&self, latent: usize) -> f64 {
        self.start[latent] + self.growth[latent]
    }

    fn at(&self, rul_cycles: usize) -> [f64; 2] {
        let grown = (-count(rul_cycles) / self.time_constant_cycles).exp();
        std::array::from_fn(|k| self.start[k] + self.growth[k] * grown)
    }

    /// In the order of [`FaultMode::quantiles`], and the logarithm of the lifetime.
    fn traits(&self, life: &Life) -> [f64; TRAITS] {
        let [wear, drift] = self.start;
        [
            wear,
            self.end(0),
            drift,
            self.growth[1],
            self.time_constant_cycles.ln(),
            count(life.rows.len() + life.rul_cycles).ln(),
        ]
    }
}

/// Turn the latents so that the first is the one in which engines differ least at failure.
fn turned(mut paths: Vec<Path>) -> Result<Vec<Path>, DataError> {
    let ends: [Vec<f64>; 2] = [0, 1].map(|k| paths.iter().map(|path| path.end(k)).collect());
    let mut covariance = [[0.0; 2]; 2];
    for (row, a) in covariance.iter_mut().zip(&ends) {
        for (cell, b) in row.iter_mut().zip(&ends) {
            *cell = correlation(a, b) * (variance(a) * variance(b)).sqrt();
        }
    }
    let (_, [drift, wear]) = eigen(covariance);
    // Signs: wear grows, and so does drift in most engines.
    let upright = |axis: [f64; 2]| {
        let growth: f64 = paths.iter().map(|path| axis[0] * path.growth[0] + axis[1] * path.growth[1]).sum();
        if growth.is_finite() {
            Ok(axis.map(|weight| weight * growth.signum()))
        } else {
            Err(unfit("sensors that vary", "none".into()))
        }
    };
    let axes = [upright(wear)?, upright(drift)?];
    for path in &mut paths {
        let turn = |pair: [f64; 2]| axes.map(|axis| axis[0] * pair[0] + axis[1] * pair[1]);
        (path.start, path.growth) = (turn(path.start), turn(path.growth));
    }
    Ok(paths)
}

type Responses = ([[f64; TERMS]; Row::COLUMNS], [f64; Row::COLUMNS]);

/// Regress each column on the latents; settings do not depend on them.
fn responses(lives: &[Life], paths: &[Path]) -> Result<Responses, DataError> {
    let mut rows = Vec::new();
    for (life, path) in lives.iter().zip(paths) {
        for (back, row) in life.rows.iter().rev().enumerate() {
            let [wear, drift] = path.at(life.rul_cycles + back);
            rows.push((terms(wear, drift), *row));
        }
    }
    let mut result: Responses = ([[0.0; TERMS]; Row::COLUMNS], [0.0; Row::COLUMNS]);
    for column in 0..Row::COLUMNS {
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

fn used(row: &[f64; Row::COLUMNS]) -> [f64; USED] {
    USED_SENSORS.map(|sensor| row[SETTINGS + sensor - 1])
}

pub(super) fn count(number: usize) -> f64 {
    number as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

fn variance(values: &[f64]) -> f64 {
    let center = mean(values);
    values.iter().map(|value| (value - center).powi(2)).sum::<f64>() / count(values.len())
}

/// Pearson correlation, 0 where either does not vary.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (center_a, center_b) = (mean(a), mean(b));
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - center_a) * (b - center_b)).sum();
    let scale = (variance(a) * variance(b)).sqrt() * count(a.len());
    if scale > 0.0 { sum / scale } else { 0.0 }
}

/// Ranks, equal values sharing theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| other.total_cmp(value).is_eq()).count();
        count(below) + count(equal) / 2.0
    };
    values.iter().map(rank).collect()
}

/// Minimum, deciles, maximum; linear between neighbours.
fn quantiles(mut values: Vec<f64>) -> [f64; KNOTS] {
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    std::array::from_fn(|knot| {
        let (below, tenths) = (last * knot / (KNOTS - 1), last * knot % (KNOTS - 1));
        let above = (below + 1).min(last);
        values[below] + (values[above] - values[below]) * count(tenths) / count(KNOTS - 1)
    })
}

pub(super) fn unfit(expected: &'static str, found: String) -> DataError {
    DataError::Invalid { part: "population".to_owned(), expected, found }
}

#[cfg(test)]
mod tests;
