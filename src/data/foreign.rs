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
const AGAIN: &str = "get the file itself again: this is what came in its place";
const CONVERT: &str = "write its tables as CSV and give those: the page asks what their columns hold, `lambdascope data import` \
                       takes a mapping of them";

/// First bytes, what they are, and what to do.
const KINDS: [(&[u8], &str, &str); 17] = [
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
    (b"version https://git-lfs", "a pointer of Git LFS and not the file that it stands for", AGAIN),
    (b"<!doctype html", "a web page", AGAIN),
    (b"<html", "a web page", AGAIN),
    (b"<?xml", "an XML document, which is not read", CONVERT),
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
        // Texts begin so in either case, after blanks.
        let is_text = |first: &[u8]| first.starts_with(b"<");
        let starts = |first: &[u8]| {
            let bytes = if is_text(first) { bytes.trim_ascii_start() } else { bytes };
            bytes
                .get(..first.len())
                .is_some_and(|found| found == first || is_text(first) && found.eq_ignore_ascii_case(first))
        };
        let begins = KINDS.iter().find(|(first, ..)| starts(first));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_a_files_place_is_called_by_its_name() {
        let found =
            |bytes: &[u8]| Foreign::of("data/train_FD001.txt", bytes).map(|foreign| foreign.error().to_string());
        let page = "train_FD001.txt: a web page; get the file itself again: this is what came in its place";
        assert_eq!(found(b"\n <!DOCTYPE HTML>\n<title>404").as_deref(), Some(page));
        assert_eq!(found(b"<html lang=\"en\">").as_deref(), Some(page));
        assert!(found(b"version https://git-lfs.github.com/spec/v1\noid").unwrap().contains("a pointer of Git LFS"));
        assert_eq!(found(b"1 1 0.5"), None);
        assert!(Foreign::of("a.xlsx", b"PK\x03\x04").is_some());
    }
}
