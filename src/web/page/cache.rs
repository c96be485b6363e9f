//! The browser's own store for what is larger than a few texts: a cache of this site's, one response each.
//!
//! Its interface is asynchronous, the same in pages and workers of every current browser, and its size is bounded by the
//! disk. It is looked up by name, as WebGPU is: the bindings of it would be one more feature that everything is built
//! with.

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Request, Response};

use super::dom::{property, window};
use crate::web::{WebError, words_of};

/// Addresses of entries begin with this, beside the page.
const FOLDER: &str = "kept/";

const STORING: &str = "storing it";
const LOOKING: &str = "looking into its store";

/// Something that is kept.
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Keep a response; one of the same name is replaced.
///
/// # Errors
///
/// What the browser says, where it has no store or no room.
pub async fn put(cache: &str, name: &str, response: Response) -> Result<(), WebError> {
    let caches = caches().ok_or(WebError::Unsupported("store for files at this address; it takes https"))?;
    let cache = call(&caches, "open", &[cache.into()], STORING).await?;
    call(&cache, "put", &[format!("{FOLDER}{name}").into(), response.into()], STORING).await.map(drop)
}

/// These bytes as a response.
///
/// # Errors
///
/// What the browser says.
pub fn response(bytes: &[u8]) -> Result<Response, WebError> {
    let body =
        Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).map_err(WebError::call(STORING))?;
    Response::new_with_opt_blob(Some(&body)).map_err(WebError::call(STORING))
}

/// Keep these entries, and nothing else under names that begin as theirs do.
///
/// # Errors
///
/// What the browser says, where it has no store or no room.
pub async fn replace(cache: &str, entries: Vec<Entry>) -> Result<(), WebError> {
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    for Entry { name, bytes } in entries {
        put(cache, &name, response(&bytes)?).await?;
    }
    let Some(own) = names.first().and_then(|name| name.split_once('-')).map(|(own, _)| format!("{own}-")) else {
        return Ok(());
    };
    for (name, request, cache) in requests(cache).await? {
        if name.starts_with(&own) && !names.contains(&name) {
            call(&cache, "delete", &[request], STORING).await?;
        }
    }
    Ok(())
}

/// All that is kept; nothing where there is no store.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn entries(cache: &str) -> Result<Vec<Entry>, WebError> {
    let mut entries = Vec::new();
    for (name, response) in responses(cache).await? {
        entries.push(Entry { name, bytes: bytes(&response).await? });
    }
    Ok(entries)
}

/// All that is kept, as it was put there.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn responses(cache: &str) -> Result<Vec<(String, Response)>, WebError> {
    let mut found = Vec::new();
    for (name, request, cache) in requests(cache).await? {
        found.push((name, cast(call(&cache, "match", &[request], LOOKING).await?, LOOKING)?));
    }
    Ok(found)
}

/// What a response holds.
///
/// # Errors
///
/// What the browser says.
pub async fn bytes(response: &Response) -> Result<Vec<u8>, WebError> {
    let buffer = response.array_buffer().map_err(WebError::call(LOOKING))?;
    let buffer = JsFuture::from(buffer).await.map_err(WebError::call(LOOKING))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Forget all that is kept.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn forget(cache: &str) -> Result<(), WebError> {
    let Some(caches) = caches() else { return Ok(()) };
    call(&caches, "delete", &[cache.into()], "forgetting").await.map(drop)
}

async fn requests(cache: &str) -> Result<Vec<(String, JsValue, JsValue)>, WebError> {
    let Some(caches) = caches() else { return Ok(Vec::new()) };
    // Opening it would make it.
    if !call(&caches, "has", &[cache.into()], LOOKING).await?.is_truthy() {
        return Ok(Vec::new());
    }
    let cache = call(&caches, "open", &[cache.into()], LOOKING).await?;
    let requests: Array = cast(call(&cache, "keys", &[], LOOKING).await?, LOOKING)?;
    let name = |request: &JsValue| {
        let address = request.dyn_ref::<Request>().map(Request::url).unwrap_or_default();
        address.rsplit('/').next().unwrap_or_default().to_owned()
    };
    Ok(requests.iter().map(|request| (name(&request), request, cache.clone())).collect())
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
