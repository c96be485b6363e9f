//! Files of kinds that are not read, called by their names.

use super::DataError;
use super::archive::{base, has_extension};
use super::error::shortened;

/// A file of a kind that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    file: String,
    what: &'static str,
    instead: &'static str,
}

const UNPACK: &str = "unpack it first, and give the files in it or a zip of them";
const CONVERT: &str = "write its tables as CSV, and give those or a mapping of them to `lambdascope data import`";

/// First bytes, what they are, and what to do.
const KINDS: [(&[u8], &str, &str); 13] = [
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive, which is not read", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive, which is not read", UNPACK),
    (b"BZh", "compressed with bzip2, which is not read", UNPACK),
    (b"\xFD7zXZ\x00", "compressed with xz, which is not read", UNPACK),
    (b"\x28\xB5\x2F\xFD", "compressed with Zstandard, which is not read", UNPACK),
    (b"\x04\x22\x4D\x18", "compressed with LZ4, which is not read", UNPACK),
    (b"\x89HDF\r\n\x1A\n", "an HDF5 file, the form of N-CMAPSS, which is not read", CONVERT),
    (b"MATLAB", "a MATLAB file, which is not read", CONVERT),
    (b"\x93NUMPY", "a NumPy array, which is not read", CONVERT),
    (b"PAR1", "a Parquet file, which is not read", CONVERT),
    (b"ARROW1", "an Arrow file, which is not read", CONVERT),
    (b"\xD0\xCF\x11\xE0", "an Excel workbook, which is not read", CONVERT),
    (b"SQLite format 3", "an SQLite database, which is not read", CONVERT),
];

/// Extensions of files that begin as others do.
const EXTENSIONS: [(&str, &str, &str); 6] = [
    ("xlsx", "an Excel workbook, which is not read", CONVERT),
    ("ods", "a spreadsheet, which is not read", CONVERT),
    ("npz", "NumPy arrays, which are not read", CONVERT),
    ("h5", "an HDF5 file, the form of N-CMAPSS, which is not read", CONVERT),
    ("pkl", "a Python pickle, which is not read", CONVERT),
    ("pickle", "a Python pickle, which is not read", CONVERT),
];

impl Foreign {
    /// What a file is, if it is of a kind that is known and not read.
    pub fn of(name: &str, bytes: &[u8]) -> Option<Self> {
        let begins = KINDS.iter().find(|(first, ..)| bytes.starts_with(first));
        let ends = || EXTENSIONS.iter().find(|(extension, ..)| has_extension(base(name), extension));
        let (what, instead) = begins
            .map(|(_, what, instead)| (what, instead))
            .or_else(|| ends().map(|(_, what, instead)| (what, instead)))?;
        Some(Self { file: shortened(base(name)), what, instead })
    }

    /// The refusal of it.
    pub fn error(&self) -> DataError {
        let Self { file, what, instead } = self.clone();
        DataError::NotRead { file, what: what.to_owned(), instead: instead.to_owned() }
    }
}
