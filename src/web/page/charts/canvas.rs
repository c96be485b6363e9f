//! One chart: its figure in the document, and its canvas.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use plotters::prelude::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, HtmlTableElement, KeyboardEvent, PointerEvent, ResizeObserver};

use super::super::App;
use super::super::dom::{append, create, create_text, element, listen, now_millis, set_attribute, set_shown, set_text};
use super::TABLE_MILLIS;
use super::cursor::Cursor;
use super::options;
use super::table::{ROWS, Twin};
use crate::chart::{Chart, ChartData, Scene, Style, Width, draw};
use crate::web::WebError;

/// Milliseconds between two drawings of a chart that is out of sight.
const UNSEEN_MILLIS: f64 = 1000.0;

/// A chart's elements, and what of them no longer shows the truth.
pub struct ChartView {
    pub chart: &'static Chart,
    pub picture_stale: Cell<bool>,
    pub table_stale: Cell<bool>,
    /// When the table was last written.
    table_millis: Cell<f64>,
    /// When the picture was last drawn.
    picture_millis: Cell<f64>,
    table: RefCell<Twin>,
    figure: HtmlElement,
    options: Option<HtmlElement>,
    /// Figures in words, below the title.
    words: HtmlElement,
    canvas: HtmlCanvasElement,
    /// Pixels of the canvas's place on the screen, and whether that is within the window.
    size: Cell<(u32, u32)>,
    is_seen: Cell<bool>,
    cursor: RefCell<Cursor>,
}

impl ChartView {
    /// Put the chart's figure into the document, behind those that are in its place already.
    pub fn build(chart: &'static Chart) -> Result<Self, WebError> {
        let name = chart.name;
        let class = match chart.width {
            Width::Third => "chart third",
            Width::Half => "chart",
            Width::Stage => "chart stage",
            Width::Wide => "chart wide",
        };
        let figure: HtmlElement = create("figure", class)?;
        set_attribute(&figure, "data-chart", name);
        figure.set_hidden(true);
        let place: Element = element(chart.place)?;
        let failed = WebError::call("placing a chart");
        let next = place.query_selector(":scope > :not(figure)").map_err(&failed)?;
        place.insert_before(&figure, next.as_deref()).map_err(&failed)?;
        let title: HtmlElement = create_text("h2", "", chart.title())?;
        let canvas: HtmlCanvasElement = create("canvas", "")?;
        canvas.set_id(&format!("chart-{name}"));
        canvas.set_tab_index(0);
        set_attribute(&canvas, "role", "img");
        set_attribute(&canvas, "aria-label", &format!("Chart: {}", chart.title()));
        set_attribute(&canvas, "aria-describedby", &format!("about-{name}"));
        let plot: HtmlElement = create("div", "plot")?;
        append(&plot, &[&canvas])?;
        let caption: HtmlElement = create("figcaption", "")?;
        let about: HtmlElement = create_text("p", "", chart.caption)?;
        about.set_id(&format!("about-{name}"));
        append(&caption, &[&fold("What is this?", &about)?])?;
        let table: HtmlTableElement = create("table", "")?;
        table.set_id(&format!("table-{name}"));
        let scroller: HtmlElement = create("div", "scroller")?;
        append(&scroller, &[&table])?;
        let folds: HtmlElement = create("div", "folds")?;
        append(&folds, &[&caption, &fold("As a table", &scroller)?])?;
        let options = options::build(chart)?;
        append(&figure, &[&title])?;
        if let Some(options) = &options {
            append(&figure, &[options])?;
        }
        let words: HtmlElement = create("p", "chart-words")?;
        words.set_id(&format!("words-{name}"));
        append(&figure, &[&words])?;
        append(&figure, &[&plot, &folds])?;
        Ok(Self {
            chart,
            figure,
            options,
            words,
            table: RefCell::new(Twin::new(table)),
            picture_stale: Cell::new(true),
            table_stale: Cell::new(true),
            table_millis: Cell::new(f64::NEG_INFINITY),
            picture_millis: Cell::new(f64::NEG_INFINITY),
            canvas,
            size: Cell::new((0, 0)),
            is_seen: Cell::new(false),
            cursor: RefCell::new(Cursor::build(&plot)?),
        })
    }

    /// Follow size, pointer and keys. `this` finds the chart again, whose closures outlive this borrow.
    pub fn wire(&self, app: &Rc<App>, this: impl Fn(&App) -> &Self + Copy + 'static) -> Result<(), WebError> {
        if let Some(row) = &self.options {
            options::wire(self.chart, row, app)?;
        }
        let resized = {
            let app = Rc::clone(app);
            Closure::<dyn FnMut()>::new(move || {
                app.charts.measured_millis.set(None);
                app.request_frame();
            })
        };
        let observer =
            ResizeObserver::new(resized.as_ref().unchecked_ref()).map_err(WebError::call("watching a chart's size"))?;
        observer.observe(&self.canvas);
        resized.forget();

        for name in ["pointermove", "pointerdown"] {
            let app = Rc::clone(app);
            listen(&self.canvas, name, move |event| {
                if let Some(event) = event.dyn_ref::<PointerEvent>() {
                    let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
                    this(&app).cursor.borrow_mut().point(x, y);
                    app.charts.link(this(&app));
                }
            })?;
        }
        for name in ["pointerleave", "blur"] {
            let app = Rc::clone(app);
            listen(&self.canvas, name, move |_| {
                this(&app).cursor.borrow_mut().leave();
                app.charts.link(this(&app));
            })?;
        }
        let app = Rc::clone(app);
        listen(&self.canvas, "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if this(&app).cursor.borrow_mut().key(&event.key()) {
                event.prevent_default();
                app.charts.link(this(&app));
            }
        })
    }

    /// What its cursor reads, for those of other charts.
    pub fn read(&self) -> Option<(&'static str, f64)> {
        self.cursor.borrow().read()
    }

    /// The cursor of another chart is there, or nowhere.
    pub fn link(&self, read: Option<(&'static str, f64)>) {
        self.cursor.borrow_mut().link(read);
    }

    /// Show or hide the chart: some say nothing in some modes. Returns whether that changed.
    pub fn show(&self, scene: &Scene) -> bool {
        let shown = self.chart.is_shown(scene);
        let changed = self.figure.hidden() == shown;
        set_shown(&self.figure, shown);
        changed
    }

    /// Look up where the chart is, and how large.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on a screen")]
    pub fn measure(&self, ratio: f64, window_height: f64) {
        let place = AsRef::<Element>::as_ref(&self.canvas).get_bounding_client_rect();
        let px = |side: f64| (side * ratio).round() as u32;
        self.size.set((px(place.width()), px(place.height())));
        self.is_seen.set(place.bottom() > 0.0 && place.top() < window_height);
    }

    /// Whether the chart is shown, and not in a fold that is closed.
    pub fn is_shown(&self) -> bool {
        !self.figure.hidden() && matches!(self.figure.closest("details:not([open])"), Ok(None))
    }

    /// Whether the picture is to be drawn: it is untrue, or of another size than its place. Out of sight that is done
    /// now and then only, so that scrolling, printing and screenshots find no old picture.
    pub fn wants_drawing(&self, now: f64) -> bool {
        (self.picture_stale.get() || (self.canvas.width(), self.canvas.height()) != self.size.get())
            && (self.is_seen.get() || now - self.picture_millis.get() >= UNSEEN_MILLIS)
    }

    /// Whether the table is to be written.
    pub fn wants_table(&self, now: f64) -> bool {
        self.table_stale.get() && now - self.table_millis.get() >= TABLE_MILLIS
    }

    /// Write the table, and in words what the chart does not show.
    pub fn fill(&self, data: &ChartData, scene: &Scene, now: f64) -> Result<(), WebError> {
        self.table_stale.set(false);
        self.table_millis.set(now);
        set_text(&self.words, &self.chart.words(scene));
        if let Some(row) = &self.options {
            options::show(self.chart, row, scene);
        }
        self.table.borrow_mut().fill(data, if self.chart.whole_table { usize::MAX } else { ROWS })
    }

    /// Draw the picture.
    pub fn draw(&self, data: &ChartData, style: &Style) -> Result<(), WebError> {
        let (width, height) = self.size.get();
        self.picture_stale.set(false);
        self.picture_millis.set(now_millis());
        // Too small to be drawn on: a page that is being laid out, or a window of a few pixels.
        if f64::from(width.min(height)) < 80.0 * style.scale {
            return Ok(());
        }
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let backend =
            CanvasBackend::with_canvas_object(self.canvas.clone()).ok_or(WebError::Unsupported("2D canvas"))?;
        let hover = draw(&backend.into_drawing_area(), data, style)
            .map_err(|error| WebError::Call { doing: "drawing a chart", why: error.to_string() })?;
        self.cursor.borrow_mut().drawn(hover);
        Ok(())
    }
}

/// Something that is shown when it is asked for.
fn fold(words: &str, content: &Element) -> Result<Element, WebError> {
    let details: Element = create("details", "")?;
    let summary: HtmlElement = create_text("summary", "", words)?;
    append(&details, &[&summary, content])?;
    Ok(details)
}
