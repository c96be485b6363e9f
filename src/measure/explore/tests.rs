use super::*;
use crate::data::{
    Dataset, EmulatorParameters, LabelCounts, SET_POINTS, Split, Subset, describe, emulate, prepare, read_folder,
};

fn emulated(subset: Subset, engines: usize) -> Dataset {
    emulate(&EmulatorParameters::bundled(subset).unwrap(), engines, 9, 1).unwrap()
}

/// The emulator's FD001 and FD002, and NASA's FD001 where it is at hand.
fn datasets() -> Vec<Dataset> {
    let mut datasets = vec![emulated(Subset::FD001, 24), emulated(Subset::FD002, 24)];
    match std::env::var_os("CMAPSS_DIR") {
        Some(folder) => datasets.push(read_folder(std::path::Path::new(&folder), Subset::FD001).unwrap()),
        None => println!("without NASA's FD001: CMAPSS_DIR is not set"),
    }
    datasets
}

fn config(subset: Subset, stride: usize) -> DataConfig {
    DataConfig { subset, stride, ..DataConfig::default() }
}

fn labels(split: &Split) -> Vec<f32> {
    (0..).take(split.windows.len()).map(|window| split.rul_cycles(window)).collect()
}

#[test]
fn labels_and_entropies_are_those_of_the_windows_that_are_trained_on() {
    for data in datasets() {
        let config = config(data.subset, 3);
        let fleet = Fleet::of(&data, &config, 5, None);
        let prepared = prepare(&data, &config, 5).unwrap();
        for (figures, split) in fleet.splits.iter().zip([&prepared.train, &prepared.validation, &prepared.test]) {
            let labels = labels(split);
            assert_eq!(figures.engines as usize, split.engines.len());
            assert_eq!(figures.labels, LabelCounts::of(&labels, &config.labels));
            assert_eq!(figures.labels.rul_bins[12] as usize, labels.iter().filter(|rul| **rul >= 120.0).count());
            assert_eq!(figures.entropy, figures.labels.entropy());
        }
        // The command line counts training and validation together.
        let described = describe(&data, &config).unwrap();
        let [training, validation, test] = &fleet.splits;
        assert_eq!(training.labels.windows + validation.labels.windows, described.train_windows.windows);
        assert_eq!(test.labels, described.test_windows);
    }
}

#[test]
fn lifetimes_are_the_rows_of_the_engines() {
    for data in datasets() {
        let fleet = Fleet::of(&data, &config(data.subset, 1), 1, None);
        let expected: Vec<u32> = data.train.iter().map(|engine| engine.rows.len() as u32).collect();
        assert_eq!(fleet.lifetimes().collect::<Vec<_>>(), expected);
        let rul: Vec<f32> = fleet.engines[data.train.len()..].iter().map(|engine| engine.rul_cycles).collect();
        assert_eq!(rul, data.test_rul);
        if (data.subset, data.origin) == (Subset::FD001, Origin::Nasa) {
            assert_eq!((expected.iter().min(), expected.iter().max()), (Some(&128), Some(&362)));
            assert_eq!(expected.iter().sum::<u32>(), 20_631);
        }
    }
}

#[test]
fn each_flight_is_in_the_regime_of_the_nearest_set_point() {
    for data in datasets() {
        let fleet = Fleet::of(&data, &config(data.subset, 1), 1, None);
        assert!((300..=600).contains(&fleet.flights.len()), "{}", fleet.flights.len());
        let rows: usize = data.train.iter().map(|engine| engine.rows.len()).sum();
        assert_eq!(fleet.regimes.iter().map(|regime| regime.cycles as usize).sum::<usize>(), rows);
        assert_eq!(fleet.regimes.len(), data.subset.regimes());
        let distance = |settings: &[f32; 3], point: &[f32; 3]| {
            (0..3).map(|i| ((settings[i] - point[i]) / [42.0, 0.84, 40.0][i]).powi(2)).sum::<f32>()
        };
        for flight in &fleet.flights {
            let nearest = (0..SET_POINTS.len()).min_by(|a, b| {
                distance(&flight.settings, &SET_POINTS[*a]).total_cmp(&distance(&flight.settings, &SET_POINTS[*b]))
            });
            assert_eq!(nearest, Some(flight.regime), "{flight:?}");
        }
        let strays = fleet.regimes.iter().map(|regime| regime.stray);
        assert!(strays.clone().all(|[altitude, mach, _]| altitude < 0.02 && mach < 0.0025), "{strays:?}");
    }
}

#[test]
fn an_engine_is_shown_as_the_model_sees_it() {
    for data in datasets() {
        for scaling in Scaling::ALL {
            let config = DataConfig { scaling, ..config(data.subset, 1) };
            let fleet = Fleet::of(&data, &config, 3, None);
            let prepared = prepare(&data, &config, 3).unwrap();
            let scale = fleet.scale(SensorView::seen_with(scaling));
            let mut next = [0; 3];
            for entry in &fleet.engines {
                let test = entry.split == SplitKind::Test;
                let engine = EngineRecord::of(&data, &config, 3, test, entry.unit).unwrap();
                assert_eq!((engine.split, engine.cycles()), (entry.split, entry.cycles as usize));
                let (split, next) = match entry.split {
                    SplitKind::Training => (&prepared.train, &mut next[0]),
                    SplitKind::Validation => (&prepared.validation, &mut next[1]),
                    SplitKind::Test => (&prepared.test, &mut next[2]),
                };
                let series = &split.engines[*next];
                *next += 1;
                for feature in 0..data.sensors.used().len() {
                    let seen: Vec<f32> = series.values.chunks(14).map(|row| row[feature]).collect();
                    assert_eq!(engine.values(feature, scale), seen);
                }
                let labels: Vec<f32> = (1..=engine.cycles()).map(|cycle| engine.label(cycle).rul_cycles).collect();
                assert_eq!(labels, series.rul_cycles);
            }
        }
    }
}

#[test]
fn a_window_ends_with_its_cycle_and_stays_within_the_record() {
    let data = emulated(Subset::FD001, 2);
    let engine = EngineRecord::of(&data, &DataConfig::default(), 1, false, 1).unwrap();
    assert_eq!([12, 30, 31, 150].map(|cycle| engine.window(cycle, 30)), [(1, 12), (1, 30), (2, 31), (121, 150)]);
    let last = engine.label(engine.cycles());
    assert_eq!((last.left_cycles, last.rul_cycles, last.class), (0.0, 0.0, 2));
    assert_eq!(engine.label(1).rul_cycles, 125.0);
    assert_eq!(engine.values(6, None)[3], data.train[0].rows.get(3).unwrap().sensors[10]);
    let error = EngineRecord::of(&data, &DataConfig::default(), 1, true, 10).unwrap_err();
    assert_eq!(error.to_string(), "`unit` should be the number of an engine in its file, found 10");
}

#[test]
fn regimes_dominate_a_sensor_until_they_are_scaled_away() {
    let data = emulated(Subset::FD002, 24);
    let config = DataConfig { validation_share: 0.0, ..config(Subset::FD002, 1) };
    let fleet = Fleet::of(&data, &config, 1, None);
    assert!(fleet.between_regimes.iter().all(|share| (0.85..=1.0).contains(share)), "{:?}", fleet.between_regimes);
    // The static pressure at the compressor's outlet rises with wear: to be seen within the regimes only.
    let rise = |view: SensorView| {
        let bins = fleet.profile(view).of_feature(6);
        f64::from(bins[0].mean - bins[PROFILE_BINS - 1].mean) / f64::from(bins[0].deviation)
    };
    assert!(rise(SensorView::PerRegime) > 2.0, "{}", rise(SensorView::PerRegime));
    assert!(rise(SensorView::Global).abs() < 0.3, "{}", rise(SensorView::Global));
    let one = Fleet::of(&emulated(Subset::FD001, 5), &DataConfig::default(), 1, None);
    assert!(one.between_regimes.iter().all(|share| *share == 0.0));
}

#[test]
fn profiles_are_means_and_deviations_by_the_cycles_left() {
    let data = emulated(Subset::FD001, 12);
    let profile = Fleet::of(&data, &DataConfig::default(), 1, None).profiles[0].clone();
    let values: Vec<f64> = data
        .train
        .iter()
        .flat_map(|engine| engine.rows.iter().skip(engine.rows.len() - 10).take(5))
        .map(|row| row.sensors[10].into())
        .collect();
    let mean = values.iter().sum::<f64>() / 60.0;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 60.0;
    let found = profile.of_feature(6)[1];
    assert_eq!(found.count, 60);
    assert!((f64::from(found.mean) - mean).abs() < 1e-4 && (f64::from(found.deviation) - variance.sqrt()).abs() < 1e-4);
}

#[test]
fn the_overlay_is_there_where_both_are_at_hand_and_not_else() {
    let mut catalog = Catalog::default();
    let ask = |catalog: &mut Catalog, about, origin| {
        let data = DataConfig { origin, ..DataConfig::default() };
        answer(catalog, &Question { data, seed: 1, about })
    };
    let overlay = About::Fleet { overlay: true };
    let Answer::Fleet { other, both_at_hand, .. } = ask(&mut catalog, overlay, None) else { unreachable!() };
    assert_eq!((other, both_at_hand), (None, false));
    let Answer::Refused { message } = ask(&mut catalog, overlay, Some(Origin::Nasa)) else { unreachable!() };
    assert!(message.contains("FD001"), "{message}");

    let mut nasa = emulated(Subset::FD001, 20);
    nasa.origin = Origin::Nasa;
    catalog.insert(nasa);
    for origin in [None, Some(Origin::Emulated)] {
        let Answer::Fleet { fleet, other, both_at_hand } = ask(&mut catalog, overlay, origin) else { unreachable!() };
        let other = other.unwrap();
        assert!(both_at_hand && fleet.summary.origin != other.summary.origin);
        assert_eq!(fleet.summary.origin, origin.unwrap_or(Origin::Nasa));
        // The first one's own scale makes its mean 0; the other one's is looked at with it.
        assert_ne!(fleet.scales, other.scales);
    }
    let about = About::Fleet { overlay: false };
    assert!(matches!(ask(&mut catalog, about, None), Answer::Fleet { other: None, both_at_hand: true, .. }));
}
