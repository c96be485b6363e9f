//! The ledger of claims: a card each, measured in this browser by a worker of its own.

mod card;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDetailsElement, HtmlElement, HtmlSelectElement, Response};

use super::App;
use super::crew::{Crew, Report};
use super::dom::{self, element, listen, now_millis, window};
use crate::chart::Style;
use crate::data::Origin;
use crate::experiment::claims::{ALL, Extent, Finding};
use crate::experiment::{Measurement, Outcome, Record};
use crate::session::{BackendKind, Event, Request, Slot};
use crate::web::WebError;

use card::{Card, Progress, State};

/// What ships with the page, beside it.
const SHIPPED: &str = "claims.json";

/// Seconds of a run before one was timed, for a first estimate.
const GUESSED_SECONDS: f64 = 3.0;

/// What a command measured, with what it was measured by.
#[derive(Deserialize)]
struct Shipped {
    date: String,
    command: String,
    seeds: Vec<u32>,
    ledger: Vec<ShippedClaim>,
}

#[derive(Deserialize)]
struct ShippedClaim {
    finding: Finding,
}

/// The cards, what was measured, and the measurement on its way.
pub struct Ledger {
    fold: HtmlDetailsElement,
    size: HtmlSelectElement,
    cards: Vec<Card>,
    records: RefCell<Vec<Record>>,
    running: RefCell<Option<Running>>,
    shipped: RefCell<Option<Shipped>>,
    /// Seconds that the runs of this size took so far, and how many they were.
    timed: Cell<(f64, f64)>,
}

struct Running {
    claim: usize,
    measurement: Measurement,
    crew: Rc<Crew>,
    /// When the present run began, in milliseconds, and how much of it was done then.
    begun: (f64, f32),
}

impl Ledger {
    /// Put the cards into the document.
    pub fn build() -> Result<Self, WebError> {
        let place: HtmlElement = element("ledger-cards")?;
        place.set_inner_html("");
        Ok(Self {
            fold: element("ledger")?,
            size: element("ledger-size")?,
            cards: ALL.iter().map(|claim| Card::build(claim, &place)).collect::<Result<_, _>>()?,
            records: RefCell::new(store::records()),
            running: RefCell::default(),
            shipped: RefCell::default(),
            timed: Cell::default(),
        })
    }

    /// Do what the buttons say; look up what ships once the ledger is opened.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for (index, card) in self.cards.iter().enumerate() {
            let on = |target: &HtmlElement, act: fn(&Rc<App>, usize)| {
                let app = Rc::clone(app);
                listen(target, "click", move |_| act(&app, index))
            };
            on(&card.measure, App::measure_or_pause)?;
            on(&card.cancel, App::cancel_measurement)?;
            on(&card.forget, App::forget_measured)?;
        }
        let heard = Rc::clone(app);
        listen(&self.size, "change", move |_| {
            heard.ledger.timed.set((0.0, 0.0));
            heard.show_ledger();
        })?;
        let app = Rc::clone(app);
        listen(&self.fold, "toggle", move |_| {
            if app.ledger.fold.open() {
                app.show_ledger();
                app.load_shipped();
            }
        })
    }

    /// How much is run, on the data of this origin.
    fn extent(&self, origin: Origin) -> Extent {
        match self.size.value().as_str() {
            "full" => Extent::full(10, origin, false),
            _ => Extent::quick(3, origin),
        }
    }

    fn progress(&self, index: usize, extent: &Extent) -> Progress {
        let running = self.running.borrow();
        let own = running.as_ref().filter(|running| running.claim == index);
        let (runs, state) = match own {
            Some(running) if running.measurement.is_paused() => (running.measurement.progress(), State::Paused),
            Some(running) => (running.measurement.progress(), State::Measuring),
            None => (
                Measurement::new(&self.cards[index].claim.plan(extent), &self.records.borrow()).progress(),
                State::Idle,
            ),
        };
        let (seconds, timed) = self.timed.get();
        let each = if timed > 0.2 { seconds / timed } else { GUESSED_SECONDS };
        let left = ((runs.planned - runs.done) as f64 - f64::from(runs.present)) * each;
        let words = match state {
            _ if runs.done >= runs.planned => format!("All {} runs are done.", runs.planned),
            State::Idle => format!("{} runs, about {}.", runs.planned - runs.done, duration(left)),
            _ => format!("{} of {} runs, about {} left.", runs.done, runs.planned, duration(left)),
        };
        Progress { runs, state, words }
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 90.0 => format!("{:.0} s", seconds.max(1.0)),
        seconds if seconds < 5400.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}

impl App {
    fn ledger_extent(&self) -> Extent {
        let origin = self.view.borrow().data.as_ref().map_or(Origin::Emulated, |data| data.origin);
        self.ledger.extent(origin)
    }

    fn style(&self) -> Style {
        if self.theme.is_dark() { Style::dark() } else { Style::light() }
    }

    /// Show every card as it stands; nothing to do while the ledger is folded.
    pub(super) fn show_ledger(&self) {
        if !self.ledger.fold.open() {
            return;
        }
        let (extent, style) = (self.ledger_extent(), self.style());
        let shown = (0..self.ledger.cards.len()).try_for_each(|index| self.show_card(index, &extent, &style));
        let shipped = self.ledger.shipped.borrow();
        let shipped = shipped.as_ref().map_or(Ok(()), |shipped| self.show_shipped(shipped, &style));
        if let Err(error) = shown.and(shipped) {
            self.messages.wrong(&error.to_string());
        }
    }

    fn show_card(&self, index: usize, extent: &Extent, style: &Style) -> Result<(), WebError> {
        let card = &self.ledger.cards[index];
        let finding = card.claim.verdict(extent, &self.ledger.records.borrow());
        card.show_here(Some(&finding).filter(|finding| finding.runs > 0), style)?;
        self.show_progress(index, extent);
        Ok(())
    }

    fn show_progress(&self, index: usize, extent: &Extent) {
        let others_wait = self.ledger.running.borrow().as_ref().is_some_and(|running| running.claim != index);
        self.ledger.cards[index].show_progress(&self.ledger.progress(index, extent), others_wait);
    }

    fn show_shipped(&self, shipped: &Shipped, style: &Style) -> Result<(), WebError> {
        let by = format!("measured on {} with {} seeds by {}", shipped.date, shipped.seeds.len(), shipped.command);
        for ShippedClaim { finding } in &shipped.ledger {
            if let Some(card) = self.ledger.cards.iter().find(|card| card.claim.id == finding.claim) {
                card.show_shipped(finding, &by, style)?;
            }
        }
        Ok(())
    }

    fn load_shipped(self: &Rc<Self>) {
        if self.ledger.shipped.borrow().is_some() {
            return;
        }
        let app = Rc::clone(self);
        spawn_local(async move {
            match fetch(SHIPPED).await {
                Ok(shipped) => {
                    app.ledger.shipped.replace(Some(shipped));
                    app.show_ledger();
                }
                Err(error) => app.messages.wrong(&error.to_string()),
            }
        });
    }

    fn measure_or_pause(self: &Rc<Self>, index: usize) {
        let mut said = None;
        let goes_on = match &mut *self.ledger.running.borrow_mut() {
            Some(running) if running.claim == index => {
                let paused = !running.measurement.is_paused();
                let request = running.measurement.pause(paused);
                running.begun = (now_millis(), running.measurement.progress().present);
                said = Some((Rc::clone(&running.crew), vec![request]));
                true
            }
            Some(_) => true,
            None => false,
        };
        if let Some((crew, requests)) = said {
            say(&crew, requests);
        }
        if !goes_on {
            self.begin_measurement(index);
        }
        self.show_ledger();
    }

    fn begin_measurement(self: &Rc<Self>, index: usize) {
        let plan = self.ledger.cards[index].claim.plan(&self.ledger_extent());
        let measurement = Measurement::new(&plan, &self.ledger.records.borrow());
        if measurement.is_done() {
            return;
        }
        let crew = Crew::new(1);
        let app = Rc::clone(self);
        crew.begin(Rc::new(move |report| {
            // In a later turn: the worker may be dropped by what it says.
            let app = Rc::clone(&app);
            dom::after(0, move || app.measurement_reported(report));
        }));
        let mut measurement = measurement;
        let requests = measurement.next(store::kept());
        let running = Running { claim: index, measurement, crew: Rc::clone(&crew), begun: (now_millis(), 0.0) };
        self.ledger.running.replace(Some(running));
        crew.ask(|workers| workers.begin(Slot::Cpu(0)));
        if let Some(data) = self.files.data() {
            crew.ask(|workers| workers.share(data));
        }
        say(&crew, requests);
        crew.ask(|workers| workers.settle_on(BackendKind::Cpu));
    }

    /// What was put away stays, so that measuring again goes on from there.
    fn cancel_measurement(self: &Rc<Self>, _: usize) {
        drop(self.ledger.running.take());
        self.show_ledger();
    }

    fn forget_measured(self: &Rc<Self>, index: usize) {
        let plan = self.ledger.cards[index].claim.plan(&self.ledger_extent());
        let keys: Vec<String> = plan.iter().map(crate::experiment::key).collect();
        store::forget(keys.iter().map(String::as_str));
        self.ledger.records.borrow_mut().retain(|record| !keys.contains(&record.key));
        self.show_ledger();
    }

    fn measurement_reported(self: &Rc<Self>, report: Report) {
        let event = match report {
            Report::Event(event) => event,
            Report::Keep => return,
            Report::Wrong(error) => return self.messages.wrong(&error.to_string()),
        };
        match &event {
            Event::Damaged { message } | Event::Unreadable { message } => self.messages.wrong(message),
            Event::Replaced { why, .. } => {
                self.messages.say(&format!("The worker that measures failed ({why}) and was replaced; it goes on."));
            }
            _ => {}
        }
        let mut running = self.ledger.running.borrow_mut();
        let Some(Running { claim, measurement, crew, begun }) = &mut *running else { return };
        let (claim, crew) = (*claim, Rc::clone(crew));
        let (mut said, outcome) = measurement.hear(event);
        let mut finished = false;
        match outcome {
            Some(Outcome::Kept(kept)) if !store::keep(&kept) => {
                self.messages.say("This browser has no room for the run on its way: a reload begins it anew.");
            }
            Some(Outcome::Record(record)) => {
                let (then, part) = *begun;
                let (seconds, timed) = self.ledger.timed.get();
                self.ledger.timed.set((seconds + (now_millis() - then) / 1000.0, timed + f64::from(1.0 - part)));
                if !store::keep_record(&record) {
                    self.messages.say("This browser keeps no more: what is measured now is lost when the page closes.");
                }
                self.ledger.records.borrow_mut().push(*record);
                finished = true;
            }
            // It says nothing of the claim: measuring again tries again.
            Some(Outcome::Refused(why)) => {
                drop(running);
                self.messages.wrong(&format!("the measurement stopped: {why}"));
                return self.cancel_measurement(claim);
            }
            Some(Outcome::Kept(_)) | None => {}
        }
        if finished {
            said.extend(measurement.next(None));
            *begun = (now_millis(), 0.0);
        }
        let done = measurement.is_done();
        drop(running);
        say(&crew, said);
        if done {
            self.cancel_measurement(claim);
        } else if finished {
            self.show_ledger();
        } else if self.ledger.fold.open() {
            self.show_progress(claim, &self.ledger_extent());
        }
    }
}

fn say(crew: &Rc<Crew>, requests: Vec<Request>) {
    for request in requests {
        crew.ask(|workers| workers.command(request));
    }
}

async fn fetch(address: &str) -> Result<Shipped, WebError> {
    let failed = |why: String| WebError::Fetch { address: address.to_owned(), why };
    let thrown = |thrown: JsValue| failed(crate::web::words_of(&thrown));
    let response: Response =
        JsFuture::from(window()?.fetch_with_str(address)).await.map_err(thrown)?.dyn_into().map_err(thrown)?;
    if !response.ok() {
        return Err(failed(format!("status {}", response.status())));
    }
    let text = JsFuture::from(response.text().map_err(thrown)?).await.map_err(thrown)?;
    serde_json::from_str(&text.as_string().unwrap_or_default()).map_err(|error| failed(error.to_string()))
}
