//! Data sets in the browser's own store: a cache of this site's, one response each.
//!
//! Its interface is asynchronous, the same in pages and workers of every current browser, and its size is bounded by the
//! disk. It is looked up by name, as WebGPU is: the bindings of it would be one more feature that everything is built
//! with.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Request, Response};

use super::super::dom::{property, window};
use crate::session::GivenData;
use crate::web::{WebError, words_of};

/// Name of the cache.
const CACHE: &str = "lambdascope-files";

/// Addresses of its entries begin with this, beside the page.
const FOLDER: &str = "kept/";

/// When it was put there, as an ISO date.
const SINCE: &str = "x-lambdascope-since";

/// Rows of the data set.
const ROWS: &str = "x-lambdascope-rows";

/// A data set that is kept.
pub struct Kept {
    /// Its name in the store: the subset's.
    pub name: String,
    /// The data set, as it was packed; it may be damaged.
    pub pack: Vec<u8>,
    /// Its rows.
    pub rows: usize,
    /// When it was put there, as an ISO date.
    pub since: String,
}

/// Keep a data set; one of the same subset is replaced.
///
/// # Errors
///
/// What the browser says, where it has no store or no room.
pub async fn keep(data: &GivenData, since: &str) -> Result<(), WebError> {
    let storing = "storing it";
    let body = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(&data.pack[..])))
        .map_err(WebError::call(storing))?;
    let response = Response::new_with_opt_blob(Some(&body)).map_err(WebError::call(storing))?;
    let headers = response.headers();
    headers.set(SINCE, since).map_err(WebError::call(storing))?;
    headers.set(ROWS, &data.rows.to_string()).map_err(WebError::call(storing))?;
    let caches = caches().ok_or(WebError::Unsupported("store for files at this address; it takes https"))?;
    let cache = call(&caches, "open", &[CACHE.into()], storing).await?;
    let address = format!("{FOLDER}{}", data.subset);
    call(&cache, "put", &[address.into(), response.into()], storing).await.map(drop)
}

/// All that is kept; nothing where there is no store.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn kept() -> Result<Vec<Kept>, WebError> {
    let looking = "looking into its store";
    let Some(caches) = caches() else { return Ok(Vec::new()) };
    // Opening it would make it.
    if !call(&caches, "has", &[CACHE.into()], looking).await?.is_truthy() {
        return Ok(Vec::new());
    }
    let cache = call(&caches, "open", &[CACHE.into()], looking).await?;
    let requests: Array = cast(call(&cache, "keys", &[], looking).await?, looking)?;
    let mut kept = Vec::new();
    for request in requests.iter() {
        let address = request.dyn_ref::<Request>().map(Request::url).unwrap_or_default();
        let response: Response = cast(call(&cache, "match", &[request], looking).await?, looking)?;
        let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
        let (since, rows) = (header(SINCE), header(ROWS).parse().unwrap_or_default());
        let buffer = response.array_buffer().map_err(WebError::call(looking))?;
        let buffer = JsFuture::from(buffer).await.map_err(WebError::call(looking))?;
        let name = address.rsplit('/').next().unwrap_or_default().to_owned();
        kept.push(Kept { name, pack: Uint8Array::new(&buffer).to_vec(), rows, since });
    }
    Ok(kept)
}

/// Forget all that is kept.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn forget() -> Result<(), WebError> {
    let Some(caches) = caches() else { return Ok(()) };
    call(&caches, "delete", &[CACHE.into()], "forgetting").await.map(drop)
}

/// The day of an ISO date, here, in words.
pub fn day(since: &str) -> String {
    let options = js_sys::Object::new();
    for (part, form) in [("day", "numeric"), ("month", "long"), ("year", "numeric")] {
        // A plain object takes any property.
        let _ = Reflect::set(&options, &part.into(), &form.into());
    }
    js_sys::Date::new(&since.into()).to_locale_date_string("en-GB", &options).into()
}

/// The browser's store, or `None` where it is forbidden or the page came without encryption.
fn caches() -> Option<JsValue> {
    property(&window().ok()?.into(), "caches")
}

/// Call a method that answers with a promise, and wait for it.
async fn call(object: &JsValue, method: &str, arguments: &[JsValue], doing: &'static str) -> Result<JsValue, WebError> {
    let method = property(object, method).and_then(|method| method.dyn_into::<Function>().ok());
    let method = method.ok_or(WebError::Unsupported("store for files"))?;
    let promise = method.apply(object, &arguments.iter().collect()).map_err(WebError::call(doing))?;
    JsFuture::from(cast::<Promise>(promise, doing)?).await.map_err(WebError::call(doing))
}

fn cast<T: JsCast>(value: JsValue, doing: &'static str) -> Result<T, WebError> {
    value.dyn_into().map_err(|other| WebError::Call { doing, why: format!("found {}", words_of(&other)) })
}
