//! The sign of life that a worker gives every second.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::{post, scope};
use crate::session::Event;
use crate::web::WebError;

/// Milliseconds between two signs.
const EVERY_MILLIS: i32 = 1000;

/// Milliseconds of silence after which a worker stands still, where nothing takes longer.
const PATIENCE_MILLIS: f64 = 5_000.0;

/// The same while it does what may take long: it prepares data, measures a new run or reads files.
const LONG_MILLIS: f64 = 120_000.0;

/// A step may take so many times as long as the one before it.
const SLOWER: f64 = 3.0;

/// Tells the page every second that the worker lives, and for how long it may be silent.
pub struct Pulse {
    patience: Rc<Cell<f64>>,
    _beat: Closure<dyn FnMut()>,
}

impl Pulse {
    /// Begin. A timer of the worker's own: it beats whenever the event loop has its turn.
    pub fn begin() -> Result<Self, WebError> {
        let patience = Rc::new(Cell::new(LONG_MILLIS));
        let reported = Rc::clone(&patience);
        let beat = Closure::<dyn FnMut()>::new(move || {
            // Without a page there is no one to tell.
            let _ = post(&Event::Alive { patience_millis: reported.get() });
        });
        scope()?
            .set_interval_with_callback_and_timeout_and_arguments_0(beat.as_ref().unchecked_ref(), EVERY_MILLIS)
            .map_err(WebError::call("starting a timer"))?;
        Ok(Self { patience, _beat: beat })
    }

    /// What comes now may take long.
    pub fn long(&self) -> Result<(), WebError> {
        self.patience.set(LONG_MILLIS);
        post(&Event::Alive { patience_millis: LONG_MILLIS })
    }

    /// The last step took so long.
    pub fn step(&self, millis: f64) {
        self.patience.set(PATIENCE_MILLIS.max(SLOWER * millis));
    }

    /// The worker waits for the page.
    pub fn idle(&self) {
        self.patience.set(PATIENCE_MILLIS);
    }
}
