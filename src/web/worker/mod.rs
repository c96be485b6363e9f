//! What stands around a session inside a worker: messages in, turns of the event loop, messages out.

mod catalog;
mod device;
mod files;
mod host;
mod inbox;
mod pulse;
mod turn;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::DedicatedWorkerGlobalScope;

use crate::session::{BackendKind, Event, Session};
use crate::web::{WebError, message};

use host::Host;
use pulse::Pulse;

/// Serve the page from this worker, computing with this backend.
pub fn start(kind: BackendKind) {
    report_panics();
    // The backends only log what goes wrong in a shader.
    let _ = console_log::init_with_level(log::Level::Warn);
    spawn_local(async move {
        if let Err(error) = serve(kind).await {
            // Without a page to tell, the console is all there is.
            if post(&Event::Broken { message: error.to_string() }).is_err() {
                web_sys::console::error_1(&error.to_string().into());
            }
        }
    });
}

async fn serve(kind: BackendKind) -> Result<(), WebError> {
    // Under way while the device is prepared.
    let catalog = catalog::begin()?;
    let inbox = inbox::listen(&scope()?);
    let (device, why) = match device::prepare(kind).await {
        Ok(prepared) => prepared,
        Err(why) => return post(&Event::Unfit { why }),
    };
    post(&Event::Ready { backend: kind, why })?;
    let pulse = Pulse::begin()?;
    let (catalog, problems) = catalog.finish().await;
    for message in problems {
        post(&Event::Damaged { message })?;
    }
    Host::new(Session::new(device, catalog).saving(), inbox, pulse)?.run().await
}

/// A panic ends the program without the page hearing of it: an error in a promise is no `error` event.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let _ = post(&Event::Broken { message: format!("it broke down: {info}") });
        console_error_panic_hook::hook(info);
    }));
}

/// This worker.
fn scope() -> Result<DedicatedWorkerGlobalScope, WebError> {
    JsValue::from(js_sys::global()).dyn_into().map_err(|_| WebError::Unsupported("dedicated worker"))
}

/// Tell the page.
fn post(event: &Event) -> Result<(), WebError> {
    scope()?.post_message(&message::encode(event)?).map_err(WebError::call("telling the page"))
}
