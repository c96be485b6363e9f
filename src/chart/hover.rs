//! The way back from the pointer to the values.

use std::sync::Arc;

use super::axis::Projection;
use super::data::ChartData;
use super::layout::Frame;
use super::number::reading;
use super::series::{Line, Point};
use super::style::Style;

/// How far from the pointed-at place another line's point may lie and still be read with it.
const REACH_PX: f64 = 6.0;

/// The inverse of a drawing. All pixels are CSS pixels from the upper left corner of the chart.
#[derive(Clone, Debug)]
pub struct HoverMap {
    frame: Frame,
    x: Projection,
    y: Projection,
    x_name: &'static str,
    unit: &'static str,
    series: Vec<HoverSeries>,
    /// What is read instead of the lines' points, each with the height of its place.
    spots: Vec<(Hover, f64)>,
}

#[derive(Clone, Debug)]
struct HoverSeries {
    label: String,
    color: String,
    points: Arc<[Point]>,
    /// A trace in a plane goes back and forth.
    is_ordered: bool,
}

/// What is found at a place of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// Epoch of the nearest point.
    pub x: f64,
    /// Where that is.
    pub x_px: f64,
    /// The epoch in words: `epoch 3.25`.
    pub title: String,
    /// One entry a line that has a point there, in the order of the legend.
    pub readings: Vec<Reading>,
}

/// The value of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Name of the member, the task or both.
    pub label: String,
    /// CSS colour of the line.
    pub color: String,
    /// The value; of a smoothed line, the smoothed one.
    pub value: f64,
    /// The value in words, with its unit.
    pub text: String,
    /// Where it is drawn, kept within the plot.
    pub y_px: f64,
}

impl HoverMap {
    pub(super) fn new(frame: Frame, x: Projection, y: Projection, data: &ChartData, style: &Style) -> Self {
        let read = data.series.iter().filter(|series| series.line != Line::Faint);
        let series = read.map(|series| HoverSeries {
            label: series.label.clone(),
            color: style.color(series.hue).css(),
            is_ordered: series.points.is_sorted_by(|a, b| a.x <= b.x),
            points: Arc::clone(&series.points),
        });
        let spots = data.sketch.spots.iter().map(|spot| {
            let y_px = y.px_from_value(spot.at[1]).clamp(frame.top, frame.bottom);
            let read = spot.readings.iter().map(|(label, hue, value, text)| Reading {
                label: label.clone(),
                color: style.color(*hue).css(),
                value: *value,
                text: text.clone(),
                y_px,
            });
            let x_px = x.px_from_value(spot.at[0]).clamp(frame.left, frame.right);
            (Hover { x: spot.at[0], x_px, title: spot.title.clone(), readings: read.collect() }, y_px)
        });
        let spots = spots.collect();
        Self { frame, x, y, x_name: data.x.metric.name, unit: data.y.metric.unit, series: series.collect(), spots }
    }

    /// The plot: left, top, right, bottom.
    #[must_use]
    pub const fn frame_px(&self) -> (f64, f64, f64, f64) {
        (self.frame.left, self.frame.top, self.frame.right, self.frame.bottom)
    }

    /// What the horizontal axis measures, where lines are read along it.
    #[must_use]
    pub fn axis(&self) -> Option<&'static str> {
        self.spots.is_empty().then_some(self.x_name)
    }

    /// The epoch drawn at this pixel.
    #[must_use]
    pub fn x_from_px(&self, px: f64) -> f64 {
        self.x.value_from_px(px)
    }

    /// The pixel at which this epoch is drawn.
    #[must_use]
    pub fn px_from_x(&self, epoch: f64) -> f64 {
        self.x.px_from_value(epoch)
    }

    /// The value drawn at this pixel.
    #[must_use]
    pub fn y_from_px(&self, px: f64) -> f64 {
        self.y.value_from_px(px)
    }

    /// The pixel at which this value is drawn; not finite where the axis has no place for it.
    #[must_use]
    pub fn px_from_y(&self, value: f64) -> f64 {
        self.y.px_from_value(value)
    }

    /// What is found at the pointer, or `None` outside of the plot or where nothing was drawn.
    #[must_use]
    pub fn at(&self, x_px: f64, y_px: f64) -> Option<Hover> {
        let frame = &self.frame;
        let inside = (frame.left - REACH_PX..=frame.right + REACH_PX).contains(&x_px)
            && (frame.top - REACH_PX..=frame.bottom + REACH_PX).contains(&y_px);
        if !inside {
            return None;
        }
        let distance = |(spot, y): &(Hover, f64)| (spot.x_px - x_px).hypot(y - y_px);
        let spot = self.spots.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        spot.map_or_else(|| self.near(self.x_from_px(x_px)), |(spot, _)| Some(spot.clone()))
    }

    /// The place that is read when keys move from here, in CSS pixels, along a direction (right and down are 1): the nearest
    /// one that lies that way, or the nearest at all without a direction. `None` where lines are read, or none lies there.
    #[must_use]
    pub fn beside(&self, (x, y): (f64, f64), (right, down): (f64, f64)) -> Option<(f64, f64)> {
        let cost = |(spot, spot_y): &&(Hover, f64)| {
            let (across, downwards) = (spot.x_px - x, spot_y - y);
            let along = across * right + downwards * down;
            let aside = (across * down).abs() + (downwards * right).abs();
            if right.abs() + down.abs() > 0.0 { along.abs() + 3.0 * aside } else { across.hypot(downwards) }
        };
        let lies_there = |(spot, spot_y): &&(Hover, f64)| {
            (right.abs() + down.abs() <= 0.0) || (spot.x_px - x) * right + (spot_y - y) * down > 0.5
        };
        let found = self.spots.iter().filter(lies_there).min_by(|a, b| cost(a).total_cmp(&cost(b)))?;
        Some((found.0.x_px, found.1))
    }

    /// What is found at the point nearest to this epoch: for keys, which know no pixels.
    #[must_use]
    pub fn near(&self, epoch: f64) -> Option<Hover> {
        let distance = |(spot, _): &(Hover, f64)| (spot.x - epoch).abs();
        if let Some((spot, _)) = self.spots.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))) {
            return Some(spot.clone());
        }
        let found = self.series.iter().filter_map(|series| series.nearest(epoch));
        let x = found.min_by(|a, b| (a.x - epoch).abs().total_cmp(&(b.x - epoch).abs()))?.x;
        let x_px = self.px_from_x(x);
        let read = |series: &HoverSeries| {
            let point = series.nearest(x).filter(|point| (self.px_from_x(point.x) - x_px).abs() <= REACH_PX)?;
            let y_px = self.px_from_y(point.y);
            if !y_px.is_finite() {
                return None;
            }
            let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
            Some(Reading {
                label: series.label.clone(),
                color: series.color.clone(),
                value: point.y,
                text: reading(point.y) + &unit,
                y_px: y_px.clamp(self.frame.top, self.frame.bottom),
            })
        };
        let readings = self.series.iter().filter_map(read).collect();
        Some(Hover { x, x_px, title: format!("{} {}", self.x_name, reading(x)), readings })
    }
}

impl HoverSeries {
    fn nearest(&self, x: f64) -> Option<Point> {
        if self.is_ordered {
            return nearest(&self.points, x);
        }
        // Of points one above the other the last, which is where the trace is now.
        let finite = self.points.iter().rev().copied().filter(|point| point.x.is_finite());
        finite.min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))
    }
}

/// The point nearest to this epoch among points in order.
fn nearest(points: &[Point], x: f64) -> Option<Point> {
    let after = points.partition_point(|point| point.x < x);
    let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|index| points.get(index));
    candidates.copied().min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))
}
