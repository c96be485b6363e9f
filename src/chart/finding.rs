//! The picture of a finding: what was measured with its intervals, beside what was published.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axis::{Axis, Fit, Projection, Scale, ticks};
use super::path::{Px, dashes};
use super::pen::{Anchor, Pen};
use super::series::Hue;
use super::svg::{SVG_FONT_DIVISOR, document};
use super::{ChartError, Rgb, Style};
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
    let picture = Picture::new(plot, [LEFT_PX, width - RIGHT_PX], [top + style.font_px, height - BOTTOM_PX]);
    pen.text(&plot.y, (8.0, top - style.font_px * 0.2), Anchor::Left, style.ink)?;
    picture.draw_axes(&pen)?;
    for (index, series) in plot.series.iter().enumerate() {
        picture.draw_series(&pen, index, series)?;
    }
    Ok(())
}

fn color(style: &Style, index: usize, series: &PlotSeries) -> Rgb {
    if series.published { style.muted } else { style.color(Hue::Member(index)) }
}

/// Names of the series, in rows; the height that they take comes back.
fn draw_legend<DB: DrawingBackend>(pen: &Pen<DB>, plot: &Plot, width: f64) -> Result<f64, ChartError> {
    let style = pen.style;
    let row = style.font_px * 1.6;
    let (mut x, mut y) = (8.0, row * 0.7);
    for (index, series) in plot.series.iter().enumerate() {
        let taken = SAMPLE_PX + 6.0 + style.text_width_px(&series.name) + 16.0;
        if x > 8.0 && x + taken > width {
            (x, y) = (8.0, y + row);
        }
        let color = color(style, index, series);
        stroke(pen, vec![(x, y), (x + SAMPLE_PX, y)], series.published, color)?;
        mark(pen, (x + SAMPLE_PX / 2.0, y), series.published, color)?;
        pen.text(&series.name, (x + SAMPLE_PX + 6.0, y), Anchor::Left, style.ink)?;
        x += taken;
    }
    Ok(y + row * 0.7)
}

fn stroke<DB: DrawingBackend>(pen: &Pen<DB>, path: Vec<Px>, dashed: bool, color: Rgb) -> Result<(), ChartError> {
    let parts = if dashed { dashes(&path, 5.0, 4.0, 200) } else { vec![path] };
    parts.iter().try_for_each(|part| pen.line(part, pen.style.line_px * 0.75, color, 1.0))
}

fn mark<DB: DrawingBackend>(pen: &Pen<DB>, place: Px, hollow: bool, color: Rgb) -> Result<(), ChartError> {
    if hollow { pen.ring(place, 3.5, color) } else { pen.dot(place, 3.0, color) }
}

/// A plot laid out on an area.
struct Picture<'a> {
    plot: &'a Plot,
    axes: [Axis; 2],
    x: Projection,
    y: Projection,
    left_right: [f64; 2],
    bottom: f64,
}

impl<'a> Picture<'a> {
    fn new(plot: &'a Plot, left_right: [f64; 2], top_bottom: [f64; 2]) -> Self {
        let axes = [x_axis(plot), y_axis(plot)];
        let x = Projection::new(&axes[0], left_right[0], left_right[1]);
        let y = Projection::new(&axes[1], top_bottom[1], top_bottom[0]);
        Self { plot, axes, x, y, left_right, bottom: top_bottom[1] }
    }

    fn draw_axes<DB: DrawingBackend>(&self, pen: &Pen<DB>) -> Result<(), ChartError> {
        let (style, [left, right]) = (pen.style, self.left_right);
        for tick in ticks(&self.axes[1], 6) {
            let y = self.y.px_from_value(tick.value);
            pen.level(left, right, y, style.grid)?;
            pen.text(&tick.label, (left - 6.0, y), Anchor::Right, style.muted)?;
        }
        pen.level(left, right, self.bottom, style.axis)?;
        let label_y = self.bottom + style.font_px * 1.2;
        let categories = (0_u32..).map(f64::from).zip(self.plot.categories.iter().cloned());
        let whole = self.plot.series.iter().flat_map(|series| &series.points).all(|point| point.x.fract() == 0.0);
        let places: Vec<(f64, String)> = if !self.plot.categories.is_empty() {
            categories.collect()
        } else if whole {
            // Numbers of something, such as epochs: there is nothing between them.
            let ticks = ticks(&self.axes[0], 9).into_iter().filter(|tick| tick.value.fract().abs() < 1e-9);
            ticks.map(|tick| (tick.value, format!("{:.0}", tick.value))).collect()
        } else {
            ticks(&self.axes[0], 9).into_iter().map(|tick| (tick.value, tick.label)).collect()
        };
        for (value, label) in places {
            let x = self.x.px_from_value(value);
            pen.upright(x, self.bottom, self.bottom + 4.0, style.axis)?;
            pen.text(&label, (x, label_y), Anchor::Center, style.muted)?;
        }
        pen.text(&self.plot.x, (right, self.bottom + style.font_px * 2.7), Anchor::Right, style.muted)
    }

    fn draw_series<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        index: usize,
        series: &PlotSeries,
    ) -> Result<(), ChartError> {
        let color = color(pen.style, index, series);
        let aside = self.aside(index);
        let place = |point: &PlotPoint, y: f64| (self.x.px_from_value(point.x) + aside, self.y.px_from_value(y));
        let shown: Vec<&PlotPoint> = series.points.iter().filter(|point| point.y.is_finite()).collect();
        if self.plot.categories.is_empty() {
            stroke(pen, shown.iter().map(|point| place(point, point.y)).collect(), series.published, color)?;
        }
        for point in shown {
            let [low, high] = [place(point, point.low), place(point, point.high)];
            if high.1.is_finite() && low.1.is_finite() && low.1 - high.1 > 0.5 {
                stroke(pen, vec![low, high], series.published, color)?;
                for (x, y) in [low, high] {
                    pen.line(&[(x - CAP_PX, y), (x + CAP_PX, y)], pen.style.line_px * 0.75, color, 1.0)?;
                }
            }
            mark(pen, place(point, point.y), series.published, color)?;
        }
        Ok(())
    }

    /// How far a series stands from the middle of its place, so that intervals do not cover each other.
    fn aside(&self, index: usize) -> f64 {
        let count = self.plot.series.len() as f64;
        let slot = if self.plot.categories.is_empty() {
            3.0 * count
        } else {
            (self.x.px_from_value(1.0) - self.x.px_from_value(0.0)) * SPREAD
        };
        slot * ((index as f64 + 0.5) / count - 0.5)
    }
}

fn x_axis(plot: &Plot) -> Axis {
    let metric = Metric { name: "", unit: "", higher_is_better: None };
    let places = plot.series.iter().flat_map(|series| series.points.iter().map(|point| point.x));
    let (low, high) = if plot.categories.is_empty() {
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let room = 0.03 * (high - low).max(1e-9);
        if low <= high { (low - room, high + room) } else { (0.0, 1.0) }
    } else {
        (-0.5, plot.categories.len() as f64 - 0.5)
    };
    Axis { metric, scale: Scale::Linear, low, high }
}

fn y_axis(plot: &Plot) -> Axis {
    let metric = Metric { name: "", unit: "", higher_is_better: None };
    let fit = Fit {
        empty: (0.0, 1.0),
        at_least: None,
        within: (f64::NEG_INFINITY, f64::INFINITY),
        multiple: None,
        room_below: 0.0,
    };
    let values = plot.series.iter().flat_map(|series| series.points.iter().flat_map(|p| [p.y, p.low, p.high]));
    let (low, high) = fit.range(Scale::Linear, values);
    Axis { metric, scale: Scale::Linear, low, high }
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
