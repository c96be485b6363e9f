//! Charts of the data itself.

use super::document::Document;
use lambdascope::chart::{
    ChartData, ChartError, ChartKind, Glance, Hue, Shape, Style, draw_spark, origin_hue, spark, spark_svg, svg,
};
use lambdascope::data::{Catalog, DataConfig, Dataset, EmulatorParameters, Origin, Subset, USED_SENSORS, emulate};
use lambdascope::measure::explore::{About, Answer, EngineRecord, Fleet, Question, SensorView};
use plotters::prelude::{IntoDrawingArea, SVGBackend};

const WIDE: (u32, u32) = (640, 300);

fn emulated(subset: Subset, seed: u32, origin: Origin) -> Dataset {
    let data = emulate(&EmulatorParameters::bundled(subset).unwrap(), 24, 12, seed).unwrap();
    Dataset { origin, ..data }
}

/// A catalog with both origins of a subset; "NASA's" is another draw of the emulator.
fn catalog(subset: Subset) -> Catalog {
    let mut catalog = Catalog::default();
    catalog.insert(emulated(subset, 1, Origin::Emulated));
    catalog.insert(emulated(subset, 2, Origin::Nasa));
    catalog
}

fn question(subset: Subset, about: About) -> Question {
    let data = DataConfig { subset, origin: Some(Origin::Emulated), ..DataConfig::default() };
    Question { data, seed: 1, about }
}

fn fleets(subset: Subset) -> [Box<Fleet>; 2] {
    let about = About::Fleet { overlay: true };
    match lambdascope::measure::explore::answer(&mut catalog(subset), &question(subset, about)) {
        Answer::Fleet { fleet, other: Some(other), .. } => [fleet, other],
        other => panic!("{other:?}"),
    }
}

fn engine(subset: Subset) -> EngineRecord {
    let about = About::Engine { test: false, unit: 1 };
    match lambdascope::measure::explore::answer(&mut catalog(subset), &question(subset, about)) {
        Answer::Engine { engine } => *engine,
        other => panic!("{other:?}"),
    }
}

/// What holds for every chart in every size and theme.
fn check(data: &ChartData) -> Document {
    for size in [WIDE, (340, 220), (80, 80), (1600, 200)] {
        for style in [Style::light(), Style::dark().scaled(2.0)] {
            let document = Document::new(&svg(data, size.0, size.1, &style).unwrap());
            document.assert_finite_and_inside();
            if size == WIDE {
                document.assert_words_inside(&style);
                assert!(document.has_text(data.x.metric.name), "{:?}", document.texts());
            }
        }
    }
    let table = data.table(usize::MAX);
    assert!(!table.rows.is_empty() && table.rows.iter().all(|row| row.len() == table.header.len()), "{table:?}");
    Document::new(&svg(data, WIDE.0, WIDE.1, &Style::light()).unwrap())
}

fn sum(data: &ChartData, column: usize) -> f64 {
    data.table(usize::MAX).rows.iter().map(|row| row[column].parse::<f64>().unwrap()).sum()
}

#[test]
fn lifetimes_are_counted_whole_and_laid_over_each_other() {
    let [fleet, other] = fleets(Subset::FD001);
    let alone = ChartData::lifetimes(&[&fleet]);
    assert!(check(&alone).texts().iter().any(|text| text.starts_with("Share of the engines")));
    assert_eq!(
        (alone.table(9).header, sum(&alone, 2)),
        (vec!["from".into(), "to below".into(), "engines".into()], 24.0)
    );
    assert!(alone.legend.is_empty() && alone.y.low == 0.0);
    let shares: f64 = alone.series[0].points.iter().map(|point| point.y).sum();
    assert!((shares - 100.0).abs() < 1e-9);

    let both = ChartData::lifetimes(&[&fleet, &other]);
    let document = check(&both);
    assert!(document.has_text("emulated FD001") && document.has_text("NASA C-MAPSS FD001"));
    assert_eq!((sum(&both, 2), sum(&both, 3)), (24.0, 24.0));
    assert_eq!(
        both.series.iter().map(|series| series.hue).collect::<Vec<_>>(),
        [origin_hue(Origin::Emulated), origin_hue(Origin::Nasa)]
    );
}

#[test]
fn labels_of_all_parts_are_in_the_table_and_the_states_are_named() {
    let [fleet, other] = fleets(Subset::FD001);
    let data = ChartData::rul_labels(&[&fleet]);
    let document = check(&data);
    for words in ["critical", "degrading", "healthy", "training windows"] {
        assert!(document.has_text(words), "{words}: {:?}", document.texts());
    }
    let sums: Vec<f64> = (2..5).map(|column| sum(&data, column)).collect();
    assert_eq!(sums, fleet.splits.iter().map(|split| f64::from(split.labels.windows)).collect::<Vec<_>>());
    assert_eq!(data.series.iter().map(|series| series.shape).collect::<Vec<_>>(), [Shape::Bars, Shape::Outlined]);
    let both = ChartData::rul_labels(&[&fleet, &other]);
    check(&both);
    assert_eq!((both.series.len(), both.table(1).header.len()), (2, 2 + 6));
}

#[test]
fn a_sensor_is_a_line_in_one_regime_and_dots_in_six() {
    for (subset, lines) in [(Subset::FD001, 1), (Subset::FD002, 6)] {
        let ([fleet, _], engine) = (fleets(subset), engine(subset));
        for view in SensorView::ALL {
            let glance = Glance { feature: 6, view, window: engine.window(60, 30) };
            let data = ChartData::sensor(&engine, &fleet, &glance);
            let document = check(&data);
            let title = if view == SensorView::Raw { "static pressure at HPC outlet (psia)" } else { "Scaled value" };
            assert!(document.texts().iter().any(|text| text.starts_with(title)), "{:?}", document.texts());
            assert_eq!(data.series.len(), lines);
            assert_eq!(data.series.iter().map(|series| series.points.len()).sum::<usize>(), engine.cycles());
            assert_eq!((data.spans[0].low, data.spans[0].high), (31.0, 60.0));
            let table = data.table(usize::MAX);
            assert_eq!((table.rows.len(), table.header.len()), (engine.cycles(), 4 + USED_SENSORS.len()));
            assert_eq!(table.header[10], "11 · static pressure at HPC outlet (psia)");
            assert_eq!(table.rows[engine.cycles() - 1][..3], [engine.cycles().to_string(), "0".into(), "2".into()]);
        }
    }
}

#[test]
fn regimes_vanish_within_and_dominate_over_all() {
    let ([fleet, _], engine) = (fleets(Subset::FD002), engine(Subset::FD002));
    // How far the regimes' middles are apart, in the spread of all values.
    let apart = |view| {
        let data = ChartData::sensor(&engine, &fleet, &Glance { feature: 2, view, window: (1, 30) });
        let middles: Vec<f64> = data
            .series
            .iter()
            .map(|series| series.points.iter().map(|point| point.y).sum::<f64>() / series.points.len() as f64)
            .collect();
        middles.iter().fold(f64::MIN, |a, b| a.max(*b)) - middles.iter().fold(f64::MAX, |a, b| a.min(*b))
    };
    assert!(
        apart(SensorView::Global) > 2.5 && apart(SensorView::PerRegime) < 1.5,
        "{} {}",
        apart(SensorView::Global),
        apart(SensorView::PerRegime)
    );
}

#[test]
fn fleets_are_compared_before_failure_with_bands_in_the_frame() {
    for subset in [Subset::FD001, Subset::FD004] {
        let [fleet, other] = fleets(subset);
        for view in SensorView::ALL {
            let data = ChartData::before_failure(&[&fleet, &other], 6, view);
            check(&data);
            assert_eq!((data.series.len(), data.bands.len()), (2, 2));
            assert!(data.series.iter().all(|series| series.points.is_sorted_by(|a, b| a.x < b.x)));
            let bands = data.bands.iter().flat_map(|band| band.points.iter());
            assert!(bands.clone().all(|(_, low, high)| *low >= data.y.low && *high <= data.y.high && low < high));
            // Next to failure, every engine counts with five cycles.
            assert_eq!(data.table(1).rows[0][..2], ["0", "4"]);
            assert_eq!((data.table(1).rows[0][4].as_str(), data.table(1).rows[0][7].as_str()), ("120", "120"));
        }
    }
}

#[test]
fn the_plane_of_settings_shows_six_set_points() {
    let [fleet, _] = fleets(Subset::FD002);
    let data = ChartData::regimes(&fleet);
    let document = check(&data);
    assert_eq!((data.series.len(), data.marks.len()), (6, 6));
    assert_eq!(data.series[3].hue, Hue::Member(3));
    assert!(document.has_text("4 · 60 %"), "{:?}", document.texts());
    let table = data.table(usize::MAX);
    assert_eq!(table.rows[5][..4], ["6", "42", "0.84", "100"]);
    assert!((sum(&data, 5) - 100.0).abs() < 1e-3);
}

#[test]
fn a_small_picture_has_its_points_and_no_words() {
    for subset in [Subset::FD001, Subset::FD002] {
        let ([fleet, _], engine) = (fleets(subset), engine(subset));
        for feature in 0..USED_SENSORS.len() {
            let data = spark(&engine, &fleet, feature, SensorView::PerRegime);
            let document = Document::new(&spark_svg(&data, 150, 40, &Style::light()).unwrap());
            document.assert_finite_and_inside();
            assert!(document.texts().is_empty());
        }
        let mut text = String::new();
        let area = SVGBackend::with_string(&mut text, (10, 10)).into_drawing_area();
        let data = spark(&engine, &fleet, 0, SensorView::Raw);
        assert!(matches!(draw_spark(&area, &data, &Style::light()), Err(ChartError::TooSmall { .. })));
    }
}

#[test]
fn before_it_is_asked_a_chart_says_so() {
    let history = lambdascope::session::History::default();
    for kind in
        [ChartKind::Lifetimes, ChartKind::RulLabels, ChartKind::Regimes, ChartKind::Sensor, ChartKind::BeforeFailure]
    {
        let document = Document::new(&svg(&kind.of_history::<&str>(&history, &[]), 400, 240, &Style::light()).unwrap());
        assert!(document.has_text("The engine is being asked"));
    }
}
