//! The data sets at hand: those given, and those the emulator draws when asked.

use std::sync::Arc;

use super::{DataConfig, DataError, Dataset, EmulatorParameters, Origin, Subset, emulate};

/// Seed of the emulated data set, so that everybody's is the same.
const EMULATED_SEED: u32 = 1;

/// Data sets by subset and origin.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    datasets: Vec<Arc<Dataset>>,
}

impl Catalog {
    /// Add a data set; one of the same subset and origin is replaced.
    pub fn insert(&mut self, dataset: Dataset) {
        self.datasets.retain(|held| (held.subset, held.origin) != (dataset.subset, dataset.origin));
        self.datasets.push(Arc::new(dataset));
    }

    /// The data set that a configuration means: where it does not say NASA's, else a person's own,
    /// else the emulator's, which is drawn at the first request and kept.
    ///
    /// # Errors
    ///
    /// [`DataError::NotAtHand`] where NASA's files or a person's own are asked for and were not given.
    pub fn dataset(&mut self, config: &DataConfig) -> Result<Arc<Dataset>, DataError> {
        let held = |origin: Origin| self.datasets.iter().find(|d| (d.subset, d.origin) == (config.subset, origin));
        let found = match config.origin {
            Some(origin) => held(origin),
            None => [Origin::Nasa, Origin::Own, Origin::Emulated].into_iter().find_map(held),
        };
        if let Some(dataset) = found {
            return Ok(Arc::clone(dataset));
        }
        if let Some(origin @ (Origin::Nasa | Origin::Own)) = config.origin {
            return Err(DataError::NotAtHand { subset: config.subset, origin });
        }
        let parameters = EmulatorParameters::bundled(config.subset)?;
        let (train, test) = config.subset.engines();
        let dataset = Arc::new(emulate(&parameters, train, test, EMULATED_SEED)?);
        self.datasets.push(Arc::clone(&dataset));
        Ok(dataset)
    }

    /// Whether NASA's files of a subset are at hand.
    #[must_use]
    pub fn has_nasa(&self, subset: Subset) -> bool {
        self.has(subset, Origin::Nasa)
    }

    /// Whether a data set was given, or drawn already.
    #[must_use]
    pub fn has(&self, subset: Subset, origin: Origin) -> bool {
        self.datasets.iter().any(|held| (held.subset, held.origin) == (subset, origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(origin: Option<Origin>) -> DataConfig {
        DataConfig { origin, ..DataConfig::default() }
    }

    #[test]
    fn without_files_the_emulator_serves_and_draws_once() {
        let mut catalog = Catalog::default();
        let first = catalog.dataset(&asked(None)).unwrap();
        assert_eq!(first.origin, Origin::Emulated);
        assert!(Arc::ptr_eq(&first, &catalog.dataset(&asked(Some(Origin::Emulated))).unwrap()));
    }

    #[test]
    fn every_subset_is_served_and_says_what_is_assumed() {
        let mut catalog = Catalog::default();
        for subset in Subset::ALL {
            let config = DataConfig { subset, ..DataConfig::default() };
            let dataset = catalog.dataset(&config).unwrap();
            assert_eq!((dataset.train.len(), dataset.test.len()), subset.engines());
            assert_eq!(dataset.summary(&config).assumptions.is_empty(), subset == Subset::FD001);
        }
    }

    #[test]
    fn given_files_come_first_and_their_absence_is_told() {
        let mut catalog = Catalog::default();
        let error = catalog.dataset(&asked(Some(Origin::Nasa))).unwrap_err();
        assert!(error.to_string().contains("FD001"), "{error}");
        let mut dataset = (*catalog.dataset(&asked(None)).unwrap()).clone();
        dataset.origin = Origin::Nasa;
        catalog.insert(dataset);
        assert!(catalog.has_nasa(Subset::FD001));
        assert_eq!(catalog.dataset(&asked(None)).unwrap().origin, Origin::Nasa);
    }
}
