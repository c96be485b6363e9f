//! The sensors of one engine beside each other, to choose one from.

use std::cell::RefCell;

use plotters::prelude::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use web_sys::{EventTarget, HtmlCanvasElement, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::controls::offer;
use super::super::dom::{append, create, create_text, element, set_attribute};
use crate::chart::{Style, draw_spark, spark};
use crate::data::{Scaling, Sensor, Sensors};
use crate::measure::explore::{EngineRecord, Fleet, SensorView};
use crate::web::WebError;

/// Size of a small picture, in CSS pixels; the style sheet stretches it to its tile.
const PICTURE_PX: (u32, u32) = (150, 40);

const NAME: &str = "explore-sensor";

/// One small picture a sensor.
pub struct Tiles {
    row: HtmlElement,
    shown: RefCell<Vec<Tile>>,
    sensors: RefCell<Vec<Sensor>>,
}

struct Tile {
    choice: HtmlInputElement,
    canvas: HtmlCanvasElement,
    window: HtmlElement,
}

impl Tiles {
    /// Put those of C-MAPSS into the document, with this one chosen.
    pub fn build(chosen: usize) -> Result<Self, WebError> {
        let row: HtmlElement = element("explore-sensors")?;
        let tiles = Self { row, shown: RefCell::default(), sensors: RefCell::default() };
        let sensors: Vec<Sensor> = Sensors::cmapss().features().cloned().collect();
        tiles.offer(&sensors, chosen)?;
        Ok(tiles)
    }

    /// A tile for each of these sensors, where they are others than before.
    fn offer(&self, sensors: &[Sensor], chosen: usize) -> Result<(), WebError> {
        if *self.sensors.borrow() == sensors {
            return Ok(());
        }
        self.row.set_inner_html("");
        let mut tiles = Vec::with_capacity(sensors.len());
        let chosen = if chosen < sensors.len() { chosen } else { 0 };
        for (feature, sensor) in sensors.iter().enumerate() {
            let label: HtmlElement = create("label", "tile")?;
            set_attribute(&label, "title", &sensor.title());
            let choice: HtmlInputElement = create("input", "")?;
            choice.set_type("radio");
            choice.set_name(NAME);
            choice.set_value(&feature.to_string());
            choice.set_checked(feature == chosen);
            set_attribute(&choice, "autocomplete", "off");
            set_attribute(&choice, "aria-label", &sensor.title());
            let name: HtmlElement = create("span", "tile-name")?;
            let number: HtmlElement = create_text("b", "", &sensor.number.to_string())?;
            let words: HtmlElement = create_text("span", "", &sensor.name)?;
            append(&name, &[&number, &words])?;
            let picture: HtmlElement = create("span", "tile-picture")?;
            let canvas: HtmlCanvasElement = create("canvas", "")?;
            let window: HtmlElement = create("i", "tile-window")?;
            set_attribute(&picture, "aria-hidden", "true");
            append(&picture, &[&canvas, &window])?;
            append(&label, &[&choice, &name, &picture])?;
            append(&self.row, &[&label])?;
            tiles.push(Tile { choice, canvas, window });
        }
        *self.shown.borrow_mut() = tiles;
        *self.sensors.borrow_mut() = sensors.to_vec();
        Ok(())
    }

    /// What hears that another one is chosen.
    pub fn row(&self) -> &EventTarget {
        &self.row
    }

    /// Index of the sensor that is chosen.
    pub fn chosen(&self) -> usize {
        self.shown.borrow().iter().position(|tile| tile.choice.checked()).unwrap_or(0)
    }

    /// Draw all of an engine's sensors.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on a screen")]
    pub fn draw(&self, engine: &EngineRecord, fleet: &Fleet, view: SensorView, style: &Style) -> Result<(), WebError> {
        let px = |side: u32| (f64::from(side) * style.scale).round() as u32;
        // Thinner than in large: these are small.
        let style = Style { line_px: 1.2, ..style.clone() };
        self.offer(&fleet.sensors, self.chosen())?;
        for (feature, tile) in self.shown.borrow().iter().enumerate() {
            // Setting the size clears the canvas.
            tile.canvas.set_width(px(PICTURE_PX.0));
            tile.canvas.set_height(px(PICTURE_PX.1));
            let backend =
                CanvasBackend::with_canvas_object(tile.canvas.clone()).ok_or(WebError::Unsupported("2D canvas"))?;
            draw_spark(&backend.into_drawing_area(), &spark(engine, fleet, feature, view), &style)
                .map_err(|error| WebError::Call { doing: "drawing a sensor", why: error.to_string() })?;
        }
        Ok(())
    }

    /// Mark the window, from its first to its last cycle of so many.
    pub fn mark_window(&self, (first, last): (usize, usize), cycles: usize) {
        let share = |cycle: usize| 100.0 * (cycle.max(1) - 1) as f64 / cycles.saturating_sub(1).max(1) as f64;
        for tile in self.shown.borrow().iter() {
            let style = tile.window.style();
            // A mark that cannot be moved is no reason to disturb anyone.
            let _ = style.set_property("left", &format!("{:.2}%", share(first)));
            let _ = style.set_property("width", &format!("{:.2}%", share(last) - share(first)));
        }
    }
}

/// The name of a form of the values.
const fn view_name(view: SensorView) -> &'static str {
    match view {
        SensorView::Raw => "raw",
        SensorView::PerRegime => "per-regime",
        SensorView::Global => "global",
    }
}

/// The form of this name.
pub fn view(name: &str) -> SensorView {
    SensorView::ALL.into_iter().find(|view| view_name(*view) == name).unwrap_or_default()
}

/// Offer the forms in which values can be looked at; with one regime, both scalings are the same.
pub fn offer_views(
    select: &HtmlSelectElement,
    fleet: &Fleet,
    scaling: Scaling,
    chosen: SensorView,
) -> Result<(), WebError> {
    let seen = SensorView::seen_with(scaling);
    let several = fleet.regimes.len() > 1;
    select.set_inner_html("");
    for view in SensorView::ALL {
        let words = match view {
            SensorView::Raw => "as recorded",
            SensorView::PerRegime | SensorView::Global if !several && view == seen => "scaled, as the model sees them",
            SensorView::PerRegime | SensorView::Global if !several => continue,
            SensorView::PerRegime => "scaled within each regime",
            SensorView::Global => "scaled over all regimes",
        };
        offer(select, view_name(view), words)?;
    }
    select.set_value(view_name(chosen));
    Ok(())
}
