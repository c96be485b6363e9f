//! Figures of merit against scikit-learn's and progpy's (`tools/oracle_metrics.py`).

#![cfg(feature = "cli")]

use lambdascope::data::Labels;
use lambdascope::measure::{ALPHA, Forecast, HealthFigures, LifeFigures, Metrics, Prediction, Prices, RulFigures};
use lambdascope::measure::{alpha_lambda, predicted};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    fleets: Vec<Fleet>,
    lives: Vec<Life>,
}

#[derive(Deserialize)]
struct Fleet {
    left_cycles: Vec<f32>,
    predicted_cycles: Vec<f32>,
    probabilities: Vec<[f32; 3]>,
    expected: FleetFigures,
}

#[derive(Deserialize)]
struct FleetFigures {
    rmse_cycles: f64,
    rmse_uncapped_cycles: f64,
    mae_cycles: f64,
    bias_cycles: f64,
    late_share: f64,
    alpha_accuracy: f64,
    accuracy: f64,
    macro_f1: f64,
    balanced_accuracy: f64,
    brier_score: f64,
    calibration_error: f64,
}

#[derive(Deserialize)]
struct Life {
    left_cycles: Vec<f32>,
    predicted_cycles: Vec<f32>,
    expected: LifeReference,
}

#[derive(Deserialize)]
struct LifeReference {
    horizon_cycles: Option<f64>,
    relative_accuracy: f64,
    alpha_lambda: Vec<(f64, bool)>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../oracles/metrics.json")).unwrap()
}

fn forecasts(left: &[f32], predicted: &[f32]) -> Vec<Forecast> {
    let pairs = left.iter().zip(predicted);
    pairs.map(|(left, predicted)| Forecast { left_cycles: *left, predicted_cycles: *predicted }).collect()
}

fn assert_close(name: &str, found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}: {found} should be {expected}");
}

#[test]
fn figures_of_a_fleet_are_those_of_scikit_learn() {
    let labels = Labels::default();
    for Fleet { left_cycles, predicted_cycles, probabilities, expected } in reference().fleets {
        let rul = RulFigures::of(&forecasts(&left_cycles, &predicted_cycles), &labels, &Prices::default());
        let classes: Vec<usize> = left_cycles.iter().map(|left| labels.health_class(*left)).collect();
        let health = HealthFigures::of(&probabilities, &classes);
        let pairs = predicted_cycles.iter().zip(&probabilities);
        let predictions: Vec<Prediction> =
            pairs.map(|(rul, shares)| Prediction { rul_cycles: *rul, class: predicted(shares) }).collect();
        let capped: Vec<f32> = left_cycles.iter().map(|left| labels.rul_cycles(*left)).collect();
        let six = Metrics::of(&predictions, &capped, &labels);
        for (name, found, expected) in [
            ("RMSE", rul.rmse_cycles, expected.rmse_cycles),
            ("RMSE of the run", six.rmse_cycles.into(), expected.rmse_cycles),
            ("RMSE without a cap", rul.rmse_uncapped_cycles, expected.rmse_uncapped_cycles),
            ("MAE", rul.mae_cycles, expected.mae_cycles),
            ("bias", rul.bias_cycles, expected.bias_cycles),
            ("late", rul.late_share, expected.late_share),
            ("within α", rul.alpha_accuracy, expected.alpha_accuracy),
            ("accuracy", six.accuracy.into(), expected.accuracy),
            ("macro-F1", six.macro_f1.into(), expected.macro_f1),
            ("balanced accuracy", health.balanced_accuracy, expected.balanced_accuracy),
            ("Brier", health.brier_score, expected.brier_score),
            ("calibration error", health.calibration_error, expected.calibration_error),
        ] {
            assert_close(name, found, expected);
        }
        let windows: u32 = rul.bins.iter().map(|bin| bin.windows).sum();
        assert_eq!(windows as usize, left_cycles.len());
        let squares: f64 = rul.bins.iter().map(|bin| f64::from(bin.windows) * bin.rmse_cycles.powi(2)).sum();
        assert_close("RMSE of all bins", (squares / f64::from(windows)).sqrt(), expected.rmse_cycles);
    }
}

#[test]
fn figures_of_a_life_are_those_of_progpy() {
    for Life { left_cycles, predicted_cycles, expected } in reference().lives {
        let life = forecasts(&left_cycles, &predicted_cycles);
        let found = LifeFigures::of(&life, ALPHA);
        assert_close("horizon", found.horizon_cycles, expected.horizon_cycles.unwrap_or_default());
        assert_close("relative accuracy", found.relative_accuracy, expected.relative_accuracy);
        for (lambda, is_met) in expected.alpha_lambda {
            assert_eq!(alpha_lambda(&life, lambda, ALPHA), Some(is_met), "λ {lambda}");
        }
    }
}
