//! The ledger of claims: a card each, measured in this browser by an engine of its own.

mod card;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDetailsElement, HtmlElement, HtmlSelectElement, Response};

use super::App;
use super::client::{Client, Heard};
use super::dom::{self, element, listen, now_millis, window};
use crate::chart::Style;
use crate::data::Origin;
use crate::experiment::claims::{ALL, Finding, Scale};
use crate::experiment::{Kept, Measurement, Outcome, Record};
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
    client: Client,
    ready: bool,
    /// What was put away of the run that is to be taken up again.
    kept: Option<Kept>,
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
    fn scale(&self, origin: Origin) -> Scale {
        match self.size.value().as_str() {
            "full" => Scale::full(10, origin, false),
            _ => Scale::quick(3, origin),
        }
    }

    fn progress(&self, index: usize, scale: &Scale) -> Progress {
        let running = self.running.borrow();
        let own = running.as_ref().filter(|running| running.claim == index);
        let (runs, state) = match own {
            Some(running) if running.measurement.is_paused() => (running.measurement.progress(), State::Paused),
            Some(running) => (running.measurement.progress(), State::Measuring),
            None => {
                (Measurement::new(&self.cards[index].claim.plan(scale), &self.records.borrow()).progress(), State::Idle)
            }
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
    fn ledger_scale(&self) -> Scale {
        let origin = self.view.borrow().data.as_ref().map_or(Origin::Emulated, |data| data.origin);
        self.ledger.scale(origin)
    }

    fn style(&self) -> Style {
        if self.theme.is_dark() { Style::dark() } else { Style::light() }
    }

    /// Show every card as it stands; nothing to do while the ledger is folded.
    pub(super) fn show_ledger(&self) {
        if !self.ledger.fold.open() {
            return;
        }
        let (scale, style) = (self.ledger_scale(), self.style());
        let shown = (0..self.ledger.cards.len()).try_for_each(|index| self.show_card(index, &scale, &style));
        let shipped = self.ledger.shipped.borrow();
        let shipped = shipped.as_ref().map_or(Ok(()), |shipped| self.show_shipped(shipped, &style));
        if let Err(error) = shown.and(shipped) {
            self.messages.wrong(&error.to_string());
        }
    }

    fn show_card(&self, index: usize, scale: &Scale, style: &Style) -> Result<(), WebError> {
        let card = &self.ledger.cards[index];
        let finding = card.claim.verdict(scale, &self.ledger.records.borrow());
        card.show_here(Some(&finding).filter(|finding| finding.runs > 0), style)?;
        self.show_progress(index, scale);
        Ok(())
    }

    fn show_progress(&self, index: usize, scale: &Scale) {
        let others_wait = self.ledger.running.borrow().as_ref().is_some_and(|running| running.claim != index);
        self.ledger.cards[index].show_progress(&self.ledger.progress(index, scale), others_wait);
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
        let goes_on = match &mut *self.ledger.running.borrow_mut() {
            Some(running) if running.claim == index => {
                let paused = !running.measurement.is_paused();
                let command = running.measurement.pause(paused);
                running.begun = (now_millis(), running.measurement.progress().present);
                if let Err(error) = running.client.send(&command) {
                    self.messages.wrong(&error.to_string());
                }
                true
            }
            Some(_) => true,
            None => false,
        };
        if !goes_on {
            self.begin_measurement(index);
        }
        self.show_ledger();
    }

    fn begin_measurement(self: &Rc<Self>, index: usize) {
        let plan = self.ledger.cards[index].claim.plan(&self.ledger_scale());
        let measurement = Measurement::new(&plan, &self.ledger.records.borrow());
        if measurement.is_done() {
            return;
        }
        let app = Rc::clone(self);
        let hear: Rc<dyn Fn(Heard)> = Rc::new(move |heard| {
            // In a later turn: the worker may be dropped by what it says.
            let app = Rc::clone(&app);
            dom::after(0, move || app.measurement_told(heard));
        });
        match Client::spawn("engine_loader.js", hear) {
            Ok(client) => {
                let running =
                    Running { claim: index, measurement, client, ready: false, kept: store::kept(), begun: (0.0, 0.0) };
                self.ledger.running.replace(Some(running));
            }
            Err(error) => self.messages.wrong(&error.to_string()),
        }
    }

    /// What was put away stays, so that measuring again goes on from there.
    fn cancel_measurement(self: &Rc<Self>, _: usize) {
        drop(self.ledger.running.take());
        self.show_ledger();
    }

    fn forget_measured(self: &Rc<Self>, index: usize) {
        let plan = self.ledger.cards[index].claim.plan(&self.ledger_scale());
        let keys: Vec<String> = plan.iter().map(crate::experiment::key).collect();
        store::forget(keys.iter().map(String::as_str));
        self.ledger.records.borrow_mut().retain(|record| !keys.contains(&record.key));
        self.show_ledger();
    }

    fn measurement_told(self: &Rc<Self>, heard: Heard) {
        let event = match heard {
            Heard::Event(event) => event,
            Heard::Trouble(words) => {
                self.messages.wrong(&words);
                return self.cancel_measurement(0);
            }
        };
        let data = self.files.data();
        let mut running = self.ledger.running.borrow_mut();
        let Some(Running { claim, measurement, client, ready, kept, begun }) = &mut *running else { return };
        let claim = *claim;
        let is_begun = std::mem::replace(ready, true);
        let (mut said, outcome) = if is_begun { measurement.hear(event) } else { (Vec::new(), None) };
        let mut finished = false;
        match outcome {
            Some(Outcome::Kept(kept)) => {
                store::keep(&kept);
            }
            Some(Outcome::Record(record)) => {
                let (then, part) = *begun;
                let (seconds, timed) = self.ledger.timed.get();
                self.ledger.timed.set((seconds + (now_millis() - then) / 1000.0, timed + f64::from(1.0 - part)));
                if !store::keep_record(&record) {
                    self.messages
                        .told("This browser keeps no more: what is measured now is lost when the page closes.");
                }
                self.ledger.records.borrow_mut().push(*record);
                finished = true;
            }
            None => {}
        }
        if !is_begun {
            said.extend(data);
        }
        if !is_begun || finished {
            said.extend(measurement.next(kept.take()));
            *begun = (now_millis(), 0.0);
        }
        let sent = said.iter().try_for_each(|command| client.send(command));
        let done = measurement.is_done();
        drop(running);
        if let Err(error) = sent {
            self.messages.wrong(&error.to_string());
        }
        if done {
            self.cancel_measurement(claim);
        } else if finished {
            self.show_ledger();
        } else if self.ledger.fold.open() {
            self.show_progress(claim, &self.ledger_scale());
        }
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
