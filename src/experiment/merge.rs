//! The parts of a grid, joined.

use super::results::told;
use super::{Header, Results, Stamp};

/// Why parts do not make a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Nothing to join.
    #[error("there should be at least one part to merge, found none")]
    Nothing,
    /// Runs that are of no grid have no order and no gaps.
    #[error("{part} should hold runs of a grid, found {found}")]
    NoGrid {
        /// Its name.
        part: String,
        /// What it holds.
        found: String,
    },
    /// Parts of different grids or by different versions.
    #[error("{part} should be of the same grid and version as {first}, that is grid {expected}, found {found}")]
    Mixed {
        /// Its name.
        part: String,
        /// The name of the first part.
        first: String,
        /// Grid and version of the first part.
        expected: String,
        /// Its grid and version.
        found: String,
    },
    /// Two parts disagree about a run.
    #[error("run {run} should have the same figures in all parts, found others in {part}")]
    Conflict {
        /// Its index.
        run: usize,
        /// The name of the part that was read later.
        part: String,
    },
    /// Runs are missing.
    #[error("all {runs} runs of the grid should be in the parts, found {missing} missing: {which}")]
    Gap {
        /// Runs of the grid.
        runs: usize,
        /// How many are missing.
        missing: usize,
        /// The first of them.
        which: String,
    },
}

/// Join parts of one grid; the whole has the bytes that one program running the whole grid would have written. Parts
/// are named for the messages, may overlap and come in any order. A run that failed in one part and came to its end in
/// another one counts as finished.
///
/// # Errors
///
/// Parts of different grids, a run with different figures in two parts, and runs that are in none.
pub fn merge(parts: Vec<(String, Results)>) -> Result<Results, MergeError> {
    let Some((first, header)) = parts.first().map(|(name, results)| (name.clone(), results.header.clone())) else {
        return Err(MergeError::Nothing);
    };
    let Some(stamp) = header.grid.clone() else {
        return Err(MergeError::NoGrid { part: first, found: told(&header) });
    };
    let identity = |header: &Header| {
        let hash = header.grid.as_ref().map_or("none", |stamp| stamp.hash.as_str());
        format!("{hash} by lambdascope {}", header.lambdascope)
    };
    let whole = Header { grid: Some(Stamp { shard: "1/1".to_owned(), ..stamp.clone() }), ..header.clone() };
    let mut joined = Results::new(whole);
    for (part, results) in parts {
        if identity(&results.header) != identity(&header) {
            let found = identity(&results.header);
            return Err(MergeError::Mixed { part, first, expected: identity(&header), found });
        }
        for entry in results.into_entries() {
            let run = entry.run.unwrap_or(usize::MAX);
            joined.insert(entry).map_err(|()| MergeError::Conflict { run, part: part.clone() })?;
        }
    }
    let missing: Vec<usize> = (0..stamp.runs).filter(|run| joined.by_index(*run).is_none()).collect();
    if missing.is_empty() {
        return Ok(joined);
    }
    let mut which: Vec<String> = missing.iter().take(5).map(ToString::to_string).collect();
    if missing.len() > which.len() {
        which.push("…".to_owned());
    }
    Err(MergeError::Gap { runs: stamp.runs, missing: missing.len(), which: which.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::{grid, part};
    use super::*;
    use crate::experiment::{Axes, Entry, Record};

    fn parts(shards: &[&str]) -> Vec<(String, Results)> {
        shards.iter().map(|shard| (format!("part {shard}"), part(&grid(), shard))).collect()
    }

    #[test]
    fn parts_make_the_whole_to_the_byte_in_any_order() {
        let whole = part(&grid(), "1/1").text();
        for shards in [&["1/3", "2/3", "3/3"][..], &["3/3", "1/3", "2/3"], &["1/1"], &["1/2", "2/2", "1/3", "1/1"]] {
            assert_eq!(merge(parts(shards)).unwrap().text(), whole, "{shards:?}");
        }
    }

    #[test]
    fn a_gap_is_named() {
        let error = merge(parts(&["1/3", "3/3"])).unwrap_err().to_string();
        assert_eq!(error, "all 7 runs of the grid should be in the parts, found 2 missing: 1, 4");
    }

    #[test]
    fn parts_of_another_grid_or_version_are_refused() {
        let mut axes = Axes::default();
        axes.push("seed=1..8".parse().unwrap()).unwrap();
        let mut mixed = parts(&["1/2"]);
        mixed.push(("other".to_owned(), part(&axes.grid().unwrap(), "2/2")));
        let error = merge(mixed).unwrap_err().to_string();
        assert!(error.starts_with("other should be of the same grid and version as part 1/2"), "{error}");
        let mut mixed = parts(&["1/2", "2/2"]);
        mixed[1].1.header.lambdascope = "9.0.0".to_owned();
        assert!(matches!(merge(mixed), Err(MergeError::Mixed { .. })));
        assert_eq!(merge(Vec::new()), Err(MergeError::Nothing));
        let gathered = vec![("ledger".to_owned(), Results::new(Header::gathered()))];
        assert!(merge(gathered).unwrap_err().to_string().contains("found runs of no grid"));
    }

    #[test]
    fn a_run_that_failed_in_one_part_only_is_finished() {
        let mut failed = part(&grid(), "2/3");
        let run = grid().runs()[1].clone();
        let text = failed
            .text()
            .lines()
            .filter(|line| !line.starts_with("{\"run\":1,"))
            .fold(String::new(), |text, line| text + line + "\n");
        failed = Results::parse(&text).unwrap();
        failed.push(Entry { run: Some(1), record: Record::failed(run, "the device failed".to_owned()) });
        let retried = ("retried".to_owned(), failed);
        let whole = part(&grid(), "1/1").text();
        let [mut last, mut first] = [parts(&["1/1"]), vec![retried.clone()]];
        last.push(retried);
        first.extend(parts(&["1/1"]));
        assert_eq!(merge(last).unwrap().text(), whole);
        assert_eq!(merge(first).unwrap().text(), whole);
    }

    #[test]
    fn parts_that_disagree_are_refused() {
        let mut disagreeing = parts(&["1/1"]);
        let text = part(&grid(), "2/3").text().replacen("\"accuracy\":0.0", "\"accuracy\":0.5", 1);
        disagreeing.push(("retrained".to_owned(), Results::parse(&text).unwrap()));
        let error = merge(disagreeing).unwrap_err().to_string();
        assert_eq!(error, "run 1 should have the same figures in all parts, found others in retrained");
    }
}
