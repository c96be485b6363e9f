//! Any fleet with a unit, a time and sensors, by a mapping of its columns.
//!
//! ```text
//! tables + Mapping ── import ──> Dataset of Origin::Own, with the mapping's name and sensors
//! ```
//!
//! A row is a cycle: within a unit, times follow each other in equal steps. Training units run to failure. The RUL after
//! the last row of a test unit comes from a file, from a column, or from cutting units that ran to failure.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::columns::title;
use super::files::{names, note_short};
use super::parse::{EnginesRead, MAX_FILE_BYTES, MAX_ROWS, MAX_SENSORS, MAX_UNITS, read_rul};
use super::table::{Form, Place, decoded, for_each_record, number};
use super::{
    DataError, Dataset, Engine, MIN_WINDOW, NamedFile, Origin, Report, Rows, SETTINGS, Sensors, Subset,
    error::shortened,
};

/// What is done with several rows of one unit and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// They are an error.
    #[default]
    Refuse,
    /// Their mean is taken, as of N-CMAPSS, which has a row a second and a RUL a flight.
    Mean,
}

/// The columns of a fleet, by their names in the header, and which file is which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What the fleet is called.
    pub name: String,
    /// File of the units that ran to failure.
    pub train: String,
    /// File of the test units. Without, units of the training file are held out for the test.
    #[serde(default)]
    pub test: Option<String>,
    /// File with the RUL after the last row of each test unit: one a line, or with the unit before it.
    #[serde(default)]
    pub test_rul: Option<String>,
    /// Column of the unit: numbers or names.
    pub unit: String,
    /// Column of the time, which grows by the same step from row to row.
    pub time: String,
    /// Columns of the sensors; empty for all numeric ones that have no other role. Those that never vary are left out.
    #[serde(default)]
    pub sensors: Vec<String>,
    /// At most three columns of operating conditions. A model is given them beside the sensors.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Columns to leave out.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Column of the RUL, in rows, which counts down within each unit.
    #[serde(default)]
    pub rul: Option<String>,
    /// What is done with several rows of one unit and time.
    #[serde(default)]
    pub repeats: Repeats,
    /// Share of the units that are held out for the test where there is no test file, from 0.05 to 0.5.
    #[serde(default = "usual_share")]
    pub test_share: f32,
    /// Seed of what is drawn: which units are held out, and where units that ran to failure are cut.
    #[serde(default = "usual_seed")]
    pub seed: u32,
}

const fn usual_share() -> f32 {
    0.3
}

const fn usual_seed() -> u32 {
    1
}

/// Longest name of a fleet, in characters.
const MAX_NAME: usize = 60;
/// How much the step from row to row may differ from the usual one, as a share of it.
const STEP_TOLERANCE: f64 = 1e-3;
/// Where test units that ran to failure are cut, as shares of their rows.
const CUT: (f64, f64) = (0.3, 0.9);

/// Read a fleet.
///
/// # Errors
///
/// [`DataError::Mapping`] for a mapping that names a file or a column that there is not, or contradicts itself; for the
/// files those of [`super::read_files`].
pub fn import(mapping: &Mapping, files: &[NamedFile]) -> Result<Dataset, DataError> {
    mapping.validate()?;
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: names(files), bytes, limit: MAX_FILE_BYTES });
    }
    let file = |name: &String, field| {
        let found = files.iter().find(|file| super::archive::base(&file.name) == name);
        found.ok_or_else(|| {
            refused(field, "the name of a file that is there", format!("`{}` beside {}", shortened(name), names(files)))
        })
    };
    let mut report = Report::default();
    let mut notes = Vec::new();
    let train_file = file(&mapping.train, "train")?;
    let mut train = Fleet::read(mapping, train_file, None, &mut report)?;
    let (mut test, rul) = match &mapping.test {
        Some(name) => {
            let test_file = file(name, "test")?;
            let test = Fleet::read(mapping, test_file, Some(&train.names), &mut report)?;
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
    let name = Some(mapping.name.clone());
    let dataset = Dataset { subset: Subset::FD001, origin: Origin::Own, name, sensors, notes, train, test, test_rul };
    dataset.validate()?;
    Ok(dataset)
}

impl Mapping {
    fn validate(&self) -> Result<(), DataError> {
        let characters = self.name.chars().count();
        if !(1..=MAX_NAME).contains(&characters) || self.name.chars().any(char::is_control) {
            return Err(refused("name", "from 1 to 60 characters", shortened(&self.name)));
        }
        if self.settings.len() > SETTINGS {
            return Err(refused("settings", "at most three columns", self.settings.len().to_string()));
        }
        // A range contains no NaN.
        if !(0.05..=0.5).contains(&self.test_share) {
            return Err(refused("test_share", "from 0.05 to 0.5", self.test_share.to_string()));
        }
        if self.test_rul.is_some() && self.test.is_none() {
            return Err(refused("test_rul", "given together with `test`", "it alone".to_owned()));
        }
        Ok(())
    }
}

fn refused(field: &'static str, expected: &'static str, found: String) -> DataError {
    DataError::Mapping { field, expected, found }
}

/// The rows of one file: settings first, then the other columns that may be sensors.
struct Fleet {
    /// Names of the columns of a row.
    names: Vec<String>,
    /// Names of the units, as in the file.
    units: Vec<String>,
    /// Their rows. The settings of [`Rows`] are 0: which columns stay is decided later.
    engines: Vec<Rows>,
    /// The RUL after the last row of each, where there is a column of it.
    end_rul: Vec<f32>,
}

/// A row, where it belongs and where it stands.
struct Entry {
    unit: u32,
    line: u32,
    time: f64,
    rul: f32,
    /// Index of its values.
    row: u32,
}

impl Fleet {
    /// Read a file; `wanted` are the columns of a row where those are known.
    fn read(
        mapping: &Mapping,
        file: &NamedFile,
        wanted: Option<&[String]>,
        report: &mut Report,
    ) -> Result<Self, DataError> {
        let name = super::archive::base(&file.name);
        let (text, manners) = decoded(name, &file.bytes)?;
        let form = Form::with_names(&text);
        report.add(name, manners.into_iter().chain(form.manners.iter().cloned()));
        let columns = Columns::of(mapping, name, &form, wanted)?;
        if mapping.sensors.is_empty() && wanted.is_none() {
            let others = (0..form.width).filter(|column| !columns.has(mapping, *column));
            report.add(
                name,
                others.map(|column| super::Manner::LeftOut { column: title(form.names.as_deref(), column) }),
            );
        }
        let comma = form.layout.decimal_comma;
        let mut unit_of: HashMap<String, u32> = HashMap::new();
        let mut units: Vec<String> = Vec::new();
        // Not more than the text can hold.
        let rows = (text.iter().filter(|byte| **byte == b'\n').count() + 1).min(MAX_ROWS);
        let mut entries: Vec<Entry> = Vec::with_capacity(rows);
        let mut values: Vec<f32> = Vec::new();
        let mut head = form.head;
        for_each_record(name, &text, form.layout.separator, &mut |_| {}, |place, fields| {
            if head > 0 {
                head -= 1;
                return Ok(());
            }
            if fields.len() < form.width {
                return Err(place.columns(&format!("{} columns, as in the rows before", form.width), fields));
            }
            if entries.len() == MAX_ROWS {
                let part = format!("{name}, line {}", place.line);
                return Err(DataError::Invalid { part, expected: "at most 2,000,000 rows", found: "more".to_owned() });
            }
            let title =
                |column: usize| form.names.as_ref().and_then(|names| names.get(column)).cloned().unwrap_or_default();
            let value = |column: usize| {
                number(fields[column], comma)
                    .ok_or_else(|| place.value(column, title(column), "a number", fields[column]))
            };
            let unit = fields[columns.unit];
            if unit.is_empty() {
                return Err(place.value(columns.unit, title(columns.unit), "the unit of the row", unit));
            }
            if units.len() > MAX_UNITS {
                return Err(place.value(columns.unit, title(columns.unit), "one of at most 100,000 units", unit));
            }
            let next = units.len() as u32;
            let unit = *unit_of.entry(unit.to_owned()).or_insert_with(|| {
                units.push(shortened(unit));
                next
            });
            let time = pointed(fields[columns.time], comma)
                .ok_or_else(|| place.value(columns.time, title(columns.time), "a number", fields[columns.time]))?;
            let rul = columns.rul.map_or(Ok(0.0), value)?;
            entries.push(Entry { unit, line: place.line as u32, time, rul, row: entries.len() as u32 });
            for column in &columns.values {
                values.push(value(*column)?);
            }
            Ok(())
        })?;
        if entries.is_empty() {
            return Err(DataError::Empty { file: name.to_owned() });
        }
        let names = columns.values.iter().map(|column| columns.names[*column].clone()).collect();
        let fleet = Self { names, units, engines: Vec::new(), end_rul: Vec::new() };
        fleet.filled(mapping, name, &columns, entries, &values, report)
    }

    /// Sort the rows into units, check their times, and join those of one time.
    fn filled(
        mut self,
        mapping: &Mapping,
        file: &str,
        columns: &Columns,
        mut entries: Vec<Entry>,
        values: &[f32],
        report: &mut Report,
    ) -> Result<Self, DataError> {
        // Numbers in ascending order; names as they come.
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        if let Some(numbers) = self.units.iter().map(|unit| unit.parse::<f64>().ok()).collect::<Option<Vec<_>>>() {
            order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        }
        let mut rank = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(unit, place)| rank[*unit] = place);
        self.units = order.iter().map(|unit| self.units[*unit].clone()).collect();
        entries.iter_mut().for_each(|entry| entry.unit = rank[entry.unit as usize]);
        let is_sorted = entries.is_sorted_by(|a, b| (a.unit, a.time) <= (b.unit, b.time));
        if !is_sorted {
            entries.sort_by(|a, b| a.unit.cmp(&b.unit).then(a.time.total_cmp(&b.time)));
            report.add(file, [super::Manner::Sorted]);
        }
        let width = columns.values.len();
        let step = usual_step(&entries);
        for of_unit in entries.chunk_by(|a, b| a.unit == b.unit) {
            let mut rows = Rows::with_capacity(width, of_unit.len());
            let mut before: Option<&Entry> = None;
            let mut row = Vec::with_capacity(width);
            for same in of_unit.chunk_by(|a, b| a.time == b.time) {
                let [first, rest @ ..] = same else { continue };
                let place = Place { file, line: rest.first().unwrap_or(first).line as usize };
                let refuse = |expected: String| {
                    place.value(columns.time, mapping.time.as_str(), expected, &first.time.to_string())
                };
                if !rest.is_empty() && mapping.repeats == Repeats::Refuse {
                    return Err(refuse(format!(
                        "each time of unit {} once, as in line {}",
                        self.units[first.unit as usize], first.line
                    )));
                }
                if let Some(before) = before {
                    let expected = before.time + step;
                    if (first.time - expected).abs() > STEP_TOLERANCE * step {
                        return Err(refuse(format!(
                            "{expected}, the next time of unit {}",
                            self.units[first.unit as usize]
                        )));
                    }
                }
                row.clear();
                row.extend((0..width).map(|column| {
                    let sum: f64 =
                        same.iter().map(|entry| f64::from(values[entry.row as usize * width + column])).sum();
                    (sum / same.len() as f64) as f32
                }));
                rows.push([0.0; SETTINGS].into_iter().chain(row.iter().copied()));
                before = Some(first);
            }
            self.end_rul.push(of_unit.last().map_or(0.0, |entry| entry.rul));
            self.check_rul(file, columns, of_unit)?;
            self.engines.push(rows);
        }
        Ok(self)
    }

    /// A RUL column counts rows down, or stays at a cap.
    fn check_rul(&self, file: &str, columns: &Columns, of_unit: &[Entry]) -> Result<(), DataError> {
        let Some(column) = columns.rul else { return Ok(()) };
        let most = of_unit.iter().map(|entry| entry.rul).fold(0.0, f32::max);
        let mut expected = of_unit.last().map_or(0.0, |entry| entry.rul);
        for same in of_unit.chunk_by(|a, b| a.time == b.time).rev() {
            for entry in same {
                if entry.rul != expected.min(most) || entry.rul < 0.0 {
                    let place = Place { file, line: entry.line as usize };
                    let expected = format!("{expected}, the RUL of unit {} in rows", self.units[entry.unit as usize]);
                    return Err(place.value(column, "RUL", expected, &entry.rul.to_string()));
                }
            }
            expected += 1.0;
        }
        Ok(())
    }

    /// Units as numbers: their own, or their places.
    fn numbers(&self) -> Vec<u32> {
        let own: Option<Vec<u32>> = self.units.iter().map(|unit| unit.parse().ok()).collect();
        own.unwrap_or_else(|| (1..).take(self.units.len()).collect())
    }

    /// Take some units out, for the test.
    fn held_out(&mut self, mapping: &Mapping, notes: &mut Vec<String>) -> Result<Self, DataError> {
        let count = self.engines.len();
        if count < 2 {
            let found = format!("{count}, and no test file");
            return Err(refused("train", "at least 2 units, of which one is held out for the test", found));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of units")]
        let held = ((count as f32 * mapping.test_share).round() as usize).clamp(1, count - 1);
        let mut is_held: Vec<bool> = (0..count).map(|index| index < held).collect();
        is_held.shuffle(&mut ChaCha8Rng::seed_from_u64(mapping.seed.into()));
        let mut test = Self { names: self.names.clone(), units: Vec::new(), engines: Vec::new(), end_rul: Vec::new() };
        let mut train = Self { names: self.names.clone(), units: Vec::new(), engines: Vec::new(), end_rul: Vec::new() };
        let all = std::mem::take(&mut self.engines).into_iter().zip(std::mem::take(&mut self.units));
        for (((rows, unit), rul), held) in all.zip(std::mem::take(&mut self.end_rul)).zip(is_held) {
            let part = if held { &mut test } else { &mut train };
            part.engines.push(rows);
            part.units.push(unit);
            part.end_rul.push(rul);
        }
        notes.push(format!("{held} of {count} units are held out for the test, drawn with seed {}.", mapping.seed));
        *self = train;
        Ok(test)
    }

    /// Cut units that ran to failure, so that what is left is known.
    fn cut(&mut self, mapping: &Mapping, notes: &mut Vec<String>) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(mapping.seed) << 32);
        let mut rul = Vec::new();
        for rows in &mut self.engines {
            let share = random.random_range(CUT.0..CUT.1);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
            let kept = ((rows.len() as f64 * share) as usize).max(MIN_WINDOW).min(rows.len());
            rul.push((rows.len() - kept) as f32);
            rows.truncate(kept);
        }
        notes.push(format!(
            "Test units are taken to run to failure and are cut between 30 and 90 % of their rows, drawn with seed {}.",
            mapping.seed
        ));
        rul
    }
}

fn pointed(field: &str, comma: bool) -> Option<f64> {
    let field = if comma { field.replacen(',', ".", 1) } else { field.to_owned() };
    field.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The median step between two times of one unit.
fn usual_step(entries: &[Entry]) -> f64 {
    let steps = entries.windows(2).filter(|pair| pair[0].unit == pair[1].unit).map(|pair| pair[1].time - pair[0].time);
    let mut steps: Vec<f64> = steps.filter(|step| *step > 0.0).collect();
    let middle = steps.len() / 2;
    if steps.is_empty() { 1.0 } else { *steps.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

/// Which column of a file is what.
struct Columns {
    names: Vec<String>,
    unit: usize,
    time: usize,
    rul: Option<usize>,
    /// Settings, then sensors.
    values: Vec<usize>,
}

impl Columns {
    /// Whether a column has a role, be it that of being left out on purpose.
    fn has(&self, mapping: &Mapping, column: usize) -> bool {
        [Some(self.unit), Some(self.time), self.rul].contains(&Some(column))
            || self.values.contains(&column)
            || mapping.ignore.contains(&self.names[column])
    }

    fn of(mapping: &Mapping, file: &str, form: &Form, wanted: Option<&[String]>) -> Result<Self, DataError> {
        let Some(names) = form.names.clone() else {
            return Err(DataError::Ambiguous {
                file: file.to_owned(),
                what: "it has no header with a name for each column".to_owned(),
                instead: "add one: the mapping names columns by it",
            });
        };
        let column = |name: &str, field| {
            let mut found = names.iter().enumerate().filter(|(_, other)| *other == name).map(|(column, _)| column);
            match (found.next(), found.next()) {
                (Some(column), None) => Ok(column),
                (Some(_), Some(_)) => Err(refused(
                    field,
                    "a column whose name occurs once",
                    format!("`{}` twice in {file}", shortened(name)),
                )),
                (None, _) => {
                    let found = format!("`{}` where {file} has {}", shortened(name), shortened(&names.join(", ")));
                    Err(refused(field, "the name of a column", found))
                }
            }
        };
        let (unit, time) = (column(&mapping.unit, "unit")?, column(&mapping.time, "time")?);
        let rul = mapping.rul.as_ref().map(|name| column(name, "rul")).transpose()?;
        for name in &mapping.ignore {
            column(name, "ignore")?;
        }
        let values = match wanted {
            Some(wanted) => wanted.iter().map(|name| column(name, "sensors")).collect::<Result<Vec<_>, _>>()?,
            None => {
                let mut values =
                    mapping.settings.iter().map(|name| column(name, "settings")).collect::<Result<Vec<_>, _>>()?;
                let taken = |column: usize| {
                    [Some(unit), Some(time), rul].contains(&Some(column)) || mapping.ignore.contains(&names[column])
                };
                // A column with a number is one of numbers: what is missing in it is told with its place.
                let is_numeric = |column: usize| {
                    let numbers =
                        |row: &Vec<String>| row.get(column).and_then(|f| number(f, form.layout.decimal_comma));
                    form.rows.iter().any(|row| numbers(row).is_some())
                };
                if mapping.sensors.is_empty() {
                    let others = (0..form.width)
                        .filter(|column| !taken(*column) && !values.contains(column) && is_numeric(*column));
                    let others: Vec<usize> = others.collect();
                    values.extend(others);
                } else {
                    for name in &mapping.sensors {
                        values.push(column(name, "sensors")?);
                    }
                }
                values
            }
        };
        if values.is_empty() || values.len() > MAX_SENSORS {
            return Err(refused("sensors", "from 1 to 1000 columns", values.len().to_string()));
        }
        let mut once = values.clone();
        once.extend([unit, time]);
        once.extend(rul);
        once.sort_unstable();
        if let Some(twice) = once.windows(2).find(|pair| pair[0] == pair[1]) {
            let found = format!("{} twice", title(Some(&names), twice[0]));
            return Err(refused("sensors", "columns that have no other role", found));
        }
        Ok(Self { names, unit, time, rul, values })
    }
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
