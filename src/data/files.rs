//! Several files → complete data sets.

use std::collections::BTreeMap;

use super::archive::{self, Text, Wanted};
use super::parse::{EnginesRead, MAX_FILE_BYTES, read_engines};
use super::provenance::{is_nasas, look_at, provenance};
use super::rul::{RulRead, read_rul};
use super::{
    DataError, Dataset, DatasetFile, FileRole, Manner, NamedFile, Origin, Report, Sensors, Subset, error::shortened,
};

/// What a mixture of files holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilesRead {
    /// The subsets of which all three files were given, in order.
    pub datasets: Vec<Dataset>,
    /// For each subset of which some were given, which are missing ([`DataError::Missing`]).
    pub incomplete: Vec<DataError>,
    /// Files of kinds that are not read ([`DataError::NotRead`]), where there were others.
    pub passed_over: Vec<DataError>,
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

/// Read a mixture of C-MAPSS files: texts, archives, NASA's zip within a zip. Texts are recognised by their names
/// ([`DatasetFile::from_name`]), archives by their first bytes; others, such as the readme in NASA's archive, are passed
/// over, and so is a file that is given twice. Of files with one role the one that is named as NASA's is read. What was
/// assumed in order to read them is reported in [`Dataset::notes`]. What an incomplete subset lacks is reported, and is an error
/// only where there is nothing else.
///
/// # Errors
///
/// [`DataError::NoFiles`] if no name is recognised, [`DataError::NotRead`] if what there is is of a kind that is not
/// read, [`DataError::Missing`] if no subset is complete, [`DataError::Duplicate`] if two different files have one role
/// and the same claim to it, [`DataError::RulCount`] if the RUL file does not fit the test file,
/// [`DataError::TooLarge`] if all together have more than 100 MB, [`DataError::Archive`] for an archive that cannot be
/// opened, and whatever is wrong inside a file.
pub fn read_files(files: &[NamedFile]) -> Result<FilesRead, DataError> {
    complete(read_wanted(files, None, &mut |_| {})?)
}

/// As [`read_files`], of one subset alone: files of the others are left unread.
pub(super) fn read_subset(files: &[NamedFile], subset: Subset) -> Result<FilesRead, DataError> {
    complete(read_wanted(files, Some(subset), &mut |_| {})?)
}

fn complete(read: FilesRead) -> Result<FilesRead, DataError> {
    // A file that is not read may be the one that is missing.
    match read.passed_over.first().or_else(|| read.incomplete.first()) {
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
    read_wanted(files, None, progress)
}

fn read_wanted(
    files: &[NamedFile],
    wanted: Option<Subset>,
    progress: &mut dyn FnMut(ReadProgress<'_>),
) -> Result<FilesRead, DataError> {
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: names(files), bytes, limit: MAX_FILE_BYTES });
    }
    let found = names(files);
    let (packs, files): (Vec<&NamedFile>, Vec<&NamedFile>) =
        files.iter().partition(|file| file.bytes.starts_with(super::pack::MAGIC));
    let packed = packs.iter().map(|file| read_pack(&file.bytes)).collect::<Result<Vec<_>, _>>()?;
    let (texts, foreign) = archive::unpacked(&files, Wanted::Cmapss(wanted), progress)?;
    let mut report = Report::default();
    let given = roles(&texts, wanted, &mut report)?;
    let passed_over: Vec<DataError> = foreign.iter().map(super::foreign::Foreign::error).collect();
    if let Some(challenge) = phm_challenge(&texts, &given) {
        return Err(challenge);
    }
    if given.is_empty() && packed.is_empty() {
        let nothing = DataError::NoFiles { found };
        return Err(passed_over.into_iter().next().unwrap_or(nothing));
    }
    let total_bytes = given.values().map(|text| text.bytes.len()).sum();
    let mut reader = Reader { total_bytes, done_bytes: 0, progress };
    let mut read = FilesRead { datasets: packed, passed_over, ..FilesRead::default() };
    for subset in Subset::ALL {
        let [train, test, rul] = FileRole::ALL.map(|role| given.get(&DatasetFile { subset, role }).copied());
        if let (Some(train), Some(test), Some(rul)) = (train, test, rul) {
            read.datasets.push(reader.subset(subset, [train, test, rul], &report, &read.passed_over)?);
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

/// A data pack. What is NASA's by its own word is, where its values are.
pub(super) fn read_pack(bytes: &[u8]) -> Result<Dataset, DataError> {
    let mut dataset = super::unpack(bytes)?;
    if dataset.origin == Origin::Nasa && !is_nasas(&dataset) {
        dataset.origin = Origin::Own;
        dataset.notes.push("The pack holds some of NASA's engines or sensors, and not the whole data set.".to_owned());
    }
    Ok(dataset)
}

/// The file of each role: that with the best claim to it by its name.
fn roles<'a>(
    texts: &'a [Text<'_>],
    wanted: Option<Subset>,
    report: &mut Report,
) -> Result<BTreeMap<DatasetFile, &'a Text<'a>>, DataError> {
    let mut given: BTreeMap<DatasetFile, &Text<'_>> = BTreeMap::new();
    for text in texts {
        let Some(file) = DatasetFile::from_name(&text.name) else { continue };
        if wanted.is_some_and(|wanted| wanted != file.subset) {
            continue;
        }
        let Some(other) = given.get(&file).copied() else {
            given.insert(file, text);
            continue;
        };
        let (claim, others) = (file.likeness(&text.name), file.likeness(&other.name));
        if text.bytes == other.bytes {
            if claim > others {
                given.insert(file, text);
            }
        } else if claim == others {
            return Err(DataError::Duplicate { file, first: other.path.clone(), second: text.path.clone() });
        } else {
            let (better, passed) = if claim > others { (text, other) } else { (other, text) };
            report.add(&better.name, [Manner::Preferred { other: shortened(&passed.name) }]);
            given.insert(file, better);
        }
    }
    for (file, text) in &given {
        if !file.is_named(&text.name) {
            report.add(&text.name, [Manner::TakenFor { name: file.to_string() }]);
        }
    }
    Ok(given)
}

/// The PHM 2008 challenge has two test files and no RULs.
fn phm_challenge(texts: &[Text<'_>], given: &BTreeMap<DatasetFile, &Text<'_>>) -> Option<DataError> {
    let is = |wanted: &str| {
        texts.iter().find(|text| {
            text.name.rsplit_once('.').map_or(text.name.as_str(), |(stem, _)| stem).eq_ignore_ascii_case(wanted)
        })
    };
    let (train, last) = (is("train")?, is("final_test")?);
    let has_rul = given.keys().any(|file| file.role == FileRole::Rul);
    (!has_rul).then(|| DataError::NotRead {
        file: format!("{} and {}", train.name, last.name),
        what:
            "these are the PHM 2008 challenge, of which the RULs of the test engines were not published; a RUL file is \
               missing"
                .to_owned(),
        instead:
            "give one of NASA's subsets FD001 to FD004, or a RUL file with a line for each engine of the test file"
                .to_owned(),
    })
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
        files: [&Text<'_>; 3],
        names: &Report,
        passed_over: &[DataError],
    ) -> Result<Dataset, DataError> {
        let [train_file, test_file, rul_file] = files;
        let train = self.engines(train_file)?;
        let test = self.engines(test_file)?;
        let rul = self.rul(rul_file)?;
        let mut report = Report::default();
        for assumption in &names.assumptions {
            let of_these = assumption.files.iter().filter(|name| files.iter().any(|file| file.name == **name));
            of_these.for_each(|name| report.add(name, [assumption.manner.clone()]));
        }
        report.add(&train_file.name, train.manners.iter().cloned());
        report.add(&test_file.name, test.manners.iter().cloned());
        report.add(&rul_file.name, rul.manners.iter().cloned());
        let (test_rul, matched) = rul.matched(&rul_file.name, &test_file.name, &test)?;
        report.add(&rul_file.name, matched);
        if let Some(end) = train.end_rul {
            report.add(&train_file.name, [end.agreement(&train_file.name, train.engines.iter().map(|_| 0.0))?]);
        }
        if let Some(end) = test.end_rul {
            report.add(&test_file.name, [end.agreement(&test_file.name, test_rul.iter().copied())?]);
        }
        let (train, test) = (train.engines, test.engines);
        let mut dataset = Dataset {
            subset,
            origin: Origin::Own,
            name: None,
            sensors: Sensors::cmapss(),
            labels: None,
            notes: Vec::new(),
            train,
            test,
            test_rul,
        };
        provenance(&mut dataset, files.map(|file| file.name.as_str()), &mut report);
        if dataset.origin == Origin::Own {
            look_at(&dataset, &train_file.name, &mut report)?;
        }
        dataset.notes = report.sentences();
        dataset.notes.extend(passed_over.iter().map(|error| format!("{error}.")));
        Ok(dataset)
    }

    fn engines(&mut self, file: &Text<'_>) -> Result<EnginesRead, DataError> {
        let before = self.done_bytes;
        self.tell(&file.name, before);
        let engines = read_engines(&file.name, &file.bytes, &mut |done| self.tell(&file.name, before + done));
        self.done_bytes = before + file.bytes.len();
        engines
    }

    fn rul(&mut self, file: &Text<'_>) -> Result<RulRead, DataError> {
        self.done_bytes += file.bytes.len();
        self.tell(&file.name, self.done_bytes);
        read_rul(&file.name, &file.bytes)
    }

    fn tell(&mut self, file: &str, done_bytes: usize) {
        let total_bytes = self.total_bytes;
        let done_bytes = done_bytes.min(total_bytes);
        (self.progress)(ReadProgress { stage: ReadStage::Reading, file, done_bytes, total_bytes });
    }
}

pub(super) fn missing(subset: Subset, given: impl Fn(&DatasetFile) -> bool) -> Vec<DatasetFile> {
    FileRole::ALL.map(|role| DatasetFile { subset, role }).into_iter().filter(|file| !given(file)).collect()
}

pub(super) fn names(files: &[NamedFile]) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<_> = files.iter().take(SHOWN).map(|file| shortened(&file.name)).collect();
    match files.len() {
        0 => return "none".to_owned(),
        count if count > SHOWN => names.push(format!("{} more", count - SHOWN)),
        _ => {}
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, units: u32) -> NamedFile {
        let text = if DatasetFile::from_name(name).is_some_and(|file| file.role == FileRole::Rul) {
            "7\n".repeat(units as usize)
        } else {
            (1..=units)
                .flat_map(|unit| (1..=5).map(move |cycle| format!("{unit} {cycle}{}\n", " 1.5".repeat(24))))
                .collect::<Vec<_>>()
                .concat()
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
            "RUL_FD001.txt: expected 2 rows, one for each engine of test_FD001.txt, found 3"
        );
        assert_eq!(
            message(&[file("Train_FD001.txt", 1), file("a/train_fd001.txt", 2)]),
            "expected one train_FD001.txt, found two that differ: Train_FD001.txt and a/train_fd001.txt"
        );
        let expected = "expected files named like train_FD001.txt, test_FD001.txt and RUL_FD001.txt, found";
        assert_eq!(message(&[]), format!("{expected} none"));
        let many = ["a", "b", "c", "d", "e"].map(|name| file(name, 1));
        assert_eq!(message(&many), format!("{expected} a, b, c, 2 more"));
    }
}
