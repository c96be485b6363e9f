//! The plain bytes of a pack: numbers, bounds, checksum.

use crate::data::{DataError, MAX_ROWS};

pub(super) fn damaged(expected: &'static str, found: impl Into<String>) -> DataError {
    DataError::Pack { expected, found: found.into() }
}

/// Append a number in groups of seven bits, lowest first.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7F) as u8);
}

/// Read what [`put`] appended.
pub(super) fn take(rest: &mut &[u8]) -> Result<u64, DataError> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let byte = byte(rest)?;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(damaged("a number that can be", "a longer one"))
}

/// Read a count of engines or rows.
pub(super) fn count(rest: &mut &[u8]) -> Result<usize, DataError> {
    let number = take(rest)?;
    usize::try_from(number)
        .ok()
        .filter(|count| *count <= MAX_ROWS)
        .ok_or_else(|| damaged("at most 2,000,000 rows", number.to_string()))
}

pub(super) fn byte(rest: &mut &[u8]) -> Result<u8, DataError> {
    let (first, after) = rest.split_first().ok_or_else(|| damaged("a longer pack", "its end"))?;
    *rest = after;
    Ok(*first)
}

/// A single-precision number, little endian.
pub(super) fn single(rest: &mut &[u8]) -> Result<f32, DataError> {
    Ok(f32::from_le_bytes([byte(rest)?, byte(rest)?, byte(rest)?, byte(rest)?]))
}

/// Append a text: its length in bytes, then its bytes.
pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}

/// Read what [`put_text`] appended, of at most this many bytes; `what` names it in the error.
pub(super) fn text(rest: &mut &[u8], longest: usize, what: &'static str) -> Result<String, DataError> {
    let length = take(rest)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= longest);
    let (text, after) =
        length.and_then(|length| rest.split_at_checked(length)).ok_or_else(|| damaged(what, "less, or too much"))?;
    *rest = after;
    str::from_utf8(text).map(str::to_owned).map_err(|_| damaged(what, "bytes that are no text"))
}

/// CRC-32 (IEEE 802.3) of the parts one after the other.
pub(super) fn crc32(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}
