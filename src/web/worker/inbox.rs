//! What the page has said and is not yet done.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use super::post;
use crate::session::{Command, Event, Request};
use crate::web::{WebError, message};

/// What the page says.
pub enum Said {
    /// A command.
    Command(Request),
    /// Files to read, as the command of this number: the browser's handles, which travel without their bytes.
    Files(u32, Vec<File>),
}

impl Said {
    /// Whether it may take more than a few seconds.
    pub const fn may_take_long(&self) -> bool {
        match self {
            Self::Files(..) => true,
            Self::Command(Request { command, .. }) => {
                !matches!(command, Command::Play | Command::Pause | Command::Step { .. })
            }
        }
    }

    fn understood(data: JsValue) -> Result<Self, WebError> {
        match (number(&data), property(&data, "files").and_then(|files| files.dyn_into::<Array>().ok())) {
            (Some(id), Some(files)) => {
                Ok(Self::Files(id, files.iter().filter_map(|file| file.dyn_into().ok()).collect()))
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

/// A queue between the page's messages and the session.
#[derive(Clone, Default)]
pub struct Inbox {
    queue: Rc<RefCell<Queue>>,
}

#[derive(Default)]
struct Queue {
    said: VecDeque<Said>,
    waiting: Option<Waker>,
}

impl Inbox {
    /// Take in what the page says, for as long as the worker lives.
    pub fn listen(scope: &DedicatedWorkerGlobalScope) -> Self {
        let inbox = Self::default();
        let queue = Rc::clone(&inbox.queue);
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            let id = number(&data);
            match Said::understood(data) {
                Ok(said) => {
                    let mut queue = queue.borrow_mut();
                    queue.said.push_back(said);
                    if let Some(waker) = queue.waiting.take() {
                        waker.wake();
                    }
                }
                // A message of another version of the page: the run goes on without it.
                Err(error) => {
                    let _ = post(&refusal(id, &error));
                }
            }
        });
        scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        heard.forget();
        inbox
    }

    /// Everything that has come.
    pub fn drain(&self) -> VecDeque<Said> {
        std::mem::take(&mut self.queue.borrow_mut().said)
    }

    /// Wait until something comes.
    pub async fn wait(&self) {
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if queue.said.is_empty() {
                queue.waiting = Some(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}
