//! Rows as they stand in a file → engines, in the order of their units and cycles.

use super::{EnginesRead, MAX_ROWS, MAX_UNITS};
use crate::data::columns::Plan;
use crate::data::table::{self, Manner, Place};
use crate::data::{COLUMNS, DataError, Engine, Rows, SENSORS};

/// Where a row belongs, and where it stands.
#[derive(Clone, Copy)]
pub struct Key {
    pub unit: u32,
    pub cycle: u32,
    pub line: u32,
}

/// Rows in the order of the file.
pub struct Table {
    pub keys: Vec<Key>,
    /// `[rows, settings and sensors]`.
    pub values: Vec<f32>,
    pub ruls: Vec<f32>,
    is_sorted: bool,
    is_ascending: bool,
    greatest: u32,
    index: Option<u32>,
}

impl Table {
    /// Memory for all rows at once: not more than the text can hold.
    pub fn for_text(text: &[u8], has_rul: bool) -> Self {
        let lines = table::lines(text);
        // A row has at least a digit and a separator for each column.
        let rows = lines.min(text.len() / (2 * (2 + COLUMNS)) + 1).min(MAX_ROWS);
        Self {
            keys: Vec::with_capacity(rows),
            values: Vec::with_capacity(rows * COLUMNS),
            ruls: Vec::with_capacity(if has_rul { rows } else { 0 }),
            is_sorted: true,
            is_ascending: true,
            greatest: 0,
            index: None,
        }
    }

    pub fn add(&mut self, place: Place<'_>, key: Key) -> Result<(), DataError> {
        if self.keys.len() == MAX_ROWS {
            let part = format!("{}, line {}", place.file, place.line);
            return Err(DataError::Invalid { part, expected: "at most 2,000,000 rows", found: "more".to_owned() });
        }
        if let Some(last) = self.keys.last() {
            self.is_sorted &= (last.unit, last.cycle) <= (key.unit, key.cycle);
            self.is_ascending &= key.unit == last.unit || key.unit > self.greatest;
        }
        self.greatest = self.greatest.max(key.unit);
        self.keys.push(key);
        Ok(())
    }

    /// What the index of the row that was added last should be, by that of the first.
    pub fn first_index(&mut self, found: impl Fn() -> Option<u32>) -> u64 {
        let first = *self.index.get_or_insert_with(|| found().unwrap_or_default());
        u64::from(first) + self.keys.len() as u64 - 1
    }

    pub fn into_engines(self, file: &str, plan: &Plan, mut manners: Vec<Manner>) -> Result<EnginesRead, DataError> {
        let mut order: Vec<u32> = (0..self.keys.len() as u32).collect();
        if !self.is_sorted {
            // Rows that are alike stay in the order of the file.
            order.sort_by_key(|row| (self.keys[*row as usize].unit, self.keys[*row as usize].cycle));
            manners.push(Manner::Sorted);
        }
        let key = |row: &u32| self.keys[*row as usize];
        let groups = || order.chunk_by(|a, b| key(a).unit == key(b).unit);
        let zero = groups().all(|rows| key(&rows[0]).cycle == 0);
        if zero {
            manners.push(Manner::CyclesFromZero);
        }
        let mut engines = Vec::new();
        let mut units = Vec::new();
        if groups().count() > MAX_UNITS {
            let part = file.to_owned();
            return Err(DataError::Invalid {
                part,
                expected: "at most 100,000 units",
                found: groups().count().to_string(),
            });
        }
        for (rows, number) in groups().zip(1..) {
            let keys: Vec<Key> = rows.iter().map(key).collect();
            check_cycles(file, plan, &keys, u32::from(!zero))?;
            let mut all = Rows::with_capacity(SENSORS, rows.len());
            for row in rows {
                let start = *row as usize * COLUMNS;
                all.push(self.values[start..start + COLUMNS].iter().copied());
            }
            engines.push(Engine { unit: number, rows: all });
            units.push(keys[0].unit);
        }
        if units.iter().zip(1..).any(|(unit, number)| *unit != number) {
            let (first, last) = (units[0], units[units.len() - 1]);
            manners.push(Manner::Renumbered { first, last, count: units.len() });
        }
        let end_rul = match plan.rul {
            Some(column) => Some(self.end_rul(file, plan, column, groups())?),
            None => None,
        };
        Ok(EnginesRead { engines, units, is_ascending: self.is_ascending, end_rul, manners })
    }

    /// Check that a RUL column counts down by one from row to row, or stays at a cap.
    fn end_rul<'a>(
        &self,
        file: &str,
        plan: &Plan,
        column: usize,
        groups: impl Iterator<Item = &'a [u32]>,
    ) -> Result<EndRul, DataError> {
        let most = self.ruls.iter().copied().fold(0.0, f32::max);
        let mut values = Vec::new();
        let mut is_capped = false;
        for rows in groups {
            let end = rows.last().map_or(0.0, |row| self.ruls[*row as usize]);
            for (row, left) in rows.iter().rev().zip(0_u32..) {
                let (found, counted) = (self.ruls[*row as usize], end + left as f32);
                is_capped |= found < counted;
                if found != counted.min(most) {
                    let key = self.keys[*row as usize];
                    let place = Place { file, line: key.line as usize };
                    let expected = format!("{counted}, the RUL of unit {} by its rows", key.unit);
                    return Err(place.value(column, "RUL", expected, &found.to_string()));
                }
            }
            values.push(end);
        }
        #[expect(clippy::cast_sign_loss, reason = "the greatest of numbers from 0")]
        let cap = is_capped.then_some(most as u32);
        Ok(EndRul { column: plan.title(column), cap, values })
    }
}

/// Cycles of one unit, in ascending order, follow each other without a gap or a repeat.
fn check_cycles(file: &str, plan: &Plan, keys: &[Key], first: u32) -> Result<(), DataError> {
    let refuse = |key: &Key, expected: String| {
        Place { file, line: key.line as usize }.value(plan.columns[1], "cycle", expected, &key.cycle.to_string())
    };
    for (index, (key, expected)) in keys.iter().zip(first..).enumerate() {
        if key.cycle == expected {
            continue;
        }
        let Key { unit, cycle, .. } = *key;
        return Err(match index.checked_sub(1).map(|before| keys[before]) {
            None => refuse(key, format!("{expected}, the first cycle of unit {unit}")),
            Some(before) if before.cycle == cycle => {
                refuse(key, format!("each cycle of unit {unit} once, as in line {}", before.line))
            }
            Some(_) => refuse(key, format!("{expected}, the next cycle of unit {unit}")),
        });
    }
    Ok(())
}

/// The RUL after the last row of each engine, by a column of the table.
#[derive(Debug)]
pub struct EndRul {
    /// The column, in words.
    column: String,
    /// The cap, where it has one.
    cap: Option<u32>,
    values: Vec<f32>,
}

impl EndRul {
    /// Compare with the RULs that hold for the engines: 0 for engines run to failure.
    pub fn agreement(self, file: &str, labels: impl Iterator<Item = f32>) -> Result<Manner, DataError> {
        let Self { column, cap, values } = self;
        for ((value, label), engine) in values.iter().zip(labels).zip(1_u32..) {
            let is_capped = cap.is_some_and(|cap| *value == cap as f32 && label >= *value);
            if *value != label && !is_capped {
                return Err(DataError::Ambiguous {
                    file: file.to_owned(),
                    what: format!(
                        "{column} says that engine {engine} has {value} cycles left at its end, and its label is {label}"
                    ),
                    instead: "leave the column out, or give the RULs that belong to these engines",
                });
            }
        }
        Ok(Manner::Rul { column, cap })
    }
}
