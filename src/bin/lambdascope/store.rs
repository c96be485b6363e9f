//! Where results go: a file, or an object in a bucket.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use lambdascope::experiment::{Entry, Header, Results};

use crate::Failure;
#[cfg(feature = "s3")]
use crate::bucket::Object;

/// A place for one file of results.
#[derive(Clone, Debug)]
pub enum Place {
    /// On a disk.
    File(PathBuf),
    /// In a bucket.
    #[cfg(feature = "s3")]
    Object(Object),
}

impl Place {
    /// Where `text` says: a file, a folder or `s3://BUCKET/PREFIX`; in the latter two the file is called `name`.
    pub fn new(text: &str, name: &str) -> Result<Self, Failure> {
        if text.starts_with("s3://") {
            return bucket(text, name);
        }
        let path = Path::new(text);
        if !text.ends_with('/') && !path.is_dir() {
            return Ok(Self::File(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(|error| at(path, &error))?;
        Ok(Self::File(path.join(name)))
    }

    /// Every place that `text` means: a file, or all `.jsonl` files of a folder or a bucket, by name.
    pub fn all(text: &str) -> Result<Vec<Self>, Failure> {
        if text.starts_with("s3://") {
            return bucket_all(text);
        }
        let path = Path::new(text);
        if !path.is_dir() {
            return Ok(vec![Self::File(path.to_owned())]);
        }
        let entries = fs::read_dir(path).map_err(|error| at(path, &error))?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        files.sort();
        Ok(files.into_iter().map(Self::File).collect())
    }

    /// Its text, or `None` where there is nothing yet.
    pub fn read(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::File(path) => match fs::read_to_string(path) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(at(path, &error)),
            },
            #[cfg(feature = "s3")]
            Self::Object(object) => object.read(),
        }
    }

    /// Put this text there whole, in one go: whoever reads finds the old one or the new one.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        match self {
            Self::File(path) => {
                let mut beside = path.clone().into_os_string();
                beside.push(".part");
                fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).map_err(|error| at(path, &error))
            }
            #[cfg(feature = "s3")]
            Self::Object(object) => object.write(text),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(formatter),
            #[cfg(feature = "s3")]
            Self::Object(object) => object.fmt(formatter),
        }
    }
}

#[cfg(feature = "s3")]
fn bucket(text: &str, name: &str) -> Result<Place, Failure> {
    Ok(Place::Object(Object::new(text, name)?))
}

#[cfg(feature = "s3")]
fn bucket_all(text: &str) -> Result<Vec<Place>, Failure> {
    Ok(Object::all(text)?.into_iter().map(Place::Object).collect())
}

#[cfg(not(feature = "s3"))]
fn bucket(text: &str, _name: &str) -> Result<Place, Failure> {
    Err(format!("{text} takes a program that was built with `--features s3`").into())
}

#[cfg(not(feature = "s3"))]
fn bucket_all(text: &str) -> Result<Vec<Place>, Failure> {
    bucket(text, "").map(|place| vec![place])
}

fn at(path: &Path, error: &std::io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}

/// Results that grow run by run and survive a program that is stopped.
pub struct Journal {
    place: Place,
    /// What is there.
    pub results: Results,
    /// A file is appended to; it is locked while it is.
    file: Option<File>,
    /// An object can only be put whole: not more often than every so many seconds.
    #[cfg(feature = "s3")]
    written: std::time::Instant,
}

/// Between two writes of an object.
#[cfg(feature = "s3")]
const PAUSE: std::time::Duration = std::time::Duration::from_secs(10);

impl Journal {
    /// Go on with what is there, or begin. A torn last line is cut off.
    ///
    /// Results of another grid or version are refused, and so is a file that another program is writing.
    pub fn open(place: Place, header: &Header) -> Result<Self, Failure> {
        let file = match &place {
            Place::File(path) => Some(append(path)?),
            #[cfg(feature = "s3")]
            Place::Object(_) => None,
        };
        let refused = |error| format!("{place}: {error}");
        let results = match place.read()?.filter(|text| !text.is_empty()) {
            // A program that was stopped within its first line has left nothing.
            Some(text) if !text.contains('\n') && header.line().starts_with(&text) => Results::new(header.clone()),
            Some(text) => Results::parse(&text).and_then(|results| results.of_grid(header)).map_err(refused)?,
            None => Results::new(header.clone()),
        };
        let mut journal = Self {
            place,
            results,
            file,
            #[cfg(feature = "s3")]
            written: std::time::Instant::now(),
        };
        if let (Place::File(path), Some(file)) = (&journal.place, &mut journal.file) {
            let text = journal.results.text();
            file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).map_err(|error| at(path, &error))?;
        }
        Ok(journal)
    }

    /// Add a run.
    pub fn push(&mut self, entry: Entry) -> Result<(), Failure> {
        if let (Place::File(path), Some(file)) = (&self.place, &mut self.file) {
            // One write: a line is there whole or torn, but never between two others.
            file.write_all(entry.line().as_bytes()).map_err(|error| at(path, &error))?;
        }
        self.results.push(entry);
        #[cfg(feature = "s3")]
        if self.file.is_none() && self.written.elapsed() > PAUSE {
            self.place.write(&self.results.text())?;
            self.written = std::time::Instant::now();
        }
        Ok(())
    }

    /// Put the runs into their order.
    pub fn finish(self) -> Result<Results, Failure> {
        self.place.write(&self.results.text())?;
        Ok(self.results)
    }
}

fn append(path: &Path) -> Result<File, Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| at(path, &error))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(format!("{}: another program is writing it", path.display()).into()),
        // A file system without locks: then nobody is kept out.
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambdascope::experiment::{Figures, Record};
    use lambdascope::session::RunConfig;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("lambdascope-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn entry(seed: u32) -> Entry {
        let record = Record::finished(RunConfig { seed, ..RunConfig::default() }, Figures::default());
        Entry { run: None, record }
    }

    #[test]
    fn a_stopped_program_goes_on_where_it_was() {
        let folder = folder("journal");
        let place = Place::new(folder.join("runs.jsonl").to_str().unwrap(), "").unwrap();
        let header = Header::gathered();
        let mut journal = Journal::open(place.clone(), &header).unwrap();
        journal.push(entry(1)).unwrap();
        journal.push(entry(2)).unwrap();
        let busy = Journal::open(place.clone(), &header).err().unwrap().to_string();
        assert!(busy.ends_with("another program is writing it"), "{busy}");
        drop(journal);
        // Torn within the second run.
        let text = place.read().unwrap().unwrap();
        fs::write(folder.join("runs.jsonl"), &text[..text.len() - 10]).unwrap();
        let mut journal = Journal::open(place.clone(), &header).unwrap();
        assert_eq!(journal.results.len(), 1);
        journal.push(entry(2)).unwrap();
        assert_eq!(place.read().unwrap().unwrap(), text);
        assert_eq!(journal.finish().unwrap().len(), 2);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_header_that_was_torn_is_begun_again() {
        let folder = folder("header");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("runs.jsonl"), &Header::gathered().line()[..9]).unwrap();
        let place = Place::new(&format!("{}/", folder.display()), "runs.jsonl").unwrap();
        assert!(Journal::open(place.clone(), &Header::gathered()).unwrap().results.is_empty());
        fs::write(folder.join("runs.jsonl"), "my notes").unwrap();
        let error = Journal::open(place.clone(), &Header::gathered()).err().unwrap().to_string();
        assert!(error.contains("should be the header"), "{error}");
        assert_eq!(place.read().unwrap().unwrap(), "my notes");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_means_its_files() {
        let folder = folder("all");
        let text = format!("{}/", folder.display());
        for name in ["b.jsonl", "a.jsonl", "notes.txt"] {
            Place::new(&text, name).unwrap().write("x").unwrap();
        }
        let names: Vec<String> = Place::all(&text).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(names, [format!("{text}a.jsonl"), format!("{text}b.jsonl")]);
        fs::remove_dir_all(folder).unwrap();
    }
}
