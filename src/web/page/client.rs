//! A worker as the page sees it: what it says, and what is said to it.

use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::dom::{after, property, window};
use crate::data::Mapping;
use crate::session::{Event, Request};
use crate::web::{WebError, message};

/// What a worker is heard to say.
pub enum Heard {
    /// An event.
    Event(Event),
    /// It could not be loaded, it broke down, or it cannot be understood.
    Trouble(String),
}

/// A worker and the closures that listen to it; dropping it ends the worker.
pub struct Client {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Client {
    /// Take over the CPU's worker that `boot.js` started before this program was here, or start one.
    pub fn adopt(hear: Rc<dyn Fn(Heard)>) -> Result<Self, WebError> {
        let boot = property(&window()?.into(), "lambdascopeWorker");
        let worker = boot.as_ref().and_then(|boot| property(boot, "worker")?.dyn_into::<Worker>().ok());
        let Some(worker) = worker else {
            return Self::spawn("worker_loader.js", hear);
        };
        let client = Self::listening(worker, Rc::clone(&hear));
        let heard = boot.as_ref().and_then(|boot| property(boot, "heard")?.dyn_into::<js_sys::Array>().ok());
        for event in heard.iter().flat_map(|heard| heard.iter()) {
            let heard = match event.dyn_into::<MessageEvent>() {
                Ok(event) => understood(event.data()),
                Err(event) => Heard::Trouble(trouble(&event)),
            };
            // Once the page stands.
            let hear = Rc::clone(&hear);
            after(0, move || hear(heard));
        }
        Ok(client)
    }

    /// Start a worker from the script of this name beside the page.
    pub fn spawn(script: &str, hear: Rc<dyn Fn(Heard)>) -> Result<Self, WebError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(script, &options).map_err(WebError::call("starting a worker"))?;
        Ok(Self::listening(worker, hear))
    }

    fn listening(worker: Worker, hear: Rc<dyn Fn(Heard)>) -> Self {
        let on_error = {
            let hear = Rc::clone(&hear);
            Closure::<dyn FnMut(_)>::new(move |event: web_sys::Event| hear(Heard::Trouble(trouble(&event))))
        };
        let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| hear(understood(event.data())));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Self { worker, _on_message: on_message, _on_error: on_error }
    }

    /// Say something to the worker.
    pub fn send(&self, request: &Request) -> Result<(), WebError> {
        self.worker.post_message(&message::encode(request)?).map_err(WebError::call("speaking to a worker"))
    }

    /// Give the worker files to read, as the command of this number. What travels are handles; their bytes are read in
    /// the worker.
    /// `mapping` says what the columns of tables hold that are not in C-MAPSS form.
    pub fn send_files(&self, id: u32, files: &[File], mapping: Option<&Mapping>) -> Result<(), WebError> {
        let doing = "giving a worker files";
        let files: js_sys::Array = files.iter().collect();
        let message = js_sys::Object::new();
        let mapping = mapping.map_or(Ok(JsValue::UNDEFINED), message::encode)?;
        for (name, value) in [("id", JsValue::from(id)), ("files", files.into()), ("mapping", mapping)] {
            js_sys::Reflect::set(&message, &name.into(), &value).map_err(WebError::call(doing))?;
        }
        self.worker.post_message(&message).map_err(WebError::call(doing))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn understood(data: JsValue) -> Heard {
    match message::decode(data) {
        Ok(event) => Heard::Event(event),
        Err(error) => Heard::Trouble(error.to_string()),
    }
}

/// An error event without words is a script that could not be loaded.
fn trouble(event: &JsValue) -> String {
    match event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).filter(|words| !words.is_empty()) {
        Some(words) => format!("it broke down: {words}"),
        None => "its program could not be loaded; check the connection and reload the page".to_owned(),
    }
}
