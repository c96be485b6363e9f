//! One drawing function for every chart, over any plotters backend.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axes::{MARKER_PX, Stroke, draw_axes, draw_entry};
use super::data::ChartData;
use super::draw_sketch::{draw_arrows, draw_ground};
use super::hover::HoverMap;
use super::layout::{Frame, LEAST_PX, Layout, PlacedEntry, SAMPLE_PX};
use super::legend::LegendEntry;
use super::path::{Px, clip, runs};
use super::pen::{Anchor, ChartError, Pen};
use super::series::{Line, MARKERS, Point, Series, Shape};
use super::style::Style;

/// Lines whose points and ends are dotted, at most.
const DOTTED_LINES: usize = 16;
/// Between two markers of a line along the horizontal axis, in CSS pixels.
const MARKERS_APART_PX: f64 = 110.0;
/// Share of a raw line that covers what is beneath.
const FAINT: f64 = 0.25;
/// Share of a band that covers what is beneath.
const BAND: f64 = 0.16;
/// Share of a bar that covers what is beneath: others may stand behind it.
const BAR: f64 = 0.3;

/// Draw a chart and return the way back from its pixels to its values.
///
/// The area is filled first. Sizes are the style's CSS pixels times its scale, so a canvas whose backing store has the
/// device pixel ratio as `style.scale` is sharp. Lines are thinned to columns of one CSS pixel (three where they are many)
/// before they are drawn, so the time taken depends on the size of the chart and the number of lines, and hardly on the length of the run.
///
/// ```
/// use lambdascope::chart::{ChartKind, Style, svg};
/// use lambdascope::session::History;
///
/// let data = ChartKind::Loss.of_history(&History::default(), &["λ = 0.5"]);
/// let document = svg(&data, 640, 300, &Style::dark().scaled(2.0))?;
/// assert!(document.contains("No steps yet"));
/// # Ok::<(), lambdascope::chart::ChartError>(())
/// ```
///
/// # Errors
///
/// When the area has no room for axes, or the backend fails.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &ChartData,
    style: &Style,
) -> Result<HoverMap, ChartError> {
    let (pen, [width, height]) = Pen::on(area, style, LEAST_PX)?;
    let layout = Layout::new(data, style, width, height);
    pen.fill()?;
    draw_spans(&pen, data, &layout)?;
    draw_axes(&pen, &layout)?;
    draw_ground(&pen, &data.sketch, &layout)?;
    draw_bands(&pen, data, &layout)?;
    draw_notes(&pen, data, &layout)?;
    draw_legend(&pen, &layout)?;
    let lines = data.series.iter().filter(|series| series.line != Line::Faint).count();
    for series in &data.series {
        draw_series(&pen, series, &layout, lines)?;
    }
    draw_ends(&pen, data, &layout)?;
    draw_arrows(&pen, &data.sketch, &layout)?;
    draw_marks(&pen, data, &layout)?;
    if data.is_empty() {
        let frame = &layout.frame;
        let center = (f64::midpoint(frame.left, frame.right), f64::midpoint(frame.top, frame.bottom));
        let unseen = data.series.iter().any(|series| !series.points.is_empty());
        let words = if unseen { "No finite values" } else { data.look.empty };
        pen.plate(center, style.text_width_px(words) / 2.0 + 6.0, style.font_px * 0.8)?;
        pen.text(words, center, Anchor::Center, style.muted)?;
    }
    Ok(HoverMap::new(layout.frame, layout.x, layout.y, data, style))
}

fn draw_notes<DB: DrawingBackend>(pen: &Pen<DB>, data: &ChartData, layout: &Layout) -> Result<(), ChartError> {
    let (frame, style) = (&layout.frame, pen.style);
    for note in &data.notes {
        let y = layout.y.px_from_value(note.value);
        if !(frame.top..=frame.bottom).contains(&y) {
            continue;
        }
        pen.level(frame.left, frame.right, y, style.axis)?;
        if data.is_empty() {
            continue;
        }
        let room = style.font_px * 1.6;
        for (words, top, bottom) in [(&note.above, frame.top, y), (&note.below, y, frame.bottom)] {
            if bottom - top < room {
                continue;
            }
            // As far from the line as its side goes: the data crosses it most of the time.
            let middle = if bottom > y { bottom - room / 2.0 } else { top + room / 2.0 };
            let width = style.text_width_px(words) + 12.0;
            let at_left =
                Frame { left: frame.left, right: frame.left + width, top: middle - room, bottom: middle + room };
            let at_right = Frame { left: frame.right - width, right: frame.right, ..at_left };
            if crowd(data, layout, &at_right) < crowd(data, layout, &at_left) {
                pen.text(words, (frame.right - 6.0, middle), Anchor::Right, style.muted)?;
            } else {
                pen.text(words, (frame.left + 6.0, middle), Anchor::Left, style.muted)?;
            }
        }
    }
    Ok(())
}

/// Areas between two values, kept within the frame.
fn draw_bands<DB: DrawingBackend>(pen: &Pen<DB>, data: &ChartData, layout: &Layout) -> Result<(), ChartError> {
    let Frame { top, bottom, .. } = layout.frame;
    for band in &data.bands {
        let place = |x: f64, y: f64| (layout.x.px_from_value(x), layout.y.px_from_value(y).clamp(top, bottom));
        let finite = |px: &Px| px.0.is_finite() && px.1.is_finite();
        let upper = band.points.iter().map(|&(x, _, high)| place(x, high));
        let lower = band.points.iter().rev().map(|&(x, low, _)| place(x, low));
        let corners: Vec<Px> = upper.chain(lower).filter(finite).collect();
        pen.polygon(&corners, pen.style.color(band.hue), BAND)?;
    }
    Ok(())
}

/// Parts of the horizontal axis, from top to bottom of the frame.
fn draw_spans<DB: DrawingBackend>(pen: &Pen<DB>, data: &ChartData, layout: &Layout) -> Result<(), ChartError> {
    let (frame, style) = (&layout.frame, pen.style);
    let place = |x: f64| layout.x.px_from_value(x).clamp(frame.left, frame.right);
    for span in data.spans.iter().filter(|span| span.low.is_finite() && span.high.is_finite()) {
        let (left, right) = (place(span.low), place(span.high));
        let corners = [(left, frame.top), (right, frame.top), (right, frame.bottom), (left, frame.bottom)];
        if right > left {
            pen.polygon(&corners, style.muted, BAND / 2.0)?;
        }
        if let Some(at) = span.at.map(place) {
            pen.upright(at, frame.top, frame.bottom, style.axis)?;
        }
        let room = style.text_width_px(&span.label) + 12.0;
        if !span.label.is_empty() && right - frame.left > room {
            pen.text(&span.label, (left - 6.0, frame.top + style.font_px * 0.9), Anchor::Right, style.muted)?;
        }
    }
    Ok(())
}

/// How many points lie in a part of the plot.
fn crowd(data: &ChartData, layout: &Layout, part: &Frame) -> usize {
    let (from, to) = (layout.x.value_from_px(part.left), layout.x.value_from_px(part.right));
    let (low, high) = (layout.y.value_from_px(part.bottom), layout.y.value_from_px(part.top));
    let inside = |series: &Series| {
        let start = series.points.partition_point(|point| point.x < from);
        let points = series.points[start..].iter().take_while(|point| point.x <= to);
        points.filter(|point| (low..=high).contains(&point.y)).count()
    };
    data.series.iter().map(inside).sum()
}

fn draw_legend<DB: DrawingBackend>(pen: &Pen<DB>, layout: &Layout) -> Result<(), ChartError> {
    for PlacedEntry { entry, text, x, y } in &layout.legend {
        let Some(LegendEntry { hue, line, .. }) = entry else {
            pen.text(text, (*x, *y), Anchor::Left, pen.style.ink)?;
            continue;
        };
        let (dash, width, color) = (line.dash(), line.width_px(pen.style), pen.style.color(*hue));
        let stroke = Stroke { dash, width, color, marker: hue.marker() };
        draw_entry(pen, (*x, *y), SAMPLE_PX, stroke, text)?;
    }
    Ok(())
}

pub(super) fn draw_series<DB: DrawingBackend>(
    pen: &Pen<DB>,
    series: &Series,
    layout: &Layout,
    lines: usize,
) -> Result<(), ChartError> {
    let (scale, color) = (pen.style.scale, pen.style.color(series.hue));
    let (x, y) = (layout.x.scaled(scale), layout.y.scaled(scale));
    let Frame { top, bottom, .. } = layout.frame;
    // The more lines, the thinner and, to stay within a frame's time, the coarser.
    let (thinner, column_px) = match lines {
        0..=4 => (1.0, 1.0),
        5..=DOTTED_LINES => (0.75, 1.0),
        _ => (0.5, 3.0),
    };
    let width = series.line.width_px(pen.style) * thinner;
    let share = if series.line == Line::Faint { FAINT } else { 1.0 };
    if let Shape::Bars | Shape::Outlined = series.shape {
        return draw_bars(pen, series, layout);
    }
    if series.shape == Shape::Scattered {
        let places = series.points.iter().map(|point| (x.px_from_value(point.x), y.px_from_value(point.y)));
        let mut inside = places.filter(|px| px.0.is_finite() && (top * scale..=bottom * scale).contains(&px.1));
        return inside.try_for_each(|px| pen.dot_device(px, width, color, 0.7));
    }
    for run in runs(&series.points, series.shape, &x, &y, column_px * scale) {
        let alone = run.len() == 1;
        for part in clip(run, top * scale, bottom * scale) {
            if let (true, Some(&px)) = (alone, part.first()) {
                pen.dot_device(px, width, color, share)?;
            }
            pen.stroke_device(&part, series.line.dash(), width, color, share)?;
        }
    }
    if series.shape == Shape::Dotted && series.points.len() <= 60 && lines <= DOTTED_LINES {
        for point in series.points.iter() {
            let px = (layout.x.px_from_value(point.x), layout.y.px_from_value(point.y));
            if (top..=bottom).contains(&px.1) {
                match series.hue.marker() {
                    Some(marker) => pen.marker(px, MARKER_PX, marker, color)?,
                    None => pen.dot(px, width * 1.2, color)?,
                }
            }
        }
    } else if lines <= DOTTED_LINES && series.line != Line::Faint {
        draw_markers(pen, series, layout)?;
    }
    Ok(())
}

/// A member's markers along its line, each member's at places of its own, so that lines that lie over each other are told
/// apart.
fn draw_markers<DB: DrawingBackend>(pen: &Pen<DB>, series: &Series, layout: &Layout) -> Result<(), ChartError> {
    let Some(marker) = series.hue.marker() else { return Ok(()) };
    let Frame { top, bottom, .. } = layout.frame;
    let color = pen.style.color(series.hue);
    let mut way = MARKERS_APART_PX * (marker as f64 + 1.0) / MARKERS as f64;
    let mut before: Option<Px> = None;
    for point in series.points.iter() {
        let px = (layout.x.px_from_value(point.x), layout.y.px_from_value(point.y));
        let from = before.unwrap_or(px).0;
        before = Some(px);
        way -= (px.0 - from).abs();
        if way <= 0.0 && (top..=bottom).contains(&px.1) {
            way = MARKERS_APART_PX;
            pen.marker(px, MARKER_PX, marker, color)?;
        }
    }
    Ok(())
}

/// A histogram: bars from zero, and the line along their tops.
fn draw_bars<DB: DrawingBackend>(pen: &Pen<DB>, series: &Series, layout: &Layout) -> Result<(), ChartError> {
    let color = pen.style.color(series.hue);
    let bottom = layout.frame.bottom;
    let half = match *series.points {
        [first, second, ..] => (second.x - first.x) / 2.0,
        _ => 0.5,
    };
    let mut tops: Vec<Px> = Vec::with_capacity(2 * series.points.len() + 2);
    for Point { x, y } in series.points.iter().filter(|point| point.y.is_finite()) {
        let (left, right) = (layout.x.px_from_value(x - half), layout.x.px_from_value(x + half));
        let top = layout.y.px_from_value(*y).clamp(layout.frame.top, bottom);
        if series.shape == Shape::Bars && bottom - top > 0.5 {
            // A hairline apart, so that single bars are distinguished.
            pen.polygon(
                &[(left + 0.5, top), (right - 0.5, top), (right - 0.5, bottom), (left + 0.5, bottom)],
                color,
                BAR,
            )?;
        }
        if tops.is_empty() {
            tops.push((left, bottom));
        }
        tops.extend([(left, top), (right, top)]);
    }
    if let Some(&(right, _)) = tops.last() {
        tops.push((right, bottom));
    }
    let width = series.line.width_px(pen.style) * 0.75;
    pen.stroke(&tops, series.line.dash(), width, color)
}

/// A dot where each line is now.
fn draw_ends<DB: DrawingBackend>(pen: &Pen<DB>, data: &ChartData, layout: &Layout) -> Result<(), ChartError> {
    let is_line = |shape| !matches!(shape, Shape::Scattered | Shape::Bars | Shape::Outlined);
    if !data.sketch.is_empty() {
        return Ok(());
    }
    let ended = |series: &&Series| series.line != Line::Faint && is_line(series.shape);
    let lines: Vec<&Series> = data.series.iter().filter(ended).collect();
    if lines.len() > DOTTED_LINES {
        return Ok(());
    }
    for series in lines {
        let Some(point) = series.points.last() else { continue };
        let px = (layout.x.px_from_value(point.x), layout.y.px_from_value(point.y));
        if (layout.frame.top..=layout.frame.bottom).contains(&px.1) {
            let color = pen.style.color(series.hue);
            match series.hue.marker() {
                Some(marker) => pen.marker(px, MARKER_PX * 1.25, marker, color)?,
                None => pen.dot(px, pen.style.line_px * 1.6, color)?,
            }
        }
    }
    Ok(())
}

fn draw_marks<DB: DrawingBackend>(pen: &Pen<DB>, data: &ChartData, layout: &Layout) -> Result<(), ChartError> {
    let (frame, style) = (&layout.frame, pen.style);
    let several = data.marks.iter().filter(|mark| mark.label.is_some()).count() > 1;
    for mark in &data.marks {
        let px = (layout.x.px_from_value(mark.point.x), layout.y.px_from_value(mark.point.y));
        if !(frame.top..=frame.bottom).contains(&px.1) {
            continue;
        }
        let radius = style.line_px * 2.75;
        pen.ring(px, radius, style.color(mark.hue))?;
        if let (Some(label), true) = (&mark.label, several) {
            beside(pen, data, layout, (px, radius), label)?;
        } else if let Some(label) = &mark.label {
            let half = style.text_width_px(label) / 2.0;
            let x = px.0.clamp(frame.left + half, (frame.right - half).max(frame.left + half));
            // Below: a best value has nothing of its line beneath it. Above where the frame ends.
            let apart = radius + style.font_px * 0.85;
            let y = if px.1 + apart + style.font_px * 0.6 <= frame.bottom { px.1 + apart } else { px.1 - apart };
            pen.plate((x, y), half + 3.0, style.font_px * 0.6)?;
            pen.text(label, (x, y), Anchor::Center, style.ink)?;
        }
    }
    Ok(())
}

/// Words beside a mark, where several have some: on the right, unless that is where the frame ends or another mark is.
fn beside<DB: DrawingBackend>(
    pen: &Pen<DB>,
    data: &ChartData,
    layout: &Layout,
    ((x, y), radius): (Px, f64),
    label: &str,
) -> Result<(), ChartError> {
    let (frame, style) = (&layout.frame, pen.style);
    let apart = radius + 5.0;
    let end = x + apart + style.text_width_px(label);
    let in_the_way = |place: Px| place.0 > x && place.0 - radius < end && (place.1 - y).abs() < style.font_px + radius;
    let places = data.marks.iter().map(|m| (layout.x.px_from_value(m.point.x), layout.y.px_from_value(m.point.y)));
    if end > frame.right || places.into_iter().any(in_the_way) {
        pen.text(label, (x - apart, y), Anchor::Right, style.ink)
    } else {
        pen.text(label, (x + apart, y), Anchor::Left, style.ink)
    }
}
