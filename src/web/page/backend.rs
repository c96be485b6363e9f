//! What this browser can compute with, and the line of the page that says so.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlButtonElement, HtmlElement, HtmlProgressElement};

use super::App;
use super::dom::{append, create_text, element, listen, property, set_attribute, set_shown, set_text, window};
use crate::session::BackendKind;
use crate::web::WebError;

/// What an adapter is good for.
pub enum Adapter {
    /// It can run the WebGPU worker.
    Fit,
    /// It can, but computes on the CPU itself.
    Software,
    /// It cannot, or there is none; why, in words.
    Unfit(String),
}

/// Ask the browser for a WebGPU adapter.
///
/// The interface is looked up by name: it is not in every browser, nor in every build of the bindings.
pub async fn probe() -> Adapter {
    let unfit = |why: &str| Adapter::Unfit(why.to_owned());
    let Some(gpu) = window().ok().and_then(|window| property(window.navigator().as_ref(), "gpu")) else {
        return unfit("this browser has no WebGPU");
    };
    let adapter = match call(&gpu, "requestAdapter").map(JsCast::dyn_into::<js_sys::Promise>) {
        Some(Ok(promise)) => JsFuture::from(promise).await.unwrap_or(JsValue::NULL),
        _ => return unfit("this browser’s WebGPU does not answer"),
    };
    if adapter.is_null() || adapter.is_undefined() {
        return unfit("this browser has no WebGPU adapter");
    }
    // CubeCL's runtime asks for timestamps without looking and breaks where there are none.
    let timestamps = property(&adapter, "features")
        .and_then(|features| Some((property(&features, "has")?.dyn_into::<js_sys::Function>().ok()?, features)))
        .and_then(|(has, features)| has.call1(&features, &"timestamp-query".into()).ok())
        .is_some_and(|has| has.is_truthy());
    if !timestamps {
        return unfit("the WebGPU adapter has no timestamp queries");
    }
    let info = property(&adapter, "info");
    let of_info = |name| info.as_ref().and_then(|info| property(info, name));
    let fallback = of_info("isFallbackAdapter").or_else(|| property(&adapter, "isFallbackAdapter"));
    let software = of_info("architecture").and_then(|name| name.as_string()).is_some_and(|name| name == "swiftshader");
    if software || fallback.is_some_and(|fallback| fallback.is_truthy()) { Adapter::Software } else { Adapter::Fit }
}

fn call(object: &JsValue, name: &str) -> Option<JsValue> {
    property(object, name)?.dyn_into::<js_sys::Function>().ok()?.call0(object).ok()
}

/// The backend and why, the progress of a larger one, and the button that switches to it.
pub struct BackendLine {
    line: HtmlElement,
    progress: HtmlProgressElement,
    switch: HtmlButtonElement,
}

impl BackendLine {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            line: element("backend")?,
            progress: element("backend-progress")?,
            switch: element("switch-backend")?,
        })
    }

    /// Switch at a press of the button.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let app = Rc::clone(app);
        listen(&self.switch, "click", move |_| app.switch_to_webgpu())
    }

    /// Say what computes, and why this.
    pub fn say(&self, kind: BackendKind, why: &str) {
        let name = match kind {
            BackendKind::Cpu => "CPU",
            BackendKind::WebGpu => "WebGPU",
        };
        set_attribute(&self.line, "data-backend", kind.name());
        set_text(&self.line, name);
        if !why.is_empty() {
            let words = create_text::<HtmlElement>("span", "why", &format!(": {why}"));
            // Without its reason the line is still true.
            let _ = words.and_then(|words| append(&self.line, &[&words]));
        }
        set_shown(&self.switch, false);
        set_shown(&self.progress, false);
    }

    /// Whether it says that this computes.
    pub fn shows(&self, kind: BackendKind) -> bool {
        self.line.get_attribute("data-backend").as_deref() == Some(kind.name())
    }

    /// The larger worker is ready.
    pub fn offer_switch(&self) {
        set_shown(&self.progress, false);
        set_shown(&self.switch, true);
    }

    /// Show how much of the larger worker is there.
    pub fn loading(&self, bytes: f64, whole: Option<f64>) {
        set_shown(&self.progress, true);
        if let Some(whole) = whole {
            self.progress.set_max(whole);
            self.progress.set_value(bytes);
        }
    }
}
