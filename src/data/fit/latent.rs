//! What wears: the two directions in which an engine's sensors vary, and its way along them.

use super::statistics::{correlation, count, variance};
use super::{Life, unfit};
use crate::data::linear::{LeastSquares, eigen};
use crate::data::parameters::TRAITS;
use crate::data::{COLUMNS, DataError, SETTINGS, USED_SENSORS};

const USED: usize = USED_SENSORS.len();
/// Time constants of the run to failure that are tried: the shortest, in cycles, and the ratio between two and their
/// number, up to 200 cycles.
const TIME_CONSTANTS: (f64, f64, i32) = (8.0, 1.0204, 160);

/// From sensors to the two directions in which they vary.
pub struct Projection {
    mean: [f64; USED],
    /// Rows of weights on centred sensors, in units of noise.
    weights: [[f64; USED]; 2],
}

impl Projection {
    pub fn fit(lives: &[Life]) -> Self {
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

    pub fn latents(&self, life: &Life) -> Vec<[f64; 2]> {
        let latents = |row: &[f64; COLUMNS]| {
            let row = used(row);
            self.weights.map(|weights| (0..USED).map(|k| weights[k] * (row[k] - self.mean[k])).sum())
        };
        life.rows.iter().map(latents).collect()
    }
}

/// The latents of an engine: `start + growth·exp(−RUL/τ)`.
pub struct Path {
    start: [f64; 2],
    growth: [f64; 2],
    time_constant_cycles: f64,
}

impl Path {
    /// The last of the latents is that with `rul_cycles` to live.
    pub fn fit(latents: &[[f64; 2]], rul_cycles: usize) -> Self {
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

    pub fn end(&self, latent: usize) -> f64 {
        self.start[latent] + self.growth[latent]
    }

    pub fn at(&self, rul_cycles: usize) -> [f64; 2] {
        let grown = (-count(rul_cycles) / self.time_constant_cycles).exp();
        std::array::from_fn(|k| self.start[k] + self.growth[k] * grown)
    }

    /// In the order of [`FaultMode::quantiles`], and the logarithm of the lifetime.
    pub fn traits(&self, life: &Life) -> [f64; TRAITS] {
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
pub fn turned(mut paths: Vec<Path>) -> Result<Vec<Path>, DataError> {
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

fn used(row: &[f64; COLUMNS]) -> [f64; USED] {
    USED_SENSORS.map(|sensor| row[SETTINGS + sensor - 1])
}
