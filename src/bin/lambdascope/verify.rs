//! `lambdascope verify`: this program's figures held against another framework's.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use lambdascope::experiment::{
    AGGREGATION_TOLERANCE, AggregationError, AggregationFile, OracleCase, TOLERANCE, verify,
};
use lambdascope::train::Device;

use crate::Failure;

/// Compare predictions, per-task gradients, optimizer runs and combined gradients with reference figures.
///
/// A case is a JSON file with weights in PyTorch's layout, a batch, and what PyTorch computes from them, or one with
/// pairs of gradients and what gradient surgery makes of them; see tests/oracles/ for both forms. Differences are relative to the largest magnitude of each quantity. Ends with status 1
/// when one exceeds 1e-4.
#[derive(Args)]
#[command(after_help = "Example:\n  lambdascope verify tests/oracles/*.json")]
pub struct Verify {
    /// Reference files.
    #[arg(value_name = "CASE.json", required = true)]
    cases: Vec<PathBuf>,
    /// Print every comparison, not only the worst of each file.
    #[arg(long)]
    all: bool,
}

impl Verify {
    /// Compare; whether everything was within the tolerance.
    pub fn run(self) -> Result<bool, Failure> {
        let mut passed = true;
        for path in &self.cases {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = fs::read_to_string(path).map_err(|error| told(&error))?;
            if let Ok(file) = serde_json::from_str::<AggregationFile>(&text) {
                passed &= aggregation(path, &file).map_err(|error| told(&error))?;
                continue;
            }
            let case = OracleCase::from_json(&text).map_err(|error| told(&error))?;
            let report = pollster::block_on(verify(&case, &Device::Cpu)).map_err(|error| told(&error))?;
            if self.all {
                for check in &report.checks {
                    println!("  {:9.2e}  {}", check.difference, check.name);
                }
            }
            let verdict = if report.passes() { "ok  " } else { "FAIL" };
            if let Some(worst) = report.worst() {
                println!(
                    "{verdict}  {}: {} comparisons, largest relative difference {:.2e} ({}), tolerance {TOLERANCE:.0e}",
                    path.display(),
                    report.checks.len(),
                    worst.difference,
                    worst.name,
                );
            }
            passed &= report.passes();
        }
        Ok(passed)
    }
}

/// Compare the closed forms of gradient surgery; whether all were within the tolerance.
fn aggregation(path: &Path, file: &AggregationFile) -> Result<bool, AggregationError> {
    let mut passed = true;
    for method in file.differences()? {
        let verdict = if method.passes() { "ok  " } else { "FAIL" };
        let unsolved = match method.unsolved {
            0 => String::new(),
            count => format!(", {count} left out whose reference does not solve its own equation"),
        };
        println!(
            "{verdict}  {}: {}: {} pairs of gradients, largest relative difference {:.2e}, tolerance \
             {AGGREGATION_TOLERANCE:.0e}{unsolved}",
            path.display(),
            method.method,
            method.compared,
            method.largest,
        );
        passed &= method.passes();
    }
    Ok(passed)
}
