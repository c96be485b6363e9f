//! Counts passed and failed tests in what test runners print.

use std::fmt;
use std::ops::AddAssign;

use crate::tee::Outcome;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, timed out or could not run.
    pub failed: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Whose summary to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// No summary: the exit status is the one test.
    Status,
    /// `test result: ok. 5 passed; 0 failed; …`, once a test binary: cargo test and wasm-bindgen's runner.
    Cargo,
    /// `Summary [   1.2s] 12 tests run: 11 passed, 1 failed, 0 skipped`.
    Nextest,
    /// `ℹ pass 12`, `ℹ fail 0`, `ℹ cancelled 0`.
    Node,
}

impl Tally {
    /// One test that passed.
    pub const PASS: Self = Self { passed: 1, failed: 0 };
    /// One test that failed.
    pub const FAIL: Self = Self { passed: 0, failed: 1 };

    /// Counts what a runner printed.
    ///
    /// A layer that does not run must not look like one without failures: an unsuccessful exit is at least one
    /// failure, and so is a successful one that tells no figures.
    #[must_use]
    pub fn of(format: Format, outcome: &Outcome) -> Self {
        Self::count(format, outcome).unwrap_or(Self::FAIL)
    }

    /// Counts what a runner printed that was given a filter: it may have found nothing to run.
    #[must_use]
    pub fn of_some(format: Format, outcome: &Outcome) -> Self {
        let nothing = if outcome.success { Self::default() } else { Self::FAIL };
        Self::count(format, outcome).unwrap_or(nothing)
    }

    fn count(format: Format, outcome: &Outcome) -> Option<Self> {
        let counted = match format {
            Format::Status => Some(if outcome.success { Self::PASS } else { Self::FAIL }),
            Format::Cargo => sum(outcome.text.lines().filter_map(cargo_line)),
            // Only the last one counts: a test may print a summary of its own.
            Format::Nextest => outcome.text.lines().rev().find_map(nextest_line),
            Format::Node => node(&outcome.text),
        }?;
        Some(if outcome.success { counted } else { Self { failed: counted.failed.max(1), ..counted } })
    }
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Option<Tally> {
    tallies.reduce(|mut total, tally| {
        total += tally;
        total
    })
}

/// The number before a word, as in `5 passed`.
fn before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ',', ';', ':']).filter(|word| !word.is_empty()).collect();
    words.windows(2).filter(|pair| pair[1] == word).find_map(|pair| pair[0].parse().ok()).unwrap_or(0)
}

fn cargo_line(line: &str) -> Option<Tally> {
    // Not `strip_prefix`: a test that prints without a newline may stand before it.
    let (_, figures) = line.split_once("test result: ")?;
    Some(Tally { passed: before(figures, "passed"), failed: before(figures, "failed") })
}

fn nextest_line(line: &str) -> Option<Tally> {
    let (_, figures) = line.trim_start().strip_prefix("Summary [")?.split_once(']')?;
    let (run, counts) = figures.split_once(" run:")?;
    let (passed, total) = (before(counts, "passed"), run.split_whitespace().next()?.split('/').next()?);
    // What ran and did not pass failed, however the runner calls it: failed, timed out, exec failed.
    Some(Tally { passed, failed: total.parse::<u64>().ok()?.saturating_sub(passed) })
}

fn node(text: &str) -> Option<Tally> {
    let figure = |word: &str| {
        text.lines().rev().find_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            (line.starts_with(['ℹ', '#']) && words.next() == Some(word)).then(|| words.next()?.parse::<u64>().ok())?
        })
    };
    Some(Tally { passed: figure("pass")?, failed: figure("fail")? + figure("cancelled").unwrap_or(0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(format: Format, success: bool, text: &str) -> (u64, u64) {
        let tally = Tally::of(format, &Outcome { success, text: text.to_owned() });
        (tally.passed, tally.failed)
    }

    #[test]
    fn cargo_test_is_summed_over_its_binaries() {
        let text = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                    . test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out\n";
        assert_eq!(tally(Format::Cargo, false, text), (7, 3));
    }

    #[test]
    fn nextest_counts_everything_that_ran_and_did_not_pass_as_failed() {
        let line = "     Summary [   0.312s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(tally(Format::Nextest, false, line), (9, 3));
        let line = "     Summary [   0.012s] 1 test run: 1 passed, 0 skipped\n";
        assert_eq!(tally(Format::Nextest, true, line), (1, 0));
        let line = "     Summary [   0.012s] 3/9 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(tally(Format::Nextest, false, line), (2, 1));
    }

    #[test]
    fn node_counts_cancelled_tests_as_failed() {
        let text = "ℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n";
        assert_eq!(tally(Format::Node, false, text), (2, 2));
        assert_eq!(tally(Format::Node, true, "# tests 1\n# pass 1\n# fail 0\n"), (1, 0));
    }

    #[test]
    fn a_filter_may_leave_nothing_to_run() {
        let some = |success, text: &str| Tally::of_some(Format::Cargo, &Outcome { success, text: text.to_owned() });
        assert_eq!(some(true, "no tests to run!"), Tally::default());
        assert_eq!(some(true, "test result: ok. 0 passed; 0 failed; 9 filtered out"), Tally::default());
        assert_eq!(some(false, "error: could not compile"), Tally::FAIL);
    }

    #[test]
    fn a_layer_that_does_not_run_counts_as_failed() {
        for format in [Format::Status, Format::Cargo, Format::Nextest, Format::Node] {
            assert_eq!(tally(format, false, "error: could not compile"), (0, 1));
        }
        assert_eq!(tally(Format::Cargo, true, ""), (0, 1));
        assert_eq!(tally(Format::Cargo, false, "test result: ok. 5 passed; 0 failed"), (5, 1));
    }
}
