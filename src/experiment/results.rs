//! A file of results: a header, then one line of JSON a run.
//!
//! ```text
//! {"lambdascope":"0.1.0","format":1,"grid":{"hash":"5c0e…","runs":30,"shard":"1/1"}}
//! {"run":0,"key":"97ab…","config":{…},"figures":{…}}
//! ```
//!
//! A program that was stopped leaves a torn last line; it is dropped, and its run is run again. A run that failed may be
//! tried again; its later line stands then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Grid, Record, Shard};

/// Version of the form of these files.
pub const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program: another one may train differently.
    pub lambdascope: String,
    /// Version of the form, [`FORMAT`].
    pub format: u32,
    /// The grid that the runs are of; absent where they are gathered by their configurations alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<Stamp>,
}

/// Which part of which grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// [`Grid::hash`].
    pub hash: String,
    /// Runs of the whole grid.
    pub runs: usize,
    /// The part, as in [`Shard`].
    pub shard: String,
}

impl Header {
    /// Of a part of a grid.
    #[must_use]
    pub fn of(grid: &Grid, shard: Shard) -> Self {
        let stamp = Stamp { hash: grid.hash(), runs: grid.runs().len(), shard: shard.to_string() };
        Self { grid: Some(stamp), ..Self::gathered() }
    }

    /// Of runs that are gathered by their configurations alone.
    #[must_use]
    pub fn gathered() -> Self {
        Self { lambdascope: env!("CARGO_PKG_VERSION").to_owned(), format: FORMAT, grid: None }
    }

    /// Its line.
    #[must_use]
    pub fn line(&self) -> String {
        line(self)
    }
}

/// A further line: a run and, where it is of a grid, its index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Index in the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<usize>,
    /// The run.
    #[serde(flatten)]
    pub record: Record,
}

impl Entry {
    /// Its line.
    #[must_use]
    pub fn line(&self) -> String {
        line(self)
    }
}

fn line<T: Serialize>(value: &T) -> String {
    // Names, numbers and lists alone, which JSON always takes; what is not finite was turned away before.
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

/// Why a file of results was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultsError {
    /// The first line is no header.
    #[error("the first line should be the header of a file of results, found {found:?}")]
    Header {
        /// Its beginning.
        found: String,
    },
    /// Another version wrote it.
    #[error(
        "the file should come from lambdascope {expected}, found {found}; its runs may have been trained differently"
    )]
    Version {
        /// This program.
        expected: String,
        /// That one.
        found: String,
    },
    /// It belongs to other runs.
    #[error("the file should hold {expected}, found {found}; give another file, or the grid it was begun with")]
    Other {
        /// The grid and part asked for.
        expected: String,
        /// The grid and part found.
        found: String,
    },
    /// A line that is none of a run.
    #[error("line {line} should be a run, found {found:?}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// Its beginning.
        found: String,
    },
    /// The same run with other figures.
    #[error("run {run} should have the same figures wherever it is, found others on line {line}")]
    Conflict {
        /// Its index or key.
        run: String,
        /// The number of the line, from 1.
        line: usize,
    },
}

/// What a file of results holds, no run twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The first line.
    pub header: Header,
    /// The runs: by index where they are of a grid, else by key.
    entries: BTreeMap<(Option<usize>, String), Record>,
}

impl Results {
    /// No run yet.
    #[must_use]
    pub const fn new(header: Header) -> Self {
        Self { header, entries: BTreeMap::new() }
    }

    /// Read a file. A torn last line is dropped, and the same run twice counts once.
    ///
    /// # Errors
    ///
    /// Anything but a header and runs, and one run with different figures.
    pub fn parse(text: &str) -> Result<Self, ResultsError> {
        // Whatever is behind the last line break was torn.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = whole.lines();
        let first = lines.next().unwrap_or_default();
        let header: Header =
            serde_json::from_str(first).map_err(|_| ResultsError::Header { found: beginning(first) })?;
        let mut results = Self::new(header);
        for (line, text) in (2..).zip(lines) {
            let entry: Entry =
                serde_json::from_str(text).map_err(|_| ResultsError::Line { line, found: beginning(text) })?;
            let run = entry.run.map_or_else(|| entry.record.key.clone(), |run| run.to_string());
            results.insert(entry).map_err(|()| ResultsError::Conflict { run, line })?;
        }
        Ok(results)
    }

    /// Refuse a file that is not of these runs.
    ///
    /// # Errors
    ///
    /// Another version, grid or part.
    pub fn of_grid(self, header: &Header) -> Result<Self, ResultsError> {
        if (&self.header.lambdascope, self.header.format) != (&header.lambdascope, header.format) {
            return Err(ResultsError::Version { expected: header.lambdascope.clone(), found: self.header.lambdascope });
        }
        if self.header.grid != header.grid {
            return Err(ResultsError::Other { expected: told(header), found: told(&self.header) });
        }
        Ok(self)
    }

    /// Add a run; `Err` where it is there with other figures.
    ///
    /// A run that came to its end stands before one that failed, and of two failures the one whose words sort first, so
    /// that the order in which lines are read does not matter.
    pub(super) fn insert(&mut self, entry: Entry) -> Result<(), ()> {
        let place = (entry.run, if entry.run.is_some() { String::new() } else { entry.record.key.clone() });
        let Some(there) = self.entries.get_mut(&place) else {
            self.entries.insert(place, entry.record);
            return Ok(());
        };
        match (&there.failure, &entry.record.failure) {
            (None, None) if *there != entry.record => return Err(()),
            (Some(_), None) => *there = entry.record,
            (Some(before), Some(now)) if now < before => *there = entry.record,
            _ => {}
        }
        Ok(())
    }

    /// Add a run that was not there, or failed.
    pub fn push(&mut self, entry: Entry) {
        // The same configuration gives the same figures, so there is nothing to refuse.
        let _ = self.insert(entry);
    }

    /// The record of the run of this index.
    #[must_use]
    pub fn by_index(&self, run: usize) -> Option<&Record> {
        self.entries.get(&(Some(run), String::new()))
    }

    /// The record of this key among runs that are of no grid.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&Record> {
        self.entries.get(&(None, key.to_owned()))
    }

    /// How many runs failed.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.entries.values().filter(|record| record.failure.is_some()).count()
    }

    /// How many runs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The runs in their order, with their index where they are of a grid.
    pub fn entries(&self) -> impl Iterator<Item = (Option<usize>, &Record)> {
        self.entries.iter().map(|((run, _), record)| (*run, record))
    }

    /// The runs in their order, taken out.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.entries.into_iter().map(|((run, _), record)| Entry { run, record })
    }

    /// The file, its runs in their order.
    #[must_use]
    pub fn text(&self) -> String {
        let entries = self.entries().map(|(run, record)| Entry { run, record: record.clone() }.line());
        std::iter::once(self.header.line()).chain(entries).collect()
    }
}

/// A header in words.
pub(super) fn told(header: &Header) -> String {
    match &header.grid {
        Some(Stamp { hash, runs, shard }) => format!("part {shard} of the grid {hash} with {runs} runs"),
        None => "runs of no grid".to_owned(),
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::experiment::{Axes, Figures};
    use crate::measure::Metrics;

    pub fn grid() -> Grid {
        let mut axes = Axes::default();
        axes.push("seed=1..7".parse().unwrap()).unwrap();
        axes.grid().unwrap()
    }

    pub fn part(grid: &Grid, shard: &str) -> Results {
        let shard: Shard = shard.parse().unwrap();
        let mut results = Results::new(Header::of(grid, shard));
        for (run, config) in grid.runs().iter().enumerate().filter(|(run, _)| shard.holds(*run)) {
            let test = Metrics { rmse_cycles: 14.1 + run as f32, ..Metrics::default() };
            let record = Record::finished(config.clone(), Figures { test, ..Figures::default() });
            results.push(Entry { run: Some(run), record });
        }
        results
    }

    #[test]
    fn a_file_reads_back_to_the_byte() {
        let whole = part(&grid(), "1/1");
        let text = whole.text();
        assert_eq!(text.lines().count(), 8);
        assert_eq!(Results::parse(&text).unwrap(), whole);
        assert_eq!(Results::parse(&text).unwrap().text(), text);
    }

    #[test]
    fn a_torn_last_line_is_dropped_wherever_it_tore() {
        let text = part(&grid(), "1/1").text();
        let sixth = text.match_indices('\n').nth(6).unwrap().0;
        for end in sixth + 1..text.len() - 1 {
            let results = Results::parse(&text[..end]).unwrap();
            assert_eq!(results.len(), 6, "torn after {end} bytes");
            assert!(results.by_index(6).is_none());
        }
    }

    #[test]
    fn runs_may_be_out_of_order_and_twice_but_not_with_other_figures() {
        let text = part(&grid(), "1/1").text();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.push(lines[2]);
        let shuffled = lines.join("\n") + "\n";
        assert_eq!(Results::parse(&shuffled).unwrap().text(), text);
        let other = shuffled + &lines[3].replace("\"accuracy\":0.0", "\"accuracy\":0.5") + "\n";
        let error = Results::parse(&other).unwrap_err();
        assert_eq!(error.to_string(), "run 4 should have the same figures wherever it is, found others on line 10");
    }

    #[test]
    fn a_run_that_failed_may_be_tried_again() {
        let finished = part(&grid(), "1/1");
        let failed =
            |why: &str| Entry { run: Some(2), record: Record::failed(grid().runs()[2].clone(), why.to_owned()) };
        let lines: Vec<String> = finished.text().lines().map(|line| format!("{line}\n")).collect();
        let without = [&lines[..3], &lines[4..]].concat().concat();
        let (no, never) = (failed("no").line(), failed("never").line());
        let read = |text: &str| Results::parse(text).unwrap();
        // In whichever order the lines stand.
        assert_eq!(read(&(without.clone() + &no + &lines[3])), finished);
        assert_eq!(read(&(without.clone() + &lines[3] + &no)), finished);
        assert_eq!(read(&(without.clone() + &no + &never)), read(&(without.clone() + &never + &no)));
        let results = read(&(without + &no));
        assert_eq!((results.len(), results.failures(), finished.failures()), (7, 1, 0));
    }

    #[test]
    fn files_of_other_runs_are_refused() {
        let text = part(&grid(), "2/3").text();
        let expect = |header: &Header| Results::parse(&text).unwrap().of_grid(header);
        assert!(expect(&Header::of(&grid(), "2/3".parse().unwrap())).is_ok());
        let error = expect(&Header::of(&grid(), Shard::WHOLE)).unwrap_err().to_string();
        assert!(error.contains("should hold part 1/1") && error.contains("found part 2/3"), "{error}");
        let newer = Header { lambdascope: "9.0.0".to_owned(), ..Header::of(&grid(), "2/3".parse().unwrap()) };
        assert!(matches!(expect(&newer), Err(ResultsError::Version { .. })));
        for text in ["", "\n", "{}\n", "seed,rmse\n1,2\n"] {
            assert!(matches!(Results::parse(text), Err(ResultsError::Header { .. })), "{text:?}");
        }
        let broken = part(&grid(), "1/1").text().replacen("{\"run\":3", "{\"run\":x", 1);
        assert!(matches!(Results::parse(&broken), Err(ResultsError::Line { line: 5, .. })));
    }
}
