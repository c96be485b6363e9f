//! Charts of the data itself: lifetimes, labels, one engine's sensors, regimes, and fleets beside each other.

use super::axis::{Axis, Scale};
use super::data::ChartData;
use super::kind::ChartKind;
use super::series::{Band, Hue, Line, Mark, Point, Series, Shape, Span};
use super::table::Columns;
use crate::data::{Labels, Origin, Sensor};
use crate::measure::explore::{EngineRecord, Fleet, Moments, PROFILE_BIN_CYCLES, SensorView};
use crate::measure::{Metric, RUL_BIN_CYCLES};

/// Width of a bin of the lifetimes.
const LIFE_BIN_CYCLES: u32 = 20;

const LIFETIME: Metric = Metric { name: "lifetime, cycles", unit: "", higher_is_better: None };
const RUL: Metric = Metric { name: "RUL, cycles", unit: "", higher_is_better: None };
const CYCLE: Metric = Metric { name: "cycle", unit: "", higher_is_better: None };
const TO_FAILURE: Metric = Metric { name: "cycles to failure", unit: "", higher_is_better: None };
const MACH: Metric = Metric { name: "Mach number", unit: "", higher_is_better: None };
const RECORDED: Metric = Metric { name: "Recorded value", unit: "", higher_is_better: None };
const SCALED: Metric = Metric { name: "Scaled value", unit: "standard deviations", higher_is_better: None };

/// What a person looks at of an engine: a sensor by its index among the used ones, in a form, and the window that ends
/// with a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Index of the sensor.
    pub feature: usize,
    /// In which form its values are.
    pub view: SensorView,
    /// First and last cycle of the window, from 1.
    pub window: (usize, usize),
}

/// The colour of a fleet, by where it came from.
#[must_use]
pub const fn origin_hue(origin: Origin) -> Hue {
    match origin {
        Origin::Nasa => Hue::Member(1),
        Origin::Emulated => Hue::Member(5),
        Origin::Own => Hue::Member(2),
    }
}

impl ChartData {
    /// Lifetimes of the engines run to failure, a histogram a fleet.
    #[must_use]
    pub fn lifetimes(fleets: &[&Fleet]) -> Self {
        let lives = |fleet: &&Fleet| fleet.lifetimes().map(|life| life / LIFE_BIN_CYCLES).collect::<Vec<_>>();
        let all: Vec<Vec<u32>> = fleets.iter().map(lives).collect();
        let first = all.iter().flatten().min().copied().unwrap_or(0);
        let last = all.iter().flatten().max().copied().unwrap_or(0);
        let width = f64::from(LIFE_BIN_CYCLES);
        let ends = (f64::from(first) * width, f64::from(last + 1) * width);
        let mut chart = Self::measured(ChartKind::Lifetimes, LIFETIME, ChartKind::Lifetimes.metric(), ends);
        let mut header = vec!["from".to_owned(), "to below".to_owned()];
        let bin = |bin: u32| vec![Some(f64::from(bin) * width), Some(f64::from(bin + 1) * width)];
        let mut rows: Vec<Vec<Option<f64>>> = (first..=last).map(bin).collect();
        for (fleet, lives) in fleets.iter().zip(&all) {
            let counts: Vec<usize> =
                (first..=last).map(|bin| lives.iter().filter(|life| **life == bin).count()).collect();
            chart.add_histogram(fleet, ends.0, width, &counts, lives.len());
            extend(&mut header, &mut rows, fleet, fleets.len(), "engines", &counts);
        }
        chart.legend_of_fleets(fleets);
        chart.fitted(Columns { header, rows })
    }

    /// The RULs that windows are labelled with: of one fleet its training windows and its test engines, of several their
    /// training windows.
    #[must_use]
    pub fn rul_labels(fleets: &[&Fleet]) -> Self {
        let parts = fleets.iter().flat_map(|fleet| &fleet.parts);
        let bins = parts.map(|figures| figures.labels.rul_bins.len()).max().unwrap_or(1);
        let width = f64::from(RUL_BIN_CYCLES);
        let end = bins as f64 * width;
        let mut chart = Self::measured(ChartKind::RulLabels, RUL, ChartKind::RulLabels.metric(), (0.0, end));
        let mut header = vec!["from".to_owned(), "to below".to_owned()];
        let mut rows: Vec<Vec<Option<f64>>> =
            (0..bins).map(|bin| vec![Some(bin as f64 * width), Some((bin + 1) as f64 * width)]).collect();
        for fleet in fleets {
            for figures in &fleet.parts {
                let counts: Vec<usize> = figures.labels.rul_bins.iter().map(|count| *count as usize).collect();
                let name = format!("{} windows", figures.part.name());
                extend(&mut header, &mut rows, fleet, fleets.len(), &name, &counts);
            }
            let [training, _, test] = &fleet.parts;
            let counts = |bins: &[u32]| bins.iter().map(|count| *count as usize).collect::<Vec<_>>();
            chart.add_histogram(
                fleet,
                0.0,
                width,
                &counts(&training.labels.rul_bins),
                training.labels.windows as usize,
            );
            if let [_] = fleets {
                let line = outline(0.0, width, &counts(&test.labels.rul_bins), test.labels.windows as usize);
                chart.add("last window of each test engine", Hue::Neutral, Line::Dashed, Shape::Outlined, line);
            }
        }
        if let ([_], Some(first)) = (fleets, chart.series.first_mut()) {
            "training windows".clone_into(&mut first.label);
            chart.legend_of_series();
        } else {
            chart.legend_of_fleets(fleets);
        }
        let [healthy, critical] =
            fleets.first().map_or_else(Labels::default, |fleet| fleet.summary.labels).health_cycles.map(f64::from);
        for (value, label) in [(critical, "critical"), (healthy, "degrading")] {
            chart.spans.push(Span { low: value, high: value, at: Some(value), label: label.to_owned() });
        }
        // Before the last bin, which all that are capped make higher than the others.
        let before = end - width;
        chart.spans.push(Span { low: before, high: before, at: None, label: "healthy".to_owned() });
        chart.fitted(Columns { header, rows })
    }

    /// A sensor over the cycles of one engine, with the window that a model sees. Of six regimes, each has its colour
    /// and no line: neighbouring cycles are flown in different ones.
    #[must_use]
    pub fn sensor(engine: &EngineRecord, fleet: &Fleet, glance: &Glance) -> Self {
        let Glance { feature, view, window } = *glance;
        let values = engine.values(feature, fleet.scale(view));
        let last = engine.cycles().max(2) as f64;
        let mut chart = Self::measured(ChartKind::Sensor, CYCLE, metric(fleet, feature, view), (1.0, last));
        let point = |(index, value): (usize, &f32)| Point { x: (index + 1) as f64, y: f64::from(*value) };
        if fleet.regimes.len() > 1 {
            for regime in 0..fleet.regimes.len() {
                let flown = values
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| engine.regimes.get(*index).is_some_and(|r| usize::from(*r) == regime));
                let name = format!("regime {}", regime + 1);
                chart.add(&name, Hue::Member(regime), Line::Solid, Shape::Scattered, flown.map(point).collect());
            }
            chart.legend_of_series();
        } else {
            let points = values.iter().enumerate().map(point).collect();
            chart.add(name(fleet, feature), Hue::Neutral, Line::Thin, Shape::Straight, points);
        }
        let (low, high) = (window.0 as f64, window.1 as f64);
        chart.spans.push(Span { low, high, at: Some(high), label: String::new() });
        let header = ["cycle", "RUL label", "health class", "regime"].map(str::to_owned).into_iter();
        let header = header.chain(fleet.sensors.iter().map(Sensor::title));
        let all: Vec<Vec<f32>> =
            (0..fleet.sensors.len()).map(|feature| engine.values(feature, fleet.scale(view))).collect();
        let row = |index: usize| {
            let label = engine.label(index + 1);
            let regime = engine.regimes.get(index).map_or(0.0, |regime| f64::from(*regime) + 1.0);
            let named = [(index + 1) as f64, label.rul_cycles.into(), label.class as f64, regime].map(Some);
            named.into_iter().chain(all.iter().map(|values| values.get(index).map(|value| f64::from(*value)))).collect()
        };
        let rows = (0..engine.cycles()).map(row).collect();
        chart.fitted(Columns { header: header.collect(), rows })
    }

    /// Mean and deviation of a sensor over the engines run to failure, against the cycles that they have left; a line
    /// and a band a fleet.
    #[must_use]
    pub fn before_failure(fleets: &[&Fleet], feature: usize, view: SensorView) -> Self {
        let bins = fleets.first().map_or(0, |fleet| fleet.profile(view).of_feature(feature).len());
        let y = fleets.first().map_or(SCALED, |fleet| metric(fleet, feature, view));
        let width = PROFILE_BIN_CYCLES as f64;
        let middle = |bin: usize| -(bin as f64 * width + (width - 1.0) / 2.0);
        let mut chart = Self::measured(ChartKind::BeforeFailure, TO_FAILURE, y, (-(bins as f64) * width, 0.0));
        let mut header = vec!["cycles left, from".to_owned(), "to".to_owned()];
        let ends = |bin: usize| vec![Some(bin as f64 * width), Some((bin + 1) as f64 * width - 1.0)];
        let mut rows: Vec<Vec<Option<f64>>> = (0..bins).map(ends).collect();
        for fleet in fleets {
            let hue = origin_hue(fleet.summary.origin);
            // Oldest first: time goes to the right.
            let found: Vec<(f64, &Moments)> = fleet
                .profile(view)
                .of_feature(feature)
                .iter()
                .enumerate()
                .map(|(bin, m)| (middle(bin), m))
                .rev()
                .collect();
            let mean = found.iter().map(|(x, moments)| Point { x: *x, y: moments.mean.into() }).collect();
            chart.add(&fleet.summary.title(), hue, Line::Solid, Shape::Straight, mean);
            let band = |(x, moments): &(f64, &Moments)| {
                let (mean, deviation) = (f64::from(moments.mean), f64::from(moments.deviation));
                (*x, mean - deviation, mean + deviation)
            };
            chart.bands.push(Band { hue, points: found.iter().map(band).filter(|band| band.1.is_finite()).collect() });
            for name in ["mean", "deviation", "values"] {
                header.push(column(fleet, fleets.len(), name));
            }
            for (row, moments) in rows.iter_mut().zip(fleet.profile(view).of_feature(feature)) {
                let finite = |value: f32| Some(f64::from(value)).filter(|value| value.is_finite());
                row.extend([finite(moments.mean), finite(moments.deviation), Some(f64::from(moments.count))]);
            }
        }
        chart.legend_of_fleets(fleets);
        let mut chart = chart.fitted(Columns { header, rows });
        // The bands belong to what is shown, not only the lines.
        let spec = chart.kind.spec();
        let ends = chart.bands.iter().flat_map(|band| band.points.iter().flat_map(|point| [point.1, point.2]));
        (chart.y.low, chart.y.high) = spec.fit.range(spec.scale, ends);
        chart
    }

    /// The settings of single cycles in the plane of altitude and Mach number, and the set points.
    #[must_use]
    pub fn regimes(fleet: &Fleet) -> Self {
        let mut chart = Self::measured(ChartKind::Regimes, MACH, ChartKind::Regimes.metric(), (-0.05, 1.05));
        let all: u32 = fleet.regimes.iter().map(|regime| regime.cycles).sum();
        let share = |cycles: u32| 100.0 * f64::from(cycles) / f64::from(all.max(1));
        for (regime, figures) in fleet.regimes.iter().enumerate() {
            let [altitude, mach, throttle] = figures.set_point.map(f64::from);
            let flown = fleet.flights.iter().filter(|flight| flight.regime == regime);
            let mut points: Vec<Point> =
                flown.map(|flight| Point { x: flight.settings[1].into(), y: flight.settings[0].into() }).collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            chart.add(&format!("regime {}", regime + 1), Hue::Member(regime), Line::Solid, Shape::Scattered, points);
            let label = format!("{} · {throttle:.0} %", regime + 1);
            let point = Point { x: mach, y: altitude };
            chart.marks.push(Mark { point, hue: Hue::Member(regime), label: Some(label) });
        }
        let header = ["regime", "altitude, kft", "Mach number", "throttle, %", "cycles", "share, %"];
        let strays = ["altitude strays by", "Mach strays by"];
        let header = header.into_iter().chain(strays).map(str::to_owned).collect();
        let row = |(index, figures): (usize, &crate::measure::explore::RegimeFigures)| {
            let named = [(index + 1) as f64].into_iter().chain(figures.set_point.map(f64::from));
            let counted = [f64::from(figures.cycles), share(figures.cycles)];
            let strays = [figures.stray[0], figures.stray[1]].map(f64::from);
            named.chain(counted).chain(strays).map(Some).collect()
        };
        chart.fitted(Columns { header, rows: fleet.regimes.iter().enumerate().map(row).collect() })
    }

    /// Bars of shares in %, in the colour of a fleet.
    fn add_histogram(&mut self, fleet: &Fleet, from: f64, width: f64, counts: &[usize], all: usize) {
        let hue = origin_hue(fleet.summary.origin);
        let points = outline(from, width, counts, all);
        self.add(&fleet.summary.title(), hue, Line::Solid, Shape::Bars, points);
    }

    fn legend_of_fleets(&mut self, fleets: &[&Fleet]) {
        if fleets.len() > 1 {
            self.legend_of_series();
        }
    }
}

/// Shares in %, each at the middle of its bin.
fn outline(from: f64, width: f64, counts: &[usize], all: usize) -> Vec<Point> {
    let share = |count: usize| 100.0 * count as f64 / all.max(1) as f64;
    let point = |(bin, count): (usize, &usize)| Point { x: from + (bin as f64 + 0.5) * width, y: share(*count) };
    counts.iter().enumerate().map(point).collect()
}

/// One more column of counts; those that are missing at the end are 0.
fn extend(
    header: &mut Vec<String>,
    rows: &mut [Vec<Option<f64>>],
    fleet: &Fleet,
    fleets: usize,
    name: &str,
    counts: &[usize],
) {
    header.push(column(fleet, fleets, name));
    for (row, count) in rows.iter_mut().zip(counts.iter().chain(std::iter::repeat(&0))) {
        row.push(Some(*count as f64));
    }
}

/// The name of a column: which fleet's it is, where there are several.
fn column(fleet: &Fleet, fleets: usize, name: &str) -> String {
    if fleets > 1 { format!("{}: {name}", fleet.summary.title()) } else { name.to_owned() }
}

fn name(fleet: &Fleet, feature: usize) -> &str {
    fleet.sensors.get(feature).map_or("", |sensor| &sensor.name)
}

/// What the vertical axis measures: the sensor in its unit, or deviations. A sensor that is none of C-MAPSS's is named
/// in the words beside the chart.
fn metric(fleet: &Fleet, feature: usize, view: SensorView) -> Metric {
    match view {
        SensorView::Raw => fleet.sensors.get(feature).and_then(Sensor::known).map_or(RECORDED, |(name, unit)| Metric {
            name,
            unit,
            higher_is_better: None,
        }),
        _ => SCALED,
    }
}

/// A sensor of an engine as a small picture without words: its points alone.
#[must_use]
pub fn spark(engine: &EngineRecord, fleet: &Fleet, feature: usize, view: SensorView) -> ChartData {
    let mut chart = ChartData::sensor(engine, fleet, &Glance { feature, view, window: (1, 1) });
    chart.spans.clear();
    chart.legend.clear();
    let values = chart.series.iter().flat_map(|series: &Series| series.points.iter().map(|point| point.y));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let room = if high > low { 0.06 * (high - low) } else { 1.0 };
    chart.y = Axis { metric: chart.y.metric, scale: Scale::Linear, low: low - room, high: high + room };
    chart
}
