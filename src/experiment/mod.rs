//! Experiments on top of runs: grids of them, what they came to, and claims that are put to the test; comparisons with
//! figures computed elsewhere.
//!
//! ```text
//! Axes ─ grid ─> Grid ─ shard ─> RunConfig ─ conduct ─> Record ─ Results ─ merge ─> Results
//! claims::ALL ─ plan ────────────────┘                     └── verdict ──> Finding
//! ```
//!
//! Configurations, records, claims and verdicts are plain data and compile for the page; only `conduct` trains.

#[cfg(all(feature = "cli", feature = "open"))]
mod against_burn;
mod aggregation;
#[cfg(any(feature = "cli", feature = "page"))]
pub mod claims;
#[cfg(all(feature = "train", any(feature = "cli", feature = "page")))]
mod conduct;
#[cfg(any(feature = "cli", feature = "page"))]
mod grid;
#[cfg(any(feature = "cli", feature = "page"))]
mod measurement;
#[cfg(any(feature = "cli", feature = "page"))]
mod merge;
#[cfg(feature = "cli")]
mod oracle;
#[cfg(any(feature = "cli", feature = "page"))]
mod record;
#[cfg(any(feature = "cli", feature = "page"))]
mod results;
mod statistics;
#[cfg(any(feature = "cli", feature = "page"))]
mod tally;
#[cfg(feature = "cli")]
mod verify;

#[cfg(all(feature = "cli", feature = "open"))]
pub use against_burn::Comparison;
pub use aggregation::*;
#[cfg(all(feature = "train", any(feature = "cli", feature = "page")))]
pub use conduct::conduct;
#[cfg(any(feature = "cli", feature = "page"))]
pub use grid::{Axes, Axis, Grid, GridError, Shard};
#[cfg(any(feature = "cli", feature = "page"))]
pub use measurement::{Advance, Kept, Measurement, Outcome};
#[cfg(any(feature = "cli", feature = "page"))]
pub use merge::{MergeError, merge};
#[cfg(feature = "cli")]
pub use oracle::{OracleCase, OracleError};
#[cfg(any(feature = "cli", feature = "page"))]
pub use record::*;
#[cfg(any(feature = "cli", feature = "page"))]
pub use results::{Entry, FORMAT, Header, Results, ResultsError, Stamp};
pub use statistics::*;
#[cfg(any(feature = "cli", feature = "page"))]
pub use tally::Tally;
#[cfg(feature = "cli")]
pub use verify::{Check, Report, TOLERANCE, verify};
