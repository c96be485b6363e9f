//! One chart: its figure in the document, and its canvas.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use plotters::prelude::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, HtmlTableElement, KeyboardEvent, PointerEvent, ResizeObserver};

use super::super::App;
use super::super::dom::{append, create, create_text, document, listen, now_millis, set_attribute, set_text};
use super::TABLE_MILLIS;
use super::cursor::Cursor;
use super::options::{self, Options};
use super::table::{ROWS, Twin};
use crate::chart::{ChartData, ChartKind, Over, Style, draw, plain};
use crate::measure::Trajectory;
use crate::session::{Earlier, RunView, sentence};
use crate::web::WebError;

/// Milliseconds between two drawings of a chart that is out of sight.
const UNSEEN_MILLIS: f64 = 1000.0;

/// A chart's elements, and what of them no longer shows the truth.
pub struct ChartView {
    pub kind: ChartKind,
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
    /// Fill the figure that the document keeps for this chart.
    pub fn build(kind: ChartKind) -> Result<Self, WebError> {
        let name = kind.name();
        let figure = document()?
            .query_selector(&format!("figure[data-chart={name}]"))
            .map_err(WebError::call("looking for a chart's place"))?
            .and_then(|figure| figure.dyn_into::<HtmlElement>().ok())
            .ok_or_else(|| WebError::MissingElement(format!("figure[data-chart={name}]")))?;
        let title: HtmlElement = create_text("h2", "", kind.title())?;
        let canvas: HtmlCanvasElement = create("canvas", "")?;
        canvas.set_id(&format!("chart-{name}"));
        canvas.set_tab_index(0);
        set_attribute(&canvas, "role", "img");
        set_attribute(&canvas, "aria-label", &format!("Chart: {}", kind.title()));
        set_attribute(&canvas, "aria-describedby", &format!("about-{name}"));
        let plot: HtmlElement = create("div", "plot")?;
        append(&plot, &[&canvas])?;
        let caption: HtmlElement = create("figcaption", "")?;
        let about: HtmlElement = create_text("p", "", kind.caption())?;
        about.set_id(&format!("about-{name}"));
        append(&caption, &[&fold("What is this?", &about)?])?;
        let table: HtmlTableElement = create("table", "")?;
        table.set_id(&format!("table-{name}"));
        let scroller: HtmlElement = create("div", "scroller")?;
        append(&scroller, &[&table])?;
        let folds: HtmlElement = create("div", "folds")?;
        append(&folds, &[&caption, &fold("As a table", &scroller)?])?;
        let options = options::build(kind)?;
        figure.set_inner_html("");
        append(&figure, &[&title])?;
        if let Some(options) = &options {
            append(&figure, &[options])?;
        }
        let words: HtmlElement = create("p", "chart-words")?;
        words.set_id(&format!("words-{name}"));
        append(&figure, &[&words])?;
        append(&figure, &[&plot, &folds])?;
        Ok(Self {
            kind,
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
            options::wire(self.kind, row, app)?;
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
                }
            })?;
        }
        for name in ["pointerleave", "blur"] {
            let app = Rc::clone(app);
            listen(&self.canvas, name, move |_| this(&app).cursor.borrow_mut().leave())?;
        }
        let app = Rc::clone(app);
        listen(&self.canvas, "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if this(&app).cursor.borrow_mut().key(&event.key()) {
                event.prevent_default();
            }
        })
    }

    /// What the chart shows of a run.
    ///
    /// The horizontal axis reaches to one, two, four, … epochs: it stands still most of the time, and the first steps
    /// of a long run are to be seen all the same.
    pub fn data(&self, view: &RunView, labels: &[String], options: Options) -> ChartData {
        let done = view.latest.as_ref().map_or(0.0, |step| step.epoch);
        let mut epochs = 1;
        while (epochs as f32) < done {
            epochs *= 2;
        }
        let kind =
            if self.kind == ChartKind::GradientNorms && options.ratio { ChartKind::NormRatio } else { self.kind };
        let steps = || ChartData::new(kind, &view.history, labels).with_epochs(epochs.min(view.wanted().epochs.max(1)));
        let measured = match self.kind {
            ChartKind::LambdaCurve => view.curve.as_ref().map(|curve| {
                let subset = view.data.as_ref().map(|data| data.subset).filter(|_| options.published_curve);
                ChartData::lambda_curve(curve, options.figure, subset)
            }),
            ChartKind::BiasVariance => {
                let parts = match options.over {
                    Over::Lambda => view.parts_by_lambda(options.task),
                    Over::Epoch => view.parts_by_epoch(options.lambda, options.task),
                };
                (!parts.is_empty()).then(|| ChartData::bias_variance(&parts, options.over, options.task))
            }
            ChartKind::Information => view.information().map(|(traces, entropy)| match traces.get(view.focus) {
                Some((_, trace)) if options.known_over_epochs => ChartData::information_over_epochs(trace, entropy),
                _ => ChartData::information(&traces, entropy),
            }),
            ChartKind::Predictions => view.predictions().map(|predictions| {
                let label = labels.get(view.focus).map_or("predicted", String::as_str);
                ChartData::predictions(predictions, &[(view.focus, label)])
            }),
            ChartKind::Trajectory => view.trajectory.as_ref().map(|trajectory| {
                let lines: Vec<_> = (0..labels.len()).map(|member| trajectory.predicted(member)).collect();
                let members: Vec<_> = labels.iter().zip(&lines).map(|(label, line)| (label, &line[..])).collect();
                let predictions = &trajectory.predictions;
                ChartData::trajectory(&trajectory.cycles(), predictions.truth(), &members, predictions.labels())
            }),
            ChartKind::Rmse => view.earlier.as_ref().filter(|_| options.earlier).map(|earlier| {
                let label = if labels.len() == 1 { &earlier.label } else { "run before" };
                steps().with_earlier(label, &earlier.rmse)
            }),
            ChartKind::Cosine => {
                // With several members the bands would be of one among many lines.
                let bands = if labels.len() == 1 { view.cosine_bands() } else { Vec::new() };
                Some(steps().with_cosine_bands(&bands, options.published_cosine))
            }
            _ => None,
        };
        measured.unwrap_or_else(steps)
    }

    /// Say in words what the chart does not show.
    pub fn tell(&self, view: &RunView) {
        if self.kind == ChartKind::GradientNorms {
            let words = view.norm_ratio().map(|(ratio, in_cycles)| {
                format!(
                    "RUL’s norm is {} times the other’s; with RUL in cycles {} times.",
                    plain(ratio.into(), 3),
                    plain(in_cycles.into(), 3)
                )
            });
            set_text(&self.words, &words.unwrap_or_default());
        }
        if self.kind == ChartKind::Rmse {
            set_text(&self.words, &view.earlier.as_ref().and_then(earlier_words).unwrap_or_default());
            if let Some(row) = &self.options {
                super::super::dom::set_shown(row, view.earlier.is_some());
            }
        }
        if let (ChartKind::Trajectory, Some(trajectory)) = (self.kind, &view.trajectory) {
            set_text(&self.words, &life_words(trajectory));
            if let Some(row) = &self.options {
                options::show_engine(row, trajectory);
            }
        }
    }

    /// Show or hide the chart: some say nothing in some modes.
    pub fn set_shown(&self, shown: bool) {
        super::super::dom::set_shown(&self.figure, shown);
    }

    /// Look up where the chart is, and how large.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on a screen")]
    pub fn measure(&self, ratio: f64, window_height: f64) {
        let place = AsRef::<Element>::as_ref(&self.canvas).get_bounding_client_rect();
        let px = |side: f64| (side * ratio).round() as u32;
        self.size.set((px(place.width()), px(place.height())));
        self.is_seen.set(place.bottom() > 0.0 && place.top() < window_height);
    }

    /// Whether the chart is shown in this mode.
    pub fn is_shown(&self) -> bool {
        !self.figure.hidden()
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

    /// Write the table.
    pub fn fill(&self, data: &ChartData, now: f64) -> Result<(), WebError> {
        self.table_stale.set(false);
        self.table_millis.set(now);
        // What is told once an epoch is told whole.
        let whole = matches!(self.kind, ChartKind::Predictions | ChartKind::Trajectory);
        self.table.borrow_mut().fill(data, if whole { usize::MAX } else { ROWS })
    }

    /// Write the table with all its rows: of a chart that no training moves.
    pub fn fill_whole(&self, data: &ChartData) -> Result<(), WebError> {
        self.table_stale.set(false);
        self.table.borrow_mut().fill(data, usize::MAX)
    }

    /// Put words below the title.
    pub fn say(&self, words: &str) {
        set_text(&self.words, words);
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

/// What the run before came to.
fn earlier_words(earlier: &Earlier) -> Option<String> {
    let [(epoch, best), (_, last)] = earlier.best_and_last()?;
    let [best, last, epoch] = [best, last, epoch].map(|value| plain(value.into(), 4));
    Some(sentence(&format!("{}, best {best} at epoch {epoch}, last {last}", earlier.label)))
}

/// How long the engine was on record, and how long it lived on.
fn life_words(Trajectory { engines, predictions, .. }: &Trajectory) -> String {
    let cycles = predictions.truth().len();
    let left = match predictions.truth().last() {
        Some(left) if predictions.labels().rul_cap_cycles.is_some_and(|cap| *left >= cap) => {
            format!("{} or more", plain(f64::from(*left), 4))
        }
        Some(left) => plain(f64::from(*left), 3),
        None => "no".to_owned(),
    };
    format!("Of {engines} test engines: {cycles} cycles on record, {left} to live after them.")
}

/// Something that is shown when it is asked for.
fn fold(words: &str, content: &Element) -> Result<Element, WebError> {
    let details: Element = create("details", "")?;
    let summary: HtmlElement = create_text("summary", "", words)?;
    append(&details, &[&summary, content])?;
    Ok(details)
}
