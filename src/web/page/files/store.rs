//! Data sets in the browser's own store.

use js_sys::Reflect;

use super::super::cache;
use crate::session::GivenData;
use crate::web::WebError;

/// Name of the cache.
const CACHE: &str = "lambdascope-files";

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
    let response = cache::response(&data.pack)?;
    let headers = response.headers();
    for (name, value) in [(SINCE, since), (ROWS, &data.rows.to_string())] {
        headers.set(name, value).map_err(WebError::call("storing it"))?;
    }
    cache::put(CACHE, data.subset.name(), response).await
}

/// All that is kept; nothing where there is no store.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn kept() -> Result<Vec<Kept>, WebError> {
    let mut kept = Vec::new();
    for (name, response) in cache::responses(CACHE).await? {
        let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
        let (since, rows) = (header(SINCE), header(ROWS).parse().unwrap_or_default());
        kept.push(Kept { name, pack: cache::bytes(&response).await?, rows, since });
    }
    Ok(kept)
}

/// Forget all that is kept.
///
/// # Errors
///
/// What the browser says, where it refuses.
pub async fn forget() -> Result<(), WebError> {
    cache::forget(CACHE).await
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
