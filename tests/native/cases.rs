//! Files as people have them (`tests/cases/`): what is read gives the engines of `a01_plain`, to the digit, and says what
//! was assumed; what is refused says what it is, where, and what to do.

use std::path::{Path, PathBuf};

use lambdascope::data::{
    DataConfig, Dataset, NamedFile, Origin, Subset, describe, pack, prepare, read_files, read_path, unpack,
};

/// What is right for a case.
enum Right {
    /// The engines of `a01_plain`, and these sentences.
    Plain(&'static [&'static str]),
    /// Other engines, and these sentences.
    Other(&'static [&'static str]),
    /// A refusal that ends so.
    Refused(&'static str),
}

use Right::{Other, Plain, Refused};

const SHORT: &str = "(the longest has";

/// The cases, in order.
const CASES: [(&str, Right); 25] = [
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
];

fn folder(case: &str) -> PathBuf {
    Path::new("tests/cases").join(case)
}

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

#[test]
fn every_case_is_read_to_the_digit_or_refused_in_a_sentence() {
    let plain = read_path(&folder("a01_plain"), Subset::FD001).unwrap();
    let mut wrong = Vec::new();
    for (case, right) in CASES {
        let from_folder = read_path(&folder(case), Subset::FD001);
        let from_page = read_files(&dropped(&folder(case)));
        let (dataset, page) = match (from_folder, from_page, &right) {
            (Err(folder), Err(page), Refused(sentence)) => {
                if !folder.to_string().ends_with(sentence) || page.to_string() != *sentence {
                    wrong.push(format!("{case}: refused with\n  {folder}\n  {page}"));
                }
                continue;
            }
            (Ok(dataset), Ok(page), Plain(_) | Other(_)) => (dataset, page),
            (folder, page, _) => {
                let folder = folder.map(|dataset| dataset.notes);
                wrong.push(format!("{case}: {folder:?}\n  {:?}", page.map(|read| read.datasets.len())));
                continue;
            }
        };
        let (sentences, is_plain) = match right {
            Plain(sentences) => (sentences, true),
            Other(sentences) => (sentences, false),
            Refused(_) => continue,
        };
        if dataset.notes != sentences {
            wrong.push(format!("{case}: said {:#?}", dataset.notes));
        }
        assert_eq!(page.datasets[0], dataset, "{case}: a folder and a drop of its files are read alike");
        assert_eq!(same_engines(&dataset, &plain), is_plain, "{case}");
        assert_eq!((dataset.origin, dataset.title().as_str()), (Origin::Own, "your files, in C-MAPSS form (FD001)"));
        assert_eq!(unpack(&pack(&dataset).unwrap()).unwrap(), dataset, "{case}: packs keep what was said");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_case_without_a_window_is_said_to_be_well() {
    let data = read_path(&folder("b02_all_shorter_than_window"), Subset::FD001).unwrap();
    assert!(data.notes.iter().any(|note| note.contains(SHORT)));
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
    let files = dropped(&folder("b01_one_train_engine_short_tests"));
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
