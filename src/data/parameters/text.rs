//! Emulator parameters as text: lines of a name and numbers, in sections that a `mode` or a `regime` begins.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    COLUMNS, DataError, EmulatorParameters, FaultMode, KNOTS, NAMES, OperatingRegime, SETTINGS, TERMS, TRAITS, invalid,
};

/// A name and what follows it, for each line of a section.
type Lines<'a> = BTreeMap<String, Vec<&'a str>>;

impl EmulatorParameters {
    /// Read what [`EmulatorParameters::to_text`] wrote; `#` starts a comment.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] names the parameter that is missing, not a number, or refused by
    /// [`EmulatorParameters::validate`].
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut sections = vec![Lines::new()];
        let (mut measured, mut assumed) = (Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            let words: Vec<_> = rest.split_ascii_whitespace().collect();
            match (name, words.split_first()) {
                ("", _) => {}
                ("measured", _) => measured.push(rest.to_owned()),
                ("assumed", _) => assumed.push(rest.to_owned()),
                _ => {
                    if matches!(name, "mode" | "regime") {
                        sections.push(Lines::new());
                    }
                    let (name, words) = match (name, words.split_first()) {
                        ("column", Some((number, rest))) => (format!("column {number}"), rest.to_vec()),
                        _ => (name.to_owned(), words),
                    };
                    if let Some(section) = sections.last_mut() {
                        section.insert(name, words);
                    }
                }
            }
        }
        let (general, sections) = sections.split_first().ok_or_else(|| invalid("text", "lines", "none"))?;
        let subset = general.get("subset").and_then(|words| words.first()).copied().unwrap_or("none");
        let of = |name: &'static str| sections.iter().filter(move |section| section.contains_key(name));
        let parameters = Self {
            subset: subset.parse()?,
            measured,
            assumed,
            modes: of("mode").map(mode).collect::<Result<_, _>>()?,
            regimes: of("regime").map(regime).collect::<Result<_, _>>()?,
            test_rul: numbers(general, "test_rul")?,
            shortest_test: numbers::<1>(general, "shortest_test")?[0],
        };
        parameters.validate()?;
        Ok(parameters)
    }

    /// The parameters as text, seven digits each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let subset = self.subset;
        let mut text = format!(
            "# Statistics of the engines of {subset}, from which the emulator draws (src/data/parameters.rs).\n\
             # Regenerate: lambdascope data fit --data DIR --dataset {subset} --out FILE\n\
             # Quantiles: minimum, nine deciles, maximum. Column n of the text files: response to\n\
             # 1, wear, drift, wear^2, wear*drift, drift^2, then the deviation of the noise.\n\
             # A regime: altitude, Mach number, throttle, share; then an offset and a gain for each column.\n\
             subset {subset}\n"
        );
        for (name, sentences) in [("measured", &self.measured), ("assumed", &self.assumed)] {
            for sentence in sentences {
                // Writing to a string cannot fail, here and below.
                let _ = writeln!(text, "{name} {sentence}");
            }
        }
        line(&mut text, "test_rul", &self.test_rul);
        line(&mut text, "shortest_test", &[self.shortest_test]);
        for mode in &self.modes {
            line(&mut text, &format!("mode {}", mode.name), &[mode.share]);
            line(&mut text, "ln_life", &mode.ln_life);
            for (name, quantiles) in NAMES.iter().zip(&mode.quantiles) {
                line(&mut text, name, quantiles);
            }
            line(&mut text, "correlation", mode.correlation.as_flattened());
            for (number, (response, noise)) in (3..).zip(mode.responses.iter().zip(mode.noise)) {
                let mut values = response.to_vec();
                values.push(noise);
                line(&mut text, &format!("column {number}"), &values);
            }
        }
        for regime in &self.regimes {
            let [altitude, mach, throttle] = regime.settings;
            line(&mut text, "regime", &[altitude, mach, throttle, regime.share]);
            line(&mut text, "offsets", &regime.offsets);
            line(&mut text, "gains", &regime.gains);
        }
        text
    }
}

fn mode(lines: &Lines<'_>) -> Result<FaultMode, DataError> {
    let (name, share) = match lines.get("mode").map(Vec::as_slice) {
        Some([name, share]) => ((*name).to_owned(), share.parse().ok()),
        _ => (String::new(), None),
    };
    let mut mode = FaultMode {
        name,
        share: share.ok_or_else(|| invalid("mode", "a name and a share", "others"))?,
        ln_life: numbers(lines, "ln_life")?,
        quantiles: [[0.0; KNOTS]; TRAITS - 1],
        correlation: [[0.0; TRAITS]; TRAITS],
        responses: [[0.0; TERMS]; COLUMNS],
        noise: [0.0; COLUMNS],
    };
    for (name, quantiles) in NAMES.iter().zip(&mut mode.quantiles) {
        *quantiles = numbers(lines, name)?;
    }
    let correlation: [f64; TRAITS * TRAITS] = numbers(lines, "correlation")?;
    for (row, values) in mode.correlation.iter_mut().zip(correlation.chunks(TRAITS)) {
        row.copy_from_slice(values);
    }
    for (column, response) in mode.responses.iter_mut().enumerate() {
        let values: [f64; TERMS + 1] = numbers(lines, &format!("column {}", column + 3))?;
        response.copy_from_slice(&values[..TERMS]);
        mode.noise[column] = values[TERMS];
    }
    Ok(mode)
}

fn regime(lines: &Lines<'_>) -> Result<OperatingRegime, DataError> {
    let [altitude, mach, throttle, share]: [f64; SETTINGS + 1] = numbers(lines, "regime")?;
    Ok(OperatingRegime {
        settings: [altitude, mach, throttle],
        share,
        offsets: numbers(lines, "offsets")?,
        gains: numbers(lines, "gains")?,
    })
}

fn line(text: &mut String, name: &str, values: &[f64]) {
    text.push_str(name);
    for value in values {
        // Seven digits, without the zeros that fill them up.
        let rounded: f64 = format!("{value:.6e}").parse().unwrap_or(*value);
        let _ = if rounded != 0.0 && rounded.abs() < 1e-3 {
            write!(text, " {rounded:e}")
        } else {
            write!(text, " {rounded}")
        };
    }
    text.push('\n');
}

fn numbers<const N: usize>(lines: &Lines<'_>, name: &str) -> Result<[f64; N], DataError> {
    let words = lines.get(name).ok_or_else(|| invalid(name, "a line of this name", "none"))?;
    let values: Result<Vec<f64>, _> = words.iter().map(|word| word.parse()).collect();
    let values = values.map_err(|_| invalid(name, "numbers", &words.join(" ")))?;
    <[f64; N]>::try_from(values).map_err(|values| invalid(name, "another count of numbers", &values.len().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Subset;

    #[test]
    fn text_round_trips() {
        for subset in Subset::ALL {
            let parameters = EmulatorParameters::bundled(subset).unwrap();
            assert_eq!(parameters.subset, subset);
            assert_eq!(EmulatorParameters::parse(&parameters.to_text()).unwrap(), parameters);
        }
    }

    #[test]
    fn what_was_not_measured_is_said() {
        let parameters = |subset| EmulatorParameters::bundled(subset).unwrap();
        assert!(parameters(Subset::FD001).assumed.is_empty());
        for subset in [Subset::FD002, Subset::FD003, Subset::FD004] {
            let assumed = parameters(subset).assumed;
            assert!(!assumed.is_empty() && assumed.iter().all(|sentence| sentence.ends_with('.')), "{assumed:?}");
        }
    }

    #[test]
    fn says_which_parameter_is_wrong() {
        let text = EmulatorParameters::bundled(Subset::FD001).unwrap().to_text();
        let message = |text: &str| EmulatorParameters::parse(text).unwrap_err().to_string();
        let renamed = message(&text.replace("\ntest_rul", "\nrul"));
        assert_eq!(renamed, "emulator parameters, test_rul: expected a line of this name, found none");
        let shorter = message(&text.replace("\nshortest_test 31", "\nshortest_test"));
        assert_eq!(shorter, "emulator parameters, shortest_test: expected another count of numbers, found 0");
        assert!(
            message(&text.replace("\nshortest_test 31", "\nshortest_test x")).contains("expected numbers, found x")
        );
        assert!(message(&text.replace("\nln_life", "\nln_life 9")).contains("ln_life"));
        assert!(message(&text.replace("\nmode hpc 1", "\nmode hpc 0.5")).contains("sum of 0.5"));
        assert!(message(&text.replace("subset FD001", "subset FD002")).contains("regimes: expected as many"));
        let mut parameters = EmulatorParameters::bundled(Subset::FD001).unwrap();
        parameters.modes[0].correlation = [[1.0; TRAITS]; TRAITS];
        assert!(parameters.validate().unwrap_err().to_string().contains("positive definite"));
    }
}
