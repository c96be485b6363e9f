//! A person's own files → data sets and their packs, reported on the way.

use super::{Event, GivenData, MissingFiles};
use crate::data::{DataError, Dataset, NamedFile, ReadProgress, ReadStage, is_archive, pack, read_files_with};

/// Where unpacking ends and where reading does, of the whole work; packing takes the rest. A rough guess, so that the bar
/// moves all the time.
const UNPACKED: f32 = 0.2;
const READ: f32 = 0.6;

/// The least progress that is reported: a bar shows no less.
const LEAST: f32 = 0.01;

/// What was read.
pub(super) struct Read {
    pub datasets: Vec<Dataset>,
    pub data: Vec<GivenData>,
    pub missing: Vec<MissingFiles>,
}

/// Read files, and tell [`Event::Reading`] of each and at every hundredth of the work.
pub(super) fn read(files: Vec<NamedFile>, tell: &mut dyn FnMut(Event)) -> Result<Read, DataError> {
    let mut bar = Bar { tell, file: String::new(), share: 0.0 };
    let unpacked = if files.iter().any(|file| is_archive(&file.bytes)) { UNPACKED } else { 0.0 };
    let read = read_files_with(&files, &mut |ReadProgress { stage, file, done_bytes, total_bytes }| {
        let done = done_bytes as f32 / total_bytes.max(1) as f32;
        let (from, to) = match stage {
            ReadStage::Unpacking => (0.0, unpacked),
            ReadStage::Reading => (unpacked, READ),
        };
        bar.reach(file, from + done * (to - from));
    })?;
    // Up to 100 MB that are not needed any more.
    drop(files);
    let missing = read.incomplete.iter().filter_map(|error| match error {
        DataError::Missing { subset, missing } => {
            Some(MissingFiles { subset: *subset, files: missing.iter().map(ToString::to_string).collect() })
        }
        _ => None,
    });
    let missing = missing.collect();
    let mut data = Vec::with_capacity(read.datasets.len());
    for (dataset, done) in read.datasets.iter().zip(0_u8..) {
        let share = f32::from(done) / read.datasets.len() as f32;
        bar.reach(dataset.subset.name(), READ + share * (1.0 - READ));
        data.push(GivenData::new(dataset, pack(dataset)?));
    }
    let last = std::mem::take(&mut bar.file);
    bar.reach(&last, 1.0);
    Ok(Read { datasets: read.datasets, data, missing })
}

/// Tells how far it has come: never back, and not more often than is seen.
struct Bar<'a> {
    tell: &'a mut dyn FnMut(Event),
    file: String,
    share: f32,
}

impl Bar<'_> {
    fn reach(&mut self, file: &str, share: f32) {
        let share = share.clamp(self.share, 1.0);
        if file != self.file || share - self.share >= LEAST {
            (self.file, self.share) = (file.to_owned(), share);
            (self.tell)(Event::Reading { file: file.to_owned(), share });
        }
    }
}
