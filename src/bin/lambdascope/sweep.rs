//! `lambdascope sweep`: a grid of runs, whole or in parts.
#![allow(clippy::doc_markdown, reason = "doc comments on arguments are help texts, which show no markup")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use clap::{Args, Subcommand};
use lambdascope::experiment::{Axes, Axis, Entry, Grid, Header, Results, Shard, merge};

use crate::Failure;
use crate::fleet::{Fleet, bar};
use crate::settings::Settings;
use crate::store::{Journal, Place};

/// Train every combination of some settings; one line of JSON a run.
///
/// Each setting takes values separated by commas, `FIRST..LAST` for whole numbers, or `FIRST..LAST/COUNT` for numbers
/// evenly spread; they are spelled as in a link of the page. A line holds the run's whole configuration, its key and its
/// figures: test RMSE, NASA score, accuracy, macro-F1, validation, information, residuals. Runs that are in the output
/// are not run again, so that a sweep that was stopped at any time goes on where it was; those that failed are tried
/// again unless --keep-failures is given. The same grid gives the same bytes; times are kept apart (--times). Ends with
/// status 1 where a run failed.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  lambdascope sweep --lambda 0..1/21 --seed 1..10 --out curve.jsonl      the λ-curve, ten seeds a point
  lambdascope sweep --strategy fixed,gradnorm:alpha=0.5,pcgrad --seed 1..5 --encoder gru,lstm:48
  lambdascope sweep --lambda 0.1,0.5,0.9 --set stride=1,4 --set lr=0.001,0.003
  lambdascope sweep --lambda 0..1/21 --shard 2/8 --out parts/             the second of eight parts
  lambdascope sweep merge parts/ --out curve.jsonl                       all parts, joined in grid order"
)]
pub struct Sweep {
    #[command(subcommand)]
    command: Option<SweepCommand>,
    #[command(flatten)]
    settings: Settings,
    /// Seeds.
    #[arg(long, default_value = "1", value_name = "VALUES")]
    seed: String,
    /// Run the I-th of N parts of the grid: every N-th run, I from 1.
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE)]
    shard: Shard,
    /// A file, a folder (ending in /), or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "PLACE", default_value = "sweep.jsonl")]
    out: String,
    /// A file for the seconds of each run, one line `INDEX SECONDS` a run.
    #[arg(long, value_name = "FILE")]
    times: Option<PathBuf>,
    /// Say how many runs the grid and this part have, and run none.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    fleet: Fleet,
}

#[derive(Subcommand)]
enum SweepCommand {
    Merge(Merge),
}

/// Join the parts of a grid; the result has the bytes of a sweep of the whole grid.
///
/// Refuses parts of different grids or versions, parts that disagree about a run, and gaps. Ends with status 1 where a
/// run failed.
#[derive(Args)]
struct Merge {
    /// Files, folders with .jsonl files, or s3://BUCKET/PREFIX.
    #[arg(required = true)]
    parts: Vec<String>,
    /// A file, or s3://BUCKET/NAME.jsonl, instead of the standard output.
    #[arg(long, value_name = "PLACE")]
    out: Option<String>,
}

impl Sweep {
    /// Train, or join parts; whether every run came to its end.
    pub fn run(self) -> Result<bool, Failure> {
        if let Some(SweepCommand::Merge(merge)) = &self.command {
            return merge.run();
        }
        let grid = self.grid()?;
        let mine = (0..grid.runs().len()).filter(|run| self.shard.holds(*run)).count();
        eprintln!("Grid {} of {} runs; part {}: {mine}.", grid.hash(), grid.runs().len(), self.shard);
        if self.dry_run {
            return Ok(true);
        }
        let name = format!("grid-{}.{}.jsonl", grid.hash(), self.shard.to_string().replace('/', "-of-"));
        let place = Place::new(&self.out, &name)?;
        let told = place.to_string();
        let results = self.train(&grid, Journal::open(place, &Header::of(&grid, self.shard))?)?;
        summarize(&results);
        eprintln!("{told}: {} runs", results.len());
        Ok(results.failures() == 0)
    }

    fn grid(&self) -> Result<Grid, Failure> {
        let mut axes = Axes::default();
        let origin = self.fleet.source.origin().name();
        let mut data = Axis::new("data", self.settings.get("data").unwrap_or("FD001"))?;
        for source in data.values.iter_mut().filter(|source| !source.contains('-')) {
            *source = format!("{source}-{origin}");
        }
        axes.push(data)?;
        for (key, values) in self.settings.pairs().filter(|(key, _)| *key != "data") {
            axes.push(Axis::new(key, values)?)?;
        }
        if !axes.has("task-gradients") {
            axes.push(Axis::new("task-gradients", "0")?)?;
        }
        axes.push(Axis::new("seed", &self.seed)?)?;
        Ok(axes.grid()?)
    }

    fn train(&self, grid: &Grid, journal: Journal) -> Result<Results, Failure> {
        let runs: Vec<_> = grid.runs().iter().cloned().enumerate().filter(|(run, _)| self.shard.holds(*run)).collect();
        let planned = runs.len();
        let missing: Vec<_> =
            runs.into_iter().filter(|(run, _)| self.fleet.is_due(journal.results.by_index(*run))).collect();
        let configs: Vec<_> = missing.iter().map(|(_, config)| config.clone()).collect();
        let catalog = self.fleet.catalog(&configs)?;
        let bar = bar(planned as u64, "{bar:30} {pos}/{len} runs  {msg}  {eta} left");
        bar.set_position((planned - missing.len()) as u64);
        bar.reset_eta();
        let state = Mutex::new((journal, String::new()));
        self.fleet.conduct(missing, &catalog, &bar, |run, record, taken| {
            if let Some(why) = &record.failure {
                bar.suspend(|| eprintln!("run {run}: {why}"));
            }
            if let Some(figures) = &record.figures {
                bar.set_message(format!("RMSE {:.2}", figures.test.rmse_cycles));
            }
            bar.inc(1);
            let mut state = state.lock().map_err(|_| "a run was lost")?;
            let _ = writeln!(state.1, "{run} {:.3}", taken.as_secs_f64());
            state.0.push(Entry { run: Some(run), record })
        })?;
        bar.finish_and_clear();
        let (journal, times) = state.into_inner().map_err(|_| "a run was lost")?;
        if let Some(path) = &self.times {
            fs::write(path, times).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        journal.finish()
    }
}

/// How many runs failed, and the best of the others.
fn summarize(results: &Results) {
    if results.failures() > 0 {
        eprintln!("{} of {} runs failed; their lines say why.", results.failures(), results.len());
    }
    let finished = results.entries().filter_map(|(run, record)| Some((run?, record.figures.as_ref()?)));
    let best = finished.min_by(|(_, a), (_, b)| a.test.rmse_cycles.total_cmp(&b.test.rmse_cycles));
    if let Some((run, figures)) = best {
        eprintln!("Least test RMSE: {:.3} cycles, run {run}.", figures.test.rmse_cycles);
    }
}

impl Merge {
    fn run(&self) -> Result<bool, Failure> {
        let mut parts = Vec::new();
        for place in
            self.parts.iter().map(|part| Place::all(part)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten()
        {
            let name = place.to_string();
            let text = place.read()?.ok_or_else(|| format!("{name}: there is no such file"))?;
            parts.push((name.clone(), Results::parse(&text).map_err(|error| format!("{name}: {error}"))?));
        }
        let joined = merge(parts)?;
        match &self.out {
            Some(out) => {
                let place = Place::new(out, "merged.jsonl")?;
                place.write(&joined.text())?;
                eprintln!("{place}: {} runs", joined.len());
            }
            None => print!("{}", joined.text()),
        }
        Ok(joined.failures() == 0)
    }
}
