//! Figures of RUL predictions that the six of a run do not show: against the capped and the true RUL, by its size, in
//! money, and along an engine's life.

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::data::Labels;
use crate::parameter::{Range, Traits, parameters};

/// Width of the bins of true RUL, in cycles.
pub const ERROR_BIN_CYCLES: f32 = 25.0;

/// Share of the RUL that an error may have: the usual α of the α–λ accuracy.
pub const ALPHA: f64 = 0.2;

/// A RUL prediction and the truth, in cycles; neither is capped by this type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Cycles that the engine has left.
    pub left_cycles: f32,
    /// Cycles that a model says it has left.
    pub predicted_cycles: f32,
}

impl Forecast {
    /// `d = ŷ − y`, in cycles: positive where the prediction is late, that is where the engine fails before it.
    fn late(self) -> f64 {
        f64::from(self.predicted_cycles) - f64::from(self.left_cycles)
    }

    /// The error against the capped RUL, `ŷ − y`, in cycles.
    #[must_use]
    pub fn error(self, labels: &Labels) -> f64 {
        self.capped(labels).late()
    }

    /// Whether the error is at most a share of the RUL: `|ŷ − y| ≤ α·y`.
    #[must_use]
    pub fn within(self, alpha: f64) -> bool {
        self.late().abs() <= alpha * f64::from(self.left_cycles)
    }

    /// `1 − |ŷ − y| / y`; `None` at the failure itself.
    fn relative_accuracy(self) -> Option<f64> {
        (self.left_cycles > 0.0).then(|| 1.0 - self.late().abs() / f64::from(self.left_cycles))
    }

    /// The same against the capped RUL.
    fn capped(self, labels: &Labels) -> Self {
        Self { left_cycles: labels.rul_cycles(self.left_cycles), ..self }
    }
}

parameters! {
    /// What a wrong prediction costs, in any currency.
    ///
    /// ```text
    /// s = max(ŷ − margin, 0)      cost = failure where s ≥ y, unused · (y − s) otherwise
    /// ```
    ///
    /// An engine is taken out of service after `s` cycles, the margin before the predicted failure; `y` is what it would
    /// have had left.
    #[derive(Copy)]
    Prices {
        /// Cost of an engine that fails in service, before it is taken out.
        failure: f32 = 100.0, "Price of a failure", Range::linear(0.0, 1e6, 1.0), Traits::LIVE.key("price-failure");
        /// Cost of each cycle that an engine could still have flown when it is taken out of service.
        unused_cycle: f32 = 1.0, "Price of an unused cycle", Range::linear(0.0, 1e6, 0.1), Traits::LIVE.key("price-unused");
        /// How long before the predicted failure an engine is taken out of service.
        margin_cycles: f32 = 10.0, "Safety margin", Range::linear(0.0, 200.0, 1.0), Traits::LIVE.key("margin").unit("cycles");
    }
}

impl Prices {
    /// Whether these are the usual prices, which are not written down.
    #[must_use]
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The cost of one prediction.
    fn of(&self, forecast: Forecast) -> f64 {
        let stop = (f64::from(forecast.predicted_cycles) - f64::from(self.margin_cycles)).max(0.0);
        let unused = f64::from(forecast.left_cycles) - stop;
        if unused <= 0.0 { self.failure.into() } else { f64::from(self.unused_cycle) * unused }
    }
}

/// Errors of the windows whose true RUL lies in one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBin {
    /// The least RUL of the bin, in cycles; it is [`ERROR_BIN_CYCLES`] wide, and the last one has no end.
    pub from_cycles: f32,
    /// Windows in it.
    pub windows: u32,
    /// Root mean squared error of them, in cycles. Lower is better.
    pub rmse_cycles: f64,
    /// Mean of `ŷ − y`, in cycles. Nearer to 0 is better.
    pub bias_cycles: f64,
}

/// Figures of RUL predictions on windows.
///
/// `y` is the capped RUL unless said otherwise, `d = ŷ − y`. Not a number without windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RulFigures {
    /// `√mean(d²)`, in cycles. Lower is better.
    pub rmse_cycles: f64,
    /// The same against the RUL without a cap, in cycles. Lower is better.
    pub rmse_uncapped_cycles: f64,
    /// `mean |d|`, in cycles. Lower is better.
    pub mae_cycles: f64,
    /// `mean d`, in cycles: positive where predictions are late. Nearer to 0 is better.
    pub bias_cycles: f64,
    /// Share of windows with `d > 0`, in [0, 1]. Lower is safer.
    pub late_share: f64,
    /// Share of windows with `|ŷ − y| ≤ 0.2·y` against the RUL without a cap, in [0, 1]. Higher is better. The α–λ
    /// accuracy of Saxena et al. 2010, *Metrics for offline evaluation of prognostic performance*, with λ at each
    /// engine's last window.
    pub alpha_accuracy: f64,
    /// Mean cost by [`Prices`], against the RUL without a cap. Lower is better.
    pub expected_cost: f64,
    /// By the size of the RUL without a cap, bins without windows left out.
    pub bins: Vec<ErrorBin>,
}

impl RulFigures {
    /// The figures of these predictions.
    #[must_use]
    pub fn of(forecasts: &[Forecast], labels: &Labels, prices: &Prices) -> Self {
        let count = forecasts.len() as f64;
        let mean = |figure: &dyn Fn(Forecast) -> f64| forecasts.iter().map(|one| figure(*one)).sum::<f64>() / count;
        let share = |is: &dyn Fn(Forecast) -> bool| forecasts.iter().filter(|one| is(**one)).count() as f64 / count;
        let late = |one: Forecast| one.error(labels);
        Self {
            rmse_cycles: mean(&|one| late(one).powi(2)).sqrt(),
            rmse_uncapped_cycles: mean(&|one| one.late().powi(2)).sqrt(),
            mae_cycles: mean(&|one| late(one).abs()),
            bias_cycles: mean(&late),
            late_share: share(&|one| late(one) > 0.0),
            alpha_accuracy: share(&|one| one.within(ALPHA)),
            expected_cost: mean(&|one| prices.of(one)),
            bins: bins(forecasts, labels),
        }
    }

    /// Name, unit, direction and value of each figure but the bins, in the order of a table.
    #[must_use]
    pub fn rows(&self) -> Vec<(Metric, f64)> {
        let cycles = |name, higher_is_better| Metric { name, unit: "cycles", higher_is_better };
        let share = |name, higher_is_better| Metric { name, unit: "", higher_is_better: Some(higher_is_better) };
        vec![
            (cycles("RMSE, RUL not capped", Some(false)), self.rmse_uncapped_cycles),
            (cycles("Mean absolute error", Some(false)), self.mae_cycles),
            (cycles("Mean error (positive: late)", None), self.bias_cycles),
            (share("Share of late predictions", false), self.late_share),
            (share("Within 20 % of the RUL", true), self.alpha_accuracy),
            (share("Expected cost", false), self.expected_cost),
        ]
    }
}

/// Errors against the capped RUL, by the RUL without a cap: the last bin holds all that the cap hides.
fn bins(forecasts: &[Forecast], labels: &Labels) -> Vec<ErrorBin> {
    let most = labels.largest_cycles(forecasts.iter().map(|one| one.left_cycles));
    let last = (most / ERROR_BIN_CYCLES).floor();
    let bin = |one: &Forecast| (one.left_cycles / ERROR_BIN_CYCLES).floor().clamp(0.0, last);
    let mut found: Vec<ErrorBin> = Vec::new();
    let mut sorted: Vec<&Forecast> = forecasts.iter().collect();
    sorted.sort_by(|a, b| bin(a).total_cmp(&bin(b)));
    for group in sorted.chunk_by(|a, b| bin(a).to_bits() == bin(b).to_bits()) {
        let count = group.len() as f64;
        let errors = || group.iter().map(|one| one.error(labels));
        found.push(ErrorBin {
            from_cycles: bin(group[0]) * ERROR_BIN_CYCLES,
            windows: group.len() as u32,
            rmse_cycles: (errors().map(|error| error * error).sum::<f64>() / count).sqrt(),
            bias_cycles: errors().sum::<f64>() / count,
        });
    }
    found
}

/// Figures of the predictions along one engine's life, in the order of its cycles (Saxena et al. 2010, *Metrics for
/// offline evaluation of prognostic performance*). Against the RUL without a cap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LifeFigures {
    /// RUL at the first prediction from which on all are within α of it, in cycles; 0 where none is. Higher is better.
    pub horizon_cycles: f64,
    /// Mean of `1 − |ŷ − y| / y` over all predictions before the failure. Higher is better, 1 is perfect.
    pub relative_accuracy: f64,
}

impl LifeFigures {
    /// Of one engine's predictions; the accuracy is not a number without one before the failure.
    #[must_use]
    pub fn of(life: &[Forecast], alpha: f64) -> Self {
        let good = life.iter().rev().take_while(|one| one.left_cycles <= 0.0 || one.within(alpha));
        let horizon = good.map(|one| one.left_cycles).fold(0.0, f32::max);
        let accuracies: Vec<f64> = life.iter().filter_map(|one| one.relative_accuracy()).collect();
        Self {
            horizon_cycles: horizon.into(),
            relative_accuracy: accuracies.iter().sum::<f64>() / accuracies.len() as f64,
        }
    }
}

/// Whether the first prediction at or after a share λ of a life is within α of the RUL; `None` where there is none. The
/// life goes from the first prediction to the failure.
#[must_use]
pub fn alpha_lambda(life: &[Forecast], lambda: f64, alpha: f64) -> Option<bool> {
    let most = life.first()?.left_cycles;
    let left = f64::from(most) * (1.0 - lambda);
    life.iter().find(|one| f64::from(one.left_cycles) <= left).map(|one| one.within(alpha))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast((left_cycles, predicted_cycles): (f32, f32)) -> Forecast {
        Forecast { left_cycles, predicted_cycles }
    }

    fn figures(pairs: &[(f32, f32)]) -> RulFigures {
        let forecasts: Vec<Forecast> = pairs.iter().copied().map(forecast).collect();
        RulFigures::of(&forecasts, &Labels::default(), &Prices::default())
    }

    #[test]
    fn figures_follow_their_formulas() {
        // Capped: 125 predicted 120, early by 5; 50 predicted 62, late by 12. Not capped: early by 55.
        let found = figures(&[(175.0, 120.0), (50.0, 62.0)]);
        assert_eq!(found.rmse_cycles, f64::midpoint(25.0, 144.0).sqrt());
        assert_eq!(found.rmse_uncapped_cycles, f64::midpoint(3025.0, 144.0).sqrt());
        assert_eq!((found.mae_cycles, found.bias_cycles, found.late_share), (8.5, 3.5, 0.5));
        assert_eq!(found.alpha_accuracy, 0.0);
        // Taken out of service at 110 of 175, and at 52 of 50.
        assert_eq!(found.expected_cost, f64::midpoint(65.0, 100.0));
        let bin =
            |from_cycles, rmse_cycles, bias_cycles| ErrorBin { from_cycles, windows: 1, rmse_cycles, bias_cycles };
        assert_eq!(found.bins, [bin(50.0, 12.0, 12.0), bin(125.0, 5.0, -5.0)]);
    }

    #[test]
    fn a_prediction_within_a_fifth_of_the_rul_counts() {
        assert_eq!(figures(&[(100.0, 80.0), (100.0, 121.0), (10.0, 12.0), (0.0, 0.0)]).alpha_accuracy, 0.75);
    }

    #[test]
    fn the_horizon_ends_at_the_last_prediction_that_is_off() {
        let life = [(40.0, 40.0), (30.0, 50.0), (20.0, 21.0), (10.0, 9.0), (0.0, 3.0)].map(forecast);
        let found = LifeFigures::of(&life, ALPHA);
        assert_eq!(found.horizon_cycles, 20.0);
        assert!((found.relative_accuracy - (1.0 + 1.0 / 3.0 + 0.95 + 0.9) / 4.0).abs() < 1e-12);
        assert_eq!(LifeFigures::of(&[forecast((5.0, 9.0))], ALPHA).horizon_cycles, 0.0);
    }

    #[test]
    fn the_prediction_at_half_of_a_life_is_the_first_that_is_not_before_it() {
        let life = [(40.0, 90.0), (21.0, 0.0), (18.0, 19.0), (0.0, 0.0)].map(forecast);
        assert_eq!(alpha_lambda(&life, 0.5, ALPHA), Some(true));
        assert_eq!(alpha_lambda(&life, 0.0, ALPHA), Some(false));
        assert_eq!(alpha_lambda(&life[..2], 0.5, ALPHA), None);
    }
}
