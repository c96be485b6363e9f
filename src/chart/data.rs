//! What a chart shows, free of pixels and colours.

use super::axis::{Axis, Fit, Scale};
use super::legend::LegendEntry;
use super::series::{Band, Hue, Line, Mark, Note, Point, Series, Shape, Span};
use super::sketch::Sketch;
use super::table::{Columns, Table, Twin};
use crate::measure::Metric;

/// What a chart measures and how its vertical axis is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// A few words to stand above the chart.
    pub(super) title: &'static str,
    /// What the vertical axis measures, with the unit.
    pub(super) metric: Metric,
    pub(super) scale: Scale,
    pub(super) fit: Fit,
    /// Shown in the place of data.
    pub(super) empty: &'static str,
}

impl Look {
    /// A linear axis from zero, for what is measured now and then.
    pub(super) const MEASURED: Self = Self {
        title: "",
        metric: Metric::RMSE,
        scale: Scale::Linear,
        fit: Fit::FROM_ZERO,
        empty: "Nothing measured yet",
    };

    /// The same for the data itself, which the engine in use is asked for.
    pub(super) const EXPLORED: Self = Self {
        metric: Metric { name: "Scaled value", unit: "standard deviations", higher_is_better: None },
        empty: "The engine is being asked",
        ..Self::MEASURED
    };

    /// The vertical range for these values.
    pub(super) fn range(&self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        self.fit.range(self.scale, values)
    }
}

/// What a chart shows, free of pixels and colours.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartData {
    pub(super) look: Look,
    /// What the figures lie along, such as epochs.
    pub x: Axis,
    /// The chart's metric.
    pub y: Axis,
    /// The lines, in the order in which they are drawn.
    pub series: Vec<Series>,
    /// What the strokes stand for; empty where there is but one line.
    pub legend: Vec<LegendEntry>,
    /// Points that are pointed out.
    pub marks: Vec<Mark>,
    /// Reference lines.
    pub notes: Vec<Note>,
    /// Areas behind the lines.
    pub bands: Vec<Band>,
    /// Parts of the horizontal axis that are pointed out.
    pub spans: Vec<Span>,
    /// Arrows, areas, cells and words.
    pub sketch: Sketch,
    pub(super) twin: Twin,
}

impl ChartData {
    /// A chart without lines yet, whose horizontal axis is linear from `low` to `high`.
    pub(super) fn new(look: &Look, x: Metric, (low, high): (f64, f64)) -> Self {
        let (least, most) = look.range(std::iter::empty());
        Self {
            look: *look,
            x: Axis { metric: x, scale: Scale::Linear, low, high },
            y: Axis { metric: look.metric, scale: look.scale, low: least, high: most },
            series: Vec::new(),
            bands: Vec::new(),
            spans: Vec::new(),
            legend: Vec::new(),
            marks: Vec::new(),
            notes: Vec::new(),
            sketch: Sketch::default(),
            twin: Twin::Columns(Columns::default()),
        }
    }

    pub(super) fn add(&mut self, label: &str, hue: Hue, line: Line, shape: Shape, points: Vec<Point>) {
        self.series.push(Series { label: label.to_owned(), hue, line, shape, points: points.into() });
    }

    pub(super) fn legend_of_series(&mut self) {
        let entry = |series: &Series| LegendEntry { label: series.label.clone(), hue: series.hue, line: series.line };
        self.legend = self.series.iter().map(entry).collect();
    }

    /// With the vertical range that shows the lines and the notes, and this table twin.
    pub(super) fn fitted(mut self, columns: Columns) -> Self {
        let lines = self.series.iter().filter(|series| series.line != Line::Faint).flat_map(Series::values);
        (self.y.low, self.y.high) = self.look.range(lines.chain(self.notes.iter().map(|note| note.value)));
        self.twin = Twin::Columns(columns);
        self
    }

    /// The same with a horizontal axis that reaches to the end of the run, so that it stands still while the run fills
    /// it.
    #[must_use]
    pub fn with_epochs(mut self, epochs: u32) -> Self {
        self.x.high = self.x.high.max(f64::from(epochs));
        self
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sketch.is_empty() && !self.series.iter().flat_map(Series::values).any(f64::is_finite)
    }

    /// The table twin: the most recent steps or evaluations, none left out, newest first, or the measures in order.
    #[must_use]
    pub fn table(&self, max_rows: usize) -> Table {
        let caption = format!("{}, {}", self.look.title, self.y.metric.name);
        match &self.twin {
            Twin::Records(records) => records.table(caption + ", newest first", max_rows),
            Twin::Columns(columns) => columns.table(caption, max_rows),
            Twin::Named(named) => named.table(caption, max_rows),
        }
    }
}
