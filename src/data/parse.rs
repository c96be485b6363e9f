//! C-MAPSS text files → engines.
//!
//! A file as NASA published it is read as it is. Whatever else is assumed is reported as a [`Manner`]; what is broken is
//! refused with the line and the column that is wrong.

use super::columns::Plan;
use super::table::{Form, Manner, Place, decoded, for_each_record, is_missing, number, whole};
use super::{COLUMNS, DataError, Engine, SETTINGS};
use ordered::{EndRul, Key, Table};

mod ordered;

/// The largest file that is read, in bytes. The largest of NASA's is 10 MB.
pub const MAX_FILE_BYTES: usize = 100_000_000;

/// Most rows of a data set. FD004 has 102,463.
pub const MAX_ROWS: usize = 2_000_000;

/// Most units of a file. NASA's have 260.
pub const MAX_UNITS: usize = 100_000;

/// Most sensors of a row.
pub const MAX_SENSORS: usize = 1000;

const EXPECTED: &str = "26 columns (unit, cycle, 3 settings, 21 sensors)";

/// What a file of engines holds.
#[derive(Debug, Default)]
pub(super) struct EnginesRead {
    /// Engines, numbered 1, 2, 3, … in the order of their units.
    pub engines: Vec<Engine>,
    /// Their numbers in the file.
    pub units: Vec<u32>,
    /// Whether new units come in ascending order.
    pub is_ascending: bool,
    /// Where rows have a RUL that counts down within each engine: that after the last row of each.
    pub end_rul: Option<EndRul>,
    /// What was assumed.
    pub manners: Vec<Manner>,
}

/// Read the engines of a `train_FD00x.txt` or `test_FD00x.txt`: unit, cycle, three settings, 21 sensors, separated by
/// blanks, or in another form that can be seen from its beginning. Engines are numbered 1, 2, 3, … in the order of their
/// units.
///
/// `file` is the name that errors show.
///
/// # Errors
///
/// Any of the variants of [`DataError`] about a file, naming file, line and column.
pub fn parse_engines(file: &str, bytes: &[u8]) -> Result<Vec<Engine>, DataError> {
    read_engines(file, bytes, &mut |_| {}).map(|read| read.engines)
}

/// As [`parse_engines`], with what was assumed; `done` is given how many bytes have been read, every now and then.
pub(super) fn read_engines(file: &str, bytes: &[u8], done: &mut dyn FnMut(usize)) -> Result<EnginesRead, DataError> {
    check_size(file, bytes)?;
    let (text, mut manners) = decoded(file, bytes)?;
    let form = Form::detect(file, &text, 2 + COLUMNS)?;
    let plan = Plan::of(file, &form)?;
    let comma = form.layout.decimal_comma;
    manners.extend(form.manners.iter().chain(&plan.manners).cloned());

    let mut table = Table::for_text(&text, plan.rul.is_some());
    let mut head = form.head;
    let mut decimal = false;
    for_each_record(file, &text, form.layout.separator, done, |place, fields| {
        if head > 0 {
            head -= 1;
            return Ok(());
        }
        check_columns(place, fields, &plan)?;
        let mut integer = |column: usize, name: &str| {
            let (value, is_decimal) = whole(fields[column], comma)
                .ok_or_else(|| place.value(column, name, "a whole number from 0", fields[column]))?;
            decimal |= is_decimal;
            Ok::<u32, DataError>(value)
        };
        let key = Key {
            unit: integer(plan.columns[0], "unit")?,
            cycle: integer(plan.columns[1], "cycle")?,
            line: place.line as u32,
        };
        table.add(place, key)?;
        for (column, index) in plan.columns[2..].iter().zip(2..) {
            table.values.push(finite(place, fields, *column, comma, || column_name(index))?);
        }
        if let Some(column) = plan.rul {
            let rul = finite(place, fields, column, comma, || "RUL".to_owned())?;
            table.ruls.push(rul);
        }
        if let Some(column) = plan.index {
            let found = whole(fields[column], comma).map(|(value, _)| value);
            let expected = table.first_index(|| found);
            if found.map(u64::from) != Some(expected) {
                return Err(place.value(column, "index", format!("{expected}, the next row"), fields[column]));
            }
        }
        Ok(())
    })?;
    if table.keys.is_empty() {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    if decimal {
        manners.push(Manner::WholeNumbers);
    }
    table.into_engines(file, &plan, manners)
}

/// Files are read whole: their size is looked at first.
pub(super) fn check_size(file: &str, bytes: &[u8]) -> Result<(), DataError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: file.to_owned(), bytes: bytes.len(), limit: MAX_FILE_BYTES });
    }
    Ok(())
}

/// As many columns as the file's other rows have, or the empty ones at the end missing.
fn check_columns(place: Place<'_>, fields: &[&str], plan: &Plan) -> Result<(), DataError> {
    if fields.len() == plan.width && plan.width >= 2 + COLUMNS && plan.empty.is_empty() {
        return Ok(());
    }
    let last = plan.columns.iter().chain(&plan.rul).max().copied().unwrap_or_default();
    let empty = |column: usize| fields.get(column).is_none_or(|field| is_missing(field));
    if plan.width < 2 + COLUMNS || fields.len() <= last || (plan.width..fields.len()).any(|column| !empty(column)) {
        return Err(place.columns(EXPECTED, fields));
    }
    match plan.empty.iter().find(|column| !empty(**column)) {
        Some(column) => Err(place.value(*column, "empty", "nothing, as in the rows before", fields[*column])),
        None => Ok(()),
    }
}

pub(super) fn finite(
    place: Place<'_>,
    fields: &[&str],
    column: usize,
    comma: bool,
    name: impl Fn() -> String,
) -> Result<f32, DataError> {
    let field = fields[column];
    number(field, comma).ok_or_else(|| {
        let expected = if field.parse::<f32>().is_ok() && !comma { "a finite number" } else { "a number" };
        place.value(column, name(), expected, field)
    })
}

/// The name of a column by its place in NASA's files.
fn column_name(column: usize) -> String {
    match column {
        0 => "unit".to_owned(),
        1 => "cycle".to_owned(),
        _ if column < 2 + SETTINGS => format!("setting {}", column - 1),
        _ => format!("sensor {}", column - 1 - SETTINGS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::parse_rul;

    /// Two engines of two and one cycles.
    fn small() -> String {
        let rest = " -0.0007 0.0003 100.0".to_owned() + &" 518.67".repeat(21);
        format!("1 1{rest}  \n1 2{rest}  \n2 1{rest}  \n")
    }

    fn message(text: &[u8]) -> String {
        parse_engines("train_FD001.txt", text).unwrap_err().to_string()
    }

    #[test]
    fn reads_units_cycles_and_columns_in_order() {
        let engines = parse_engines("train", small().as_bytes()).unwrap();
        assert_eq!(engines.iter().map(|engine| (engine.unit, engine.rows.len())).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
        assert_eq!(engines[1].rows.get(0).unwrap().settings, [-0.0007, 0.0003, 100.0]);
        assert_eq!(engines[1].rows.get(0).unwrap().sensors, [518.67; 21]);
        assert_eq!(parse_rul("RUL", b"112 \n98 \n").unwrap(), [112.0, 98.0]);
    }

    #[test]
    fn accepts_what_editors_and_archives_add() {
        let plain = parse_engines("train", small().as_bytes()).unwrap();
        let edited = format!("\u{feff}{}\r\n \r\n", small().trim_end().replace('\n', "\r\n").replace(' ', "\t "));
        assert_eq!(parse_engines("train", edited.as_bytes()).unwrap(), plain);
    }

    #[test]
    fn says_where_what_was_found_and_what_was_expected() {
        let changed = |from: &str, to: &str| message(small().replacen(from, to, 1).as_bytes());
        assert_eq!(
            changed("0.0003", "zero"),
            "train_FD001.txt, line 1, column 4 (setting 2): expected a number, found \"zero\""
        );
        assert_eq!(
            changed(" 518.67", " NaN"),
            "train_FD001.txt, line 1, column 6 (sensor 1): expected a finite number, found \"NaN\""
        );
        assert_eq!(
            changed("1 2 ", "1 3 "),
            "train_FD001.txt, line 2, column 2 (cycle): expected 2, the next cycle of unit 1, found \"3\""
        );
        assert_eq!(
            changed("2 1 ", "2 4 "),
            "train_FD001.txt, line 3, column 2 (cycle): expected 1, the first cycle of unit 2, found \"4\""
        );
        assert_eq!(
            changed("1 1 ", "1.5 1 "),
            "train_FD001.txt, line 1, column 1 (unit): expected a whole number from 0, found \"1.5\""
        );
        assert_eq!(
            changed(" 518.67", " 518.67 1"),
            "train_FD001.txt, line 1: expected 26 columns (unit, cycle, 3 settings, 21 sensors), found 27: \
             \"1 1 -0.0007 0.0003 100.0 518.67 1 518.67…\""
        );
        assert!(changed(" 518.67", "").contains("found 25: "));
        assert!(changed("100.0", "1e39").contains("a finite number"));
        assert_eq!(message(b" \r\n\n"), "train_FD001.txt: expected rows of numbers, found none");
        assert_eq!(
            message(&[small().as_bytes(), b"\xff\xfe"].concat()),
            "train_FD001.txt, line 4: expected text, found bytes that are not UTF-8; is this the unpacked text file?"
        );
        assert_eq!(
            parse_rul("RUL_FD001.txt", b"112\n-3\n").unwrap_err().to_string(),
            "RUL_FD001.txt, line 2, column 1 (RUL): expected a number of cycles, at least 0, found \"-3\""
        );
    }

    #[test]
    fn refuses_noise_of_any_size_at_once() {
        let noise = vec![b'7'; 200_000_000];
        assert_eq!(message(&noise), "train_FD001.txt: expected at most 100 MB, found 200 MB");
        assert!(message(&noise[..MAX_FILE_BYTES]).contains("found 1: \"7777"));
        assert!(message(&vec![b' '; MAX_FILE_BYTES]).contains("found none"));
    }
}
