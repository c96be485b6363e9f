//! The beginnings of tables, for a person who maps their columns, and a mapping to begin with.

use serde::{Deserialize, Serialize};

use super::Mapping;
use crate::data::archive::{self, Wanted};
use crate::data::columns::Kind;
use crate::data::table::{Form, decoded, number};
use crate::data::{NamedFile, SETTINGS};

/// Bytes of a table that are looked at.
const SAMPLE_BYTES: usize = 1 << 17;
/// Rows of a column that are shown.
const SHOWN: usize = 3;
/// Longest name of a column or value that is shown, in characters.
const LONGEST: usize = 40;
/// Most tables that are offered.
const MAX_TABLES: usize = 50;

/// The beginning of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableHead {
    /// Name of its file.
    pub file: String,
    /// Its columns; none where it has no header that names them.
    pub columns: Vec<ColumnHead>,
    /// How many columns it has.
    pub width: usize,
}

/// The beginning of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnHead {
    /// Its name in the header.
    pub name: String,
    /// Its first values.
    pub values: Vec<String>,
    /// Whether it holds numbers.
    pub is_numeric: bool,
}

impl TableHead {
    /// Whether a mapping can name its columns, and there are enough for a unit, a time and a sensor.
    #[must_use]
    pub fn can_be_mapped(&self) -> bool {
        self.columns.len() >= 3 && self.columns.iter().filter(|column| column.is_numeric).count() >= 2
    }
}

/// The beginnings of the tables among these files and in archives of them. What is no table is passed over.
#[must_use]
pub fn table_heads(files: &[NamedFile]) -> Vec<TableHead> {
    let files: Vec<&NamedFile> = files.iter().collect();
    let Ok((texts, _)) = archive::unpacked(&files, Wanted::Tables, &mut |_| {}) else { return Vec::new() };
    let heads = texts.iter().filter_map(|text| head(&text.name, &text.bytes));
    heads.take(MAX_TABLES).collect()
}

fn head(file: &str, bytes: &[u8]) -> Option<TableHead> {
    let (text, _) = decoded(file, &bytes[..bytes.len().min(SAMPLE_BYTES)]).ok()?;
    let form = Form::with_names(&text);
    let (form, is_named) =
        if form.rows.is_empty() { (Form::detect(file, &text, 1).ok()?, false) } else { (form, true) };
    if form.rows.is_empty() {
        return None;
    }
    let column = |(index, name): (usize, &String)| {
        let fields = || form.rows.iter().filter_map(move |row| row.get(index));
        ColumnHead {
            name: name.chars().take(LONGEST).collect(),
            values: fields().take(SHOWN).map(|field| field.chars().take(LONGEST).collect()).collect(),
            is_numeric: fields().any(|field| number(field, form.layout.decimal_comma).is_some()),
        }
    };
    let names = form.names.as_deref().filter(|_| is_named).unwrap_or_default();
    Some(TableHead {
        file: file.to_owned(),
        columns: names.iter().enumerate().map(column).collect(),
        width: form.width,
    })
}

impl Mapping {
    /// A mapping to begin with, by the names of files and columns. What does not follow from a name is left empty, and
    /// refused until a person says it.
    #[must_use]
    pub fn suggested(tables: &[TableHead]) -> Self {
        let says = |table: &&TableHead, words: &[&str]| {
            let name = table.file.to_ascii_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let rul = tables.iter().find(|table| says(table, &["rul", "truth"]) || table.width == 1);
        let others =
            || tables.iter().filter(|table| table.can_be_mapped() && rul.is_none_or(|rul| rul.file != table.file));
        let test = others().find(|table| says(table, &["test"]));
        let rest = || others().filter(|table| test.is_none_or(|test| test.file != table.file));
        let train = rest().find(|table| says(table, &["train", "dev"])).or_else(|| rest().next()).or(test);
        let test = test.filter(|test| train.is_some_and(|train| train.file != test.file));
        let file = |table: &TableHead| table.file.clone();
        let stem = train.map_or("", |train| train.file.split('.').next().unwrap_or_default());
        let mut mapping = Self {
            test: test.map(file),
            test_rul: rul.filter(|_| test.is_some()).map(file),
            ..Self::of(stem, &train.map(file).unwrap_or_default())
        };
        for column in train.iter().flat_map(|train| &train.columns) {
            mapping.place(column);
        }
        mapping
    }

    /// Give a column the role that its name says.
    fn place(&mut self, column: &ColumnHead) {
        let name = || column.name.clone();
        match Kind::of(&column.name) {
            Kind::Of(0) if self.unit.is_empty() => self.unit = name(),
            Kind::Of(1) if self.time.is_empty() && column.is_numeric => self.time = name(),
            Kind::Of(2..=4) if self.settings.len() < SETTINGS && column.is_numeric => self.settings.push(name()),
            Kind::Rul if self.rul.is_none() && column.is_numeric => self.rul = Some(name()),
            Kind::Index => {}
            _ if column.is_numeric => self.sensors.push(name()),
            _ => {}
        }
    }
}
