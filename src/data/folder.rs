//! Folders, archives and packs of the file system → data sets.

use std::path::{Path, PathBuf};

use super::archive::{base, has_extension, is_archive};
use super::files::{names, read_pack, read_subset};
use super::{DataError, Dataset, DatasetFile, MAX_FILE_BYTES, NamedFile, Subset};

/// How many folders within a folder are looked into.
const MAX_DEPTH: usize = 2;
/// Most files of a folder that are looked at.
const MAX_FILES: usize = 1000;

/// What a folder has of a subset.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// All three files.
    Whole(Box<Dataset>),
    /// Some of them, or something that is not read; what is missing, in words.
    Incomplete(String),
    /// None, and nothing that is an archive.
    Nothing,
}

/// Look for a subset in a folder: its three files, or archives of them, in the folder itself or up to two folders down
/// ([`super::read_files`] has the rules).
///
/// # Errors
///
/// As [`super::read_files`], with the folder named, but for what is missing; [`DataError::Io`] where the system refuses,
/// [`DataError::TooLarge`] before a large file is read.
pub fn find_subset(folder: &Path, subset: Subset) -> Result<Found, DataError> {
    let mut paths = Vec::new();
    list(folder, MAX_DEPTH, &mut paths)?;
    let mut files = Vec::new();
    let mut total = 0;
    for path in paths.iter().filter(|path| is_wanted(path, subset)) {
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        let size = std::fs::metadata(path).map_err(|error| io(path, &error))?.len();
        total += usize::try_from(size).unwrap_or(usize::MAX / 2);
        if total > MAX_FILE_BYTES {
            let file = path.display().to_string();
            return Err(DataError::TooLarge { file, bytes: total, limit: MAX_FILE_BYTES });
        }
        files.push(NamedFile { name, bytes: std::fs::read(path).map_err(|error| io(path, &error))? });
    }
    match read_subset(&files, subset) {
        Ok(mut read) => Ok(read.datasets.pop().map_or(Found::Nothing, |dataset| Found::Whole(Box::new(dataset)))),
        Err(error @ (DataError::Missing { .. } | DataError::NotRead { .. })) => {
            Ok(Found::Incomplete(error.to_string()))
        }
        Err(DataError::NoFiles { .. }) => Ok(Found::Nothing),
        Err(error) => Err(within(folder, &error)),
    }
}

/// Read a subset from a folder ([`find_subset`]).
///
/// # Errors
///
/// As [`find_subset`]; [`DataError::Io`] also where the folder does not hold all of the subset.
pub fn read_folder(folder: &Path, subset: Subset) -> Result<Dataset, DataError> {
    match find_subset(folder, subset)? {
        Found::Whole(dataset) => Ok(*dataset),
        Found::Incomplete(reason) => Err(DataError::Io { path: folder.display().to_string(), reason }),
        Found::Nothing => {
            let mut paths = Vec::new();
            list(folder, MAX_DEPTH, &mut paths)?;
            let named =
                |path: &PathBuf| NamedFile { name: base(&path.display().to_string()).to_owned(), bytes: Vec::new() };
            let found = names(&paths.iter().map(named).collect::<Vec<_>>());
            Err(within(folder, &DataError::NoFiles { found }))
        }
    }
}

/// Read a subset from a folder ([`read_folder`]), from an archive such as NASA's ([`super::read_files`]) or from a pack
/// ([`super::unpack`]).
///
/// # Errors
///
/// As those, with the path named; [`DataError::Io`] also if the archive or the pack does not hold the subset, and for a
/// single text file, which is one of three.
pub fn read_path(path: &Path, subset: Subset) -> Result<Dataset, DataError> {
    if path.is_dir() {
        return read_folder(path, subset);
    }
    let refuse = |reason: String| DataError::Io { path: path.display().to_string(), reason };
    let size = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(refuse("expected a folder, an archive or a data pack, found a larger file".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let name = path.display().to_string();
    if let Some(foreign) = super::foreign::Foreign::of(&name, &bytes) {
        return Err(foreign.error());
    }
    if is_archive(&bytes)
        && !DatasetFile::from_name(name.trim_end_matches(".gz")).is_some_and(|_| has_extension(&name, "gz"))
    {
        let read = read_subset(&[NamedFile { name, bytes }], subset)?;
        let found = read.datasets.into_iter().find(|dataset| dataset.subset == subset);
        return found.ok_or_else(|| refuse(format!("expected {subset}, found no such files in the archive")));
    }
    if !bytes.starts_with(super::pack::MAGIC) {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let reason = match DatasetFile::from_name(base(&name)) {
            Some(file) => format!(
                "expected a folder, an archive or a data pack, found one file of three: give the folder that holds it, {} \
                 (it stands for {file})",
                folder.display()
            ),
            None => "expected a folder, an archive or a data pack, found another file".to_owned(),
        };
        return Err(refuse(reason));
    }
    let dataset = read_pack(&bytes).map_err(|error| refuse(error.to_string()))?;
    if dataset.subset != subset {
        return Err(refuse(format!("expected {subset}, found {}", dataset.subset)));
    }
    Ok(dataset)
}

/// All files of a folder and of those in it, in the order of their names.
pub(super) fn list(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), DataError> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| io(folder, &error))? {
        entries.push(entry.map_err(|error| io(folder, &error))?.path());
    }
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if paths.len() >= MAX_FILES || hidden {
            continue;
        }
        if !path.is_dir() {
            paths.push(path);
        } else if depth > 0 {
            // A folder within it that cannot be read is no reason to refuse the others.
            let _ = list(&path, depth - 1, paths);
        }
    }
    Ok(())
}

/// By its name: one of the subset's files, an archive, or something that is called by its name.
fn is_wanted(path: &Path, subset: Subset) -> bool {
    const OTHERS: [&str; 10] = ["zip", "gz", "tgz", "tar", "7z", "rar", "h5", "mat", "bz2", "xz"];
    let name = path.display().to_string();
    let name = base(&name);
    match DatasetFile::from_name(name) {
        Some(file) => file.subset == subset,
        None => OTHERS.iter().any(|extension| has_extension(name, extension)) || is_of_challenge(name),
    }
}

/// The file by which the PHM 2008 challenge is known.
fn is_of_challenge(name: &str) -> bool {
    name.eq_ignore_ascii_case("final_test.txt")
}

fn within(folder: &Path, error: &DataError) -> DataError {
    DataError::Io { path: folder.display().to_string(), reason: error.to_string() }
}

pub(super) fn io(path: &Path, error: &std::io::Error) -> DataError {
    DataError::Io { path: path.display().to_string(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_folder() {
        let message = |folder: &str, subset| read_folder(Path::new(folder), subset).unwrap_err().to_string();
        assert!(message("no such folder", Subset::FD001).starts_with("no such folder: "));
        let nothing = message("src/web", Subset::FD002);
        assert!(nothing.starts_with("src/web: expected files named like"), "{nothing}");
    }

    #[test]
    fn a_file_is_not_a_folder() {
        let folder = std::env::temp_dir().join(format!("lambdascope-folder-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (one, shown) = (folder.join("test_FD001.txt"), folder.display().to_string());
        std::fs::write(&one, "1 1\n").unwrap();
        let message = |path: &Path| read_path(path, Subset::FD001).unwrap_err().to_string();
        let expected = "expected a folder, an archive or a data pack, found";
        assert_eq!(
            message(&one),
            format!(
                "{}: {expected} one file of three: give the folder that holds it, {shown} (it stands for test_FD001.txt)",
                one.display()
            )
        );
        assert_eq!(message(Path::new("Cargo.toml")), format!("Cargo.toml: {expected} another file"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
