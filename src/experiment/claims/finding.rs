//! What the records of its runs say about a claim.

use serde::{Deserialize, Serialize};

use crate::experiment::Estimate;

/// What a claim came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The measured interval lies where the claim says.
    Supported,
    /// The measured interval lies elsewhere.
    NotSupported,
    /// The interval is too wide to tell, or runs are missing.
    Undecided,
}

impl Verdict {
    /// Supported where the first holds, not supported where the second holds, undecided otherwise.
    #[must_use]
    pub const fn of(supported: bool, contradicted: bool) -> Self {
        match (supported, contradicted) {
            (_, true) => Self::NotSupported,
            (true, false) => Self::Supported,
            (false, false) => Self::Undecided,
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NotSupported => "not supported",
            Self::Undecided => "undecided",
        }
    }
}

/// What was found about a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The claim's short name.
    pub claim: String,
    /// What it came to.
    pub verdict: Verdict,
    /// What the measured figure is, with its unit.
    pub figure: String,
    /// The measured figure and its 95 % interval; absent where runs are missing.
    pub measured: Option<Estimate>,
    /// What was found, in a sentence or two.
    pub words: String,
    /// The figures behind it.
    pub table: FindingTable,
    /// The same as a picture, beside what was published.
    pub plot: Option<Plot>,
    /// Planned runs that came to their end.
    pub runs: usize,
    /// Runs that were planned.
    pub planned: usize,
    /// Planned runs that failed, such as one that diverged. A seed that lacks a run is left out of all conditions.
    #[serde(default)]
    pub failed: usize,
}

/// Figures in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingTable {
    /// Heads of the columns.
    pub headers: Vec<String>,
    /// As many cells a row.
    pub rows: Vec<Vec<String>>,
}

/// Figures over a number or over names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// What lies along the horizontal axis.
    pub x: String,
    /// What the vertical axis measures, with its unit.
    pub y: String,
    /// Names along the horizontal axis, where it has names; `x` of a point is then an index into them.
    pub categories: Vec<String>,
    /// The series, measured and published.
    pub series: Vec<PlotSeries>,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlotSeries {
    /// Its name.
    pub name: String,
    /// Whether it was published elsewhere, and not measured here.
    pub published: bool,
    /// Its points, by `x`.
    pub points: Vec<PlotPoint>,
}

/// A figure with the ends of its interval; of a published one both are the figure itself, or the bounds given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlotPoint {
    /// Where.
    pub x: f64,
    /// The figure.
    pub y: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl PlotPoint {
    /// A measured figure.
    #[must_use]
    pub const fn measured(x: f64, estimate: Estimate) -> Self {
        Self { x, y: estimate.value, low: estimate.low, high: estimate.high }
    }
}

impl PlotSeries {
    /// What was measured here.
    #[must_use]
    pub fn measured(name: &str, points: Vec<PlotPoint>) -> Self {
        Self { name: name.to_owned(), published: false, points }
    }

    /// What was published elsewhere.
    #[must_use]
    pub fn published(name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let points = points.into_iter().map(|(x, y)| PlotPoint { x, y, low: y, high: y }).collect();
        Self { name: name.to_owned(), published: true, points }
    }
}

impl FindingTable {
    /// A table with these heads and no row.
    #[must_use]
    pub fn new(headers: &[&str]) -> Self {
        Self { headers: headers.iter().map(|header| (*header).to_owned()).collect(), rows: Vec::new() }
    }

    /// Add a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().collect());
    }
}

impl Finding {
    /// Nothing to judge yet: fewer than two seeds have all runs.
    #[must_use]
    pub fn unmeasured(figure: &str, seeds: usize) -> Self {
        Self {
            claim: String::new(),
            verdict: Verdict::Undecided,
            figure: figure.to_owned(),
            measured: None,
            words: format!("Too little is measured: at least two seeds should have all their runs, found {seeds}."),
            table: FindingTable::default(),
            plot: None,
            runs: 0,
            planned: 0,
            failed: 0,
        }
    }

    /// A finding in words.
    #[must_use]
    pub fn new(verdict: Verdict, figure: &str, measured: Estimate, words: String) -> Self {
        Self { verdict, measured: Some(measured), words, ..Self::unmeasured(figure, 0) }
    }

    /// How many of the planned runs it rests on, and how many failed: "127 of 130 runs, 3 failed".
    #[must_use]
    pub fn counted(&self) -> String {
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{} of {} runs{failed}", self.runs, self.planned)
    }

    /// With the figures behind it.
    #[must_use]
    pub fn with(mut self, table: FindingTable, plot: Plot) -> Self {
        (self.table, self.plot) = (table, Some(plot));
        self
    }
}

/// A figure with its interval, as it is printed.
#[must_use]
pub(super) fn written(estimate: &Estimate, digits: usize) -> String {
    let Estimate { value, low, high } = estimate;
    if low == high {
        return format!("{value:.digits$}");
    }
    format!("{value:.digits$} ({low:.digits$} to {high:.digits$})")
}
