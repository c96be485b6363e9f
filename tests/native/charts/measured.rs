//! Charts of what is measured across members.

use super::document::{self, Document};
use lambdascope::Task;
use lambdascope::chart::{ChartData, ChartKind, Chosen, CurveFigure, Explored, Over, Scene, Style, svg};
use lambdascope::data::{Labels, Subset};
use lambdascope::measure::{
    BiasVariance, CosineBand, Information, LabelEntropy, LambdaCurve, Metrics, PUBLISHED, Predictions,
};
use lambdascope::session::{History, MemberStep, RunConfig, RunView, StepRecord};

const WIDE: (u32, u32) = (640, 300);

fn drawn(data: &ChartData, (width, height): (u32, u32), style: &Style) -> Document {
    Document::new(&svg(data, width, height, style).unwrap())
}

/// What holds for every chart in every size and theme.
fn check(data: &ChartData) -> Document {
    for size in [WIDE, (340, 220), (80, 80), (1600, 200)] {
        for style in [Style::light(), Style::dark().scaled(2.0)] {
            let document = drawn(data, size, &style);
            document.assert_finite_and_inside();
            if size == WIDE {
                document.assert_words_inside(&style);
                assert!(document.has_text(data.x.metric.name), "{:?}", document.texts());
            }
        }
    }
    let table = data.table(usize::MAX);
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{table:?}");
    drawn(data, WIDE, &Style::light())
}

/// Eleven λ, four members each, best near 0.7; at λ = 0 the RUL was not learned.
fn curve() -> LambdaCurve {
    let lambdas: Vec<f32> = (0..=10).flat_map(|tenth| [tenth as f32 / 10.0; 4]).collect();
    let figures = lambdas.iter().enumerate().map(|(member, lambda)| {
        let noise = (member as f32 * 2.4).sin();
        let rmse_cycles = if *lambda == 0.0 { 90.0 } else { 15.0 + 9.0 * (lambda - 0.7).powi(2) } + 0.2 * noise;
        Metrics { rmse_cycles, accuracy: 0.8 - 0.3 * lambda * lambda, ..Metrics::default() }
    });
    LambdaCurve::new(&lambdas, &figures.collect::<Vec<_>>(), Some(&predictions(44, 30)), 1)
}

fn predictions(members: usize, windows: usize) -> Predictions {
    let truth: Vec<f32> = (0..windows).map(|window| window as f32 * 125.0 / windows as f32).collect();
    let output = |index: usize| {
        let (member, window) = (index / windows, index % windows);
        let wave = ((index * 7) as f32).sin();
        [truth[window] / 125.0 + 0.1 * wave, wave, 0.3 * (member as f32).cos(), 0.1 * window as f32]
    };
    let outputs = (0..members * windows).flat_map(output).collect();
    Predictions::new(Labels::default(), truth.clone(), outputs)
}

#[test]
fn the_curve_marks_its_optimum_and_tells_all_points() {
    let curve = curve();
    let data = ChartData::lambda_curve(&curve, CurveFigure::Rmse, None);
    let document = check(&data);
    assert!(document.texts().iter().any(|text| text.starts_with("best 0.7, likely ")), "{:?}", document.texts());
    // What was not learned leaves the frame instead of flattening the rest.
    assert!(data.y.high < 40.0 && data.y.low >= 0.0);
    let table = data.table(usize::MAX);
    assert_eq!(table.header, ["λ_rul", "RMSE", "lower", "upper", "members"]);
    assert_eq!((table.rows.len(), table.rows[3][0].as_str(), table.rows[3][4].as_str()), (11, "0.3", "4"));
    assert!(!document.has_text(PUBLISHED));
}

#[test]
fn the_published_curve_is_behind_and_named() {
    let curve = curve();
    let data = ChartData::lambda_curve(&curve, CurveFigure::Rmse, Some(Subset::FD002));
    assert!(check(&data).has_text(PUBLISHED));
    let published: Vec<f64> = data.series[1].points.iter().map(|point| (point.y * 10.0).round() / 10.0).collect();
    assert_eq!(published, [15.6, 14.8, 13.9, 14.6, 15.4]);
    assert!(data.y.low < 13.9);
    // No other figure was published by λ.
    let data = ChartData::lambda_curve(&curve, CurveFigure::Accuracy, Some(Subset::FD002));
    assert!(!check(&data).has_text(PUBLISHED));
    assert_eq!(data.marks[0].point.x, 0.0);
}

#[test]
fn bias_and_variance_stand_below_their_sum() {
    let curve = curve();
    for (task, title) in [(Task::Rul, "Squared error (cycles²)"), (Task::Health, "Brier score")] {
        let of = |point: &lambdascope::measure::CurvePoint| match task {
            Task::Rul => point.rul,
            Task::Health => point.health,
        };
        let parts: Vec<(f32, BiasVariance)> =
            curve.points.iter().map(|point| (point.lambda, of(point).unwrap())).collect();
        let data = ChartData::bias_variance(&parts, Over::Lambda, task);
        let document = check(&data);
        assert!(document.has_text(title) && document.has_text("bias²") && document.has_text("variance"));
        for index in 0..parts.len() {
            let [bias, variance, sum] = [0, 1, 2].map(|series| data.series[series].points[index].y);
            assert!((bias + variance - sum).abs() < 1e-6 * sum);
        }
        let epochs: Vec<_> = parts.iter().enumerate().map(|(i, (_, parts))| (i as f32 + 1.0, *parts)).collect();
        let data = ChartData::bias_variance(&epochs, Over::Epoch, task);
        assert_eq!((data.x.high, check(&data).has_text("epoch")), (11.0, true));
    }
}

#[test]
fn the_information_plane_has_its_bounds() {
    let trace = |skew: f64| -> Vec<(f32, Information)> {
        (0..6)
            .map(|t| (t as f32, Information { rul: f64::from(t) * 0.2 - 0.3, health: skew * f64::from(t) * 0.1 }))
            .collect()
    };
    let entropy = LabelEntropy { health: 1.05, rul: 2.3 };
    let data = ChartData::information(&[("λ 0.2", trace(1.0)), ("λ 0.8", trace(0.5))], entropy);
    let document = check(&data);
    assert!(document.has_text("H(Y_rul)") && document.has_text("H(Y_health)") && document.has_text("λ 0.8"));
    assert!(data.x.high > 1.05 && data.y.high >= 2.3);
    // Drawn at zero, reported as it is.
    assert_eq!(data.series[0].points[0].y, 0.0);
    assert_eq!(data.table(1).rows[0][3], "-0.3");
    // The trace may go back: the pointer finds the nearest point all the same.
    let back = vec![(0.0, Information { rul: 0.1, health: 0.5 }), (1.0, Information { rul: 0.4, health: 0.2 })];
    let (hover, _) = document::draw(&ChartData::information(&[("a", back)], entropy), WIDE, &Style::light());
    assert!((hover.near(0.21).unwrap().readings[0].value - 0.4).abs() < 1e-6);
    check(&ChartData::information::<&str>(&[], LabelEntropy::default()));
}

#[test]
fn predictions_are_dots_one_an_engine() {
    let predictions = predictions(3, 30);
    let one = ChartData::predictions(&predictions, &[(1, "λ 0.5")]);
    assert_eq!(check(&one).circles().len(), 30);
    let two = ChartData::predictions(&predictions, &[(0, "A"), (2, "B")]);
    let document = check(&two);
    assert!(document.circles().len() >= 60 && document.has_text("B"));
    assert_eq!(two.table(2).header, ["engine", "true RUL", "A", "B"]);
    assert!(check(&ChartData::predictions::<&str>(&Predictions::default(), &[])).circles().is_empty());
}

#[test]
fn a_trajectory_has_the_truth_beside_it() {
    let cycles: Vec<f32> = (30..90).map(|cycle| cycle as f32).collect();
    let truth: Vec<f32> = cycles.iter().map(|cycle| (150.0 - cycle).min(125.0)).collect();
    let predicted: Vec<f32> = truth.iter().map(|rul| rul * 0.9).collect();
    let data = ChartData::trajectory(&cycles, &truth, &[("λ 0.5", predicted.as_slice())], &Labels::default());
    assert!(check(&data).has_text("true"));
    assert_eq!(data.table(1).rows[0][..2], ["30", "120"]);
    check(&ChartData::trajectory::<&str>(&[], &[], &[], &Labels::default()));
}

#[test]
fn cosine_bands_and_published_phases_lie_behind_the_lines() {
    let mut history = History::default();
    for step in 1..=40_u8 {
        let member = MemberStep { cosine: 0.2, ..MemberStep::default() };
        let (step, epoch) = (step.into(), f32::from(step) / 10.0);
        history.push_step(StepRecord { step, epoch, learning_rate: 1e-3, members: vec![member] });
    }
    let bands: Vec<CosineBand> =
        (1..=4).map(|epoch| CosineBand { epoch, low: 0.1, median: 0.2, high: 0.3, steps: 10 }).collect();
    let chart = || ChartKind::Cosine.of_history(&history, &["a"]);
    let data = chart().with_cosine_bands(&bands, false);
    assert_eq!((data.bands.len(), check(&data).has_text(PUBLISHED)), (1, false));
    let data = chart().with_cosine_bands(&bands, true);
    // Four epochs reach into the first phase alone.
    assert_eq!((data.bands.len(), check(&data).has_text(PUBLISHED), data.y.high >= 0.8), (2, true, true));
    assert_eq!(chart().with_epochs(60).with_cosine_bands(&[], true).bands.len(), 3);
}

#[test]
fn shares_of_the_update_are_read_from_the_steps() {
    let member = MemberStep {
        weights: [0.5, 0.5],
        normalizers: [0.1, 1.0],
        gradient_norms: [0.3, 1.0],
        ..MemberStep::default()
    };
    let mut history = History::default();
    let blind = MemberStep { gradient_norms: [f32::NAN; 2], cosine: f32::NAN, ..member };
    for (step, member) in [(1, member), (2, blind), (3, member)] {
        history.push_step(StepRecord { step, epoch: step as f32, learning_rate: 1e-3, members: vec![member] });
    }
    let data = ChartKind::GradientShare.of_history(&history, &["a"]);
    check(&data);
    let rows = data.table(3).rows;
    // 5 · 0.3 against 0.5 · 1, at right angles: 2.25 and 0.25 of 2.5.
    assert_eq!((rows[0][2].as_str(), rows[0][3].as_str(), rows[1][2].as_str()), ("0.9", "0.1", "NaN"));
}

#[test]
fn without_measures_the_charts_say_so() {
    for kind in [
        ChartKind::GradientShare,
        ChartKind::LambdaCurve,
        ChartKind::BiasVariance,
        ChartKind::Information,
        ChartKind::Predictions,
        ChartKind::Trajectory,
    ] {
        let document = check(&kind.of_history(&History::default(), &["a"]));
        let words = if kind == ChartKind::GradientShare { "No steps yet" } else { "Nothing measured yet" };
        assert!(document.has_text(words), "{kind:?}");
    }
    let empty = ChartData::lambda_curve(&LambdaCurve::default(), CurveFigure::Rmse, None);
    assert!(check(&empty).has_text("Nothing measured yet"));
    check(&ChartData::bias_variance(&[], Over::Epoch, Task::Rul));
}

#[test]
fn the_bounds_stay_below_their_entropies_over_the_epochs() {
    let entropy = LabelEntropy { health: 0.9, rul: 2.1 };
    let trace = [(1.0, Information { rul: 0.4, health: -0.2 }), (2.0, Information { rul: 0.9, health: 0.5 })];
    let data = ChartData::information_over_epochs(&trace, entropy);
    let document = check(&data);
    for words in ["H(Y_rul)", "H(Y_health)", "I(Z; Y_rul)", "I(Z; Y_health)"] {
        assert!(document.has_text(words), "{words}: {:?}", document.texts());
    }
    // What is below zero is drawn at zero, and reported as it is.
    assert!(data.series.iter().all(|series| series.points.iter().all(|point| point.y >= 0.0)));
    assert!(data.table(9).rows.iter().any(|row| row[2].contains("0.2")));
    assert!(data.y.high >= 2.1);
}

#[test]
fn the_ratio_of_norms_is_on_a_log_scale_around_one() {
    let mut history = History::default();
    for step in 1..=40 {
        let member = MemberStep { gradient_norms: [0.02 * step as f32, 0.4], ..MemberStep::default() };
        let epoch = step as f32 / 10.0;
        history.push_step(StepRecord { step, epoch, learning_rate: 0.0, members: vec![member] });
    }
    let chart = ChartKind::GradientNorms.row();
    let mut chosen = Chosen::default();
    chosen.choose(&chart.choices[0], "ratio".to_owned());
    let mut view = RunView::new(RunConfig::default());
    view.history = history;
    let data =
        chart.data(&Scene { view: &view, labels: &["a".to_owned()], explored: &Explored::default(), chosen: &chosen });
    assert!(check(&data).has_text("RUL pulls harder"));
    let last = data.table(1).rows[0].clone();
    assert!(last.iter().any(|cell| cell == "2"), "0.8 against 0.4: {last:?}");
}
