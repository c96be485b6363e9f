//! Numbers in words: plain decimals for tables, short ones for ticks and readings.

/// A number in plain decimals with this many significant digits at most, trailing zeros left out.
///
/// With six digits an `f32` prints as it was meant: `0.73_f32` is `0.73`. From a thousandth up there are seven decimals
/// at most, since a difference of numbers near 1 is no more exact: `1.0 - 0.99_f32` is `0.01`. Only numbers beyond
/// `1e-9 … 1e12` take an exponent.
///
/// ```
/// use lambdascope::chart::plain;
///
/// assert_eq!(plain(f64::from(0.73_f32), 6), "0.73");
/// assert_eq!(plain(f64::from(1.0 - 0.73_f32), 6), "0.27");
/// assert_eq!(plain(0.000_012_5, 6), "0.0000125");
/// ```
#[must_use]
pub fn plain(value: f64, significant: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = significant.max(1) - 1;
    let scientific = format!("{value:.digits$e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-9..12).contains(&exponent) {
        return format!("{}e{exponent}", without_trailing_zeros(mantissa));
    }
    let decimals = usize::try_from(i32::try_from(digits).unwrap_or(i32::MAX).saturating_sub(exponent)).unwrap_or(0);
    let decimals = if exponent >= -3 { decimals.min(7) } else { decimals };
    without_trailing_zeros(&format!("{value:.decimals$}")).to_owned()
}

/// A number for a tooltip or a mark: four significant digits and a true minus sign.
pub(super) fn reading(value: f64) -> String {
    with_true_minus(&plain(value, 4))
}

/// The label of a tick on a linear axis whose ticks are `step` apart.
pub(super) fn linear_label(value: f64, step: f64) -> String {
    if step >= 1e12 || step <= 1e-9 {
        return reading(value);
    }
    let (value, step, suffix) = match step {
        s if s >= 1e9 => (value / 1e9, step / 1e9, "G"),
        s if s >= 1e6 => (value / 1e6, step / 1e6, "M"),
        s if s >= 1e3 => (value / 1e3, step / 1e3, "k"),
        _ => (value, step, ""),
    };
    let decimals = (0..12).find(|&d| is_whole(step * 10_f64.powi(d))).unwrap_or(12);
    let decimals = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{value:.decimals$}");
    // -0.0 and what rounds to it.
    let digits = if digits.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) { "0".to_owned() } else { digits };
    let suffix = if digits == "0" { "" } else { suffix };
    format!("{}{suffix}", with_true_minus(&digits))
}

/// The label of a tick on a logarithmic axis: decimals near 1, powers of ten beyond.
pub(super) fn log_label(value: f64) -> String {
    if (1e-3..1e4).contains(&(value * (1.0 + 1e-9))) {
        return plain(value, 3);
    }
    let scientific = format!("{value:.0e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: String = exponent.chars().map(superscript).collect();
    if mantissa == "1" { format!("10{power}") } else { format!("{mantissa}·10{power}") }
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6 * value.abs().max(1.0)
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}

fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

fn with_true_minus(digits: &str) -> String {
    digits.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_read_as_they_were_set() {
        for hundredths in 0..=100_u8 {
            let slider = f32::from(hundredths) / 100.0;
            let printed = plain(f64::from(slider), 6);
            assert_eq!(printed, slider.to_string());
            let other = plain(f64::from(1.0 - slider), 6);
            assert_eq!(other, (f32::from(100 - hundredths) / 100.0).to_string());
        }
    }

    #[test]
    fn plain_numbers_of_every_size() {
        let cases = [
            (0.0, "0"),
            (-0.25, "-0.25"),
            (1.0, "1"),
            (120.0, "120"),
            (1_234_567.0, "1234567"),
            (0.000_001_234_567, "0.00000123457"),
            (0.999_999_9, "1"),
            (1e-12, "1e-12"),
            (2.5e30, "2.5e30"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "∞"),
            (f64::NEG_INFINITY, "-∞"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain(value, 6), expected);
        }
    }

    #[test]
    fn linear_ticks_share_their_decimals() {
        assert_eq!([-0.5, 0.0, 0.25].map(|v| linear_label(v, 0.25)), ["−0.50", "0", "0.25"]);
        assert_eq!([0.0, 20.0].map(|v| linear_label(v, 20.0)), ["0", "20"]);
        assert_eq!([0.0, 2000.0, 10_000.0].map(|v| linear_label(v, 2000.0)), ["0", "2k", "10k"]);
    }

    #[test]
    fn log_ticks_are_decimals_near_one_and_powers_beyond() {
        let labels = [1e-7, 2e-4, 1e-3, 0.5, 1.0, 1000.0, 1e4, 5e9].map(log_label);
        assert_eq!(labels, ["10⁻⁷", "2·10⁻⁴", "0.001", "0.5", "1", "1000", "10⁴", "5·10⁹"]);
    }
}
