//! Intervals of the RUL that hold: split conformal prediction over held-out engines, and how good intervals are.

use serde::{Deserialize, Serialize};

use super::Forecast;
use crate::data::Labels;

/// Width of the bins of predicted RUL in which the spread of the errors is measured, in cycles.
const SPREAD_BIN_CYCLES: f32 = 12.5;

/// The least spread, in cycles: errors below it are not distinguished.
const LEAST_SPREAD_CYCLES: f64 = 1.0;

/// The calibration predictions of one held-out engine.
pub type EngineForecasts = Vec<Forecast>;

/// The mean absolute error as a function of the predicted RUL: linear between the middles of bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Middles of the bins and the mean absolute error in them, in cycles.
    points: Vec<(f32, f64)>,
}

impl Spread {
    /// Of predictions of the capped RUL that calibrate nothing else.
    #[must_use]
    pub fn of(forecasts: &[Forecast], labels: &Labels) -> Self {
        let bin = |one: &Forecast| (one.predicted_cycles / SPREAD_BIN_CYCLES).floor();
        let mut sorted: Vec<&Forecast> = forecasts.iter().filter(|one| one.predicted_cycles.is_finite()).collect();
        sorted.sort_by(|a, b| bin(a).total_cmp(&bin(b)));
        let point = |group: &[&Forecast]| {
            let sum: f64 = group.iter().map(|one| one.error(labels).abs()).sum();
            ((bin(group[0]) + 0.5) * SPREAD_BIN_CYCLES, (sum / group.len() as f64).max(LEAST_SPREAD_CYCLES))
        };
        Self { points: sorted.chunk_by(|a, b| bin(a).to_bits() == bin(b).to_bits()).map(point).collect() }
    }

    /// At a predicted RUL, in cycles; the outermost bins go on without end.
    #[must_use]
    pub fn at(&self, predicted_cycles: f32) -> f64 {
        let after = self.points.partition_point(|(middle, _)| *middle < predicted_cycles);
        match (after.checked_sub(1).and_then(|before| self.points.get(before)), self.points.get(after)) {
            (Some(low), Some(high)) => {
                let share = f64::from(predicted_cycles - low.0) / f64::from(high.0 - low.0);
                low.1 + (high.1 - low.1) * share
            }
            (Some((_, spread)), None) | (None, Some((_, spread))) => *spread,
            (None, None) => LEAST_SPREAD_CYCLES,
        }
    }
}

/// Intervals for the capped RUL that hold the truth with a given probability for a new engine, whatever the model.
///
/// ```text
/// r = |y − ŷ| / σ(ŷ)        [ŷ − q · σ(ŷ), ŷ + q · σ(ŷ)], within [0, cap]
/// ```
///
/// `σ` is the spread of errors on engines that the model was trained on; `q` is the quantile at `1 − α` of
/// the `K` held-out engines' `r`, each engine with the weight `1 / (K + 1)`, which its windows share, and the rest, the
/// new engine's own, beyond all. Windows of one engine resemble each other, so the engine is what is exchanged
/// (Dunn, Wasserman and Ramdas 2023, *Distribution-free prediction sets for two-layer hierarchical models*; Lei et al.
/// 2018, *Distribution-free predictive inference for regression*, for the scaled residual).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    spread: Spread,
    /// `q`; infinite where there are too few engines.
    quantile: f64,
    labels: Labels,
}

impl Conformal {
    /// Calibrate on held-out engines, for intervals that miss the truth with the probability `alpha`.
    #[must_use]
    pub fn new(spread: Spread, held_out: &[EngineForecasts], labels: Labels, alpha: f64) -> Self {
        let mut scores = Vec::new();
        let engines: Vec<&EngineForecasts> = held_out.iter().filter(|engine| !engine.is_empty()).collect();
        let weight = ((engines.len() + 1) as f64).recip();
        for engine in engines {
            let share = weight / engine.len() as f64;
            scores.extend(engine.iter().map(|one| (one.error(&labels).abs() / spread.at(one.predicted_cycles), share)));
        }
        scores.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { spread, quantile: beyond(&scores, 1.0 - alpha), labels }
    }

    /// The interval around a predicted RUL, in cycles.
    #[must_use]
    pub fn interval(&self, predicted_cycles: f32) -> [f64; 2] {
        let reach = self.quantile * self.spread.at(predicted_cycles);
        let most = self.labels.rul_cap_cycles.map_or(f64::INFINITY, f64::from);
        [-reach, reach].map(|away| (f64::from(predicted_cycles) + away).clamp(0.0, most))
    }
}

/// The least score up to which the weights sum to a level: infinite where all of them do not.
fn beyond(scores: &[(f64, f64)], level: f64) -> f64 {
    let mut sum = 0.0;
    for (score, weight) in scores {
        sum += weight;
        // Weights of thirds and sevenths do not sum to one exactly.
        if sum >= level - 1e-9 {
            return *score;
        }
    }
    f64::INFINITY
}

/// How good intervals are on engines that they were not calibrated on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntervalFigures {
    /// Share of windows whose capped RUL lies within (PICP), in [0, 1]. Nearer to `1 − α` is better.
    pub coverage: f64,
    /// Mean of high minus low, in cycles. Lower is better.
    pub width_cycles: f64,
    /// `mean (high − low) + 2/α · (how far the truth lies outside)`, in cycles. Lower is better. Gneiting and Raftery 2007,
    /// *Strictly proper scoring rules, prediction, and estimation*.
    pub interval_score: f64,
}

impl IntervalFigures {
    /// Of intervals around predictions; not a number without any.
    #[must_use]
    pub fn of(intervals: &[[f64; 2]], truth: &[f32], alpha: f64) -> Self {
        let count = intervals.len() as f64;
        let pairs = || intervals.iter().zip(truth).map(|([low, high], truth)| (*low, *high, f64::from(*truth)));
        let within = pairs().filter(|(low, high, truth)| (low..=high).contains(&truth)).count();
        let width = |(low, high, _): (f64, f64, f64)| high - low;
        let outside = |(low, high, truth): (f64, f64, f64)| (low - truth).max(truth - high).max(0.0);
        let width_cycles = pairs().map(width).sum::<f64>() / count;
        Self {
            coverage: within as f64 / count,
            width_cycles,
            interval_score: width_cycles + 2.0 / alpha * pairs().map(outside).sum::<f64>() / count,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn forecast(left_cycles: f32, predicted_cycles: f32) -> Forecast {
        Forecast { left_cycles, predicted_cycles }
    }

    #[test]
    fn the_spread_is_the_mean_error_of_a_bin_and_linear_between() {
        let labels = Labels::default();
        let spread = Spread::of(&[forecast(10.0, 5.0), forecast(6.0, 5.0), forecast(30.0, 20.0)], &labels);
        assert_eq!([0.0, 6.25, 12.5, 18.75, 90.0].map(|at| spread.at(at)), [3.0, 3.0, 6.5, 10.0, 10.0]);
    }

    #[test]
    fn quantiles_weigh_engines_and_not_windows() {
        // 19 engines with one error each, 1 to 19; the last has a hundred windows.
        let labels = Labels { rul_cap_cycles: None, ..Labels::default() };
        let mut engines: Vec<EngineForecasts> =
            (1..=19).map(|error| vec![forecast(50.0 + error as f32, 50.0)]).collect();
        engines[18] = vec![engines[18][0]; 100];
        let conformal = Conformal::new(Spread { points: vec![(50.0, 1.0)] }, &engines, labels, 0.1);
        assert_eq!(conformal.interval(50.0), [32.0, 68.0]);
        let few = Conformal::new(Spread { points: vec![(50.0, 1.0)] }, &engines[..5], labels, 0.1);
        assert_eq!(few.interval(50.0), [0.0, f64::INFINITY]);
    }

    #[test]
    fn nine_of_ten_new_engines_are_covered_whatever_the_errors() {
        let labels = Labels::default();
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut engine = |windows: usize| -> EngineForecasts {
            // An engine's errors have a part in common, and grow with the RUL.
            let common: f32 = random.random_range(-0.2..0.3);
            let one = |random: &mut ChaCha8Rng| {
                let left: f32 = random.random_range(0.0..125.0);
                forecast(left, left * (1.0 + common + random.random_range(-0.1_f32..0.1).powi(3) * 50.0))
            };
            (0..windows).map(|_| one(&mut random)).collect()
        };
        let (mut covered, mut count) = (0.0, 0.0);
        for _ in 0..40 {
            let spread = Spread::of(&engine(300), &labels);
            let held_out: Vec<EngineForecasts> = (0..30).map(|_| engine(20)).collect();
            let conformal = Conformal::new(spread, &held_out, labels, 0.1);
            let test: Vec<Forecast> = (0..50).flat_map(|_| engine(1)).collect();
            let intervals: Vec<_> = test.iter().map(|one| conformal.interval(one.predicted_cycles)).collect();
            let truth: Vec<f32> = test.iter().map(|one| one.left_cycles).collect();
            covered += IntervalFigures::of(&intervals, &truth, 0.1).coverage;
            count += 1.0;
        }
        assert!((0.87..=0.97).contains(&(covered / count)), "{}", covered / count);
    }

    #[test]
    fn scores_follow_their_formulas() {
        let found = IntervalFigures::of(&[[10.0, 20.0], [30.0, 60.0]], &[15.0, 27.0], 0.1);
        assert_eq!((found.coverage, found.width_cycles), (0.5, 20.0));
        assert!((found.interval_score - (20.0 + 20.0 * 1.5)).abs() < 1e-9);
    }
}
