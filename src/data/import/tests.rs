#![allow(clippy::format_push_string, clippy::type_complexity, reason = "texts of a test, made once")]

use super::*;
use crate::data::Labels;

/// Units with lifetimes of 40, 50 and 60 hours, a row each ten; flow falls, temperature wanders, fuel never changes.
fn table(units: &[(&str, usize)]) -> String {
    let mut text = "pump,hour,flow,temperature,fuel,remark\n".to_owned();
    for (unit, rows) in units {
        for row in 0..*rows {
            let (flow, temperature) = (100.0 - row as f32, 20.0 + (row * 7 % 5) as f32);
            text += &format!("{unit},{},{flow},{temperature},diesel,1\n", row * 10);
        }
    }
    text.replace("diesel", "7")
}

fn mapping() -> Mapping {
    Mapping {
        name: "pumps".to_owned(),
        train: "train.csv".to_owned(),
        test: None,
        test_rul: None,
        unit: "pump".to_owned(),
        time: "hour".to_owned(),
        sensors: Vec::new(),
        settings: Vec::new(),
        ignore: vec!["remark".to_owned()],
        rul: None,
        repeats: Repeats::Refuse,
        test_share: 0.3,
        seed: 1,
        cap: RulLimit::Percent(60.0),
        health: [RulLimit::Percent(40.0), RulLimit::Percent(15.0)],
    }
}

fn file(name: &str, text: &str) -> NamedFile {
    NamedFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

#[test]
fn a_fleet_of_any_sensors_is_read_and_units_are_held_out() {
    let text = table(&[("north", 40), ("south", 50), ("east", 60)]);
    let data = import(&mapping(), &[file("train.csv", &text)]).unwrap();
    assert_eq!(data.title(), "your fleet pumps");
    assert_eq!(data.sensors.features().map(|sensor| sensor.name.as_ref()).collect::<Vec<_>>(), ["flow", "temperature"]);
    assert_eq!((data.train.len(), data.test.len()), (2, 1));
    let whole = data.test[0].rows.len() as f32 + data.test_rul[0];
    assert!([40.0, 50.0, 60.0].contains(&whole) && data.test_rul[0] > 0.0, "{whole}");
    assert_eq!(
        data.notes,
        [
            "train.csv: columns separated by commas.",
            "train.csv: header skipped.",
            "1 of 3 units are held out for the test, drawn with seed 1.",
            "Test units are taken to run to failure and are cut between 30 and 90 % of their rows, drawn with seed 1.",
            "1 column is left out, because nothing varies there in training: fuel.",
            &format!("Labels: {}.", data.labels.unwrap()),
        ]
    );
    let row = data.train[0].rows.get(3).unwrap();
    assert_eq!((row.settings, row.sensors), ([0.0; 3], &[97.0, 21.0][..]));
}

#[test]
fn test_units_have_their_ruls_from_a_file_or_a_column() {
    let (train, test) = (table(&[("1", 40), ("2", 50)]), table(&[("8", 30), ("7", 20)]));
    let with_file = Mapping { test: Some("test.csv".to_owned()), test_rul: Some("rul.csv".to_owned()), ..mapping() };
    let files = [file("train.csv", &train), file("test.csv", &test), file("rul.csv", "pump;RUL\n8;5\n7;11\n")];
    let data = import(&with_file, &files).unwrap();
    // Units are sorted, and RULs with them.
    assert_eq!((data.test[0].rows.len(), data.test_rul.as_slice()), (20, &[11.0, 5.0][..]));
    let rul = |text: &str, end: usize| {
        let rows: Vec<&str> = text.lines().collect();
        let unit = |row: &str| row.split(',').next().map(str::to_owned);
        let mut all = vec![format!("{},left", rows[0])];
        for (index, row) in rows.iter().enumerate().skip(1) {
            let left = rows[index + 1..].iter().filter(|other| unit(other) == unit(row)).count();
            all.push(format!("{row},{}", left + end));
        }
        all.join("\n")
    };
    let with_column = Mapping { test: Some("test.csv".to_owned()), rul: Some("left".to_owned()), ..mapping() };
    let files = [file("train.csv", &rul(&train, 0)), file("test.csv", &rul(&test, 9))];
    assert_eq!(import(&with_column, &files).unwrap().test_rul, [9.0, 9.0]);
    let message =
        import(&with_column, &[file("train.csv", &rul(&train, 1)), files[1].clone()]).unwrap_err().to_string();
    assert_eq!(message, "`train` should be units that run to failure, found a RUL of 1 in the last row of unit 1");
}

#[test]
fn several_rows_of_one_time_become_their_mean_where_that_is_asked_for() {
    let mut text = "unit,cycle,W\n".to_owned();
    for unit in 1..=2 {
        (1..=10).for_each(|cycle| text += &format!("{unit},{cycle},{cycle}\n{unit},{cycle},{}\n", cycle + 1));
    }
    let refused = Mapping { unit: "unit".to_owned(), time: "cycle".to_owned(), ignore: Vec::new(), ..mapping() };
    let message = import(&refused, &[file("train.csv", &text)]).unwrap_err().to_string();
    assert_eq!(
        message,
        "train.csv, line 3, column 2 (cycle): expected each time of unit 1 once, as in line 2, found \"1\""
    );
    let data = import(&Mapping { repeats: Repeats::Mean, ..refused }, &[file("train.csv", &text)]).unwrap();
    assert_eq!((data.train[0].rows.len(), data.train[0].rows.get(2).unwrap().sensors), (10, &[3.5][..]));
}

/// A change to the mapping or the table, and the refusal.
#[test]
fn what_does_not_fit_is_refused_by_name() {
    let good = table(&[("1", 40), ("2", 50)]);
    let refused = |change: &dyn Fn(&mut Mapping), text: &str| {
        let mut mapping = mapping();
        change(&mut mapping);
        import(&mapping, &[file("train.csv", text)]).unwrap_err().to_string()
    };
    let cases: [(&dyn Fn(&mut Mapping), String, &str); 9] = [
        (
            &|m| m.unit = "engine".to_owned(),
            good.clone(),
            "`unit` should be the name of a column, found `engine` where train.csv has pump, hour, flow",
        ),
        (
            &|m| m.train = "other.csv".to_owned(),
            good.clone(),
            "`train` should be the name of a file that is there, found `other.csv` beside train.csv",
        ),
        (
            &|m| m.sensors = vec!["fuel".to_owned()],
            good.clone(),
            "`sensors` should be a column that varies in the training units, found none",
        ),
        (
            &|m| m.sensors = vec!["hour".to_owned()],
            good.clone(),
            "`sensors` should be columns that have no other role, found column 2 (`hour`) twice",
        ),
        (&|m| m.test_share = f32::NAN, good.clone(), "`test_share` should be from 0.05 to 0.5, found NaN"),
        (
            &|_| (),
            good.replacen("1,20,", "1,25,", 1),
            "train.csv, line 4, column 2 (hour): expected 20, the next time of unit 1",
        ),
        (
            &|_| (),
            good.replacen("1,20,", "1,190,", 1),
            "train.csv, line 5, column 2 (hour): expected 20, the next time of unit 1",
        ),
        (&|_| (), good.replacen(",98,", ",,", 1), "train.csv, line 4, column 3 (flow): expected a number, found \"\""),
        (
            &|_| (),
            table(&[("1", 40)]),
            "`train` should be at least 2 units, of which one is held out for the test, found 1",
        ),
    ];
    for (change, text, expected) in cases {
        let message = refused(change, &text);
        assert!(message.starts_with(expected), "expected {expected}, found {message}");
    }
}

#[test]
fn labels_are_cycles_or_shares_of_a_mean_life() {
    let files = [file("train.csv", &table(&[("a", 40), ("b", 60)])), file("test.csv", &table(&[("c", 30)]))];
    let labels = |cap, health| {
        import(&Mapping { test: Some("test.csv".to_owned()), cap, health, ..mapping() }, &files).map(|data| data.labels)
    };
    let usual = labels(RulLimit::Percent(60.0), [RulLimit::Percent(40.0), RulLimit::Percent(15.0)]).unwrap();
    assert_eq!(usual, Some(Labels { rul_cap_cycles: Some(30.0), health_cycles: [20.0, 8.0] }));
    let cycles = labels(RulLimit::Unlimited, [RulLimit::Cycles(25.0), RulLimit::Percent(10.0)]).unwrap();
    assert_eq!(cycles, Some(Labels { rul_cap_cycles: None, health_cycles: [25.0, 5.0] }));
    let refused = |cap, health| labels(cap, health).unwrap_err().to_string();
    assert_eq!(
        refused(RulLimit::Cycles(20.0), [RulLimit::Percent(40.0), RulLimit::Percent(15.0)]),
        "`cap` should be above the larger threshold of health, found 20 where training units live 50.0 cycles in the mean"
    );
    assert_eq!(
        refused(RulLimit::Unlimited, [RulLimit::Cycles(5.0), RulLimit::Percent(15.0)]),
        "`health` should be the larger threshold first, found 5 and 15 % where training units live 50.0 cycles in the mean"
    );
    assert!(refused(RulLimit::Unlimited, [RulLimit::Unlimited; 2]).starts_with("`health` should be two thresholds"));
}

#[test]
fn a_mapping_is_suggested_by_names_and_what_they_do_not_say_is_asked() {
    let files = [
        file("pumps_train.csv", &table(&[("a", 40), ("b", 50)]).replace("pump", "unit nr")),
        file("pumps_test.csv", &table(&[("c", 30)]).replace("pump", "unit nr")),
        file("pumps_rul.csv", "12\n"),
        file("notes.txt", "nothing of use"),
    ];
    let tables = table_heads(&files);
    assert_eq!(tables.iter().map(|table| table.columns.len()).collect::<Vec<_>>(), [6, 6, 0]);
    assert_eq!(tables[0].columns[2].values, ["100", "99", "98"]);
    let suggested = Mapping::suggested(&tables);
    assert_eq!(suggested.time, "");
    assert_eq!(
        import(&suggested, &files).unwrap_err().to_string(),
        "`time` should be the column of the time, found none"
    );
    let said = Mapping { time: "hour".to_owned(), sensors: vec!["flow".to_owned()], ..suggested };
    let data = import(&said, &files).unwrap();
    assert_eq!(
        (data.title().as_str(), data.train.len(), data.test_rul.as_slice()),
        ("your fleet pumps_train", 2, &[12.0][..])
    );
    let archive = crate::data::fuzz::zipped(&files);
    assert_eq!(table_heads(std::slice::from_ref(&archive)), tables, "tables in archives are tables");
    assert_eq!(import(&said, &[archive]).unwrap(), data);
}

#[cfg(feature = "cli")]
#[test]
fn a_mapping_is_the_same_as_toml() {
    let plain = mapping();
    assert_eq!(toml::from_str::<Mapping>(&plain.to_string()).unwrap(), plain);
    let full = Mapping {
        name: "a \"quoted\" name, \\ and \u{e4}".to_owned(),
        test: Some("test.csv".to_owned()),
        test_rul: Some("rul.csv".to_owned()),
        sensors: vec!["flow\t1".to_owned(), "b".to_owned()],
        settings: vec!["speed".to_owned()],
        rul: Some("rul".to_owned()),
        repeats: Repeats::Mean,
        test_share: 0.25,
        seed: 7,
        cap: RulLimit::Cycles(90.0),
        health: [RulLimit::Cycles(40.5), RulLimit::Percent(10.0)],
        ..mapping()
    };
    assert_eq!(toml::from_str::<Mapping>(&full.to_string()).unwrap(), full);
    let wrong = toml::from_str::<Mapping>(&plain.to_string().replace("60 %", "many")).unwrap_err().to_string();
    assert!(wrong.contains("expected cycles such as 125"), "{wrong}");
}
