//! The bytes of a person's files, read in the worker: the page never holds them.

use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::post;
use crate::data::NamedFile;
use crate::session::Event;
use crate::web::{WebError, words_of};

/// Read one file after the other.
pub async fn read(chosen: Vec<File>) -> Result<Vec<NamedFile>, WebError> {
    let mut files = Vec::with_capacity(chosen.len());
    for file in chosen {
        let name = file.name();
        post(&Event::Reading { file: name.clone(), share: 0.0 })?;
        // A folder, or a file that was changed or removed since it was chosen.
        let buffer = JsFuture::from(file.array_buffer())
            .await
            .map_err(|thrown| WebError::File { name: name.clone(), why: words_of(&thrown) })?;
        files.push(NamedFile { name, bytes: js_sys::Uint8Array::new(&buffer).to_vec() });
    }
    Ok(files)
}
