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
    /// Where the cursor of another chart with the same axis is.
    linked: Option<f64>,
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
        Ok(Self { map: None, place: Place::Nowhere, linked: None, line, tip })
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

    /// What is read along which axis, for the cursors of other charts.
    pub fn read(&self) -> Option<(&'static str, f64)> {
        let map = self.map.as_ref()?;
        let at = match self.place {
            Place::Nowhere => None,
            Place::Pointer(x, y) => map.at(x, y),
            Place::Epoch(epoch) => map.near(epoch),
        };
        Some((map.axis()?, at?.x))
    }

    /// The cursor of another chart is there, or nowhere.
    pub fn link(&mut self, read: Option<(&'static str, f64)>) {
        let axis = self.map.as_ref().and_then(HoverMap::axis);
        let linked = read.filter(|(other, _)| axis == Some(*other)).map(|(_, at)| at);
        if linked != self.linked {
            self.linked = linked;
            self.show();
        }
    }

    /// A key was pressed. Returns whether it was meant for the cursor.
    pub fn key(&mut self, key: &str) -> bool {
        let Some(map) = &self.map else { return false };
        let (left, top, right, bottom) = map.frame_px();
        let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        if map.beside(middle, (0.0, 0.0)).is_some() {
            return self.key_among_spots(key, middle);
        }
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

    /// A key where places are read instead of lines: to the next one in its direction.
    fn key_among_spots(&mut self, key: &str, middle: (f64, f64)) -> bool {
        let Some(map) = &self.map else { return false };
        let direction = match key {
            "ArrowLeft" => (-1.0, 0.0),
            "ArrowRight" => (1.0, 0.0),
            "ArrowUp" => (0.0, -1.0),
            "ArrowDown" => (0.0, 1.0),
            "Escape" if !matches!(self.place, Place::Nowhere) => {
                self.leave();
                return true;
            }
            _ => return false,
        };
        let here = match self.place {
            Place::Pointer(x, y) => map.beside((x, y), (0.0, 0.0)),
            _ => None,
        };
        let next = match here {
            Some(here) => map.beside(here, direction).or(Some(here)),
            None => map.beside(middle, (0.0, 0.0)),
        };
        if let Some((x, y)) = next {
            self.place = Place::Pointer(x, y);
        }
        set_attribute(&self.tip, "aria-live", "polite");
        self.show();
        true
    }

    fn show(&self) {
        let found = self.map.as_ref().and_then(|map| match self.place {
            Place::Nowhere => None,
            Place::Pointer(x, y) => map.at(x, y).map(|hover| (map, hover)),
            Place::Epoch(epoch) => map.near(epoch).map(|hover| (map, hover)),
        });
        let linked = self.map.as_ref().and_then(|map| {
            let (left, _, right, _) = map.frame_px();
            let px = map.px_from_x(self.linked?);
            (left..=right).contains(&px).then_some((map, px))
        });
        set_shown(&self.line, found.is_some() || linked.is_some());
        set_shown(&self.tip, found.is_some());
        // A box that cannot be filled, or a line that cannot be placed, costs only that.
        let _ = match (found, linked) {
            (Some((map, hover)), _) => self.fill(map, &hover),
            (None, Some((map, px))) => self.place_line(map, px),
            (None, None) => Ok(()),
        };
    }

    fn place_line(&self, map: &HoverMap, px: f64) -> Result<(), WebError> {
        let (_, top, _, bottom) = map.frame_px();
        place(&self.line, px, top)?;
        self.line.style().set_property("height", &format!("{}px", bottom - top)).map_err(WebError::call("styling"))
    }

    fn fill(&self, map: &HoverMap, hover: &Hover) -> Result<(), WebError> {
        let (left, top, right, _) = map.frame_px();
        self.place_line(map, hover.x_px)?;
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
