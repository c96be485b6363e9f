//! What a run takes, known before it begins: memory, and the time in which nothing can be heard of it.
//!
//! A configuration within its ranges may still ask for more than there is: a transformer of width 256 with 256 heads on
//! 4096 windows of 100 steps holds 10¹⁰ numbers. Such a run is refused with what it takes and what there is.

use std::collections::BTreeSet;

use super::{BackendKind, RunConfig};
use crate::ConfigError;
use crate::data::{COLUMNS, Dataset, SETTINGS, Subset, USED_SENSORS};
use crate::model::{Encoder, Network, POOLED, wide};

/// Windows of held-out engines that are measured at most.
pub const VALIDATION_WINDOWS: usize = 256;

/// Bytes of a number.
const BYTES: u64 = 4;

/// How many times as long burn takes for a multiplication as the passes written by hand: 2.7 with the CNN, 4.5 with the GRU and
/// the LSTM (`cargo bench --bench step --features open`, 28 November 2026).
const OPEN_SLOWNESS: f64 = 5.0;

/// Columns of a target row, `loss::TARGET_COLUMNS`.
const TARGETS: u64 = 8;

/// Where a run is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A worker of a browser: one thread, beside other workers and tabs.
    Browser,
    /// A program of its own with this many threads.
    Native {
        /// Threads that members are spread over.
        threads: usize,
    },
}

impl Host {
    /// The host that this program was compiled for.
    #[must_use]
    pub fn here() -> Self {
        #[cfg(target_arch = "wasm32")]
        return Self::Browser;
        #[cfg(not(target_arch = "wasm32"))]
        Self::Native { threads: std::thread::available_parallelism().map_or(1, usize::from) }
    }

    /// Most memory of a run, in bytes.
    ///
    /// A browser gives a module up to 4 GB of addresses; tabs on machines with 4 GB are ended well before, and what is
    /// allocated again in another size leaves holes. Natively the machine is a person's own; most have 8 GB and more.
    #[must_use]
    pub const fn most_bytes(self) -> u64 {
        match self {
            Self::Browser => 1_500_000_000,
            Self::Native { .. } => 8_000_000_000,
        }
    }

    /// Longest time between two signs of life, in seconds.
    ///
    /// A worker answers between two steps, and one that is silent for 5 s counts as standing still. Natively a bar that
    /// moves once a minute is still one.
    #[must_use]
    pub const fn most_seconds(self) -> f64 {
        match self {
            Self::Browser => 3.0,
            Self::Native { .. } => 60.0,
        }
    }

    /// Floating-point operations a second, a multiplication and an addition counting as two.
    ///
    /// On processors they are those of whole steps, elementwise passes included, on the machine of `docs/benchmarks.md`
    /// (`cargo xtask bench`, 22 November 2026; operations of this module over times of that page, combined gradients): in
    /// Chromium 10.7, 10.6 and 10.3 · 10⁹ with the CNN, the GRU and the LSTM; natively, one thread, 51, 25 and 20 · 10⁹,
    /// of which the least counts. For a graphics processor no measurement is at hand: a tenth of what weak integrated
    /// ones promise, 400 · 10⁹, is assumed.
    #[must_use]
    pub const fn rate(self, backend: BackendKind) -> f64 {
        match (backend, self) {
            (BackendKind::WebGpu, _) => 40e9,
            (BackendKind::Cpu, Self::Browser) => 10e9,
            (BackendKind::Cpu, Self::Native { .. }) => 20e9,
        }
    }

    /// Threads that so many members keep busy (`train/spread.rs`).
    fn threads(self, members: usize) -> u64 {
        match self {
            Self::Native { threads } => wide(threads.clamp(1, members.max(1))),
            Self::Browser => 1,
        }
    }
}

/// How large a data set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSize {
    /// Training and test engines.
    pub engines: [u64; 2],
    /// Cycles of all training and of all test engines.
    pub cycles: [u64; 2],
    /// Columns of a row as it was read: settings and sensors.
    pub columns: usize,
    /// Sensors that a model is given.
    pub features: usize,
}

impl DataSize {
    /// That of NASA's files; the emulator's are about as large.
    #[must_use]
    pub const fn of(subset: Subset) -> Self {
        let (train, test) = subset.engines();
        let cycles = match subset {
            Subset::FD001 => [20_631, 13_096],
            Subset::FD002 => [53_759, 33_991],
            Subset::FD003 => [24_720, 16_596],
            Subset::FD004 => [61_249, 41_214],
        };
        Self { engines: [wide(train), wide(test)], cycles, columns: COLUMNS, features: USED_SENSORS.len() }
    }
}

impl From<&Dataset> for DataSize {
    fn from(dataset: &Dataset) -> Self {
        let parts = [&dataset.train, &dataset.test];
        let cycles = parts.map(|engines| engines.iter().map(|engine| wide(engine.rows.len())).sum());
        let sensors = &dataset.sensors;
        let (columns, features) = (SETTINGS + sensors.all().len(), sensors.used().len());
        Self { engines: parts.map(|engines| wide(engines.len())), cycles, columns, features }
    }
}

/// What a run takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Trainable parameters of a member.
    pub parameters: u64,
    /// Memory at its largest, data included, in bytes; on a graphics processor that of the device.
    pub bytes: u64,
    /// Time of a training step or an evaluation of all members, whichever is longer, in seconds.
    pub seconds: f64,
}

impl Estimate {
    /// Of a configuration whose encoder and window are in their ranges.
    ///
    /// ```text
    /// bytes   = data + orders of the windows + batch + measured windows
    ///         + members · parameters · (Adam's 3, gradients 2, the best so far 1) + threads · pass
    /// pass    = the larger of batch · (kept + back) and measured windows · kept, and what the pool keeps of the other
    /// seconds = 2 · multiplications · members · windows · (1 way forward, 2 back for each task distinguished) / rate,
    ///           times a factor for an encoder that burn computes
    /// ```
    ///
    /// On a graphics processor all members and both tasks' ways back are there at once.
    #[must_use]
    pub fn new(config: &RunConfig, data: &DataSize, backend: BackendKind, host: Host) -> Self {
        let (window, features) = (config.data.window, data.features);
        let network = Network::new(&config.encoder, window, features);
        let (cost, parameters) = (network.cost(window), wide(network.layout().parameters()));
        let (members, batch) = (wide(config.members.len()), wide(config.batch_size));
        let input = wide(window) * wide(features);

        let draws: BTreeSet<Option<u32>> = config.members.iter().map(|member| member.bootstrap).collect();
        let draws = wide(draws.len());
        let sets = if draws > 1 { members.saturating_add(draws) } else { 1 };
        let held_out = if config.data.validation_share > 0.0 { wide(VALIDATION_WINDOWS) } else { 0 };
        let measured = data.engines[1].max(held_out);

        let cycles = data.cycles[0].saturating_add(data.cycles[1]);
        let windows = data.cycles[0] / wide(config.data.stride.max(1)) + data.engines[0];
        // Rows as they were read and as they are given to the model, with the RUL; engine and end of each window, and
        // the windows of each draw twice, in their own order and in the epoch's.
        let held = sum([
            product([cycles, wide(data.columns) + wide(features) + 1]),
            product([windows, 2 + 2 * draws]),
            product([sets, batch, input + TARGETS]),
            product([data.engines[1] + held_out, input]),
            product([members, parameters, 6]),
        ]);
        let pass = match backend {
            BackendKind::Cpu => {
                let [train, measure] = [product([batch, cost.kept + cost.back]), product([measured, cost.kept])];
                let pooled = train.min(measure).min(wide(POOLED));
                sum([product([host.threads(config.members.len()), train.max(measure)]), pooled])
            }
            BackendKind::WebGpu => {
                let train = product([members, batch, cost.kept + 2 * cost.back]);
                train.max(product([members, measured, cost.kept]))
            }
        };

        let tasks = if backend == BackendKind::WebGpu || config.tells_tasks_apart() { 2 } else { 1 };
        let passes = [product([batch, 1 + 2 * tasks]), measured];
        let operations = product([2, cost.multiplications, members, passes[0].max(passes[1])]);
        let threads = if backend == BackendKind::Cpu { host.threads(config.members.len()) } else { 1 };
        let slowness = if matches!(network.encoder(), Encoder::Open(_)) { OPEN_SLOWNESS } else { 1.0 };
        Self {
            parameters,
            bytes: held.saturating_add(pass).saturating_mul(BYTES),
            seconds: slowness * operations as f64 / (host.rate(backend) * threads as f64),
        }
    }

    /// Refuse what does not fit.
    ///
    /// # Errors
    ///
    /// More memory or a longer step than the host has.
    pub fn check(&self, host: Host) -> Result<(), ConfigError> {
        const TAKEN: &str = "which encoder, window, batch size and number of members take together";
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        if self.bytes > host.most_bytes() {
            let expected = format!("at most {} GB", gigabytes(host.most_bytes()));
            let found = format!("{:.1} GB, {TAKEN}", gigabytes(self.bytes));
            return Err(ConfigError::new("memory", expected, &found));
        }
        if self.seconds > host.most_seconds() {
            let expected = format!("at most {} s long", host.most_seconds());
            return Err(ConfigError::new("a step", expected, &format!("{:.1} s, {TAKEN}", self.seconds)));
        }
        Ok(())
    }
}

impl RunConfig {
    /// Whether this run, whose settings are valid, fits into the program that asks, on the processor and with the subset
    /// as large as NASA's.
    ///
    /// # Errors
    ///
    /// More memory or time than there is, with both numbers.
    pub(super) fn bounded(&self) -> Result<(), ConfigError> {
        self.bounded_for(&DataSize::of(self.data.subset), BackendKind::Cpu, Host::here())
    }

    /// As [`RunConfig::bounded`], for this data, backend and host.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn bounded_for(&self, data: &DataSize, backend: BackendKind, host: Host) -> Result<(), ConfigError> {
        Estimate::new(self, data, backend, host).check(host)
    }

    /// Whether a step has each task's gradients: the run asks for them, or a member's strategy does.
    #[must_use]
    pub fn tells_tasks_apart(&self) -> bool {
        let needs = self.members.iter().map(|member| member.weighting.needs());
        self.task_gradients || needs.into_iter().any(|needs| needs.gramian || needs.validation_gradient)
    }

    /// Steps of the whole run; as many as can be counted where there are more.
    #[must_use]
    pub const fn steps(&self, steps_per_epoch: u32) -> u32 {
        self.epochs.saturating_mul(steps_per_epoch)
    }
}

fn product(factors: impl IntoIterator<Item = u64>) -> u64 {
    factors.into_iter().fold(1, u64::saturating_mul)
}

fn sum(terms: impl IntoIterator<Item = u64>) -> u64 {
    terms.into_iter().fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EncoderConfig;
    use crate::session::CurveConfig;
    use crate::train::MemberConfig;

    const HOSTS: [Host; 3] = [Host::Browser, Host::Native { threads: 1 }, Host::Native { threads: 64 }];

    fn everywhere(config: &RunConfig) -> Vec<Result<(), ConfigError>> {
        let data = DataSize::of(config.data.subset);
        let on = |host| [BackendKind::Cpu, BackendKind::WebGpu].map(|backend| config.bounded_for(&data, backend, host));
        HOSTS.into_iter().flat_map(on).collect()
    }

    #[test]
    fn ten_thousand_million_numbers_are_refused_with_both_numbers() {
        let mut config = RunConfig { batch_size: 4096, ..RunConfig::default() };
        config.encoder = EncoderConfig::Transformer { hidden: 256, heads: 256 };
        config.data.window = 100;
        for refused in everywhere(&config) {
            let sentence = refused.unwrap_err().to_string();
            assert!(sentence.starts_with("`memory` should be at most"), "{sentence}");
        }
        let refused = config.bounded_for(&DataSize::of(Subset::FD001), BackendKind::Cpu, Host::Browser).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`memory` should be at most 1.5 GB, found 97.4 GB, which encoder, window, batch size and number of members \
             take together"
        );
    }

    #[test]
    fn what_is_offered_fits_everywhere() {
        let all_fit = |config: &RunConfig| everywhere(config).iter().all(Result::is_ok);
        let ensemble = |members| RunConfig { members: vec![MemberConfig::default(); members], ..RunConfig::default() };
        assert!(all_fit(&RunConfig::default()) && all_fit(&ensemble(RunConfig::MOST_MEMBERS)));
        for name in EncoderConfig::NAMES {
            for subset in Subset::ALL {
                let mut config = RunConfig { encoder: EncoderConfig::from_name(name).unwrap(), ..ensemble(8) };
                config.data.subset = subset;
                assert!(all_fit(&config), "{name} on {subset}");
            }
        }
        for (points, bootstraps) in [(11, 6), (21, 6), (16, 8)] {
            let curve = CurveConfig { lambdas: CurveConfig::even(points), bootstraps };
            assert!(all_fit(&curve.recipe(&RunConfig::default())), "{points} × {bootstraps}");
        }
    }

    #[test]
    fn sizes_beyond_counting_stop_at_the_largest_number() {
        let mut config = RunConfig { batch_size: usize::MAX, ..RunConfig::default() };
        config.members = vec![MemberConfig::default(); RunConfig::MOST_MEMBERS + 1];
        let sentence = |config: &RunConfig| config.validate().unwrap_err().to_string();
        assert!(config.bounded().is_err());
        config.members.truncate(2);
        assert_eq!(
            Estimate::new(&config, &DataSize::of(Subset::FD001), BackendKind::Cpu, Host::Browser).bytes,
            u64::MAX
        );
        assert!(config.bounded().is_err());
        config.batch_size = 128;
        config.members.resize(RunConfig::MOST_MEMBERS + 1, MemberConfig::default());
        assert_eq!(sentence(&config), "`members` should be from 1 to 128, found 129");
        config.data.window = usize::MAX;
        assert!(sentence(&config).starts_with("`window` should be in [5, 100], found "));
        config.data.window = 30;
        config.encoder = EncoderConfig::Gru { hidden: usize::MAX };
        assert!(sentence(&config).starts_with("`hidden` should be in [1, 256], found "));
        assert_eq!(RunConfig { epochs: 1000, ..config }.steps(u32::MAX), u32::MAX);
    }

    #[test]
    fn a_step_that_takes_too_long_is_refused_where_it_does() {
        let mut config = RunConfig { batch_size: 1024, ..RunConfig::default() };
        config.encoder = EncoderConfig::Lstm { hidden: 128 };
        config.members = vec![MemberConfig::default(); 32];
        let on = |host| config.bounded_for(&DataSize::of(Subset::FD001), BackendKind::Cpu, host);
        let sentence = on(Host::Browser).unwrap_err().to_string();
        assert!(sentence.starts_with("`a step` should be at most 3 s long, found "), "{sentence}");
        assert!(on(Host::Native { threads: 8 }).is_ok());
    }
}
