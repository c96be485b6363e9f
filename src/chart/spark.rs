//! A chart without axes and words, for many small ones beside each other.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::data::ChartData;
use super::draw::draw_series;
use super::layout::Layout;
use super::pen::{ChartError, Pen};
use super::style::Style;
use super::svg::document;

/// Least side of a small picture, in CSS pixels.
const LEAST_PX: u32 = 16;

/// Draw the lines of a chart over the whole area, and nothing else.
///
/// # Errors
///
/// When the area is smaller than 16 pixels, or the backend fails.
pub fn draw_spark<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &ChartData,
    style: &Style,
) -> Result<(), ChartError> {
    let (pen, [width, height]) = Pen::on(area, style, LEAST_PX)?;
    let layout = Layout::bare(data, width, height);
    data.series.iter().try_for_each(|series| draw_series(&pen, series, &layout, data.series.len()))
}

/// The small picture as an SVG document of this many CSS pixels.
///
/// # Errors
///
/// When it is smaller than 16 pixels.
pub fn spark_svg(data: &ChartData, width_px: u32, height_px: u32, style: &Style) -> Result<String, ChartError> {
    let style = Style { scale: 1.0, ..style.clone() };
    document((width_px, height_px), |area| draw_spark(area, data, &style))
}
