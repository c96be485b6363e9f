//! Where a data set comes from, by its values, and what is unusual about it.

use super::{
    DataError, Dataset, DatasetFile, Engine, FileRole, Fingerprint, MIN_WINDOW, Manner, Origin, Report, Subset,
    USUAL_WINDOW, flown_set_points,
};

/// The files of NASA's that have the values of the three parts.
fn nasas(dataset: &Dataset) -> [Option<DatasetFile>; 3] {
    [
        Fingerprint::of_engines(&dataset.train).file(),
        Fingerprint::of_engines(&dataset.test).file(),
        Fingerprint::of_rul(&dataset.test_rul).file(),
    ]
}

fn expected(subset: Subset) -> [Option<DatasetFile>; 3] {
    FileRole::ALL.map(|role| Some(DatasetFile { subset, role }))
}

/// Whether the values of all three parts are those of NASA's files of the subset.
pub fn is_nasas(dataset: &Dataset) -> bool {
    nasas(dataset) == expected(dataset.subset)
}

/// NASA's where the values of all three files are; otherwise what of it is NASA's is noticed.
pub fn provenance(dataset: &mut Dataset, files: [&str; 3], report: &mut Report) {
    let (found, expected) = (nasas(dataset), expected(dataset.subset));
    if found == expected {
        dataset.origin = Origin::Nasa;
        return;
    }
    for ((found, expected), file) in found.into_iter().zip(expected).zip(files) {
        let Some(is) = found else { continue };
        let manner = if Some(is) == expected { Manner::IsNasas } else { Manner::HoldsNasas { name: is.to_string() } };
        report.add(file, [manner]);
    }
}

/// What a person should know of their own files, before they train on them.
pub fn look_at(dataset: &Dataset, train: &str, report: &mut Report) -> Result<(), DataError> {
    let (found, regimes) = (flown_set_points(&dataset.train), dataset.subset.regimes());
    if found > 1 && regimes == 1 || found == 1 && regimes > 1 {
        report.add(train, [Manner::SetPoints { found, regimes }]);
    }
    let lengths = || dataset.train.iter().map(|engine| engine.rows.len());
    let longest = lengths().max().unwrap_or_default();
    if longest < MIN_WINDOW {
        let part = format!("{} train", dataset.subset);
        let found = format!("{longest} cycles in the longest");
        return Err(DataError::Invalid {
            part,
            expected: "an engine of at least 5 cycles, the shortest window",
            found,
        });
    }
    note_short(&dataset.train, train, report);
    Ok(())
}

/// Engines that are shorter than the usual window.
pub fn note_short(train: &[Engine], file: &str, report: &mut Report) {
    let lengths = || train.iter().map(|engine| engine.rows.len());
    let engines = lengths().filter(|length| *length < USUAL_WINDOW).count();
    if engines > 0 {
        let longest = lengths().max().unwrap_or_default();
        report.add(file, [Manner::Short { engines, of: train.len(), window: USUAL_WINDOW, longest }]);
    }
}
