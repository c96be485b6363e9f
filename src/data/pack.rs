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

use super::{
    DataError, Dataset, Engine, Origin, Row, SENSORS, SET_POINTS, Subset, USED_SENSORS,
    range_coder::{Coder, Decoder, Encoder, MAX_BITS, NumberModel, Probability, tree},
    regime,
};

mod bytes;

use bytes::{byte, count, crc32, damaged, put, take};

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
/// Decimals that stand for "not decimal": the bits of the number are kept.
const RAW: u8 = 255;
/// Most decimals that are tried.
const MAX_DECIMALS: u8 = 7;
/// Numbers that are kept are smaller than this, their differences fit [`MAX_BITS`].
const LIMIT: i64 = 1 << (MAX_BITS - 3);
/// Values over which the running mean is taken, at most. On FD001 12 and 20 give packs 0.3 % and 1.2 % larger.
const MEMORY: i64 = 8;
/// Fraction bits of the running mean.
const FRACTION_BITS: u32 = 4;

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

/// Engines and sensors that go into a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Training engines by their numbers; empty for all.
    pub train: Vec<u32>,
    /// Test engines by their numbers; empty for all.
    pub test: Vec<u32>,
    /// Sensors, numbered from 1; empty for [`super::USED_SENSORS`].
    pub sensors: Vec<usize>,
}

impl Choice {
    /// The data set with the chosen engines, numbered anew from 1, and with 0 for the sensors that are not chosen.
    ///
    /// # Errors
    ///
    /// [`DataError::Config`] for an engine or a sensor that there is not.
    pub fn of(&self, dataset: &Dataset) -> Result<Dataset, DataError> {
        let sensors = self.sensors()?;
        let engines = |engines: &[Engine], units: &[u32], field| -> Result<Vec<usize>, DataError> {
            let all = || (0..engines.len()).collect();
            let index = |unit: &u32| {
                let index = engines.iter().position(|engine| engine.unit == *unit);
                let expected = "numbers of engines in the data set";
                index.ok_or_else(|| DataError::Config { field, expected, found: unit.to_string() })
            };
            if units.is_empty() { Ok(all()) } else { units.iter().map(index).collect() }
        };
        let train = engines(&dataset.train, &self.train, "train")?;
        let test = engines(&dataset.test, &self.test, "test")?;
        let taken = |engines: &[Engine], indices: &[usize]| -> Vec<Engine> {
            let rows = |index: &usize| engines[*index].rows.iter().map(|row| kept(row, sensors)).collect();
            (1..).zip(indices).map(|(unit, index)| Engine { unit, rows: rows(index) }).collect()
        };
        Ok(Dataset {
            train: taken(&dataset.train, &train),
            test: taken(&dataset.test, &test),
            test_rul: test.iter().map(|index| dataset.test_rul[*index]).collect(),
            ..*dataset
        })
    }

    /// A bit for each sensor.
    fn sensors(&self) -> Result<u64, DataError> {
        let chosen = if self.sensors.is_empty() { &USED_SENSORS[..] } else { &self.sensors };
        let bit = |sensor: &usize| match sensor {
            1..=SENSORS => Ok(1 << (sensor - 1)),
            _ => Err(DataError::Config { field: "sensors", expected: "from 1 to 21", found: sensor.to_string() }),
        };
        chosen.iter().map(bit).try_fold(0, |bits: u64, bit| Ok(bits | bit?))
    }
}

/// A row with 0 for the sensors that are not chosen.
fn kept(row: &Row, sensors: u64) -> Row {
    let value = |index: usize| if sensors >> index & 1 == 1 { row.sensors[index] } else { 0.0 };
    Row { settings: row.settings, sensors: std::array::from_fn(value) }
}

/// Encode the chosen engines and sensors of a data set, with a sentence that says where they come from.
///
/// # Errors
///
/// As [`pack`]; [`DataError::Config`] for a choice that cannot be made or a provenance of more than 1,000 bytes.
pub fn pack_chosen(dataset: &Dataset, choice: &Choice, provenance: &str) -> Result<Vec<u8>, DataError> {
    if provenance.len() > MAX_PROVENANCE {
        let found = format!("{} bytes", provenance.len());
        return Err(DataError::Config { field: "provenance", expected: "at most 1,000 bytes", found });
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

/// How a column is kept.
struct Column {
    /// Digits after the point, or [`RAW`].
    decimals: u8,
    /// Its value where there is only one.
    constant: Option<f32>,
}

impl Column {
    fn fit(values: &(impl Iterator<Item = f32> + Clone)) -> Self {
        let mut all = values.clone();
        let constant = all.next().filter(|first| all.all(|value| value.to_bits() == first.to_bits()));
        let exact = |decimals: &u8| {
            let column = Self { decimals: *decimals, constant: None };
            values.clone().all(|value| column.value(column.number(value)) == Ok(value))
        };
        Self { decimals: (0..=MAX_DECIMALS).find(exact).unwrap_or(RAW), constant }
    }

    fn number(&self, value: f32) -> i64 {
        match self.decimals {
            RAW => i64::from(value.to_bits()),
            decimals => (f64::from(value) * 10_f64.powi(decimals.into())).round() as i64,
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "numbers are below 2³⁷")]
    fn value(&self, number: i64) -> Result<f32, DataError> {
        match self.decimals {
            _ if number.unsigned_abs() >= LIMIT.unsigned_abs() => {
                Err(damaged("a value within bounds", number.to_string()))
            }
            RAW => u32::try_from(number).map(f32::from_bits).map_err(|_| damaged("32 bits", number.to_string())),
            decimals if decimals <= MAX_DECIMALS => Ok((number as f64 / 10_f64.powi(decimals.into())) as f32),
            decimals => Err(damaged("at most 7 decimals", decimals.to_string())),
        }
    }
}

/// Running mean of a column in a regime.
#[derive(Clone, Copy, Default)]
struct Mean {
    /// In units of 2⁻⁴.
    mean: i64,
    count: i64,
}

impl Mean {
    fn prediction(self) -> i64 {
        self.mean >> FRACTION_BITS
    }

    fn add(&mut self, number: i64) {
        self.count = (self.count + 1).min(MEMORY);
        self.mean += ((number << FRACTION_BITS) - self.mean) / self.count;
    }
}

/// What both ends know after the rows so far.
struct State<'a> {
    subset: Subset,
    columns: &'a [Column],
    models: Vec<NumberModel>,
    /// `[columns × regimes]`: within the engine, and over the first values of engines.
    means: Vec<Mean>,
    starts: Vec<Mean>,
    regime: [Probability; 8],
}

impl<'a> State<'a> {
    fn new(subset: Subset, columns: &'a [Column]) -> Self {
        let means = vec![Mean::default(); columns.len() * subset.regimes()];
        let models = columns.iter().map(|_| NumberModel::new()).collect();
        Self { subset, columns, models, starts: means.clone(), means, regime: [Probability::EVEN; 8] }
    }

    fn start_engine(&mut self) {
        self.means.fill(Mean::default());
    }

    /// Code a row, or decode one where there is none.
    fn code(&mut self, coder: &mut impl Coder, row: Option<&Row>) -> Result<Row, DataError> {
        let mut regime = 0;
        if self.subset.regimes() > 1 {
            let known = row.map_or(0, |row| regime::regime(self.subset, row));
            let number = tree(coder, &mut self.regime, 3, known as u64);
            regime = usize::try_from(number)
                .ok()
                .filter(|regime| *regime < SET_POINTS.len())
                .ok_or_else(|| damaged("one of six regimes", number.to_string()))?;
        }
        let known = row.map(Row::columns);
        let mut decoded = [0.0; Row::COLUMNS];
        for (index, (column, decoded)) in self.columns.iter().zip(&mut decoded).enumerate() {
            if let Some(value) = column.constant {
                *decoded = value;
                continue;
            }
            let slot = index * self.subset.regimes() + regime;
            let (mean, start) = (&mut self.means[slot], &mut self.starts[slot]);
            let prediction = if mean.count > 0 { mean.prediction() } else { start.prediction() };
            let known = known.map_or(prediction, |columns| column.number(columns[index]));
            let difference = self.models[index].code(coder, known - prediction);
            let number = prediction + difference.ok_or_else(|| damaged("a number that can be", "a longer one"))?;
            *decoded = column.value(number)?;
            if mean.count == 0 {
                start.add(number);
            }
            mean.add(number);
        }
        Ok(Row::from_columns(&decoded))
    }
}

#[cfg(test)]
pub(super) mod tests;
