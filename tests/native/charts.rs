//! Every chart drawn to SVG, the way a browser draws it to a canvas.
#![cfg(feature = "chart")]
#![allow(clippy::cast_precision_loss, reason = "steps and members are few")]

mod document;
mod explored;
mod measured;
mod modules;
mod plane;
mod runs;

use document::Document;
use lambdascope::chart::{ChartData, ChartError, ChartKind, Line, Style, svg};
use lambdascope::session::History;
use proptest::prelude::*;
use runs::{labels, run, steps};

/// The charts that the history alone fills.
const RECORDED: [ChartKind; 6] = [
    ChartKind::Rmse,
    ChartKind::Loss,
    ChartKind::Cosine,
    ChartKind::GradientNorms,
    ChartKind::Weights,
    ChartKind::GradientShare,
];

const WIDE: (u32, u32) = (640, 300);
const NARROW: (u32, u32) = (340, 220);

fn styles() -> [Style; 4] {
    [Style::light(), Style::dark(), Style::light().scaled(2.0), Style::dark().scaled(3.0)]
}

fn drawn(data: &ChartData, (width, height): (u32, u32), style: &Style) -> Document {
    Document::new(&svg(data, width, height, style).unwrap())
}

/// What holds for every chart of every run in every size and theme.
fn check(data: &ChartData) {
    for size in [WIDE, NARROW, (80, 80), (1600, 200)] {
        for style in styles() {
            let document = drawn(data, size, &style);
            document.assert_finite_and_inside();
            if size == WIDE || size == NARROW {
                document.assert_words_inside(&style);
                assert!(document.has_text(&data.y.title()) && document.has_text("epoch"), "{:?}", document.texts());
            }
        }
    }
}

#[test]
fn every_chart_of_every_run_can_be_drawn() {
    for members in [1, 2, 8, 9, 32] {
        for count in [0, 1, 2, 40] {
            let history = run(members, count);
            for kind in RECORDED {
                check(&kind.of_history(&history, &labels(members)));
            }
        }
    }
}

#[test]
fn without_steps_the_chart_says_so() {
    for kind in RECORDED {
        let document = drawn(&kind.of_history(&History::default(), &labels(1)), WIDE, &Style::light());
        let words = if kind == ChartKind::Rmse { "No evaluations yet" } else { "No steps yet" };
        assert!(document.has_text(words));
        assert!(document.lines(&Style::light().background.css()).is_empty());
    }
}

#[test]
fn one_step_is_a_dot() {
    let data = ChartKind::Cosine.of_history(&run(1, 1), &labels(1));
    assert!(!drawn(&data, WIDE, &Style::light()).circles().is_empty());
}

#[test]
fn values_that_are_not_finite_break_the_line() {
    let style = Style::light();
    let color = style.tasks[0].css();
    let lines = |losses: &[f32]| {
        let data = ChartKind::Loss.of_history(&steps(losses, |loss, member| member.losses = [loss, 1.0]), &labels(1));
        check(&data);
        // The sample in the legend, the raw line and the smoothed one.
        drawn(&data, WIDE, &style).lines(&color).len()
    };
    assert_eq!(lines(&[0.5, 0.4, 0.3, 0.2, 0.1]), 3);
    assert_eq!(lines(&[0.5, 0.4, f32::NAN, 0.2, 0.1]), 5);
    // Zero has no place on a log scale, but the running mean over it has.
    assert_eq!(lines(&[0.5, 0.4, 0.0, 0.2, 0.1, f32::INFINITY, 0.2, 0.2]), 6);
}

#[test]
fn nothing_finite_is_said_too() {
    let data = ChartKind::Cosine.of_history(&steps(&[f32::NAN; 3], |v, member| member.cosine = v), &labels(1));
    check(&data);
    assert!(drawn(&data, WIDE, &Style::light()).has_text("No finite values"));
}

#[test]
fn a_negative_cosine_lies_below_zero_and_inside_the_frame() {
    let data = ChartKind::Cosine.of_history(&steps(&[0.4, -0.1, -0.8, -0.7], |v, m| m.cosine = v), &labels(1));
    check(&data);
    let mut document = String::new();
    let hover = {
        use plotters::prelude::{IntoDrawingArea, SVGBackend};
        let area = SVGBackend::with_string(&mut document, WIDE).into_drawing_area();
        lambdascope::chart::draw(&area, &data, &Style::light()).unwrap()
    };
    let (_, top, _, bottom) = hover.frame_px();
    let (zero, lowest) = (hover.px_from_y(0.0), hover.px_from_y(-0.8));
    assert!(top < zero && zero < lowest && lowest <= bottom, "{top} {zero} {lowest} {bottom}");
    let document = Document::new(&document);
    assert!(document.has_text("tasks agree") && document.has_text("tasks conflict") && document.has_text("0"));
    let drawn_lowest = document.all_points().iter().map(|point| point.1).fold(0.0, f64::max);
    assert!((drawn_lowest - lowest).abs() <= 1.0 && drawn_lowest <= bottom);
}

#[test]
fn a_huge_range_has_few_ticks() {
    let values: Vec<f32> = (-30..=30).map(|power| 10_f32.powi(power)).collect();
    let data = ChartKind::GradientNorms.of_history(&steps(&values, |v, m| m.gradient_norms = [v, 1.0 / v]), &labels(1));
    check(&data);
    let document = drawn(&data, NARROW, &Style::light());
    assert!(document.texts().iter().filter(|text| text.starts_with("10")).count() <= 7, "{:?}", document.texts());
}

#[test]
fn members_and_tasks_are_told_apart() {
    let data = ChartKind::Loss.of_history(&run(8, 60), &labels(8));
    let style = Style::light();
    let document = drawn(&data, WIDE, &style);
    for (member, color) in style.members.iter().enumerate() {
        // A sample, a whole line and many dashes.
        assert!(document.lines(&color.css()).len() > 10);
        assert!(document.has_text(&labels(8)[member]));
    }
    assert!(document.has_text("RUL") && document.has_text("health"));
    assert_eq!(data.series.iter().filter(|series| series.line == Line::Dashed).count(), 8);
}

#[test]
fn a_long_run_of_many_members_is_thinned_to_pixels() {
    let data = ChartKind::GradientNorms.of_history(&run(8, 20_000), &labels(8));
    let recorded: usize = data.series.iter().map(|series| series.points.len()).sum();
    let points = drawn(&data, WIDE, &Style::light().scaled(2.0)).all_points().len();
    assert!(recorded > 20_000 && points < 16 * 4 * 640, "{recorded} {points}");
}

#[test]
fn the_hover_map_inverts_the_drawing() {
    for kind in RECORDED {
        let data = kind.of_history(&run(2, 400), &labels(2));
        let (hover, _) = document::draw(&data, WIDE, &Style::dark().scaled(2.0));
        let (left, top, right, bottom) = hover.frame_px();
        for share in [0.0, 0.1, 0.5, 0.99, 1.0] {
            let (x, y) = (left + (right - left) * share, top + (bottom - top) * share);
            assert!((hover.px_from_x(hover.x_from_px(x)) - x).abs() < 1.0);
            assert!((hover.px_from_y(hover.y_from_px(y)) - y).abs() < 1.0);
            let found = hover.at(x, y).unwrap();
            assert!(!found.readings.is_empty() && found.title.starts_with("epoch "));
            for reading in found.readings {
                let drawn_at = hover.px_from_y(reading.value).clamp(top, bottom);
                assert!((drawn_at - reading.y_px).abs() < 1.0);
            }
        }
        assert_eq!(hover.at(left - 20.0, top + 5.0), None);
        assert_eq!(hover.at(left + 5.0, bottom + 20.0), None);
    }
}

#[test]
fn the_hover_map_reads_values_with_their_unit() {
    let data = ChartKind::Rmse.of_history(&run(1, 100), &labels(1));
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    let found = hover.near(f64::INFINITY).or_else(|| hover.near(1e9)).unwrap();
    assert_eq!(found.readings.len(), 1);
    assert!(found.readings[0].text.ends_with(" cycles"), "{found:?}");
    assert_eq!(found.readings[0].color, Style::light().tasks[0].css());
}

#[test]
fn a_member_that_does_not_exist_yet_is_not_read() {
    let mut history = run(1, 50);
    for record in run(2, 100).steps().iter().skip(50) {
        history.push_step(record.clone());
    }
    let data = ChartKind::Cosine.of_history(&history, &labels(2));
    let (hover, _) = document::draw(&data, WIDE, &Style::light());
    assert_eq!(hover.near(0.0).unwrap().readings.len(), 1);
    assert_eq!(hover.near(1e3).unwrap().readings.len(), 2);
}

#[test]
fn no_room_is_an_error_not_a_picture() {
    let data = ChartKind::Loss.of_history(&History::default(), &labels(1));
    let error = svg(&data, 640, 40, &Style::light()).unwrap_err();
    assert_eq!(error, ChartError::TooSmall { least: 80, width: 640, height: 40 });
    assert_eq!(error.to_string(), "a chart should be at least 80 by 80 pixels, found 640 by 40");
}

/// Set `UPDATE_REFERENCES` to write the reference anew; then look at it.
#[test]
fn the_weights_look_as_they_did() {
    let data = ChartKind::Weights.of_history(&runs::lambda_dragged(), &labels(1));
    let found = svg(&data, 340, 220, &Style::light()).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native/charts/weights.svg");
    if std::env::var_os("UPDATE_REFERENCES").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(path).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_values_can_be_drawn(
        values in proptest::collection::vec(prop_oneof![any::<f32>(), -2.0_f32..2.0, Just(f32::NAN), Just(0.0)], 0..40),
        kind in proptest::sample::select(RECORDED.to_vec()),
    ) {
        let history = steps(&values, |v, member| {
            member.losses = [v, -v];
            member.cosine = v;
            member.weights = [v, 1.0 - v];
            member.gradient_norms = [v.abs(), v];
        });
        let data = kind.of_history(&history, &labels(1));
        drawn(&data, NARROW, &Style::light()).assert_finite_and_inside();
    }
}
