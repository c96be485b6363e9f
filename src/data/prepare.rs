//! Engines → labels, normalized series, splits and windows.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{DataConfig, DataError, Dataset, Engine, Prepared, Scaler, Series, Split, Window, windows::window_ends};

/// Normalize, label, split by engine and cut into windows.
///
/// ```text
/// y = min(cap, L − t)          training and validation engines, L their lifetime, t the cycle
/// y = min(cap, RUL + L − t)    test engines, L their last recorded cycle, RUL the figure in RUL_FD00x.txt
/// z = (x − mean) / deviation   per sensor and operating regime, or per sensor alone (Scaling::Global)
/// ```
///
/// Mean and deviation are taken over the training engines alone, validation engines excluded; a sensor that is
/// constant there becomes 0. `seed` decides which engines are held out. Features are the used
/// sensors of the data set, in their order ([`super::Sensors::used`]).
/// The cap is that of the configuration's [`Labels`](super::Labels), or there is none.
///
/// # Errors
///
/// [`DataError::Config`] from [`DataConfig::validate`], [`DataError::Invalid`] from [`Dataset::validate`] or if the
/// configuration names another subset or a window that is longer than every training engine.
pub fn prepare(dataset: &Dataset, config: &DataConfig, seed: u32) -> Result<Prepared, DataError> {
    config.validate()?;
    dataset.validate()?;
    if dataset.subset != config.subset {
        return Err(DataError::Invalid {
            part: "data set".to_owned(),
            expected: "the configured subset",
            found: format!("{} where {} is configured", dataset.subset, config.subset),
        });
    }
    dataset.check_window(config.window)?;
    let held_out = held_out(dataset.train.len(), config.validation_share, seed);
    let part = |validation: bool| {
        let members = dataset.train.iter().zip(&held_out).filter(move |(_, held)| **held == validation);
        members.map(|(engine, _)| engine)
    };
    let scale = Scaler::fit(dataset, config.scaling, part(false));
    let run_to_failure = |engine: &Engine| scale.series(engine, 0.0, &config.labels);
    let split = |engines: Vec<Series>, cut: &dyn Fn(usize) -> Vec<usize>| Split {
        features: dataset.sensors.used().len(),
        window: config.window,
        windows: windows(&engines, cut),
        engines,
    };
    let all = |cycles: usize| window_ends(cycles, config.window, config.stride).collect();
    let last = |cycles: usize| vec![cycles - 1];
    let tested = dataset.test.iter().zip(&dataset.test_rul);
    let test = tested.map(|(engine, rul)| scale.series(engine, *rul, &config.labels)).collect();
    Ok(Prepared {
        train: split(part(false).map(run_to_failure).collect(), &all),
        validation: split(part(true).map(run_to_failure).collect(), &all),
        test: split(test, &last),
    })
}

/// Which engines are held out for validation: `[engines]`. A share above 0 holds out at least one engine, and one is
/// always left to train on.
#[must_use]
pub fn held_out(engines: usize, share: f32, seed: u32) -> Vec<bool> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of engines")]
    let count =
        ((engines as f32 * share).round() as usize).max(usize::from(share > 0.0)).min(engines.saturating_sub(1));
    let mut held_out: Vec<_> = (0..engines).map(|index| index < count).collect();
    held_out.shuffle(&mut ChaCha8Rng::seed_from_u64(seed.into()));
    held_out
}

fn windows(engines: &[Series], cut: &dyn Fn(usize) -> Vec<usize>) -> Vec<Window> {
    let of_engine = |(engine, series): (u32, &Series)| {
        cut(series.rul_cycles.len()).into_iter().map(move |end| Window { engine, end: end as u32 })
    };
    (0..).zip(engines).flat_map(of_engine).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        COLUMNS, EmulatorParameters, Origin, SETTINGS, Scaling, Sensors, Subset, USED_SENSORS, emulate, regime,
    };

    /// Engines of the given lifetimes; sensor 2 counts cycles, sensor 3 is the unit, the others are constant.
    fn engines(lifetimes: &[usize]) -> Vec<Engine> {
        let row = |unit: u32, cycle: usize| {
            let mut row = [0.1; COLUMNS];
            row[..SETTINGS].copy_from_slice(&[0.0, 0.0, 100.0]);
            (row[SETTINGS + 1], row[SETTINGS + 2]) = (cycle as f32, unit as f32);
            row
        };
        let engine =
            |(unit, cycles): (u32, &usize)| Engine { unit, rows: (1..=*cycles).map(|c| row(unit, c)).collect() };
        (1..).zip(lifetimes).map(engine).collect()
    }

    fn dataset() -> Dataset {
        Dataset {
            subset: Subset::FD001,
            origin: Origin::Nasa,
            name: None,
            sensors: Sensors::cmapss(),
            labels: None,
            notes: Vec::new(),
            train: engines(&[140, 7, 10, 12, 33, 21]),
            test: engines(&[4, 30]),
            test_rul: vec![124.0, 20.0],
        }
    }

    fn config(stride: usize, validation_share: f32) -> DataConfig {
        DataConfig { window: 10, stride, validation_share, ..DataConfig::default() }
    }

    #[test]
    fn labels_count_down_to_failure_and_are_capped() {
        let prepared = prepare(&dataset(), &config(1, 0.0), 1).unwrap();
        let labels = &prepared.train.engines[0].rul_cycles;
        assert_eq!((labels[0], labels[14], labels[15], labels[139]), (125.0, 125.0, 124.0, 0.0));
        assert_eq!(prepared.test.engines[0].rul_cycles, [125.0, 125.0, 125.0, 124.0]);
        assert_eq!(prepared.test.windows, [Window { engine: 0, end: 3 }, Window { engine: 1, end: 29 }]);
        assert_eq!((prepared.test.rul_cycles(0), prepared.test.rul_cycles(1)), (124.0, 20.0));
    }

    #[test]
    fn the_last_cycle_of_each_engine_ends_a_window() {
        for stride in 1..8 {
            let split = prepare(&dataset(), &config(stride, 0.0), 1).unwrap().train;
            for (engine, series) in (0..).zip(&split.engines) {
                let cycles = series.rul_cycles.len();
                let ends: Vec<_> =
                    split.windows.iter().filter(|w| w.engine == engine).map(|w| w.end as usize).collect();
                assert_eq!(ends.last(), Some(&(cycles - 1)));
                assert!(ends.windows(2).all(|pair| pair[1] - pair[0] == stride));
                assert!(cycles < 10 || (9..9 + stride).contains(&ends[0]), "first end {} at stride {stride}", ends[0]);
            }
        }
        let counts = |stride| prepare(&dataset(), &config(stride, 0.0), 1).unwrap().train.windows.len();
        assert_eq!(counts(1), 131 + 1 + 1 + 3 + 24 + 12);
        assert_eq!(counts(1), dataset().summary(&config(1, 0.0)).train_windows);
        assert_eq!(counts(1000), 6);
    }

    #[test]
    fn scales_on_training_engines_alone() {
        let mut data = dataset();
        data.test[0].rows.iter_mut().next().unwrap()[SETTINGS + 1] = 1e6;
        let config = config(1, 0.34);
        let prepared = prepare(&data, &config, 3).unwrap();
        assert_eq!((prepared.train.engines.len(), prepared.validation.engines.len()), (4, 2));
        let feature = |index: usize| -> Vec<f64> {
            let values = prepared.train.engines.iter().flat_map(|series| series.values.chunks(14));
            values.map(|row| f64::from(row[index])).collect()
        };
        for index in [0, 1] {
            let values = feature(index);
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
            assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-5, "{mean} {variance}");
        }
        // 0.1 has no exact mean: constant columns must still be exactly zero.
        assert!(feature(5).iter().all(|value| *value == 0.0));
        assert_eq!(prepare(&data, &config, 3).unwrap(), prepared);
        assert!((0..20).any(|seed| prepare(&data, &config, seed).unwrap().validation != prepared.validation));
    }

    #[test]
    fn scales_each_regime_by_itself() {
        let mut data = dataset();
        data.subset = Subset::FD002;
        for engine in &mut data.train {
            for (index, row) in engine.rows.iter_mut().enumerate().filter(|(index, _)| index % 2 == 0) {
                row[..SETTINGS].copy_from_slice(&[20.003, 0.7005, 100.0]);
                (row[SETTINGS + 1], row[SETTINGS + 3]) = (1000.0 + index as f32, 7.0);
            }
        }
        let config = DataConfig { subset: Subset::FD002, ..config(1, 0.0) };
        let prepared = prepare(&data, &config, 1).unwrap();
        let rows: Vec<_> = prepared.train.engines.iter().flat_map(|series| series.values.chunks(14)).collect();
        assert!(rows.iter().all(|row| row[0].abs() < 5.0 && row[2] == 0.0));
    }

    #[test]
    fn per_regime_leaves_wear_and_global_leaves_the_regime() {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD002).unwrap(), 40, 5, 2).unwrap();
        let features = |scaling| {
            let config = DataConfig { subset: Subset::FD002, validation_share: 0.0, scaling, ..DataConfig::default() };
            prepare(&data, &config, 1).unwrap().train
        };
        // How much of a sensor's variance lies between the regimes.
        let between = |split: &Split, feature: usize| {
            let mut groups = [(0.0_f64, 0.0_f64); 6];
            let mut square = 0.0;
            for (series, engine) in split.engines.iter().zip(&data.train) {
                for (values, row) in series.values.chunks(split.features).zip(&engine.rows) {
                    let value = f64::from(values[feature]);
                    let group = &mut groups[regime(Subset::FD002, &row)];
                    *group = (group.0 + value, group.1 + 1.0);
                    square += value * value;
                }
            }
            assert!(groups.iter().all(|group| group.1 > 500.0), "all regimes are flown");
            groups.iter().map(|(sum, count)| sum * sum / count).sum::<f64>() / square
        };
        let (by_regime, over_all) = (features(Scaling::PerRegime), features(Scaling::Global));
        for feature in 0..USED_SENSORS.len() {
            assert!(between(&by_regime, feature) < 1e-6);
            // The corrected speeds (sensors 13 and 14) differ at part throttle alone.
            assert!(between(&over_all, feature) > 0.85, "{feature}: {}", between(&over_all, feature));
        }
        let one = DataConfig { subset: Subset::FD001, ..DataConfig::default() };
        let fd001 = emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), 5, 5, 2).unwrap();
        let global = DataConfig { scaling: Scaling::Global, ..one.clone() };
        assert_eq!(prepare(&fd001, &one, 1).unwrap(), prepare(&fd001, &global, 1).unwrap());
    }

    #[test]
    fn a_share_holds_out_at_least_one_engine_and_leaves_one() {
        let count = |engines, share| held_out(engines, share, 5).into_iter().filter(|held| *held).count();
        assert_eq!((count(100, 0.1), count(100, 0.0), count(3, 0.1), count(1, 0.5), count(2, 0.5)), (10, 0, 1, 0, 1));
    }

    #[test]
    fn refuses_settings_out_of_range() {
        let message = |config: DataConfig| prepare(&dataset(), &config, 1).unwrap_err().to_string();
        assert_eq!(message(config(0, 0.0)), "`stride` should be in [1, 1000], found 0");
        assert_eq!(message(config(1, f32::NAN)), "`validation` should be in [0, 0.5], found NaN");
        assert_eq!(message(DataConfig { window: 101, ..config(1, 0.0) }), "`window` should be in [5, 100], found 101");
        assert!(message(DataConfig { subset: Subset::FD003, ..config(1, 0.0) }).contains("FD001 where FD003"));
        let mut data = dataset();
        data.train[2].rows.truncate(0);
        let error = prepare(&data, &config(1, 0.0), 1).unwrap_err();
        assert_eq!(error.to_string(), "FD001 train: expected at least one row an engine, found none in engine 3");
    }
}
