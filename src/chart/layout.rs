//! Where things go, in CSS pixels: title and legend above, tick labels left and below, the plot in what is left.

use super::axis::{Axis, Projection, Tick, ticks};
use super::data::ChartData;
use super::legend::LegendEntry;
use super::style::Style;

/// Shortest side of an area that a chart can be drawn on.
pub(super) const LEAST_PX: u32 = 80;
/// Length of a legend's sample.
pub(super) const SAMPLE_PX: f64 = 18.0;
/// Between a sample and its words.
pub(super) const SAMPLE_GAP_PX: f64 = 6.0;
/// Between the edge of the area and everything.
const EDGE_PX: f64 = 6.0;
/// Between legend entries.
const ENTRY_GAP_PX: f64 = 16.0;
/// Between the plot and its tick labels.
const LABEL_GAP_PX: f64 = 7.0;

/// The rectangle that values are drawn in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A legend entry in its place: the left end of its sample, at half height.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedEntry {
    /// `None` for words that stand for entries left out.
    pub(super) entry: Option<LegendEntry>,
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where everything goes.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) frame: Frame,
    pub(super) x: Projection,
    pub(super) y: Projection,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    /// Where the ticks' labels stand: the right end of the vertical axis's, and the height of the horizontal one's.
    pub(super) labels: (f64, f64),
    pub(super) y_title: (f64, f64, String),
    pub(super) x_title: (f64, f64, String),
    pub(super) legend: Vec<PlacedEntry>,
}

impl Layout {
    pub(super) fn new(data: &ChartData, style: &Style, width: f64, height: f64) -> Self {
        let row = style.font_px * 1.5;
        let title = fitting(&data.y.title(), style, width - 2.0 * EDGE_PX);
        let rows_affordable = if height < 150.0 { 1.0 } else { ((height * 0.3 - row) / row).max(1.0).floor() };
        let (legend, header_bottom) =
            place_legend(&data.legend, style, width, style.text_width_px(&title), rows_affordable);

        let top = header_bottom + 6.0;
        if data.sketch.is_without_ticks {
            let frame =
                Frame { left: EDGE_PX, top, right: width - EDGE_PX, bottom: (height - EDGE_PX).max(top + 10.0) };
            let place = (EDGE_PX, EDGE_PX + row / 2.0, title);
            return Self { frame, y_title: place, legend, ..Self::bare(data, width, height) }.projected(data);
        }
        let bottom = (height - EDGE_PX - row).max(top + 10.0);
        let y_ticks = ticks(&data.y, count((bottom - top) / (style.font_px * 3.0), 2, 6));
        let widest = y_ticks.iter().map(|tick| style.text_width_px(&tick.label)).fold(0.0, f64::max);
        let left = EDGE_PX + widest + LABEL_GAP_PX;
        let right = (width - EDGE_PX - 4.0).max(left + 10.0);
        let frame = Frame { left, top, right, bottom };
        let (x_axis, y_axis) = if data.sketch.is_true_to_angle { equal(data, &frame) } else { (data.x, data.y) };
        let y_ticks = if y_axis == data.y { y_ticks } else { ticks(&y_axis, y_ticks.len().max(2)) };

        let x = Projection::new(&x_axis, left, right);
        let x_title = data.x.metric.name.to_owned();
        let x_title_left = width - EDGE_PX - style.text_width_px(&x_title);
        let mut x_ticks = ticks(&x_axis, count((right - left) / 76.0, 2, 10));
        x_ticks.retain(|tick| {
            let half = style.text_width_px(&tick.label) / 2.0;
            x.px_from_value(tick.value) + half + 8.0 <= x_title_left
        });
        let label_y = bottom + 3.0 + row / 2.0;
        Self {
            frame,
            x,
            y: Projection::new(&y_axis, bottom, top),
            x_ticks,
            y_ticks,
            labels: (left - LABEL_GAP_PX, label_y),
            y_title: (EDGE_PX, EDGE_PX + row / 2.0, title),
            x_title: (width - EDGE_PX, label_y, x_title),
            legend,
        }
    }

    /// With both axes laid along the frame.
    fn projected(self, data: &ChartData) -> Self {
        let Frame { left, top, right, bottom } = self.frame;
        let (x, y) = if data.sketch.is_true_to_angle { equal(data, &self.frame) } else { (data.x, data.y) };
        Self { x: Projection::new(&x, left, right), y: Projection::new(&y, bottom, top), ..self }
    }

    /// The plot alone, over all there is.
    pub(super) fn bare(data: &ChartData, width: f64, height: f64) -> Self {
        Self {
            frame: Frame { left: 0.0, top: 0.0, right: width, bottom: height },
            x: Projection::new(&data.x, 1.0, width - 1.0),
            y: Projection::new(&data.y, height, 0.0),
            x_ticks: Vec::new(),
            y_ticks: Vec::new(),
            labels: (0.0, 0.0),
            y_title: (0.0, 0.0, String::new()),
            x_title: (0.0, 0.0, String::new()),
            legend: Vec::new(),
        }
    }
}

/// Both axes with more to see on one of them, so that a unit is equally long on both.
fn equal(data: &ChartData, frame: &Frame) -> (Axis, Axis) {
    let span = |axis: &Axis| axis.high - axis.low;
    let (width, height) = (frame.right - frame.left, frame.bottom - frame.top);
    let unit = (span(&data.x) / width).max(span(&data.y) / height);
    let widened = |axis: &Axis, px: f64| {
        let (middle, half) = (f64::midpoint(axis.low, axis.high), unit * px / 2.0);
        Axis { low: middle - half, high: middle + half, ..*axis }
    };
    (widened(&data.x, width), widened(&data.y, height))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a handful")]
fn count(value: f64, least: usize, most: usize) -> usize {
    (value as usize).clamp(least, most)
}

/// The text, shortened with an ellipsis until it is not wider than this.
pub(super) fn fitting(text: &str, style: &Style, width: f64) -> String {
    if style.text_width_px(text) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shortened = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if style.text_width_px(&shortened) <= width {
            return shortened;
        }
    }
    String::new()
}

/// The legend beside the title where it fits there, right-aligned; else in rows beneath it. What has no room is
/// counted. Also the bottom of what it and the title take.
fn place_legend(
    entries: &[LegendEntry],
    style: &Style,
    width: f64,
    title_px: f64,
    rows: f64,
) -> (Vec<PlacedEntry>, f64) {
    let row = style.font_px * 1.5;
    let middle = |line: f64| EDGE_PX + row * (line + 0.5);
    let available = width - 2.0 * EDGE_PX;
    let longest = (available * 0.45).max(60.0);
    let texts: Vec<String> = entries.iter().map(|entry| fitting(&entry.label, style, longest)).collect();
    let widths: Vec<f64> = texts.iter().map(|text| SAMPLE_PX + SAMPLE_GAP_PX + style.text_width_px(text)).collect();
    let total: f64 = widths.iter().map(|entry| entry + ENTRY_GAP_PX).sum::<f64>() - ENTRY_GAP_PX;
    if entries.is_empty() {
        return (Vec::new(), EDGE_PX + row);
    }
    let beside = title_px + 2.0 * ENTRY_GAP_PX + total <= available;
    let (mut x, mut line) = if beside { (width - EDGE_PX - total, 0.0) } else { (EDGE_PX, 1.0) };
    let mut placed = Vec::with_capacity(entries.len());
    for (index, (entry, text)) in entries.iter().zip(&texts).enumerate() {
        let more = format!("+{}", entries.len() - index);
        let last_line = !beside && line >= rows;
        // On the last line, room is left for the count of what follows.
        let reserved =
            if last_line && index + 1 < entries.len() { ENTRY_GAP_PX + style.text_width_px(&more) } else { 0.0 };
        if x > EDGE_PX && x + widths[index] + reserved > width - EDGE_PX + 0.5 {
            if last_line {
                placed.push(PlacedEntry { entry: None, text: more, x, y: middle(line) });
                break;
            }
            (x, line) = (EDGE_PX, line + 1.0);
        }
        placed.push(PlacedEntry { entry: Some(entry.clone()), text: text.clone(), x, y: middle(line) });
        x += widths[index] + ENTRY_GAP_PX;
    }
    (placed, EDGE_PX + row * (line + 1.0))
}
