//! The rows of an engine, one after the other in one piece of memory.

use super::{COLUMNS, SENSORS, SETTINGS};

/// What an engine showed during one cycle (one flight).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// Altitude in kft, Mach number, throttle resolver angle in %; of a fleet that is not in C-MAPSS form its first three
    /// settings, and 0 for those that it has not.
    pub settings: [f32; SETTINGS],
    /// The sensors, in the order of the data set's [`super::Sensors`].
    pub sensors: &'a [f32],
}

impl Row<'_> {
    /// Settings, then sensors, in C-MAPSS form; 0 for a sensor that the row has not.
    #[must_use]
    pub fn columns(&self) -> [f32; COLUMNS] {
        let mut columns = [0.0; COLUMNS];
        columns[..SETTINGS].copy_from_slice(&self.settings);
        for (column, sensor) in columns[SETTINGS..].iter_mut().zip(self.sensors) {
            *column = *sensor;
        }
        columns
    }

    /// A column by its index: settings, then sensors; 0 where there is none.
    #[must_use]
    pub fn value(&self, column: usize) -> f32 {
        let value = self.settings.get(column).or_else(|| self.sensors.get(column.checked_sub(SETTINGS)?));
        value.copied().unwrap_or_default()
    }

    /// Settings, then sensors.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        self.settings.into_iter().chain(self.sensors.iter().copied())
    }
}

/// Rows with the same number of sensors each: `[cycles, settings and sensors]`, without gaps. Row `i` is cycle `i + 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    width: usize,
    values: Vec<f32>,
}

impl Rows {
    /// None yet; each will have this many sensors. Memory for `rows` of them is taken at once.
    #[must_use]
    pub fn with_capacity(sensors: usize, rows: usize) -> Self {
        let width = SETTINGS + sensors;
        Self { width, values: Vec::with_capacity(width * rows) }
    }

    /// Rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Sensors of a row.
    #[must_use]
    pub const fn sensors(&self) -> usize {
        self.width - SETTINGS
    }

    /// Append a row: settings, then sensors. Values beyond its columns are dropped, missing ones are 0.
    pub fn push(&mut self, columns: impl IntoIterator<Item = f32>) {
        let end = self.values.len() + self.width;
        self.values.extend(columns.into_iter().take(self.width));
        self.values.resize(end, 0.0);
    }

    /// A row by its index from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Row<'_>> {
        self.iter().nth(index)
    }

    /// All rows, from the first cycle.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter { rows: self.values.chunks_exact(self.width) }
    }

    /// All rows as columns: settings, then sensors.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.values.chunks_exact_mut(self.width)
    }

    /// Keep the first rows alone.
    pub fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows * self.width);
    }
}

/// Rows in C-MAPSS form.
impl FromIterator<[f32; COLUMNS]> for Rows {
    fn from_iter<T: IntoIterator<Item = [f32; COLUMNS]>>(rows: T) -> Self {
        let rows = rows.into_iter();
        let mut all = Self::with_capacity(SENSORS, rows.size_hint().0);
        rows.for_each(|row| all.push(row));
        all
    }
}

/// Rows one by one.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    rows: std::slice::ChunksExact<'a, f32>,
}

fn row(columns: &[f32]) -> Row<'_> {
    let (settings, sensors) = columns.split_at(SETTINGS);
    Row { settings: [settings[0], settings[1], settings[2]], sensors }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        self.rows.next().map(row)
    }

    fn nth(&mut self, index: usize) -> Option<Row<'a>> {
        self.rows.nth(index).map(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rows.next_back().map(row)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Rows {
    type Item = Row<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
