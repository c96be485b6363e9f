//! `lambdascope claims`: the ledger of claims, run and reported.

mod report;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use lambdascope::data::{Catalog, Origin, Subset};
use lambdascope::experiment::claims::{ALL, Claim, Extent, Finding, plan};
use lambdascope::experiment::{Entry, Header, Record, key};
use lambdascope::session::RunConfig;

use crate::Failure;
use crate::fleet::{Fleet, bar};
use crate::store::{Journal, Place};

/// Put published claims about loss weighting to the test and write a report.
///
/// Each claim has a plan of runs, a measured figure with a bootstrap interval over seeds, and a rule that decides:
/// supported, not supported, undecided. Claims share their runs. Runs that are in the folder are not run again, so that
/// a ledger that was stopped, or one with more seeds, goes on where it was; those that failed are tried again unless
/// --keep-failures is given, and the report counts them. Ends with status 1 where a run failed. Without data (--data or the environment
/// variable CMAPSS_DIR) emulated engines are used, and the report says so.
#[derive(Args)]
#[command(after_help = "Examples:
  lambdascope claims --data cmapss --out docs/claims --date 2026-11-22    the whole ledger, ten seeds
  lambdascope claims --scale quick --seeds 3 --out /tmp/claims            a look at the report in a minute or two
  lambdascope claims --only optimum,degradation --seeds 20                two claims, twenty seeds")]
pub struct Claims {
    /// Only these claims, separated by commas.
    #[arg(long, value_delimiter = ',', value_parser = ALL.map(|claim| claim.id))]
    only: Vec<String>,
    /// Seeds of every condition, from 1.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    seeds: u32,
    /// How much is run.
    #[arg(long, value_enum, default_value_t = Size::Full)]
    scale: Size,
    /// Folder for the runs (runs.jsonl) and the report: claims.html, claims.md with its pictures, claims.json.
    #[arg(long, value_name = "DIR", default_value = "claims")]
    out: PathBuf,
    /// Date that the report bears.
    #[arg(long, default_value = "undated")]
    date: String,
    /// Report on the runs that are there, and run none.
    #[arg(long)]
    report_only: bool,
    #[command(flatten)]
    fleet: Fleet,
}

/// How much is run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// Small encoders, few windows, four epochs: for a look at the report.
    Quick,
    /// The whole ledger.
    Full,
}

impl Claims {
    /// Run what is missing and write the report; whether no run of the plan failed.
    pub fn run(self) -> Result<bool, Failure> {
        let extent = match self.scale {
            Size::Quick => Extent::quick(self.seeds, self.fleet.source.origin()),
            Size::Full => Extent::full(self.seeds, self.fleet.source.origin(), self.fleet.has_nasa(Subset::FD002)),
        };
        let wanted = |claim: &&Claim| self.only.is_empty() || self.only.iter().any(|id| id == claim.id);
        let claims: Vec<&Claim> = ALL.iter().filter(wanted).collect();
        let runs = plan(claims.iter().copied(), &extent);
        fs::create_dir_all(&self.out).map_err(|error| format!("{}: {error}", self.out.display()))?;
        let place = Place::File(self.out.join("runs.jsonl"));
        let mut journal = Journal::open(place, &Header::gathered())?;
        if !self.report_only {
            journal = self.train(&runs, journal)?;
        }
        let results = journal.finish()?;
        let records: Vec<Record> = results.entries().map(|(_, record)| record.clone()).collect();
        let findings: Vec<(&Claim, Finding)> =
            claims.iter().map(|claim| (*claim, claim.verdict(&extent, &records))).collect();
        for (claim, finding) in &findings {
            println!("{:<14} {:<14} {}", claim.id, finding.verdict.words(), finding.words);
        }
        let report = report::Report {
            findings: &findings,
            extent: &extent,
            runs: runs.len(),
            date: &self.date,
            command: self.command(),
        };
        report.write(&self.out)?;
        let keys: HashSet<String> = runs.iter().map(key).collect();
        let failed = records.iter().filter(|record| record.failure.is_some() && keys.contains(&record.key)).count();
        if failed > 0 {
            eprintln!("{failed} of {} runs failed; the report says of which claims.", runs.len());
        }
        Ok(failed == 0)
    }

    /// The command that makes this report again.
    fn command(&self) -> String {
        let mut words = format!("lambdascope claims --seeds {}", self.seeds);
        if self.scale == Size::Quick {
            words += " --scale quick";
        }
        if !self.only.is_empty() {
            let _ = write!(words, " --only {}", self.only.join(","));
        }
        words += match self.fleet.source.origin() {
            Origin::Nasa => " --data cmapss",
            Origin::Own => " --data files",
            Origin::Emulated => " --emulated",
        };
        if self.date != "undated" {
            let _ = write!(words, " --date {}", self.date);
        }
        words
    }

    fn train(&self, runs: &[RunConfig], journal: Journal) -> Result<Journal, Failure> {
        let due = |config: &&RunConfig| self.fleet.is_due(journal.results.by_key(&key(config)));
        let missing: Vec<RunConfig> = runs.iter().filter(due).cloned().collect();
        eprintln!("{} runs, {} of them to do.", runs.len(), missing.len());
        if missing.is_empty() {
            return Ok(journal);
        }
        let catalog = self.fleet.catalog(&missing)?;
        let costs = self.costs(&missing, &catalog)?;
        let cost = |config: &RunConfig| costs.get(&kind(config)).map_or(1.0, Duration::as_secs_f64);
        let whole: f64 = missing.iter().map(cost).sum();
        let minutes = whole / self.fleet.jobs() as f64 / 60.0;
        eprintln!("About {minutes:.1} minutes, by one epoch of each kind of run and {} at a time.", self.fleet.jobs());
        let bar = bar(milliseconds(whole), "{bar:30} {percent}% of the work  {msg}  {eta} left");
        let expected: HashMap<String, f64> = missing.iter().map(|config| (key(config), cost(config))).collect();
        let journal = Mutex::new(journal);
        self.fleet.conduct(missing.into_iter().enumerate().collect(), &catalog, &bar, |run, record, _| {
            if let Some(why) = &record.failure {
                bar.suspend(|| eprintln!("run {}: {why}", record.key));
            }
            bar.inc(milliseconds(expected.get(&record.key).copied().unwrap_or(0.0)));
            bar.set_message(format!("run {}", run + 1));
            journal.lock().map_err(|_| "a run was lost")?.push(Entry { run: None, record })
        })?;
        bar.finish_and_clear();
        Ok(journal.into_inner().map_err(|_| "a run was lost")?)
    }

    /// What a run of each kind takes, from one epoch of it.
    fn costs(&self, runs: &[RunConfig], catalog: &Catalog) -> Result<HashMap<String, Duration>, Failure> {
        let mut samples: Vec<&RunConfig> = Vec::new();
        for config in runs {
            if !samples.iter().any(|sample| kind(sample) == kind(config)) {
                samples.push(config);
            }
        }
        let bar = bar(samples.len() as u64, "{bar:30} {pos}/{len} kinds of runs timed");
        let begun = Instant::now();
        let short = |(number, config): (usize, &&RunConfig)| (number, RunConfig { epochs: 1, ..(*config).clone() });
        let costs = Mutex::new(HashMap::new());
        self.fleet.conduct(samples.iter().enumerate().map(short).collect(), catalog, &bar, |number, _, taken| {
            bar.inc(1);
            if let (Some(sample), Ok(mut costs)) = (samples.get(number), costs.lock()) {
                costs.insert(kind(sample), taken * sample.epochs);
            }
            Ok(())
        })?;
        bar.finish_and_clear();
        eprintln!("Timed {} kinds of runs in {:.1} s.", samples.len(), begun.elapsed().as_secs_f64());
        Ok(costs.into_inner().unwrap_or_default())
    }
}

#[expect(clippy::cast_sign_loss, reason = "times are not negative")]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}

/// What decides how long a run takes.
fn kind(config: &RunConfig) -> String {
    format!("{:?} {:?} {} {}", config.encoder, config.data, config.batch_size, config.task_gradients)
}
