//! Reading values off a chart, with the pointer or with keys.

use web_sys::{Element, HtmlElement};

use super::super::dom::{append, create, create_text, set_attribute, set_shown};
use crate::chart::{Hover, HoverMap};
use crate::web::WebError;

/// CSS pixels by which a key moves before it looks for the next point.
const KEY_PX: f64 = 3.0;

/// Where the cursor is.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    /// Under the pointer, in CSS pixels of the chart.
    Pointer(f64, f64),
    /// At an epoch, moved by keys.
    Epoch(f64),
}

/// A line across the chart, and a box with the values there.
pub struct Cursor {
    map: Option<HoverMap>,
    place: Place,
    line: HtmlElement,
    tip: HtmlElement,
}

impl Cursor {
    /// Add the elements to a plot.
    pub fn build(plot: &Element) -> Result<Self, WebError> {
        let line: HtmlElement = create("div", "cursor")?;
        let tip: HtmlElement = create("div", "tip")?;
        for element in [&line, &tip] {
            element.set_hidden(true);
        }
        append(plot, &[&line, &tip])?;
        Ok(Self { map: None, place: Place::Nowhere, line, tip })
    }

    /// The chart was drawn anew: what is under the cursor may have changed.
    pub fn drawn(&mut self, map: HoverMap) {
        self.map = Some(map);
        self.show();
    }

    /// The pointer is here.
    pub fn point(&mut self, x: f64, y: f64) {
        // What moves with the pointer would be read out without end.
        set_attribute(&self.tip, "aria-live", "off");
        self.place = Place::Pointer(x, y);
        self.show();
    }

    /// Neither pointer nor keys are here any more.
    pub fn leave(&mut self) {
        self.place = Place::Nowhere;
        self.show();
    }

    /// A key was pressed. Returns whether it was meant for the cursor.
    pub fn key(&mut self, key: &str) -> bool {
        let Some(map) = &self.map else { return false };
        let (left, _, right, _) = map.frame_px();
        let at = match self.place {
            Place::Epoch(epoch) => map.near(epoch),
            Place::Pointer(x, y) => map.at(x, y),
            Place::Nowhere => None,
        };
        let end = map.near(map.x_from_px(right));
        let found = match (key, &at) {
            ("ArrowLeft" | "ArrowRight" | "End", None) | ("End", _) => end,
            ("Home", _) => map.near(map.x_from_px(left)),
            ("ArrowLeft", Some(at)) => neighbour(map, at, -KEY_PX, left, right),
            ("ArrowRight", Some(at)) => neighbour(map, at, KEY_PX, left, right),
            ("Escape", Some(_)) => {
                self.leave();
                return true;
            }
            _ => return false,
        };
        set_attribute(&self.tip, "aria-live", "polite");
        if let Some(found) = found.or(at) {
            self.place = Place::Epoch(found.x);
        }
        self.show();
        true
    }

    fn show(&self) {
        let found = self.map.as_ref().and_then(|map| match self.place {
            Place::Nowhere => None,
            Place::Pointer(x, y) => map.at(x, y).map(|hover| (map, hover)),
            Place::Epoch(epoch) => map.near(epoch).map(|hover| (map, hover)),
        });
        set_shown(&self.line, found.is_some());
        set_shown(&self.tip, found.is_some());
        if let Some((map, hover)) = found {
            // A box that cannot be filled is no reason to disturb anyone.
            let _ = self.fill(map, &hover);
        }
    }

    fn fill(&self, map: &HoverMap, hover: &Hover) -> Result<(), WebError> {
        let (left, top, right, bottom) = map.frame_px();
        place(&self.line, hover.x_px, top)?;
        self.line.style().set_property("height", &format!("{}px", bottom - top)).map_err(WebError::call("styling"))?;
        self.tip.set_inner_html("");
        let title: HtmlElement = create_text("p", "tip-title", &hover.title)?;
        append(&self.tip, &[&title])?;
        for reading in &hover.readings {
            let row: HtmlElement = create("p", "tip-row")?;
            let swatch: HtmlElement = create("span", "swatch")?;
            swatch.style().set_property("background", &reading.color).map_err(WebError::call("styling"))?;
            let label: HtmlElement = create_text("span", "", &reading.label)?;
            let value: HtmlElement = create_text("b", "", &reading.text)?;
            append(&row, &[&swatch, &label, &value])?;
            append(&self.tip, &[&row])?;
        }
        // Beside the line, on the side that has room.
        let width = f64::from(self.tip.offset_width());
        let beside = if hover.x_px + 12.0 + width <= right { hover.x_px + 12.0 } else { hover.x_px - 12.0 - width };
        place(&self.tip, beside.max(left.min(4.0)), top + 4.0)
    }
}

/// The point next to one, in the direction of `step_px`.
fn neighbour(map: &HoverMap, at: &Hover, step_px: f64, left: f64, right: f64) -> Option<Hover> {
    let mut px = at.x_px;
    while (left..=right).contains(&(px + step_px)) {
        px += step_px;
        let found = map.near(map.x_from_px(px))?;
        if (found.x - at.x) * step_px > 0.0 {
            return Some(found);
        }
    }
    None
}

fn place(element: &HtmlElement, left: f64, top: f64) -> Result<(), WebError> {
    element
        .style()
        .set_property("transform", &format!("translate({left}px, {top}px)"))
        .map_err(WebError::call("styling"))
}
