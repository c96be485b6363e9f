//! A person's own files, given to a session while it trains.

#![cfg(feature = "train")]
#![allow(clippy::format_push_string, clippy::format_collect, reason = "texts of a test, made once")]

use std::io::{Cursor, Write as _};

use lambdascope::data::{
    Catalog, DataConfig, Dataset, EmulatorParameters, Mapping, NamedFile, Origin, Subset, emulate, engines_text,
    read_path, rul_text, unpack,
};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, Event, GivenData, MissingFiles, Phase, RunConfig, Session, StepRecord};
use lambdascope::train::Device;
use serde_bytes::ByteBuf;
use zip::{ZipWriter, write::SimpleFileOptions};

/// A run that takes milliseconds.
fn small(subset: Subset, origin: Option<Origin>) -> RunConfig {
    RunConfig {
        data: DataConfig { subset, origin, window: 10, stride: 30, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 6, kernel: 3 },
        batch_size: 16,
        epochs: 2,
        ..RunConfig::default()
    }
}

fn session() -> Session {
    Session::new(Device::Cpu, Catalog::default())
}

fn say(session: &mut Session, command: Command) -> Vec<Event> {
    pollster::block_on(session.apply(command))
}

fn steps(session: &mut Session, count: u32) -> Vec<StepRecord> {
    say(session, Command::Step { count });
    let mut steps = Vec::new();
    while session.phase() == Phase::Training {
        for event in pollster::block_on(session.advance()) {
            if let Event::Steps { steps: more } = event {
                steps.extend(more);
            }
        }
    }
    steps
}

/// Train, test and RUL file of a subset.
fn texts(dataset: &Dataset) -> [NamedFile; 3] {
    let subset = dataset.subset;
    let named = |role: &str, text: String| NamedFile { name: format!("{role}_{subset}.txt"), bytes: text.into_bytes() };
    [
        named("train", engines_text(&dataset.train)),
        named("test", engines_text(&dataset.test)),
        named("RUL", rul_text(&dataset.test_rul)),
    ]
}

fn drawn(subset: Subset) -> [NamedFile; 3] {
    texts(&emulate(&EmulatorParameters::bundled(subset).unwrap(), 12, 8, 3).unwrap())
}

/// A zip within a zip, as NASA gives it.
fn zip_in_zip(files: &[NamedFile]) -> NamedFile {
    let zipped = |files: &[NamedFile]| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for file in files {
            writer.start_file(file.name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(&file.bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let inner = NamedFile { name: "CMAPSSData.zip".to_owned(), bytes: zipped(files) };
    NamedFile { name: "archive.zip".to_owned(), bytes: zipped(&[inner]) }
}

/// What was reported: the way there, and the answer.
struct Told {
    way: Vec<(String, f32)>,
    data: Vec<GivenData>,
    missing: Vec<MissingFiles>,
}

fn load(session: &mut Session, files: Vec<NamedFile>) -> Told {
    let mut events = say(session, Command::LoadFiles { files });
    let Some(Event::FilesLoaded { data, missing }) = events.pop() else {
        panic!("expected an answer, found {events:?}")
    };
    assert_eq!(events.pop(), Some(Event::Applied { id: 0, config: None }));
    let step = |event| match event {
        Event::Reading { file, share } => (file, share),
        other => panic!("expected progress, found {other:?}"),
    };
    Told { way: events.into_iter().map(step).collect(), data, missing }
}

#[test]
fn progress_goes_forward_names_every_file_and_ends_at_one() {
    let [train, test, rul] = drawn(Subset::FD003);
    let archive = zip_in_zip(&drawn(Subset::FD002));
    let told = load(&mut session(), vec![archive, test, train, rul, drawn(Subset::FD004)[2].clone()]);
    assert!(told.way.is_sorted_by_key(|(_, share)| *share), "{:?}", told.way);
    assert!(told.way.iter().all(|(_, share)| (0.0..=1.0).contains(share)));
    assert_eq!(told.way.last().map(|(_, share)| *share), Some(1.0));
    assert!(told.way.len() < 120, "a bar shows a hundred steps, told were {}", told.way.len());
    for name in
        ["archive.zip", "train_FD002.txt", "test_FD002.txt", "train_FD003.txt", "test_FD003.txt", "RUL_FD004.txt"]
    {
        assert!(told.way.iter().any(|(file, _)| file == name), "{name} is not among {:?}", told.way);
    }
    let subsets: Vec<_> = told.data.iter().map(|data| (data.subset, data.train_engines, data.test_engines)).collect();
    assert_eq!(subsets, [(Subset::FD002, 12, 8), (Subset::FD003, 12, 8)]);
    let files = vec!["train_FD004.txt".to_owned(), "test_FD004.txt".to_owned()];
    assert_eq!(told.missing, [MissingFiles { subset: Subset::FD004, files }]);
}

#[test]
fn what_one_engine_read_another_one_trains_on_to_the_bit() {
    let mut reader = session();
    let told = load(&mut reader, drawn(Subset::FD003).to_vec());
    let pack = told.data[0].pack.clone();
    let dataset = unpack(&pack).unwrap();
    let rows: usize = dataset.train.iter().chain(&dataset.test).map(|engine| engine.rows.len()).sum();
    assert_eq!(told.data[0].rows, rows);

    let mut other = session();
    let start = || Command::Start { config: small(Subset::FD003, Some(Origin::Own)) };
    assert!(matches!(say(&mut other, start())[..], [Event::Refused { .. }]));
    assert!(matches!(say(&mut other, Command::Play)[..], [Event::Refused { .. }]));
    let taken = Event::Applied { id: 0, config: None };
    assert_eq!(say(&mut other, Command::LoadPacks { packs: vec![ByteBuf::from(pack)] }), [taken]);
    let [first, second] = [&mut reader, &mut other].map(|session| {
        assert_eq!(say(session, start())[2], Event::Phase { phase: Phase::Ready });
        format!("{:?}", steps(session, 4))
    });
    assert_eq!(first, second);
}

#[test]
fn refused_files_leave_the_run_and_the_data_as_they_were() {
    let (mut session, mut undisturbed) = (session(), session());
    for session in [&mut session, &mut undisturbed] {
        say(session, Command::Start { config: small(Subset::FD001, None) });
        steps(session, 2);
    }
    let [train, test, rul] = drawn(Subset::FD001);
    let wrong = NamedFile { name: rul.name.clone(), bytes: b"7\nseven\n".to_vec() };
    let cases = [
        (vec![train.clone(), test, wrong], "RUL_FD001.txt, line 2, column 1 (RUL)"),
        (
            vec![NamedFile { name: "a.zip".to_owned(), bytes: b"PK\x03\x04 and no more".to_vec() }],
            "a.zip: expected a zip",
        ),
        (vec![NamedFile { name: "film.mp4".to_owned(), bytes: vec![0; 100] }], "expected files named like"),
        (
            vec![NamedFile { name: train.name, bytes: vec![b' '; 100_000_001] }],
            "train_FD001.txt: expected at most 100 MB",
        ),
    ];
    for (files, expected) in cases {
        let events = say(&mut session, Command::LoadFiles { files });
        let Some(Event::Refused { why: message, .. }) = events.last() else {
            panic!("expected a refusal, found {events:?}")
        };
        assert!(message.starts_with(expected), "expected {expected}, found {message}");
    }
    let damaged = Command::LoadPacks { packs: vec![ByteBuf::from(b"LSPK damaged".to_vec())] };
    assert!(matches!(say(&mut session, damaged)[..], [Event::Refused { .. }]));
    assert_eq!(session.phase(), Phase::Paused);
    assert_eq!(format!("{:?}", steps(&mut session, 3)), format!("{:?}", steps(&mut undisturbed, 3)));
    let asked = Command::Start { config: small(Subset::FD001, Some(Origin::Own)) };
    assert!(matches!(say(&mut session, asked)[..], [Event::Refused { .. }]), "nothing of it is at hand");
}

#[test]
fn nothing_complete_is_told_as_missing() {
    let told = load(&mut session(), drawn(Subset::FD001)[..1].to_vec());
    assert_eq!(told.data, []);
    assert_eq!(told.missing[0].files, ["test_FD001.txt", "RUL_FD001.txt"]);
}

#[test]
fn a_hundred_megabytes_go_through() {
    // Two subsets of some 48 MB each: the engines that were drawn, again and again under other numbers.
    let repeated = |subset: Subset| {
        let mut dataset = emulate(&EmulatorParameters::bundled(subset).unwrap(), 100, 8, 3).unwrap();
        let drawn = dataset.train.clone();
        let once = engines_text(&drawn).len();
        dataset.train = drawn.iter().cycle().take(drawn.len() * (48_000_000 / once)).cloned().collect();
        dataset.train.iter_mut().zip(1..).for_each(|(engine, unit)| engine.unit = unit);
        texts(&dataset)
    };
    let files: Vec<_> = [Subset::FD001, Subset::FD004].into_iter().flat_map(repeated).collect();
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    assert!((90_000_000..=100_000_000).contains(&bytes), "{bytes}");
    let begun = std::time::Instant::now();
    let told = load(&mut session(), files);
    let packed: usize = told.data.iter().map(|data| data.pack.len()).sum();
    println!("{bytes} bytes, packed {packed}, in {:?}", begun.elapsed());
    assert!(told.data.len() == 2 && told.data.iter().all(|data| data.rows > 200_000));
    assert!(packed < bytes / 5, "{packed}");
}

#[test]
fn nasas_own_files_go_through_and_are_kept_whole() {
    let Ok(folder) = std::env::var("CMAPSS_DIR") else {
        println!("CMAPSS_DIR is not set: not tested on NASA's own files");
        return;
    };
    let dataset = read_path(std::path::Path::new(&folder), Subset::FD001).unwrap();
    let begun = std::time::Instant::now();
    let told = load(&mut session(), vec![zip_in_zip(&texts(&dataset))]);
    println!("{} bytes of pack in {:?}", told.data[0].pack.len(), begun.elapsed());
    assert_eq!(told.data[0].words(), "NASA C-MAPSS FD001 (100 training and 100 test engines, 33,727 rows)");
    assert_eq!(unpack(&told.data[0].pack).unwrap(), dataset);
}

/// Pumps that ran to failure in 40 to 60 hours, a row an hour.
fn pumps() -> NamedFile {
    let mut text = "pump,hour,flow,heat,remark\n".to_owned();
    for (pump, life) in [("a", 40_u32), ("b", 52), ("c", 60), ("d", 45)] {
        for hour in 0..life {
            let (flow, heat) = (100.0 - 0.1 * f64::from(hour * hour) / f64::from(life), 20 + hour * 7 % 5);
            text += &format!("{pump},{hour},{flow:.2},{heat},none\n");
        }
    }
    NamedFile { name: "pumps.csv".to_owned(), bytes: text.into_bytes() }
}

#[test]
fn tables_of_another_form_are_mapped_and_trained_on() {
    let mut session = session();
    let told = say(&mut session, Command::LoadFiles { files: vec![pumps()] });
    let Some(Event::Unmapped { tables, why }) = told.last() else { panic!("{told:?}") };
    assert!(why.starts_with("expected files named like train_FD001.txt"), "{why}");
    let mapping = Mapping { name: "pumps".to_owned(), ..Mapping::suggested(tables) };
    assert_eq!((mapping.unit.as_str(), mapping.sensors.len()), ("", 3));
    let import = |mapping: Mapping| Command::Import { mapping: Box::new(mapping), files: vec![pumps()] };
    let told = say(&mut session, import(mapping.clone()));
    let Some(Event::Refused { why, .. }) = told.last() else { panic!("{told:?}") };
    assert_eq!(why, "`unit` should be the column that says which unit a row is of, found none");
    let sensors = vec!["flow".to_owned(), "heat".to_owned()];
    let mapping = Mapping { unit: "pump".to_owned(), time: "hour".to_owned(), sensors, ..mapping };
    let told = say(&mut session, import(mapping));
    let Some(Event::FilesLoaded { data, .. }) = told.last() else { panic!("{told:?}") };
    let labels = data[0].labels.unwrap();
    assert_eq!(unpack(&data[0].pack).unwrap().labels, Some(labels));
    let mut config = small(Subset::FD001, Some(Origin::Own));
    config.data.labels = labels;
    let told = say(&mut session, Command::Start { config });
    let Some(Event::Started { data, .. }) = told.first() else { panic!("{told:?}") };
    assert_eq!((data.title().as_str(), data.labels), ("your fleet pumps", labels));
    assert!(!steps(&mut session, 1).is_empty());
}

#[test]
fn a_broken_row_of_a_table_in_c_mapss_form_is_refused_and_not_mapped() {
    let mut session = session();
    let [train, ..] = drawn(Subset::FD001);
    let text = String::from_utf8(train.bytes).unwrap();
    let rows = text.lines().take(40).map(|line| line.trim().replace(' ', ","));
    let names = (1..=21).map(|number| format!("s{number}")).collect::<Vec<_>>().join(",");
    let csv = |rows: Vec<String>| NamedFile {
        name: "train_FD001.csv".to_owned(),
        bytes: format!("unit,cycle,op1,op2,op3,{names}\n{}\n", rows.join("\n")).into_bytes(),
    };
    let mut broken: Vec<String> = rows.collect();
    let cut = broken[7].rfind(',').unwrap();
    broken[7].truncate(cut);
    let told = say(&mut session, Command::LoadFiles { files: vec![csv(broken)] });
    let Some(Event::Refused { why, .. }) = told.last() else { panic!("{told:?}") };
    assert!(why.starts_with("train_FD001.csv, line 9: expected 26 columns"), "{why}");
}
