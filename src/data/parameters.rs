//! What the emulator knows about a population of engines, and the text that it is kept in.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{DataError, Row, Subset, linear::cholesky};

/// Traits that differ from engine to engine.
pub(super) const TRAITS: usize = 6;
/// Names of the traits with quantiles, as the text has them; the sixth is the lifetime.
const NAMES: [&str; TRAITS - 1] = ["wear_start", "wear_failure", "drift_start", "drift_growth", "ln_time_constant"];
/// Points at which a distribution is kept.
pub(super) const KNOTS: usize = 11;
/// Standard normal scores of those points: 0.5 %, 10 %, 20 %, …, 90 %, 99.5 %.
pub(super) const SCORES: [f64; KNOTS] =
    [-2.5758, -1.2816, -0.8416, -0.5244, -0.2533, 0.0, 0.2533, 0.5244, 0.8416, 1.2816, 2.5758];
/// Terms of a response: 1, wear, drift, wear², wear·drift, drift².
pub(super) const TERMS: usize = 6;

/// Statistics of a population of engines, measured by [`super::fit`] and drawn from by [`super::emulate`].
///
/// ```text
/// wear(t)  = w + (f − w)·exp(−RUL/τ)     the same f, up to a few per cent, for all engines: failure
/// drift(t) = d + g·exp(−RUL/τ)           which way an engine fails: loss of flow or loss of efficiency
/// column(t) = quadratic(wear, drift) + white Gaussian noise, rounded as NASA printed it
/// ```
///
/// These two latents carry all there is: of FD001's 14 sensors, whitened by their noise, two directions have variance
/// 68 and 37 times that of the noise and the third 0.15. They are the two health parameters of the fault that Saxena
/// et al. 2008 injected, efficiency and flow of the high-pressure compressor. Noise is white as measured:
/// once wear and drift are taken out, autocorrelations stay below 0.03, and so do correlations between sensors but for
/// two pairs that measure one speed twice (9 and 14: 0.07, 8 and 13: 0.06), which the emulator leaves out.
#[derive(Clone, Debug, PartialEq)]
pub struct EmulatorParameters {
    /// The subset measured.
    pub subset: Subset,
    /// Mean and deviation of the logarithm of the lifetime in cycles, which is taken as normal.
    pub ln_life: [f64; 2],
    /// Quantiles (minimum, nine deciles, maximum) of the other traits: wear at the start `w`, wear at failure `f`,
    /// drift at the start `d`, growth of the drift `g`, and `ln τ` in cycles.
    pub quantiles: [[f64; KNOTS]; TRAITS - 1],
    /// Correlation of the traits' normal scores (a Gaussian copula), lifetime last.
    pub correlation: [[f64; TRAITS]; TRAITS],
    /// Quantiles of the RUL, in cycles, at which test engines are cut.
    pub test_rul: [f64; KNOTS],
    /// Fewest cycles of a test engine.
    pub shortest_test: f64,
    /// Response of each column to `[1, wear, drift, wear², wear·drift, drift²]`.
    pub responses: [[f64; TERMS]; Row::COLUMNS],
    /// Deviation of the noise of each column.
    pub noise: [f64; Row::COLUMNS],
}

impl EmulatorParameters {
    /// The parameters that come with the program.
    ///
    /// # Errors
    ///
    /// [`DataError::Config`] for a subset that was not measured: there is FD001 alone, because the others' training
    /// files were not at hand.
    pub fn bundled(subset: Subset) -> Result<Self, DataError> {
        match subset {
            Subset::FD001 => Self::parse(include_str!("../../assets/emulator_fd001.txt")),
            _ => Err(unsupported(subset)),
        }
    }

    /// Check that an emulator can draw from these parameters.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] names the parameter: values are finite, quantiles ascend, noise is not negative, lifetimes
    /// are of the order of 50 to 2,000 cycles, and the correlations are those of some distribution.
    pub fn validate(&self) -> Result<(), DataError> {
        let all = self.quantiles.iter().flatten().chain(&self.test_rul).chain(&self.noise);
        if !all.chain(self.responses.iter().flatten()).all(|value| value.is_finite()) {
            return Err(invalid("values", "finite numbers", "another"));
        }
        let ascending = |values: &[f64; KNOTS]| values.is_sorted();
        for (name, values) in NAMES.iter().zip(&self.quantiles).chain([(&"test_rul", &self.test_rul)]) {
            if !ascending(values) {
                return Err(invalid(name, "quantiles in ascending order", &format!("{values:?}")));
            }
        }
        if self.noise.iter().any(|noise| *noise < 0.0) || self.test_rul[0] < 0.0 {
            return Err(invalid("noise and test_rul", "numbers from 0", "a negative one"));
        }
        let [mean, deviation] = self.ln_life;
        if !(3.9..=7.6).contains(&mean) || !(0.0..=0.6).contains(&deviation) {
            let expected = "a mean from 3.9 to 7.6 and a deviation from 0 to 0.6";
            return Err(invalid("ln_life", expected, &format!("{mean} and {deviation}")));
        }
        if !(1.0..=500.0).contains(&self.shortest_test) {
            return Err(invalid("shortest_test", "from 1 to 500", &self.shortest_test.to_string()));
        }
        match cholesky(&self.correlation) {
            Some(_) => Ok(()),
            None => Err(invalid("correlation", "a positive definite matrix", "another")),
        }
    }

    /// Read what [`EmulatorParameters::to_text`] wrote: lines of a name and numbers; `#` starts a comment.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] names the parameter that is missing, not a number, or refused by
    /// [`EmulatorParameters::validate`].
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut lines: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_ascii_whitespace();
            match (words.next(), words.clone().next()) {
                (Some("column"), Some(number)) => lines.insert(format!("column {number}"), words.skip(1).collect()),
                (Some(name), _) => lines.insert(name.to_owned(), words.collect()),
                (None, _) => None,
            };
        }
        let subset = lines.get("subset").and_then(|words| words.first()).copied().unwrap_or("none");
        let mut parameters = Self {
            subset: subset.parse()?,
            ln_life: numbers(&lines, "ln_life")?,
            quantiles: [[0.0; KNOTS]; TRAITS - 1],
            correlation: [[0.0; TRAITS]; TRAITS],
            test_rul: numbers(&lines, "test_rul")?,
            shortest_test: numbers::<1>(&lines, "shortest_test")?[0],
            responses: [[0.0; TERMS]; Row::COLUMNS],
            noise: [0.0; Row::COLUMNS],
        };
        for (name, quantiles) in NAMES.iter().zip(&mut parameters.quantiles) {
            *quantiles = numbers(&lines, name)?;
        }
        let correlation: [f64; TRAITS * TRAITS] = numbers(&lines, "correlation")?;
        for (row, values) in parameters.correlation.iter_mut().zip(correlation.chunks(TRAITS)) {
            row.copy_from_slice(values);
        }
        for (column, response) in parameters.responses.iter_mut().enumerate() {
            let values: [f64; TERMS + 1] = numbers(&lines, &format!("column {}", column + 3))?;
            response.copy_from_slice(&values[..TERMS]);
            parameters.noise[column] = values[TERMS];
        }
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
             subset {subset}\n"
        );
        let mut line = |name: &str, values: &[f64]| {
            text.push_str(name);
            for value in values {
                // Writing to a string cannot fail. Seven digits, without the zeros that fill them up.
                let rounded: f64 = format!("{value:.6e}").parse().unwrap_or(*value);
                let _ = if rounded != 0.0 && rounded.abs() < 1e-3 {
                    write!(text, " {rounded:e}")
                } else {
                    write!(text, " {rounded}")
                };
            }
            text.push('\n');
        };
        line("ln_life", &self.ln_life);
        for (name, quantiles) in NAMES.iter().zip(&self.quantiles) {
            line(name, quantiles);
        }
        line("correlation", self.correlation.as_flattened());
        line("test_rul", &self.test_rul);
        line("shortest_test", &[self.shortest_test]);
        for (number, (response, noise)) in (3..).zip(self.responses.iter().zip(self.noise)) {
            let mut values = response.to_vec();
            values.push(noise);
            line(&format!("column {number}"), &values);
        }
        text
    }
}

fn numbers<const N: usize>(lines: &BTreeMap<String, Vec<&str>>, name: &str) -> Result<[f64; N], DataError> {
    let words = lines.get(name).ok_or_else(|| invalid(name, "a line of this name", "none"))?;
    let values: Result<Vec<f64>, _> = words.iter().map(|word| word.parse()).collect();
    let values = values.map_err(|_| invalid(name, "numbers", &words.join(" ")))?;
    <[f64; N]>::try_from(values).map_err(|values| invalid(name, "another count of numbers", &values.len().to_string()))
}

fn invalid(name: &str, expected: &'static str, found: &str) -> DataError {
    let part = format!("emulator parameters, {name}");
    DataError::Invalid { part, expected, found: super::error::shortened(found) }
}

pub(super) fn unsupported(subset: Subset) -> DataError {
    DataError::Config {
        field: "dataset",
        expected: "FD001, the only subset there is an emulator for",
        found: subset.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let parameters = EmulatorParameters::bundled(Subset::FD001).unwrap();
        assert_eq!(EmulatorParameters::parse(&parameters.to_text()).unwrap(), parameters);
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
        assert!(EmulatorParameters::bundled(Subset::FD004).unwrap_err().to_string().contains("found FD004"));
        let mut parameters = EmulatorParameters::bundled(Subset::FD001).unwrap();
        parameters.correlation = [[1.0; TRAITS]; TRAITS];
        assert!(parameters.validate().unwrap_err().to_string().contains("positive definite"));
    }
}
