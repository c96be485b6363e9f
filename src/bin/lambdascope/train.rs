//! `lambdascope train`: one configuration, one or several seeds.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use clap::{Args, ValueEnum};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use lambdascope::data::{Catalog, DataConfig, DataSummary, Origin, Scaling, Subset, read_path};
use lambdascope::loss::{LossConfig, Normalization, RulUnit};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, Evaluation, Event, Phase, RunConfig, Session};
use lambdascope::train::{Device, MemberConfig, OptimizerConfig, OptimizerKind, Regularization};
use lambdascope::weighting::{Parameters, WeightingConfig};
use serde_json::json;

use crate::Failure;

/// Train a model and report its figures on the test engines.
///
/// The figures are taken on the last window of every test engine, against the true RUL capped at 125 cycles. Without
/// data (--data or the environment variable CMAPSS_DIR) the emulated FD001 is used, and the report says so.
#[derive(Args)]
#[command(after_help = "Examples:
  lambdascope train                                       the emulated FD001, defaults
  lambdascope train --data cmapss --seed 1..5 --json      NASA's FD001, five seeds, one line of JSON each
  lambdascope train --lambda 0.9 --normalization none     weights 0.9 and 0.1 on the raw losses
  lambdascope train --strategy gradnorm --set alpha=0.5   weights that a strategy finds
  lambdascope train --regularize dropout=0.2 --regularize patience=5   and what keeps it from overfitting")]
pub struct Train {
    /// Folder with NASA's text files, or a pack made by `data pack`.
    #[arg(long, value_name = "PATH", env = "CMAPSS_DIR")]
    data: Option<PathBuf>,
    /// Train on the emulator even where NASA's files are given.
    #[arg(long)]
    emulated: bool,
    /// Subset: FD001 to FD004.
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// Encoder that both tasks share.
    #[arg(long, default_value = EncoderConfig::default().name(), value_parser = EncoderConfig::NAMES)]
    encoder: String,
    /// Width of the encoder [default: its own].
    #[arg(long)]
    hidden: Option<usize>,
    /// What weighs the losses.
    #[arg(long, default_value = WeightingConfig::NAMES[0], value_parser = WeightingConfig::NAMES)]
    strategy: String,
    /// A parameter of the strategy, as KEY=VALUE; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Weight of the RUL loss, λ_rul, where the strategy has one; the health loss weighs 1 − λ_rul.
    #[arg(long, default_value_t = 0.5)]
    lambda: f32,
    /// What each loss is divided by: amnl (its moving average), batch (its present value), initial, none.
    #[arg(long, default_value = "amnl", value_parser = ["none", "amnl", "batch", "initial"])]
    normalization: String,
    /// A regularizer, as KEY=VALUE; may be given again. Keys: l1, l2, decoupled, elastic, `elastic_mix`, dropout,
    /// patience (early stopping, in epochs), `stop_on` (rmse or loss).
    #[arg(long, value_name = "KEY=VALUE")]
    regularize: Vec<String>,
    /// Unit of the RUL in its loss.
    #[arg(long, value_enum, default_value_t = Unit::Fraction)]
    unit: Unit,
    /// Seed or seeds: `7`, `1,2,3` or `1..5` (both ends included).
    #[arg(long, default_value = "1", value_parser = seeds)]
    seed: Seeds,
    /// Epochs.
    #[arg(long, default_value_t = RunConfig::default().epochs)]
    epochs: u32,
    /// Windows a step.
    #[arg(long, default_value_t = RunConfig::default().batch_size)]
    batch_size: usize,
    /// Peak learning rate.
    #[arg(long, default_value_t = OptimizerConfig::default().learning_rate)]
    learning_rate: f32,
    /// Optimizer.
    #[arg(long, default_value = "adamw", value_parser = ["adam", "adamw"])]
    optimizer: String,
    /// Weight decay.
    #[arg(long, default_value_t = OptimizerConfig::default().weight_decay)]
    weight_decay: f32,
    /// Largest global norm of the combined gradient; 0 does not clip.
    #[arg(long, default_value_t = OptimizerConfig::default().clip_norm)]
    clip: f32,
    /// Cycles in a window.
    #[arg(long, default_value_t = DataConfig::default().window)]
    window: usize,
    /// Cycles between neighbouring training windows.
    #[arg(long, default_value_t = DataConfig::default().stride)]
    stride: usize,
    /// Share of the training engines held out for validation.
    #[arg(long, default_value_t = DataConfig::default().validation_share)]
    validation_share: f32,
    /// Over which rows sensors are normalized: per-regime, or global, which fails where there are six regimes.
    #[arg(long, default_value = Scaling::PerRegime.name())]
    scaling: Scaling,
    /// Runs at the same time.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    jobs: usize,
    /// One line of JSON a seed on the standard output instead of a table.
    #[arg(long)]
    json: bool,
}

/// Unit of the RUL in its loss.
#[derive(Clone, Copy, ValueEnum)]
enum Unit {
    /// As a share of the cap of 125 cycles.
    Fraction,
    /// In cycles.
    Cycles,
}

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
    pub steps: u32,
    pub seconds: f64,
}

impl Train {
    /// Train all seeds and report.
    pub fn run(self) -> Result<(), Failure> {
        let catalog = self.catalog()?;
        let template = self.config()?;
        let bars = MultiProgress::new();
        let waiting = Mutex::new(self.seed.0.iter().rev().copied().collect::<Vec<u32>>());
        let outcomes = Mutex::new(Vec::new());
        let work = || -> Result<(), Failure> {
            while let Some(seed) = waiting.lock().map_or(None, |mut seeds| seeds.pop()) {
                let config = RunConfig { seed, ..template.clone() };
                let outcome = train(config, catalog.clone(), &bars)?;
                if self.json {
                    bars.suspend(|| println!("{}", line(&outcome, &template)));
                }
                if let Ok(mut outcomes) = outcomes.lock() {
                    outcomes.push(outcome);
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
        report(&outcomes, self.json);
        Ok(())
    }

    fn catalog(&self) -> Result<Catalog, Failure> {
        let mut catalog = Catalog::default();
        match &self.data {
            Some(path) if !self.emulated => {
                let dataset = read_path(path, self.dataset)?;
                dataset.notes.iter().for_each(|sentence| eprintln!("{sentence}"));
                catalog.insert(dataset);
            }
            _ => eprintln!("Training on the emulated {}: no data of NASA's was given.", self.dataset),
        }
        Ok(catalog)
    }

    fn config(&self) -> Result<RunConfig, Failure> {
        let mut encoder = EncoderConfig::from_name(&self.encoder).unwrap_or_default();
        if let (Some(hidden), Some((_, size))) = (self.hidden, encoder.sizes_mut().into_iter().next()) {
            *size = hidden;
        }
        let normalization = Normalization::from_name(&self.normalization).unwrap_or_default();
        let mut weighting = WeightingConfig::from_name(&self.strategy).unwrap_or_default();
        weighting.set_base_lambda(self.lambda);
        for setting in &self.set {
            let (key, value) = key_and_value("--set", setting)?;
            weighting.set(key, value)?;
        }
        let mut regularization = Regularization::default();
        for setting in &self.regularize {
            let (key, value) = key_and_value("--regularize", setting)?;
            regularization.set(key, value)?;
        }
        let config = RunConfig {
            data: DataConfig {
                subset: self.dataset,
                origin: self.emulated.then_some(Origin::Emulated),
                window: self.window,
                stride: self.stride,
                validation_share: self.validation_share,
                scaling: self.scaling,
            },
            encoder,
            loss: LossConfig {
                unit: match self.unit {
                    Unit::Fraction => RulUnit::Fraction,
                    Unit::Cycles => RulUnit::Cycles,
                },
                ..LossConfig::default()
            },
            optimizer: OptimizerConfig {
                kind: if self.optimizer == "adam" { OptimizerKind::Adam } else { OptimizerKind::AdamW },
                learning_rate: self.learning_rate,
                weight_decay: self.weight_decay,
                clip_norm: self.clip,
                ..OptimizerConfig::default()
            },
            batch_size: self.batch_size,
            epochs: self.epochs,
            seed: 0,
            // Nothing here tells of them, and without them a step is quicker.
            task_gradients: false,
            members: vec![MemberConfig { weighting, normalization, regularization, ..MemberConfig::default() }],
            ..RunConfig::default()
        };
        config.validate()?;
        Ok(config)
    }
}

fn key_and_value<'a>(option: &str, setting: &'a str) -> Result<(&'a str, &'a str), Failure> {
    setting.split_once('=').ok_or_else(|| format!("`{option}` should be KEY=VALUE, found `{setting}`").into())
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
                    bar = bars.add(progress(u64::from(epochs * steps_per_epoch), seed));
                    built = Some((data, parameters));
                }
                Event::Steps { steps: taken } => steps += u32::try_from(taken.len()).unwrap_or(u32::MAX),
                Event::Evaluated { evaluation } => {
                    bar.set_message(format!("RMSE {:.2}", evaluation.test[0].rmse_cycles));
                    last = Some(evaluation);
                }
                Event::Rejected { message } | Event::Failed { message } => return Err(message.into()),
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
    Ok(Outcome { seed, data, parameters, last, steps, seconds: begun.elapsed().as_secs_f64() })
}

fn progress(steps: u64, seed: u32) -> ProgressBar {
    let bar = ProgressBar::new(steps).with_prefix(format!("seed {seed}"));
    match ProgressStyle::with_template("{prefix:>9} {bar:30} {pos}/{len} steps  {msg}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn line(outcome: &Outcome, config: &RunConfig) -> serde_json::Value {
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
        "steps": outcome.steps,
        "test": outcome.last.test[0],
        "validation": outcome.last.validation.as_ref().map(|members| &members[0]),
        "stopped": outcome.last.stopped.first(),
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
