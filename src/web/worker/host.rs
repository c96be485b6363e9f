//! The worker's loop.

use futures_channel::mpsc::UnboundedReceiver;
use web_sys::Performance;

use super::inbox::Said;
use super::pulse::Pulse;
use super::turn::Turn;
use super::{files, post, scope};
use crate::session::{Command, Event, Phase, Request, Session};
use crate::web::WebError;

/// Milliseconds that are trained before the event loop gets its turn: a command waits no longer than this and a step.
const TURN_MILLIS: f64 = 12.0;

/// A session and its surroundings.
pub struct Host {
    session: Session,
    inbox: UnboundedReceiver<Said>,
    turn: Turn,
    clock: Performance,
    pulse: Pulse,
    /// Whether a step of the run in force was taken: the first one has to be waited for.
    stepped: bool,
}

impl Host {
    /// Stand around a session.
    pub fn new(session: Session, inbox: UnboundedReceiver<Said>, pulse: Pulse) -> Result<Self, WebError> {
        let clock = scope()?.performance().ok_or(WebError::Unsupported("clock"))?;
        Ok(Self { session, inbox, turn: Turn::new()?, clock, pulse, stepped: false })
    }

    /// Apply commands between steps, train while the session does, and tell the page, until the worker ends.
    pub async fn run(mut self) -> Result<(), WebError> {
        loop {
            if !self.trains() {
                self.pulse.idle();
                // The sender lives as long as the worker.
                let Ok(said) = self.inbox.recv().await else { return Ok(()) };
                self.answer(said).await?;
            }
            while let Ok(said) = self.inbox.try_recv() {
                self.answer(said).await?;
            }
            let mut events = Vec::new();
            let begun = self.clock.now();
            let mut before = begun;
            if self.trains() && !self.stepped {
                self.pulse.long()?;
                self.stepped = true;
            }
            while self.trains() {
                events.extend(self.session.advance().await);
                let now = self.clock.now();
                self.pulse.step(now - before);
                before = now;
                if now - begun >= TURN_MILLIS {
                    break;
                }
            }
            for event in merged(events) {
                post(&event)?;
            }
            self.turn.pass().await?;
        }
    }

    /// Do what was said. What comes of it is reported at once: reading files takes seconds, and the page shows how far it is.
    async fn answer(&mut self, said: Said) -> Result<(), WebError> {
        if said.may_take_long() {
            self.pulse.long()?;
            self.stepped = false;
        }
        let request = match said {
            Said::Command(request) => request,
            Said::Files { id, chosen, mapping } => match files::read(chosen).await {
                Ok(files) => Request {
                    id,
                    command: match mapping {
                        Some(mapping) => Command::Import { mapping, files },
                        None => Command::LoadFiles { files },
                    },
                },
                Err(error) => return post(&Event::Refused { id, why: error.to_string() }),
            },
        };
        let mut posted = Ok(());
        let mut tell = |event| {
            if posted.is_ok() {
                posted = post(&event);
            }
        };
        self.session.apply_with(request, &mut tell).await;
        posted
    }

    fn trains(&self) -> bool {
        self.session.phase() == Phase::Training
    }
}

/// Neighbouring steps in one message: the page is woken once a turn, not once a step.
fn merged(events: Vec<Event>) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        match (merged.last_mut(), event) {
            (Some(Event::Steps { steps }), Event::Steps { steps: more }) => steps.extend(more),
            (_, event) => merged.push(event),
        }
    }
    merged
}
