//! Files that hold whole lines whenever the program ends, or the machine.
//!
//! A file is either appended to, a line in one write, or replaced: the new text is written beside it, brought to the
//! disk and renamed, so that a reader finds the old text or the new one. Nothing is ever cut or written over in place.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Failure;

/// Replace a file by this text.
pub fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = regular(path)?;
    write_beside(&path, text)?.put_in_place(&path)?;
    Ok(())
}

/// A file that this program alone appends to: it is locked for as long as it is held.
pub struct Held {
    path: PathBuf,
    file: File,
    /// A write that failed may have left a part of a line; nothing may follow it.
    torn: bool,
}

impl Held {
    /// Open a file, or make an empty one with the folders that it takes.
    ///
    /// # Errors
    ///
    /// A file that another program holds, and a place that cannot be written.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
        }
        let failed = |error| at(path, &error);
        let path = regular(path).map_err(failed)?;
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        // A program that held it just before may have put another file in its place.
        if !lock(&file) || !is_at(&file, &path).map_err(failed)? {
            return Err(format!("{}: another program is writing it", path.display()).into());
        }
        Ok(Self { path, file, torn: false })
    }

    /// Add a line and bring it to the disk.
    pub fn append(&mut self, line: &str) -> Result<(), Failure> {
        if self.torn {
            return Err(format!("{}: a line before could not be written whole", self.path.display()).into());
        }
        // One write: the line is there whole or torn, but never between two others.
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        self.torn = written.is_err();
        written.map_err(|error| at(&self.path, &error))
    }

    /// Replace the whole text, and hold what is there then.
    pub fn replace(&mut self, text: &str) -> Result<(), Failure> {
        let replaced = write_beside(&self.path, text.as_bytes()).and_then(|beside| beside.put_in_place(&self.path));
        self.file = replaced.map_err(|error| at(&self.path, &error))?;
        self.torn = false;
        Ok(())
    }
}

/// A text on its way into the place of a file, locked before it is there.
struct Beside {
    path: PathBuf,
    file: File,
}

/// Write a text beside a file, where one that a stopped program left is overwritten, and bring it to the disk.
fn write_beside(path: &Path, text: &[u8]) -> io::Result<Beside> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut file = File::options().create(true).append(true).open(&beside)?;
    if !lock(&file) {
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program writes these results"));
    }
    file.set_len(0)?;
    file.write_all(text)?;
    file.sync_all()?;
    Ok(Beside { path: beside, file })
}

impl Beside {
    fn put_in_place(self, path: &Path) -> io::Result<File> {
        fs::rename(&self.path, path)?;
        // The new name is on the disk with its folder; where a folder cannot be opened, the system sees to it.
        if let Some(Ok(folder)) = path.parent().map(File::open) {
            folder.sync_all()?;
        }
        Ok(self.file)
    }
}

/// The file itself where the path is a link to it: what is renamed must not take the link's place, nor a device's.
fn regular(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => fs::canonicalize(path),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "results should go to a file, found another thing")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

/// Lock a file; whether that was possible. On a file system without locks nothing keeps two programs apart.
fn lock(file: &File) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Whether the open file is still the one of this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (open, named) = (file.metadata()?, fs::metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// An error with the path that it is about.
pub fn at(path: &Path, error: &io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}
