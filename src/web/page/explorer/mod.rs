//! A look at the data: the fleet, one engine's sensors, the regimes, and an emulated fleet beside a real one.
//!
//! The data is with the engine. It is asked when the section is opened, when the data set changes and when an engine is
//! chosen; everything else, the window that moves over the cycles above all, happens here.

mod fleet;
mod sensors;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{HtmlButtonElement, HtmlDetailsElement, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::App;
use super::charts::ChartView;
use super::dom::{element, listen, set_attribute, set_shown, set_text, window};
use super::theme::Theme;
use crate::chart::{ChartData, ChartKind, Glance, Style};
use crate::measure::explore::{About, Answer, EngineRecord, Fleet, Part, Question, SensorView};
use crate::session::Command;
use crate::web::WebError;

use fleet::FleetPanel;
use sensors::Tiles;

/// The sensor that is shown first, by its index among the used ones: 11, the static pressure at the compressor's outlet,
/// in which wear is seen by eye.
const FIRST_FEATURE: usize = 6;

/// The section's elements, and what the engine has told.
pub struct Explorer {
    fold: HtmlDetailsElement,
    panel: FleetPanel,
    engine: HtmlSelectElement,
    neighbours: [HtmlButtonElement; 2],
    view: HtmlSelectElement,
    cycle: HtmlInputElement,
    cycle_now: HtmlElement,
    label: HtmlElement,
    ablation: HtmlElement,
    tiles: Tiles,
    charts: Vec<ChartView>,
    state: RefCell<State>,
    tiles_stale: Cell<bool>,
}

/// What is looked at, and what is known of it.
#[derive(Default)]
struct State {
    /// The last questions, whether or not they were answered.
    asked: [Option<Question>; 2],
    fleet: Option<Box<Fleet>>,
    other: Option<Box<Fleet>>,
    both_at_hand: bool,
    engine: Option<Box<EngineRecord>>,
    /// Cycles of a window.
    window: usize,
    feature: usize,
    view: SensorView,
    /// The form in which the run's model sees them.
    seen: SensorView,
    cycle: usize,
}

impl State {
    fn fleets(&self) -> Vec<&Fleet> {
        self.fleet.iter().chain(&self.other).map(AsRef::as_ref).collect()
    }

    fn glance(&self, engine: &EngineRecord) -> Glance {
        Glance { feature: self.feature, view: self.view, window: engine.window(self.cycle, self.window) }
    }

    /// What a chart shows, once it is known.
    fn data(&self, kind: ChartKind) -> Option<ChartData> {
        let fleet = self.fleet.as_deref()?;
        Some(match kind {
            ChartKind::Lifetimes => ChartData::lifetimes(&self.fleets()),
            ChartKind::RulLabels => ChartData::rul_labels(&self.fleets()),
            ChartKind::BeforeFailure => ChartData::before_failure(&self.fleets(), self.feature, self.view),
            ChartKind::Regimes => ChartData::regimes(fleet),
            ChartKind::Sensor => {
                let engine = self.engine.as_deref()?;
                ChartData::sensor(engine, fleet, &self.glance(engine))
            }
            _ => return None,
        })
    }
}

impl Explorer {
    /// Find it in the document and fill its figures.
    pub fn build() -> Result<Self, WebError> {
        let charts = ChartKind::DATA.into_iter().map(ChartView::build).collect::<Result<_, _>>()?;
        Ok(Self {
            fold: element("explorer")?,
            panel: FleetPanel::find()?,
            engine: element("explore-engine")?,
            neighbours: [element("explore-previous")?, element("explore-next")?],
            view: element("explore-view")?,
            cycle: element("explore-cycle")?,
            cycle_now: element("explore-cycle-now")?,
            label: element("explore-label")?,
            ablation: element("explore-ablation")?,
            tiles: Tiles::build(FIRST_FEATURE)?,
            charts,
            state: RefCell::new(State { feature: FIRST_FEATURE, ..State::default() }),
            tiles_stale: Cell::new(false),
        })
    }

    /// Do what a person chooses.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for (index, chart) in self.charts.iter().enumerate() {
            chart.wire(app, move |app| &app.explorer.charts[index])?;
        }
        let on = |target: &web_sys::EventTarget, name: &str, act: fn(&Rc<App>)| {
            let app = Rc::clone(app);
            listen(target, name, move |_| act(&app))
        };
        on(&self.fold, "toggle", |app| {
            app.charts.moved();
            app.explore();
            app.request_frame();
        })?;
        on(self.panel.overlay(), "change", App::explore_anew)?;
        on(&self.engine, "change", App::choose_engine)?;
        on(&self.neighbours[0], "click", |app| app.step_engine(-1))?;
        on(&self.neighbours[1], "click", |app| app.step_engine(1))?;
        on(&self.view, "change", |app| app.look(|explorer, state| state.view = sensors::view(&explorer.view.value())))?;
        on(&self.cycle, "input", App::move_window)?;
        on(self.tiles.row(), "change", |app| app.look(|explorer, state| state.feature = explorer.tiles.chosen()))
    }

    /// The charts, for whoever looks up places.
    pub fn charts(&self) -> &[ChartView] {
        if self.fold.open() { &self.charts } else { &[] }
    }

    /// All pictures are to be drawn anew.
    pub fn invalidate(&self) {
        self.charts.iter().for_each(|chart| chart.picture_stale.set(true));
        self.tiles_stale.set(true);
    }

    fn renew(&self, kinds: &[ChartKind]) {
        for chart in self.charts.iter().filter(|chart| kinds.contains(&chart.kind)) {
            chart.picture_stale.set(true);
            chart.table_stale.set(true);
        }
    }

    /// Draw one picture that is due. Returns whether there are more.
    pub fn draw(&self, theme: &Theme) -> Result<bool, WebError> {
        let state = self.state.borrow();
        if !self.fold.open() || state.fleet.is_none() {
            return Ok(false);
        }
        let style = if theme.is_dark() { Style::dark() } else { Style::light() }.scaled(window()?.device_pixel_ratio());
        let now = super::dom::now_millis();
        let due = |chart: &&ChartView| chart.is_shown() && (chart.wants_drawing(now) || chart.table_stale.get());
        let mut waiting = self.charts.iter().filter(due);
        if let Some(chart) = waiting.next() {
            if let Some(data) = state.data(chart.kind) {
                if chart.wants_drawing(now) {
                    chart.draw(&data, &style)?;
                }
                if chart.table_stale.get() {
                    chart.fill_whole(&data)?;
                }
            } else {
                chart.picture_stale.set(false);
                chart.table_stale.set(false);
            }
        } else if let (true, Some(engine), Some(fleet)) = (self.tiles_stale.replace(false), &state.engine, &state.fleet)
        {
            self.tiles.draw(engine, fleet, state.view, &style)?;
        }
        Ok(waiting.next().is_some() || self.tiles_stale.get())
    }

    /// Everything that is said about one engine and its window.
    fn show_engine(&self) {
        let state = self.state.borrow();
        let (Some(fleet), Some(engine)) = (&state.fleet, &state.engine) else { return };
        let least = state.window.min(engine.cycles()).max(1);
        set_attribute(&self.cycle, "min", &least.to_string());
        set_attribute(&self.cycle, "max", &engine.cycles().to_string());
        self.cycle.set_value(&state.cycle.to_string());
        let share = (state.cycle - least.min(state.cycle)) as f64 / (engine.cycles() - least).max(1) as f64;
        // Without it the track is half full: nothing to disturb anyone with.
        let _ = self.cycle.style().set_property("--share", &share.to_string());
        set_text(&self.cycle_now, &format!("{} of {}", state.cycle, engine.cycles()));
        let words = engine.words(state.cycle, state.window, fleet);
        set_attribute(&self.cycle, "aria-valuetext", &words);
        set_text(&self.label, &words);
        set_attribute(&self.label, "data-class", &engine.label(state.cycle).class.to_string());
        let several = fleet.regimes.len() > 1;
        set_text(&self.ablation, &fleet.ablation_words(state.feature));
        set_shown(&self.ablation, several);
        self.tiles.mark_window(engine.window(state.cycle, state.window), engine.cycles());
        let words = sensors::words(fleet, state.feature, state.view, state.seen, several);
        for chart in &self.charts {
            match chart.kind {
                ChartKind::Sensor => {
                    chart.say(&format!("{words}; {}engine {}.", sensors::test_words(engine.part), engine.unit));
                }
                ChartKind::BeforeFailure => chart.say(&format!("{words}; {}.", fleet::titles(&state.fleets()))),
                ChartKind::Lifetimes => chart.say(&fleet::life_words(&state.fleets())),
                _ => {}
            }
        }
    }

    /// Say which engine is chosen, and whether it has neighbours.
    fn show_choice(&self) {
        let (index, count) = (self.engine.selected_index(), self.engine.length());
        self.neighbours[0].set_disabled(index <= 0);
        self.neighbours[1].set_disabled(index + 1 >= i32::try_from(count).unwrap_or(i32::MAX));
    }
}

impl App {
    /// Ask about the fleet, where it is not known yet.
    pub(super) fn explore(self: &Rc<Self>) {
        if !self.explorer.fold.open() {
            return;
        }
        let question = self.question(About::Fleet { overlay: self.explorer.panel.wants_overlay() });
        let known = {
            let state = self.explorer.state.borrow();
            state.fleet.is_some() && state.asked[0].as_ref() == Some(&question)
        };
        if !known {
            self.explorer.state.borrow_mut().asked[0] = Some(question.clone());
            self.send(Command::Explore { question });
        }
    }

    /// The data may be another now: what is known of it is to be asked for again.
    pub(super) fn explore_anew(self: &Rc<Self>) {
        let question = self.question(About::Fleet { overlay: self.explorer.panel.wants_overlay() });
        {
            let mut state = self.explorer.state.borrow_mut();
            let same_data = state.asked[0].as_ref().is_some_and(|asked| asked.data == question.data);
            state.asked = [None, None];
            if !same_data {
                // The window's place and the form of the values belong to the data.
                state.view = SensorView::seen_with(question.data.scaling);
                state.engine = None;
            }
        }
        self.explore();
    }

    /// A question about the data of the run that is in force, or else wanted.
    fn question(&self, about: About) -> Question {
        let view = self.view.borrow();
        let wanted = view.wanted();
        let config = view.in_force.as_ref().unwrap_or(&wanted);
        Question { data: config.data.clone(), seed: config.seed, about }
    }

    /// Take in what the engine told of the data, unless something else was asked since.
    pub(super) fn take_answer(self: &Rc<Self>, question: &Question, answer: Answer) {
        let is_current = |index: usize| self.explorer.state.borrow().asked[index].as_ref() == Some(question);
        match answer {
            Answer::Fleet { fleet, other, both_at_hand } if is_current(0) => {
                {
                    let mut state = self.explorer.state.borrow_mut();
                    if state.fleet.is_none() {
                        state.view = SensorView::seen_with(question.data.scaling);
                    }
                    (state.fleet, state.other, state.both_at_hand) = (Some(fleet), other, both_at_hand);
                    state.window = question.data.window;
                    state.seen = SensorView::seen_with(question.data.scaling);
                }
                self.show_fleet(question);
            }
            Answer::Engine { engine } if is_current(1) => {
                let mut state = self.explorer.state.borrow_mut();
                // At the end of a record wear shows; where only another form is looked at, the window stays.
                let same =
                    state.engine.as_ref().is_some_and(|held| (held.part, held.unit) == (engine.part, engine.unit));
                if !same || state.cycle > engine.cycles() {
                    state.cycle = engine.cycles();
                }
                state.engine = Some(engine);
                drop(state);
                self.show_engine();
            }
            Answer::Refused { message } => self.messages.told(&crate::session::sentence(&message)),
            Answer::Fleet { .. } | Answer::Engine { .. } => {}
        }
    }

    fn show_fleet(self: &Rc<Self>, question: &Question) {
        let explorer = &self.explorer;
        let filled = {
            let state = explorer.state.borrow();
            let Some(fleet) = &state.fleet else { return };
            sensors::offer_views(&explorer.view, fleet, question.data.scaling, state.view)
                .and_then(|()| explorer.panel.show(&state.fleets(), state.both_at_hand))
                .and_then(|()| fleet::offer_engines(&explorer.engine, fleet))
        };
        if let Err(error) = filled {
            self.messages.wrong(&error.to_string());
        }
        let several = explorer.state.borrow().fleet.as_ref().is_some_and(|fleet| fleet.regimes.len() > 1);
        for chart in explorer.charts.iter().filter(|chart| chart.kind == ChartKind::Regimes) {
            chart.set_shown(several);
        }
        set_attribute(&explorer.fold, "data-known", &question.data.subset.to_string());
        self.charts.moved();
        explorer.renew(&ChartKind::DATA);
        self.choose_engine();
        self.show_engine();
    }

    /// Ask for the engine that is chosen.
    fn choose_engine(self: &Rc<Self>) {
        let explorer = &self.explorer;
        explorer.show_choice();
        let value = explorer.engine.value();
        let Some((part, unit)) = value.split_once('-') else { return };
        let Ok(unit) = unit.parse() else { return };
        let question = self.question(About::Engine { test: part == Part::Test.name(), unit });
        explorer.state.borrow_mut().asked[1] = Some(question.clone());
        self.send(Command::Explore { question });
    }

    fn step_engine(self: &Rc<Self>, by: i32) {
        let select = &self.explorer.engine;
        let next = select.selected_index() + by;
        if (0..i32::try_from(select.length()).unwrap_or(i32::MAX)).contains(&next) {
            select.set_selected_index(next);
            self.choose_engine();
        }
    }

    /// Another sensor, or another form of its values.
    fn look(self: &Rc<Self>, choose: impl Fn(&Explorer, &mut State)) {
        choose(&self.explorer, &mut self.explorer.state.borrow_mut());
        self.explorer.renew(&[ChartKind::BeforeFailure]);
        self.show_engine();
    }

    /// The engine, the sensor or the form of its values is another one.
    fn show_engine(self: &Rc<Self>) {
        self.explorer.show_engine();
        self.explorer.renew(&[ChartKind::Sensor]);
        self.explorer.tiles_stale.set(true);
        self.request_frame();
    }

    /// The window ends with another cycle. Nothing but the picture and the words changes.
    fn move_window(self: &Rc<Self>) {
        let explorer = &self.explorer;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the slider's ends")]
        let cycle = explorer.cycle.value_as_number().max(1.0) as usize;
        explorer.state.borrow_mut().cycle = cycle;
        explorer.show_engine();
        for chart in explorer.charts.iter().filter(|chart| chart.kind == ChartKind::Sensor) {
            chart.picture_stale.set(true);
        }
        self.request_frame();
    }
}
