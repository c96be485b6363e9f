//! What every picture has around its values: axes with ticks and titles, and the entries of a legend.

use plotters::prelude::DrawingBackend;

use super::layout::{Layout, SAMPLE_GAP_PX};
use super::path::{Dash, Px};
use super::pen::{Anchor, ChartError, Pen};
use super::style::Rgb;

/// A level line at each tick of the vertical axis, the base line with the ticks of the horizontal one, and both titles.
pub(super) fn draw_axes<DB: DrawingBackend>(pen: &Pen<DB>, layout: &Layout) -> Result<(), ChartError> {
    let (frame, style, labels) = (&layout.frame, pen.style, layout.labels);
    for tick in &layout.y_ticks {
        let y = layout.y.px_from_value(tick.value);
        pen.level(frame.left, frame.right, y, style.grid)?;
        pen.text(&tick.label, (labels.0, y), Anchor::Right, style.muted)?;
    }
    if !layout.x_ticks.is_empty() {
        pen.level(frame.left, frame.right, frame.bottom, style.axis)?;
    }
    for tick in &layout.x_ticks {
        let x = layout.x.px_from_value(tick.value);
        pen.upright(x, frame.bottom, frame.bottom + 4.0, style.axis)?;
        pen.text(&tick.label, (x, labels.1), Anchor::Center, style.muted)?;
    }
    let (x, y, title) = &layout.x_title;
    pen.text(title, (*x, *y), Anchor::Right, style.muted)?;
    let (x, y, title) = &layout.y_title;
    pen.text(title, (*x, *y), Anchor::Left, style.ink)
}

/// Radius of a marker, in CSS pixels.
pub(super) const MARKER_PX: f64 = 3.6;

/// How a line is stroked.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub(super) dash: Option<Dash>,
    /// In CSS pixels.
    pub(super) width: f64,
    pub(super) color: Rgb,
    /// A member's marker on it.
    pub(super) marker: Option<usize>,
}

/// A sample of a stroke and what it stands for, from a place at the left end of both, at half height.
pub(super) fn draw_entry<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (x, y): Px,
    sample_px: f64,
    stroke: Stroke,
    text: &str,
) -> Result<(), ChartError> {
    let Stroke { dash, width, color, marker } = stroke;
    pen.stroke(&[(x, y), (x + sample_px, y)], dash, width, color)?;
    if let Some(marker) = marker {
        pen.marker((x + sample_px / 2.0, y), MARKER_PX, marker, color)?;
    }
    pen.text(text, (x + sample_px + SAMPLE_GAP_PX, y), Anchor::Left, pen.style.ink)
}
