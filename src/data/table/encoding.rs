//! Bytes of a text file → UTF-8 with lines that end with a line feed and blanks that are blanks.

use std::borrow::Cow;

use super::Manner;
use crate::data::DataError;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// No-break, thin, figure and narrow no-break blanks in UTF-8.
const BLANKS: [&[u8]; 4] = [b"\xC2\xA0", b"\xE2\x80\x89", b"\xE2\x80\x87", b"\xE2\x80\xAF"];

/// The text, and what of it is unusual. What is not UTF-16 is passed on unchecked: lines are checked as they are read.
///
/// # Errors
///
/// [`DataError::NotText`] for UTF-16 that is damaged.
pub fn decoded<'a>(file: &str, bytes: &'a [u8]) -> Result<(Cow<'a, [u8]>, Vec<Manner>), DataError> {
    let mut manners = Vec::new();
    let mut text = match utf16(bytes) {
        Some((order, units)) => {
            manners.push(Manner::Utf16);
            Cow::Owned(from_utf16(file, order, units)?)
        }
        None => Cow::Borrowed(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)),
    };
    if has_lone_returns(&text) {
        manners.push(Manner::CarriageReturns);
        let bytes = text.to_mut();
        for index in 0..bytes.len() {
            if bytes[index] == b'\r' && bytes.get(index + 1) != Some(&b'\n') {
                bytes[index] = b'\n';
            }
        }
    }
    // The first bytes of the four; few texts have either.
    if (text.contains(&0xC2) || text.contains(&0xE2))
        && text.windows(2).any(|two| two == BLANKS[0] || two == b"\xE2\x80")
        && let Some(blank) = with_blanks(&text)
    {
        manners.push(Manner::Blanks);
        text = Cow::Owned(blank);
    }
    Ok((text, manners))
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

/// UTF-16 by its byte order mark, or by every second byte of its beginning being zero.
fn utf16(bytes: &[u8]) -> Option<(Order, &[u8])> {
    const LOOKED_AT: usize = 64;
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return Some((Order::Little, rest)),
        [0xFE, 0xFF, rest @ ..] => return Some((Order::Big, rest)),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let zero = |first: usize| head.len() > 3 && head.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    match (zero(0), zero(1)) {
        (false, true) => Some((Order::Little, bytes)),
        (true, false) => Some((Order::Big, bytes)),
        _ => None,
    }
}

fn from_utf16(file: &str, order: Order, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let units = bytes.chunks_exact(2).map(|pair| match order {
        Order::Little => u16::from_le_bytes([pair[0], pair[1]]),
        Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
    });
    let mut line = 1;
    for character in char::decode_utf16(units) {
        let character = character.map_err(|_| DataError::NotText { file: file.to_owned(), line })?;
        line += usize::from(character == '\n');
        text.push(character);
    }
    if bytes.len().is_multiple_of(2) {
        Ok(text.into_bytes())
    } else {
        Err(DataError::NotText { file: file.to_owned(), line })
    }
}

fn has_lone_returns(text: &[u8]) -> bool {
    text.contains(&b'\r')
        && text.iter().zip(text[1..].iter().chain([&0])).any(|(byte, next)| *byte == b'\r' && *next != b'\n')
}

fn with_blanks(text: &[u8]) -> Option<Vec<u8>> {
    let mut blank = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(first) = rest.first() {
        let wide = BLANKS.iter().find(|wide| rest.starts_with(wide));
        found |= wide.is_some();
        blank.push(if wide.is_some() { b' ' } else { *first });
        rest = &rest[wide.map_or(1, |wide| wide.len())..];
    }
    found.then_some(blank)
}
