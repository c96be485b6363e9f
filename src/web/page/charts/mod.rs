//! The charts of the page and their table twins.

mod canvas;
mod cursor;
mod options;
mod table;

use std::cell::Cell;
use std::rc::Rc;

use super::App;
use super::dom::{self, listen, now_millis, window};
use super::theme::Theme;
use crate::chart::{ChartKind, Style};
use crate::session::{Mode, RunView, Stale};
use crate::web::WebError;

pub use canvas::ChartView;
use options::Options;

/// Pictures and tables that one frame may take on; the others wait for the next. What drawing costs is mostly the
/// browser's part, after this program is done, so time taken here would be the wrong measure.
const PICTURES_PER_FRAME: usize = 1;
const TABLES_PER_FRAME: usize = 1;

/// The charts of the page, in the document's order.
const CHARTS: [ChartKind; 11] = [
    ChartKind::LambdaCurve,
    ChartKind::BiasVariance,
    ChartKind::Rmse,
    ChartKind::Loss,
    ChartKind::Cosine,
    ChartKind::GradientNorms,
    ChartKind::Weights,
    ChartKind::GradientShare,
    ChartKind::Information,
    ChartKind::Predictions,
    ChartKind::Trajectory,
];

/// Whether a chart says something in a mode.
const fn speaks(kind: ChartKind, mode: Mode) -> bool {
    match kind {
        ChartKind::LambdaCurve | ChartKind::BiasVariance => matches!(mode, Mode::LambdaCurve),
        // Of the many members of a curve no single line is to be seen, and drawing them all takes time from training.
        _ => !matches!(mode, Mode::LambdaCurve),
    }
}

/// Milliseconds after which places are looked up again even if nothing was heard of a change.
const MEASURE_MILLIS: f64 = 250.0;

/// Milliseconds between two updates of a table.
pub const TABLE_MILLIS: f64 = 250.0;

/// All charts.
pub struct Charts {
    views: Vec<ChartView>,
    /// What a person chose about single charts.
    options: Cell<Options>,
    /// The mode that they are shown for.
    mode: Cell<Option<Mode>>,
    /// The chart that is first in line when a frame has no time for all.
    first: Cell<usize>,
    table_timer: Cell<bool>,
    /// When the charts' places were last looked up, or nothing where they are to be looked up at once.
    measured_millis: Cell<Option<f64>>,
}

impl Charts {
    /// Fill the figures of the document.
    pub fn build() -> Result<Self, WebError> {
        let charts = CHARTS.into_iter().map(ChartView::build).collect::<Result<_, _>>()?;
        Ok(Self {
            views: charts,
            options: Cell::default(),
            mode: Cell::default(),
            first: Cell::new(0),
            table_timer: Cell::new(false),
            measured_millis: Cell::new(None),
        })
    }

    /// Follow the window's size, scrolling, the pointer and the keys.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for (index, chart) in self.views.iter().enumerate() {
            chart.wire(app, move |app| &app.charts.views[index])?;
        }
        let window = window()?;
        for name in ["resize", "scroll"] {
            let app = Rc::clone(app);
            listen(&window, name, move |_| {
                app.charts.measured_millis.set(None);
                app.request_frame();
            })?;
        }
        Ok(())
    }

    /// Remember which charts no longer show the truth.
    pub fn mark(&self, stale: &Stale) {
        for chart in &self.views {
            let figures = match chart.kind {
                ChartKind::Rmse
                | ChartKind::LambdaCurve
                | ChartKind::BiasVariance
                | ChartKind::Predictions
                | ChartKind::Trajectory
                | ChartKind::Information => stale.evaluations,
                _ => stale.steps,
            };
            // The members' names are in legends and in table headers.
            if figures || stale.members {
                chart.picture_stale.set(true);
                chart.table_stale.set(true);
            }
        }
    }

    /// Show the charts that say something in this mode.
    pub fn show_mode(&self, mode: Mode) {
        if self.mode.replace(Some(mode)) != Some(mode) {
            self.views.iter().for_each(|chart| chart.set_shown(speaks(chart.kind, mode)));
            self.measured_millis.set(None);
        }
    }

    /// A chart is to be drawn anew: something was chosen about it.
    pub fn renew(&self, kind: ChartKind) {
        for chart in self.views.iter().filter(|chart| chart.kind == kind) {
            chart.picture_stale.set(true);
            chart.table_stale.set(true);
        }
    }

    /// All pictures are to be drawn anew: the colours changed.
    pub fn invalidate(&self) {
        self.views.iter().for_each(|chart| chart.picture_stale.set(true));
    }

    /// Places are to be looked up at the next frame: something was folded or unfolded.
    pub fn moved(&self) {
        self.measured_millis.set(None);
    }

    /// Look up the places of these charts and of further ones, if that was long ago. At the beginning of a frame, because it makes the browser lay
    /// out the page, which is done already then and would have to be done again after each change.
    pub fn measure(&self, further: &[ChartView]) -> Result<(), WebError> {
        let now = now_millis();
        if self.measured_millis.get().is_some_and(|then| now - then < MEASURE_MILLIS) {
            return Ok(());
        }
        self.measured_millis.set(Some(now));
        let window = window()?;
        let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::INFINITY);
        let ratio = window.device_pixel_ratio();
        self.views.iter().chain(further).for_each(|chart| chart.measure(ratio, height));
        Ok(())
    }

    /// Draw what is stale, as far as a frame may. Returns whether something is left.
    pub fn draw(&self, app: &Rc<App>, view: &RunView, theme: &Theme) -> Result<bool, WebError> {
        let style = if theme.is_dark() { Style::dark() } else { Style::light() }.scaled(window()?.device_pixel_ratio());
        let labels = view.labels();
        let (count, now) = (self.views.len(), now_millis());
        let (mut pictures, mut tables) = (PICTURES_PER_FRAME, TABLES_PER_FRAME);
        let (mut left, mut tables_wait, mut failed) = (false, false, None);
        let first = self.first.get();
        for index in (0..count).map(|turn| (first + turn) % count) {
            let chart = &self.views[index];
            if !chart.is_shown() {
                continue;
            }
            let (picture_due, table_due) = (chart.wants_drawing(now), chart.wants_table(now));
            tables_wait |= chart.table_stale.get() && !table_due;
            let (draw, fill) = (picture_due && pictures > 0, table_due && tables > 0);
            if (picture_due && !draw) || (table_due && !fill) {
                if !left {
                    self.first.set(index);
                }
                left = true;
            }
            if !draw && !fill {
                continue;
            }
            let data = chart.data(view, &labels, self.options.get());
            if draw {
                pictures -= 1;
                failed = chart.draw(&data, &style).err().or(failed);
            }
            if fill {
                tables -= 1;
                chart.tell(view);
                failed = chart.fill(&data, now).err().or(failed);
            }
        }
        if tables_wait {
            self.wake_for_tables(app);
        }
        failed.map_or(Ok(left), Err)
    }

    /// A table that was too early is filled a little later, even if nothing happens until then.
    fn wake_for_tables(&self, app: &Rc<App>) {
        if self.table_timer.replace(true) {
            return;
        }
        let app = Rc::clone(app);
        dom::after(TABLE_MILLIS as i32, move || {
            app.charts.table_timer.set(false);
            app.request_frame();
        });
    }
}
