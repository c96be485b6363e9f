//! The CPU's engines: one, and as many more as an ensemble is spread over.

use std::ops::Range;

use web_sys::File;

use super::client::Client;
use super::dom::window;
use crate::session::{Command, Event, Parts, RunConfig};
use crate::web::WebError;

/// Most engines: each holds a copy of the data.
const MOST_ENGINES: usize = 8;

/// The engines, and how the run in progress is spread over them.
#[derive(Default)]
pub struct Pool {
    engines: Vec<Engine>,
    parts: Option<Parts>,
    /// The run that the first engine was asked for.
    pending: Option<Pending>,
    /// Whether the first one listens.
    pub is_ready: bool,
}

/// A run that is not there yet, and what was said to it meanwhile.
struct Pending {
    parts: Parts,
    held: Vec<Command>,
    /// Whether something was refused since: then the run in progress is still spoken to.
    refused: bool,
}

struct Engine {
    client: Client,
    listens: bool,
    /// What is to be said once it listens.
    waiting: Vec<Command>,
}

impl Engine {
    fn say(&mut self, command: Command) -> Result<(), WebError> {
        if self.listens {
            self.client.send(&command)
        } else {
            self.waiting.push(command);
            Ok(())
        }
    }
}

/// How many engines a run is spread over: the members of a λ-curve do not meet, and there are many. A race stays in one
/// piece, so that it can be forked and its members can be compared with one another while they train.
fn spread_over(config: &RunConfig) -> usize {
    if config.curve.is_none() {
        return 1;
    }
    let cores = window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    // One core is the page's, which has little to do meanwhile: of two cores it leaves both to the engines.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of cores")]
    let cores = cores.clamp(1.0, 64.0) as usize;
    let engines = if cores > 2 { cores - 1 } else { cores };
    engines.clamp(1, MOST_ENGINES).min(config.members.len().max(1))
}

impl Pool {
    /// The engine that is there from the beginning; nothing is said to it before it is in use, and then it listens.
    pub fn first(&mut self, client: Client) {
        self.engines.insert(0, Engine { client, listens: true, waiting: Vec::new() });
    }

    /// Which engines are to be started before this command can be sent.
    pub fn missing(&self, command: &Command) -> Range<usize> {
        match command {
            Command::Start { config } => self.engines.len()..spread_over(config).max(self.engines.len()),
            _ => 0..0,
        }
    }

    /// One more engine, on its way, and the data that it is to have.
    pub fn helper(&mut self, client: Client, data: Option<Command>) {
        let waiting = data.into_iter().collect();
        self.engines.push(Engine { client, listens: false, waiting });
    }

    /// An engine listens: say what has waited.
    pub fn helper_ready(&mut self, index: usize) -> Result<(), WebError> {
        let Some(engine) = self.engines.get_mut(index) else { return Ok(()) };
        engine.listens = true;
        let waiting = std::mem::take(&mut engine.waiting);
        waiting.iter().try_for_each(|command| engine.client.send(command))
    }

    /// Let the first engine read files; the others are given what it read ([`Pool::share`]).
    pub fn send_files(&self, files: &[File]) -> Result<(), WebError> {
        self.engines.first().map_or(Ok(()), |first| first.client.send_files(files))
    }

    /// Say to all but the first engine what that one has read.
    pub fn share(&mut self, data: &Command) -> Result<(), WebError> {
        self.engines.iter_mut().skip(1).try_for_each(|engine| engine.say(data.clone()))
    }

    /// How many engines train the run.
    pub const fn in_use(&self) -> usize {
        match &self.parts {
            Some(parts) => parts.count(),
            None => 1,
        }
    }

    /// Say something to the run, on however many engines it is.
    ///
    /// The first engine is asked to start before the others: if it refuses, the run in progress goes on on all of them.
    pub fn send(&mut self, command: &Command) -> Result<(), WebError> {
        match command {
            Command::Start { config } => {
                let engines = spread_over(config).min(self.engines.len());
                let parts = Parts::new(config, engines);
                let start = parts.starts().into_iter().next();
                self.pending = Some(Pending { parts, held: Vec::new(), refused: false });
                start.map_or(Ok(()), |start| self.say(0, start))
            }
            Command::LoadPacks { .. } => self.engines.iter_mut().try_for_each(|engine| engine.say(command.clone())),
            _ => {
                let refused = self.pending.as_mut().is_none_or(|pending| {
                    pending.held.push(command.clone());
                    pending.refused
                });
                match &mut self.parts {
                    Some(parts) if refused => {
                        let said = parts.spread(command);
                        said.into_iter().try_for_each(|(index, command)| self.say(index, command))
                    }
                    _ => self.say(0, command.clone()),
                }
            }
        }
    }

    fn say(&mut self, index: usize, command: Command) -> Result<(), WebError> {
        self.engines.get_mut(index).map_or(Ok(()), |engine| engine.say(command))
    }

    /// What an engine told, as what the run tells.
    pub fn hear(&mut self, index: usize, event: Event) -> Result<Vec<Event>, WebError> {
        if index == 0 {
            match (&event, &mut self.pending) {
                (Event::Started { config, .. }, Some(pending)) if pending.parts.begins_with(config) => {
                    self.accepted()?;
                }
                (Event::Rejected { .. }, Some(pending)) => pending.refused = true,
                _ => {}
            }
        }
        Ok(match &mut self.parts {
            Some(parts) => parts.hear(index, event),
            None if index == 0 => vec![event],
            None => Vec::new(),
        })
    }

    /// The first engine has begun: so do the others, and those that are left out stop computing for nobody.
    fn accepted(&mut self) -> Result<(), WebError> {
        let Some(Pending { mut parts, held, .. }) = self.pending.take() else { return Ok(()) };
        for (index, start) in parts.starts().into_iter().enumerate().skip(1) {
            self.say(index, start)?;
        }
        for index in parts.count()..self.engines.len() {
            self.say(index, Command::Pause)?;
        }
        for command in held {
            // The first engine was told when the command was given.
            for (index, command) in parts.spread(&command).into_iter().filter(|(index, _)| *index > 0) {
                self.say(index, command)?;
            }
        }
        self.parts = (parts.count() > 1).then_some(parts);
        Ok(())
    }
}
