//! The data that the site carries, fetched from beside it.

use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::scope;
use crate::data::{Catalog, Dataset, Origin, Subset, unpack};
use crate::web::{WebError, message, words_of};

/// The list of packs, beside the worker's script.
const LIST: &str = "data/catalog.json";

/// One pack of the site.
#[derive(Deserialize)]
struct Entry {
    subset: Subset,
    origin: Origin,
    file: String,
}

/// A catalog on its way.
pub struct Pending {
    list: js_sys::Promise,
}

/// Ask for the list.
pub fn begin() -> Result<Pending, WebError> {
    Ok(Pending { list: scope()?.fetch_with_str(LIST) })
}

impl Pending {
    /// The catalog, and what was wrong with packs that are not in it. Without a list the emulator serves alone, which
    /// is nothing to complain of: many sites carry no data.
    pub async fn finish(self) -> (Catalog, Vec<String>) {
        let mut catalog = Catalog::default();
        let mut problems = Vec::new();
        // All are asked for before any is waited for.
        let packs: Vec<_> = self
            .entries()
            .await
            .unwrap_or_default()
            .into_iter()
            .filter_map(|entry| Some((scope().ok()?.fetch_with_str(&format!("data/{}", entry.file)), entry)))
            .collect();
        for (promise, entry) in packs {
            match read(promise, &entry).await {
                Ok(dataset) => catalog.insert(dataset),
                Err(problem) => problems.push(problem),
            }
        }
        (catalog, problems)
    }

    async fn entries(self) -> Result<Vec<Entry>, WebError> {
        let response = response(self.list, LIST).await?;
        let json = response.json().map_err(WebError::call("reading the list of data"))?;
        message::decode(JsFuture::from(json).await.map_err(WebError::call("reading the list of data"))?)
    }
}

async fn read(promise: js_sys::Promise, entry: &Entry) -> Result<Dataset, String> {
    let wrong = |why: &dyn std::fmt::Display| format!("the site’s {:?} cannot be used: {why}", entry.subset);
    let response = response(promise, &entry.file).await.map_err(|error| wrong(&error))?;
    let buffer = match response.array_buffer() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(thrown) => Err(thrown),
    };
    let bytes = js_sys::Uint8Array::new(&buffer.map_err(|thrown| wrong(&words_of(&thrown)))?).to_vec();
    let dataset = unpack(&bytes).map_err(|error| wrong(&error))?;
    if (dataset.subset, dataset.origin) != (entry.subset, entry.origin) {
        return Err(wrong(&format!("its pack holds {:?} {:?}", dataset.origin, dataset.subset)));
    }
    Ok(dataset)
}

async fn response(promise: js_sys::Promise, address: &str) -> Result<Response, WebError> {
    let failed = |why: String| WebError::Fetch { address: address.to_owned(), why };
    let thrown = |thrown: JsValue| failed(words_of(&thrown));
    let response: Response = JsFuture::from(promise).await.map_err(thrown)?.dyn_into().map_err(thrown)?;
    if response.ok() { Ok(response) } else { Err(failed(format!("status {}", response.status()))) }
}
