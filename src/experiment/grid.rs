//! A grid of runs: every combination of some settings, in an order that does not change.

use std::fmt;
use std::str::FromStr;

use super::record::{hash, key};
use crate::session::{Link, RunConfig};

/// Most runs of a grid: a bound against a slip of the pen.
const MAX_RUNS: usize = 100_000;

/// One setting and its values, spelled as in a link: `lambda` with `0.1`, `0.5`; `strategy` with `gradnorm:alpha=0.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Name of the setting in a link.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
}

/// The settings of a grid, the outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axes(Vec<Axis>);

/// Why there is no such grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// Something that is no setting with values.
    #[error("a setting of a grid should be KEY=VALUE,VALUE,… or KEY=FIRST..LAST[/COUNT], found `{found}`")]
    Axis {
        /// What it is.
        found: String,
    },
    /// A setting given twice.
    #[error("each setting of a grid should be given once, found `{key}` again")]
    Twice {
        /// Its name.
        key: String,
    },
    /// A setting that does not exist, or a value that it cannot take.
    #[error("{0}")]
    Setting(String),
    /// Values of λ where no strategy takes one.
    #[error("`lambda` should be left out where no strategy takes it: all of these find their weights themselves")]
    Lambda,
    /// More runs than anybody wants.
    #[error("a grid should have at most {MAX_RUNS} runs, found {found}")]
    Large {
        /// How many it has.
        found: usize,
    },
    /// Something that is no part of a grid.
    #[error("a shard should be I/N with 1 ≤ I ≤ N, found `{found}`")]
    Shard {
        /// What it is.
        found: String,
    },
}

impl FromStr for Axis {
    type Err = GridError;

    /// Reads `KEY=VALUES`; see [`Axis::new`].
    fn from_str(text: &str) -> Result<Self, GridError> {
        let (key, values) = text.split_once('=').ok_or_else(|| GridError::Axis { found: text.to_owned() })?;
        Self::new(key, values)
    }
}

impl Axis {
    /// A setting and its values: single ones and ranges, separated by commas. `1..5` is every whole number from 1 to 5,
    /// both included; `0..1/21` is 21 numbers from 0 to 1, evenly spread.
    ///
    /// # Errors
    ///
    /// No key, no value, or a range that is none.
    pub fn new(key: &str, values: &str) -> Result<Self, GridError> {
        let refuse = || GridError::Axis { found: format!("{key}={values}") };
        let key = key.trim();
        let mut all = Vec::new();
        for value in values.split(',').map(str::trim) {
            match value.split_once("..") {
                Some((first, last)) => all.extend(range(first, last).ok_or_else(refuse)?),
                None => all.push(value.to_owned()),
            }
        }
        if key.is_empty() || all.iter().any(String::is_empty) {
            return Err(refuse());
        }
        Ok(Self { key: key.to_owned(), values: all })
    }
}

fn range(first: &str, last: &str) -> Option<Vec<String>> {
    if let Some((last, count)) = last.split_once('/') {
        let (first, last): (f64, f64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let count: u32 = count.trim().parse().ok().filter(|count| (2..=10_000).contains(count))?;
        let step = (last - first) / f64::from(count - 1);
        // Six digits: what a person would have written, and no 0.30000000000000004.
        let value = |index: u32| ((first + step * f64::from(index)) * 1e6).round() / 1e6;
        return Some((0..count).map(|index| value(index).to_string()).collect());
    }
    let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim_start_matches('=').trim().parse().ok()?);
    (first <= last && last - first < 10_000).then(|| (first..=last).map(|number| number.to_string()).collect())
}

impl Axes {
    /// Add a setting inside those that are there.
    ///
    /// # Errors
    ///
    /// A setting that is there.
    pub fn push(&mut self, axis: Axis) -> Result<(), GridError> {
        if self.0.iter().any(|there| there.key == axis.key) {
            return Err(GridError::Twice { key: axis.key });
        }
        self.0.push(axis);
        Ok(())
    }

    /// Whether this setting is among them.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|axis| axis.key == key)
    }

    /// Every combination of the values, the last setting changing fastest; settings that are not given have their
    /// defaults. A combination that comes to the same run as an earlier one, such as another λ of a strategy that has
    /// none, is left out.
    ///
    /// # Errors
    ///
    /// A setting that does not exist, a value that it cannot take, λ where no strategy takes one, and too many runs.
    pub fn grid(&self) -> Result<Grid, GridError> {
        let count = self.0.iter().try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()));
        let count =
            count.filter(|count| *count <= MAX_RUNS).ok_or(GridError::Large { found: count.unwrap_or(usize::MAX) })?;
        let mut runs = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for index in 0..count {
            let config = read(&self.fragment(index))?;
            if seen.insert(key(&config)) {
                runs.push(config);
            }
        }
        let takes_lambda = |run: &RunConfig| run.members.iter().any(|member| member.weighting.base_lambda().is_some());
        if self.has("lambda") && !runs.iter().any(takes_lambda) {
            return Err(GridError::Lambda);
        }
        Ok(Grid { runs })
    }

    /// The settings of the `index`-th combination, as the fragment of a link.
    fn fragment(&self, index: usize) -> String {
        let mut rest = index;
        let mut pairs: Vec<String> = Vec::with_capacity(self.0.len());
        for axis in self.0.iter().rev() {
            if let Some(value) = axis.values.get(rest % axis.values.len()) {
                pairs.push(format!("{}={value}", axis.key));
            }
            rest /= axis.values.len();
        }
        // λ is given to what the strategy says it is given to, so it has to come after it.
        pairs.sort_by_key(|pair| pair.starts_with("lambda="));
        pairs.join("&")
    }
}

fn read(fragment: &str) -> Result<RunConfig, GridError> {
    let (link, problems) = Link::parse(fragment);
    if let Some(problem) = problems.first() {
        return Err(GridError::Setting(problem.to_string()));
    }
    Ok(link.config)
}

/// Runs in their order, no two alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    runs: Vec<RunConfig>,
}

impl Grid {
    /// The runs, by their index.
    #[must_use]
    pub fn runs(&self) -> &[RunConfig] {
        &self.runs
    }

    /// What tells this grid from any other: 16 hexadecimal digits over all keys in their order.
    #[must_use]
    pub fn hash(&self) -> String {
        let keys: String = self.runs.iter().map(|config| key(config) + "\n").collect();
        hash(keys.as_bytes())
    }
}

/// The `I`-th of `N` parts of a grid: the runs `I − 1`, `I − 1 + N`, `I − 1 + 2N`, …
///
/// Neighbours in a grid cost about the same, so that parts taken in turn end at about the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    parts: usize,
}

impl Shard {
    /// The whole grid.
    pub const WHOLE: Self = Self { part: 1, parts: 1 };

    /// How many parts there are.
    #[must_use]
    pub const fn parts(self) -> usize {
        self.parts
    }

    /// Whether the run of this index is in this part.
    #[must_use]
    pub const fn holds(self, index: usize) -> bool {
        index % self.parts == self.part - 1
    }
}

impl FromStr for Shard {
    type Err = GridError;

    fn from_str(text: &str) -> Result<Self, GridError> {
        let read = || {
            let (part, parts) = text.split_once('/')?;
            let (part, parts) = (part.trim().parse().ok()?, parts.trim().parse().ok()?);
            (1 <= part && part <= parts).then_some(Self { part, parts })
        };
        read().ok_or_else(|| GridError::Shard { found: text.to_owned() })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.part, self.parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn axes(settings: &[&str]) -> Axes {
        let mut axes = Axes::default();
        for setting in settings {
            axes.push(setting.parse().unwrap()).unwrap();
        }
        axes
    }

    fn refused(settings: &[&str]) -> String {
        axes(settings).grid().unwrap_err().to_string()
    }

    #[test]
    fn the_last_setting_changes_fastest() {
        let grid = axes(&["lambda=0.1,0.9", "encoder=cnn,gru:8", "seed=1..3"]).grid().unwrap();
        let told: Vec<_> = grid
            .runs()
            .iter()
            .map(|run| (run.members[0].weighting.base_lambda().unwrap(), run.encoder.name(), run.seed))
            .collect();
        assert_eq!(told.len(), 12);
        assert_eq!(told[..4], [(0.1, "cnn", 1), (0.1, "cnn", 2), (0.1, "cnn", 3), (0.1, "gru", 1)]);
        assert_eq!(told[11], (0.9, "gru", 3));
    }

    #[test]
    fn a_strategy_without_a_weight_runs_once() {
        let grid = axes(&["strategy=fixed,gradnorm:alpha=0.5", "lambda=0.1,0.5,0.9"]).grid().unwrap();
        let names: Vec<_> = grid.runs().iter().map(|run| run.members[0].weighting.name()).collect();
        assert_eq!(names, ["fixed", "fixed", "fixed", "gradnorm"]);
        assert!(refused(&["strategy=dwa,gradnorm", "lambda=0.1,0.5"]).starts_with("`lambda` should be left out"));
    }

    #[test]
    fn lambda_reaches_the_strategy_wherever_it_stands() {
        let first = axes(&["lambda=0.2", "strategy=rules"]).grid().unwrap();
        let last = axes(&["strategy=rules", "lambda=0.2"]).grid().unwrap();
        assert_eq!(first, last);
        assert_eq!(first.runs()[0].members[0].weighting.base_lambda(), Some(0.2));
    }

    #[test]
    fn ranges_are_written_as_a_person_would() {
        let values = |text: &str| text.parse::<Axis>().unwrap().values;
        assert_eq!(values("lambda=0..1/11")[3], "0.3");
        assert_eq!(values("seed=7,1..3"), ["7", "1", "2", "3"]);
        assert!("seed=3..1".parse::<Axis>().is_err());
        assert!("seed=".parse::<Axis>().is_err());
        assert!("seed".parse::<Axis>().is_err());
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert!(refused(&["lambda=0.1,2"]).starts_with("`lambda` should be in [0, 1], found 2"));
        assert!(refused(&["colour=red"]).ends_with("found `colour`"));
        assert_eq!(
            refused(&["seed=1..1000", "lambda=0..1/1000"]),
            "a grid should have at most 100000 runs, found 1000000"
        );
        let huge = refused(&["encoder=transformer:256:256", "batch=4096", "window=100"]);
        assert!(huge.starts_with("`memory` should be at most 8 GB, found "), "{huge}");
        assert!(axes(&["seed=1"]).push("seed=2".parse().unwrap()).is_err());
    }

    #[test]
    fn the_hash_knows_values_and_order() {
        let hash = |settings: &[&str]| axes(settings).grid().unwrap().hash();
        assert_eq!(hash(&["seed=1,2"]), hash(&["seed=1..2"]));
        assert_ne!(hash(&["seed=1,2"]), hash(&["seed=2,1"]));
        assert_ne!(hash(&["seed=1,2"]), hash(&["seed=1,2", "epochs=9"]));
    }

    #[test]
    fn shards_are_read_strictly() {
        for text in ["0/3", "4/3", "1", "1/0", "a/b", "-1/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
    }

    proptest! {
        #[test]
        fn every_run_is_in_one_shard(index in 0_usize..10_000, parts in 1_usize..50) {
            let holding = (1..=parts).filter(|part| Shard { part: *part, parts }.holds(index)).count();
            prop_assert_eq!(holding, 1);
        }
    }
}
