//! A data set in few bytes.
//!
//! ```text
//! "LSPK" version subset origin regimes    8 bytes
//! CRC-32 of all but itself                4 bytes, little endian
//! provenance, name, notes                 texts: each a varint, and as many bytes of UTF-8
//! labels                                  0, or 1 or 2, cap (of 1) and thresholds as 4 bytes each
//! sensors                                 their names and which are used, or a 0 for those of C-MAPSS
//! chosen sensors                          varints, numbered from 1; what is not chosen is 0
//! engines, rows of each engine, RULs      varints
//! columns: decimals, constant or not      a description for each setting and sensor
//! rows                                    range coded, see range_coder.rs
//! ```
//!
//! A column is kept as whole numbers of its last printed digit. Within an engine each is predicted by the running mean
//! of its recent values in the same operating regime, and the difference is coded: C-MAPSS noise is white, so a mean
//! predicts better than the value before. Nothing is lost: the value decoded is the one that was parsed.

use super::range_coder::{Decoder, Encoder};
use super::{DataError, Dataset, Engine, Labels, MAX_ROWS, MAX_SENSORS, Origin, Rows, SETTINGS, Sensors, Subset};
use crate::ConfigError;

mod bytes;
mod choice;
mod rows;

pub use choice::Choice;

use bytes::{byte, count, crc32, damaged, put, put_text, single, take, text};
use rows::{Column, State};

pub(super) const MAGIC: &[u8; 4] = b"LSPK";
const VERSION: u8 = 3;
/// Longest text in bytes: provenance, the name of a fleet or a sensor, a note.
const MAX_TEXT: usize = 1000;
/// Most notes that a pack carries.
const MAX_NOTES: usize = 100;
const HEADER: usize = 12;
/// Memory, in bytes, that the rows of a pack may take whatever its size.
const FREE_BYTES: usize = 64 << 20;
/// Memory that they may take beyond that for each byte of the pack. C-MAPSS takes 6 in all.
const BYTES_OF_BYTE: usize = 4;

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PackInfo {
    /// Version of the format.
    pub version: u8,
    /// Subset.
    pub subset: Subset,
    /// NASA's, emulated, or a person's own.
    pub origin: Origin,
    /// The name of a fleet that is no subset of C-MAPSS.
    pub name: Option<String>,
    /// What windows are labelled with, where that is not as usual.
    pub labels: Option<Labels>,
    /// What was assumed when the files were read: a sentence each.
    pub notes: Vec<String>,
    /// Where the rows come from, in words.
    pub provenance: String,
    /// Sensors that were chosen, numbered from 1.
    pub sensors: Vec<usize>,
    /// Training engines.
    pub train_engines: usize,
    /// Test engines.
    pub test_engines: usize,
}

/// Encode a data set; [`unpack`] returns an equal one.
///
/// # Errors
///
/// [`DataError::Invalid`] if the data set contradicts itself or has more than 2,000,000 rows.
pub fn pack(dataset: &Dataset) -> Result<Vec<u8>, DataError> {
    let all: Vec<usize> = (1..=dataset.sensors.all().len()).collect();
    pack_chosen(dataset, &Choice { sensors: all, ..Choice::default() }, &dataset.title())
}

/// Encode the chosen engines and sensors of a data set, with a sentence that says where they come from.
///
/// # Errors
///
/// As [`pack`]; [`DataError::Config`] for a choice that cannot be made or a provenance of more than 1,000 bytes.
pub fn pack_chosen(dataset: &Dataset, choice: &Choice, provenance: &str) -> Result<Vec<u8>, DataError> {
    if provenance.len() > MAX_TEXT {
        let found = format!("{} bytes", provenance.len());
        return Err(ConfigError::new("provenance", "at most 1,000 bytes", &found).into());
    }
    dataset.validate()?;
    encode(&choice.of(dataset)?, &choice.sensors(dataset)?, provenance)
}

fn encode(dataset: &Dataset, chosen: &[usize], provenance: &str) -> Result<Vec<u8>, DataError> {
    let engines = || dataset.train.iter().chain(&dataset.test);
    let rows = || engines().flat_map(|engine| &engine.rows);
    let width = SETTINGS + dataset.sensors.all().len();
    let too_large =
        |expected, found: usize| DataError::Invalid { part: "data set".to_owned(), expected, found: found.to_string() };
    if rows().count() > MAX_ROWS {
        return Err(too_large("at most 2,000,000 rows to pack", rows().count()));
    }
    let mut body = Vec::new();
    put_text(&mut body, provenance);
    put_text(&mut body, dataset.name.as_deref().unwrap_or_default());
    let notes = || dataset.notes.iter().filter(|note| note.len() <= MAX_TEXT).take(MAX_NOTES);
    put(&mut body, notes().count() as u64);
    notes().for_each(|note| put_text(&mut body, note));
    put_labels(&mut body, dataset.labels);
    put_sensors(&mut body, &dataset.sensors);
    put(&mut body, chosen.len() as u64);
    for number in chosen {
        put(&mut body, *number as u64);
    }
    put(&mut body, dataset.train.len() as u64);
    put(&mut body, dataset.test.len() as u64);
    engines().for_each(|engine| put(&mut body, engine.rows.len() as u64));
    let rul = Column::fit(&dataset.test_rul.iter().copied());
    body.push(rul.decimals);
    for value in &dataset.test_rul {
        put(&mut body, rul.number(*value).cast_unsigned());
    }

    let columns: Vec<_> = (0..width).map(|column| Column::fit(&rows().map(move |row| row.value(column)))).collect();
    for column in &columns {
        body.push(column.decimals);
        body.push(u8::from(column.constant.is_some()));
        if let Some(value) = column.constant {
            body.extend(value.to_le_bytes());
        }
    }
    let mut coder = Encoder::new();
    let mut state = State::new(dataset.subset, &columns);
    for engine in engines() {
        state.start_engine();
        for row in &engine.rows {
            state.code(&mut coder, Some(&row))?;
        }
    }
    body.extend(coder.finish());

    let mut bytes = MAGIC.to_vec();
    let subset = Subset::ALL.iter().position(|subset| *subset == dataset.subset).unwrap_or_default();
    let origin = Origin::ALL.iter().position(|origin| *origin == dataset.origin).unwrap_or_default();
    bytes.extend([VERSION, subset as u8, origin as u8, dataset.subset.regimes() as u8]);
    bytes.extend(crc32(&[&bytes, &body]).to_le_bytes());
    bytes.extend(body);
    if rows().count() * width * size_of::<f32>() > memory_bytes(bytes.len()) {
        return Err(too_large("rows that differ: so many alike are not packed; rows", rows().count()));
    }
    Ok(bytes)
}

/// Memory that the rows of a pack of this size may take: it bounds what a damaged pack can ask for.
const fn memory_bytes(pack_bytes: usize) -> usize {
    FREE_BYTES + BYTES_OF_BYTE * pack_bytes
}

fn put_labels(body: &mut Vec<u8>, labels: Option<Labels>) {
    let Some(Labels { rul_cap_cycles, health_cycles }) = labels else { return body.push(0) };
    body.push(if rul_cap_cycles.is_some() { 1 } else { 2 });
    rul_cap_cycles.into_iter().chain(health_cycles).for_each(|cycles| body.extend(cycles.to_le_bytes()));
}

fn take_labels(rest: &mut &[u8]) -> Result<Option<Labels>, DataError> {
    let rul_cap_cycles = match byte(rest)? {
        0 => return Ok(None),
        1 => Some(single(rest)?),
        2 => None,
        other => return Err(damaged("labels or none", other.to_string())),
    };
    let labels = Labels { rul_cap_cycles, health_cycles: [single(rest)?, single(rest)?] };
    labels.validate().map_err(|error| damaged("labels that hold", error.to_string()))?;
    Ok(Some(labels))
}

fn put_sensors(body: &mut Vec<u8>, sensors: &Sensors) {
    if *sensors == Sensors::cmapss() {
        return put(body, 0);
    }
    put(body, sensors.all().len() as u64);
    for sensor in sensors.all() {
        put_text(body, &sensor.name);
    }
    put(body, sensors.used().len() as u64);
    for index in sensors.used() {
        put(body, *index as u64);
    }
}

fn take_sensors(rest: &mut &[u8]) -> Result<Sensors, DataError> {
    let all = take_few(rest, MAX_SENSORS, "at most 1000 sensors")?;
    if all == 0 {
        return Ok(Sensors::cmapss());
    }
    let names = (0..all).map(|_| text(rest, MAX_TEXT, "the name of a sensor")).collect::<Result<Vec<_>, _>>()?;
    let used = take_few(rest, all, "no more features than sensors")?;
    let used = (0..used).map(|_| take_few(rest, all - 1, "the index of a sensor")).collect::<Result<Vec<_>, _>>()?;
    Ok(Sensors::named(&names, &used))
}

/// A number that is at most `most`.
fn take_few(rest: &mut &[u8], most: usize, expected: &'static str) -> Result<usize, DataError> {
    let number = take(rest)?;
    let few = usize::try_from(number).ok().filter(|number| *number <= most);
    few.ok_or_else(|| damaged(expected, number.to_string()))
}

/// Read what a pack says of itself, and check it against its checksum, without decoding its rows.
///
/// # Errors
///
/// [`DataError::Pack`] if the bytes are no pack, of another version, or damaged.
pub fn pack_info(bytes: &[u8]) -> Result<PackInfo, DataError> {
    opened(bytes).map(|(info, ..)| info)
}

/// The head of a pack, its sensors, and what follows them.
fn opened(bytes: &[u8]) -> Result<(PackInfo, Sensors, &[u8]), DataError> {
    let Some((header, body)) = bytes.split_at_checked(HEADER).filter(|(header, _)| header.starts_with(MAGIC)) else {
        let found = if bytes.starts_with(MAGIC) { "only its first bytes" } else { "something else" };
        return Err(damaged("a Lambdascope data pack", found));
    };
    let (start, checksum) = header.split_at(HEADER - 4);
    let [version, subset, origin] = [start[4], start[5], start[6]];
    if version != VERSION {
        return Err(damaged("version 3", format!("version {version}: pack the files again")));
    }
    if crc32(&[start, body]).to_le_bytes() != *checksum {
        return Err(damaged("bytes that agree with their checksum", "damaged ones"));
    }
    let subset =
        *Subset::ALL.get(usize::from(subset)).ok_or_else(|| damaged("one of four subsets", subset.to_string()))?;
    let origin =
        *Origin::ALL.get(usize::from(origin)).ok_or_else(|| damaged("one of three origins", origin.to_string()))?;
    let mut rest = body;
    let provenance = text(&mut rest, MAX_TEXT, "its provenance")?;
    let name = Some(text(&mut rest, MAX_TEXT, "its name")?).filter(|name| !name.is_empty());
    let notes = take_few(&mut rest, MAX_NOTES, "at most 100 notes")?;
    let notes = (0..notes).map(|_| text(&mut rest, MAX_TEXT, "a note")).collect::<Result<_, _>>()?;
    let labels = take_labels(&mut rest)?;
    let named = take_sensors(&mut rest)?;
    let all = named.all().len();
    let chosen = take_few(&mut rest, all, "no more chosen sensors than there are")?;
    let sensors = (0..chosen).map(|_| take_few(&mut rest, all, "the number of a sensor")).collect::<Result<_, _>>()?;
    let [train_engines, test_engines] = [count(&mut rest)?, count(&mut rest)?];
    let info =
        PackInfo { version, subset, origin, name, labels, notes, provenance, sensors, train_engines, test_engines };
    Ok((info, named, rest))
}

/// Decode what [`pack`] or [`pack_chosen`] encoded.
///
/// # Errors
///
/// [`DataError::Pack`] if the bytes are no pack, of another version, or damaged.
pub fn unpack(bytes: &[u8]) -> Result<Dataset, DataError> {
    let (info, sensors, mut rest) = opened(bytes)?;
    let PackInfo { subset, origin, name, labels, notes, train_engines: train, test_engines: test, .. } = info;
    let width = SETTINGS + sensors.all().len();
    let mut lengths = Vec::new();
    let mut rows = 0;
    for _ in 0..train + test {
        let length = count(&mut rest)?;
        rows += length;
        if rows > MAX_ROWS || rows * width * size_of::<f32>() > memory_bytes(bytes.len()) {
            return Err(damaged("no more rows than its bytes can hold", "more"));
        }
        lengths.push(length);
    }
    let rul = Column { decimals: byte(&mut rest)?, constant: None };
    let test_rul = (0..test).map(|_| rul.value(take(&mut rest)?.cast_signed())).collect::<Result<_, _>>()?;
    let mut columns = Vec::new();
    for _ in 0..width {
        let decimals = byte(&mut rest)?;
        let constant = match byte(&mut rest)? {
            0 => None,
            _ => Some(single(&mut rest)?),
        };
        columns.push(Column { decimals, constant });
    }
    let mut coder = Decoder::new(rest);
    let mut state = State::new(subset, &columns);
    let mut engines = Vec::new();
    for (index, length) in lengths.into_iter().enumerate() {
        state.start_engine();
        let mut rows = Rows::with_capacity(sensors.all().len(), length);
        for _ in 0..length {
            rows.push(state.code(&mut coder, None)?.iter().copied());
            if coder.is_exhausted() {
                return Err(damaged("as many bytes as its rows take", "fewer"));
            }
        }
        let number = if index < train { index } else { index - train };
        engines.push(Engine { unit: number as u32 + 1, rows });
    }
    coder.finish()?;
    let test = engines.split_off(train);
    let dataset = Dataset { subset, origin, name, sensors, labels, notes, train: engines, test, test_rul };
    dataset.validate().map_err(|error| damaged("a valid data set", error.to_string()))?;
    Ok(dataset)
}

#[cfg(test)]
pub(super) mod tests;
