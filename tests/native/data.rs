//! Tests on NASA's files, which are not part of the repository: they run where `CMAPSS_DIR` names their folder.

use std::path::PathBuf;

use lambdascope::data::{
    DataConfig, Dataset, DatasetFile, EmulatorParameters, Engine, FileRole, Fingerprint, NASAS, Origin, Rows, Subset,
    USED_SENSORS, describe, emulate, fit, pack, parse_engines, parse_rul, prepare, read_folder, regime, unpack,
};

/// The folder of the files, or `None` after saying that the test is skipped.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CMAPSS_DIR").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: CMAPSS_DIR is not set, NASA's files are not at hand");
    }
    folder
}

fn fd001() -> Option<Dataset> {
    folder().map(|folder| read_folder(&folder, Subset::FD001).expect("FD001 can be read"))
}

#[test]
fn fd001_has_the_published_shape() {
    let Some(data) = fd001() else { return };
    let rows = |engines: &[Engine]| engines.iter().map(|engine| engine.rows.len()).sum::<usize>();
    assert_eq!((data.train.len(), rows(&data.train)), (100, 20_631));
    assert_eq!((data.test.len(), rows(&data.test)), (100, 13_096));
    let lifetimes = || data.train.iter().map(|engine| engine.rows.len());
    assert_eq!((lifetimes().min(), lifetimes().max()), (Some(128), Some(362)));
    let ruls = || data.test_rul.iter().copied();
    assert_eq!((ruls().fold(f32::MAX, f32::min), ruls().fold(0.0, f32::max)), (7.0, 145.0));
}

#[test]
fn fd001_is_cut_into_the_usual_windows() {
    let Some(data) = fd001() else { return };
    let config = DataConfig { validation_share: 0.0, ..DataConfig::default() };
    let prepared = prepare(&data, &config, 1).expect("FD001 can be prepared");
    assert_eq!((prepared.train.windows.len(), prepared.validation.windows.len()), (17_731, 0));
    assert_eq!(prepared.test.windows.len(), 100);
    assert_eq!(data.summary(&config).train_windows, 17_731);
    assert!(prepared.train.engines.iter().flat_map(|series| &series.values).all(|value| value.abs() < 10.0));
}

#[test]
fn nasas_files_are_known_by_their_values() {
    let Some(folder) = folder() else { return };
    let mut wrong = Vec::new();
    for (file, known) in NASAS {
        let bytes = std::fs::read(folder.join(file.to_string())).expect("all twelve files are there");
        let found = match file.role {
            FileRole::Rul => Fingerprint::of_rul(&parse_rul("RUL", &bytes).expect("RULs can be read")),
            _ => Fingerprint::of_engines(&parse_engines("engines", &bytes).expect("engines can be read")),
        };
        if found != known || found.file() != Some(file) {
            wrong.push(format!("{file}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_four_subsets_are_read_packed_described_and_trained_on() {
    let Some(folder) = folder() else { return };
    for subset in Subset::ALL {
        let begun = std::time::Instant::now();
        let data = read_folder(&folder, subset).expect("the subset can be read");
        println!("{subset} read in {:?}", begun.elapsed());
        assert_eq!((data.origin, data.notes.len()), (Origin::Nasa, 0), "{:?}", data.notes);
        let packed = pack(&data).expect("it can be packed");
        assert!(unpack(&packed).expect("a pack can be unpacked") == data, "a pack is exact");
        for (engines, role) in [(&data.train, FileRole::Train), (&data.test, FileRole::Test)] {
            let text =
                std::fs::metadata(folder.join(DatasetFile { subset, role }.to_string())).expect("it is there").len();
            let alone = Dataset {
                train: engines.clone(),
                test: engines.clone(),
                test_rul: vec![0.0; engines.len()],
                ..data.clone()
            };
            // Twice the engines in twice the bytes, or fewer.
            let share = pack(&alone).expect("it can be packed").len() as f64 / 2.0 / text as f64;
            println!("{subset} {role:?}: {:.1} % of its text", 100.0 * share);
            assert!(share <= 0.12, "{share}");
        }
        let config = DataConfig { subset, stride: 25, ..DataConfig::default() };
        let described = describe(&data, &config).expect("it can be described");
        let (train, test) = subset.engines();
        assert_eq!((described.train.engines, described.test.engines), (train, test));
        let mut flown = vec![0; subset.regimes()];
        data.train.iter().flat_map(|engine| &engine.rows).for_each(|row| flown[regime(subset, &row)] += 1);
        assert!(flown.iter().all(|rows| 10 * rows > described.train.rows), "{flown:?}");
        trains(config, data);
    }
}

/// One epoch lowers the error.
#[cfg(feature = "train")]
fn trains(config: DataConfig, data: Dataset) {
    use lambdascope::session::{Command, Event, Phase, RunConfig, Session};

    let mut catalog = lambdascope::data::Catalog::default();
    catalog.insert(data);
    let mut session = Session::new(lambdascope::train::Device::Cpu, catalog);
    let encoder = lambdascope::model::EncoderConfig::Cnn { hidden: 8, kernel: 3 };
    let config = RunConfig { data: config, encoder, batch_size: 32, epochs: 1, ..RunConfig::default() };
    let mut events = pollster::block_on(session.apply(Command::Start { config }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    while session.phase() == Phase::Training {
        events.extend(pollster::block_on(session.advance()));
    }
    let errors = events.iter().filter_map(|event| match event {
        Event::Evaluated { evaluation } => Some(evaluation.test[0].rmse_cycles),
        _ => None,
    });
    let errors: Vec<f32> = errors.collect();
    assert!(errors.len() > 1 && errors[errors.len() - 1] < 0.8 * errors[0], "{errors:?}");
}

#[cfg(not(feature = "train"))]
fn trains(_: DataConfig, _: Dataset) {}

#[test]
fn fd001_is_described() {
    let Some(data) = fd001() else { return };
    let described = describe(&data, &DataConfig::default()).expect("FD001 can be described");
    // Every engine has at least 99 windows, so the last 81 cycles of each are all seen.
    assert_eq!(described.train_windows.classes[1..], [100 * 50, 100 * 31]);
    assert!((described.train.cycles.mean - 206.31).abs() < 0.01);
}

#[test]
fn the_bundled_parameters_are_those_measured_here() {
    let Some(data) = fd001() else { return };
    let measured = fit(&data).expect("FD001 can be measured").to_text();
    let bundled = EmulatorParameters::bundled(Subset::FD001).expect("FD001 has an emulator").to_text();
    for (measured, bundled) in measured.lines().zip(bundled.lines()) {
        for (measured, bundled) in measured.split(' ').zip(bundled.split(' ')) {
            let close = match (measured.parse::<f64>(), bundled.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() <= 1e-4 * (a.abs() + b.abs()) + 1e-6,
                _ => measured == bundled,
            };
            assert!(close, "measured {measured}, bundled {bundled}");
        }
    }
}

/// Mean and deviation of a column, over the part of each life that `cycles` chooses: from a cycle to another.
fn mean_and_deviation(engines: &[Engine], column: usize, cycles: Phase) -> (f64, f64) {
    let values = || {
        engines.iter().flat_map(|engine| {
            let (from, to) = cycles(&engine.rows);
            engine.rows.iter().skip(from).take(to - from).map(|row| f64::from(row.value(column)))
        })
    };
    let mean = values().sum::<f64>() / values().count() as f64;
    (mean, (values().map(|value| (value - mean).powi(2)).sum::<f64>() / values().count() as f64).sqrt())
}

/// A part of a life.
type Phase = fn(&Rows) -> (usize, usize);

#[test]
fn emulated_engines_resemble_nasas() {
    let Some(real) = fd001() else { return };
    let parameters = EmulatorParameters::bundled(Subset::FD001).expect("FD001 has an emulator");
    let emulated = emulate(&parameters, 400, 100, 1).expect("engines can be emulated");
    let phases: [(&str, Phase); 3] = [
        ("life", |rows| (0, rows.len())),
        ("first 30", |_| (0, 30)),
        ("last 30", |rows| (rows.len() - 30, rows.len())),
    ];
    for (phase, rows) in phases {
        for sensor in USED_SENSORS {
            let (mean, deviation) = mean_and_deviation(&real.train, sensor + 2, rows);
            let (emulated_mean, emulated_deviation) = mean_and_deviation(&emulated.train, sensor + 2, rows);
            let shift = (emulated_mean - mean) / deviation;
            let ratio = emulated_deviation / deviation;
            println!("sensor {sensor}, {phase}: shifted by {shift:.2} deviations, deviation × {ratio:.2}");
            // A hundred engines determine the mean of a trait to a tenth of its deviation.
            assert!(shift.abs() < 0.25 && (0.8..1.25).contains(&ratio), "sensor {sensor}, {phase}: {shift} {ratio}");
        }
    }
}
