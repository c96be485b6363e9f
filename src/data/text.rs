//! Engines → the text files that NASA published.

use std::fmt::Write as _;

use super::{COLUMNS, Engine};

/// Digits after the point of each column as NASA printed them: settings, then sensors.
pub const PRINTED_DECIMALS: [u8; COLUMNS] = [4, 4, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 2, 0, 0, 2, 2, 4];

/// Engines as the text of a `train_FD00x.txt` or `test_FD00x.txt`, which [`super::parse_engines`] and any other
/// program for C-MAPSS reads. Values that have more digits than NASA's are rounded to them.
#[must_use]
pub fn engines_text(engines: &[Engine]) -> String {
    let mut text = String::new();
    for engine in engines {
        for (cycle, row) in (1..).zip(&engine.rows) {
            // Writing to a string cannot fail.
            let _ = write!(text, "{} {cycle}", engine.unit);
            for (value, decimals) in row.columns().into_iter().zip(PRINTED_DECIMALS) {
                let _ = write!(text, " {value:.*}", usize::from(decimals));
            }
            text.push_str("  \n");
        }
    }
    text
}

/// The RULs of test engines as the text of a `RUL_FD00x.txt`.
#[must_use]
pub fn rul_text(rul_cycles: &[f32]) -> String {
    rul_cycles.iter().fold(String::new(), |mut text, rul| {
        let _ = writeln!(text, "{rul} ");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{parse_engines, parse_rul};

    #[test]
    fn text_is_read_back_and_looks_like_nasas() {
        let line = "1 1 -0.0007 -0.0004 100.0 518.67 641.82 1589.70 1400.60 14.62 21.61 554.36 2388.06 9046.19 1.30 \
                    47.47 521.66 2388.02 8138.62 8.4195 0.03 392 2388 100.00 39.06 23.4190  \n";
        let engines = parse_engines("train", line.as_bytes()).unwrap();
        assert_eq!(engines_text(&engines), line);
        assert_eq!(rul_text(&parse_rul("RUL", b"112 \n9.5 \n").unwrap()), "112 \n9.5 \n");
    }
}
