//! What the page has said and is not yet done.

use futures_channel::mpsc::{self, UnboundedReceiver};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use super::post;
use crate::data::Mapping;
use crate::session::{Command, Event, Request};
use crate::web::{WebError, message};

/// What the page says.
pub enum Said {
    /// A command.
    Command(Request),
    /// Files to read, as the command of this number.
    Files {
        /// The number.
        id: u32,
        /// The browser's handles, which travel without their bytes.
        chosen: Vec<File>,
        /// What the columns of tables hold that are not in C-MAPSS form.
        mapping: Option<Box<Mapping>>,
    },
}

impl Said {
    /// Whether it may take more than a few seconds.
    pub const fn may_take_long(&self) -> bool {
        match self {
            Self::Files { .. } => true,
            Self::Command(Request { command, .. }) => {
                !matches!(command, Command::Play | Command::Pause | Command::Step { .. })
            }
        }
    }

    fn understood(data: JsValue) -> Result<Self, WebError> {
        match (number(&data), property(&data, "files").and_then(|files| files.dyn_into::<Array>().ok())) {
            (Some(id), Some(files)) => {
                let mapping = property(&data, "mapping").filter(|mapping| !mapping.is_undefined());
                let mapping = mapping.map(message::decode::<Mapping>).transpose()?.map(Box::new);
                let chosen = files.iter().filter_map(|file| file.dyn_into().ok()).collect();
                Ok(Self::Files { id, chosen, mapping })
            }
            _ => message::decode(data).map(Self::Command),
        }
    }
}

/// What to say of a message that cannot be read: the answer to the command, where its number can be read.
fn refusal(id: Option<u32>, error: &WebError) -> Event {
    match id {
        Some(id) => Event::Refused { id, why: error.to_string() },
        None => Event::Unreadable { message: error.to_string() },
    }
}

fn property(data: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(data, &name.into()).ok()
}

#[expect(clippy::cast_sign_loss, reason = "checked")]
fn number(data: &JsValue) -> Option<u32> {
    let number = property(data, "id")?.as_f64()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// What the page says, in the order in which it comes, for as long as the worker lives.
pub fn listen(scope: &DedicatedWorkerGlobalScope) -> UnboundedReceiver<Said> {
    let (sender, inbox) = mpsc::unbounded();
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        let id = number(&data);
        match Said::understood(data) {
            // It fails where the worker's loop has ended, which was reported.
            Ok(said) => drop(sender.unbounded_send(said)),
            // A message of another version of the page: the run goes on without it.
            Err(error) => drop(post(&refusal(id, &error))),
        }
    });
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    inbox
}
