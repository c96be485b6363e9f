//! The charts of the page and their table twins.

mod canvas;
mod cursor;
mod options;
mod table;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::App;
use super::dom::{self, listen, now_millis, window};
use super::theme::Theme;
use crate::chart::{Chart, ChartKind, Chosen, News, Scene, Width};
use crate::session::{RunView, Stale};
use crate::web::WebError;

use canvas::ChartView;

/// Pictures and tables that one frame may take on; the others wait for the next. What drawing costs is mostly the
/// browser's part, after this program is done, so time taken here would be the wrong measure.
const PICTURES_PER_FRAME: usize = 1;
const TABLES_PER_FRAME: usize = 1;

/// Milliseconds after which places are looked up again even if nothing was heard of a change.
const MEASURE_MILLIS: f64 = 250.0;

/// Milliseconds between two updates of a table.
const TABLE_MILLIS: f64 = 250.0;

/// All charts.
pub struct Charts {
    views: Vec<ChartView>,
    /// What a person chose about single charts.
    chosen: RefCell<Chosen>,
    /// The chart that is first in line when a frame has no time for all.
    first: Cell<usize>,
    table_timer: Cell<bool>,
    /// When the charts' places were last looked up, or nothing where they are to be looked up at once.
    measured_millis: Cell<Option<f64>>,
}

impl Charts {
    /// Put all charts into the document.
    pub fn build() -> Result<Self, WebError> {
        let charts = ChartKind::ALL.iter().map(|kind| ChartView::build(kind.row())).collect::<Result<_, _>>()?;
        Ok(Self {
            views: charts,
            chosen: RefCell::default(),
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

    /// Remember which charts an event of the run has made untrue.
    pub fn mark(&self, stale: &Stale) {
        let news = [(stale.steps, News::Steps), (stale.evaluations, News::Evaluations), (stale.members, News::Members)];
        news.into_iter().filter(|(happened, _)| *happened).for_each(|(_, news)| self.hear(news));
    }

    /// Remember which charts no longer show the truth.
    pub fn hear(&self, news: News) {
        for view in self.views.iter().filter(|view| view.chart.stale_after.contains(&news)) {
            view.picture_stale.set(true);
            if news != News::Window {
                view.table_stale.set(true);
            }
        }
    }

    /// A chart is to be drawn anew: something was chosen about it.
    pub fn renew(&self, chart: &Chart) {
        for view in self.views.iter().filter(|view| view.chart.name == chart.name) {
            view.picture_stale.set(true);
            view.table_stale.set(true);
        }
    }

    /// Let the cursors of charts with the same axis follow this one's.
    fn link(&self, from: &ChartView) {
        let read = from.read();
        self.views.iter().filter(|view| view.chart.name != from.chart.name).for_each(|view| view.link(read));
    }

    /// All pictures are to be drawn anew: the colours changed.
    pub fn invalidate(&self) {
        self.views.iter().for_each(|chart| chart.picture_stale.set(true));
    }

    /// Places are to be looked up at the next frame: something was folded or unfolded.
    pub fn moved(&self) {
        self.measured_millis.set(None);
    }

    /// Look up the places of the charts, if that was long ago. At the beginning of a frame, because it makes the browser
    /// lay out the page, which is done already then and would have to be done again after each change.
    pub fn measure(&self) -> Result<(), WebError> {
        let now = now_millis();
        if self.measured_millis.get().is_some_and(|then| now - then < MEASURE_MILLIS) {
            return Ok(());
        }
        self.measured_millis.set(Some(now));
        let window = window()?;
        let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::INFINITY);
        let ratio = window.device_pixel_ratio();
        self.views.iter().for_each(|chart| chart.measure(ratio, height));
        Ok(())
    }

    /// Draw what is stale, as far as a frame may. Returns whether something is left.
    pub fn draw(&self, app: &Rc<App>, view: &RunView, theme: &Theme) -> Result<bool, WebError> {
        let style = theme.chart_style()?;
        let (labels, explored, chosen) = (view.labels(), app.explorer.explored(), self.chosen.borrow());
        let scene = Scene { view, labels: &labels, explored: &explored, chosen: &chosen };
        // Every chart is asked, whatever the others answer.
        if self.views.iter().filter(|chart| chart.show(&scene)).count() > 0 {
            self.moved();
        }
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
            // What answers a drag is drawn in the very frame; it takes no other chart's turn.
            let is_stage = chart.chart.width == Width::Stage;
            let (draw, fill) = (picture_due && (is_stage || pictures > 0), table_due && tables > 0);
            if (picture_due && !draw) || (table_due && !fill) {
                if !left {
                    self.first.set(index);
                }
                left = true;
            }
            if !draw && !fill {
                continue;
            }
            let data = chart.chart.data(&scene);
            if draw {
                pictures -= usize::from(!is_stage);
                failed = chart.draw(&data, &style).err().or(failed);
            }
            if fill {
                tables -= 1;
                failed = chart.fill(&data, &scene, now).err().or(failed);
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
