//! Commands that have come and are not yet applied.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::post;
use crate::session::{Command, Event};
use crate::web::message;

/// A queue between the page's messages and the session.
#[derive(Clone, Default)]
pub struct Inbox {
    queue: Rc<RefCell<Queue>>,
}

#[derive(Default)]
struct Queue {
    commands: VecDeque<Command>,
    waiting: Option<Waker>,
}

impl Inbox {
    /// Take in what the page says, for as long as the worker lives.
    pub fn listen(scope: &DedicatedWorkerGlobalScope) -> Self {
        let inbox = Self::default();
        let queue = Rc::clone(&inbox.queue);
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match message::decode(event.data()) {
                Ok(command) => {
                    let mut queue = queue.borrow_mut();
                    queue.commands.push_back(command);
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
    pub fn drain(&self) -> VecDeque<Command> {
        std::mem::take(&mut self.queue.borrow_mut().commands)
    }

    /// Wait until something comes.
    pub async fn wait(&self) {
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if queue.commands.is_empty() {
                queue.waiting = Some(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}
