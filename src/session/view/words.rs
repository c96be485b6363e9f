//! Numbers, errors and what was read, as a person reads them.

use super::Notice;
use crate::session::{GivenData, MissingFiles};

/// A whole number with its thousands set apart.
#[must_use]
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut words = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// A NASA score. It grows exponentially with the error: an untrained model's has many digits, of which none matter.
#[must_use]
pub fn score_words(score: f32) -> String {
    match score {
        score if score < 100.0 => format!("{score:.1}"),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 100 and a million")]
        score if score < 1e6 => grouped(score.round() as u32),
        score if score < 1e9 => format!("{:.1} M", score / 1e6),
        score => format!("{score:.1e}"),
    }
}

/// An error as a sentence.
///
/// Errors begin in lower case and end without a stop, so that they can stand within sentences; here they are one. A
/// name at the beginning stays as it is written.
#[must_use]
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let first = words.split_whitespace().next().unwrap_or_default();
    let stop = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    let mut letters = words.chars();
    match letters.next() {
        Some(letter) if first.chars().all(|c| c.is_ascii_lowercase() || c == ',') => {
            format!("{}{}{stop}", letter.to_ascii_uppercase(), letters.as_str())
        }
        _ => format!("{words}{stop}"),
    }
}

/// What came of a person's files. Where nothing is complete yet, the person has something to do.
pub(super) fn of_files(data: &[GivenData], missing: &[MissingFiles]) -> Notice {
    let lacking = missing.iter().map(MissingFiles::words).collect::<Vec<_>>().join("; ");
    if data.is_empty() {
        return Notice::Wrong(format!("{lacking}: give them, too; those given so far are remembered"));
    }
    let read = data.iter().map(GivenData::words).collect::<Vec<_>>().join("; ");
    let lacking = if lacking.is_empty() { lacking } else { format!(" {}", sentence(&lacking)) };
    Notice::Said(format!("Read from your files: {read}.{lacking}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Origin, Subset};

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn scores_have_no_digits_that_do_not_matter() {
        assert_eq!(
            [7.25, 434.4, 12_345.6, 5.12e7, 3e12].map(score_words),
            ["7.2", "434", "12,346", "51.2 M", "3.0e12"]
        );
    }

    #[test]
    fn errors_become_sentences_and_names_stay() {
        assert_eq!(sentence("no engine"), "No engine.");
        assert_eq!(sentence("train_FD001.txt, line 3: found nothing"), "train_FD001.txt, line 3: found nothing.");
        assert_eq!(sentence("`lambda` should be small, found 7"), "`lambda` should be small, found 7.");
        assert_eq!(sentence("it broke. Reload."), "It broke. Reload.");
    }

    #[test]
    fn what_was_read_is_told_and_what_is_missing_is_asked_for() {
        let data = [GivenData {
            subset: Subset::FD001,
            origin: Origin::Nasa,
            name: None,
            labels: None,
            assumptions: Vec::new(),
            train_engines: 100,
            test_engines: 100,
            rows: 33_727,
            pack: Vec::new(),
        }];
        let missing = [MissingFiles { subset: Subset::FD003, files: vec!["train_FD003.txt".to_owned()] }];
        let read = "NASA C-MAPSS FD001 (100 training and 100 test engines, 33,727 rows)";
        let whole = Notice::Said(format!("Read from your files: {read}."));
        assert_eq!(of_files(&data, &[]), whole);
        let half = Notice::Said(format!("Read from your files: {read}. FD003 lacks train_FD003.txt."));
        assert_eq!(of_files(&data, &missing), half);
        assert!(
            matches!(of_files(&[], &missing), Notice::Wrong(words) if words.starts_with("FD003 lacks train_FD003"))
        );
    }
}
