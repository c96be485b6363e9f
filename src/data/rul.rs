//! A file of RULs → the RUL of each test engine.

use super::DataError;
use super::columns::{Kind, title};
use super::parse::{EnginesRead, MAX_ROWS, check_size, finite};
use super::table::{Form, Manner, decoded, for_each_record, is_missing, whole};

/// What a file of RULs holds.
#[derive(Debug, Default)]
pub(super) struct RulRead {
    /// RULs in cycles, in the order of the file.
    pub values: Vec<f32>,
    /// The unit or the number of each, where there is a column of them.
    pub units: Option<Vec<u32>>,
    /// What was assumed.
    pub manners: Vec<Manner>,
}

/// Read a `RUL_FD00x.txt`: one RUL in cycles a line.
///
/// # Errors
///
/// As [`parse_engines`].
pub fn parse_rul(file: &str, bytes: &[u8]) -> Result<Vec<f32>, DataError> {
    read_rul(file, bytes).map(|read| read.values)
}

/// As [`parse_rul`], with what was assumed, and the numbers in a second column.
pub(super) fn read_rul(file: &str, bytes: &[u8]) -> Result<RulRead, DataError> {
    const EXPECTED: &str = "1 column (RUL in cycles), or 2 (unit and RUL)";
    check_size(file, bytes)?;
    let (text, mut manners) = decoded(file, bytes)?;
    let form = Form::detect(file, &text, 1)?;
    let comma = form.layout.decimal_comma;
    manners.extend(form.manners.iter().cloned());
    let names = form.names.as_deref();
    let (left, empty): (Vec<usize>, Vec<usize>) = (0..form.width).partition(|column| !form.is_empty(*column));
    if !empty.is_empty() {
        manners.push(Manner::Empty { columns: empty.len() });
    }
    let kind = |column: usize| names.and_then(|names| names.get(column)).map_or(Kind::Unknown, |name| Kind::of(name));
    let with = |wanted: Kind| left.iter().copied().find(|column| kind(*column) == wanted);
    let (unit, rul) = match left.as_slice() {
        [] => (None, 0),
        [rul] => (None, *rul),
        [unit, rul] if with(Kind::Rul).is_none_or(|named| named == *rul) => (Some(*unit), *rul),
        _ => {
            let named = with(Kind::Rul).filter(|_| names.is_some());
            let unknown = || DataError::Ambiguous {
                file: file.to_owned(),
                what: format!("it has {} columns, and which of them is the RUL is not clear", left.len()),
                instead: "give one RUL a line, or name the column RUL in a header",
            };
            (with(Kind::Of(0)), named.ok_or_else(unknown)?)
        }
    };
    for column in left.iter().filter(|column| **column != rul && Some(**column) != unit) {
        manners.push(Manner::LeftOut { column: title(names, *column) });
    }
    let mut read = RulRead { values: Vec::new(), units: unit.map(|_| Vec::new()), manners };
    let mut head = form.head;
    for_each_record(file, &text, form.layout.separator, &mut |_| {}, |place, fields| {
        if head > 0 {
            head -= 1;
            return Ok(());
        }
        let is_surplus = |column: usize| column >= form.width || empty.contains(&column);
        let surplus = fields.iter().enumerate().any(|(column, field)| is_surplus(column) && !is_missing(field));
        if fields.len() <= rul.max(unit.unwrap_or_default()) || surplus {
            return Err(place.columns(EXPECTED, fields));
        }
        if let (Some(units), Some(column)) = (&mut read.units, unit) {
            let (number, _) = whole(fields[column], comma)
                .ok_or_else(|| place.value(column, "unit", "a whole number", fields[column]))?;
            units.push(number);
        }
        let value = finite(place, fields, rul, comma, || "RUL".to_owned())?;
        if value < 0.0 {
            return Err(place.value(rul, "RUL", "a number of cycles, at least 0", fields[rul]));
        }
        read.values.push(value);
        if read.values.len() > MAX_ROWS {
            return Err(place.columns("at most 2,000,000 lines", &[]));
        }
        Ok(())
    })?;
    if read.values.is_empty() {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    Ok(read)
}

impl RulRead {
    /// The RULs in the order of these units, and how they were matched, where that is to be said.
    ///
    /// # Errors
    ///
    /// [`DataError::RulCount`] unless there is one for each, [`DataError::Ambiguous`] where they cannot be matched.
    pub fn matched(
        self,
        file: &str,
        test_file: &str,
        test: &EnginesRead,
    ) -> Result<(Vec<f32>, Option<Manner>), DataError> {
        let Self { values, units, .. } = self;
        let (engines, rows) = (test.engines.len(), values.len());
        if rows != engines {
            return Err(DataError::RulCount { file: file.to_owned(), test: test_file.to_owned(), engines, rows });
        }
        let refuse = |what: &str| DataError::Ambiguous {
            file: file.to_owned(),
            what: what.to_owned(),
            instead: "give a column with the unit of each RUL, as in the test file",
        };
        let Some(units) = units else {
            let plain = test.units.iter().zip(1..).all(|(unit, number)| *unit == number);
            return match (plain, test.is_ascending) {
                (true, true) => Ok((values, None)),
                (_, true) | (true, _) => Ok((values, Some(Manner::RulByPosition))),
                (false, false) => Err(refuse(
                    "its RULs have no unit numbers, and the test file's units are neither in order nor numbered from 1",
                )),
            };
        };
        let mut by_unit: Vec<(u32, f32)> = units.iter().copied().zip(values.iter().copied()).collect();
        by_unit.sort_by_key(|(unit, _)| *unit);
        if by_unit.iter().map(|(unit, _)| unit).eq(&test.units) {
            return Ok((by_unit.into_iter().map(|(_, rul)| rul).collect(), Some(Manner::RulByUnit)));
        }
        let counts = units.first().is_some_and(|first| *first <= 1)
            && units.windows(2).all(|pair| u64::from(pair[1]) == u64::from(pair[0]) + 1);
        if counts && test.is_ascending {
            return Ok((values, Some(Manner::RulByPosition)));
        }
        Err(refuse("the numbers in its first column are not the units of the test file"))
    }
}
