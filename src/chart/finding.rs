//! The picture of a finding: what was measured with its intervals, beside what was published.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axes::{Stroke, draw_axes, draw_entry};
use super::axis::{Axis, Fit, Projection, Scale, Tick, ticks};
use super::layout::{Frame, Layout, SAMPLE_GAP_PX};
use super::path::{Dash, Px};
use super::pen::{ChartError, Pen};
use super::series::Hue;
use super::style::{Rgb, Style};
use super::svg::{SVG_FONT_DIVISOR, document};
use crate::experiment::claims::{Plot, PlotPoint, PlotSeries};
use crate::measure::Metric;

/// Least side of a picture, in CSS pixels.
const LEAST_PX: u32 = 160;
const LEFT_PX: f64 = 52.0;
const RIGHT_PX: f64 = 18.0;
const BOTTOM_PX: f64 = 46.0;
/// Length of the stroke before a name in the legend.
const SAMPLE_PX: f64 = 22.0;
/// Half the width of the ends of an interval.
const CAP_PX: f64 = 3.5;
/// Share of a name's place on the axis that its figures spread over.
const SPREAD: f64 = 0.5;

/// The picture as an SVG document of this many CSS pixels.
///
/// # Errors
///
/// When the size has no room for axes.
pub fn finding_svg(plot: &Plot, width_px: u32, height_px: u32, style: &Style) -> Result<String, ChartError> {
    let style = Style { font_divisor: SVG_FONT_DIVISOR, scale: 1.0, ..style.clone() };
    document((width_px, height_px), |area| draw_finding(area, plot, &style))
}

/// Draw the picture on any area. Measured series have points with intervals and whole lines, published ones rings and
/// dashes; over names, without lines and side by side.
///
/// # Errors
///
/// When the area has no room for axes, or the backend fails.
pub fn draw_finding<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    plot: &Plot,
    style: &Style,
) -> Result<(), ChartError> {
    let (pen, [width, height]) = Pen::on(area, style, LEAST_PX)?;
    pen.fill()?;
    let top = draw_legend(&pen, plot, width)? + style.font_px * 1.4;
    let frame = Frame { left: LEFT_PX, right: width - RIGHT_PX, top: top + style.font_px, bottom: height - BOTTOM_PX };
    let layout = layout(plot, frame, style);
    draw_axes(&pen, &layout)?;
    plot.series.iter().enumerate().try_for_each(|(index, series)| draw_series(&pen, &layout, plot, index, series))
}

/// Where everything but the legend goes.
fn layout(plot: &Plot, frame: Frame, style: &Style) -> Layout {
    let Frame { left, top, right, bottom } = frame;
    let (x, y) = (x_axis(plot), y_axis(plot));
    let whole = plot.series.iter().flat_map(|series| &series.points).all(|point| point.x.fract() == 0.0);
    let x_ticks = if !plot.categories.is_empty() {
        let named = (0_u32..).map(f64::from).zip(plot.categories.iter().cloned());
        named.map(|(value, label)| Tick { value, label }).collect()
    } else if whole {
        // Numbers of something, such as epochs: there is nothing between them.
        let whole = ticks(&x, 9).into_iter().filter(|tick| tick.value.fract().abs() < 1e-9);
        whole.map(|tick| Tick { label: format!("{:.0}", tick.value), ..tick }).collect()
    } else {
        ticks(&x, 9)
    };
    Layout {
        frame,
        x: Projection::new(&x, left, right),
        y: Projection::new(&y, bottom, top),
        x_ticks,
        y_ticks: ticks(&y, 6),
        labels: (left - 6.0, bottom + style.font_px * 1.2),
        y_title: (8.0, top - style.font_px * 1.2, plot.y.clone()),
        x_title: (right, bottom + style.font_px * 2.7, plot.x.clone()),
        legend: Vec::new(),
    }
}

/// The stroke of a series: whole where it was measured, dashed where it was published.
fn stroke(style: &Style, index: usize, series: &PlotSeries) -> Stroke {
    let dash = series.published.then_some(Dash { on_px: 5.0, off_px: 4.0, most: 200 });
    let color = if series.published { style.muted } else { style.color(Hue::Member(index)) };
    Stroke { dash, width: style.line_px * 0.75, color, marker: None }
}

/// Names of the series, in rows; the height that they take comes back.
fn draw_legend<DB: DrawingBackend>(pen: &Pen<DB>, plot: &Plot, width: f64) -> Result<f64, ChartError> {
    let style = pen.style;
    let row = style.font_px * 1.6;
    let (mut x, mut y) = (8.0, row * 0.7);
    for (index, series) in plot.series.iter().enumerate() {
        let taken = SAMPLE_PX + SAMPLE_GAP_PX + style.text_width_px(&series.name) + 16.0;
        if x > 8.0 && x + taken > width {
            (x, y) = (8.0, y + row);
        }
        let stroke = stroke(style, index, series);
        draw_entry(pen, (x, y), SAMPLE_PX, stroke, &series.name)?;
        mark(pen, (x + SAMPLE_PX / 2.0, y), series.published, stroke.color)?;
        x += taken;
    }
    Ok(y + row * 0.7)
}

fn mark<DB: DrawingBackend>(pen: &Pen<DB>, place: Px, hollow: bool, color: Rgb) -> Result<(), ChartError> {
    if hollow { pen.ring(place, 3.5, color) } else { pen.dot(place, 3.0, color) }
}

fn draw_series<DB: DrawingBackend>(
    pen: &Pen<DB>,
    layout: &Layout,
    plot: &Plot,
    index: usize,
    series: &PlotSeries,
) -> Result<(), ChartError> {
    let Stroke { dash, width, color, .. } = stroke(pen.style, index, series);
    let aside = aside(layout, plot, index);
    let place = |point: &PlotPoint, y: f64| (layout.x.px_from_value(point.x) + aside, layout.y.px_from_value(y));
    let shown: Vec<&PlotPoint> = series.points.iter().filter(|point| point.y.is_finite()).collect();
    if plot.categories.is_empty() {
        let line: Vec<Px> = shown.iter().map(|point| place(point, point.y)).collect();
        pen.stroke(&line, dash, width, color)?;
    }
    for point in shown {
        let [low, high] = [place(point, point.low), place(point, point.high)];
        if high.1.is_finite() && low.1.is_finite() && low.1 - high.1 > 0.5 {
            pen.stroke(&[low, high], dash, width, color)?;
            for (x, y) in [low, high] {
                pen.stroke(&[(x - CAP_PX, y), (x + CAP_PX, y)], None, width, color)?;
            }
        }
        mark(pen, place(point, point.y), series.published, color)?;
    }
    Ok(())
}

/// How far a series stands from the middle of its place, so that intervals do not cover each other.
fn aside(layout: &Layout, plot: &Plot, index: usize) -> f64 {
    let count = plot.series.len() as f64;
    let slot = if plot.categories.is_empty() {
        3.0 * count
    } else {
        (layout.x.px_from_value(1.0) - layout.x.px_from_value(0.0)) * SPREAD
    };
    slot * ((index as f64 + 0.5) / count - 0.5)
}

const UNNAMED: Metric = Metric { name: "", unit: "", higher_is_better: None };

fn x_axis(plot: &Plot) -> Axis {
    let places = plot.series.iter().flat_map(|series| series.points.iter().map(|point| point.x));
    let (low, high) = if plot.categories.is_empty() {
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let room = 0.03 * (high - low).max(1e-9);
        if low <= high { (low - room, high + room) } else { (0.0, 1.0) }
    } else {
        (-0.5, plot.categories.len() as f64 - 0.5)
    };
    Axis { metric: UNNAMED, scale: Scale::Linear, low, high }
}

fn y_axis(plot: &Plot) -> Axis {
    let values = plot.series.iter().flat_map(|series| series.points.iter().flat_map(|p| [p.y, p.low, p.high]));
    let (low, high) = Fit::ANY.range(Scale::Linear, values);
    Axis { metric: UNNAMED, scale: Scale::Linear, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(categories: &[&str]) -> Plot {
        let measured = |x: f64| PlotPoint { x, y: 14.0 + x, low: 13.5 + x, high: 14.5 + x };
        Plot {
            x: "λ_rul".to_owned(),
            y: "RMSE, cycles".to_owned(),
            categories: categories.iter().map(|name| (*name).to_owned()).collect(),
            series: vec![
                PlotSeries::measured("measured", vec![measured(0.0), measured(1.0), measured(2.0)]),
                PlotSeries::published("published [C]", [(0.0, 11.0), (2.0, 11.5)]),
            ],
        }
    }

    #[test]
    fn words_intervals_and_rings_are_there() {
        let svg = finding_svg(&plot(&[]), 640, 320, &Style::light()).unwrap();
        for words in ["λ_rul", "RMSE, cycles", "measured", "published [C]"] {
            assert!(svg.contains(words), "{words}");
        }
        // A point a figure and one a name in the legend.
        assert_eq!(svg.matches("<circle").count(), 3 + 2 + 2);
    }

    #[test]
    fn names_stand_in_the_place_of_numbers_and_nothing_joins_them() {
        let over_names = finding_svg(&plot(&["none", "batch", "AMNL"]), 640, 320, &Style::dark()).unwrap();
        assert!(over_names.contains("batch") && over_names.contains("AMNL"));
        let over_numbers = finding_svg(&plot(&[]), 640, 320, &Style::dark()).unwrap();
        let lines = |svg: &str| svg.matches("<polyline").count();
        assert!(lines(&over_names) < lines(&over_numbers));
    }

    #[test]
    fn nothing_and_too_little_room_are_no_trouble() {
        assert!(finding_svg(&Plot::default(), 640, 320, &Style::light()).is_ok());
        assert!(matches!(finding_svg(&plot(&[]), 100, 320, &Style::light()), Err(ChartError::TooSmall { .. })));
    }
}
