//! Tests on NASA's files, which are not part of the repository: they run where `CMAPSS_DIR` names their folder.

use std::path::PathBuf;

use lambdascope::data::{DataConfig, DataError, Dataset, Subset, pack, prepare, read_folder, unpack};

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
    let rows = |engines: &[lambdascope::data::Engine]| engines.iter().map(|engine| engine.rows.len()).sum::<usize>();
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
