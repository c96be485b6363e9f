//! Many runs at the same time.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use lambdascope::data::{Catalog, Origin, Subset, read_path};
use lambdascope::experiment::{Record, conduct};
use lambdascope::session::RunConfig;
use lambdascope::train::Device;

use crate::Failure;
use crate::source::Source;

/// Data and workers of many runs.
#[derive(Args)]
pub struct Fleet {
    #[command(flatten)]
    pub source: Source,
    /// Leave runs that failed as they are instead of trying them again.
    #[arg(long)]
    pub keep_failures: bool,
    /// Runs at the same time [default: as many as there are processors; 1 on a GPU].
    #[arg(long)]
    pub jobs: Option<usize>,
    /// What computes; a GPU takes a program that was built with `--features gpu`.
    #[arg(long, value_enum, default_value_t = DeviceChoice::Cpu)]
    pub device: DeviceChoice,
}

/// What computes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceChoice {
    /// This machine's processors.
    Cpu,
    /// A graphics processor, through WebGPU.
    Gpu,
}

impl DeviceChoice {
    fn open(self) -> Result<Device, Failure> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            #[cfg(feature = "gpu")]
            Self::Gpu => Ok(pollster::block_on(Device::gpu())?),
            #[cfg(not(feature = "gpu"))]
            Self::Gpu => Err("`--device gpu` takes a program that was built with `--features gpu`".into()),
        }
    }
}

impl Fleet {
    /// Whether NASA's files of a subset are at hand, whole.
    #[cfg(feature = "chart")]
    pub fn has_nasa(&self, subset: Subset) -> bool {
        self.source.path().is_some_and(|path| read_path(path, subset).is_ok())
    }

    /// The data that these runs name.
    pub fn catalog(&self, runs: &[RunConfig]) -> Result<Catalog, Failure> {
        let mut catalog = Catalog::default();
        if runs.iter().any(|config| config.data.origin == Some(Origin::Emulated)) {
            self.source.tell_emulated("emulated engines");
        }
        for config in runs {
            let data = &config.data;
            if data.origin != Some(Origin::Emulated)
                && ![Origin::Nasa, Origin::Own].iter().any(|origin| catalog.has(data.subset, *origin))
            {
                self.source.read(&mut catalog, data.subset)?;
            }
            // The emulator draws here, once, and not in every worker.
            catalog.dataset(data)?;
        }
        Ok(catalog)
    }

    /// Whether a run with this record, or none, is to be trained.
    pub fn is_due(&self, record: Option<&Record>) -> bool {
        record.is_none_or(|record| record.failure.is_some() && !self.keep_failures)
    }

    /// Runs at the same time.
    pub fn jobs(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.unwrap_or_else(|| if self.device == DeviceChoice::Cpu { processors() } else { 1 }).max(1)
    }

    /// Train these runs; `done` is given each as it ends, with its number and its seconds. What would fail every run ends
    /// them all, without a record of a run.
    pub fn conduct(
        &self,
        runs: Vec<(usize, RunConfig)>,
        catalog: &Catalog,
        bar: &ProgressBar,
        done: impl FnMut(usize, Record, Duration) -> Result<(), Failure> + Send,
    ) -> Result<(), Failure> {
        let device = self.device.open()?;
        let waiting = Mutex::new(runs.into_iter().collect::<VecDeque<_>>());
        let done = Mutex::new(done);
        let next = || waiting.lock().ok()?.pop_front();
        let work = || -> Result<(), Failure> {
            let mut catalog = catalog.clone();
            while let Some((number, config)) = next() {
                let dataset = catalog.dataset(&config.data)?;
                let begun = Instant::now();
                let told = match pollster::block_on(conduct(&config, &dataset, &device, |_| bar.tick())) {
                    Ok(record) => done.lock().map_err(|_| "a run was lost")?(number, record, begun.elapsed()),
                    Err(error) => Err(error.into()),
                };
                // What keeps a result from being had or kept ends the others, too.
                if told.is_err()
                    && let Ok(mut waiting) = waiting.lock()
                {
                    waiting.clear();
                }
                told?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs()).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("a run was lost".into())))
        })
    }
}

/// A bar over this many units, such as runs or seconds of work.
pub fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
