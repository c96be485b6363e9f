//! One file → the rows of its units.

use std::collections::HashMap;

use super::columns::Columns;
use super::{Mapping, Repeats};
use crate::data::columns::title;
use crate::data::parse::{MAX_ROWS, MAX_UNITS};
use crate::data::table::{Form, Place, decoded, for_each_record, lines, number};
use crate::data::{DataError, Report, Rows, SETTINGS, archive::Text, error::shortened};

/// How much the step from row to row may differ from the usual one, as a share of it.
const STEP_TOLERANCE: f64 = 1e-3;

/// The rows of one file: settings first, then the other columns that may be sensors.
pub struct Fleet {
    /// Names of the columns of a row.
    pub names: Vec<String>,
    /// Names of the units, as in the file.
    pub units: Vec<String>,
    /// Their rows. The settings of [`Rows`] are 0: which columns stay is decided later.
    pub engines: Vec<Rows>,
    /// The RUL after the last row of each, where there is a column of it.
    pub end_rul: Vec<f32>,
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
    pub fn read(
        mapping: &Mapping,
        file: &Text<'_>,
        wanted: Option<&[String]>,
        report: &mut Report,
        done: &mut dyn FnMut(usize),
    ) -> Result<Self, DataError> {
        let name = file.name.as_str();
        let (text, manners) = decoded(name, &file.bytes)?;
        let form = Form::with_names(&text);
        report.add(name, manners.into_iter().chain(form.manners.iter().cloned()));
        let columns = Columns::of(mapping, name, &form, wanted)?;
        if mapping.sensors.is_empty() && wanted.is_none() {
            let others = (0..form.width).filter(|column| !columns.has(mapping, *column));
            report.add(
                name,
                others.map(|column| crate::data::Manner::LeftOut { column: title(form.names.as_deref(), column) }),
            );
        }
        let comma = form.layout.decimal_comma;
        let mut unit_of: HashMap<String, u32> = HashMap::new();
        let mut units: Vec<String> = Vec::new();
        // Not more than the text can hold.
        let rows = lines(&text).min(MAX_ROWS);
        let mut entries: Vec<Entry> = Vec::with_capacity(rows);
        let mut values: Vec<f32> = Vec::new();
        let mut head = form.head;
        for_each_record(name, &text, form.layout.separator, done, |place, fields| {
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
        for entry in &mut entries {
            entry.unit = rank[entry.unit as usize];
        }
        let is_sorted = entries.is_sorted_by(|a, b| (a.unit, a.time) <= (b.unit, b.time));
        if !is_sorted {
            entries.sort_by(|a, b| a.unit.cmp(&b.unit).then(a.time.total_cmp(&b.time)));
            report.add(file, [crate::data::Manner::Sorted]);
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
