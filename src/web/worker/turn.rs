//! Giving way to the event loop.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessagePort};

use crate::web::WebError;

/// Lets one task of the event loop pass, so that messages get in.
///
/// A message to oneself, because promises alone never leave the present task, and timers wait four milliseconds.
pub struct Turn {
    port: MessagePort,
    waiting: Rc<RefCell<Option<oneshot::Sender<()>>>>,
    _heard: Closure<dyn FnMut()>,
}

impl Turn {
    /// Open the channel.
    pub fn new() -> Result<Self, WebError> {
        let channel = MessageChannel::new().map_err(WebError::call("opening a channel"))?;
        let waiting = Rc::new(RefCell::new(None::<oneshot::Sender<()>>));
        let heard = {
            let waiting = Rc::clone(&waiting);
            Closure::<dyn FnMut()>::new(move || {
                if let Some(passed) = waiting.borrow_mut().take() {
                    let _ = passed.send(());
                }
            })
        };
        channel.port1().set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Ok(Self { port: channel.port2(), waiting, _heard: heard })
    }

    /// Go on in another task.
    pub async fn pass(&self) -> Result<(), WebError> {
        let (sender, passed) = oneshot::channel();
        *self.waiting.borrow_mut() = Some(sender);
        self.port.post_message(&JsValue::NULL).map_err(WebError::call("passing a turn"))?;
        // It cannot be dropped unanswered: the closure that answers lives as long as this.
        let _ = passed.await;
        Ok(())
    }
}
