//! Archives → the C-MAPSS files in them.
//!
//! NASA gives the data as a zip within a zip; others pack it as gzip or tar. All are opened here, from bytes to bytes, so
//! that the page and the command line read the same; nothing is unpacked that is not asked for, and no archive can ask
//! for much.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use super::foreign::Foreign;
use super::{
    DataError, DatasetFile, NamedFile, ReadProgress, ReadStage, Subset, error::shortened, parse::MAX_FILE_BYTES,
};

/// Bytes that the files of all archives together may have. NASA's unpack to 45 MB.
const MAX_UNPACKED_BYTES: usize = 2 * MAX_FILE_BYTES;
/// Entries that an archive may have. NASA's has 14.
const MAX_ENTRIES: usize = 1000;
/// How deep archives may lie in archives: NASA's lies in one.
const MAX_DEPTH: usize = 2;
/// Methods of compression in zip archives that are read: each takes little memory, whatever an archive says.
const METHODS: [CompressionMethod; 4] =
    [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Deflate64, CompressionMethod::Bzip2];
/// What a zip archive begins with: its first entry.
const ENTRY: &[u8] = b"PK\x03\x04";
/// What each entry of an archive's list begins with.
const LISTED: &[u8] = b"PK\x01\x02";
/// What gzip begins with.
const GZIP: &[u8] = b"\x1F\x8B";
/// What stands in the first header of a tar archive, and where.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Whether these bytes are an archive that is opened: zip, gzip or tar. The name does not matter: browsers and people
/// rename.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(ENTRY) || bytes.starts_with(GZIP) || is_tar(bytes)
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1))
}

/// The C-MAPSS files in an archive, each with its name and without folders, also those in archives within it.
///
/// # Errors
///
/// [`DataError::Archive`] if it cannot be opened, [`DataError::TooLarge`] if what it holds is.
pub fn open_archive(archive: &NamedFile) -> Result<Vec<NamedFile>, DataError> {
    let mut opened = Opened::new(Wanted::Cmapss(None));
    opened.open(&archive.name, &archive.bytes, 1)?;
    let named = |text: Text<'_>| NamedFile { name: text.name, bytes: text.bytes.into_owned() };
    Ok(opened.texts.into_iter().map(named).collect())
}

/// A file that is no archive, with its name and where it lay.
pub(super) struct Text<'a> {
    /// Its name, without folders.
    pub name: String,
    /// Folders, and the archive's name, where it has those.
    pub path: String,
    pub bytes: Cow<'a, [u8]>,
}

/// Which files are taken out of archives.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// C-MAPSS files, of one subset if that is all that is wanted.
    Cmapss(Option<Subset>),
    /// All texts and tables.
    Tables,
}

/// Replace archives by the wanted files in them; other files are passed on as they are. What is in archives and of a kind that is not read is reported.
pub(super) fn unpacked<'a>(
    files: &[&'a NamedFile],
    wanted: Wanted,
    progress: &mut dyn FnMut(ReadProgress<'_>),
) -> Result<(Vec<Text<'a>>, Vec<Foreign>), DataError> {
    let mut opened = Opened::new(wanted);
    let mut all = Vec::new();
    let total_bytes = files.iter().map(|file| file.bytes.len()).sum();
    let mut done_bytes = 0;
    for file in files {
        if let Some(foreign) = Foreign::of(&file.name, &file.bytes) {
            opened.foreign.push(foreign);
        } else if is_archive(&file.bytes) {
            progress(ReadProgress { stage: ReadStage::Unpacking, file: &file.name, done_bytes, total_bytes });
            opened.open(&file.name, &file.bytes, 1)?;
        } else {
            let (name, path) = (base(&file.name).to_owned(), file.name.clone());
            all.push(Text { name, path, bytes: Cow::Borrowed(&file.bytes) });
        }
        done_bytes += file.bytes.len();
    }
    all.extend(opened.texts);
    Ok((all, opened.foreign))
}

/// What has been taken out of archives so far.
struct Opened {
    wanted: Wanted,
    texts: Vec<Text<'static>>,
    foreign: Vec<Foreign>,
    bytes: usize,
}

impl Opened {
    const fn new(wanted: Wanted) -> Self {
        Self { wanted, texts: Vec::new(), foreign: Vec::new(), bytes: 0 }
    }

    fn open(&mut self, name: &str, bytes: &[u8], depth: usize) -> Result<(), DataError> {
        if bytes.starts_with(GZIP) {
            return self.open_gzip(name, bytes, depth);
        }
        if depth > MAX_DEPTH {
            return Err(refused(name, "at most an archive within an archive", "one deeper"));
        }
        if is_tar(bytes) { self.open_tar(name, bytes, depth) } else { self.open_zip(name, bytes, depth) }
    }

    fn open_zip(&mut self, name: &str, bytes: &[u8], depth: usize) -> Result<(), DataError> {
        // Counted before the list is read, which takes memory for each.
        let listed = bytes.windows(LISTED.len()).filter(|four| *four == LISTED).take(MAX_ENTRIES + 1).count();
        if listed > MAX_ENTRIES {
            return Err(refused(name, "at most 1000 entries", "more"));
        }
        let broken =
            |error: &dyn std::fmt::Display| refused(name, "a zip archive", &format!("a damaged one ({error})"));
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        for index in 0..archive.len() {
            let raw = archive.by_index_raw(index).map_err(|error| broken(&error))?;
            let inner = raw.name().map_err(|error| broken(&error))?.into_owned();
            if !raw.is_file() || !self.wants(&inner) {
                continue;
            }
            if raw.encrypted() {
                return Err(refused(&inner, "a file without a password", "one that has: unpack the archive first"));
            }
            let method = raw.compression();
            if !METHODS.contains(&method) {
                let found = format!("{method:?}: pack it as usual, or unpack it first");
                return Err(refused(&inner, "a usual method of compression", &found));
            }
            drop(raw);
            let entry = archive.by_index(index).map_err(|error| broken(&error))?;
            let content = self.content(&inner, entry, &broken)?;
            self.take(name, &inner, content, depth)?;
        }
        Ok(())
    }

    fn open_tar(&mut self, name: &str, bytes: &[u8], depth: usize) -> Result<(), DataError> {
        let broken =
            |error: &dyn std::fmt::Display| refused(name, "a tar archive", &format!("a damaged one ({error})"));
        let mut archive = tar::Archive::new(Cursor::new(bytes));
        for (entry, number) in archive.entries().map_err(|error| broken(&error))?.zip(0..) {
            if number >= MAX_ENTRIES {
                return Err(refused(name, "at most 1000 entries", "more"));
            }
            let entry = entry.map_err(|error| broken(&error))?;
            let inner = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if !entry.header().entry_type().is_file() || !self.wants(&inner) {
                continue;
            }
            let size = entry.size();
            let content = self.content(&inner, entry, &broken)?;
            // The reader ends without a word where the archive does.
            if content.len() as u64 != size {
                return Err(broken(&"it ends within a file"));
            }
            self.take(name, &inner, content, depth)?;
        }
        Ok(())
    }

    fn open_gzip(&mut self, name: &str, bytes: &[u8], depth: usize) -> Result<(), DataError> {
        let broken = |error: &dyn std::fmt::Display| refused(name, "a gzip file", &format!("a damaged one ({error})"));
        let content = self.content(name, flate2::read::MultiGzDecoder::new(bytes), &broken)?;
        if content.starts_with(GZIP) {
            return Err(refused(name, "a file compressed once", "one compressed twice: unpack it first"));
        }
        let stem = base(name);
        let inner = stem.get(..stem.len() - 3).filter(|_| has_extension(stem, "gz")).unwrap_or(stem).to_owned();
        if is_archive(&content) || self.wants(&inner) { self.take(name, &inner, content, depth) } else { Ok(()) }
    }

    /// What an entry holds; what it says of its size is not believed.
    fn content(
        &mut self,
        name: &str,
        entry: impl Read,
        broken: &dyn Fn(&dyn std::fmt::Display) -> DataError,
    ) -> Result<Vec<u8>, DataError> {
        let room = MAX_FILE_BYTES.min(MAX_UNPACKED_BYTES - self.bytes);
        let mut content = Vec::new();
        entry.take(room as u64 + 1).read_to_end(&mut content).map_err(|error| broken(&error))?;
        if content.len() > room {
            return Err(DataError::TooLarge { file: shortened(name), bytes: content.len(), limit: room });
        }
        self.bytes += content.len();
        Ok(content)
    }

    fn take(&mut self, archive: &str, inner: &str, content: Vec<u8>, depth: usize) -> Result<(), DataError> {
        if let Some(foreign) = Foreign::of(inner, &content) {
            self.foreign.push(foreign);
        } else if is_archive(&content) {
            return self.open(inner, &content, depth + 1);
        } else {
            let path = format!("{inner} in {}", base(archive));
            self.texts.push(Text { name: base(inner).to_owned(), path, bytes: Cow::Owned(content) });
        }
        Ok(())
    }

    /// A wanted file or a further archive, and not one of the shadows (`__MACOSX/._train_FD001.txt`) that macOS adds.
    fn wants(&self, name: &str) -> bool {
        let base = base(name);
        let is_archive = ["zip", "gz", "tgz", "tar"].iter().any(|extension| has_extension(base, extension));
        let is_wanted = || match self.wanted {
            Wanted::Cmapss(only) => {
                DatasetFile::from_name(base).is_some_and(|file| only.is_none_or(|subset| subset == file.subset))
            }
            Wanted::Tables => super::config::is_text(base),
        };
        !base.starts_with('.') && (is_archive || is_wanted())
    }
}

fn refused(name: &str, expected: &'static str, found: &str) -> DataError {
    DataError::Archive { file: shortened(name), expected, found: found.to_owned() }
}

/// Whether a name ends with this extension, in any case.
pub(super) fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

/// A name without folders.
pub(super) fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;
    use crate::data::{EmulatorParameters, Subset, emulate, engines_text, read_files, read_files_with, rul_text};

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (index, (name, bytes)) in files.iter().enumerate() {
            let method = [CompressionMethod::Deflated, CompressionMethod::Stored, CompressionMethod::Bzip2][index % 3];
            writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn named(name: &str, bytes: Vec<u8>) -> NamedFile {
        NamedFile { name: name.to_owned(), bytes }
    }

    /// A zip within a zip as NASA's, and what the three files in it hold.
    fn like_nasas() -> (Vec<u8>, [Vec<u8>; 3]) {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), 3, 2, 1).unwrap();
        let texts = [engines_text(&data.train), engines_text(&data.test), rul_text(&data.test_rul)];
        let texts = texts.map(String::into_bytes);
        let inner = zipped(&[
            ("readme.txt", b"Data Set: FD001"),
            ("train_FD001.txt", &texts[0]),
            ("__MACOSX/._train_FD001.txt", b"\x00\x05\x16\x07"),
            ("CMAPSSData/test_FD001.txt", &texts[1]),
            ("RUL_FD001.txt", &texts[2]),
            ("RUL_FD004.txt", b"22\n"),
            ("Damage Propagation Modeling.pdf", b"%PDF"),
        ]);
        let folder = "6. Turbofan Engine Degradation Simulation Data Set";
        (zipped(&[(&format!("{folder}/CMAPSSData.zip"), &inner)]), texts)
    }

    #[test]
    fn a_zip_within_a_zip_reads_as_the_files_do() {
        let (archive, [train, test, rul]) = like_nasas();
        let mut told = Vec::new();
        let read = read_files_with(&[named("archive (1).bin", archive)], &mut |progress| {
            told.push((progress.stage, progress.file.to_owned(), progress.done_bytes, progress.total_bytes));
        });
        let read = read.unwrap();
        let loose = [named("train_FD001.txt", train), named("test_FD001.txt", test), named("RUL_FD001.txt", rul)];
        assert_eq!(read.datasets, read_files(&loose).unwrap().datasets);
        let lacks = read.incomplete[0].to_string();
        assert_eq!(lacks, "FD004 needs three files; missing: train_FD004.txt, test_FD004.txt");
        assert_eq!((told[0].0, told[0].1.as_str()), (ReadStage::Unpacking, "archive (1).bin"));
        let reading: Vec<_> = told.iter().filter(|step| step.0 == ReadStage::Reading).collect();
        assert!(reading.iter().is_sorted_by_key(|step| step.2) && reading.iter().all(|step| step.2 <= step.3));
        assert!(["train_FD001.txt", "test_FD001.txt"].iter().all(|name| reading.iter().any(|step| step.1 == *name)));
    }

    #[test]
    fn archives_and_files_mix_and_the_same_file_twice_is_one() {
        let (archive, [train, ..]) = like_nasas();
        let both = [named("a.zip", archive), named("train_FD001.txt", train.clone())];
        assert_eq!(read_files(&both).unwrap().datasets.len(), 1);
        let half = zipped(&[("test_FD001.txt", b"1 1"), ("RUL_FD001.txt", b"7\n")]);
        let message = read_files(&[named("half.zip", half), named("train_FD001.txt", train)]).unwrap_err().to_string();
        assert!(message.starts_with("test_FD001.txt, line 1: expected 26 columns"), "{message}");
        let other = named("train_FD001.txt", b"1 1".to_vec());
        assert_eq!(
            read_files(&[both[0].clone(), other]).unwrap_err().to_string(),
            "expected one train_FD001.txt, found two that differ: train_FD001.txt and train_FD001.txt in CMAPSSData.zip"
        );
    }

    #[test]
    fn refuses_what_is_damaged_nested_or_swollen() {
        let message = |bytes| read_files(&[named("data.zip", bytes)]).unwrap_err().to_string();
        let (archive, _) = like_nasas();
        assert!(
            message(archive[..archive.len() / 2].to_vec())
                .starts_with("data.zip: expected a zip archive, found a damaged")
        );
        let mut deep = archive;
        for _ in 0..3 {
            deep = zipped(&[("inner.zip", &deep)]);
        }
        assert_eq!(message(deep), "inner.zip: expected at most an archive within an archive, found one deeper");
        let names: Vec<_> = (0..1001).map(|index| format!("{index}.txt")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(message(zipped(&many)), "data.zip: expected at most 1000 entries, found more");
        // A kilobyte of zeros for each megabyte: what deflate can do at most.
        let bomb = zipped(&[("train_FD001.txt", &vec![b' '; MAX_FILE_BYTES + 1])]);
        assert!(bomb.len() < 200_000);
        assert_eq!(message(bomb), "train_FD001.txt: expected at most 100 MB, found 100 MB");
        assert!(message(zipped(&[("readme.txt", b"nothing")])).starts_with("expected files named like"));
    }
}
