//! A chart without axes and words, for many small ones beside each other.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::{DrawingBackend, IntoDrawingArea, SVGBackend};

use super::draw::draw_series;
use super::layout::Layout;
use super::pen::Pen;
use super::{ChartData, ChartError, Style};

/// Least side of a small picture, in CSS pixels.
const LEAST_PX: u32 = 16;

/// Draw the lines of a chart over the whole area, and nothing else.
///
/// # Errors
///
/// When the area is smaller than 16 pixels, or the backend fails.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in pixels")]
pub fn draw_spark<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &ChartData,
    style: &Style,
) -> Result<(), ChartError> {
    let (width, height) = area.dim_in_pixel();
    let [width, height] = [width, height].map(|side| f64::from(side) / style.scale);
    if width.min(height) < f64::from(LEAST_PX) {
        return Err(ChartError::TooSmall { least: LEAST_PX, width: width as u32, height: height as u32 });
    }
    let pen = Pen::new(area, style);
    let layout = Layout::bare(data, width, height);
    data.series.iter().try_for_each(|series| draw_series(&pen, series, &layout, data.series.len()))
}

/// The small picture as an SVG document of this many CSS pixels.
///
/// # Errors
///
/// When it is smaller than 16 pixels.
pub fn spark_svg(data: &ChartData, width_px: u32, height_px: u32, style: &Style) -> Result<String, ChartError> {
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, (width_px, height_px)).into_drawing_area();
        draw_spark(&area, data, &Style { scale: 1.0, ..style.clone() })?;
        area.present().map_err(|error| ChartError::Backend(error.to_string()))?;
    }
    Ok(document)
}
