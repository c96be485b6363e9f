//! One sensor of one engine over its cycles.

use crate::chart::prelude::*;
use crate::data::Sensor;
use crate::measure::explore::{EngineRecord, Fleet, SensorView, SplitKind};

pub(super) static CHART: Chart = Chart {
    name: "sensor",
    caption: "What the sensor shows at each flight cycle; the shaded part is the window that a model sees at once, and \
              where there are six operating regimes, each has its colour.",
    look: Look { title: "One sensor of this engine", fit: Fit::ANY, ..Look::EXPLORED },
    place: "charts-engine",
    stale_after: &[News::Fleet, News::Sensor, News::Engine, News::Window],
    build: |scene| {
        let (explored, engine) = (scene.explored, scene.explored.engine.as_deref()?);
        let window = engine.window(explored.cycle, explored.window);
        let glance = Glance { feature: explored.feature, view: explored.view, window };
        Some(ChartData::sensor(engine, explored.fleet.as_deref()?, &glance))
    },
    words: |scene| {
        let Some(engine) = &scene.explored.engine else { return String::new() };
        let split = if engine.split == SplitKind::Test { "test " } else { "" };
        format!("{}; {split}engine {}.", words(scene.explored), engine.unit)
    },
    ..Chart::EXPLORED
};

const CYCLE: Metric = Metric { name: "cycle", unit: "", higher_is_better: None };
const RECORDED: Metric = Metric { name: "Recorded value", unit: "", higher_is_better: None };

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

/// The sensor that is looked at and the form of its values, in words.
pub(super) fn words(explored: &Explored) -> String {
    let (view, sees) = (explored.view, explored.view == explored.seen);
    let sensors = explored.fleet.as_deref().map_or(&[][..], |fleet| &fleet.sensors);
    let title = sensors.get(explored.feature).map(Sensor::title).unwrap_or_default();
    let form = match view {
        SensorView::Raw => "as recorded",
        _ if !explored.has_regimes() => "scaled as the model sees it",
        SensorView::PerRegime if sees => "scaled within each regime, as the model sees it",
        SensorView::PerRegime => "scaled within each regime, not as this run’s model sees it",
        SensorView::Global if sees => "scaled over all regimes, as the model sees it",
        SensorView::Global => "scaled over all regimes, not as this run’s model sees it",
    };
    format!("Sensor {title}, {form}")
}

impl ChartData {
    /// A sensor over the cycles of one engine, with the window that a model sees. Of six regimes, each has its colour
    /// and no line: neighbouring cycles are flown in different ones.
    #[must_use]
    pub fn sensor(engine: &EngineRecord, fleet: &Fleet, glance: &Glance) -> Self {
        let Glance { feature, view, window } = *glance;
        let values = engine.values(feature, fleet.scale(view));
        let last = engine.cycles().max(2) as f64;
        let mut chart = Self::new(&Look { metric: metric(fleet, feature, view), ..CHART.look }, CYCLE, (1.0, last));
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
}

fn name(fleet: &Fleet, feature: usize) -> &str {
    fleet.sensors.get(feature).map_or("", |sensor| &sensor.name)
}

/// What the vertical axis measures: the sensor in its unit, or deviations. A sensor that is none of C-MAPSS's is named
/// in the words beside the chart.
pub(super) fn metric(fleet: &Fleet, feature: usize, view: SensorView) -> Metric {
    match view {
        SensorView::Raw => fleet.sensors.get(feature).and_then(Sensor::known).map_or(RECORDED, |(name, unit)| Metric {
            name,
            unit,
            higher_is_better: None,
        }),
        _ => CHART.look.metric,
    }
}

/// A sensor of an engine as a small picture without words: its points alone.
#[must_use]
pub fn spark(engine: &EngineRecord, fleet: &Fleet, feature: usize, view: SensorView) -> ChartData {
    let mut chart = ChartData::sensor(engine, fleet, &Glance { feature, view, window: (1, 1) });
    chart.spans.clear();
    chart.legend.clear();
    let values = chart.series.iter().flat_map(Series::values);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let room = if high > low { 0.06 * (high - low) } else { 1.0 };
    chart.y = Axis { metric: chart.y.metric, scale: Scale::Linear, low: low - room, high: high + room };
    chart
}
