//! Several files → complete data sets.

use std::collections::BTreeMap;

use super::{
    DataError, Dataset, DatasetFile, Engine, FileRole, MAX_FILE_BYTES, NamedFile, Origin, Subset, archive,
    error::shortened, parse::parse_engines_with, parse_rul,
};

/// What a mixture of files holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilesRead {
    /// The subsets of which all three files were given, in order.
    pub datasets: Vec<Dataset>,
    /// For each subset of which some were given, which are missing ([`DataError::Missing`]).
    pub incomplete: Vec<DataError>,
}

/// What reading is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStage {
    /// Opening archives.
    Unpacking,
    /// Reading text.
    Reading,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadProgress<'a> {
    /// What it is busy with.
    pub stage: ReadStage,
    /// The file at hand.
    pub file: &'a str,
    /// Bytes done in this stage, over all files.
    pub done_bytes: usize,
    /// Bytes to do in this stage.
    pub total_bytes: usize,
}

/// Read a mixture of C-MAPSS files: texts, zip archives, NASA's zip within a zip. Texts are recognised by their names
/// ([`DatasetFile::from_name`]), archives by their first bytes; others, such as the readme in NASA's archive, are passed
/// over, and so is a file that is given twice. What an incomplete subset lacks is reported, and is an error only where there
/// is nothing else.
///
/// # Errors
///
/// [`DataError::NoFiles`] if no name is recognised, [`DataError::Missing`] if no subset is complete,
/// [`DataError::Duplicate`] if two different files have one role, [`DataError::RulCount`] if the RUL file does not fit
/// the test file, [`DataError::TooLarge`] if all together have more than 100 MB, [`DataError::Archive`] for an archive
/// that cannot be opened, and whatever is wrong inside a file.
pub fn read_files(files: &[NamedFile]) -> Result<FilesRead, DataError> {
    let read = read_files_with(files, &mut |_| {})?;
    match read.incomplete.first() {
        Some(error) if read.datasets.is_empty() => Err(error.clone()),
        _ => Ok(read),
    }
}

/// As [`read_files`], for a person who may give the rest later: that no subset is complete yet is no error, and
/// `progress` is given every now and then how far reading has come.
///
/// # Errors
///
/// As [`read_files`], but for [`DataError::Missing`].
pub fn read_files_with(
    files: &[NamedFile],
    progress: &mut dyn FnMut(ReadProgress<'_>),
) -> Result<FilesRead, DataError> {
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: names(files), bytes, limit: MAX_FILE_BYTES });
    }
    let unpacked = archive::unpacked(files, progress)?;
    let mut given: BTreeMap<DatasetFile, &NamedFile> = BTreeMap::new();
    for named in &unpacked {
        if let Some(file) = DatasetFile::from_name(&named.name)
            && given.insert(file, named).is_some_and(|other| other.bytes != named.bytes)
        {
            return Err(DataError::Duplicate { file });
        }
    }
    if given.is_empty() {
        return Err(DataError::NoFiles { found: names(files) });
    }
    let total_bytes = given.values().map(|file| file.bytes.len()).sum();
    let mut reader = Reader { total_bytes, done_bytes: 0, progress };
    let mut read = FilesRead::default();
    for subset in Subset::ALL {
        let [train, test, rul] = FileRole::ALL.map(|role| given.get(&DatasetFile { subset, role }));
        if let (Some(train), Some(test), Some(rul)) = (train, test, rul) {
            read.datasets.push(reader.subset(subset, train, test, rul)?);
        } else {
            // What is wrong with the file that was given matters more than which others are missing.
            [train, test].into_iter().flatten().try_for_each(|file| reader.engines(file).map(drop))?;
            rul.map_or(Ok(()), |file| reader.rul(file).map(drop))?;
            let missing = missing(subset, |file| given.contains_key(file));
            if missing.len() < FileRole::ALL.len() {
                read.incomplete.push(DataError::Missing { subset, missing });
            }
        }
    }
    Ok(read)
}

/// Reads texts and tells how far it has come.
struct Reader<'a> {
    total_bytes: usize,
    done_bytes: usize,
    progress: &'a mut dyn FnMut(ReadProgress<'_>),
}

impl Reader<'_> {
    fn subset(
        &mut self,
        subset: Subset,
        train: &NamedFile,
        test: &NamedFile,
        rul: &NamedFile,
    ) -> Result<Dataset, DataError> {
        let dataset = Dataset {
            subset,
            origin: Origin::Nasa,
            train: self.engines(train)?,
            test: self.engines(test)?,
            test_rul: self.rul(rul)?,
        };
        let (engines, rows) = (dataset.test.len(), dataset.test_rul.len());
        if rows != engines {
            return Err(DataError::RulCount { file: rul.name.clone(), engines, rows });
        }
        Ok(dataset)
    }

    fn engines(&mut self, file: &NamedFile) -> Result<Vec<Engine>, DataError> {
        let before = self.done_bytes;
        self.tell(&file.name, before);
        let engines = parse_engines_with(&file.name, &file.bytes, &mut |done| self.tell(&file.name, before + done));
        self.done_bytes = before + file.bytes.len();
        engines
    }

    fn rul(&mut self, file: &NamedFile) -> Result<Vec<f32>, DataError> {
        self.done_bytes += file.bytes.len();
        self.tell(&file.name, self.done_bytes);
        parse_rul(&file.name, &file.bytes)
    }

    fn tell(&mut self, file: &str, done_bytes: usize) {
        let total_bytes = self.total_bytes;
        let done_bytes = done_bytes.min(total_bytes);
        (self.progress)(ReadProgress { stage: ReadStage::Reading, file, done_bytes, total_bytes });
    }
}

fn missing(subset: Subset, given: impl Fn(&DatasetFile) -> bool) -> Vec<DatasetFile> {
    FileRole::ALL.map(|role| DatasetFile { subset, role }).into_iter().filter(|file| !given(file)).collect()
}

fn names(files: &[NamedFile]) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<_> = files.iter().take(SHOWN).map(|file| shortened(&file.name)).collect();
    match files.len() {
        0 => return "none".to_owned(),
        count if count > SHOWN => names.push(format!("{} more", count - SHOWN)),
        _ => {}
    }
    names.join(", ")
}

/// Read a subset from a folder that holds its three files, whatever the case of their names.
///
/// # Errors
///
/// As [`read_files`], with the folder named; [`DataError::Io`] where the system refuses, [`DataError::TooLarge`] before
/// a large file is read.
pub fn read_folder(folder: &std::path::Path, subset: Subset) -> Result<Dataset, DataError> {
    let io = |path: &std::path::Path, error: &std::io::Error| DataError::Io {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    let mut paths: BTreeMap<DatasetFile, std::path::PathBuf> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|error| io(folder, &error))? {
        let path = entry.map_err(|error| io(folder, &error))?.path();
        let file = path.file_name().and_then(|name| name.to_str()).and_then(DatasetFile::from_name);
        if let Some(file) = file.filter(|file| file.subset == subset)
            && let Some(other) = paths.insert(file, path.clone())
        {
            // A copy such as `train_FD001 (1).txt` beside the original: the name as NASA wrote it decides.
            let exact = |path: &std::path::Path| path.file_name().is_some_and(|name| *name == *file.to_string());
            match (exact(&other), exact(&path)) {
                (true, _) => drop(paths.insert(file, other)),
                (false, true) => {}
                (false, false) => return Err(DataError::Duplicate { file }),
            }
        }
    }
    let missing = missing(subset, |file| paths.contains_key(file));
    if !missing.is_empty() {
        let reason = DataError::Missing { subset, missing }.to_string();
        return Err(DataError::Io { path: folder.display().to_string(), reason });
    }
    let mut files = Vec::new();
    for path in paths.values() {
        let name = path.display().to_string();
        let bytes = std::fs::metadata(path).map_err(|error| io(path, &error))?.len();
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        if bytes > MAX_FILE_BYTES {
            return Err(DataError::TooLarge { file: name, bytes, limit: MAX_FILE_BYTES });
        }
        files.push(NamedFile { name, bytes: std::fs::read(path).map_err(|error| io(path, &error))? });
    }
    let mut read = read_files(&files)?;
    read.datasets.pop().ok_or_else(|| DataError::NoFiles { found: names(&files) })
}

/// Read a subset from a folder ([`read_folder`]), from a zip archive such as NASA's ([`read_files`]) or from a pack
/// ([`super::unpack`]).
///
/// # Errors
///
/// As those, with the path named; [`DataError::Io`] also if the archive or the pack does not hold the subset.
pub fn read_path(path: &std::path::Path, subset: Subset) -> Result<Dataset, DataError> {
    if path.is_dir() {
        return read_folder(path, subset);
    }
    let refuse = |reason: String| DataError::Io { path: path.display().to_string(), reason };
    let size = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(refuse("expected a folder, an archive or a data pack, found a larger file".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    if archive::is_archive(&bytes) {
        let read = read_files(&[NamedFile { name: path.display().to_string(), bytes }])?;
        let found = read.datasets.into_iter().find(|dataset| dataset.subset == subset);
        return found.ok_or_else(|| refuse(format!("expected {subset}, found no such files in the archive")));
    }
    let dataset = super::unpack(&bytes).map_err(|error| refuse(error.to_string()))?;
    if dataset.subset != subset {
        return Err(refuse(format!("expected {subset}, found {}", dataset.subset)));
    }
    Ok(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, units: u32) -> NamedFile {
        let text = if DatasetFile::from_name(name).is_some_and(|file| file.role == FileRole::Rul) {
            "7\n".repeat(units as usize)
        } else {
            (1..=units).map(|unit| format!("{unit} 1{}\n", " 1.5".repeat(24))).collect::<Vec<_>>().concat()
        };
        NamedFile { name: name.to_owned(), bytes: text.into_bytes() }
    }

    #[test]
    fn recognises_files_by_name() {
        let name = |name| DatasetFile::from_name(name).map(|file| file.to_string());
        assert_eq!(name("train_FD001.txt").as_deref(), Some("train_FD001.txt"));
        assert_eq!(name("CMAPSSData\\TEST_fd004 (1).TXT").as_deref(), Some("test_FD004.txt"));
        assert_eq!(name("data/rul_fd002.txt").as_deref(), Some("RUL_FD002.txt"));
        assert_eq!(
            (name("readme.txt"), name("train_FD0010.txt"), name("train_FD005.txt"), name("")),
            (None, None, None, None)
        );
    }

    #[test]
    fn returns_what_is_complete_and_says_what_is_missing() {
        let files = [
            file("rul_fd001.txt", 2),
            file("readme.txt", 1),
            file("train_FD001.txt", 3),
            file("test_FD001.txt", 2),
            file("test_FD003.txt", 1),
        ];
        let read = read_files(&files).unwrap();
        assert_eq!(read.datasets.len(), 1);
        assert_eq!((read.datasets[0].train.len(), read.datasets[0].test_rul.as_slice()), (3, &[7.0, 7.0][..]));
        assert_eq!(read.datasets[0].validate(), Ok(()));
        let lacks = "FD003 needs three files; missing: train_FD003.txt, RUL_FD003.txt";
        assert_eq!(read.incomplete.iter().map(ToString::to_string).collect::<Vec<_>>(), [lacks]);
        assert_eq!(read_files(&files[4..]).unwrap_err().to_string(), lacks);
    }

    #[test]
    fn refuses_what_does_not_belong_together() {
        let message = |files: &[NamedFile]| read_files(files).unwrap_err().to_string();
        assert_eq!(
            message(&[file("train_FD001.txt", 1), file("test_FD001.txt", 2), file("RUL_FD001.txt", 3)]),
            "RUL_FD001.txt: expected 2 rows, one for each engine of the test file, found 3"
        );
        assert_eq!(
            message(&[file("train_FD001.txt", 1), file("a/Train_fd001.txt", 2)]),
            "expected one train_FD001.txt, found two"
        );
        let expected = "expected files named like train_FD001.txt, test_FD001.txt and RUL_FD001.txt, found";
        assert_eq!(message(&[]), format!("{expected} none"));
        let many = ["a", "b", "c", "d", "e"].map(|name| file(name, 1));
        assert_eq!(message(&many), format!("{expected} a, b, c, 2 more"));
    }

    #[test]
    fn names_the_folder() {
        let nowhere = std::path::Path::new("no such folder");
        assert!(read_folder(nowhere, Subset::FD001).unwrap_err().to_string().starts_with("no such folder: "));
        let source = std::path::Path::new("src");
        assert!(
            read_folder(source, Subset::FD002).unwrap_err().to_string().starts_with("src: FD002 needs three files")
        );
    }
}
