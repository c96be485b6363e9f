//! Strokes and words on a drawing area, given in CSS pixels.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{DrawingBackend, RGBAColor, ShapeStyle, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::path::{Dash, Px, dashes};
use super::series::{Line, MARKERS};
use super::style::{Rgb, Style};

/// Why a chart was not drawn. One type, because a caller can do the same about either: leave the old picture be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The area has no room for axes.
    #[error("a chart should be at least {least} by {least} pixels, found {width} by {height}")]
    TooSmall {
        /// Smallest side in CSS pixels.
        least: u32,
        /// Width found, in CSS pixels.
        width: u32,
        /// Height found, in CSS pixels.
        height: u32,
    },
    /// The drawing backend failed.
    #[error("the chart could not be drawn: {0}")]
    Backend(String),
}

/// What of a text stands at its place; up and down it is centred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Left,
    Center,
    Right,
}

impl Line {
    /// Width of the stroke in CSS pixels.
    pub(super) fn width_px(self, style: &Style) -> f64 {
        match self {
            Self::Solid | Self::Dashed | Self::Own(_) => style.line_px,
            Self::Thin | Self::ThinDashed | Self::Faint => style.line_px / 2.0,
        }
    }

    /// Its dashes, where it is not whole.
    pub(super) fn dash(self) -> Option<Dash> {
        let of = |on_px, off_px| Some(Dash { on_px, off_px, most: 70 });
        match self {
            Self::Dashed => of(6.0, 4.0),
            Self::ThinDashed => of(4.0, 3.0),
            Self::Own(member) => match member % MARKERS {
                0 => None,
                1 => of(12.0, 4.0),
                2 => of(3.0, 3.0),
                3 => of(7.0, 3.0),
                4 => of(18.0, 6.0),
                5 => of(5.0, 7.0),
                6 => of(2.0, 6.0),
                _ => of(10.0, 9.0),
            },
            _ => None,
        }
    }
}

/// Corners of a member's marker in units of its radius, by index. The first is a dot and has none.
fn corners_of_marker(marker: usize) -> Vec<Px> {
    let turned = |count: usize, from: f64, radius: f64| -> Vec<Px> {
        let angle = |corner: usize| from + std::f64::consts::TAU * corner as f64 / count as f64;
        (0..count).map(|corner| (radius * angle(corner).sin(), -radius * angle(corner).cos())).collect()
    };
    let eighth = std::f64::consts::FRAC_PI_4;
    // Two bars across each other: twelve corners, three a quarter.
    let cross = |from: f64| -> Vec<Px> {
        let quarter = |turn: usize| {
            let (sine, cosine) = (from + std::f64::consts::FRAC_PI_2 * turn as f64).sin_cos();
            [(-0.4, -1.2), (0.4, -1.2), (0.4, -0.4)].map(|(x, y)| (x * cosine - y * sine, x * sine + y * cosine))
        };
        (0..4).flat_map(quarter).collect()
    };
    match marker % MARKERS {
        0 => Vec::new(),
        1 => turned(4, eighth, 1.25),
        2 => turned(3, 0.0, 1.35),
        3 => turned(4, 0.0, 1.35),
        4 => turned(3, std::f64::consts::PI, 1.35),
        5 => cross(0.0),
        6 => cross(eighth),
        _ => turned(6, 0.0, 1.2),
    }
}

/// Draws on an area in the sizes and colours of a style.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    pub(super) style: &'a Style,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    /// A pen on an area, and the area's width and height in CSS pixels.
    ///
    /// # Errors
    ///
    /// When either is less than this.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in pixels")]
    pub(super) fn on(
        area: &'a DrawingArea<DB, Shift>,
        style: &'a Style,
        least_px: u32,
    ) -> Result<(Self, [f64; 2]), ChartError> {
        let (width, height) = area.dim_in_pixel();
        let [width, height] = [width, height].map(|side| f64::from(side) / style.scale);
        if width.min(height) < f64::from(least_px) {
            return Err(ChartError::TooSmall { least: least_px, width: width as u32, height: height as u32 });
        }
        Ok((Self { area, style }, [width, height]))
    }

    /// Fill the area with the background.
    pub(super) fn fill(&self) -> Result<(), ChartError> {
        self.area.fill(&rgba(self.style.background, 1.0)).map_err(told)
    }

    /// A hairline from left to right. A filled rectangle, since a stroke of even width would be blurred on a canvas.
    pub(super) fn level(&self, left: f64, right: f64, y: f64, color: Rgb) -> Result<(), ChartError> {
        let y = self.device(y);
        self.rectangle((self.device(left), y), (self.device(right), y + self.hairline()), color)
    }

    /// A hairline from top to bottom.
    pub(super) fn upright(&self, x: f64, top: f64, bottom: f64, color: Rgb) -> Result<(), ChartError> {
        let x = self.device(x);
        self.rectangle((x, self.device(top)), (x + self.hairline(), self.device(bottom)), color)
    }

    /// A patch of background for words that stand on lines.
    pub(super) fn plate(&self, center: Px, half_width: f64, half_height: f64) -> Result<(), ChartError> {
        let from = (self.device(center.0 - half_width), self.device(center.1 - half_height));
        let to = (self.device(center.0 + half_width), self.device(center.1 + half_height));
        self.rectangle_with(from, to, rgba(self.style.background, 0.8))
    }

    fn line_device(&self, places: &[Px], width: f64, color: Rgb, share: f64) -> Result<(), ChartError> {
        if places.len() < 2 {
            return Ok(());
        }
        let path: Vec<(i32, i32)> = places.iter().map(|&(x, y)| (whole(x), whole(y))).collect();
        let stroke = ShapeStyle { color: rgba(color, share), filled: false, stroke_width: self.stroke_width(width) };
        self.area.draw(&PathElement::new(path, stroke)).map_err(told)
    }

    /// A line through these places, whole or in dashes.
    pub(super) fn stroke(&self, places: &[Px], dash: Option<Dash>, width: f64, color: Rgb) -> Result<(), ChartError> {
        let scaled: Vec<Px> = places.iter().map(|px| (px.0 * self.style.scale, px.1 * self.style.scale)).collect();
        self.stroke_device(&scaled, dash, width, color, 1.0)
    }

    /// The same through places that are given in pixels of the area.
    pub(super) fn stroke_device(
        &self,
        places: &[Px],
        dash: Option<Dash>,
        width: f64,
        color: Rgb,
        share: f64,
    ) -> Result<(), ChartError> {
        let Some(dash) = dash else { return self.line_device(places, width, color, share) };
        dashes(places, dash, self.style.scale).iter().try_for_each(|part| self.line_device(part, width, color, share))
    }

    /// A filled area with these corners.
    pub(super) fn polygon(&self, corners: &[Px], color: Rgb, share: f64) -> Result<(), ChartError> {
        if corners.len() < 3 {
            return Ok(());
        }
        let corners: Vec<(i32, i32)> = corners.iter().map(|&(x, y)| (self.device(x), self.device(y))).collect();
        let fill = ShapeStyle { color: rgba(color, share), filled: true, stroke_width: 0 };
        self.area.draw(&Polygon::new(corners, fill)).map_err(told)
    }

    /// A filled dot.
    pub(super) fn dot(&self, center: Px, radius: f64, color: Rgb) -> Result<(), ChartError> {
        self.dot_device((center.0 * self.style.scale, center.1 * self.style.scale), radius, color, 1.0)
    }

    /// A filled dot at a place in pixels of the area.
    pub(super) fn dot_device(&self, center: Px, radius: f64, color: Rgb, share: f64) -> Result<(), ChartError> {
        let fill = ShapeStyle { color: rgba(color, share), filled: true, stroke_width: 0 };
        let radius = self.device(radius).max(1);
        self.area.draw(&Circle::new((whole(center.0), whole(center.1)), radius, fill)).map_err(told)
    }

    /// A member's marker at a place.
    pub(super) fn marker(&self, (x, y): Px, radius: f64, marker: usize, color: Rgb) -> Result<(), ChartError> {
        let corners = corners_of_marker(marker);
        if corners.is_empty() {
            return self.dot((x, y), radius, color);
        }
        let corners: Vec<Px> = corners.iter().map(|corner| (x + radius * corner.0, y + radius * corner.1)).collect();
        self.polygon(&corners, color, 1.0)
    }

    /// A ring around a place.
    pub(super) fn ring(&self, center: Px, radius: f64, color: Rgb) -> Result<(), ChartError> {
        let stroke = ShapeStyle { color: rgba(color, 1.0), filled: false, stroke_width: self.stroke_width(1.5) };
        let center = (self.device(center.0), self.device(center.1));
        self.area.draw(&Circle::new(center, self.device(radius).max(1), stroke)).map_err(told)
    }

    /// Words at a place.
    pub(super) fn text(&self, words: &str, place: Px, anchor: Anchor, color: Rgb) -> Result<(), ChartError> {
        if words.is_empty() {
            return Ok(());
        }
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Center => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let size = self.style.font_px * self.style.scale * self.style.font_divisor;
        let style = TextStyle::from((self.style.font_family.as_str(), size));
        let color = rgba(color, 1.0);
        let style = style.color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.area.draw_text(words, &style, (self.device(place.0), self.device(place.1))).map_err(told)
    }

    fn rectangle(&self, from: (i32, i32), to: (i32, i32), color: Rgb) -> Result<(), ChartError> {
        self.rectangle_with(from, to, rgba(color, 1.0))
    }

    fn rectangle_with(&self, from: (i32, i32), to: (i32, i32), color: RGBAColor) -> Result<(), ChartError> {
        let fill = ShapeStyle { color, filled: true, stroke_width: 0 };
        self.area.draw(&Rectangle::new([from, to], fill)).map_err(told)
    }

    fn device(&self, px: f64) -> i32 {
        whole(px * self.style.scale)
    }

    fn hairline(&self) -> i32 {
        self.device(1.0).max(1)
    }

    fn stroke_width(&self, width: f64) -> u32 {
        self.device(width).max(1).unsigned_abs()
    }
}

fn rgba(color: Rgb, share: f64) -> RGBAColor {
    RGBAColor(color.0, color.1, color.2, share)
}

fn whole(px: f64) -> i32 {
    px.round() as i32
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` calls")]
fn told<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> ChartError {
    ChartError::Backend(error.to_string())
}
