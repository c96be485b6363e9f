//! `lambdascope data judge`: what the emulation costs, in cycles of error on NASA's test engines.
#![allow(clippy::doc_markdown, reason = "doc comments on arguments are help texts, which show no markup")]

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::MultiProgress;
use lambdascope::data::{
    Catalog, DataConfig, Dataset, DatasetFile, EmulatorParameters, Engine, FileRole, Origin, Subset, emulate,
    parse_engines, parse_rul, read_path,
};
use lambdascope::model::EncoderConfig;
use lambdascope::session::RunConfig;

use crate::Failure;
use crate::train::{Seeds, seeds, train};

/// Sets the draws of the emulator apart from the one that the page shows.
const DRAWS: u32 = 1000;

/// Arguments of `lambdascope data judge`.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    lambdascope data judge --data data/cmapss --seed 1..5\n  \
    Test engines of FD003 that the emulator's parameters were not measured on:\n    \
    lambdascope data judge --data data/cmapss --dataset FD003 --test-engines even")]
pub struct Judge {
    /// Folder with NASA's text files; without a training file only the emulation is trained on
    #[arg(long, value_name = "DIR", env = "CMAPSS_DIR")]
    data: PathBuf,
    /// Subset: FD001, FD002, FD003 or FD004
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// Draw from the parameters in this file instead of the bundled ones
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// Encoder
    #[arg(long, default_value = "gru", value_parser = EncoderConfig::NAMES)]
    encoder: String,
    /// Epochs
    #[arg(long, default_value_t = RunConfig::default().epochs)]
    epochs: u32,
    /// Seeds, such as 7 or 1..5: of the weights and, for each, of another draw of the emulator
    #[arg(long, default_value = "1..5", value_parser = seeds)]
    seed: Seeds,
    /// Test engines that count
    #[arg(long, value_enum, default_value_t = Part::All)]
    test_engines: Part,
    /// Train on 80 of NASA's training engines and test on the other 20, cut at their middle: for improving the emulator
    /// without a look at the test engines
    #[arg(long)]
    held_out: bool,
}

/// Which test engines count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// All.
    All,
    /// Those with odd numbers.
    Odd,
    /// Those with even numbers.
    Even,
}

/// Training engines, where there are any, test engines, and their RULs.
type Real = (Option<Vec<Engine>>, Vec<Engine>, Vec<f32>);

impl Judge {
    /// Train, test and report.
    ///
    /// # Errors
    ///
    /// Files that are missing or malformed, and a run that fails.
    pub fn run(self) -> Result<(), Failure> {
        let (train_engines, test, test_rul) = self.real()?;
        let parameters = match &self.parameters {
            Some(path) => EmulatorParameters::parse(&std::fs::read_to_string(path)?)?,
            None => EmulatorParameters::bundled(self.dataset)?,
        };
        let (count, _) = self.dataset.engines();
        println!("{:>6}  {:>12}  {:>15}  {:>6}", "seed", "NASA → NASA", "emulated → NASA", "ratio");
        let (mut real, mut emulated) = (Vec::new(), Vec::new());
        for seed in &self.seed.0 {
            let drawn = emulate(&parameters, count, 1, DRAWS + seed)?;
            let data = |train| Dataset { train, test: test.clone(), test_rul: test_rul.clone(), ..drawn.clone() };
            let on_emulated = self.rmse(data(drawn.train.clone()), *seed)?;
            emulated.push(on_emulated);
            if let Some(train) = &train_engines {
                let on_real = self.rmse(data(train.clone()), *seed)?;
                real.push(on_real);
                println!("{seed:>6}  {on_real:>12.3}  {on_emulated:>15.3}  {:>6.3}", on_emulated / on_real);
            } else {
                println!("{seed:>6}  {:>12}  {on_emulated:>15.3}", "–");
            }
        }
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        if real.is_empty() {
            println!("{:>6}  {:>12}  {:>15.3}", "mean", "–", mean(&emulated));
        } else {
            let (real, emulated) = (mean(&real), mean(&emulated));
            println!("{:>6}  {real:>12.3}  {emulated:>15.3}  {:>6.3}", "mean", emulated / real);
        }
        Ok(())
    }

    /// NASA's training engines, where they are, its test engines that count, and their RULs.
    fn real(&self) -> Result<Real, Failure> {
        let path = |role| self.data.join(DatasetFile { subset: self.dataset, role }.to_string());
        let (train, test, test_rul) = if !self.data.is_dir() || path(FileRole::Train).exists() {
            let data = read_path(&self.data, self.dataset)?;
            (Some(data.train), data.test, data.test_rul)
        } else {
            let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
            let (test, rul) = (path(FileRole::Test), path(FileRole::Rul));
            let engines = parse_engines(&test.display().to_string(), &read(&test)?)?;
            (None, engines, parse_rul(&rul.display().to_string(), &read(&rul)?)?)
        };
        if self.held_out {
            let train = train.ok_or("--held-out takes a training file")?;
            return Ok(held_out(train));
        }
        let counts = |unit: u32| match self.test_engines {
            Part::All => true,
            Part::Odd => unit % 2 == 1,
            Part::Even => unit.is_multiple_of(2),
        };
        let chosen: Vec<_> = test.into_iter().zip(test_rul).filter(|(engine, _)| counts(engine.unit)).collect();
        let (test, test_rul): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
        Ok((train, numbered(test), test_rul))
    }

    fn rmse(&self, data: Dataset, seed: u32) -> Result<f32, Failure> {
        let config = RunConfig {
            data: DataConfig { subset: self.dataset, origin: Some(Origin::Emulated), ..DataConfig::default() },
            encoder: EncoderConfig::from_name(&self.encoder).unwrap_or_default(),
            epochs: self.epochs,
            seed,
            task_gradients: false,
            ..RunConfig::default()
        };
        let mut catalog = Catalog::default();
        catalog.insert(Dataset { origin: Origin::Emulated, ..data });
        Ok(train(config, catalog, &MultiProgress::new())?.last.test[0].rmse_cycles)
    }
}

/// Every fifth training engine becomes five test engines, cut with 10, 30, 50, 80 and 110 cycles to live.
fn held_out(engines: Vec<Engine>) -> Real {
    let (test, train): (Vec<_>, Vec<_>) = engines.into_iter().partition(|engine| engine.unit.is_multiple_of(5));
    let (mut cut, mut ruls) = (Vec::new(), Vec::new());
    for rul in [10_u16, 30, 50, 80, 110] {
        for engine in &test {
            let left = engine.rows.len().saturating_sub(usize::from(rul)).max(1);
            let mut rows = engine.rows.clone();
            rows.truncate(left);
            cut.push(Engine { unit: 0, rows });
            ruls.push(f32::from(rul));
        }
    }
    (Some(numbered(train)), numbered(cut), ruls)
}

fn numbered(engines: Vec<Engine>) -> Vec<Engine> {
    (1..).zip(engines).map(|(unit, engine)| Engine { unit, ..engine }).collect()
}
