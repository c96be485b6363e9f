//! `lambdascope curve`: the λ-curve, trained at once as one run.

#[cfg(feature = "chart")]
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
#[cfg(feature = "chart")]
use lambdascope::Task;
#[cfg(feature = "chart")]
use lambdascope::chart::{ChartData, CurveFigure, Over, Style, svg};
use lambdascope::data::Catalog;
use lambdascope::measure::{CurvePoint, LambdaCurve, Optimum};
use lambdascope::session::{Command, CurveConfig, Evaluation, Event, Phase, RunConfig, Session};
use lambdascope::train::Device;
use serde_json::json;

use crate::Failure;
use crate::settings::Settings;
use crate::source::Source;

/// Train every λ of a grid several times over, each on its own bootstrap of the engines, and draw the λ-curve.
///
/// All members train side by side on every core. The figures are taken on the last window of every test engine, against
/// the true RUL capped at 125 cycles; ± is Student's interval of 95 % over a point's members. Bias² and variance are in
/// cycles² and add up to the mean squared error.
#[derive(Args)]
#[command(after_help = "Examples:
  lambdascope curve                                            the default curve on the emulated FD001
  lambdascope curve --data cmapss --lambdas 0.4,0.5,0.6        three points on NASA's FD001
  lambdascope curve --lambdas 21 --bootstraps 4 --json         one line of JSON a λ and epoch")]
pub struct Curve {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    settings: Settings,
    /// Points evenly spread from 0 to 1, or weights λ_rul separated by commas.
    #[arg(long, default_value = "11", value_parser = lambdas)]
    lambdas: Lambdas,
    /// Members a point, each with its own bootstrap of the training engines.
    #[arg(long, default_value_t = CurveConfig::default().bootstraps)]
    bootstraps: u32,
    /// Write the λ-curve as a picture to this file, and bias and variance beside it with `-bias-variance` in the name.
    #[cfg(feature = "chart")]
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Seed of the initial weights and of all bootstraps.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// One line of JSON a λ and epoch on the standard output instead of a table.
    #[arg(long)]
    json: bool,
}

/// The λ of a grid.
#[derive(Clone)]
struct Lambdas(Vec<f32>);

/// Reads `11` (points) or `0.4,0.5,0.6` (weights); a single weight has a decimal point.
fn lambdas(text: &str) -> Result<Lambdas, String> {
    CurveConfig::read_lambdas(text)
        .map(Lambdas)
        .ok_or_else(|| format!("expected a number of points or weights from 0 to 1, found {text:?}"))
}

impl Curve {
    /// Train and report.
    pub fn run(self) -> Result<(), Failure> {
        let mut config = self.config()?;
        let catalog = self.source.catalog(&mut config.data, &self.settings)?;
        let begun = Instant::now();
        let mut last = LambdaCurve::default();
        let seconds = |begun: Instant| (begun.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        train(&config, catalog, |evaluation, bar| {
            last = curve(&config, evaluation);
            if self.json {
                bar.suspend(|| lines(&last, evaluation, seconds(begun)).for_each(|line| println!("{line}")));
            }
        })?;
        if !self.json {
            report(&last);
        }
        #[cfg(feature = "chart")]
        if let Some(path) = &self.svg {
            pictures(&last, path, config.data.subset)?;
        }
        eprintln!("{} members, {} epochs, {:.1} s", config.members.len(), config.epochs, seconds(begun));
        Ok(())
    }

    fn config(&self) -> Result<RunConfig, Failure> {
        let curve = CurveConfig { lambdas: self.lambdas.0.clone(), bootstraps: self.bootstraps };
        curve.validate()?;
        let usual = RunConfig { seed: self.seed, ..RunConfig::default() };
        Ok(self.settings.applied(curve.recipe(&usual))?.expanded())
    }
}

/// The curve that an evaluation of this run shows.
fn curve(config: &RunConfig, evaluation: &Evaluation) -> LambdaCurve {
    LambdaCurve::new(
        &config.lambdas(&evaluation.states),
        &evaluation.test,
        evaluation.predictions.as_ref(),
        config.seed,
    )
}

/// Train to the end; each epoch's last evaluation is reported.
fn train(config: &RunConfig, catalog: Catalog, mut told: impl FnMut(&Evaluation, &ProgressBar)) -> Result<(), Failure> {
    let mut session = Session::new(Device::Cpu, catalog);
    let mut bar = ProgressBar::hidden();
    let mut events = pollster::block_on(session.apply(Command::Start { config: config.clone() }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    loop {
        for event in events {
            match event {
                Event::Started { steps_per_epoch, .. } => bar = progress(config.steps(steps_per_epoch)),
                Event::Steps { steps } => bar.inc(steps.len() as u64),
                Event::Evaluated { evaluation } if evaluation.predictions.is_some() => {
                    if let Some(Optimum { lambda, value, .. }) = curve(config, &evaluation).by_rmse {
                        bar.set_message(format!("best λ {lambda:.2}, RMSE {value:.2}"));
                    }
                    told(&evaluation, &bar);
                }
                Event::Refused { why: message, .. } | Event::Failed { message } => return Err(message.into()),
                _ => {}
            }
        }
        if session.phase() != Phase::Training {
            bar.finish_and_clear();
            return Ok(());
        }
        events = pollster::block_on(session.advance());
    }
}

fn progress(steps: u32) -> ProgressBar {
    let bar = ProgressBar::new(steps.into());
    match ProgressStyle::with_template("{bar:30} {pos}/{len} steps  {msg}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn lines(curve: &LambdaCurve, evaluation: &Evaluation, seconds: f64) -> impl Iterator<Item = serde_json::Value> {
    let best = curve.by_rmse;
    curve.points.iter().map(move |point| {
        let interval = |interval: lambdascope::measure::Interval| [interval.mean, interval.low, interval.high];
        json!({
            "epoch": evaluation.epoch,
            "lambda_rul": point.lambda,
            "members": point.members.len(),
            "rmse_cycles": interval(point.rmse_cycles),
            "nasa_score": interval(point.nasa_score),
            "accuracy": interval(point.accuracy),
            "bias_squared": point.rul.map(|parts| parts.bias_squared),
            "variance": point.rul.map(|parts| parts.variance),
            "brier_bias_squared": point.health.map(|parts| parts.bias_squared),
            "brier_variance": point.health.map(|parts| parts.variance),
            "best_lambda": best.map(|best| best.lambda),
            "best_lambda_interval": best.map(|best| [best.low, best.high]),
            "seconds": seconds,
        })
    })
}

/// The λ-curve, with the published one behind it, and bias and variance.
#[cfg(feature = "chart")]
fn pictures(curve: &LambdaCurve, path: &Path, subset: lambdascope::data::Subset) -> Result<(), Failure> {
    let parts: Vec<_> = curve.points.iter().filter_map(|point| Some((point.lambda, point.rul?))).collect();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{stem}-bias-variance.svg"));
    let charts = [
        (path, ChartData::lambda_curve(curve, CurveFigure::Rmse, Some(subset))),
        (&beside, ChartData::bias_variance(&parts, Over::Lambda, Task::Rul)),
    ];
    for (path, chart) in charts {
        std::fs::write(path, svg(&chart, 720, 400, &Style::light())?)?;
    }
    Ok(())
}

fn report(curve: &LambdaCurve) {
    println!(
        "{:>6}  {:>7}  {:>6}  {:>10}  {:>8}  {:>7}  {:>8}",
        "λ_rul", "RMSE", "±", "NASA score", "accuracy", "bias²", "variance"
    );
    for CurvePoint { lambda, rmse_cycles, nasa_score, accuracy, rul, .. } in &curve.points {
        let parts = rul.unwrap_or_default();
        println!(
            "{lambda:>6.2}  {:>7.2}  {:>6.2}  {:>10.0}  {:>8.3}  {:>7.1}  {:>8.1}",
            rmse_cycles.mean,
            rmse_cycles.high - rmse_cycles.mean,
            nasa_score.mean,
            accuracy.mean,
            parts.bias_squared,
            parts.variance
        );
    }
    if let Some(Optimum { lambda, value, low, high, .. }) = curve.by_rmse {
        println!("lowest RMSE {value:.2} at λ_rul {lambda:.2}; over resampled members from {low:.2} to {high:.2}");
    }
}
