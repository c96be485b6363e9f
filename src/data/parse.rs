//! The text files that NASA published → engines.
//!
//! Nothing is guessed: a file is read whole or refused with the line and the column that is wrong. Blank lines,
//! trailing blanks, `\r\n` and a byte order mark are accepted, because editors and archives add them.

use super::{DataError, Engine, Row, dataset::SETTINGS, error::shortened};

/// The largest file that is read, in bytes. The largest of NASA's is 10 MB.
pub const MAX_FILE_BYTES: usize = 100_000_000;

/// How often progress is reported, in bytes of text: some dozen times for NASA's largest file.
const PROGRESS_BYTES: usize = 1 << 18;

/// Unit and cycle, then the columns of a [`Row`].
const COLUMNS: usize = 2 + Row::COLUMNS;

/// Where in a file something was found.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    line: usize,
}

/// Read the engines of a `train_FD00x.txt` or `test_FD00x.txt`: 26 columns separated by blanks: unit, cycle, three
/// settings, 21 sensors; units and, within a unit, cycles numbered 1, 2, 3, ….
///
/// `file` is the name that errors show.
///
/// # Errors
///
/// Any of the variants of [`DataError`] about a file, naming file, line and column; the first thing wrong is reported.
pub fn parse_engines(file: &str, bytes: &[u8]) -> Result<Vec<Engine>, DataError> {
    parse_engines_with(file, bytes, &mut |_| {})
}

/// As [`parse_engines`]; `done` is given how many bytes have been read, every now and then.
pub(super) fn parse_engines_with(
    file: &str,
    bytes: &[u8],
    done: &mut dyn FnMut(usize),
) -> Result<Vec<Engine>, DataError> {
    let mut engines: Vec<Engine> = Vec::new();
    for_each_line(file, bytes, done, |place, line| {
        let fields: [&str; COLUMNS] = split(place, line, "26 columns (unit, cycle, 3 settings, 21 sensors)")?;
        let unit = place.integer(&fields, 0)?;
        let cycle = place.integer(&fields, 1)?;
        let mut columns = [0.0; Row::COLUMNS];
        for (index, value) in columns.iter_mut().enumerate() {
            *value = place.number(&fields, 2 + index)?;
        }
        let row = Row::from_columns(&columns);

        let (last_unit, last_cycle) = engines.last().map_or((0, 0), |engine| (engine.unit, engine.rows.len()));
        if unit == last_unit && unit != 0 {
            if u64::from(cycle) != last_cycle as u64 + 1 {
                return Err(place.value(&fields, 1, format!("{}, the next cycle of unit {unit}", last_cycle + 1)));
            }
            if let Some(engine) = engines.last_mut() {
                engine.rows.push(row);
            }
        } else {
            if u64::from(unit) != u64::from(last_unit) + 1 {
                let next = u64::from(last_unit) + 1;
                let expected = if last_unit == 0 { "1".to_owned() } else { format!("{last_unit} or {next}") };
                return Err(place.value(&fields, 0, expected));
            }
            if cycle != 1 {
                return Err(place.value(&fields, 1, format!("1, the first cycle of unit {unit}")));
            }
            engines.push(Engine { unit, rows: vec![row] });
        }
        Ok(())
    })?;
    if engines.is_empty() {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    Ok(engines)
}

/// Read a `RUL_FD00x.txt`: one RUL in cycles a line.
///
/// # Errors
///
/// As [`parse_engines`].
pub fn parse_rul(file: &str, bytes: &[u8]) -> Result<Vec<f32>, DataError> {
    let mut ruls = Vec::new();
    for_each_line(file, bytes, &mut |_| {}, |place, line| {
        let fields: [&str; 1] = split(place, line, "1 column (RUL in cycles)")?;
        let rul = place.number(&fields, 0)?;
        if rul < 0.0 {
            return Err(place.value(&fields, 0, "a number of cycles, at least 0"));
        }
        ruls.push(rul);
        Ok(())
    })?;
    if ruls.is_empty() {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    Ok(ruls)
}

/// Give each line that is not blank to `read`. Text is checked line by line, so that noise is refused at its first line
/// and not after a pass over all of it.
fn for_each_line(
    file: &str,
    bytes: &[u8],
    done: &mut dyn FnMut(usize),
    mut read: impl FnMut(Place<'_>, &str) -> Result<(), DataError>,
) -> Result<(), DataError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { file: file.to_owned(), bytes: bytes.len(), limit: MAX_FILE_BYTES });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (mut reached, mut told) = (0, 0);
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        let place = Place { file, line: number };
        reached += line.len() + 1;
        let Ok(line) = std::str::from_utf8(line) else {
            return Err(DataError::NotText { file: file.to_owned(), line: number });
        };
        if !line.trim_ascii().is_empty() {
            read(place, line)?;
        }
        if reached - told >= PROGRESS_BYTES {
            told = reached;
            done(reached);
        }
    }
    Ok(())
}

/// Split a line into exactly `N` fields; stops at the first too many, so that a line of 100 MB costs nothing.
fn split<'a, const N: usize>(
    place: Place<'_>,
    line: &'a str,
    expected: &'static str,
) -> Result<[&'a str; N], DataError> {
    let mut fields = [""; N];
    let mut rest = line.split_ascii_whitespace();
    let mut count = 0;
    for (field, text) in fields.iter_mut().zip(&mut rest) {
        *field = text;
        count += 1;
    }
    let found = match (count == N, rest.next()) {
        (true, None) => return Ok(fields),
        (true, Some(_)) => format!("more than {N}"),
        (false, _) => count.to_string(),
    };
    Err(DataError::Columns {
        file: place.file.to_owned(),
        line: place.line,
        expected,
        found,
        text: shortened(line.trim_ascii()),
    })
}

impl Place<'_> {
    fn integer(self, fields: &[&str], column: usize) -> Result<u32, DataError> {
        fields[column].parse().map_err(|_| self.value(fields, column, "a whole number from 1"))
    }

    fn number(self, fields: &[&str], column: usize) -> Result<f32, DataError> {
        match fields[column].parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(self.value(fields, column, "a finite number")),
            Err(_) => Err(self.value(fields, column, "a number")),
        }
    }

    fn value(self, fields: &[&str], column: usize, expected: impl Into<String>) -> DataError {
        DataError::Value {
            file: self.file.to_owned(),
            line: self.line,
            column: column + 1,
            name: column_name(fields.len(), column),
            expected: expected.into(),
            found: shortened(fields[column]),
        }
    }
}

fn column_name(columns: usize, column: usize) -> String {
    match column {
        0 if columns == 1 => "RUL".to_owned(),
        0 => "unit".to_owned(),
        1 => "cycle".to_owned(),
        _ if column < 2 + SETTINGS => format!("setting {}", column - 1),
        _ => format!("sensor {}", column - 1 - SETTINGS),
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
        assert_eq!(engines[1].rows[0].settings, [-0.0007, 0.0003, 100.0]);
        assert_eq!(engines[1].rows[0].sensors, [518.67; 21]);
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
        assert_eq!(changed("2 1 ", "3 1 "), "train_FD001.txt, line 3, column 1 (unit): expected 1 or 2, found \"3\"");
        assert_eq!(changed("1 1 ", "0 1 "), "train_FD001.txt, line 1, column 1 (unit): expected 1, found \"0\"");
        assert_eq!(
            changed("2 1 ", "2 4 "),
            "train_FD001.txt, line 3, column 2 (cycle): expected 1, the first cycle of unit 2, found \"4\""
        );
        assert_eq!(
            changed("1 1 ", "1.5 1 "),
            "train_FD001.txt, line 1, column 1 (unit): expected a whole number from 1, found \"1.5\""
        );
        assert_eq!(
            changed(" 518.67", " 518.67 1"),
            "train_FD001.txt, line 1: expected 26 columns (unit, cycle, 3 settings, 21 sensors), found more than 26: \
             \"1 1 -0.0007 0.0003 100.0 518.67 1 518.67…\""
        );
        assert!(changed(" 518.67", "").contains("found 25: "));
        assert!(changed("100.0", "1e39").contains("a finite number"));
        assert_eq!(message(b" \r\n\n"), "train_FD001.txt: expected rows of numbers, found an empty file");
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
        assert!(message(&vec![b' '; MAX_FILE_BYTES]).contains("empty"));
    }
}
