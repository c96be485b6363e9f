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
use crate::session::{Command, Event};
use crate::web::{WebError, message};

/// What the page says.
pub enum Said {
    /// A command.
    Command(Command),
    /// Files to read: the browser's handles, which travel without their bytes.
    Files(Vec<File>),
}

impl Said {
    fn understood(data: JsValue) -> Result<Self, WebError> {
        match data.dyn_into::<Array>() {
            Ok(files) => Ok(Self::Files(files.iter().filter_map(|file| file.dyn_into().ok()).collect())),
            Err(data) => message::decode(data).map(Self::Command),
        }
    }
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
            match Said::understood(event.data()) {
                Ok(said) => {
                    let mut queue = queue.borrow_mut();
                    queue.said.push_back(said);
                    if let Some(waker) = queue.waiting.take() {
                        waker.wake();
                    }
                }
                // A message of another version of the page: the run goes on without it.
                Err(error) => {
                    let _ = post(&Event::Rejected { message: error.to_string() });
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
