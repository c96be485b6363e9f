//! Many numbers as bytes: a browser passes them on whole, where a list of numbers would become one object each.

use serde::{Deserialize, Deserializer, Serializer, de};

pub fn serialize<S: Serializer>(values: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    serializer.serialize_bytes(&bytes)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
    let (values, rest) = bytes.as_chunks();
    if rest.is_empty() {
        Ok(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    } else {
        Err(de::Error::invalid_length(bytes.len(), &"four bytes a number"))
    }
}
