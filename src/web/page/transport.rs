//! Play and pause, step, reset, fork.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{HtmlButtonElement, HtmlElement};

use super::App;
use super::dom::{element, listen, set_attribute, set_text};
use crate::session::{Command, MOST_RACERS, Phase, RunView, Stale};
use crate::web::WebError;

/// The buttons.
pub struct Transport {
    play: HtmlButtonElement,
    play_name: HtmlElement,
    step: HtmlButtonElement,
    reset: HtmlButtonElement,
    fork: HtmlButtonElement,
    /// The phase that the buttons speak of: what is pressed is what they said, though the run may have moved on since.
    shown: Cell<Phase>,
}

impl Transport {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            play: element("play")?,
            play_name: element("play-name")?,
            step: element("step")?,
            reset: element("reset")?,
            fork: element("fork")?,
            shown: Cell::default(),
        })
    }

    /// Do what they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let on = |button: &HtmlButtonElement, act: fn(&Rc<App>)| {
            let app = Rc::clone(app);
            listen(button, "click", move |_| act(&app))
        };
        on(&self.play, App::play_or_pause)?;
        on(&self.step, App::step)?;
        on(&self.reset, App::reset)?;
        on(&self.fork, App::fork)
    }

    /// Say what can be done now.
    pub fn show(&self, view: &RunView) {
        self.shown.set(view.phase);
        let stands = view.phase != Phase::Loading && view.in_force.is_some();
        // A run that cannot go on begins again at a press.
        let goes_on = stands && view.phase != Phase::Failed;
        self.play.set_disabled(!stands);
        self.step.set_disabled(!goes_on || view.phase == Phase::Finished);
        self.reset.set_disabled(!stands);
        self.fork.set_disabled(!goes_on || view.wanted().members.len() >= MOST_RACERS);
        let (name, state) = match view.phase {
            Phase::Training => ("Pause", "pause"),
            Phase::Finished | Phase::Failed => ("Again", "play"),
            _ => ("Play", "play"),
        };
        set_text(&self.play_name, name);
        set_attribute(&self.play, "data-does", state);
    }
}

impl App {
    /// Train, or stop after the present step; a finished run begins again.
    pub(super) fn play_or_pause(self: &Rc<Self>) {
        match self.transport.shown.get() {
            Phase::Training => self.send(Command::Pause),
            Phase::Finished | Phase::Failed => {
                let app = Rc::clone(self);
                self.ask_to_restart("Training again starts from the initial weights.", move || {
                    app.send(Command::Reset);
                    app.send(Command::Play);
                });
            }
            Phase::Ready | Phase::Paused => self.send(Command::Play),
            Phase::Loading => {}
        }
    }

    /// One step, then wait.
    pub(super) fn step(self: &Rc<Self>) {
        let phase = self.view.borrow().phase;
        if matches!(phase, Phase::Training | Phase::Ready | Phase::Paused) {
            self.send(Command::Step { count: 1 });
        }
    }

    /// Back to the initial weights, also from a run that cannot go on.
    pub(super) fn reset(self: &Rc<Self>) {
        let phase = self.view.borrow().phase;
        if phase != Phase::Loading {
            self.send(Command::Reset);
        }
    }

    /// Reset by a key, which is easily touched by mistake: ask first.
    pub(super) fn reset_if_meant(self: &Rc<Self>) {
        let app = Rc::clone(self);
        self.ask_to_restart("Reset goes back to the initial weights.", move || app.reset());
    }

    /// Copy the focused member as it is now.
    pub(super) fn fork(self: &Rc<Self>) {
        let (phase, member, has_room) = {
            let view = self.view.borrow();
            (view.phase, view.focus, view.wanted().members.len() < MOST_RACERS)
        };
        if has_room && !matches!(phase, Phase::Loading | Phase::Failed) {
            self.send(Command::Fork { member });
            self.mark(Stale { phase: true, ..Stale::default() });
        }
    }
}
