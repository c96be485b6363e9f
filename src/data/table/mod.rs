//! Tables of numbers as people have them: text of any usual encoding, separator and decimal sign → fields.
//!
//! How a file is written is found out from its beginning ([`Form::detect`]) and said ([`Manner`]); where two readings
//! are possible the file is refused. Fields of separated text are found by `csv-core`, with memory of a fixed size, so
//! that no input can ask for more.

mod encoding;
mod form;
mod manner;
mod number;

pub use manner::Manner;

pub(super) use encoding::decoded;
pub(super) use form::{Form, Layout, Separator, is_missing};
pub(super) use number::{number, whole};

use csv_core::ReadRecordResult;

use super::{DataError, error::shortened};

/// Most columns of a table.
const MAX_COLUMNS: usize = 1000;
/// Most bytes of a line of separated text.
const MAX_LINE_BYTES: usize = 1 << 16;
/// How often progress is reported, in bytes of text: some dozen times for NASA's largest file.
const PROGRESS_BYTES: usize = 1 << 18;

/// Where in a file something was found.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub file: &'a str,
    pub line: usize,
}

impl Place<'_> {
    /// A value that is not what its column holds; `column` counts from 0.
    pub fn value(self, column: usize, name: impl Into<String>, expected: impl Into<String>, found: &str) -> DataError {
        DataError::Value {
            file: self.file.to_owned(),
            line: self.line,
            column: column + 1,
            name: name.into(),
            expected: expected.into(),
            found: shortened(found),
        }
    }

    /// A line with another number of columns.
    pub fn columns(self, expected: &str, fields: &[&str]) -> DataError {
        DataError::Columns {
            file: self.file.to_owned(),
            line: self.line,
            expected: expected.to_owned(),
            found: if fields.len() > MAX_COLUMNS { "more than 1000".to_owned() } else { fields.len().to_string() },
            text: shortened(&fields[..fields.len().min(32)].join(" ")),
        }
    }
}

/// What is given each record.
type Read<'a> = dyn FnMut(Place<'_>, &[&str]) -> Result<(), DataError> + 'a;

/// Lines of a text.
pub(super) fn lines(text: &[u8]) -> usize {
    #[expect(clippy::naive_bytecount, reason = "once a file, and reading it takes far longer")]
    let ends = text.iter().filter(|byte| **byte == b'\n').count();
    ends + 1
}

/// Give each line that is neither blank nor a comment to `read`, as fields without blanks and quotes around them. Text is
/// checked line by line, so that noise is refused at its first line and not after a pass over all of it.
pub(super) fn for_each_record(
    file: &str,
    bytes: &[u8],
    separator: Separator,
    done: &mut dyn FnMut(usize),
    mut read: impl FnMut(Place<'_>, &[&str]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let mut told = 0;
    let mut progress = |reached: usize| {
        if reached - told >= PROGRESS_BYTES {
            told = reached;
            done(reached);
        }
    };
    match separator {
        Separator::Blanks => blank_separated(file, bytes, &mut progress, &mut read),
        Separator::Byte(byte) => separated(file, bytes, byte, &mut progress, &mut read),
    }
}

/// Whether a line that begins so is a comment.
pub(super) fn is_comment(line: &str) -> bool {
    line.starts_with('#') || line.starts_with('%') || line.starts_with("//")
}

fn blank_separated(
    file: &str,
    bytes: &[u8],
    progress: &mut dyn FnMut(usize),
    read: &mut Read<'_>,
) -> Result<(), DataError> {
    let mut fields: Vec<&str> = Vec::with_capacity(32);
    let mut reached = 0;
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        let place = Place { file, line: number };
        reached += line.len() + 1;
        let line = text(place, line)?;
        fields.clear();
        // One too many is enough to see that there are.
        fields.extend(line.split_ascii_whitespace().take(MAX_COLUMNS + 1).map(unquoted));
        if fields.first().is_some_and(|first| !is_comment(first)) {
            read(place, &fields)?;
        }
        progress(reached);
    }
    Ok(())
}

fn separated(
    file: &str,
    bytes: &[u8],
    separator: u8,
    progress: &mut dyn FnMut(usize),
    read: &mut Read<'_>,
) -> Result<(), DataError> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(separator).build();
    let (mut output, mut ends) = (vec![0; MAX_LINE_BYTES], vec![0; MAX_COLUMNS + 1]);
    let (mut reached, mut newlines) = (0, 0);
    loop {
        let (mut written, mut ended) = (0, 0);
        let result = loop {
            let (result, taken, wrote, end) =
                reader.read_record(&bytes[reached..], &mut output[written..], &mut ends[ended..]);
            newlines += lines(&bytes[reached..reached + taken]) - 1;
            (reached, written, ended) = (reached + taken, written + wrote, ended + end);
            // The end of the input ends the last record, which is found at the next call.
            if result != ReadRecordResult::InputEmpty {
                break result;
            }
        };
        let ends_line = reached > 0 && bytes[reached - 1] == b'\n';
        let place = Place { file, line: newlines + usize::from(!ends_line) };
        match result {
            ReadRecordResult::End => return Ok(()),
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                let longest = "a line of at most 1000 columns and 65,536 bytes, quotes closed".to_owned();
                let (file, line) = (file.to_owned(), place.line);
                let text = shortened(&String::from_utf8_lossy(&output[..written.min(64)]));
                return Err(DataError::Columns {
                    file,
                    line,
                    expected: longest,
                    found: "a longer one".to_owned(),
                    text,
                });
            }
            ReadRecordResult::Record | ReadRecordResult::InputEmpty => {}
        }
        let record = text(place, &output[..written])?;
        let mut start = 0;
        let mut fields: Vec<&str> = Vec::with_capacity(ended);
        for end in &ends[..ended] {
            // Quotes may split a character, which is then no text.
            fields.push(record.get(start..*end).unwrap_or_default().trim_ascii());
            start = *end;
        }
        if fields.iter().any(|field| !field.is_empty()) && !is_comment(fields[0]) {
            read(place, &fields)?;
        }
        progress(reached);
    }
}

fn text<'a>(place: Place<'_>, line: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(line).map_err(|_| DataError::NotText { file: place.file.to_owned(), line: place.line })
}

fn unquoted(field: &str) -> &str {
    field.strip_prefix('"').and_then(|field| field.strip_suffix('"')).unwrap_or(field)
}

#[cfg(test)]
mod tests;
