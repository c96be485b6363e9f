//! Files that a person gave and that are still needed: a training set may come in one drop and its RUL file in the
//! next, and a worker that takes over reads again what the one before it had not finished.

use std::collections::VecDeque;

use super::MissingFiles;
use crate::data::{DatasetFile, MAX_FILE_BYTES};

/// More than is read at once.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the files should have at most {} MB together, found {:.1} MB", MAX_FILE_BYTES / 1_000_000, found_bytes / 1e6)]
pub struct TooMuch {
    /// Bytes of all files together.
    pub found_bytes: f64,
}

/// What was given so far. `F` is whatever stands for a file; its bytes are of no interest here.
#[derive(Clone, Debug)]
pub struct Drops<F> {
    files: Vec<Given<F>>,
    /// For each reading that is not answered yet, the names that came with it.
    unanswered: VecDeque<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Given<F> {
    name: String,
    bytes: f64,
    file: F,
}

impl<F> Default for Drops<F> {
    fn default() -> Self {
        Self { files: Vec::new(), unanswered: VecDeque::new() }
    }
}

impl<F: Clone> Drops<F> {
    /// Take in a drop, each file with its name and its bytes, and return what is to be read now: these files, and those
    /// given before that made no whole data set yet. A file of the same name takes the earlier one's place.
    ///
    /// # Errors
    ///
    /// [`TooMuch`] if the drop has more than 100 MB; nothing is taken in. Earlier files that would make it too much are
    /// forgotten.
    pub fn take(&mut self, drop: Vec<(String, f64, F)>) -> Result<Vec<F>, TooMuch> {
        let limit = MAX_FILE_BYTES as f64;
        let found_bytes = drop.iter().map(|(_, bytes, _)| bytes).sum();
        if found_bytes > limit {
            return Err(TooMuch { found_bytes });
        }
        let names: Vec<String> = drop.iter().map(|(name, ..)| name.clone()).collect();
        self.forget(&names);
        if found_bytes + self.files.iter().map(|given| given.bytes).sum::<f64>() > limit {
            self.files.clear();
        }
        self.files.extend(drop.into_iter().map(|(name, bytes, file)| Given { name, bytes, file }));
        self.unanswered.push_back(names);
        Ok(self.all())
    }

    /// They were read: what still lacks something is remembered for the next drop.
    pub fn read(&mut self, missing: &[MissingFiles]) {
        self.unanswered.pop_front();
        let lacks = |file: DatasetFile| missing.iter().any(|missing| missing.subset == file.subset);
        // What is in an archive is not known here.
        self.files.retain(|given| DatasetFile::from_name(&given.name).map_or(!missing.is_empty(), lacks));
    }

    /// They were refused: those of that drop are not to be refused again with the next one.
    pub fn refused(&mut self) {
        if let Some(names) = self.unanswered.pop_front() {
            self.forget(&names);
        }
    }

    /// Whether something is being read.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// What another worker is to read, because this one will not answer any more. One answer is expected to all of it.
    pub fn again(&mut self) -> Vec<F> {
        let names: Vec<String> = self.unanswered.drain(..).flatten().collect();
        if names.is_empty() {
            return Vec::new();
        }
        self.unanswered.push_back(names);
        self.all()
    }

    /// No answer is expected any more.
    pub fn give_up(&mut self) {
        self.unanswered.clear();
    }

    fn all(&self) -> Vec<F> {
        self.files.iter().map(|given| given.file.clone()).collect()
    }

    fn forget(&mut self, names: &[String]) {
        self.files.retain(|given| !names.contains(&given.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Subset;

    fn drop(names: &[&'static str]) -> Vec<(String, f64, &'static str)> {
        names.iter().map(|name| ((*name).to_owned(), 1e6, *name)).collect()
    }

    fn lacks(subset: Subset) -> MissingFiles {
        MissingFiles { subset, files: vec!["RUL".to_owned()] }
    }

    #[test]
    fn what_is_incomplete_is_read_again_with_the_next_drop() {
        let mut drops = Drops::default();
        let given = ["train_FD001.txt", "RUL_FD001.txt", "train_FD003.txt", "half.zip"];
        assert_eq!(drops.take(drop(&given)), Ok(given.to_vec()));
        drops.read(&[lacks(Subset::FD003)]);
        let more = ["test_FD003.txt"];
        assert_eq!(drops.take(drop(&more)), Ok(vec!["train_FD003.txt", "half.zip", "test_FD003.txt"]));
        drops.read(&[]);
        assert_eq!(drops.take(drop(&more)), Ok(more.to_vec()), "what is whole is not read again");
    }

    #[test]
    fn a_refused_drop_is_forgotten_and_an_earlier_one_is_not() {
        let mut drops = Drops::default();
        drops.take(drop(&["train_FD001.txt"])).unwrap();
        drops.read(&[lacks(Subset::FD001)]);
        drops.take(drop(&["test_FD001.txt"])).unwrap();
        assert!(drops.is_reading());
        drops.refused();
        assert!(!drops.is_reading());
        assert_eq!(drops.take(drop(&["RUL_FD001.txt"])), Ok(vec!["train_FD001.txt", "RUL_FD001.txt"]));
    }

    #[test]
    fn more_than_a_hundred_megabytes_are_not_read() {
        let mut drops = Drops::default();
        let error = drops.take(vec![("a".to_owned(), 6e7, ()), ("b".to_owned(), 6.04e7, ())]).unwrap_err();
        assert_eq!(error.to_string(), "the files should have at most 100 MB together, found 120.4 MB");
        assert!(!drops.is_reading());
        drops.take(vec![("a".to_owned(), 6e7, ())]).unwrap();
        drops.read(&[lacks(Subset::FD001)]);
        assert_eq!(drops.take(vec![("b".to_owned(), 6e7, ())]).map(|files| files.len()), Ok(1));
    }

    #[test]
    fn another_engine_reads_what_was_not_answered() {
        let mut drops = Drops::default();
        assert!(drops.again().is_empty());
        drops.take(drop(&["a.zip"])).unwrap();
        drops.take(drop(&["b.zip"])).unwrap();
        assert_eq!(drops.again(), ["a.zip", "b.zip"]);
        drops.refused();
        assert!(!drops.is_reading() && drops.again().is_empty());
    }
}
