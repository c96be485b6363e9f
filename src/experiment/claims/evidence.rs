//! The records at hand, found by configuration.

use std::collections::{HashMap, HashSet};

use super::Extent;
use super::extent::repetition;
use crate::experiment::record::key;
use crate::experiment::{Estimate, Figures, Record, mean_of};
use crate::session::RunConfig;

/// The records that a claim is judged by.
#[derive(Debug)]
pub struct Evidence<'a> {
    extent: &'a Extent,
    figures: HashMap<&'a str, &'a Figures>,
    failures: HashSet<&'a str>,
}

impl<'a> Evidence<'a> {
    /// The finished and the failed runs among these records.
    #[must_use]
    pub fn new(extent: &'a Extent, records: &'a [Record]) -> Self {
        let finished = records.iter().filter_map(|record| Some((record.key.as_str(), record.figures.as_ref()?)));
        let failed = records.iter().filter(|record| record.failure.is_some()).map(|record| record.key.as_str());
        Self { extent, figures: finished.collect(), failures: failed.collect() }
    }

    /// How much was to be run.
    #[must_use]
    pub const fn extent(&self) -> &'a Extent {
        self.extent
    }

    /// The figures of a run, if it came to its end.
    #[must_use]
    pub fn figures(&self, config: &RunConfig) -> Option<&'a Figures> {
        self.figures.get(key(config).as_str()).copied()
    }

    /// Whether a run failed.
    #[must_use]
    pub fn failed(&self, config: &RunConfig) -> bool {
        self.failures.contains(key(config).as_str())
    }

    /// The figures of all conditions, for the seeds for which all are there: `[conditions][seeds]`.
    ///
    /// A seed that lacks one condition is left out of all, so that conditions are compared on equal terms.
    #[must_use]
    pub fn gather<T>(&self, conditions: &[RunConfig], figure: impl Fn(&Figures) -> Option<T>) -> Vec<Vec<T>> {
        let mut gathered: Vec<Vec<T>> = conditions.iter().map(|_| Vec::new()).collect();
        for seed in &self.extent.seeds {
            let of_seed = conditions.iter().map(|condition| figure(self.figures(&repetition(condition, *seed))?));
            if let Some(of_seed) = of_seed.collect::<Option<Vec<T>>>() {
                gathered.iter_mut().zip(of_seed).for_each(|(all, figure)| all.push(figure));
            }
        }
        gathered
    }

    /// Test RMSE of all conditions, in cycles: `[conditions][seeds]`.
    #[must_use]
    pub fn rmse(&self, conditions: &[RunConfig]) -> Vec<Vec<f64>> {
        self.gather(conditions, |figures| Some(f64::from(figures.test.rmse_cycles)))
    }
}

/// For how many seeds there are figures of all conditions.
pub(super) fn seeds<T>(gathered: &[Vec<T>]) -> usize {
    gathered.first().map_or(0, Vec::len)
}

/// Mean over seeds of each condition, with its interval.
pub(super) fn means(gathered: &[Vec<f64>]) -> Vec<Estimate> {
    let mean = |values: &Vec<f64>| Estimate::bootstrap(values.len(), |chosen| mean_of(values, chosen));
    gathered.iter().map(mean).collect()
}
