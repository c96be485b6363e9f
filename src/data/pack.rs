//! A data set in few bytes.
//!
//! ```text
//! "LSPK" version subset origin regimes    8 bytes
//! CRC-32 of all but itself                4 bytes, little endian
//! provenance                              a varint, and as many bytes of UTF-8
//! sensors                                 a varint, bit n for sensor n + 1; what is not chosen is 0
//! engines, rows of each engine, RULs      varints
//! columns: decimals, constant or not      24 descriptions
//! rows                                    range coded, see range_coder.rs
//! ```
//!
//! A column is kept as whole numbers of its last printed digit. Within an engine each is predicted by the running mean
//! of its recent values in the same operating regime, and the difference is coded: C-MAPSS noise is white, so a mean
//! predicts better than the value before. Nothing is lost: the value decoded is the one that was parsed.

use super::range_coder::{Decoder, Encoder};
use super::{DataError, Dataset, Engine, Origin, Row, SENSORS, Subset};
use crate::ConfigError;

mod bytes;
mod choice;
mod rows;

pub use choice::Choice;

use bytes::{byte, count, crc32, damaged, put, take};
use rows::{Column, State};

const MAGIC: &[u8; 4] = b"LSPK";
const VERSION: u8 = 2;
/// Longest provenance in bytes.
const MAX_PROVENANCE: usize = 1000;
/// A bit for each sensor.
const ALL_SENSORS: u64 = (1 << SENSORS) - 1;
const HEADER: usize = 12;
/// Most rows of a pack, so that a few bytes cannot ask for much memory: more than 100 MB of text can hold. FD004 has
/// 102,463.
const MAX_ROWS: usize = 2_000_000;

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PackInfo {
    /// Version of the format.
    pub version: u8,
    /// Subset.
    pub subset: Subset,
    /// NASA's or emulated.
    pub origin: Origin,
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
    let origin = match dataset.origin {
        Origin::Nasa => "NASA C-MAPSS",
        Origin::Emulated => "emulated",
    };
    let all: Vec<usize> = (1..=SENSORS).collect();
    pack_chosen(dataset, &Choice { sensors: all, ..Choice::default() }, &format!("{origin} {}", dataset.subset))
}

/// Encode the chosen engines and sensors of a data set, with a sentence that says where they come from.
///
/// # Errors
///
/// As [`pack`]; [`DataError::Config`] for a choice that cannot be made or a provenance of more than 1,000 bytes.
pub fn pack_chosen(dataset: &Dataset, choice: &Choice, provenance: &str) -> Result<Vec<u8>, DataError> {
    if provenance.len() > MAX_PROVENANCE {
        let found = format!("{} bytes", provenance.len());
        return Err(ConfigError::new("provenance", "at most 1,000 bytes", &found).into());
    }
    dataset.validate()?;
    encode(&choice.of(dataset)?, choice.sensors()?, provenance)
}

fn encode(dataset: &Dataset, sensors: u64, provenance: &str) -> Result<Vec<u8>, DataError> {
    let engines = || dataset.train.iter().chain(&dataset.test);
    let rows = || engines().flat_map(|engine| &engine.rows);
    if rows().count() > MAX_ROWS {
        let found = rows().count().to_string();
        return Err(DataError::Invalid {
            part: "data set".to_owned(),
            expected: "at most 2,000,000 rows to pack",
            found,
        });
    }
    let mut body = Vec::new();
    put(&mut body, provenance.len() as u64);
    body.extend(provenance.as_bytes());
    put(&mut body, sensors);
    put(&mut body, dataset.train.len() as u64);
    put(&mut body, dataset.test.len() as u64);
    engines().for_each(|engine| put(&mut body, engine.rows.len() as u64));
    let rul = Column::fit(&dataset.test_rul.iter().copied());
    body.push(rul.decimals);
    dataset.test_rul.iter().for_each(|value| put(&mut body, rul.number(*value).cast_unsigned()));

    let columns: Vec<_> =
        (0..Row::COLUMNS).map(|column| Column::fit(&rows().map(|row| row.columns()[column]))).collect();
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
            state.code(&mut coder, Some(row))?;
        }
    }
    body.extend(coder.finish());

    let mut bytes = MAGIC.to_vec();
    let subset = Subset::ALL.iter().position(|subset| *subset == dataset.subset).unwrap_or_default();
    bytes.extend([VERSION, subset as u8, u8::from(dataset.origin == Origin::Nasa), dataset.subset.regimes() as u8]);
    bytes.extend(crc32(&[&bytes, &body]).to_le_bytes());
    bytes.extend(body);
    Ok(bytes)
}

/// Read what a pack says of itself, and check it against its checksum, without decoding its rows.
///
/// # Errors
///
/// [`DataError::Pack`] if the bytes are no pack, of another version, or damaged.
pub fn pack_info(bytes: &[u8]) -> Result<PackInfo, DataError> {
    opened(bytes).map(|(info, _)| info)
}

/// The head of a pack, and what follows it.
fn opened(bytes: &[u8]) -> Result<(PackInfo, &[u8]), DataError> {
    let Some((header, body)) = bytes.split_at_checked(HEADER).filter(|(header, _)| header.starts_with(MAGIC)) else {
        let found = if bytes.starts_with(MAGIC) { "only its first bytes" } else { "something else" };
        return Err(damaged("a Lambdascope data pack", found));
    };
    let (start, checksum) = header.split_at(HEADER - 4);
    let [version, subset, origin] = [start[4], start[5], start[6]];
    if version != VERSION {
        return Err(damaged("version 2", format!("version {version}")));
    }
    if crc32(&[start, body]).to_le_bytes() != *checksum {
        return Err(damaged("bytes that agree with their checksum", "damaged ones"));
    }
    let subset =
        *Subset::ALL.get(usize::from(subset)).ok_or_else(|| damaged("one of four subsets", subset.to_string()))?;
    let mut rest = body;
    let length = take(&mut rest)?;
    let split = usize::try_from(length).ok().filter(|length| *length <= MAX_PROVENANCE);
    let (provenance, after) =
        split.and_then(|length| rest.split_at_checked(length)).ok_or_else(|| damaged("its provenance", "less"))?;
    let provenance = str::from_utf8(provenance).map_err(|_| damaged("its provenance as text", "other bytes"))?;
    rest = after;
    let sensors = take(&mut rest)?;
    if sensors > ALL_SENSORS {
        return Err(damaged("21 sensors", "more"));
    }
    let [train_engines, test_engines] = [count(&mut rest)?, count(&mut rest)?];
    let info = PackInfo {
        version,
        subset,
        origin: if origin == 1 { Origin::Nasa } else { Origin::Emulated },
        provenance: provenance.to_owned(),
        sensors: (1..=SENSORS).filter(|sensor| sensors >> (sensor - 1) & 1 == 1).collect(),
        train_engines,
        test_engines,
    };
    Ok((info, rest))
}

/// Decode what [`pack`] or [`pack_chosen`] encoded.
///
/// # Errors
///
/// [`DataError::Pack`] if the bytes are no pack, of another version, or damaged.
pub fn unpack(bytes: &[u8]) -> Result<Dataset, DataError> {
    let (PackInfo { subset, origin, train_engines: train, test_engines: test, .. }, mut rest) = opened(bytes)?;
    let mut lengths = Vec::new();
    let mut rows = 0;
    for _ in 0..train + test {
        let length = count(&mut rest)?;
        rows += length;
        if rows > MAX_ROWS {
            return Err(damaged("at most 2,000,000 rows", "more"));
        }
        lengths.push(length);
    }
    let rul = Column { decimals: byte(&mut rest)?, constant: None };
    let test_rul = (0..test).map(|_| rul.value(take(&mut rest)?.cast_signed())).collect::<Result<_, _>>()?;
    let mut columns = Vec::new();
    for _ in 0..Row::COLUMNS {
        let decimals = byte(&mut rest)?;
        let constant = match byte(&mut rest)? {
            0 => None,
            _ => Some(f32::from_le_bytes([byte(&mut rest)?, byte(&mut rest)?, byte(&mut rest)?, byte(&mut rest)?])),
        };
        columns.push(Column { decimals, constant });
    }
    let mut coder = Decoder::new(rest);
    let mut state = State::new(subset, &columns);
    let mut engines = Vec::new();
    for (index, length) in lengths.into_iter().enumerate() {
        state.start_engine();
        let mut rows = Vec::new();
        for _ in 0..length {
            rows.push(state.code(&mut coder, None)?);
            if coder.is_exhausted() {
                return Err(damaged("as many bytes as its rows take", "fewer"));
            }
        }
        let number = if index < train { index } else { index - train };
        engines.push(Engine { unit: number as u32 + 1, rows });
    }
    coder.finish()?;
    let test = engines.split_off(train);
    let dataset = Dataset { subset, origin, train: engines, test, test_rul };
    dataset.validate().map_err(|error| damaged("a valid data set", error.to_string()))?;
    Ok(dataset)
}

#[cfg(test)]
pub(super) mod tests;
