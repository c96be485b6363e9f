//! C-MAPSS text → engines → windows.
//!
//! ```text
//! text, zip ── read_files ─┐
//! pack ─────── unpack ─────┼─> Dataset ─ prepare ─> Prepared { train, validation, test }
//! emulator ─── emulate ────┘
//! ```
//!
//! ```
//! use lambdascope::data::{DataConfig, DataError, EmulatorParameters, Subset, emulate, prepare};
//!
//! let parameters = EmulatorParameters::bundled(Subset::FD001)?;
//! let data = emulate(&parameters, 20, 10, 1)?;
//! let prepared = prepare(&data, &DataConfig::default(), 1)?;
//! assert_eq!(prepared.test.windows.len(), 10);
//!
//! let mut batch = Vec::new();
//! prepared.train.gather(&[0, 1, 2], &mut batch);
//! assert_eq!(batch.len(), 30 * 3 * 14);
//! # Ok::<(), DataError>(())
//! ```

mod archive;
mod assume;
mod catalog;
mod columns;
mod config;
mod dataset;
mod describe;
mod emulator;
mod error;
mod files;
mod fit;
mod folder;
mod foreign;
#[cfg(test)]
mod fuzz;
mod import;
mod known;
mod labels;
mod linear;
mod pack;
mod parameters;
mod parse;
mod prepare;
mod provenance;
mod range_coder;
mod regime;
mod report;
mod rows;
mod rul;
mod scaler;
mod sensor;
mod table;
mod text;
mod windows;

pub use archive::{is_archive, open_archive};
pub use assume::assume;
pub use catalog::Catalog;
pub use config::*;
pub use dataset::*;
pub use describe::*;
pub use emulator::{MAX_EMULATED_ENGINES, emulate};
pub use error::DataError;
pub use files::{FilesRead, ReadProgress, ReadStage, read_files, read_files_with};
pub use fit::fit;
pub use folder::{Found, find_subset, read_folder, read_path};
pub use import::{ColumnHead, Mapping, Repeats, RulLimit, TableHead, import, import_with, table_heads};
pub use known::{Fingerprint, NASAS};
pub use labels::*;
pub use pack::{Choice, PackInfo, pack, pack_chosen, pack_info, unpack};
pub use parameters::{EmulatorParameters, FaultMode, OperatingRegime};
pub use parse::{MAX_FILE_BYTES, MAX_ROWS, MAX_SENSORS, parse_engines};
pub use prepare::*;
use regime::flown_set_points;
pub use regime::{SET_POINTS, regime};
pub use report::{Assumption, Report};
pub use rows::{Row, Rows};
pub use rul::parse_rul;
pub use scaler::Scaler;
pub use sensor::*;
pub use table::Manner;
pub use text::*;
pub use windows::*;
