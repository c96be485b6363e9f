//! What can be wrong with data.

use super::{Origin, Subset, config::DatasetFile};
use crate::ConfigError;

/// Why data could not be had.
///
/// One type for the whole layer: whoever loads data shows the message to a person and goes on without it, whichever
/// step refused it. Paths and text found in files are part of the message, so that it can be acted upon.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DataError {
    /// A file or folder could not be read or written.
    #[error("{path}: {reason}")]
    Io {
        /// Where.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A file is larger than [`super::MAX_FILE_BYTES`].
    #[error("{file}: expected at most {} MB, found {} MB", limit / 1_000_000, bytes / 1_000_000)]
    TooLarge {
        /// Name of the file.
        file: String,
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A zip archive cannot be opened.
    #[error("{file}: expected {expected}, found {found}")]
    Archive {
        /// Name of the archive.
        file: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A file holds no rows.
    #[error("{file}: expected rows of numbers, found none")]
    Empty {
        /// Name of the file.
        file: String,
    },
    /// A line is not UTF-8 text.
    #[error("{file}, line {line}: expected text, found bytes that are not UTF-8; is this the unpacked text file?")]
    NotText {
        /// Name of the file.
        file: String,
        /// Line, from 1.
        line: usize,
    },
    /// A line has the wrong number of columns.
    #[error("{file}, line {line}: expected {expected}, found {found}: \"{text}\"")]
    Columns {
        /// Name of the file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The columns that belong there, in words.
        expected: String,
        /// How many there are, in words.
        found: String,
        /// The beginning of the line.
        text: String,
    },
    /// A value is not what its column holds.
    #[error("{file}, line {line}, column {column} ({name}): expected {expected}, found \"{found}\"")]
    Value {
        /// Name of the file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the column holds.
        name: String,
        /// What it should be.
        expected: String,
        /// What it is, shortened.
        found: String,
    },
    /// The RUL file does not have one row for each test engine.
    #[error("{file}: expected {engines} rows, one for each engine of {test}, found {rows}")]
    RulCount {
        /// Name of the RUL file.
        file: String,
        /// Name of the test file.
        test: String,
        /// Test engines.
        engines: usize,
        /// Rows of the RUL file.
        rows: usize,
    },
    /// A file can be read in more than one way, or contradicts itself.
    #[error("{file}: {what}; {instead}")]
    Ambiguous {
        /// Name of the file.
        file: String,
        /// What is not clear.
        what: String,
        /// What to do.
        instead: &'static str,
    },
    /// A mapping of a fleet's columns does not fit.
    #[error("`{field}` should be {expected}, found {found}")]
    Mapping {
        /// Name of the entry.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Files of a kind that is not read, and what to do.
    #[error("{file}: {what}; {instead}")]
    NotRead {
        /// Name of the file, or of several.
        file: String,
        /// What it is.
        what: String,
        /// What to do.
        instead: String,
    },
    /// No file is named as a C-MAPSS file is.
    #[error("expected files named like train_FD001.txt, test_FD001.txt and RUL_FD001.txt, found {found}")]
    NoFiles {
        /// The names that were given, shortened.
        found: String,
    },
    /// A subset is incomplete.
    #[error("{subset} needs three files; missing: {}", list(missing))]
    Missing {
        /// The subset.
        subset: Subset,
        /// The files that are not there.
        missing: Vec<DatasetFile>,
    },
    /// Two files have the same role.
    #[error("expected one {file}, found two that differ: {first} and {second}")]
    Duplicate {
        /// The role.
        file: DatasetFile,
        /// Name of one.
        first: String,
        /// Name of the other.
        second: String,
    },
    /// A data set contradicts itself.
    #[error("{part}: expected {expected}, found {found}")]
    Invalid {
        /// Which part.
        part: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Data that has to be given is asked for and was not.
    #[error(
        "{} is not at hand: give train_{subset}.txt, test_{subset}.txt and RUL_{subset}.txt",
        match origin {
            Origin::Nasa => format!("NASA's {subset}"),
            Origin::Own => format!("your own {subset}"),
            Origin::Emulated => format!("the emulated {subset}"),
        }
    )]
    NotAtHand {
        /// The subset.
        subset: Subset,
        /// NASA's, or a person's own.
        origin: Origin,
    },
    /// A pack cannot be decoded.
    #[error("data pack: expected {expected}, found {found}")]
    Pack {
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

fn list(files: &[DatasetFile]) -> String {
    files.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The first characters of a text, for a message: control characters become `·`.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String =
        text.chars().take(LONGEST).map(|character| if character.is_control() { '·' } else { character }).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
