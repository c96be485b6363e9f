use super::*;
use crate::data::{COLUMNS, SET_POINTS, USED_SENSORS};

/// A data set that has everything: constant, decimal and undecimal columns, several regimes.
fn dataset(subset: Subset) -> Dataset {
    let row = |unit: u32, cycle: usize| {
        let mixed = (unit as usize * 7919 + cycle * 104_729) % 1000;
        let mut row = [518.67; COLUMNS];
        row[..SETTINGS].copy_from_slice(&SET_POINTS[mixed % subset.regimes()]);
        row[SETTINGS + 1] = (641.0 + mixed as f64 / 100.0) as f32;
        row[SETTINGS + 2] = (mixed as f32).sqrt();
        row[SETTINGS + 3] = -(mixed as f32) / 8.0;
        row[SETTINGS + 4] = if mixed == 500 { 1e30 } else { -0.5 };
        row
    };
    let engines = |lengths: &[usize]| -> Vec<Engine> {
        (1..)
            .zip(lengths)
            .map(|(unit, cycles)| Engine { unit, rows: (0..*cycles).map(|c| row(unit, c)).collect() })
            .collect()
    };
    let (train, test) = (engines(&[40, 1, 12]), engines(&[3, 9]));
    let (sensors, notes) = (Sensors::cmapss(), vec!["header skipped, μ".to_owned()]);
    Dataset {
        subset,
        origin: Origin::Nasa,
        name: None,
        sensors,
        labels: None,
        notes,
        train,
        test,
        test_rul: vec![12.0, 7.5],
    }
}

/// A pack whose checksum is right, whatever it holds.
pub(in crate::data) fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > HEADER {
        let checksum = crc32(&[&bytes[..HEADER - 4], &bytes[HEADER..]]);
        bytes[HEADER - 4..HEADER].copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

#[test]
fn unpacks_what_was_packed() {
    for subset in Subset::ALL {
        let data = dataset(subset);
        assert_eq!(unpack(&pack(&data).unwrap()).unwrap(), data);
    }
    let emulated = Dataset { origin: Origin::Emulated, ..dataset(Subset::FD001) };
    assert_eq!(unpack(&pack(&emulated).unwrap()).unwrap(), emulated);
    let mut own = Dataset { origin: Origin::Own, name: Some("pumps".to_owned()), ..dataset(Subset::FD001) };
    own.sensors = Sensors::named(&["flow".to_owned(), "pressure".to_owned()], &[1]);
    for engine in own.train.iter_mut().chain(&mut own.test) {
        let mut rows = Rows::with_capacity(2, 0);
        engine.rows.iter().for_each(|row| rows.push([1.0, 2.0, 3.0, row.sensors[1], row.sensors[2]]));
        engine.rows = rows;
    }
    assert_eq!(unpack(&pack(&own).unwrap()).unwrap(), own);
}

#[test]
fn the_checksum_is_the_usual_one() {
    assert_eq!(crc32(&[b"1234", b"56789"]), 0xCBF4_3926);
}

#[test]
fn says_what_is_wrong() {
    let good = pack(&dataset(Subset::FD001)).unwrap();
    let message = |bytes: &[u8]| unpack(bytes).unwrap_err().to_string();
    assert_eq!(message(b""), "data pack: expected a Lambdascope data pack, found something else");
    assert_eq!(message(&good[..9]), "data pack: expected a Lambdascope data pack, found only its first bytes");
    let damaged = "data pack: expected bytes that agree with their checksum, found damaged ones";
    assert_eq!(message(&good[..good.len() - 1]), damaged);
    for at in [HEADER, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(message(&bad), damaged);
    }
    let mut newer = good.clone();
    newer[4] = 1;
    assert_eq!(message(&newer), "data pack: expected version 3, found version 1: pack the files again");
    assert!(message(&resealed(good[..good.len() - 1].to_vec())).contains("found fewer"));
    assert!(message(&resealed([&good[..], b"x"].concat())).contains("found 1 more"));
}

#[test]
fn a_few_bytes_cannot_ask_for_much() {
    let mut bytes = pack(&dataset(Subset::FD001)).unwrap();
    bytes.truncate(HEADER);
    bytes.extend([0; 6]);
    put(&mut bytes, u64::from(u32::MAX));
    assert_eq!(
        unpack(&resealed(bytes)).unwrap_err().to_string(),
        "data pack: expected at most 2,000,000 rows, found 4294967295"
    );
}

#[test]
fn what_is_chosen_is_packed_and_told() {
    let data = dataset(Subset::FD002);
    let choice = Choice { train: vec![3, 1], test: vec![2], sensors: vec![2, 4] };
    let bytes = pack_chosen(&data, &choice, "drawn for a test, μ").unwrap();
    let info = pack_info(&bytes).unwrap();
    assert_eq!((info.version, info.subset, info.origin), (VERSION, Subset::FD002, Origin::Nasa));
    assert_eq!((info.provenance.as_str(), &info.sensors[..]), ("drawn for a test, μ", &[2, 4][..]));
    assert_eq!((info.train_engines, info.test_engines), (2, 1));
    let unpacked = unpack(&bytes).unwrap();
    assert_eq!((unpacked.train[0].unit, unpacked.train[0].rows.len(), unpacked.train[1].rows.len()), (1, 12, 40));
    assert_eq!(unpacked.test_rul, [7.5]);
    let (row, original) = (unpacked.train[1].rows.get(5).unwrap(), data.train[0].rows.get(5).unwrap());
    assert_eq!(
        (row.settings, row.sensors[1], row.sensors[3]),
        (original.settings, original.sensors[1], original.sensors[3])
    );
    assert!([0, 2, 4, 20].iter().all(|index| row.sensors[*index] == 0.0));
    let usual = pack_chosen(&data, &Choice::default(), "").unwrap();
    assert_eq!(pack_info(&usual).unwrap().sensors, USED_SENSORS);
    let message = |choice| pack_chosen(&data, &choice, "").unwrap_err().to_string();
    assert!(message(Choice { train: vec![4], ..Choice::default() }).contains("`train` should be"));
    assert_eq!(
        message(Choice { sensors: vec![22], ..Choice::default() }),
        "`sensors` should be numbers of the data set's sensors, found 22, where there are 1 to 21"
    );
    assert!(pack_chosen(&data, &Choice::default(), &"x".repeat(1001)).is_err());
}
