//! The table twin of a chart: the same figures for whoever does not see the picture, and for scripts.

use super::number::plain;

/// Records that a chart keeps for its table.
pub(super) const TABLE_RECORDS: usize = 512;

/// Digits that bring an `f32` back as it was meant.
const SIGNIFICANT: usize = 6;

/// A chart as a table. Every row is as long as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows, for the `caption` element.
    pub caption: String,
    /// Names of the columns: step and epoch, or what the figures are measured against, then the figures.
    pub header: Vec<String>,
    /// Rows, of records the newest first. Numbers in plain decimals; a cell is empty where a member did not exist yet.
    pub rows: Vec<Vec<String>>,
}

/// What the rows of a table are made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Twin {
    /// Steps or evaluations, newest first.
    Records(Records),
    /// Rows as they are.
    Columns(Columns),
    /// Rows that have names.
    Named(Named),
}

/// Rows of figures in their order, each with a name in its first column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Named {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<(String, Vec<f64>)>,
}

impl Named {
    pub(super) fn table(&self, caption: String, max_rows: usize) -> Table {
        let row = |(name, values): &(String, Vec<f64>)| {
            std::iter::once(name.clone()).chain(values.iter().map(|value| plain(*value, SIGNIFICANT))).collect()
        };
        Table { caption, header: self.header.clone(), rows: self.rows.iter().take(max_rows).map(row).collect() }
    }
}

/// Rows of figures in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Columns {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Option<f64>>>,
}

impl Columns {
    pub(super) fn table(&self, caption: String, max_rows: usize) -> Table {
        let cell = |value: &Option<f64>| value.map_or_else(String::new, |value| plain(value, SIGNIFICANT));
        let rows = self.rows.iter().take(max_rows).map(|row| row.iter().map(cell).collect()).collect();
        Table { caption, header: self.header.clone(), rows }
    }
}

/// The figures behind a table, not yet in words: most frames of a page never ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Records {
    pub(super) header: Vec<String>,
    /// Oldest first: step and epoch.
    pub(super) times: Vec<(u32, f32)>,
    /// One entry a column and record, column after column, record after record.
    pub(super) values: Vec<Option<f32>>,
}

impl Records {
    pub(super) fn table(&self, caption: String, max_rows: usize) -> Table {
        let mut header = vec!["step".to_owned(), "epoch".to_owned()];
        header.extend(self.header.iter().cloned());
        let row = |index: usize, &(step, epoch): &(u32, f32)| {
            let mut row = vec![step.to_string(), plain(f64::from(epoch), SIGNIFICANT)];
            let columns = self.header.len();
            let values = self.values.iter().skip(index * columns).take(columns);
            row.extend(values.map(|value| value.map_or_else(String::new, |v| plain(f64::from(v), SIGNIFICANT))));
            row
        };
        let rows = self.times.iter().enumerate().rev().take(max_rows).map(|(index, time)| row(index, time)).collect();
        Table { caption, header, rows }
    }
}
