//! Mutations of each kind of file: an error or a valid data set, never a panic, and memory within bounds.
//!
//! Every test runs 10,000 cases; `LAMBDASCOPE_FUZZ_CASES` asks for more.

#![allow(clippy::format_push_string, clippy::type_complexity, reason = "texts of a test, made once")]

use std::io::Write as _;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::{
    Dataset, EmulatorParameters, Mapping, NamedFile, Subset, emulate, engines_text, import, pack,
    pack::tests::resealed, pack_info, parse_engines, parse_rul, read_files, rul_text, unpack,
};
use memory::bounded;

mod memory;

/// One change to a file.
#[derive(Clone, Debug)]
enum Edit {
    /// Another byte in its place.
    Replace(prop::sample::Index, u8),
    /// One more, of those that texts are made of.
    Insert(prop::sample::Index, u8),
    /// Some less.
    Remove(prop::sample::Index, usize),
    /// Some twice.
    Repeat(prop::sample::Index, usize),
    /// Some bytes that mean something.
    Word(prop::sample::Index, &'static [u8]),
    /// Every byte of a kind by another.
    All(u8, u8),
    /// The end cut off.
    Truncate(prop::sample::Index),
}

const WORDS: [&[u8]; 14] = [
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"\xC2\xA0",
    b"\r",
    b"\"",
    b",,,",
    b"1e39",
    b"nan",
    b"# ",
    b"RUL,unit\n",
    b"4294967296",
    b"\x1F\x8B\x08",
    b"PK\x03\x04",
    b"ustar",
];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<prop::sample::Index>;
    let text = || prop::sample::select(b"0123456789.-+eE \t\r\n\0NaninfPK\xff,;|\"#%".to_vec());
    let edit = prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        4 => (at(), text()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        3 => (at(), text()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        2 => (at(), 1..40_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        1 => (at(), 1..300_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        2 => (at(), prop::sample::select(WORDS.to_vec())).prop_map(|(at, word)| Edit::Word(at, word)),
        2 => (text(), text()).prop_map(|(from, to)| Edit::All(from, to)),
        1 => at().prop_map(Edit::Truncate),
    ];
    prop::collection::vec(edit, 1..5)
}

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for edit in edits {
        let at = |index: &prop::sample::Index| if bytes.is_empty() { 0 } else { index.index(bytes.len()) };
        match edit {
            Edit::Replace(index, byte) => {
                let at = at(index);
                bytes.splice(at..(at + 1).min(bytes.len()), [*byte]);
            }
            Edit::Insert(index, byte) => bytes.insert(at(index), *byte),
            Edit::Remove(index, count) => {
                let at = at(index);
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Edit::Repeat(index, count) => {
                let at = at(index);
                let copy = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
            Edit::Word(index, word) => {
                let at = at(index);
                bytes.splice(at..at, word.iter().copied());
            }
            Edit::All(from, to) => bytes.iter_mut().filter(|byte| **byte == *from).for_each(|byte| *byte = *to),
            Edit::Truncate(index) => bytes.truncate(at(index)),
        }
    }
    bytes
}

/// Six regimes, a few rows.
fn dataset() -> Dataset {
    let mut data = emulate(&EmulatorParameters::bundled(Subset::FD002).unwrap(), 3, 2, 1).unwrap();
    data.train.iter_mut().chain(&mut data.test).for_each(|engine| engine.rows.truncate(6));
    data
}

fn named(name: &str, bytes: impl Into<Vec<u8>>) -> NamedFile {
    NamedFile { name: name.to_owned(), bytes: bytes.into() }
}

/// Three small files, in each of the usual forms.
fn texts() -> Vec<[NamedFile; 3]> {
    let data = dataset();
    let texts = [engines_text(&data.train), engines_text(&data.test), rul_text(&data.test_rul)];
    let lines = |text: &str, change: &dyn Fn(usize, &str) -> String| -> String {
        text.lines().enumerate().map(|(index, line)| change(index, line.trim_end()) + "\n").collect()
    };
    let header = |separator: &str| {
        let names = ["unit_number", "time_cycles"].map(str::to_owned).into_iter();
        let names = names.chain((1..=3).map(|i| format!("setting_{i}"))).chain((1..=21).map(|i| format!("sensor_{i}")));
        names.collect::<Vec<_>>().join(separator) + "\n"
    };
    let forms: [&dyn Fn(&str, bool) -> String; 6] = [
        &|text, _| text.to_owned(),
        &|text, is_rul| {
            (if is_rul { "RUL\n".to_owned() } else { header(",") }) + &lines(text, &|_, line| line.replace(' ', ","))
        },
        &|text, is_rul| {
            let rows = lines(text, &|_, line| line.replace(' ', ";").replace('.', ","));
            (if is_rul { "RUL\n".to_owned() } else { header(";") }) + &rows
        },
        &|text, is_rul| {
            let rows = lines(text, &|index, line| format!("{index},{}", line.replace(' ', ",")));
            if is_rul { format!(",RUL\n{rows}") } else { rows }
        },
        &|text, _| format!("# made by hand\n{}", text.replace(' ', "\t").replace('\n', "\r\n")),
        &|text, _| lines(text, &|_, line| format!("\"{}\"", line.replace(' ', "\",\""))),
    ];
    let names = ["train_FD002.txt", "test_FD002.txt", "RUL_FD002.txt"];
    let form = |form: &&dyn Fn(&str, bool) -> String| {
        [0, 1, 2].map(|index| named(names[index], form(&texts[index], index == 2)))
    };
    let mut all: Vec<_> = forms.iter().map(form).collect();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    all.push([0, 1, 2].map(|index| named(names[index], [b"\xFF\xFE".to_vec(), wide(&texts[index])].concat())));
    all
}

/// Files in a zip archive, in a folder.
pub(super) fn zipped(files: &[NamedFile]) -> NamedFile {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(format!("data/{}", file.name), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&file.bytes).unwrap();
    }
    named("a.zip", zip.finish().unwrap().into_inner())
}

/// The three files in each kind of archive.
fn archives() -> Vec<NamedFile> {
    let texts = &texts()[0];
    let mut tar = tar::Builder::new(Vec::new());
    for file in texts {
        let mut header = tar::Header::new_ustar();
        header.set_size(file.bytes.len() as u64);
        tar.append_data(&mut header, format!("data/{}", file.name), &file.bytes[..]).unwrap();
    }
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let tar = tar.into_inner().unwrap();
    vec![
        named("a.tar.gz", gzip(&tar)),
        zipped(texts),
        named("a.tar", tar),
        named("train_FD002.txt.gz", gzip(&texts[0].bytes)),
    ]
}

/// A mapping as TOML, and the table that it maps.
fn mapped() -> (&'static str, String) {
    let mapping = "name = \"pumps\"\ntrain = \"t.csv\"\nunit = \"unit\"\ntime = \"time\"\nsettings = [\"a\"]\n\
                   rul = \"rul\"\nrepeats = \"mean\"\ntest_share = 0.4\nseed = 3\n";
    let mut table = "unit,time,a,b,c,rul\n".to_owned();
    for unit in 1..4 {
        (0..9).for_each(|row| table += &format!("{unit},{row},{},{}.5,7,{}\n", row % 2, row * unit, 8 - row));
    }
    (mapping, table)
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("LAMBDASCOPE_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000);
    // What once failed is tried first from then on.
    let kept = FileFailurePersistence::Direct("src/data/fuzz.regressions");
    ProptestConfig { failure_persistence: Some(Box::new(kept)), ..ProptestConfig::with_cases(cases) }
}

/// Read files within bounds of memory; what comes of it is valid.
fn read_well(files: &[NamedFile]) {
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if let Ok(read) = bounded(bytes, || read_files(files)) {
        for data in &read.datasets {
            assert_eq!(data.validate(), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_mutated_pack_is_refused_or_valid(edits in edits(), seal: bool) {
        thread_local! {
            static PACK: Vec<u8> = pack(&dataset()).unwrap();
        }
        let (bytes, changed) = PACK.with(|good| {
            let bytes = edited(good, &edits);
            let changed = bytes != *good;
            (bytes, changed)
        });
        if seal {
            // Past the checksum anything goes but a panic and an invalid data set.
            let bytes = resealed(bytes);
            if let Ok(data) = bounded(bytes.len(), || unpack(&bytes)) {
                prop_assert_eq!(data.validate(), Ok(()));
                prop_assert_eq!(pack_info(&bytes).unwrap().train_engines, data.train.len());
            }
        } else {
            prop_assert!(!changed || unpack(&bytes).is_err());
        }
    }

    #[test]
    fn a_mutated_text_is_refused_or_valid(edits in edits(), form in 0..7_usize, which in 0..3_usize) {
        thread_local! {
            static TEXTS: Vec<[NamedFile; 3]> = texts();
        }
        let mut files = TEXTS.with(|texts| texts[form].clone());
        files[which].bytes = edited(&files[which].bytes, &edits);
        read_well(&files);
    }

    #[test]
    fn a_mutated_archive_is_refused_or_valid(edits in edits(), kind in 0..4_usize) {
        thread_local! {
            static ARCHIVES: Vec<NamedFile> = archives();
        }
        let mut file = ARCHIVES.with(|archives| archives[kind].clone());
        file.bytes = edited(&file.bytes, &edits);
        read_well(&[file]);
    }

    #[test]
    fn a_mutated_fleet_is_refused_or_valid(edits in edits(), in_table: bool) {
        let (mapping, table) = mapped();
        let (mapping, table) = if in_table {
            (mapping.to_owned(), edited(table.as_bytes(), &edits))
        } else {
            (String::from_utf8_lossy(&edited(mapping.as_bytes(), &edits)).into_owned(), table.into_bytes())
        };
        if let Ok(mapping) = parsed(&mapping) {
            let files = [named("t.csv", table)];
            if let Ok(data) = bounded(files[0].bytes.len(), || import(&mapping, &files)) {
                prop_assert_eq!(data.validate(), Ok(()));
            }
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (parse_engines("noise", &bytes), parse_rul("noise", &bytes));
        prop_assert!(unpack(&bytes).is_err());
        let _ = unpack(&resealed([&b"LSPK\x03\x00\x00\x01"[..], &bytes].concat()));
        for first in [&b"PK\x03\x04"[..], b"\x1F\x8B\x08\x00", b""] {
            prop_assert!(read_files(&[named("noise.zip", [first, &bytes[..]].concat())]).is_err());
        }
    }
}

#[cfg(feature = "cli")]
fn parsed(mapping: &str) -> Result<Mapping, toml::de::Error> {
    toml::from_str(mapping)
}

#[cfg(not(feature = "cli"))]
fn parsed(mapping: &str) -> Result<Mapping, serde_json::Error> {
    serde_json::from_str(mapping)
}

#[test]
fn what_is_mutated_is_read_well_as_it_is() {
    let expected = dataset();
    for files in texts() {
        let data = read_files(&files).unwrap().datasets.remove(0);
        assert!((data.train, data.test) == (expected.train.clone(), expected.test.clone()), "{}", data.notes.join(" "));
    }
    for archive in archives() {
        let read = super::read_files_with(&[archive], &mut |_| {}).unwrap();
        assert_eq!(read.datasets.len() + read.incomplete.len(), 1);
    }
    let (mapping, table) = mapped();
    if cfg!(feature = "cli") {
        import(&parsed(mapping).unwrap(), &[named("t.csv", table)]).unwrap();
    }
}

/// As much memory as the input may take, whatever it is.
#[test]
fn large_inputs_take_memory_in_proportion() {
    const SIZE: usize = 20_000_000;
    let of = |line: &str| line.repeat(SIZE / line.len()).into_bytes();
    let lines =
        ["\n", "1\n", "1 1\n", ",,,,,,,,\n", "1,", "\"", "# comment\n", "\u{a0}1 ", "1;1;1\r", "9 9 9 9 9 9 9 9 9 9\n"];
    for line in lines {
        for name in ["train_FD001.txt", "RUL_FD001.csv"] {
            read_well(&[named(name, of(line))]);
        }
    }
    let wide: Vec<u8> = of("1 2 3\n").into_iter().flat_map(|byte| [byte, 0]).collect();
    read_well(&[named("train_FD001.txt", wide)]);
    let (mapping, _) = mapped();
    if let Ok(mapping) = parsed(mapping) {
        let mapping = Mapping { rul: None, settings: Vec::new(), ..mapping };
        let mut table = "unit,time,b\n".to_owned();
        (0..MANY).for_each(|row| table += &format!("1,{row},{row}\n2,{row},{row}\n"));
        let files = [named("t.csv", table)];
        bounded(files[0].bytes.len(), || import(&mapping, &files)).unwrap();
    }
}

/// Rows of a unit that is long.
const MANY: usize = 200_000;
