//! Giving way to the event loop.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessagePort};

use crate::web::WebError;

/// Lets one task of the event loop pass, so that messages get in.
///
/// A message to oneself, because promises alone never leave the present task, and timers wait four milliseconds.
pub struct Turn {
    port: MessagePort,
    passed: Rc<Cell<bool>>,
    waiting: Rc<RefCell<Option<Waker>>>,
    _heard: Closure<dyn FnMut()>,
}

impl Turn {
    /// Open the channel.
    pub fn new() -> Result<Self, WebError> {
        let channel = MessageChannel::new().map_err(WebError::call("opening a channel"))?;
        let (passed, waiting) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None::<Waker>)));
        let heard = {
            let (passed, waiting) = (Rc::clone(&passed), Rc::clone(&waiting));
            Closure::<dyn FnMut()>::new(move || {
                passed.set(true);
                if let Some(waker) = waiting.borrow_mut().take() {
                    waker.wake();
                }
            })
        };
        channel.port1().set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Ok(Self { port: channel.port2(), passed, waiting, _heard: heard })
    }

    /// Go on in another task.
    pub async fn pass(&self) -> Result<(), WebError> {
        self.passed.set(false);
        self.port.post_message(&JsValue::NULL).map_err(WebError::call("passing a turn"))?;
        poll_fn(|context| {
            if self.passed.get() {
                Poll::Ready(())
            } else {
                *self.waiting.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await;
        Ok(())
    }
}
