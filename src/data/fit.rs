//! NASA's engines → the statistics that the emulator draws from.

use super::{
    DataError, Dataset, EmulatorParameters, Engine, PRINTED_DECIMALS, Row, SETTINGS, Subset, USED_SENSORS,
    emulator::terms,
    linear::{LeastSquares, eigen},
    parameters::{KNOTS, TERMS, TRAITS, unsupported},
};

const USED: usize = USED_SENSORS.len();
/// Fewest engines that a population is measured on.
const FEWEST_ENGINES: usize = 20;
/// Time constants of the run to failure that are tried: the shortest, in cycles, and the ratio between two and their
/// number, up to 200 cycles.
const TIME_CONSTANTS: (f64, f64, i32) = (8.0, 1.0204, 160);

/// Measure the population that the engines of a data set come from.
///
/// The two latents are the directions of largest variance of the sensors, whitened by their noise; they are turned so
/// that engines differ least in the first, *wear*, at failure. Along each engine both follow an exponential with a
/// common time constant, found by least squares, and its coefficients are the engine's traits. Columns are then
/// regressed on wear and drift; what is left, less the rounding, is noise.
///
/// # Errors
///
/// [`DataError::Invalid`] from [`Dataset::validate`] or if there are fewer than 20 training engines or they do not
/// vary, [`DataError::Config`] for a subset other than FD001: one regime and one way to fail are assumed.
pub fn fit(dataset: &Dataset) -> Result<EmulatorParameters, DataError> {
    dataset.validate()?;
    if dataset.subset != Subset::FD001 {
        return Err(unsupported(dataset.subset));
    }
    let engines = &dataset.train;
    if engines.len() < FEWEST_ENGINES {
        return Err(unfit("at least 20 training engines", engines.len().to_string()));
    }
    let projection = Projection::fit(engines);
    let paths: Vec<_> = engines.iter().map(|engine| Path::fit(&projection.latents(engine))).collect();
    let paths = turned(paths)?;
    let (responses, noise) = responses(engines, &paths)?;
    let traits: Vec<_> = engines.iter().zip(&paths).map(|(engine, path)| path.traits(engine)).collect();
    let column = |index: usize| traits.iter().map(move |traits: &[f64; TRAITS]| traits[index]).collect::<Vec<_>>();
    let life = column(TRAITS - 1);
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
    let parameters = EmulatorParameters {
        subset: dataset.subset,
        ln_life: [mean(&life), variance(&life).sqrt()],
        quantiles: quantile_table,
        correlation: correlation_table,
        test_rul: quantiles(dataset.test_rul.iter().copied().map(f64::from).collect()),
        shortest_test: dataset.test.iter().map(|engine| engine.rows.len()).min().map_or(1.0, count),
        responses,
        noise,
    };
    parameters.validate()?;
    Ok(parameters)
}

/// From sensors to the two directions in which they vary.
struct Projection {
    mean: [f64; USED],
    /// Rows of weights on centred sensors, in units of noise.
    weights: [[f64; USED]; 2],
}

impl Projection {
    fn fit(engines: &[Engine]) -> Self {
        let rows: Vec<_> = engines.iter().flat_map(|engine| &engine.rows).map(used).collect();
        let center: [f64; USED] =
            std::array::from_fn(|k| rows.iter().map(|row| row[k]).sum::<f64>() / count(rows.len()));
        // Noise is white and wear is slow: neighbouring cycles differ by noise alone, with twice its variance.
        let pairs =
            || engines.iter().flat_map(|engine| engine.rows.windows(2)).map(|pair| (used(&pair[0]), used(&pair[1])));
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

    fn latents(&self, engine: &Engine) -> Vec<[f64; 2]> {
        let latents = |row: &Row| {
            let row = used(row);
            self.weights.map(|weights| (0..USED).map(|k| weights[k] * (row[k] - self.mean[k])).sum())
        };
        engine.rows.iter().map(latents).collect()
    }
}

/// The latents of an engine: `start + growth·exp(−RUL/τ)`.
struct Path {
    start: [f64; 2],
    growth: [f64; 2],
    time_constant_cycles: f64,
}

impl Path {
    fn fit(latents: &[[f64; 2]]) -> Self {
        let (shortest, ratio, number) = TIME_CONSTANTS;
        let mut best = (f64::INFINITY, Self { start: [0.0; 2], growth: [0.0; 2], time_constant_cycles: shortest });
        for step in 0..number {
            let time_constant_cycles = shortest * ratio.powi(step);
            let mut candidate = Self { start: [0.0; 2], growth: [0.0; 2], time_constant_cycles };
            let curve: Vec<_> =
                (0..latents.len()).rev().map(|rul| (-count(rul) / time_constant_cycles).exp()).collect();
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

    /// In the order of [`EmulatorParameters::quantiles`], and the logarithm of the lifetime.
    fn traits(&self, engine: &Engine) -> [f64; TRAITS] {
        let [wear, drift] = self.start;
        [wear, self.end(0), drift, self.growth[1], self.time_constant_cycles.ln(), count(engine.rows.len()).ln()]
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
fn responses(engines: &[Engine], paths: &[Path]) -> Result<Responses, DataError> {
    let mut rows = Vec::new();
    for (engine, path) in engines.iter().zip(paths) {
        for (back, row) in engine.rows.iter().rev().enumerate() {
            let [wear, drift] = path.at(back);
            rows.push((terms(wear, drift), row.columns().map(f64::from)));
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

fn used(row: &Row) -> [f64; USED] {
    USED_SENSORS.map(|sensor| f64::from(row.sensors[sensor - 1]))
}

fn count(number: usize) -> f64 {
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

fn unfit(expected: &'static str, found: String) -> DataError {
    DataError::Invalid { part: "population".to_owned(), expected, found }
}

#[cfg(test)]
mod tests;
