//! What was measured, kept in this browser.

use web_sys::Storage;

use super::super::dom::window;
use crate::experiment::{Kept, Record};

/// Names of records begin with this.
const RECORD: &str = "lambdascope/record/";

/// The name of the run on its way.
const KEPT: &str = "lambdascope/kept";

/// The browser's storage, or `None` where it is forbidden: then what was measured lasts as long as the page.
fn storage() -> Option<Storage> {
    window().ok()?.local_storage().ok().flatten()
}

/// Every record. What another version of this program has written and this one cannot read is left out.
pub fn records() -> Vec<Record> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    names
        .filter(|name| name.starts_with(RECORD))
        .filter_map(|name| serde_json::from_str(&storage.get_item(&name).ok()??).ok())
        .collect()
}

/// Keep a record. Returns whether there was room.
pub fn keep_record(record: &Record) -> bool {
    put(&format!("{RECORD}{}", record.key), record)
}

/// Forget these records.
pub fn forget<'a>(keys: impl Iterator<Item = &'a str>) {
    let Some(storage) = storage() else { return };
    for key in keys {
        let _ = storage.remove_item(&format!("{RECORD}{key}"));
    }
}

/// The run on its way, as it was at the end of its last epoch.
pub fn kept() -> Option<Kept> {
    serde_json::from_str(&storage()?.get_item(KEPT).ok()??).ok()
}

/// Keep the run on its way. Returns whether there was room.
pub fn keep(kept: &Kept) -> bool {
    put(KEPT, kept)
}

fn put(name: &str, value: &impl serde::Serialize) -> bool {
    let Some(storage) = storage() else { return false };
    serde_json::to_string(value).is_ok_and(|text| storage.set_item(name, &text).is_ok())
}
