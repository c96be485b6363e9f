//! The plane of both tasks' gradients, and everything drawn in it.

use super::document::{self, Document};
use lambdascope::chart::{ChartData, ChartKind, Choice, Chosen, CurveFigure, Explored, Point, Scene, Style, svg};
use lambdascope::experiment::AggregationFile;
use lambdascope::measure::GradientPlane;
use lambdascope::session::{History, MemberStep, PlaneNow, RunConfig, RunView, StepRecord};
use lambdascope::train::Landscape;
use lambdascope::weighting::WeightingConfig;

const WIDE: (u32, u32) = (640, 340);

fn check(data: &ChartData) -> Document {
    for size in [WIDE, (340, 220), (80, 80), (1600, 200)] {
        for style in [Style::light(), Style::dark().scaled(2.0)] {
            let document = Document::new(&document::draw(data, size, &style).1);
            document.assert_finite_and_inside();
            if size == WIDE {
                document.assert_words_inside(&style);
            }
        }
    }
    let table = data.table(usize::MAX);
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{table:?}");
    let picture = svg(data, WIDE.0, WIDE.1, &Style::light()).unwrap();
    Document::new(&picture)
}

fn now(norms: [f64; 2], cosine: f64, lambda: f64) -> PlaneNow {
    let plane = GradientPlane::new(norms, cosine).unwrap();
    PlaneNow { plane, weights: [lambda, 1.0 - lambda], clip_factor: 1.0, steps: 1 }
}

/// A run that stands after these steps.
fn view(members: &[MemberStep]) -> RunView {
    let mut history = History::default();
    for (step, member) in (1..).zip(members) {
        history.push_step(StepRecord { step, epoch: step as f32, learning_rate: 1e-3, members: vec![*member] });
    }
    let mut view = RunView::new(RunConfig::default());
    view.in_force = Some(RunConfig::default());
    view.history = history;
    view
}

const STEP: MemberStep = MemberStep {
    losses: [0.1, 0.8],
    normalizers: [0.1, 2.0],
    weights: [0.5, 0.5],
    gradient_norms: [0.03, 0.8],
    cosine: -0.5,
    clip_factor: 1.0,
};

#[test]
fn directions_of_the_reference_have_their_lengths_and_angles() {
    let file: AggregationFile = serde_json::from_str(include_str!("../../oracles/two_task_aggregation.json")).unwrap();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut compared = 0;
    for case in &file.cases {
        let [rul, health] = &case.jacobian;
        let norms = [dot(rul, rul).sqrt(), dot(health, health).sqrt()];
        let plane = GradientPlane::new(norms, dot(rul, health) / (norms[0] * norms[1])).unwrap();
        let to = plane.destinations();
        for (method, title) in [
            ("pcgrad", "PCGrad"),
            ("mgda", "MGDA"),
            ("imtl_g", "IMTL-G"),
            ("upgrad", "UPGrad"),
            ("dualproj", "DualProj"),
            ("config", "ConFIG"),
            ("aligned_mtl", "Aligned-MTL"),
        ] {
            let reference = &case.aggregated[method];
            let weights = to.iter().find(|to| to.title == title).unwrap().weights.map(f64::from);
            let [x, y] = plane.combined(weights);
            let expected = dot(reference, reference).sqrt();
            let scale = expected.max(1e-3 * norms[0].max(norms[1]));
            assert!((x.hypot(y) - expected).abs() <= 1e-3 * scale, "{method}: {} and {expected}", x.hypot(y));
            for (task, gradient) in [rul, health].into_iter().enumerate() {
                let along = plane.descents(weights)[task] * norms[task] * x.hypot(y);
                assert!((along - dot(reference, gradient)).abs() <= 1e-3 * scale * norms[task], "{method}");
            }
            compared += 1;
        }
    }
    assert!(compared >= 20 * 7, "{compared}");
}

#[test]
fn arrows_are_drawn_true_to_length_and_angle() {
    for (norms, cosine) in [([1.0, 2.0], 0.3), ([1.0, 2.0], -0.8), ([1.0, 1000.0], 0.0), ([0.0, 1.0], 0.0)] {
        let data = ChartData::gradient_plane(&now(norms, cosine, 0.5), false, false);
        let document = check(&data);
        assert!(document.has_text("update"), "{:?}", document.texts());
        let [update, rul, health] = [0, 1, 2].map(|arrow| data.sketch.arrows[arrow].to);
        let length = |[x, y]: [f64; 2]| x.hypot(y);
        assert!((length(rul) * norms[1] - length(health) * norms[0]).abs() < 1e-9 * norms[1]);
        if norms[0] > 0.0 {
            let found = (rul[0] * health[0] + rul[1] * health[1]) / (length(rul) * length(health));
            assert!((found - cosine).abs() < 1e-9);
        }
        // The middle of both tips.
        assert!((0..2).all(|axis| (update[axis] - f64::midpoint(rul[axis], health[axis])).abs() < 1e-9));
    }
}

#[test]
fn on_the_root_scale_a_thousandth_is_still_to_be_seen() {
    let data = ChartData::gradient_plane(&now([1.0, 1000.0], -0.4, 0.5), true, true);
    let document = check(&data);
    assert!(document.texts().iter().any(|text| text.contains("root scale")), "{:?}", document.texts());
    let [rul, health] = [1, 2].map(|arrow| data.sketch.arrows[arrow].to);
    assert!((rul[0].hypot(rul[1]) / health[0].hypot(health[1]) - 1e-3_f64.sqrt()).abs() < 1e-9);
}

#[test]
fn the_table_has_every_direction() {
    let data = ChartData::gradient_plane(&now([1.0, 2.0], -0.5, 0.25), false, true);
    check(&data);
    let table = data.table(usize::MAX);
    assert_eq!(table.header[0], "direction");
    let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
    for name in ["RUL", "health", "update", "PCGrad", "MGDA", "Nash-MTL", "ConFIG"] {
        assert!(names.contains(&name), "{names:?}");
    }
    // ‖¼ g_rul + ¾ g_health‖² = 1/16 − 3/8 + 9/4
    let update = &table.rows[2];
    assert_eq!((update[1].as_str(), update[2].as_str(), update[3].as_str()), ("0.25", "0.75", "1.39194"));
    assert_eq!((table.rows[0][4].as_str(), table.rows[1][4].as_str()), ("0", "120"));
}

#[test]
fn the_pointer_finds_the_arrow_that_is_nearest() {
    let data = ChartData::gradient_plane(&now([1.0, 2.0], -0.5, 0.5), false, false);
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let [x, y] = data.sketch.arrows[2].to;
    let found = hover.at(hover.px_from_x(x) + 3.0, hover.px_from_y(y) + 3.0).unwrap();
    assert_eq!((found.title.as_str(), found.readings[0].label.as_str()), ("health", "length"));
    assert!((found.readings[0].value - 2.0).abs() < 1e-9);
    assert_eq!(hover.near(1.0).unwrap().title, "RUL", "keys go from left to right");
}

#[test]
fn a_drag_moves_the_arrow_before_the_next_step() {
    let mut view = view(&[STEP]);
    let chart = ChartKind::GradientPlane.row();
    let (explored, chosen) = (Explored::default(), Chosen::default());
    let labels = ["a".to_owned()];
    let of = |view: &RunView| chart.data(&Scene { view, labels: &labels, explored: &explored, chosen: &chosen });
    let before = of(&view);
    // 0.03 / 0.1 and 0.8 / 2, as the strategy is given them.
    assert_eq!(before.table(9).rows[0][3], "0.3");
    assert_eq!(before.table(9).rows[1][3], "0.4");
    let next = view.with_member(|member| member.weighting = WeightingConfig::Fixed { lambda_rul: 1.0 });
    assert_eq!(view.change_live(&next).len(), 1);
    let after = of(&view);
    assert_eq!(after.sketch.arrows[0].to, after.sketch.arrows[1].to, "λ = 1 follows RUL alone");
    assert_ne!(after.sketch.arrows[0].to, before.sketch.arrows[0].to);
    // A strategy that the Gramian decides is known at once, too.
    let next = view.with_member(|member| member.weighting = WeightingConfig::from_name("pcgrad").unwrap());
    view.change_live(&next);
    let [x, y] = of(&view).table(9).rows[2][1..3].to_vec().try_into().map(|[x, y]: [String; 2]| [x, y]).unwrap();
    // 1 − b / a and 1 − b / c, with a = 0.09, b = −0.06, c = 0.16.
    assert_eq!((x.as_str(), y.as_str()), ("1.66667", "1.375"));
}

#[test]
fn the_words_say_whom_the_step_hurts() {
    let chart = ChartKind::GradientPlane.row();
    let words = |member: MemberStep| {
        let view = view(&[member]);
        let scene = Scene { view: &view, labels: &[], explored: &Explored::default(), chosen: &Chosen::default() };
        chart.words(&scene)
    };
    assert_eq!(words(STEP), "120 degrees apart, health pulls 1.3 times as hard; this step helps both.");
    let conflict = MemberStep { gradient_norms: [0.003, 0.8], clip_factor: 0.5, ..STEP };
    assert_eq!(
        words(conflict),
        "120 degrees apart, health pulls 13 times as hard; this step helps health and hurts RUL; clipping shortens it to 50 %."
    );
    let vanished = MemberStep { gradient_norms: [0.0, 0.8], ..STEP };
    assert_eq!(words(vanished), "The gradient of RUL vanishes: it has no direction.");
    assert_eq!(words(MemberStep { cosine: f32::NAN, ..STEP }), "");
}

#[test]
fn the_mean_of_the_last_steps_is_taken_unless_one_is_wanted() {
    let view = view(&[MemberStep { cosine: 0.5, ..STEP }, STEP]);
    let chart = ChartKind::GradientPlane.row();
    let cosine = |steps: &str| {
        let mut chosen = Chosen::default();
        let choice: &Choice = chart.choices.iter().find(|choice| choice.id == "plane-steps").unwrap();
        chosen.choose(choice, steps.to_owned());
        let explored = Explored::default();
        let data = chart.data(&Scene { view: &view, labels: &[], explored: &explored, chosen: &chosen });
        data.table(1).rows[0][5].clone()
    };
    assert_eq!([cosine("50"), cosine("1")], ["90", "120"]);
}

#[test]
fn a_map_shows_every_evaluation_and_its_best_lambda() {
    let lambdas = [0.0_f32, 0.25, 0.5, 1.0];
    let at = |epoch: u8| {
        let value = |lambda: f32| f64::from((lambda - 0.5).powi(2)) * 40.0 + 15.0 + 60.0 / f64::from(epoch + 1);
        (f32::from(epoch) / 4.0, lambdas.map(|lambda| (lambda, value(lambda))).to_vec())
    };
    let evaluations: Vec<_> = (0..9).map(at).collect();
    for figure in [CurveFigure::Rmse, CurveFigure::NasaScore, CurveFigure::Accuracy] {
        let data = ChartData::lambda_map(&evaluations, figure);
        assert!(check(&data).has_text("epoch"));
        assert_eq!(data.sketch.cells.len(), 8 * 4, "the first evaluation is the left end");
        let best = if figure == CurveFigure::Accuracy { [0.0, 1.0] } else { [0.5; 2] };
        assert!(data.series[0].points.iter().all(|point| best.contains(&point.y)));
        assert!(data.sketch.cells.iter().all(|cell| (0.0..=1.0).contains(&cell.share)));
    }
    let data = ChartData::lambda_map(&evaluations, CurveFigure::Rmse);
    let table = data.table(1);
    assert_eq!(table.header, ["epoch", "λ_rul", "RMSE"]);
    assert_eq!(table.rows[0][..2], ["2", "1"], "newest first");
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let found = hover.at(hover.px_from_x(1.9), hover.px_from_y(0.45)).unwrap();
    assert_eq!((found.title.as_str(), found.readings[0].label.as_str()), ("epoch 2, λ 0.5", "RMSE"));
    assert!(check(&ChartData::lambda_map(&[], CurveFigure::Rmse)).has_text("Nothing measured yet"));
}

#[test]
fn keys_go_to_the_next_place_in_their_direction() {
    let data = ChartData::confusion(&[[60, 4, 0], [3, 10, 2], [0, 1, 20]]);
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let title = |(x, y): (f64, f64)| hover.at(x, y).unwrap().title;
    let middle = hover.beside((hover.px_from_x(1.4), hover.px_from_y(1.6)), (0.0, 0.0)).unwrap();
    assert_eq!(title(middle), "degrading predicted as degrading");
    let right = hover.beside(middle, (1.0, 0.0)).unwrap();
    assert_eq!(title(right), "degrading predicted as critical");
    assert_eq!(hover.beside(right, (1.0, 0.0)), None);
    assert_eq!(title(hover.beside(right, (0.0, -1.0)).unwrap()), "healthy predicted as critical");
    let lines = document::draw(&ChartKind::Rmse.of_history(&History::default(), &["a"]), WIDE, &Style::light()).0;
    assert_eq!(lines.beside((50.0, 50.0), (0.0, 0.0)), None, "lines are read along the axis");
}

#[test]
fn a_confusion_counts_engines() {
    let data = ChartData::confusion(&[[60, 4, 0], [3, 10, 2], [0, 1, 20]]);
    let document = check(&data);
    assert!(document.has_text("60") && document.has_text("degrading"), "{:?}", document.texts());
    let table = data.table(9);
    assert_eq!(table.header, ["true state", "healthy", "degrading", "critical"]);
    assert_eq!(table.rows[2], ["critical", "0", "1", "20"]);
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let found = hover.at(hover.px_from_x(1.5), hover.px_from_y(1.5)).unwrap();
    assert_eq!(found.title, "degrading predicted as degrading");
    check(&ChartData::confusion(&[[0; 3]; 3]));
}

#[test]
fn without_steps_the_plane_says_so() {
    let document = check(&ChartKind::GradientPlane.of_history(&History::default(), &["a"]));
    assert!(document.has_text("No steps yet"));
}

#[test]
fn a_landscape_has_contours_of_both_losses_around_the_arrows() {
    let points = 15;
    let mut landscape = Landscape {
        points,
        reach: 0.3,
        norms: [1.0, 2.0],
        cosine: -0.2,
        windows: 128,
        step: 1234,
        ..Landscape::default()
    };
    for row in 0..points {
        for column in 0..points {
            let [u, v] = [column, row].map(|index| landscape.place(index) as f32);
            let losses = [(u - 0.2).powi(2) + (v - 0.1).powi(2), (u + 0.2).powi(2) + 2.0 * (v - 0.15).powi(2)];
            landscape.losses.extend(losses);
        }
    }
    let data = ChartData::landscape(&landscape, [0.5, 0.5]);
    let document = check(&data);
    assert!(document.has_text("update") && document.has_text("equal RUL loss"), "{:?}", document.texts());
    assert_eq!((data.sketch.cells.len(), data.table(999).rows.len()), (225, 225));
    // Lines of equal loss around (0.2, 0.1), each at one distance.
    let lines = data.series[0].points.split(|point| point.x.is_nan()).filter(|line| !line.is_empty());
    let mut count = 0;
    for line in lines {
        let distance = |point: &Point| (point.x - 0.2).hypot(point.y - 0.1);
        assert!(line.iter().all(|point| (distance(point) - distance(&line[0])).abs() < 0.01), "{line:?}");
        count += 1;
    }
    assert!(count >= 8, "{count}");
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let found = hover.at(hover.px_from_x(0.0), hover.px_from_y(0.0)).unwrap();
    assert_eq!(found.readings[1].text, "0.085");
    let unknown = ChartKind::Landscape.of_history(&History::default(), &["a"]);
    assert!(check(&unknown).has_text("Press the button to look"));
}
