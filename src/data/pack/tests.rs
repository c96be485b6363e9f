use proptest::prelude::*;

use super::*;

/// A data set that has everything: constant, decimal and undecimal columns, several regimes.
fn dataset(subset: Subset) -> Dataset {
    let row = |unit: u32, cycle: usize| {
        let mixed = (unit as usize * 7919 + cycle * 104_729) % 1000;
        let mut row = Row { settings: SET_POINTS[mixed % subset.regimes()], sensors: [518.67; 21] };
        row.sensors[1] = (641.0 + mixed as f64 / 100.0) as f32;
        row.sensors[2] = (mixed as f32).sqrt();
        row.sensors[3] = -(mixed as f32) / 8.0;
        row.sensors[4] = if mixed == 500 { 1e30 } else { -0.5 };
        row
    };
    let engines = |lengths: &[usize]| -> Vec<Engine> {
        (1..)
            .zip(lengths)
            .map(|(unit, cycles)| Engine { unit, rows: (0..*cycles).map(|c| row(unit, c)).collect() })
            .collect()
    };
    let (train, test) = (engines(&[40, 1, 12]), engines(&[3, 9]));
    Dataset { subset, origin: Origin::Nasa, train, test, test_rul: vec![12.0, 7.5] }
}

/// A pack whose checksum is right, whatever it holds.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
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
    newer[4] = 2;
    assert_eq!(message(&newer), "data pack: expected version 1, found version 2");
    assert!(message(&resealed(good[..good.len() - 1].to_vec())).contains("found fewer"));
    assert!(message(&resealed([&good[..], b"x"].concat())).contains("found 1 more"));
}

#[test]
fn a_few_bytes_cannot_ask_for_much() {
    let mut bytes = pack(&dataset(Subset::FD001)).unwrap();
    bytes.truncate(HEADER);
    put(&mut bytes, u64::from(u32::MAX));
    assert_eq!(
        unpack(&resealed(bytes)).unwrap_err().to_string(),
        "data pack: expected at most 400,000 rows, found 4294967295"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn damage_is_an_error_and_never_a_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        keep in any::<prop::sample::Index>(),
        seal: bool,
    ) {
        let good = pack(&dataset(Subset::FD002)).unwrap();
        let mut bytes = good.clone();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if keep.index(4) == 0 {
            bytes.truncate(keep.index(bytes.len()));
        }
        if seal {
            // Past the checksum anything goes but a panic.
            let _ = unpack(&resealed(bytes));
        } else {
            prop_assert!(bytes == good || unpack(&bytes).is_err());
        }
    }

    #[test]
    fn noise_is_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(unpack(&bytes).is_err());
        let sealed = resealed([&b"LSPK\x01\x00\x00\x01"[..], &bytes].concat());
        let _ = unpack(&sealed);
    }
}
