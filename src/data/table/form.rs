//! How a file is written: found out from its beginning.

use super::{Manner, for_each_record, number, whole};
use crate::data::{DataError, error::shortened};

/// Bytes of a file that are looked at.
const SAMPLE_BYTES: usize = 1 << 16;
/// Lines of a file that are looked at.
const SAMPLE_LINES: usize = 200;
/// Lines before the first row of numbers: titles and a header.
const MAX_HEAD: usize = 5;
/// Fewest columns of a header that is `0,1,2,…`, as programs write it that have no names.
const FEWEST_COUNTED: usize = 5;

/// What stands between two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// One or more blanks or tabs.
    Blanks,
    /// This byte.
    Byte(u8),
}

/// Separator and decimal sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What stands between two columns.
    pub separator: Separator,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// How a file is written, as its beginning shows it.
#[derive(Clone, Debug)]
pub struct Form {
    /// Separator and decimal sign.
    pub layout: Layout,
    /// Records before the first row of numbers.
    pub head: usize,
    /// Names of the columns, where the last of those has as many as the rows.
    pub names: Option<Vec<String>>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// Columns of a row.
    pub width: usize,
    /// What is to be said of it.
    pub manners: Vec<Manner>,
}

impl Form {
    /// Look at the beginning of a text, which should have at least this many columns.
    ///
    /// # Errors
    ///
    /// [`DataError::Ambiguous`] where commas may separate columns or be decimal commas, and both give numbers.
    pub fn detect(file: &str, text: &[u8], least: usize) -> Result<Self, DataError> {
        let sample = beginning(text);
        let mut found: Vec<Self> = CANDIDATES.iter().filter_map(|layout| Self::of(sample, *layout, false)).collect();
        if found.iter().any(|form| form.width >= least) {
            found.retain(|form| form.width >= least);
        }
        // Tabs are blanks, too: they separate where they alone give each row the same columns.
        let blanks = found.iter().position(|form| form.layout == BLANKS);
        let tabs = found.iter().position(|form| form.layout.separator == Separator::Byte(b'\t'));
        if let (Some(blanks), Some(tabs)) = (blanks, tabs) {
            let regular = found[tabs].rows.iter().all(|row| row.len() == found[tabs].width);
            found.remove(if regular && found[tabs].width >= found[blanks].width { blanks } else { tabs });
        }
        // A header that has the comma in it is separated by it.
        let separates = |names: &Vec<String>| !names.iter().any(|name| name.contains(','));
        let named = |form: &Self| form.names.as_ref().is_some_and(separates);
        if found.len() > 1 && found.iter().filter(|form| named(form)).count() == 1 {
            found.retain(named);
        }
        if let [first, second, ..] = found.as_slice() {
            let row = |form: &Self| form.rows.first().map_or_else(String::new, |row| row.join(" | "));
            return Err(DataError::Ambiguous {
                file: file.to_owned(),
                what: format!(
                    "its rows may be read in two ways, as `{}` and as `{}`",
                    shortened(&row(first)),
                    shortened(&row(second))
                ),
                instead: "separate columns by semicolons or tabs, or write decimal points",
            });
        }
        let mut form = found.pop().unwrap_or_else(Self::plain);
        form.remark(sample);
        Ok(form)
    }

    /// Look at the beginning of a text with a header, whose columns may also hold words: the layout that gives the most
    /// numbers.
    pub fn with_names(text: &[u8]) -> Self {
        let sample = beginning(text);
        let numbers = |form: &Self| form.rows.iter().flatten().filter(|field| is_number(field, form.layout)).count();
        let found = CANDIDATES.iter().rev().filter_map(|layout| Self::of(sample, *layout, true));
        let mut form = found.filter(|form| form.names.is_some()).max_by_key(numbers).unwrap_or_else(Self::plain);
        form.remark(sample);
        form
    }

    fn plain() -> Self {
        Self { layout: BLANKS, head: 0, names: None, rows: Vec::new(), width: 0, manners: Vec::new() }
    }

    /// The rows of a sample in this layout; nothing unless most of its lines are rows of numbers, or have some where
    /// `words` are allowed.
    fn of(sample: &[u8], layout: Layout, words: bool) -> Option<Self> {
        let mut records: Vec<Vec<String>> = Vec::new();
        // What is wrong with a line ends the look, and is reported when the line is read.
        let _ = for_each_record("", sample, layout.separator, &mut |_| {}, |place, fields| {
            records.push(fields.iter().map(|field| (*field).to_owned()).collect());
            if records.len() < SAMPLE_LINES { Ok(()) } else { Err(place.columns("", &[])) }
        });
        let is_row = |record: &Vec<String>| {
            let mut numbers = record.iter().filter(|field| !field.is_empty()).map(|f| is_number(f, layout)).peekable();
            numbers.peek().is_some() && if words { numbers.any(|number| number) } else { numbers.all(|number| number) }
        };
        let mut head = records.iter().take(MAX_HEAD + 1).position(is_row)?;
        if head == 0 && records.len() > 1 && counts(&records[0]) && !counts(&records[1]) {
            head = 1;
        }
        // A row with something wrong in it is no header: that has few numbers or none.
        if records[..head].iter().any(|record| is_mostly_numbers(record, layout)) {
            head = records[..head].iter().position(|record| is_mostly_numbers(record, layout)).unwrap_or(head);
        }
        let rows = records.split_off(head);
        let good = rows.iter().filter(|record| is_row(record)).count();
        let width = usual_width(&rows.iter().filter(|record| is_row(record)))?;
        let separates = layout.separator == Separator::Blanks || width > 1;
        let has_commas = rows.iter().flatten().any(|field| field.contains(','));
        if 2 * good < rows.len() || !separates || (layout.decimal_comma && !has_commas) {
            return None;
        }
        let names = records.pop().filter(|names| names.len() == width);
        Some(Self { layout, head, names, rows, width, manners: Vec::new() })
    }

    fn remark(&mut self, sample: &[u8]) {
        if self.layout != BLANKS {
            self.manners.push(Manner::Separated { layout: self.layout });
        }
        match (self.head, &self.names) {
            (0, _) => {}
            (lines, Some(_)) => self.manners.push(Manner::Header { lines }),
            (lines, None) => self.manners.push(Manner::Skipped { lines }),
        }
        let is_comment = |line: &&[u8]| str::from_utf8(line.trim_ascii_start()).is_ok_and(super::is_comment);
        let comments = sample.split(|byte| *byte == b'\n').filter(is_comment).count();
        if comments > 0 {
            self.manners.push(Manner::Comments);
        }
    }

    /// Whether a column counts the rows, from 0 or 1.
    pub fn counts_rows(&self, column: usize) -> bool {
        let value = |row: &Vec<String>| whole(row.get(column)?, self.layout.decimal_comma).map(|(value, _)| value);
        let Some(first) = self.rows.first().and_then(value).filter(|first| *first <= 1) else { return false };
        (first..).zip(&self.rows).all(|(expected, row)| value(row) == Some(expected))
    }

    /// Whether a column holds nothing in all rows that were looked at.
    pub fn is_empty(&self, column: usize) -> bool {
        self.rows.iter().all(|row| row.get(column).is_none_or(|field| is_missing(field)))
    }
}

const BLANKS: Layout = Layout { separator: Separator::Blanks, decimal_comma: false };

const CANDIDATES: [Layout; 9] = {
    const fn by(byte: u8, decimal_comma: bool) -> Layout {
        Layout { separator: Separator::Byte(byte), decimal_comma }
    }
    [
        BLANKS,
        Layout { separator: Separator::Blanks, decimal_comma: true },
        by(b'\t', false),
        by(b'\t', true),
        by(b',', false),
        by(b';', false),
        by(b';', true),
        by(b'|', false),
        by(b'|', true),
    ]
};

/// The first lines, whole ones where there is more than one.
fn beginning(text: &[u8]) -> &[u8] {
    match text.get(..SAMPLE_BYTES) {
        None => text,
        Some(sample) => &sample[..sample.iter().rposition(|byte| *byte == b'\n').map_or(SAMPLE_BYTES, |end| end + 1)],
    }
}

/// Nothing, or what programs write for a number that there is not.
pub fn is_missing(field: &str) -> bool {
    field.is_empty() || ["nan", "na", "n/a", "null"].iter().any(|missing| field.eq_ignore_ascii_case(missing))
}

/// A number, or what stands for a missing one: that is refused where it is read, with its place.
fn is_number(field: &str, layout: Layout) -> bool {
    number(field, layout.decimal_comma).is_some()
        || (!layout.decimal_comma && field.parse::<f32>().is_ok())
        || !field.is_empty() && is_missing(field)
}

fn is_mostly_numbers(record: &[String], layout: Layout) -> bool {
    let numbers = record.iter().filter(|field| is_number(field, layout)).count();
    2 * numbers >= record.len() && numbers > 0 && !counts(record)
}

/// `0, 1, 2, …`, with or without an empty field before.
fn counts(record: &[String]) -> bool {
    let record = if record.first().is_some_and(String::is_empty) { &record[1..] } else { record };
    record.len() >= FEWEST_COUNTED && record.iter().zip(0..).all(|(field, n)| field.parse() == Ok(n))
}

/// The number of columns that most rows have, the larger of two.
fn usual_width<'a>(rows: &(impl Iterator<Item = &'a Vec<String>> + Clone)) -> Option<usize> {
    let count = |width: usize| rows.clone().filter(|row| row.len() == width).count();
    rows.clone().map(Vec::len).max_by_key(|width| (count(*width), *width))
}
