//! What a run came to, with its whole configuration.

use serde::{Deserialize, Serialize};

use crate::measure::Metrics;
use crate::session::RunConfig;

/// A run with one member and what it came to: one line of a file of results.
///
/// It holds nothing that differs from one time to the next, such as seconds: the same configuration gives the same
/// bytes, on machines with the same processor features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Key of the configuration, see [`key`].
    pub key: String,
    /// The whole configuration.
    pub config: RunConfig,
    /// What was measured at its end; absent where it could not be carried to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// Why it could not be carried to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What was measured at the end of a run. All of it is finite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Trainable parameters.
    pub parameters: usize,
    /// Steps taken.
    pub steps: u32,
    /// On the last window of each test engine, RUL capped as the configuration says.
    pub test: Metrics,
    /// On held-out engines, where some are held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Metrics>,
    /// Lower bounds on what the representation tells about RUL and health on the test windows, in nats.
    pub information_nats: [f32; 2],
    /// Mean cosine of the tasks' gradients over the last third of the epochs, where the run distinguished them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_cosine: Option<f32>,
    /// The tasks' gradients epoch by epoch, where the run distinguished them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gradients: Vec<EpochGradients>,
    /// Predicted minus true RUL of each test window, in cycles: what bias and variance over several runs are made of.
    pub residuals_cycles: Vec<f32>,
}

/// The two tasks' gradients of the shared parameters over one epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochGradients {
    /// Mean cosine between them.
    pub cosine: f32,
    /// Geometric mean of `‖∇L_rul‖ / ‖∇L_health‖`.
    pub norm_ratio: f32,
    /// The same after normalization: `(‖∇L_rul‖ / N_rul) / (‖∇L_health‖ / N_health)`.
    pub normalized_ratio: f32,
}

impl Record {
    /// A run that came to its end.
    #[must_use]
    pub fn finished(config: RunConfig, figures: Figures) -> Self {
        Self { key: key(&config), config, figures: Some(figures), failure: None }
    }

    /// A run that could not be carried to its end.
    #[must_use]
    pub fn failed(config: RunConfig, why: String) -> Self {
        Self { key: key(&config), config, figures: None, failure: Some(why) }
    }
}

/// The key of a configuration: 16 hexadecimal digits, the FNV-1a hash of its JSON. Equal configurations have equal keys.
#[must_use]
pub fn key(config: &RunConfig) -> String {
    // A configuration is plain numbers and names, which JSON always takes.
    hash(serde_json::to_string(config).unwrap_or_default().as_bytes())
}

/// The 64-bit FNV-1a hash as 16 hexadecimal digits (Fowler, Noll and Vo; offset basis and prime as published).
pub(super) fn hash(bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // From the test suite of the authors.
        assert_eq!(hash(b""), "cbf29ce484222325");
        assert_eq!(hash(b"foobar"), "85944171f73967e8");
    }

    #[test]
    fn any_setting_changes_the_key() {
        let config = RunConfig::default();
        assert_eq!(key(&config), key(&config.clone()));
        let mut keys = vec![key(&config)];
        let changes: [fn(&mut RunConfig); 4] = [
            |config| config.seed += 1,
            |config| config.members[0].weighting.set_base_lambda(0.45),
            |config| config.task_gradients = !config.task_gradients,
            |config| config.data.stride = 2,
        ];
        for change in changes {
            let mut next = config.clone();
            change(&mut next);
            keys.push(key(&next));
        }
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn a_line_reads_back_as_it_was_written() {
        let figures = Figures {
            test: Metrics { rmse_cycles: 14.052_022, nasa_score: 1.0e-7, ..Metrics::default() },
            residuals_cycles: vec![0.1, -3.333_333_3, 1.0e30],
            gradients: vec![EpochGradients { cosine: 0.3, norm_ratio: 0.7, normalized_ratio: 1.1 }],
            ..Figures::default()
        };
        let mut config = RunConfig::default();
        config.members[0].weighting.set_base_lambda(0.45);
        for record in [Record::finished(config.clone(), figures), Record::failed(config, "it diverged".to_owned())] {
            let line = serde_json::to_string(&record).unwrap();
            let back: Record = serde_json::from_str(&line).unwrap();
            assert_eq!(back, record);
            assert_eq!(serde_json::to_string(&back).unwrap(), line);
        }
    }
}
