//! A chart as an SVG document: for the command line, for a person who saves one, and for tests.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::{IntoDrawingArea, SVGBackend};

use super::data::ChartData;
use super::draw::draw;
use super::pen::ChartError;
use super::style::Style;

/// Font sizes in plotters' SVG are divided by this; a canvas takes them as they are.
pub(super) const SVG_FONT_DIVISOR: f64 = 1.24;

/// A chart as an SVG document of this many CSS pixels, times the style's scale.
///
/// # Errors
///
/// When the size has no room for axes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in pixels")]
pub fn svg(data: &ChartData, width_px: u32, height_px: u32, style: &Style) -> Result<String, ChartError> {
    let size = [width_px, height_px].map(|side| (f64::from(side) * style.scale).round() as u32);
    let style = Style { font_divisor: SVG_FONT_DIVISOR, ..style.clone() };
    document((size[0], size[1]), |area| draw(area, data, &style).map(|_| ()))
}

/// What is drawn on an area of this many pixels, as an SVG document.
pub(super) fn document(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, size).into_drawing_area();
        draw(&area)?;
        area.present().map_err(|error| ChartError::Backend(error.to_string()))?;
    }
    Ok(document)
}
