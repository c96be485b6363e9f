//! How much is run: one recipe, and the values that it is varied over.

use crate::data::{DataConfig, Origin, Subset};
use crate::loss::Normalization;
use crate::model::EncoderConfig;
use crate::session::RunConfig;
use crate::train::MemberConfig;
use crate::weighting::WeightingConfig;

/// The recipe of all runs of a ledger, the seeds and the grids.
#[derive(Clone, Debug, PartialEq)]
pub struct Extent {
    /// What every run has that a claim does not vary: data, encoder, epochs. One member, fixed weights, AMNL.
    pub recipe: RunConfig,
    /// Data on which normalizations are compared.
    pub normalization_data: DataConfig,
    /// Seeds; of bootstraps where those are what differs.
    pub seeds: Vec<u32>,
    /// `λ_rul` of the curve, 0.5 among them.
    pub lambdas: Vec<f32>,
    /// `λ_rul` of the curve of each encoder, 0.5 among them.
    pub encoder_lambdas: Vec<f32>,
    /// Encoders that are compared.
    pub encoders: Vec<EncoderConfig>,
    /// `λ_rul` among which "tuned weights" are looked for, with the RUL as a fraction.
    pub tuned_fraction: Vec<f32>,
    /// The same with the RUL in cycles, where the loss is 125² times as large.
    pub tuned_cycles: Vec<f32>,
}

/// λ_health of the published table on bias and variance, as λ_rul.
pub(super) const BIAS_VARIANCE_LAMBDAS: [f32; 5] = [1.0, 0.7, 0.5, 0.3, 0.0];

impl Extent {
    /// The whole ledger: about 600 runs with ten seeds. The curve is taken with the TCN, the quickest encoder; windows
    /// two cycles apart, ten epochs.
    #[must_use]
    pub fn full(seeds: u32, origin: Origin, has_fd002: bool) -> Self {
        let mut recipe = RunConfig {
            encoder: EncoderConfig::from_name("tcn").unwrap_or_default(),
            epochs: 10,
            task_gradients: false,
            members: vec![MemberConfig::default()],
            ..RunConfig::default()
        };
        recipe.data = DataConfig { origin: Some(origin), stride: 2, ..DataConfig::default() };
        let subset = if has_fd002 { Subset::FD002 } else { recipe.data.subset };
        Self {
            normalization_data: DataConfig { subset, ..recipe.data.clone() },
            recipe,
            seeds: (1..=seeds).collect(),
            lambdas: vec![0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9],
            encoder_lambdas: vec![0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7],
            encoders: EncoderConfig::FUSED.iter().filter_map(|name| EncoderConfig::from_name(name)).collect(),
            tuned_fraction: vec![0.1, 0.3, 0.5, 0.7, 0.9],
            tuned_cycles: vec![0.0001, 0.001, 0.01, 0.1, 0.5],
        }
    }

    /// The same claims in a minute or two: small encoders, few windows, short training. For a look at the report and
    /// for tests; its verdicts are not worth much.
    #[must_use]
    pub fn quick(seeds: u32, origin: Origin) -> Self {
        let mut extent = Self::full(seeds, origin, false);
        extent.recipe.data.stride = 8;
        extent.recipe.epochs = 4;
        extent.recipe.batch_size = 64;
        extent.normalization_data = extent.recipe.data.clone();
        extent.lambdas = vec![0.1, 0.3, 0.45, 0.5, 0.55, 0.7, 0.9];
        extent.encoder_lambdas = vec![0.3, 0.45, 0.5, 0.55, 0.7];
        for encoder in extent.encoders.iter_mut().chain([&mut extent.recipe.encoder]) {
            encoder.set_hidden(12);
        }
        extent
    }

    /// The recipe with fixed weights.
    #[must_use]
    pub fn at(&self, lambda_rul: f32) -> RunConfig {
        let members = vec![MemberConfig {
            weighting: WeightingConfig::Fixed { lambda_rul },
            normalization: Normalization::default(),
            ..MemberConfig::default()
        }];
        RunConfig { members, ..self.recipe.clone() }
    }

    /// A condition with each seed: the seed of the run, or that of its bootstrap where it draws one.
    #[must_use]
    pub fn repetitions(&self, condition: &RunConfig) -> Vec<RunConfig> {
        self.seeds.iter().map(|seed| repetition(condition, *seed)).collect()
    }
}

/// A condition with one seed.
pub(super) fn repetition(condition: &RunConfig, seed: u32) -> RunConfig {
    let mut config = condition.clone();
    match config.members.first_mut().and_then(|member| member.bootstrap.as_mut()) {
        Some(bootstrap) => *bootstrap = seed,
        None => config.seed = seed,
    }
    config
}
