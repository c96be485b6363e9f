//! A person's own files → data sets and their packs, reported on the way.

use super::{Event, GivenData, MissingFiles};
use crate::data::{
    COLUMNS, DataError, Dataset, Mapping, NamedFile, ReadProgress, ReadStage, TableHead, import_with, is_archive, pack,
    read_files_with, table_heads,
};

/// Where unpacking ends and where reading does, of the whole work; packing takes the rest. A rough guess, so that the bar
/// moves all the time.
const UNPACKED: f32 = 0.2;
const READ: f32 = 0.6;

/// The least progress that is reported: a bar shows no less.
const LEAST: f32 = 0.01;

/// What was read.
pub(super) struct Read {
    pub datasets: Vec<Dataset>,
    /// What is reported of it: [`Event::FilesLoaded`] or [`Event::Unmapped`].
    pub told: Event,
}

/// Read files, and tell [`Event::Reading`] of each and at every hundredth of the work. Of tables that are not in C-MAPSS
/// form the beginnings are reported.
pub(super) fn read(files: Vec<NamedFile>, tell: &mut dyn FnMut(Event)) -> Result<Read, DataError> {
    let mut bar = Bar::of(&files, tell);
    let read = match read_files_with(&files, &mut |progress| bar.follow(&progress)) {
        Ok(read) => read,
        Err(error) => {
            let tables = if may_be_mapped(&error) { table_heads(&files) } else { Vec::new() };
            let mapped = tables.iter().any(|table| TableHead::can_be_mapped(table) && is_about(&error, table));
            let told = Event::Unmapped { tables, why: error.to_string() };
            return if mapped { Ok(Read { datasets: Vec::new(), told }) } else { Err(error) };
        }
    };
    // A file that is not read may be the one that is missing.
    if let (true, Some(error)) = (read.datasets.is_empty(), read.passed_over.first()) {
        return Err(error.clone());
    }
    // Up to 100 MB that are not needed any more.
    drop(files);
    let missing = read.incomplete.iter().filter_map(|error| match error {
        DataError::Missing { subset, missing } => {
            Some(MissingFiles { subset: *subset, files: missing.iter().map(ToString::to_string).collect() })
        }
        _ => None,
    });
    let missing = missing.collect();
    bar.packed(read.datasets, missing)
}

/// Read a fleet by a mapping, and tell as [`read`] does.
pub(super) fn import(mapping: &Mapping, files: Vec<NamedFile>, tell: &mut dyn FnMut(Event)) -> Result<Read, DataError> {
    let mut bar = Bar::of(&files, tell);
    let dataset = import_with(mapping, &files, &mut |progress| bar.follow(&progress))?;
    drop(files);
    bar.packed(vec![dataset], Vec::new())
}

/// Whether files that are refused so may be tables of another form.
const fn may_be_mapped(error: &DataError) -> bool {
    matches!(error, DataError::NoFiles { .. } | DataError::Columns { .. } | DataError::Ambiguous { .. })
}

/// Whether a table is refused for its form: a C-MAPSS table of which a row is broken is not to be mapped but mended.
fn is_about(error: &DataError, table: &TableHead) -> bool {
    match error {
        DataError::Columns { file, .. } => *file == table.file && table.width < 2 + COLUMNS,
        DataError::Ambiguous { file, .. } => *file == table.file,
        _ => true,
    }
}

/// Tells how far it has come: never back, and not more often than is seen.
struct Bar<'a> {
    tell: &'a mut dyn FnMut(Event),
    file: String,
    share: f32,
    /// Where unpacking ends.
    unpacked: f32,
}

impl<'a> Bar<'a> {
    fn of(files: &[NamedFile], tell: &'a mut dyn FnMut(Event)) -> Self {
        let unpacked = if files.iter().any(|file| is_archive(&file.bytes)) { UNPACKED } else { 0.0 };
        Self { tell, file: String::new(), share: 0.0, unpacked }
    }

    fn follow(&mut self, progress: &ReadProgress<'_>) {
        let done = progress.done_bytes as f32 / progress.total_bytes.max(1) as f32;
        let (from, to) = match progress.stage {
            ReadStage::Unpacking => (0.0, self.unpacked),
            ReadStage::Reading => (self.unpacked, READ),
        };
        self.reach(progress.file, from + done * (to - from));
    }

    /// Pack what was read, and tell of it.
    fn packed(mut self, datasets: Vec<Dataset>, missing: Vec<MissingFiles>) -> Result<Read, DataError> {
        let mut data = Vec::with_capacity(datasets.len());
        for (dataset, done) in datasets.iter().zip(0_u8..) {
            let share = f32::from(done) / datasets.len() as f32;
            self.reach(dataset.subset.name(), READ + share * (1.0 - READ));
            data.push(GivenData::new(dataset, pack(dataset)?));
        }
        let last = std::mem::take(&mut self.file);
        self.reach(&last, 1.0);
        Ok(Read { datasets, told: Event::FilesLoaded { data, missing } })
    }

    fn reach(&mut self, file: &str, share: f32) {
        let share = share.clamp(self.share, 1.0);
        if file != self.file || share - self.share >= LEAST {
            (self.file, self.share) = (file.to_owned(), share);
            (self.tell)(Event::Reading { file: file.to_owned(), share });
        }
    }
}
