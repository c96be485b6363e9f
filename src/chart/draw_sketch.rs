//! Arrows, areas, cells and words on a chart.

use plotters::prelude::DrawingBackend;

use super::layout::{Frame, Layout};
use super::path::{Px, dashes};
use super::pen::{Anchor, ChartError, Pen};
use super::series::Hue;
use super::sketch::{Arrow, Place, Sketch};

/// Between words and what they belong to, in CSS pixels.
const GAP_PX: f64 = 5.0;
/// Between two looks at what an arrow covers, in CSS pixels.
const BIT_PX: f64 = 6.0;

/// What lies beneath the lines.
pub(super) fn draw_ground<DB: DrawingBackend>(
    pen: &Pen<DB>,
    sketch: &Sketch,
    layout: &Layout,
) -> Result<(), ChartError> {
    let style = pen.style;
    for area in &sketch.areas {
        let corners: Vec<Px> = area.corners.iter().map(|place| inside(layout, *place)).collect();
        pen.polygon(&corners, style.color(area.hue), area.share)?;
    }
    for wire in &sketch.wires {
        let places: Vec<Px> = wire.iter().map(|place| inside(layout, *place)).collect();
        pen.stroke(&places, None, 1.0, style.grid)?;
    }
    for cell in &sketch.cells {
        let (left, bottom) = inside(layout, [cell.x[0], cell.y[0]]);
        let (right, top) = inside(layout, [cell.x[1], cell.y[1]]);
        if cell.share.is_finite() {
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            pen.polygon(&corners, style.color(Hue::Heat(cell.share)), 1.0)?;
        }
        let has_room = style.text_width_px(&cell.label) + 4.0 <= right - left && style.font_px * 1.2 <= bottom - top;
        if has_room {
            let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
            pen.text(&cell.label, middle, Anchor::Center, style.on_heat(cell.share))?;
        }
    }
    Ok(())
}

/// Arrows and words, above the lines: of several arrows the first is drawn last, and its words have the first choice of
/// a place.
pub(super) fn draw_arrows<DB: DrawingBackend>(
    pen: &Pen<DB>,
    sketch: &Sketch,
    layout: &Layout,
) -> Result<(), ChartError> {
    let style = pen.style;
    for arrow in sketch.arrows.iter().rev() {
        draw_arrow(pen, arrow, layout)?;
    }
    let mut taken: Vec<Frame> = Vec::new();
    for words in &sketch.words {
        let (x, y) = inside(layout, words.at);
        let half = style.text_width_px(&words.text) / 2.0;
        pen.text(&words.text, (x, y), Anchor::Center, style.muted)?;
        taken.push(boxed((x, y), half, style.font_px));
    }
    let main = |arrow: &&Arrow| !arrow.may_be_mute;
    let shafts = Shafts {
        all: sketch.arrows.iter().flat_map(|arrow| along(arrow, layout)).collect(),
        main: sketch.arrows.iter().filter(main).flat_map(|arrow| along(arrow, layout)).collect(),
    };
    for arrow in sketch.arrows.iter().filter(|arrow| !arrow.label.is_empty()) {
        let Some(place) = room(pen, arrow, layout, &taken, &shafts) else { continue };
        let half = style.text_width_px(&arrow.label) / 2.0;
        if !sketch.cells.is_empty() {
            pen.plate(place, half + 2.0, style.font_px * 0.6)?;
        }
        let color = if arrow.may_be_mute { style.muted } else { style.ink };
        pen.text(&arrow.label, place, Anchor::Center, color)?;
        taken.push(boxed(place, half, style.font_px));
    }
    Ok(())
}

/// What arrows take of the picture: all, and those whose words may not be left out.
struct Shafts {
    all: Vec<Frame>,
    main: Vec<Frame>,
}

/// What an arrow takes of the picture, bit by bit, so that no words cover it.
fn along(arrow: &Arrow, layout: &Layout) -> Vec<Frame> {
    let (from, to) = (inside(layout, arrow.from), inside(layout, arrow.to));
    let bits = ((to.0 - from.0).hypot(to.1 - from.1) / BIT_PX).ceil().max(1.0);
    let bit = |index: u32| {
        let share = f64::from(index) / bits;
        let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
        Frame { left: x - 3.0, right: x + 3.0, top: y - 3.0, bottom: y + 3.0 }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length in pixels")]
    let last = bits as u32;
    (0..=last).map(bit).collect()
}

fn draw_arrow<DB: DrawingBackend>(pen: &Pen<DB>, arrow: &Arrow, layout: &Layout) -> Result<(), ChartError> {
    let (from, to) = (inside(layout, arrow.from), inside(layout, arrow.to));
    let (color, width) = (pen.style.color(arrow.hue), pen.style.line_px * arrow.strength);
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let head = (3.0 * width + 3.0).min(length);
    if length < 2.0 {
        return pen.dot(to, width.max(2.0), color);
    }
    let along = ((to.0 - from.0) / length, (to.1 - from.1) / length);
    let back = |by: f64, aside: f64| (to.0 - along.0 * by - along.1 * aside, to.1 - along.1 * by + along.0 * aside);
    // The shaft ends within the head, which would else be blunt.
    let shaft = [from, back(head * 0.8, 0.0)];
    match arrow.line.dash() {
        Some(dash) => {
            for part in dashes(&shaft, dash, 1.0) {
                pen.stroke(&part, None, width, color)?;
            }
        }
        None => pen.stroke(&shaft, None, width, color)?,
    }
    pen.polygon(&[to, back(head, head * 0.42), back(head, -head * 0.42)], color, 1.0)
}

/// Where an arrow's words stand: beyond its head, or beside it, where nothing else stands.
/// Words that may not be left out stand on an arrow where there is no other place.
fn room<DB: DrawingBackend>(
    pen: &Pen<DB>,
    arrow: &Arrow,
    layout: &Layout,
    taken: &[Frame],
    shafts: &Shafts,
) -> Option<Px> {
    let (style, frame) = (pen.style, &layout.frame);
    let (from, to) = (inside(layout, arrow.from), inside(layout, arrow.to));
    let half = style.text_width_px(&arrow.label) / 2.0;
    let apart = style.font_px * 0.6 + GAP_PX;
    let side = if to.0 >= from.0 { 1.0 } else { -1.0 };
    let beside = |side: f64, rise: f64| (to.0 + side * (half + GAP_PX + 3.0), to.1 + rise);
    let candidates = [
        beside(side, -apart * 0.6),
        (to.0, to.1 - apart),
        beside(side, apart * 0.4),
        beside(-side, -apart * 0.6),
        beside(side, -apart * 1.6),
        beside(-side, apart * 0.4),
        (to.0, to.1 + apart),
        beside(-side, -apart * 1.6),
    ];
    let stands = |place: &Px, others: &[&[Frame]]| {
        let own = boxed(*place, half, style.font_px);
        let within =
            own.left >= frame.left && own.right <= frame.right && own.top >= frame.top && own.bottom <= frame.bottom;
        within && !others.iter().any(|others| others.iter().any(|other| overlap(&own, other)))
    };
    let kept = |(x, y): Px| {
        let (left, right) = (frame.left + half, (frame.right - half).max(frame.left + half));
        (
            x.clamp(left, right),
            y.clamp(frame.top + style.font_px, (frame.bottom - style.font_px).max(frame.top + style.font_px)),
        )
    };
    let nearest = candidates.into_iter();
    let apart = nearest.clone().find(|place| stands(place, &[taken, &shafts.all]));
    let apart = apart.or_else(|| nearest.clone().find(|place| stands(place, &[taken, &shafts.main])));
    if apart.is_some() || arrow.may_be_mute {
        return apart;
    }
    let all = || nearest.clone().chain(candidates.map(kept));
    let apart = all().find(|place| stands(place, &[taken, &shafts.main]));
    apart.or_else(|| all().find(|place| stands(place, &[taken])))
}

fn boxed((x, y): Px, half: f64, font_px: f64) -> Frame {
    Frame { left: x - half, right: x + half, top: y - font_px * 0.6, bottom: y + font_px * 0.6 }
}

fn overlap(a: &Frame, b: &Frame) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/// A place in pixels, kept within the frame.
pub(super) fn inside(layout: &Layout, [x, y]: Place) -> Px {
    let Frame { left, top, right, bottom } = layout.frame;
    let clamped = |px: f64, low: f64, high: f64| if px.is_finite() { px.clamp(low, high) } else { low };
    (clamped(layout.x.px_from_value(x), left, right), clamped(layout.y.px_from_value(y), top, bottom))
}
