//! C-MAPSS text files → engines.
//!
//! A file as NASA published it is read as it is. Whatever else is assumed is told as a [`Manner`]; what is broken is
//! refused with the line and the column that is wrong.

use super::columns::{Kind, Plan, title};
use super::table::{Form, Manner, Place, decoded, for_each_record, number, whole};
use super::{COLUMNS, DataError, Engine, Rows, SENSORS, SETTINGS};

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

/// The RUL after the last row of each engine, by a column of the table.
#[derive(Debug)]
pub(super) struct EndRul {
    /// The column, in words.
    column: String,
    /// The cap, where it has one.
    cap: Option<u32>,
    values: Vec<f32>,
}

/// Read the engines of a `train_FD00x.txt` or `test_FD00x.txt`: unit, cycle, three settings, 21 sensors, separated by
/// blanks, or in another form that can be told from its beginning. Engines are numbered 1, 2, 3, … in the order of their
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

/// As [`parse_engines`], with what was assumed; `done` is told how many bytes have been read, every now and then.
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
            let expected = table.first_index(|| whole(fields[column], comma).map(|(value, _)| value));
            if whole(fields[column], comma).map(|(value, _)| u64::from(value)) != expected {
                let expected =
                    expected.map_or_else(|| "a count of the rows".to_owned(), |count| format!("{count}, the next row"));
                return Err(place.value(column, "index", expected, fields[column]));
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
fn check_size(file: &str, bytes: &[u8]) -> Result<(), DataError> {
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
    let empty = |column: usize| fields.get(column).is_none_or(|field| field.is_empty());
    if plan.width < 2 + COLUMNS || fields.len() <= last || (plan.width..fields.len()).any(|column| !empty(column)) {
        return Err(place.columns(EXPECTED, fields));
    }
    match plan.empty.iter().find(|column| !empty(**column)) {
        Some(column) => Err(place.value(*column, "empty", "nothing, as in the rows before", fields[*column])),
        None => Ok(()),
    }
}

fn finite(
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

/// Where a row belongs, and where it stands.
#[derive(Clone, Copy)]
struct Key {
    unit: u32,
    cycle: u32,
    line: u32,
}

/// Rows in the order of the file.
struct Table {
    keys: Vec<Key>,
    /// `[rows, settings and sensors]`.
    values: Vec<f32>,
    ruls: Vec<f32>,
    is_sorted: bool,
    is_ascending: bool,
    greatest: u32,
    index: Option<u32>,
}

impl Table {
    /// Memory for all rows at once: not more than the text can hold.
    fn for_text(text: &[u8], has_rul: bool) -> Self {
        let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
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

    fn add(&mut self, place: Place<'_>, key: Key) -> Result<(), DataError> {
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
    fn first_index(&mut self, found: impl Fn() -> Option<u32>) -> Option<u64> {
        let first = *self.index.get_or_insert_with(|| found().unwrap_or_default());
        Some(u64::from(first) + self.keys.len() as u64 - 1)
    }

    fn into_engines(self, file: &str, plan: &Plan, mut manners: Vec<Manner>) -> Result<EnginesRead, DataError> {
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
        let surplus = fields.iter().enumerate().any(|(column, field)| is_surplus(column) && !field.is_empty());
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

#[cfg(test)]
mod tests {
    use super::*;

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
