//! At most one redraw an animation frame.

use std::cell::{Cell, OnceCell};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::dom::window;
use crate::web::WebError;

/// Asks the browser for frames, one at a time.
#[derive(Default)]
pub struct Frame {
    requested: Cell<bool>,
    callback: OnceCell<Closure<dyn FnMut()>>,
}

impl Frame {
    /// Call `then` at the next frame, unless a call is on its way already. `then` begins with [`Self::arrived`]; the
    /// first one given serves for all frames.
    pub fn request(&self, then: impl FnMut() + 'static) -> Result<(), WebError> {
        if self.requested.replace(true) {
            return Ok(());
        }
        let callback = self.callback.get_or_init(|| Closure::new(then));
        window()?
            .request_animation_frame(callback.as_ref().unchecked_ref())
            .map(|_| ())
            .map_err(WebError::call("asking for an animation frame"))
    }

    /// A frame is here; another may be asked for.
    pub fn arrived(&self) {
        self.requested.set(false);
    }
}
