//! A look at the data: the fleet, one engine's sensors, the regimes, and an emulated fleet beside a real one.
//!
//! The data is with the worker. It is asked when the section is opened, when the data set changes and when an engine is
//! chosen; everything else, the window that moves over the cycles above all, happens here.

mod fleet;
mod sensors;

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use web_sys::{HtmlButtonElement, HtmlDetailsElement, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::App;
use super::dom::{element, listen, set_attribute, set_shown, set_text};
use super::theme::Theme;
use crate::chart::{Explored, News};
use crate::measure::explore::{About, Answer, Question, SensorView, SplitKind};
use crate::session::Command;
use crate::web::WebError;

use fleet::FleetPanel;
use sensors::Tiles;

/// The sensor that is shown first, by its index among the used ones: 11, the static pressure at the compressor's outlet,
/// in which wear is seen by eye.
const FIRST_FEATURE: usize = 6;

/// The section's elements, and what the worker has answered.
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
    /// The last questions about the fleet and about an engine, whether or not they were answered.
    asked: RefCell<[Option<Question>; 2]>,
    explored: RefCell<Explored>,
    tiles_stale: Cell<bool>,
}

impl Explorer {
    /// Find it in the document.
    pub fn build() -> Result<Self, WebError> {
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
            asked: RefCell::default(),
            explored: RefCell::new(Explored { feature: FIRST_FEATURE, ..Explored::default() }),
            tiles_stale: Cell::new(false),
        })
    }

    /// Do what a person chooses.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
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

    /// What is known of the data, and what of it is looked at.
    pub fn explored(&self) -> Ref<'_, Explored> {
        self.explored.borrow()
    }

    /// The small pictures are to be drawn anew.
    pub fn invalidate(&self) {
        self.tiles_stale.set(true);
    }

    /// Draw the small pictures, where they are due and in sight.
    pub fn draw(&self, theme: &Theme) -> Result<(), WebError> {
        let state = self.explored.borrow();
        let (true, Some(engine), Some(fleet)) = (self.fold.open(), &state.engine, &state.fleet) else { return Ok(()) };
        if self.tiles_stale.replace(false) {
            self.tiles.draw(engine, fleet, state.view, &theme.chart_style()?)?;
        }
        Ok(())
    }

    /// Everything that is said about one engine and its window.
    fn show_engine(&self) {
        let state = self.explored.borrow();
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
            let explorer = &self.explorer;
            explorer.explored().fleet.is_some() && explorer.asked.borrow()[0].as_ref() == Some(&question)
        };
        if !known {
            self.explorer.asked.borrow_mut()[0] = Some(question.clone());
            self.send(Command::Explore { question });
        }
    }

    /// The data may be another now: what is known of it is to be asked for again.
    pub(super) fn explore_anew(self: &Rc<Self>) {
        let question = self.question(About::Fleet { overlay: self.explorer.panel.wants_overlay() });
        {
            let [fleet, _] = self.explorer.asked.take();
            if fleet.is_none_or(|asked| asked.data != question.data) {
                let mut state = self.explorer.explored.borrow_mut();
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

    /// Take in what the worker answered about the data, unless something else was asked since.
    pub(super) fn take_answer(self: &Rc<Self>, question: &Question, answer: Answer) {
        let is_current = |index: usize| self.explorer.asked.borrow()[index].as_ref() == Some(question);
        match answer {
            Answer::Fleet { fleet, other, both_at_hand } if is_current(0) => {
                {
                    let mut state = self.explorer.explored.borrow_mut();
                    if state.fleet.is_none() {
                        state.view = SensorView::seen_with(question.data.scaling);
                    }
                    (state.fleet, state.other) = (Some(fleet), other);
                    state.window = question.data.window;
                    state.seen = SensorView::seen_with(question.data.scaling);
                }
                self.show_fleet(question, both_at_hand);
            }
            Answer::Engine { engine } if is_current(1) => {
                let mut state = self.explorer.explored.borrow_mut();
                // At the end of a record wear shows; where only another form is looked at, the window stays.
                let same =
                    state.engine.as_ref().is_some_and(|held| (held.split, held.unit) == (engine.split, engine.unit));
                if !same || state.cycle > engine.cycles() {
                    state.cycle = engine.cycles();
                }
                state.engine = Some(engine);
                drop(state);
                self.show_engine();
            }
            Answer::Refused { message } => self.messages.say(&crate::session::sentence(&message)),
            Answer::Fleet { .. } | Answer::Engine { .. } => {}
        }
    }

    fn show_fleet(self: &Rc<Self>, question: &Question, both_at_hand: bool) {
        let explorer = &self.explorer;
        let filled = {
            let state = explorer.explored.borrow();
            let Some(fleet) = &state.fleet else { return };
            sensors::offer_views(&explorer.view, fleet, question.data.scaling, state.view)
                .and_then(|()| explorer.panel.show(&state.fleets(), both_at_hand))
                .and_then(|()| fleet::offer_engines(&explorer.engine, fleet))
        };
        if let Err(error) = filled {
            self.messages.wrong(&error.to_string());
        }
        set_attribute(&explorer.fold, "data-known", &question.data.subset.to_string());
        self.charts.moved();
        self.charts.hear(News::Fleet);
        self.choose_engine();
        self.show_engine();
    }

    /// Ask for the engine that is chosen.
    fn choose_engine(self: &Rc<Self>) {
        let explorer = &self.explorer;
        explorer.show_choice();
        let value = explorer.engine.value();
        let Some((split, unit)) = value.split_once('-') else { return };
        let Ok(unit) = unit.parse() else { return };
        let question = self.question(About::Engine { test: split == SplitKind::Test.name(), unit });
        explorer.asked.borrow_mut()[1] = Some(question.clone());
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
    fn look(self: &Rc<Self>, choose: impl Fn(&Explorer, &mut Explored)) {
        choose(&self.explorer, &mut self.explorer.explored.borrow_mut());
        self.charts.hear(News::Sensor);
        self.show_engine();
    }

    /// The engine, the sensor or the form of its values is another one.
    fn show_engine(self: &Rc<Self>) {
        self.explorer.show_engine();
        self.charts.hear(News::Engine);
        self.explorer.tiles_stale.set(true);
        self.request_frame();
    }

    /// The window ends with another cycle. Nothing but the picture and the words changes.
    fn move_window(self: &Rc<Self>) {
        let explorer = &self.explorer;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the slider's ends")]
        let cycle = explorer.cycle.value_as_number().max(1.0) as usize;
        explorer.explored.borrow_mut().cycle = cycle;
        explorer.show_engine();
        self.charts.hear(News::Window);
        self.request_frame();
    }
}
