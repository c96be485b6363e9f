//! Where results go: a file, or an object in a bucket.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use lambdascope::experiment::{Entry, Header, Results};

use crate::Failure;
#[cfg(feature = "s3")]
use crate::bucket::Object;
use crate::file::{Held, at, put};

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
            Self::File(path) => match fs::read(path) {
                Ok(bytes) => text(bytes).map(Some).map_err(|error| at(path, &error)),
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
            Self::File(path) => put(path, text.as_bytes()).map_err(|error| at(path, &error)),
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

/// The text of these bytes. A last line that was torn may end within a character; the others are read strictly.
fn text(mut bytes: Vec<u8>) -> std::io::Result<String> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let torn = String::from_utf8_lossy(&bytes.split_off(whole)).into_owned();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text + &torn),
        Err(_) => Err(std::io::Error::new(ErrorKind::InvalidData, "its text should be UTF-8")),
    }
}

/// Results that grow run by run and survive a program that is stopped at any time.
///
/// A file is appended to, a line a run, each on the disk before the next run ends; whole lines that are there stay
/// there. An object in a bucket can only be put whole, every few seconds: the runs since then are run again. At the end
/// both are replaced by the runs in their order, so that neither the stops nor the order in which runs ended are left in
/// the bytes.
pub struct Journal {
    place: Place,
    /// What is there.
    pub results: Results,
    /// Where the place is a file.
    file: Option<Held>,
    #[cfg(feature = "s3")]
    written: std::time::Instant,
}

/// Between two writes of an object.
#[cfg(feature = "s3")]
const PAUSE: std::time::Duration = std::time::Duration::from_secs(10);

impl Journal {
    /// Go on with what is there, or begin. A last line that was torn is left out, and its run is run again.
    ///
    /// Results of another grid or version are refused, and so is a file that another program is writing.
    pub fn open(place: Place, header: &Header) -> Result<Self, Failure> {
        let mut file = match &place {
            Place::File(path) => Some(Held::open(path)?),
            #[cfg(feature = "s3")]
            Place::Object(_) => None,
        };
        let text = place.read()?.unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        // A program that was stopped within its first line has left nothing.
        let begins = whole == 0 && header.line().starts_with(&text);
        let results = if begins {
            Results::new(header.clone())
        } else {
            let results = Results::parse(&text).and_then(|results| results.of_grid(header));
            results.map_err(|error| format!("{place}: {error}"))?
        };
        if let Some(file) = &mut file {
            if begins {
                file.replace(&header.line())?;
            } else if whole < text.len() {
                file.replace(&text[..whole])?;
            }
        }
        Ok(Self {
            place,
            results,
            file,
            #[cfg(feature = "s3")]
            written: std::time::Instant::now(),
        })
    }

    /// Add a run.
    pub fn push(&mut self, entry: Entry) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.append(&entry.line())?;
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
    pub fn finish(mut self) -> Result<Results, Failure> {
        match &mut self.file {
            Some(file) => file.replace(&self.results.text())?,
            None => self.place.write(&self.results.text())?,
        }
        Ok(self.results)
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
    fn whole_lines_stay_wherever_the_file_was_torn() {
        let folder = folder("torn");
        let path = folder.join("runs.jsonl");
        let place = Place::File(path.clone());
        let mut journal = Journal::open(place.clone(), &Header::gathered()).unwrap();
        for seed in 1..4 {
            journal.push(entry(seed)).unwrap();
        }
        let failed = Record::failed(RunConfig { seed: 4, ..RunConfig::default() }, "λ was no number".to_owned());
        journal.push(Entry { run: None, record: failed.clone() }).unwrap();
        drop(journal);
        let bytes = fs::read(&path).unwrap();
        let breaks: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
        // What an earlier stop left beside does not matter.
        fs::write(folder.join("runs.jsonl.part"), "half of something").unwrap();
        // At the breaks, within the letter λ, and here and there.
        let within_letter = |end: &usize| bytes.get(*end).is_some_and(|byte| byte & 0xc0 == 0x80);
        let at_break = |end: &usize| breaks.iter().any(|at| end.abs_diff(*at) < 3);
        let ends = (0..=bytes.len()).filter(|end| end % 61 == 0 || at_break(end) || within_letter(end));
        for end in ends {
            fs::write(&path, &bytes[..end]).unwrap();
            let whole = breaks.iter().filter(|at| **at < end).count();
            let mut opened_before = fs::File::open(&path).unwrap();
            let journal = Journal::open(place.clone(), &Header::gathered()).unwrap();
            assert_eq!(journal.results.len(), whole.saturating_sub(1), "torn after {end} bytes");
            let there = fs::read(&path).unwrap();
            assert_eq!(there, &bytes[..=breaks[whole.max(1) - 1]], "torn after {end} bytes");
            // Another file took its place; nothing was cut, so that no stop can find it half cut.
            let mut before = Vec::new();
            std::io::Read::read_to_end(&mut opened_before, &mut before).unwrap();
            assert_eq!(before, &bytes[..end]);
        }
        assert!(!folder.join("runs.jsonl.part").exists());
        // A failed run that was tried again and came to its end.
        fs::write(&path, &bytes).unwrap();
        let mut journal = Journal::open(place, &Header::gathered()).unwrap();
        journal.push(entry(4)).unwrap();
        let results = journal.finish().unwrap();
        assert!(results.by_key(&failed.key).unwrap().failure.is_none());
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 5);
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_stays_one_and_a_device_is_no_place() {
        let folder = folder("link");
        fs::create_dir_all(&folder).unwrap();
        let (link, path) = (folder.join("link.jsonl"), folder.join("runs.jsonl"));
        fs::write(&path, "").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let journal = Journal::open(Place::File(link.clone()), &Header::gathered()).unwrap();
        journal.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), Header::gathered().line());
        let error = Journal::open(Place::File("/dev/null".into()), &Header::gathered()).err().unwrap().to_string();
        assert_eq!(error, "/dev/null: results should go to a file, found another thing");
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
