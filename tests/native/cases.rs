//! Files as people have them: what is read gives the engines of `a01_plain`, to the digit, and says what was assumed; what
//! is refused says what it is, where, and what to do.
//!
//! The files are written from an invented fleet ([`written`]); where `LAMBDASCOPE_CASES` names a folder of cases, those
//! in it that have a row here are held to the same.

mod written;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lambdascope::data::{
    DataConfig, Dataset, NamedFile, Origin, Subset, describe, pack, prepare, read_files, read_path, unpack,
};

/// What is right for a case.
enum Right {
    /// The engines of `a01_plain`, and these sentences.
    Plain(&'static [&'static str]),
    /// Other engines, and these sentences.
    Other(&'static [&'static str]),
    /// A refusal in this sentence, or one that begins so and goes on where it ends with `…`.
    Refused(&'static str),
}

use Right::{Other, Plain, Refused};

/// The cases, in order.
const CASES: &[(&str, Right)] = &[
    ("a01_plain", Plain(&[])),
    (
        "a03_csv_header",
        Plain(&[
            "train_FD001.csv and test_FD001.csv: columns separated by commas.",
            "train_FD001.csv, test_FD001.csv and RUL_FD001.csv: header skipped.",
        ]),
    ),
    (
        "a05_semicolon_decimalcomma",
        Plain(&[
            "train_FD001.csv and test_FD001.csv: columns separated by semicolons, with decimal commas.",
            "train_FD001.csv, test_FD001.csv and RUL_FD001.csv: header skipped.",
        ]),
    ),
    (
        "a07_index_column",
        Plain(&[
            "train_FD001.csv, test_FD001.csv and RUL_FD001.csv: columns separated by commas.",
            "train_FD001.csv, test_FD001.csv and RUL_FD001.csv: header skipped.",
            "train_FD001.csv and test_FD001.csv: column 1 counts the rows and is left out.",
            "RUL_FD001.csv: RULs are matched to the test engines by position, in the order of their unit numbers.",
        ]),
    ),
    ("a08_rul_as_27th_column", Plain(&["train_FD001.txt: column 27 is left out, agrees with the labels."])),
    ("a10_rul_header_only", Plain(&["RUL_FD001.txt: header skipped."])),
    (
        "a11b_rul_csv_trailing_empty_columns",
        Plain(&[
            "RUL_FD001.txt: columns separated by commas.",
            "RUL_FD001.txt: header skipped.",
            "RUL_FD001.txt: 25 empty columns are left out.",
        ]),
    ),
    ("a12_utf16", Plain(&["train_FD001.txt, test_FD001.txt and RUL_FD001.txt: read as UTF-16."])),
    ("a14_kaggle_zip", Plain(&[])),
    ("a15_nasa_unpacked_once", Plain(&[])),
    ("a17_files_one_folder_down", Plain(&[])),
    ("a18_gz", Plain(&[])),
    ("a19_tar_gz", Plain(&[])),
    (
        "a22_phm08",
        Refused(
            "train.txt and final_test.txt: these are the PHM 2008 challenge, of which the RULs of the test engines were not \
             published; a RUL file is missing; give one of NASA's subsets FD001 to FD004, or a RUL file with a line for each \
             engine of the test file",
        ),
    ),
    (
        "a23_pm_names",
        Plain(&[
            "PM_train.txt: taken for train_FD001.txt.",
            "PM_test.txt: taken for test_FD001.txt.",
            "PM_truth.txt: taken for RUL_FD001.txt.",
        ]),
    ),
    ("a24_shuffled_rows", Plain(&["train_FD001.txt: rows are sorted by unit and cycle."])),
    (
        "a25_units_from_81",
        Plain(&[
            "train_FD001.txt: units 81 to 88 are renumbered 1 to 8.",
            "test_FD001.txt: units 81 to 86 are renumbered 1 to 6.",
            "RUL_FD001.txt: RULs are matched to the test engines by position, in the order of their unit numbers.",
        ]),
    ),
    (
        "a28_savetxt_floats",
        Plain(&[
            "train_FD001.txt and test_FD001.txt: units and cycles written as decimal numbers are read as whole ones.",
        ]),
    ),
    ("a29_hash_comment", Plain(&["train_FD001.txt and test_FD001.txt: comment lines are skipped."])),
    (
        "a35_copies_zip",
        Plain(&["train_FD001.txt: its name is the exact one; train_FD001_scaled.csv, which differs, is passed over."]),
    ),
    (
        "a37_six_regimes_called_FD001",
        Other(&[
            "train_FD001.txt: its settings are at 6 set points where its name stands for one: sensors are normalized for \
             one, as the name says.",
        ]),
    ),
    ("a41_rul_missing_rows", Refused("RUL_FD001.txt: expected 6 rows, one for each engine of test_FD001.txt, found 5")),
    ("b01_one_train_engine_short_tests", Other(&[])),
    (
        "b02_all_shorter_than_window",
        Other(&[
            "train_FD001.txt: 6 of 6 engines have fewer than 30 cycles, the usual window (the longest has 20): windows repeat their first row.",
        ]),
    ),
    (
        "b12_duplicate_cycle",
        Refused(
            "train_FD001.txt, line 6, column 2 (cycle): expected each cycle of unit 1 once, as in line 5, found \"5\"",
        ),
    ),
    ("c01_utf16_big_endian", Plain(&["train_FD001.txt, test_FD001.txt and RUL_FD001.txt: read as UTF-16."])),
    (
        "c02_carriage_returns",
        Plain(&["train_FD001.txt, test_FD001.txt and RUL_FD001.txt: carriage returns alone end its lines."]),
    ),
    (
        "c03_no_break_blanks",
        Plain(&["train_FD001.txt, test_FD001.txt and RUL_FD001.txt: no-break blanks are taken for blanks."]),
    ),
    (
        "c04_quoted_tabs",
        Plain(&[
            "train_FD001.tsv and test_FD001.tsv: columns separated by tabs.",
            "train_FD001.tsv, test_FD001.tsv and RUL_FD001.tsv: header skipped.",
        ]),
    ),
    (
        "c05_columns_in_another_order",
        Plain(&[
            "train_FD001.csv and test_FD001.csv: columns separated by commas.",
            "train_FD001.csv, test_FD001.csv and RUL_FD001.csv: header skipped.",
            "train_FD001.csv and test_FD001.csv: columns are taken by their names in the header.",
        ]),
    ),
    (
        "c06_rul_by_unit",
        Plain(&[
            "RUL_FD001.txt: columns separated by commas.",
            "RUL_FD001.txt: header skipped.",
            "RUL_FD001.txt: RULs are matched to the test engines by unit number.",
        ]),
    ),
    ("c07_folders_two_down", Plain(&[])),
    ("c08_tar_of_gz", Plain(&[])),
    ("c09_same_bytes_twice", Plain(&[])),
    (
        "c10_cycles_from_zero",
        Plain(&["train_FD001.txt and test_FD001.txt: cycles count from 0 and are numbered from 1."]),
    ),
    (
        "c11_columns_of_nan",
        Plain(&[
            "train_FD001.txt and test_FD001.txt: columns separated by commas.",
            "train_FD001.txt and test_FD001.txt: 2 empty columns are left out.",
        ]),
    ),
    (
        "d01_gap",
        Refused("train_FD001.txt, line 5, column 2 (cycle): expected 5, the next cycle of unit 1, found \"6\""),
    ),
    ("d02_rul_column_disagrees", Refused("train_FD001.txt, line 4, column 27 (RUL): expected …")),
    (
        "d03_seven_z",
        Refused(
            "CMAPSSData.7z: a 7z archive, which is not read; unpack it first, and give the files in it or a zip of them",
        ),
    ),
    (
        "d04_n_cmapss",
        Refused(
            "N-CMAPSS_DS02-006.h5: an HDF5 file, the form of N-CMAPSS, which is not read; write its tables as CSV and give \
             those: the page asks what their columns hold, `lambdascope data import` takes a mapping of them",
        ),
    ),
    (
        "d05_missing_value",
        Refused("train_FD001.txt, line 1, column 6 (sensor 1): expected a finite number, found \"NaN\""),
    ),
    ("d06_two_that_differ", Refused("expected one train_FD001.txt, found two that differ: …")),
    (
        "d07_fewer_columns",
        Refused("train_FD001.txt, line 1: expected 26 columns (unit, cycle, 3 settings, 21 sensors), found 20: …"),
    ),
    (
        "d08_a_web_page",
        Refused("train_FD001.txt: a web page; get the file itself again: this is what came in its place"),
    ),
];

/// The cases, written once for all tests of this program.
pub static WRITTEN: LazyLock<PathBuf> = LazyLock::new(written::all);

/// All files below a folder, as a person drops them on the page.
fn dropped(folder: &Path) -> Vec<NamedFile> {
    let mut files = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files.extend(dropped(&path));
        } else {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files.push(NamedFile { name, bytes: std::fs::read(&path).unwrap() });
        }
    }
    files
}

fn same_engines(found: &Dataset, expected: &Dataset) -> bool {
    found.train == expected.train && found.test == expected.test && found.test_rul == expected.test_rul
}

fn beginning(sentence: &str) -> &str {
    sentence.trim_end_matches('…')
}

/// Whether a refusal of a folder, which begins with the folder, says so.
fn is_said(found: &str, sentence: &str) -> bool {
    if sentence.ends_with('…') { found.contains(beginning(sentence)) } else { found.ends_with(sentence) }
}

/// What is wrong with how a case is read, from a folder and from a drop of its files.
fn wrong(case: &str, folder: &Path, plain: &Dataset, right: &Right) -> Result<(), String> {
    let found = (read_path(folder, Subset::FD001), read_files(&dropped(folder)));
    let (sentences, is_plain) = match right {
        Plain(sentences) => (sentences, true),
        Other(sentences) => (sentences, false),
        Refused(sentence) => {
            return match found {
                (Err(folder), Err(page))
                    if is_said(&folder.to_string(), sentence) && page.to_string().starts_with(beginning(sentence)) =>
                {
                    Ok(())
                }
                (folder, page) => Err(format!(
                    "{case}: not refused so, but\n  {:?}\n  {:?}",
                    folder.map(|data| data.notes).map_err(|error| error.to_string()),
                    page.map(|read| read.datasets.len()).map_err(|error| error.to_string())
                )),
            };
        }
    };
    let dataset = found.0.map_err(|error| format!("{case}: {error}"))?;
    let page = found.1.map_err(|error| format!("{case}: {error}"))?;
    let is = [
        (dataset.notes == *sentences, format!("said {:#?}", dataset.notes)),
        (page.datasets[0] == dataset, "a folder and a drop of its files are not read alike".to_owned()),
        (same_engines(&dataset, plain) == is_plain, "other engines".to_owned()),
        (
            (dataset.origin, dataset.title().as_str()) == (Origin::Own, "your files, in C-MAPSS form (FD001)"),
            format!("called {}", dataset.title()),
        ),
        (unpack(&pack(&dataset).unwrap()).unwrap() == dataset, "the pack has not kept what was said".to_owned()),
    ];
    is.into_iter().find(|(is, _)| !is).map_or(Ok(()), |(_, what)| Err(format!("{case}: {what}")))
}

#[test]
fn every_case_is_read_to_the_digit_or_refused_in_a_sentence() {
    let given = std::env::var_os("LAMBDASCOPE_CASES").map(PathBuf::from);
    for root in [Some(WRITTEN.clone()), given].into_iter().flatten() {
        let plain = read_path(&root.join("a01_plain"), Subset::FD001).unwrap();
        let is_there = |case: &&(&str, Right)| root.join(case.0).is_dir();
        let found: Vec<_> = CASES.iter().filter(is_there).collect();
        assert!(found.len() >= 25, "{} should hold the cases, found {}", root.display(), found.len());
        let wrong: Vec<_> =
            found.iter().filter_map(|(case, right)| wrong(case, &root.join(case), &plain, right).err()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn no_case_without_a_window_is_said_to_be_well() {
    let data = read_path(&WRITTEN.join("b02_all_shorter_than_window"), Subset::FD001).unwrap();
    assert!(data.notes.iter().any(|note| note.contains("(the longest has 20)")));
    let refusal = "your files, in C-MAPSS form (FD001): expected a window of at most as many cycles as the longest training \
                   engine, found a window of 30 where it has 20";
    let config = DataConfig::default();
    assert_eq!(describe(&data, &config).unwrap_err().to_string(), refusal);
    assert_eq!(prepare(&data, &config, 1).unwrap_err().to_string(), refusal);
    let shorter = DataConfig { window: 10, ..config };
    assert!(prepare(&data, &shorter, 1).is_ok());
}

#[cfg(feature = "train")]
#[test]
fn one_training_engine_trains_with_a_smaller_batch_and_says_so() {
    use lambdascope::session::{Command, Event, Phase, RunConfig, Session};
    use lambdascope::train::Device;

    let mut session = Session::new(Device::Cpu, lambdascope::data::Catalog::default());
    let files = dropped(&WRITTEN.join("b01_one_train_engine_short_tests"));
    let told = pollster::block_on(session.apply(Command::LoadFiles { files }));
    assert!(matches!(told.last(), Some(Event::FilesLoaded { .. })), "{told:?}");
    let config = RunConfig {
        encoder: lambdascope::model::EncoderConfig::Cnn { hidden: 6, kernel: 3 },
        batch_size: 512,
        epochs: 1,
        ..RunConfig::default()
    };
    let told = pollster::block_on(session.apply(Command::Start { config }));
    let Some(Event::Started { data, steps_per_epoch, .. }) = told.first() else { panic!("{told:?}") };
    assert_eq!(*steps_per_epoch, 1);
    let said = data.assumptions.join(" ");
    assert!(said.contains("training windows, because there are fewer than 512."), "{said}");
    assert!(said.contains("No engine is held out for validation, because there is one training engine."), "{said}");
    pollster::block_on(session.apply(Command::Play));
    while session.phase() == Phase::Training {
        pollster::block_on(session.advance());
    }
    assert_eq!(session.phase(), Phase::Finished);
}
