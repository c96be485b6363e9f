//! Tests on NASA's files, which are not part of the repository: they run where `CMAPSS_DIR` names their folder.

use std::path::PathBuf;

use lambdascope::data::{
    DataConfig, DataError, Dataset, EmulatorParameters, Engine, Row, Subset, USED_SENSORS, describe, emulate, fit,
    pack, prepare, read_folder, unpack,
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
fn a_missing_file_is_named() {
    let Some(folder) = folder() else { return };
    if folder.join("train_FD003.txt").exists() {
        println!("skipped: FD003 is complete here");
        return;
    }
    let error: DataError = read_folder(&folder, Subset::FD003).expect_err("FD003 lacks its training file");
    assert!(error.to_string().contains("train_FD003.txt"), "{error}");
}

#[test]
fn fd001_packs_exactly_and_small() {
    let Some(data) = fd001() else { return };
    let packed = pack(&data).expect("FD001 can be packed");
    println!("FD001 packed: {} bytes", packed.len());
    assert_eq!(unpack(&packed).expect("a pack can be unpacked"), data);
    // The text has 5.7 MB; the noise alone carries about 120 bits a row, 506 kB.
    assert!(packed.len() < 540_000, "{} bytes", packed.len());
}

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

/// Mean and deviation of a column, over what `rows` chooses of each engine.
fn mean_and_deviation(engines: &[Engine], column: usize, rows: fn(&[Row]) -> &[Row]) -> (f64, f64) {
    let values = || engines.iter().flat_map(|engine| rows(&engine.rows)).map(|row| f64::from(row.columns()[column]));
    let mean = values().sum::<f64>() / values().count() as f64;
    (mean, (values().map(|value| (value - mean).powi(2)).sum::<f64>() / values().count() as f64).sqrt())
}

/// A part of a life.
type Phase = fn(&[Row]) -> &[Row];

#[test]
fn emulated_engines_resemble_nasas() {
    let Some(real) = fd001() else { return };
    let parameters = EmulatorParameters::bundled(Subset::FD001).expect("FD001 has an emulator");
    let emulated = emulate(&parameters, 400, 100, 1).expect("engines can be emulated");
    let phases: [(&str, Phase); 3] =
        [("life", |rows| rows), ("first 30", |rows| &rows[..30]), ("last 30", |rows| &rows[rows.len() - 30..])];
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
