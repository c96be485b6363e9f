//! Any fleet with a unit, a time and sensors, by a mapping of its columns.
//!
//! ```text
//! tables + Mapping ── import ──> Dataset of Origin::Own, with the mapping's name and sensors
//! ```
//!
//! A row is a cycle: within a unit, times follow each other in equal steps. Training units run to failure. The RUL after
//! the last row of a test unit comes from a file, from a column, or from cutting units that ran to failure.

use super::archive::{Text, Wanted, base, unpacked};
use super::files::names;
use super::parse::{EnginesRead, MAX_FILE_BYTES};
use super::provenance::note_short;
use super::rul::read_rul;
use super::{
    DataError, Dataset, Engine, MIN_WINDOW, NamedFile, Origin, ReadProgress, ReadStage, Report, Rows, SETTINGS,
    Sensors, Subset, error::shortened,
};

mod columns;
mod fleet;
mod limit;
mod mapping;
mod parts;
mod suggest;

pub use limit::RulLimit;
pub use mapping::{Mapping, Repeats};
pub use suggest::{ColumnHead, TableHead, table_heads};

use fleet::Fleet;

/// Read a fleet from tables, which may lie in archives.
///
/// # Errors
///
/// [`DataError::Mapping`] for a mapping that names a file or a column that there is not, or contradicts itself; for the
/// files those of [`super::read_files`].
pub fn import(mapping: &Mapping, files: &[NamedFile]) -> Result<Dataset, DataError> {
    import_with(mapping, files, &mut |_| {})
}

/// As [`import`]; `progress` is given every now and then how far reading has come.
///
/// # Errors
///
/// As [`import`].
pub fn import_with(
    mapping: &Mapping,
    files: &[NamedFile],
    progress: &mut dyn FnMut(ReadProgress<'_>),
) -> Result<Dataset, DataError> {
    mapping.validate()?;
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: names(files), bytes, limit: MAX_FILE_BYTES });
    }
    let all: Vec<&NamedFile> = files.iter().collect();
    let (texts, foreign) = unpacked(&all, Wanted::Tables, progress)?;
    let file = |name: &String, field| {
        let mut found = texts.iter().filter(|text| text.name == base(name));
        match (found.next(), found.next()) {
            (Some(text), None) => Ok(text),
            (Some(one), Some(other)) => Err(refused(
                field,
                "the name of one file",
                format!("two of that name: {} and {}", shortened(&one.path), shortened(&other.path)),
            )),
            (None, _) => match foreign.first() {
                Some(foreign) => Err(foreign.error()),
                None => Err(refused(
                    field,
                    "the name of a file that is there",
                    format!("`{}` beside {}", shortened(name), names(files)),
                )),
            },
        }
    };
    let named = [Some(&mapping.train), mapping.test.as_ref()].into_iter().flatten();
    let total_bytes = texts.iter().filter(|text| named.clone().any(|name| base(name) == text.name));
    let total_bytes = total_bytes.map(|text| text.bytes.len()).sum();
    let mut done_before = 0;
    let mut read = |text: &Text<'_>, wanted: Option<&[String]>, report: &mut Report| {
        let fleet = Fleet::read(mapping, text, wanted, report, &mut |done| {
            let done_bytes = (done_before + done).min(total_bytes);
            progress(ReadProgress { stage: ReadStage::Reading, file: &text.name, done_bytes, total_bytes });
        });
        done_before += text.bytes.len();
        fleet
    };
    let mut report = Report::default();
    let mut notes = Vec::new();
    let train_file = file(&mapping.train, "train")?;
    let mut train = read(train_file, None, &mut report)?;
    let (mut test, rul) = match &mapping.test {
        Some(name) => {
            let test_file = file(name, "test")?;
            let test = read(test_file, Some(&train.names), &mut report)?;
            let rul = mapping.test_rul.as_ref().map(|name| file(name, "test_rul")).transpose()?;
            (test, rul)
        }
        None => (train.held_out(mapping, &mut notes)?, None),
    };
    let test_rul = match (rul, &mapping.rul) {
        (Some(file), _) => {
            let read = read_rul(&file.name, &file.bytes)?;
            report.add(&file.name, read.manners.iter().cloned());
            let engines = test.engines.iter().map(|rows| Engine { unit: 0, rows: rows.clone() }).collect();
            let of = EnginesRead { engines, units: test.numbers(), is_ascending: true, ..EnginesRead::default() };
            let (values, manner) = read.matched(&file.name, mapping.test.as_deref().unwrap_or_default(), &of)?;
            report.add(&file.name, manner);
            values
        }
        (None, Some(_)) if mapping.test.is_some() => test.end_rul.clone(),
        _ => test.cut(mapping, &mut notes),
    };
    if let Some(unit) = train.end_rul.iter().position(|rul| *rul != 0.0).filter(|_| mapping.rul.is_some()) {
        let found = format!("a RUL of {} in the last row of unit {}", train.end_rul[unit], train.units[unit]);
        return Err(refused("train", "units that run to failure", found));
    }
    let (sensors, train, test) = features(mapping, train, test, &mut notes)?;
    let longest = train.iter().map(|engine| engine.rows.len()).max().unwrap_or_default();
    if longest < MIN_WINDOW {
        return Err(refused(
            "train",
            "a unit of at least 5 rows, the shortest window",
            format!("{longest} in the longest"),
        ));
    }
    note_short(&train, &mapping.train, &mut report);
    notes.splice(0..0, report.sentences());
    let lives: usize = train.iter().map(|engine| engine.rows.len()).sum();
    let labels = mapping.labels(lives as f32 / train.len() as f32)?;
    notes.push(format!("Labels: {labels}."));
    let (subset, origin, name) = (Subset::FD001, Origin::Own, Some(mapping.name.clone()));
    let labels = Some(labels);
    let dataset = Dataset { subset, origin, name, sensors, labels, notes, train, test, test_rul };
    dataset.validate()?;
    Ok(dataset)
}

fn refused(field: &'static str, expected: &'static str, found: String) -> DataError {
    DataError::Mapping { field, expected, found }
}

/// Leave out what never varies in training, and put the settings in their place.
fn features(
    mapping: &Mapping,
    train: Fleet,
    test: Fleet,
    notes: &mut Vec<String>,
) -> Result<(Sensors, Vec<Engine>, Vec<Engine>), DataError> {
    let mut first: Option<Vec<f32>> = None;
    let mut varies = vec![false; train.names.len()];
    for row in train.engines.iter().flatten() {
        let first = first.get_or_insert_with(|| row.sensors.to_vec());
        varies
            .iter_mut()
            .zip(row.sensors.iter().zip(first))
            .for_each(|(varies, (value, first))| *varies |= value != first);
    }
    let kept: Vec<usize> = (0..varies.len()).filter(|column| varies[*column]).collect();
    if kept.is_empty() {
        return Err(refused("sensors", "a column that varies in the training units", "none".to_owned()));
    }
    let constant: Vec<&str> =
        (0..varies.len()).filter(|column| !varies[*column]).map(|c| train.names[c].as_str()).collect();
    if !constant.is_empty() {
        notes.push(format!(
            "{} left out, because nothing varies there in training: {}.",
            plural(constant.len()),
            shortened(&constant.join(", "))
        ));
    }
    let named: Vec<String> = kept.iter().map(|column| train.names[*column].clone()).collect();
    let used: Vec<usize> = (0..kept.len()).collect();
    let settings = mapping.settings.len();
    let engines = |fleet: Fleet| -> Vec<Engine> {
        let chosen = |rows: Rows| {
            let mut all = Rows::with_capacity(kept.len(), rows.len());
            for row in &rows {
                let setting = |index: usize| if index < settings { row.sensors[index] } else { 0.0 };
                all.push((0..SETTINGS).map(setting).chain(kept.iter().map(|column| row.sensors[*column])));
            }
            all
        };
        (1..).zip(fleet.engines).map(|(unit, rows)| Engine { unit, rows: chosen(rows) }).collect()
    };
    Ok((Sensors::named(&named, &used), engines(train), engines(test)))
}

fn plural(columns: usize) -> String {
    if columns == 1 { "1 column is".to_owned() } else { format!("{columns} columns are") }
}

#[cfg(test)]
mod tests;
