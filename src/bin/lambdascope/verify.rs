//! `lambdascope verify`: this program's figures held against another framework's.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
#[cfg(feature = "open")]
use lambdascope::experiment::Comparison;
use lambdascope::experiment::{
    AGGREGATION_TOLERANCE, AggregationError, AggregationFile, OracleCase, Report, TOLERANCE, verify,
};
use lambdascope::train::Device;
#[cfg(feature = "open")]
use lambdascope::{loss::TwoTaskLoss, model::EncoderConfig};

use crate::Failure;

/// Compare predictions, per-task gradients, optimizer runs and combined gradients with reference figures.
///
/// A case is a JSON file with weights in PyTorch's layout, a batch, and what PyTorch computes from them, or one with
/// pairs of gradients and what gradient surgery makes of them; see tests/oracles/ for both forms. Differences are relative to the largest magnitude of each quantity. Ends with status 1
/// when one exceeds 1e-4.
#[derive(Args)]
#[command(after_help = "Examples:\n  lambdascope verify tests/oracles/*.json\n  lambdascope verify --against burn")]
pub struct Verify {
    /// Reference files.
    #[arg(value_name = "CASE.json", required_unless_present = "against")]
    cases: Vec<PathBuf>,
    /// Compare the built-in encoders, whose ways back are written by hand, with what a library's autodiff makes of the same
    /// model; for a program built with the feature `open`.
    #[arg(long, value_name = "LIBRARY")]
    against: Option<Library>,
    /// Print every comparison, not only the worst of each file.
    #[arg(long)]
    all: bool,
}

/// A library that differentiates models.
#[derive(Clone, Copy, ValueEnum)]
enum Library {
    /// burn, on the CPU.
    Burn,
}

impl Verify {
    /// Compare; whether everything was within the tolerance.
    pub fn run(self) -> Result<bool, Failure> {
        let mut passed = match self.against {
            Some(Library::Burn) => against_burn(self.all)?,
            None => true,
        };
        for path in &self.cases {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = fs::read_to_string(path).map_err(|error| told(&error))?;
            if let Ok(file) = serde_json::from_str::<AggregationFile>(&text) {
                passed &= aggregation(path, &file).map_err(|error| told(&error))?;
                continue;
            }
            let case = OracleCase::from_json(&text).map_err(|error| told(&error))?;
            let report = pollster::block_on(verify(&case, &Device::Cpu)).map_err(|error| told(&error))?;
            tell(&path.display().to_string(), &report, self.all);
            passed &= report.passes();
        }
        Ok(passed)
    }
}

/// Print a report: its worst comparison, or all of them.
fn tell(name: &str, report: &Report, all: bool) {
    if all {
        for check in &report.checks {
            println!("  {:9.2e}  {}", check.difference, check.name);
        }
    }
    let verdict = if report.passes() { "ok  " } else { "FAIL" };
    if let Some(worst) = report.worst() {
        println!(
            "{verdict}  {name}: {} comparisons, largest relative difference {:.2e} ({}), tolerance {TOLERANCE:.0e}",
            report.checks.len(),
            worst.difference,
            worst.name,
        );
    }
}

/// Every built-in encoder at its defaults, on windows of 30 steps and 14 sensors.
#[cfg(feature = "open")]
fn against_burn(all: bool) -> Result<bool, Failure> {
    let mut passed = true;
    for encoder in EncoderConfig::FUSED.into_iter().filter_map(EncoderConfig::from_name) {
        let loss = TwoTaskLoss::default();
        let name = format!("{} against burn", encoder.name());
        let comparison = Comparison { encoder, window: 30, features: 14, batch: 64, loss, seed: 1 };
        let report = pollster::block_on(comparison.run(&Device::Cpu)).map_err(|error| error.to_string())?;
        tell(&name, &report, all);
        passed &= report.passes();
    }
    Ok(passed)
}

#[cfg(not(feature = "open"))]
fn against_burn(_: bool) -> Result<bool, Failure> {
    Err("this program was built without burn: build it with `--features open`".to_owned().into())
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
