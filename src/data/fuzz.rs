//! Ten thousand mutations of each kind of file: an error or a valid data set, never a panic.

use proptest::prelude::*;

use super::{
    EmulatorParameters, NamedFile, Subset, emulate, engines_text, pack, pack::tests::resealed, pack_info,
    parse_engines, parse_rul, read_files, rul_text, unpack,
};

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
    /// The end cut off.
    Truncate(prop::sample::Index),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<prop::sample::Index>;
    let text = prop::sample::select(b"0123456789.-+eE \t\r\n\0NaninfPK\xff".to_vec());
    let edit = prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        4 => (at(), text.clone()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        3 => (at(), text).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        2 => (at(), 1..40_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        1 => (at(), 1..300_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
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
            Edit::Truncate(index) => bytes.truncate(at(index)),
        }
    }
    bytes
}

/// Three small files of six regimes.
fn texts() -> [NamedFile; 3] {
    let mut data = emulate(&EmulatorParameters::bundled(Subset::FD002).unwrap(), 3, 2, 1).unwrap();
    data.train.iter_mut().chain(&mut data.test).for_each(|engine| engine.rows.truncate(6));
    let texts = [engines_text(&data.train), engines_text(&data.test), rul_text(&data.test_rul)];
    let names = ["train_FD002.txt", "test_FD002.txt", "RUL_FD002.txt"];
    let mut texts = texts.into_iter();
    names.map(|name| NamedFile { name: name.to_owned(), bytes: texts.next().unwrap_or_default().into_bytes() })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn a_mutated_pack_is_refused_or_valid(edits in edits(), seal: bool) {
        thread_local! {
            static PACK: Vec<u8> = pack(&read_files(&texts()).unwrap().datasets[0]).unwrap();
        }
        let (bytes, changed) = PACK.with(|good| {
            let bytes = edited(good, &edits);
            let changed = bytes != *good;
            (bytes, changed)
        });
        if seal {
            // Past the checksum anything goes but a panic and an invalid data set.
            let bytes = resealed(bytes);
            if let Ok(data) = unpack(&bytes) {
                prop_assert_eq!(data.validate(), Ok(()));
                prop_assert_eq!(pack_info(&bytes).unwrap().train_engines, data.train.len());
            }
        } else {
            prop_assert!(!changed || unpack(&bytes).is_err());
        }
    }

    #[test]
    fn a_mutated_text_is_refused_or_valid(edits in edits(), which in 0..3_usize) {
        thread_local! {
            static TEXTS: [NamedFile; 3] = texts();
        }
        let mut files = TEXTS.with(Clone::clone);
        files[which].bytes = edited(&files[which].bytes, &edits);
        if let Ok(read) = read_files(&files) {
            for data in read.datasets {
                prop_assert_eq!(data.validate(), Ok(()));
            }
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (parse_engines("noise", &bytes), parse_rul("noise", &bytes));
        prop_assert!(unpack(&bytes).is_err());
        let _ = unpack(&resealed([&b"LSPK\x02\x00\x00\x01"[..], &bytes].concat()));
        let archive = NamedFile { name: "noise.zip".to_owned(), bytes: [b"PK\x03\x04", &bytes[..]].concat() };
        prop_assert!(read_files(&[archive]).is_err());
    }
}
