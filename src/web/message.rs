//! The protocol as JavaScript values: tagged objects, byte arrays as `Uint8Array`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::WebError;

/// A value as a message.
///
/// # Errors
///
/// [`WebError::Message`] when it has no JavaScript form.
pub fn encode<T: Serialize>(value: &T) -> Result<JsValue, WebError> {
    serde_wasm_bindgen::to_value(value).map_err(|error| WebError::Message(error.to_string()))
}

/// A message as a value.
///
/// # Errors
///
/// [`WebError::Message`] when it is not of this type.
pub fn decode<T: DeserializeOwned>(message: JsValue) -> Result<T, WebError> {
    serde_wasm_bindgen::from_value(message).map_err(|error| WebError::Message(error.to_string()))
}
