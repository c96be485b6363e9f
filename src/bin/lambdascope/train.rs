//! `lambdascope train`: one configuration, one or several seeds.

use std::sync::Mutex;
use std::time::Instant;

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use lambdascope::data::{Catalog, DataSummary};
use lambdascope::measure::IntervalFigures;
use lambdascope::session::{Command, Evaluation, Event, Phase, RunConfig, Session};
use lambdascope::train::{Device, MemberState};
use serde_json::json;

use crate::Failure;
use crate::settings::Settings;
use crate::source::Source;

/// Train a model and report its figures on the test engines.
///
/// The figures are taken on the last window of every test engine, against the true RUL capped at 125 cycles. Without
/// data (--data or the environment variable CMAPSS_DIR) the emulated FD001 is used, and the report says so.
#[derive(Args)]
#[command(after_help = "Examples:
  lambdascope train                                       the emulated FD001, defaults
  lambdascope train --data cmapss --seed 1..5 --json      NASA's FD001, five seeds, one line of JSON each
  lambdascope train --lambda 0.9 --normalization none     weights 0.9 and 0.1 on the raw losses
  lambdascope train --strategy gradnorm:alpha=0.5         weights that a strategy finds
  lambdascope train --regularization dropout=0.2:patience=5   and what keeps it from overfitting")]
pub struct Train {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    settings: Settings,
    /// Seed or seeds: `7`, `1,2,3` or `1..5` (both ends included).
    #[arg(long, default_value = "1", value_parser = seeds)]
    seed: Seeds,
    /// Runs at the same time.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    jobs: usize,
    /// One line of JSON a seed on the standard output instead of a table.
    #[arg(long)]
    json: bool,
}

/// The probability with which an interval is to miss the truth.
const MISSED: f64 = 0.1;

/// Seeds of several runs.
#[derive(Clone, Debug)]
pub struct Seeds(pub Vec<u32>);

/// Reads `7`, `1,2,3` or `1..5`.
pub fn seeds(text: &str) -> Result<Seeds, String> {
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| format!("expected a seed, found {text:?}"));
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (number(first)?, number(last.trim_start_matches('='))?);
        if first > last || last - first >= 1000 {
            return Err(format!("expected a range of at most 1000 seeds, found {text}"));
        }
        return Ok(Seeds((first..=last).collect()));
    }
    Ok(Seeds(text.split(',').map(number).collect::<Result<_, _>>()?))
}

/// The outcome of one seed.
pub struct Outcome {
    pub seed: u32,
    pub data: DataSummary,
    pub parameters: usize,
    pub last: Evaluation,
    /// Of intervals that are to hold nine of ten, where engines are held out to calibrate them.
    pub intervals: Option<IntervalFigures>,
    pub steps: u32,
    pub seconds: f64,
}

impl Train {
    /// Train all seeds and report; whether every run came to its end.
    pub fn run(self) -> Result<bool, Failure> {
        // Nothing here tells of the tasks' gradients, and without them a step is quicker.
        let usual = RunConfig { task_gradients: false, ..RunConfig::default() };
        let mut template = self.settings.applied(usual)?;
        let catalog = self.source.catalog(&mut template.data, &self.settings)?;
        let bars = MultiProgress::new();
        let waiting = Mutex::new(self.seed.0.iter().rev().copied().collect::<Vec<u32>>());
        let outcomes = Mutex::new(Vec::new());
        let work = || -> Result<(), Failure> {
            while let Some(seed) = waiting.lock().map_or(None, |mut seeds| seeds.pop()) {
                let config = RunConfig { seed, ..template.clone() };
                match train(config, catalog.clone(), &bars) {
                    Ok(outcome) => {
                        if self.json {
                            bars.suspend(|| println!("{}", line(&outcome, &template)));
                        }
                        outcomes.lock().map_err(|_| "a run was lost")?.push(outcome);
                    }
                    Err(error) => {
                        bars.suspend(|| eprintln!("seed {seed}: {error}"));
                        if self.json {
                            let failure = error.to_string();
                            bars.suspend(|| println!("{}", json!({ "seed": seed, "failure": failure })));
                        }
                    }
                }
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs.max(1)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("a run was lost".into())))
        })?;
        let mut outcomes = outcomes.into_inner().unwrap_or_default();
        outcomes.sort_by_key(|outcome: &Outcome| outcome.seed);
        let failed = self.seed.0.len() - outcomes.len();
        if failed > 0 {
            eprintln!("{failed} of {} runs failed.", self.seed.0.len());
        }
        if !outcomes.is_empty() {
            report(&outcomes, self.json);
        }
        Ok(failed == 0)
    }
}

/// Train one configuration to its end.
pub fn train(config: RunConfig, catalog: Catalog, bars: &MultiProgress) -> Result<Outcome, Failure> {
    let seed = config.seed;
    let epochs = config.epochs;
    let begun = Instant::now();
    let mut session = Session::new(Device::Cpu, catalog);
    let mut built = None;
    let mut last = None;
    let mut steps = 0;
    let mut bar = ProgressBar::hidden();
    let mut events = pollster::block_on(session.apply(Command::Start { config }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    loop {
        for event in events {
            match event {
                Event::Started { data, parameters, steps_per_epoch, .. } => {
                    bar = bars.add(progress(u64::from(epochs) * u64::from(steps_per_epoch), seed));
                    built = Some((data, parameters));
                }
                Event::Steps { steps: taken } => steps += u32::try_from(taken.len()).unwrap_or(u32::MAX),
                Event::Evaluated { evaluation } => {
                    bar.set_message(format!("RMSE {:.2}", evaluation.test[0].rmse_cycles));
                    last = Some(evaluation);
                }
                Event::Refused { why: message, .. } | Event::Failed { message } => return Err(message.into()),
                _ => {}
            }
        }
        bar.set_position(u64::from(steps));
        if session.phase() != Phase::Training {
            break;
        }
        events = pollster::block_on(session.advance());
    }
    bar.finish_and_clear();
    let (Some((data, parameters)), Some(last)) = (built, last) else {
        return Err("the run ended before it began".into());
    };
    let intervals = session.in_progress().map(|run| pollster::block_on(run.intervals(MISSED)));
    let intervals = intervals.transpose()?.flatten().and_then(|members| members.into_iter().next());
    if let Some(cause) = last.states.first().and_then(MemberState::divergence) {
        return Err(cause.to_string().into());
    }
    Ok(Outcome { seed, data, parameters, last, intervals, steps, seconds: begun.elapsed().as_secs_f64() })
}

fn progress(steps: u64, seed: u32) -> ProgressBar {
    let bar = ProgressBar::new(steps).with_prefix(format!("seed {seed}"));
    match ProgressStyle::with_template("{prefix:>9} {bar:30} {pos}/{len} steps  {msg}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn line(outcome: &Outcome, config: &RunConfig) -> serde_json::Value {
    let predictions = outcome.last.predictions.as_ref();
    json!({
        "seed": outcome.seed,
        "dataset": outcome.data.subset,
        "origin": outcome.data.origin,
        "data": outcome.data.title(),
        "assumptions": outcome.data.assumptions,
        "encoder": config.encoder,
        "parameters": outcome.parameters,
        "member": config.members[0],
        "loss": config.loss,
        "optimizer": config.optimizer,
        "batch_size": config.batch_size,
        "epochs": config.epochs,
        // By the names that the page's figures have.
        "rmse": outcome.last.test[0].rmse_cycles,
        "score": outcome.last.test[0].nasa_score,
        "accuracy": outcome.last.test[0].accuracy,
        "epoch": outcome.last.epoch,
        "step-count": outcome.steps,
        "test": outcome.last.test[0],
        "rul": predictions.map(|all| all.rul_figures(0, &config.prices)),
        "health": predictions.map(|all| all.health_figures(0)),
        "intervals": outcome.intervals.map(|figures| json!({ "missed": MISSED, "figures": figures })),
        "validation": outcome.last.validation.as_ref().map(|members| &members[0]),
        "state": outcome.last.states.first(),
        "seconds": (outcome.seconds * 1000.0).round() / 1000.0,
    })
}

fn report(outcomes: &[Outcome], json: bool) {
    let count = outcomes.len().max(1) as f32;
    let mean = outcomes.iter().map(|outcome| outcome.last.test[0].rmse_cycles).sum::<f32>() / count;
    if json {
        eprintln!("mean test RMSE over {} seeds: {mean:.3} cycles", outcomes.len());
        return;
    }
    println!(
        "{:>6}  {:>7}  {:>10}  {:>8}  {:>8}  {:>7}",
        "seed", "RMSE", "NASA score", "accuracy", "macro-F1", "seconds"
    );
    for outcome in outcomes {
        let test = &outcome.last.test[0];
        println!(
            "{:>6}  {:>7.3}  {:>10.1}  {:>8.3}  {:>8.3}  {:>7.1}",
            outcome.seed, test.rmse_cycles, test.nasa_score, test.accuracy, test.macro_f1, outcome.seconds
        );
    }
    println!("{:>6}  {mean:>7.3}", "mean");
}
