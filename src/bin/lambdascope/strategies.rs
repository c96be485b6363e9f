//! `lambdascope strategies`: every strategy on the same data, as a table.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::MultiProgress;
use lambdascope::data::{Catalog, Origin};
use lambdascope::session::{Command, Phase, RunConfig, Session};
use lambdascope::train::Device;
use lambdascope::weighting::WeightingConfig;

use crate::Failure;
use crate::settings::Settings;
use crate::source::Source;
use crate::train::{Outcome, Seeds, seeds, train};

/// Rounds of the timing; the quickest counts, since all that can disturb a round makes it longer.
const ROUNDS: usize = 60;

/// Steps of a round.
const ROUND_STEPS: u32 = 6;

/// Train with every strategy at its defaults and write a table: RMSE, NASA score, accuracy, cost of a step.
///
/// Runs follow one another, seed by seed through all strategies. What a step costs is timed apart from them, in turns
/// with the steps of `fixed`, so that whatever else the machine does falls on both. Ends with status 1 where a run failed;
/// the table names it. Without data (--data or the environment variable CMAPSS_DIR) the emulated FD001 is used, and the table says so.
#[derive(Args)]
#[command(after_help = "Example:\n  lambdascope strategies --data cmapss --seed 1..3 --out docs/strategies.md")]
pub struct Strategies {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    settings: Settings,
    /// Seeds: `1,2,3` or `1..5` (both ends included).
    #[arg(long, default_value = "1..3", value_parser = seeds)]
    seed: Seeds,
    /// Only these strategies, separated by commas.
    #[arg(long, value_delimiter = ',', value_parser = WeightingConfig::NAMES)]
    only: Vec<String>,
    /// Date that the table bears.
    #[arg(long, default_value = "undated")]
    date: String,
    /// File to write, instead of the standard output.
    #[arg(long, value_name = "FILE.md")]
    out: Option<PathBuf>,
}

impl Strategies {
    /// Train and write; whether every run came to its end.
    pub fn run(self) -> Result<bool, Failure> {
        let usual = RunConfig { task_gradients: false, ..RunConfig::default() };
        let mut template = self.settings.applied(usual)?;
        let catalog = self.source.catalog(&mut template.data, &self.settings)?;
        let names: Vec<&str> = if self.only.is_empty() {
            WeightingConfig::NAMES.to_vec()
        } else {
            self.only.iter().map(String::as_str).collect()
        };
        let bars = MultiProgress::new();
        let mut outcomes: Vec<Vec<Outcome>> = names.iter().map(|_| Vec::new()).collect();
        let mut failures = Vec::new();
        for seed in &self.seed.0 {
            for (name, outcomes) in names.iter().zip(&mut outcomes) {
                match train(configured(&template, name, *seed), catalog.clone(), &bars) {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(error) => failures.push(format!("`{name}` with seed {seed}: {error}")),
                }
            }
        }
        for failure in &failures {
            eprintln!("{failure}");
        }
        let costs = names.iter().map(|name| cost(&template, name, &catalog)).collect::<Result<Vec<f64>, Failure>>()?;
        let table = self.table(&template, &names, (&outcomes, &failures), &costs);
        match &self.out {
            Some(path) => fs::write(path, table).map_err(|error| format!("{}: {error}", path.display()))?,
            None => print!("{table}"),
        }
        Ok(failures.is_empty())
    }

    fn table(
        &self,
        template: &RunConfig,
        names: &[&str],
        (outcomes, failures): (&[Vec<Outcome>], &[String]),
        costs: &[f64],
    ) -> String {
        let first = outcomes.iter().flatten().next();
        let data = match first.map(|outcome| outcome.data.origin) {
            Some(Origin::Nasa) => "NASA C-MAPSS",
            Some(Origin::Own) => "own files,",
            _ => "emulated",
        };
        let seeds = self.seed.0.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "# Strategies\n\nEvery strategy at its defaults on {data} {}, {} of {} parameters, AMNL, {} epochs, batches of \
             {}, seeds {seeds}. Means over the seeds, the RMSE with its least and most. Test figures: last window of each \
             test engine, RUL capped at 125. *Cost* is the time of a step relative to one of `fixed`: the quickest of \
             {ROUNDS} rounds of {ROUND_STEPS} steps on one thread, in turns with as many of `fixed`. Strategies that read \
             the tasks' gradients take a second way back, those that read held-out gradients two more.\n\nThe training settings were \
             chosen with `fixed` at λ_rul = 0.5, by the test error of seeds 1 to 3, which favours it; nothing was tuned \
             for the others, and seeds differ by as much as most strategies do. The table shows that each works and what \
             it costs, not which one wins.\n\nMade on {} by `lambdascope strategies --seed {}`.\n\n\
             | strategy | RMSE, cycles | NASA score | accuracy | cost |\n| --- | ---: | ---: | ---: | ---: |\n",
            template.data.subset,
            template.encoder.name().to_uppercase(),
            first.map_or(0, |outcome| outcome.parameters),
            template.epochs,
            template.batch_size,
            self.date,
            seeds.replace(' ', ""),
        );
        for ((name, outcomes), cost) in names.iter().zip(outcomes).zip(costs) {
            if outcomes.is_empty() {
                // Writing into a string cannot fail.
                let _ = writeln!(text, "| `{name}` | – | – | – | {cost:.2} |");
                continue;
            }
            let rmse: Vec<f32> = outcomes.iter().map(|outcome| outcome.last.test[0].rmse_cycles).collect();
            let mean = |value: fn(&Outcome) -> f32| outcomes.iter().map(value).sum::<f32>() / outcomes.len() as f32;
            let _ = writeln!(
                text,
                "| `{name}` | {:.2} ({:.2}–{:.2}) | {:.0} | {:.3} | {cost:.2} |",
                rmse.iter().sum::<f32>() / rmse.len() as f32,
                rmse.iter().copied().fold(f32::INFINITY, f32::min),
                rmse.iter().copied().fold(0.0, f32::max),
                mean(|outcome| outcome.last.test[0].nasa_score),
                mean(|outcome| outcome.last.test[0].accuracy),
            );
        }
        if !failures.is_empty() {
            let planned = names.len() * self.seed.0.len();
            let _ = writeln!(text, "\n{} of {planned} runs failed and are in no mean:\n", failures.len());
            text.extend(failures.iter().flat_map(|failure| ["- ", failure.as_str(), "\n"]));
        }
        text
    }
}

/// The run with this strategy at its template.
fn configured(template: &RunConfig, name: &str, seed: u32) -> RunConfig {
    let mut config = RunConfig { seed, ..template.clone() };
    for member in &mut config.members {
        member.weighting = WeightingConfig::from_name(name).unwrap_or_default();
    }
    config
}

/// The time of a step relative to one of `fixed`: the quickest round of either, taken in turns.
fn cost(template: &RunConfig, name: &str, catalog: &Catalog) -> Result<f64, Failure> {
    let mut sessions = [name, WeightingConfig::NAMES[0]].map(|_| Session::new(Device::Cpu, catalog.clone()));
    for (session, name) in sessions.iter_mut().zip([name, WeightingConfig::NAMES[0]]) {
        let mut config = configured(template, name, 1);
        // No epoch ends while it is timed.
        config.epochs = 100;
        pollster::block_on(session.apply(Command::Start { config }));
        if session.phase() != Phase::Ready {
            return Err(format!("`{name}` could not be timed").into());
        }
    }
    let mut quickest = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (session, quickest) in sessions.iter_mut().zip(&mut quickest) {
            let begun = Instant::now();
            pollster::block_on(session.apply(Command::Step { count: ROUND_STEPS }));
            while session.phase() == Phase::Training {
                pollster::block_on(session.advance());
            }
            *quickest = quickest.min(begun.elapsed().as_secs_f64());
        }
    }
    Ok(quickest[0] / quickest[1])
}
