//! The cases, written from an invented fleet: a folder each, with the files as programs and people leave them.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "texts of a test, made once")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use lambdascope::data::{Dataset, EmulatorParameters, Subset, emulate, engines_text, rul_text};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A file: its path below the case's folder, and its bytes.
type Written = (String, Vec<u8>);

/// Rows of a file, a string for each value.
type Values = Vec<Vec<String>>;

/// The three files of a fleet as values: training, test, RUL.
struct Fleet([Values; 3]);

/// NASA's names for the three files of FD001.
const NAMES: [&str; 3] = ["train_FD001", "test_FD001", "RUL_FD001"];

/// Write every case into a folder of its own below a new one, and return that.
pub fn all() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lambdascope-cases-{}", std::process::id()));
    for (case, files) in cases() {
        for (path, bytes) in files {
            let path = folder.join(case).join(path);
            fs::create_dir_all(path.parent().unwrap_or(&folder)).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    folder
}

#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn cases() -> Vec<(&'static str, Vec<Written>)> {
    let plain = Fleet::of(&emulated(Subset::FD001, 8, 6));
    let six = Fleet::of(&emulated(Subset::FD002, 8, 6));
    let one = Fleet::of(&emulated(Subset::FD001, 1, 3));
    let mut short = emulated(Subset::FD001, 6, 2);
    short.train.iter_mut().zip(5..).for_each(|(engine, half)| engine.rows.truncate(2 * half));
    short.test.iter_mut().for_each(|engine| engine.rows.truncate(7));
    let short = Fleet::of(&short);
    let texts = plain.files("txt", |_, values| blanks(values));
    let [train, test, rul] = [0, 1, 2].map(|file| texts[file].clone());
    let with = |file: usize, text: String| {
        let mut files = texts.clone();
        files[file].1 = text.into_bytes();
        files
    };
    let train_of = |change: &dyn Fn(&mut Values)| {
        let mut values = plain.0[0].clone();
        change(&mut values);
        with(0, blanks(&values))
    };
    let as_names = |names: [&str; 3]| -> Vec<Written> {
        names.into_iter().zip(&texts).map(|(name, file)| (name.to_owned(), file.1.clone())).collect()
    };
    let in_folder: Vec<Written> =
        texts.iter().map(|(name, bytes)| (format!("CMAPSSData/{name}"), bytes.clone())).collect();
    let rul_lines = |text: &Written| String::from_utf8(text.1.clone()).unwrap();
    let also = |name: &str, content: &[u8], files: &[Written]| -> Vec<Written> {
        let mut all = files.to_vec();
        all.insert(1, (name.to_owned(), content.to_vec()));
        all
    };
    let zip_as = |path: &str, files: &[Written]| vec![(path.to_owned(), zipped(files))];
    vec![
        ("a01_plain", texts.clone()),
        ("a03_csv_header", plain.files("csv", |file, values| header(file, ",", "") + &joined(values, ","))),
        (
            "a05_semicolon_decimalcomma",
            plain.files("csv", |file, values| header(file, ";", "") + &joined(values, ";").replace('.', ",")),
        ),
        (
            "a07_index_column",
            plain.files("csv", |file, values| header(file, ",", ",") + &joined(&indexed(values), ",")),
        ),
        ("a08_rul_as_27th_column", train_of(&|rows| append_rul(rows))),
        ("a10_rul_header_only", with(2, format!("RUL\n{}", rul_lines(&rul)))),
        ("a11b_rul_csv_trailing_empty_columns", {
            let rows = plain.0[2].iter().fold(String::new(), |text, row| text + &row[0] + &",".repeat(25) + "\n");
            with(2, header(0, ",", "") + &rows)
        }),
        ("a12_utf16", texts.iter().map(|(name, bytes)| (name.clone(), utf16(bytes))).collect()),
        (
            "a14_kaggle_zip",
            zip_as(
                "archive.zip",
                &also(
                    "CMaps/x.txt",
                    b"none",
                    &also("__MACOSX/CMaps/._train_FD001.txt", b"\x00\x05\x16\x07", &in_folder),
                ),
            ),
        ),
        ("a15_nasa_unpacked_once", zip_as("6. Turbofan Engine Degradation Simulation Data Set/CMAPSSData.zip", &texts)),
        ("a17_files_one_folder_down", in_folder.clone()),
        ("a18_gz", texts.iter().map(|(name, bytes)| (format!("{name}.gz"), gzipped(bytes))).collect()),
        ("a19_tar_gz", vec![("cmapss.tar.gz".into(), gzipped(&tarred(&in_folder)))]),
        (
            "a22_phm08",
            ["train.txt", "test.txt", "final_test.txt"]
                .iter()
                .zip([0, 1, 1])
                .map(|(name, file)| ((*name).into(), blanks(&six.0[file]).into_bytes()))
                .collect(),
        ),
        ("a23_pm_names", as_names(["PM_train.txt", "PM_test.txt", "PM_truth.txt"])),
        ("a24_shuffled_rows", train_of(&|rows| rows.sort_by_key(|row| crc32fast::hash(row.join(" ").as_bytes())))),
        (
            "a25_units_from_81",
            plain.files("txt", |file, values| {
                let mut values = values.clone();
                let from_81 = |unit: &str| (unit.parse::<u32>().unwrap() + 80).to_string();
                values.iter_mut().filter(|_| file < 2).for_each(|row| row[0] = from_81(&row[0]));
                blanks(&values)
            }),
        ),
        ("a28_savetxt_floats", plain.files("txt", |_, values| joined(&floats(values), " "))),
        (
            "a29_hash_comment",
            plain.files("txt", |file, values| {
                let comment = if file < 2 { format!("# {}", header(file, " ", "")) } else { String::new() };
                comment + &blanks(values)
            }),
        ),
        ("a35_copies_zip", zip_as("data.zip", &also("train_FD001_scaled.csv", b"0.1,0.2\n", &texts))),
        (
            "a37_six_regimes_called_FD001",
            ["FD001", "FD002"]
                .iter()
                .flat_map(|subset| {
                    let files = six.files("txt", |_, values| blanks(values));
                    files.into_iter().map(move |(name, bytes)| (name.replace("FD001", subset), bytes))
                })
                .collect(),
        ),
        (
            "a41_rul_missing_rows",
            with(2, rul_lines(&rul).lines().take(5).fold(String::new(), |text, line| text + line + "\n")),
        ),
        ("b01_one_train_engine_short_tests", one.files("txt", |_, values| blanks(values))),
        ("b02_all_shorter_than_window", short.files("txt", |_, values| blanks(values))),
        ("b12_duplicate_cycle", train_of(&|rows| rows.insert(5, rows[4].clone()))),
        // Beyond those that reviewers keep: the same kinds, otherwise combined.
        ("c01_utf16_big_endian", texts.iter().map(|(name, bytes)| (name.clone(), big_endian(bytes))).collect()),
        ("c02_carriage_returns", plain.files("txt", |_, values| blanks(values).replace('\n', "\r"))),
        ("c03_no_break_blanks", plain.files("txt", |_, values| blanks(values).replace(' ', "\u{a0}"))),
        (
            "c04_quoted_tabs",
            plain.files("tsv", |file, values| quoted(&(header(file, "\t", "") + &joined(values, "\t")), "\t")),
        ),
        (
            "c05_columns_in_another_order",
            plain.files("csv", |file, values| {
                let rows: Values = values.iter().map(|row| row.iter().rev().cloned().collect()).collect();
                let names = header(file, ",", "");
                names.trim().split(',').rev().collect::<Vec<_>>().join(",") + "\n" + &joined(&rows, ",")
            }),
        ),
        ("c06_rul_by_unit", {
            let units = plain.0[2].iter().enumerate().rev().map(|(index, row)| format!("{},{}\n", index + 1, row[0]));
            with(2, "unit,RUL\n".to_owned() + &units.collect::<String>())
        }),
        ("c07_folders_two_down", texts.iter().map(|(name, bytes)| (format!("a/b/{name}"), bytes.clone())).collect()),
        (
            "c08_tar_of_gz",
            vec![(
                "c.tar".into(),
                tarred(&texts.iter().map(|(name, bytes)| (format!("{name}.gz"), gzipped(bytes))).collect::<Vec<_>>()),
            )],
        ),
        ("c09_same_bytes_twice", {
            let mut all = texts.clone();
            all.extend(in_folder);
            all
        }),
        ("c10_cycles_from_zero", {
            let from_zero = |values: &Values| -> Values {
                values
                    .iter()
                    .map(|row| {
                        let mut row = row.clone();
                        row[1] = (row[1].parse::<u32>().unwrap() - 1).to_string();
                        row
                    })
                    .collect()
            };
            vec![
                (train.0.clone(), blanks(&from_zero(&plain.0[0])).into_bytes()),
                (test.0.clone(), blanks(&from_zero(&plain.0[1])).into_bytes()),
                rul.clone(),
            ]
        }),
        ("c11_columns_of_nan", {
            // As pandas does with the blanks at the end of NASA's lines.
            let files = plain.files("txt", |_, values| {
                values.iter().fold(String::new(), |text, row| text + &row.join(",") + ",NaN,NaN\n")
            });
            vec![files[0].clone(), files[1].clone(), rul.clone()]
        }),
        ("d01_gap", train_of(&|rows| drop(rows.remove(4)))),
        (
            "d02_rul_column_disagrees",
            train_of(&|rows| {
                append_rul(rows);
                rows[3].pop();
                rows[3].push("7".to_owned());
            }),
        ),
        ("d03_seven_z", vec![("CMAPSSData.7z".into(), b"7z\xBC\xAF\x27\x1C\x00\x04".to_vec())]),
        ("d04_n_cmapss", vec![("N-CMAPSS_DS02-006.h5".into(), b"\x89HDF\r\n\x1A\n\x00".to_vec())]),
        ("d05_missing_value", with(0, rul_lines(&train).replacen("518.67", "NaN", 1))),
        ("d06_two_that_differ", also("other/train_FD001.txt", b"1 1\n", &texts)),
        ("d08_a_web_page", with(0, "<!DOCTYPE html>\n<html><title>Not found</title></html>\n".to_owned())),
        ("d07_fewer_columns", train_of(&|rows| rows.iter_mut().for_each(|row| row.truncate(20)))),
    ]
}

fn emulated(subset: Subset, train: usize, test: usize) -> Dataset {
    emulate(&EmulatorParameters::bundled(subset).unwrap(), train, test, 17).unwrap()
}

impl Fleet {
    fn of(data: &Dataset) -> Self {
        let values =
            |text: String| text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
        Self([engines_text(&data.train), engines_text(&data.test), rul_text(&data.test_rul)].map(values))
    }

    /// The three files under NASA's names, with this extension, as `text` writes them.
    fn files(&self, extension: &str, text: impl Fn(usize, &Values) -> String) -> Vec<Written> {
        (0..3).map(|file| (format!("{}.{extension}", NAMES[file]), text(file, &self.0[file]).into_bytes())).collect()
    }
}

fn joined(values: &Values, separator: &str) -> String {
    values.iter().fold(String::new(), |text, row| text + &row.join(separator) + "\n")
}

/// As NASA writes rows: two blanks behind each.
fn blanks(values: &Values) -> String {
    values.iter().fold(String::new(), |text, row| text + &row.join(" ") + "  \n")
}

/// The usual names of the columns; `before` stands before them.
fn header(file: usize, separator: &str, before: &str) -> String {
    if file == 2 {
        return format!("{before}RUL\n");
    }
    let mut names = vec!["unit_number".to_owned(), "time_cycles".to_owned()];
    names.extend((1..=3).map(|number| format!("setting_{number}")));
    names.extend((1..=21).map(|number| format!("sensor_{number}")));
    format!("{before}{}\n", names.join(separator))
}

fn indexed(values: &Values) -> Values {
    values.iter().zip(0..).map(|(row, index)| [vec![index.to_string()], row.clone()].concat()).collect()
}

/// The cycles that are left to each row's engine, as a column more.
fn append_rul(rows: &mut Values) {
    let last = |unit: &str| rows.iter().filter(|row| row[0] == unit).count();
    let lives: Vec<usize> = rows.iter().map(|row| last(&row[0])).collect();
    for (row, life) in rows.iter_mut().zip(lives) {
        let left = life - row[1].parse::<usize>().unwrap();
        row.push(left.to_string());
    }
}

/// As `savetxt` of `NumPy` writes numbers: `1.000000000000000000e+00`.
fn floats(values: &Values) -> Values {
    let float = |text: &String| {
        let mut written = String::new();
        write!(written, "{:.18e}", text.parse::<f64>().unwrap()).unwrap();
        let (digits, exponent) = written.split_once('e').unwrap();
        let exponent: i32 = exponent.parse().unwrap();
        format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    };
    values.iter().map(|row| row.iter().map(float).collect()).collect()
}

fn quoted(text: &str, separator: &str) -> String {
    let line =
        |line: &str| line.split(separator).map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(separator);
    text.lines().fold(String::new(), |all, one| all + &line(one) + "\n")
}

fn utf16(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn big_endian(text: &[u8]) -> Vec<u8> {
    utf16(text).chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect()
}

fn zipped(files: &[Written]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tarred(files: &[Written]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, Path::new(path), bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}
