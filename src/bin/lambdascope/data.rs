//! `lambdascope data`: pack, emulate, measure and describe data sets.
#![allow(clippy::doc_markdown, reason = "doc comments on arguments are help texts, which show no markup")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use lambdascope::data::{
    Choice, DataConfig, DataError, DatasetFile, EmulatorParameters, FileRole, Mapping, NamedFile, Subset, assume,
    describe, emulate, engines_text, fit, import, pack, pack_chosen, parse_engines, parse_rul, read_path, rul_text,
};

use crate::Failure;
use crate::judge::Judge;

/// Work with C-MAPSS data sets.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Pack NASA's text files into one small file
    ///
    /// A pack holds the training engines, the test engines and their RULs of one subset in about 9 % of the text's
    /// bytes, exact to the last printed digit, or those engines and sensors that are chosen. It says where it comes from
    /// and carries a checksum. The other commands read it as they read a folder of text files.
    Pack(Pack),
    /// Write emulated engines as C-MAPSS text files
    ///
    /// Engines are drawn from a population measured on NASA's engines: how long they live, how worn they start, how
    /// wear shows in each sensor, how sensors scatter. None of them is one of NASA's. The files have NASA's names and
    /// form, so that any program for C-MAPSS reads them; keep them in a folder of their own, because nothing in them
    /// says that they are emulated.
    Emulate(Emulate),
    /// Measure the emulator's parameters on NASA's files
    ///
    /// The result is a text of a few kilobytes: statistics, no engine. Those that come with the program are
    /// assets/emulator_fd001.txt and so on, and this is how they are regenerated. Where the training file of FD002,
    /// FD003 or FD004 is not in the folder, what can be measured without it is, and the rest is assumed; the file says
    /// in words what.
    Fit(Fit),
    /// Show what a data set holds
    ///
    /// Engines, rows and lifetimes; how the windows spread over the health classes healthy (RUL above 80), degrading
    /// and critical (RUL up to 30); and the entropies of the labels, which bound what a model can learn about them.
    Describe(Describe),
    /// Read a fleet of any sensors by a mapping of its columns
    ///
    /// The mapping says in a few lines of TOML which file and which column is what. What was assumed is printed; the
    /// result is a pack, which the other commands and the page read.
    Import(Import),
    /// Train on emulated engines, test on NASA's, and compare with training on NASA's
    ///
    /// For each seed one model is trained on a draw of the emulator and one on NASA's training engines; both are
    /// tested on NASA's test engines. Their ratio says what the emulation costs. tools/emulator_quality.py asks the same
    /// of gradient-boosted trees, and whether a classifier can tell emulated windows from NASA's.
    Judge(Judge),
}

impl DataCommand {
    /// Do what was asked for; results go to the standard output.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being done, in words for a person.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Pack(command) => command.run(),
            Self::Emulate(command) => command.run(),
            Self::Fit(command) => command.run(),
            Self::Describe(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Judge(command) => command.run(),
        }
    }
}

/// Arguments of `lambdascope data pack`.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  lambdascope data pack --data data/cmapss --dataset FD001 --out FD001.lspk")]
pub struct Pack {
    /// Folder with train_FD00x.txt, test_FD00x.txt and RUL_FD00x.txt, or NASA's zip archive
    #[arg(long, value_name = "DIR|ZIP")]
    data: PathBuf,
    /// Subset to pack: FD001, FD002, FD003 or FD004
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// Training engines to pack, such as 1,4,7 [default: all]
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    train: Vec<u32>,
    /// Test engines to pack [default: all]
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    test: Vec<u32>,
    /// Sensors to pack, numbered from 1; the others become 0 [default: all]
    #[arg(long, value_name = "SENSORS", value_delimiter = ',')]
    sensors: Vec<usize>,
    /// A sentence that says where the rows come from [default: the subset and the folder's name]
    #[arg(long)]
    provenance: Option<String>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Pack {
    fn run(self) -> Result<(), Failure> {
        let dataset = read_path(&self.data, self.dataset)?;
        let folder = || self.data.file_name().map_or_else(String::new, |name| format!(" from {}", name.display()));
        let provenance = self.provenance.clone().unwrap_or_else(|| format!("{}{}", dataset.title(), folder()));
        let all = || (1..=dataset.sensors.all().len()).collect();
        let sensors = if self.sensors.is_empty() { all() } else { self.sensors };
        let choice = Choice { train: self.train, test: self.test, sensors };
        let bytes = pack_chosen(&dataset, &choice, &provenance)?;
        write(&self.out, &bytes)?;
        let packed = choice.of(&dataset)?;
        dataset.notes.iter().for_each(|sentence| eprintln!("{sentence}"));
        let text = engines_text(&packed.train).len() + engines_text(&packed.test).len();
        let share = 100.0 * bytes.len() as f64 / text.max(1) as f64;
        println!(
            "{}: {} bytes, {share:.1} % of these engines' text, \"{provenance}\"",
            self.out.display(),
            bytes.len()
        );
        Ok(())
    }
}

/// Arguments of `lambdascope data emulate`.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    As many engines as NASA's FD001 has:\n    lambdascope data emulate --out emulated\n  \
    Many engines for training, another draw:\n    lambdascope data emulate --train-engines 1000 --seed 2 --out many")]
pub struct Emulate {
    /// Subset to emulate: FD001, FD002, FD003 or FD004
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// Engines run to failure, 1 to 1000 [default: as many as NASA's]
    #[arg(long, value_name = "N")]
    train_engines: Option<usize>,
    /// Engines cut before failure, 1 to 1000 [default: as many as NASA's]
    #[arg(long, value_name = "N")]
    test_engines: Option<usize>,
    /// Seed of the draw: the same seed gives the same engines
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Draw from the parameters in this file (see `lambdascope data fit`) instead of the bundled ones
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// Folder to write to; made if it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

impl Emulate {
    fn run(self) -> Result<(), Failure> {
        let subset = self.dataset;
        let parameters = match &self.parameters {
            Some(path) => EmulatorParameters::parse(&fs::read_to_string(path).map_err(|error| io(path, &error))?)?,
            None => EmulatorParameters::bundled(subset)?,
        };
        if parameters.subset != subset {
            return Err(format!("the parameters are those of {}, not of {subset}", parameters.subset).into());
        }
        let (train, test) = subset.engines();
        let (train, test) = (self.train_engines.unwrap_or(train), self.test_engines.unwrap_or(test));
        let data = emulate(&parameters, train, test, self.seed)?;
        parameters.assumed.iter().for_each(|sentence| eprintln!("Assumed: {sentence}"));
        let texts = [engines_text(&data.train), engines_text(&data.test), rul_text(&data.test_rul)];
        let paths = FileRole::ALL.map(|role| self.out.join(DatasetFile { subset, role }.to_string()));
        // All are looked at before the first is written: NASA's own files may lie there.
        if let Some(path) = paths.iter().find(|path| !self.force && path.exists()) {
            return Err(format!("{} exists; --force replaces it", path.display()).into());
        }
        fs::create_dir_all(&self.out).map_err(|error| io(&self.out, &error))?;
        for (path, text) in paths.iter().zip(texts) {
            write(path, text.as_bytes())?;
            println!("{}: {} lines", path.display(), text.lines().count());
        }
        Ok(())
    }
}

/// Arguments of `lambdascope data fit`.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  \
    lambdascope data fit --data data/cmapss --dataset FD001 --out assets/emulator_fd001.txt")]
pub struct Fit {
    /// Folder with NASA's text files, or a pack
    #[arg(long, value_name = "DIR|PACK")]
    data: PathBuf,
    /// Subset to measure: FD001, FD002, FD003 or FD004
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Fit {
    fn run(self) -> Result<(), Failure> {
        let parameters = if self.lacks(FileRole::Train) {
            let test = if self.lacks(FileRole::Test) { Vec::new() } else { self.read(FileRole::Test, parse_engines)? };
            assume(self.dataset, &test, &self.read(FileRole::Rul, parse_rul)?)?
        } else {
            fit(&read_path(&self.data, self.dataset)?)?
        };
        write(&self.out, parameters.to_text().as_bytes())?;
        println!("{}", self.out.display());
        parameters.measured.iter().for_each(|sentence| println!("  measured: {sentence}"));
        parameters.assumed.iter().for_each(|sentence| println!("  assumed: {sentence}"));
        Ok(())
    }

    fn path(&self, role: FileRole) -> PathBuf {
        self.data.join(DatasetFile { subset: self.dataset, role }.to_string())
    }

    fn lacks(&self, role: FileRole) -> bool {
        self.data.is_dir() && !self.path(role).exists()
    }

    fn read<T>(&self, role: FileRole, parse: fn(&str, &[u8]) -> Result<T, DataError>) -> Result<T, DataError> {
        let path = self.path(role);
        let bytes = fs::read(&path).map_err(|error| io(&path, &error))?;
        parse(&path.display().to_string(), &bytes)
    }
}

/// Arguments of `lambdascope data describe`.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    lambdascope data describe --data data/cmapss --dataset FD001\n  \
    lambdascope data describe --data FD001.lspk --json | jq .train_windows.classes")]
pub struct Describe {
    /// Folder with C-MAPSS text files, or a pack
    #[arg(long, value_name = "DIR|PACK")]
    data: PathBuf,
    /// Subset to describe: FD001, FD002, FD003 or FD004
    #[arg(long, default_value = "FD001")]
    dataset: Subset,
    /// Cycles of a window
    #[arg(long, value_name = "CYCLES", default_value_t = 30)]
    window: usize,
    /// Cycles between the starts of neighbouring windows
    #[arg(long, value_name = "CYCLES", default_value_t = 1)]
    stride: usize,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Describe {
    fn run(self) -> Result<(), Failure> {
        let config = DataConfig { window: self.window, stride: self.stride, ..DataConfig::default() };
        let description = describe(&read_path(&self.data, self.dataset)?, &config)?;
        if self.json {
            println!("{}", serde_json::to_string(&description)?);
        } else {
            println!("{description}");
        }
        Ok(())
    }
}

/// Arguments of `lambdascope data import`.
#[derive(Debug, Args)]
#[command(after_long_help = IMPORT_HELP)]
pub struct Import {
    /// Folder with the tables that the mapping names
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The mapping, a TOML file
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Pack to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const IMPORT_HELP: &str = r#"A mapping:
  name = "pumps"
  train = "pumps.csv"       # units that ran to failure
  test = "pumps_test.csv"   # without: a share of the units, `test_share = 0.3`, is held out
  test_rul = "rul.csv"      # RUL after the last row of each test unit; or `rul`, a column that counts down;
                            # without both, test units are taken to run to failure and are cut
  unit = "pump"             # the columns, by their names in the header
  time = "hour"
  settings = ["speed"]      # at most three; a model is given them beside the sensors
  sensors = []              # all other numeric columns; those that never vary are left out
  ignore = ["comment"]
  repeats = "refuse"        # or "mean", of several rows of one unit and time
  seed = 1                  # of what is drawn
  cap = "60 %"              # of the RUL: in cycles (125), as a share of the units' mean life, or "none"
  health = ["40 %", "15 %"] # healthy above the first, critical up to the second

N-CMAPSS DS02, converted to CSV (columns unit, cycle, alt, Mach, TRA, T2, T24, T30, T48, T50, P15, P2, P21, P24, Ps30,
P40, P50, Nf, Nc, Wf; one file for `dev`, one for `test`) and thinned to every 20th second or so, because at most 100 MB
and 2,000,000 rows are read; a row of the result is a flight:
  name = "N-CMAPSS DS02"
  train = "DS02_dev.csv"
  test = "DS02_test.csv"
  unit = "unit"
  time = "cycle"
  settings = ["alt", "Mach", "TRA"]
  ignore = ["hs", "Fc", "Y"]
  repeats = "mean"

Then:
  lambdascope data import --data tables --mapping fleet.toml --out fleet.lspk
  lambdascope train --data fleet.lspk"#;

impl Import {
    fn run(self) -> Result<(), Failure> {
        let text = fs::read_to_string(&self.mapping).map_err(|error| io(&self.mapping, &error))?;
        let wrong = |error: toml::de::Error| format!("{}: {}", self.mapping.display(), error.to_string().trim_end());
        let mapping: Mapping = toml::from_str(&text).map_err(wrong)?;
        let mut files = Vec::new();
        for name in [Some(&mapping.train), mapping.test.as_ref(), mapping.test_rul.as_ref()].into_iter().flatten() {
            let path = self.data.join(name);
            let bytes = fs::read(&path).map_err(|error| io(&path, &error))?;
            files.push(NamedFile { name: name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned(), bytes });
        }
        let dataset = import(&mapping, &files)?;
        write(&self.out, &pack(&dataset)?)?;
        dataset.notes.iter().for_each(|sentence| eprintln!("{sentence}"));
        let (train, test) = (dataset.train.len(), dataset.test.len());
        let title = dataset.title();
        println!("{}: {title}, {train} training and {test} test units", self.out.display());
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    fs::write(path, bytes).map_err(|error| io(path, &error))
}

fn io(path: &Path, error: &std::io::Error) -> DataError {
    DataError::Io { path: path.display().to_string(), reason: error.to_string() }
}
