//! Fields → numbers.

/// A finite number, written with a decimal point, or with a decimal comma where the file has those.
pub fn number(field: &str, decimal_comma: bool) -> Option<f32> {
    let mut buffer = [0; 64];
    let value: f32 = pointed(field, decimal_comma, &mut buffer)?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// A whole number from 0, also where it is written as a decimal one (`1.0`, `1.000e+00`); and whether it is.
pub fn whole(field: &str, decimal_comma: bool) -> Option<(u32, bool)> {
    if let Ok(value) = field.parse() {
        return Some((value, false));
    }
    let mut buffer = [0; 64];
    let value: f64 = pointed(field, decimal_comma, &mut buffer)?.parse().ok()?;
    let is_whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
    #[expect(clippy::cast_sign_loss, reason = "the range was looked at")]
    let whole = value as u32;
    is_whole.then_some((whole, true))
}

/// With a point, if it is written with a comma between two digits.
fn pointed<'a>(field: &'a str, decimal_comma: bool, buffer: &'a mut [u8; 64]) -> Option<&'a str> {
    if !decimal_comma || !field.contains(',') {
        // A number begins with a digit, a sign or a point: names such as `nan` and `inf` do not.
        return field.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)).then_some(field);
    }
    let (before, after) = field.split_once(',')?;
    let digit = |text: &str| text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let before_digit = before.as_bytes().last().is_some_and(u8::is_ascii_digit);
    if !before_digit || !digit(after) || field.contains('.') || after.contains(',') || field.len() > buffer.len() {
        return None;
    }
    let pointed = &mut buffer[..field.len()];
    pointed.copy_from_slice(field.as_bytes());
    pointed[before.len()] = b'.';
    std::str::from_utf8(pointed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let read = ["1", "-0.5", "+3", ".5", "1e3", "nan", "inf", "1e39", "", "1,5", "0x1", "1_0"]
            .map(|text| number(text, false));
        let none = None;
        assert_eq!(
            read,
            [Some(1.0), Some(-0.5), Some(3.0), Some(0.5), Some(1000.0), none, none, none, none, none, none, none]
        );
        let read = ["1,5", "-0,0037", "1", "1,", ",5", "1,5,2", "1.234,5", "1,5e2"].map(|text| number(text, true));
        assert_eq!(read, [Some(1.5), Some(-0.0037), Some(1.0), none, none, none, none, Some(150.0)]);
        let read = ["7", "1.0", "1.000e+00", "1.5", "-1", "4294967296", "1,0"].map(|text| whole(text, false));
        assert_eq!(read, [Some((7, false)), Some((1, true)), Some((1, true)), None, None, None, None]);
        assert_eq!(whole("12,0", true), Some((12, true)));
    }
}
