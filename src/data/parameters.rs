//! What the emulator knows about a population of engines.

use super::{COLUMNS, DataError, SETTINGS, Subset, linear::cholesky};

mod text;

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
/// How far altitude and Mach number stray above a set point, as printed in NASA's FD002.
pub(super) const STRAY: [f64; SETTINGS] = [0.008, 0.002, 0.0];

/// Statistics of a population of engines, measured by [`super::fit`] or assumed by [`super::assume`], and drawn from by
/// [`super::emulate`].
#[derive(Clone, Debug, PartialEq)]
pub struct EmulatorParameters {
    /// The subset.
    pub subset: Subset,
    /// What was measured, and on what: sentences for a person.
    pub measured: Vec<String>,
    /// What was assumed where nothing could be measured: sentences for a person.
    pub assumed: Vec<String>,
    /// Ways to fail; each engine has one. FD001 and FD002 have one, FD003 and FD004 two.
    pub modes: Vec<FaultMode>,
    /// Operating regimes, in the order of [`super::SET_POINTS`]; none where an engine stays at sea level.
    pub regimes: Vec<OperatingRegime>,
    /// Quantiles of the RUL, in cycles, at which test engines are cut.
    pub test_rul: [f64; KNOTS],
    /// Fewest cycles of a test engine.
    pub shortest_test: f64,
}

/// Engines that fail in one way, at sea level.
///
/// ```text
/// wear(t)  = w + (f − w)·exp(−RUL/τ)     the same f, up to a few per cent, for all engines: failure
/// drift(t) = d + g·exp(−RUL/τ)           which way an engine fails: loss of flow or loss of efficiency
/// column(t) = quadratic(wear, drift) + white Gaussian noise, rounded as NASA printed it
/// ```
///
/// These two latents carry all there is: of FD001's 14 sensors, whitened by their noise, two directions have variance
/// 68 and 37 times that of the noise and the third 0.15. They are the two health parameters of the fault that Saxena
/// et al. 2008 injected, efficiency and flow of the high-pressure compressor; a fault of the fan has two of its own.
/// Noise is white as measured: once wear and drift are taken out, autocorrelations stay below 0.03, and so do
/// correlations between sensors but for two pairs that measure one speed twice (9 and 14: 0.07, 8 and 13: 0.06), which
/// the emulator leaves out.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultMode {
    /// What fails, in one word: `hpc` (the high-pressure compressor) or `fan`.
    pub name: String,
    /// Share of the engines that fail so.
    pub share: f64,
    /// Mean and deviation of the logarithm of the lifetime in cycles, which is taken as normal.
    pub ln_life: [f64; 2],
    /// Quantiles (minimum, nine deciles, maximum) of the other traits: wear at the start `w`, wear at failure `f`,
    /// drift at the start `d`, growth of the drift `g`, and `ln τ` in cycles.
    pub quantiles: [[f64; KNOTS]; TRAITS - 1],
    /// Correlation of the traits' normal scores (a Gaussian copula), lifetime last.
    pub correlation: [[f64; TRAITS]; TRAITS],
    /// Response of each column to `[1, wear, drift, wear², wear·drift, drift²]`.
    pub responses: [[f64; TERMS]; COLUMNS],
    /// Deviation of the noise of each column.
    pub noise: [f64; COLUMNS],
}

/// What a cycle in one operating regime shows of an engine.
///
/// ```text
/// column = offset + gain · (the column at sea level)
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OperatingRegime {
    /// Altitude in kft, Mach number, throttle resolver angle in %.
    pub settings: [f64; SETTINGS],
    /// Share of the cycles that are flown in it, each on its own.
    pub share: f64,
    /// Offset of each column; that of a setting is not used.
    pub offsets: [f64; COLUMNS],
    /// Gain of each column; that of a setting is not used.
    pub gains: [f64; COLUMNS],
}

impl EmulatorParameters {
    /// The parameters that come with the program. What of them is assumed is said in [`EmulatorParameters::assumed`].
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] never, unless the program was built with a damaged asset.
    pub fn bundled(subset: Subset) -> Result<Self, DataError> {
        Self::parse(match subset {
            Subset::FD001 => include_str!("../../assets/emulator_fd001.txt"),
            Subset::FD002 => include_str!("../../assets/emulator_fd002.txt"),
            Subset::FD003 => include_str!("../../assets/emulator_fd003.txt"),
            Subset::FD004 => include_str!("../../assets/emulator_fd004.txt"),
        })
    }

    /// Check that an emulator can draw from these parameters.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] names the parameter: values are finite, quantiles ascend, noise is not negative, lifetimes
    /// are of the order of 50 to 2,000 cycles, the correlations are those of some distribution, shares sum to 1, and
    /// there are as many regimes as the subset has.
    pub fn validate(&self) -> Result<(), DataError> {
        self.modes.iter().try_for_each(FaultMode::validate)?;
        self.regimes.iter().try_for_each(OperatingRegime::validate)?;
        ascending("test_rul", &self.test_rul)?;
        if self.test_rul[0] < 0.0 {
            return Err(invalid("test_rul", "cycles from 0", "a negative number"));
        }
        if !(1.0..=500.0).contains(&self.shortest_test) {
            return Err(invalid("shortest_test", "from 1 to 500", &self.shortest_test.to_string()));
        }
        shares("modes", &self.modes.iter().map(|mode| mode.share))?;
        let regimes = if self.regimes.is_empty() { 1 } else { self.regimes.len() };
        if regimes != self.subset.regimes() {
            return Err(invalid("regimes", "as many as the subset has", &regimes.to_string()));
        }
        if regimes > 1 { shares("regimes", &self.regimes.iter().map(|regime| regime.share)) } else { Ok(()) }
    }
}

impl FaultMode {
    fn validate(&self) -> Result<(), DataError> {
        let values = self.quantiles.iter().flatten().chain(&self.noise).chain(self.responses.iter().flatten());
        finite(values)?;
        for (name, values) in NAMES.iter().zip(&self.quantiles) {
            ascending(name, values)?;
        }
        if self.noise.iter().any(|noise| *noise < 0.0) {
            return Err(invalid("noise", "numbers from 0", "a negative one"));
        }
        let [mean, deviation] = self.ln_life;
        if !(3.9..=7.6).contains(&mean) || !(0.0..=0.6).contains(&deviation) {
            let expected = "a mean from 3.9 to 7.6 and a deviation from 0 to 0.6";
            return Err(invalid("ln_life", expected, &format!("{mean} and {deviation}")));
        }
        match cholesky(&self.correlation) {
            Some(_) => Ok(()),
            None => Err(invalid("correlation", "a positive definite matrix", "another")),
        }
    }
}

impl OperatingRegime {
    fn validate(&self) -> Result<(), DataError> {
        finite(self.settings.iter().chain(&self.offsets).chain(&self.gains))
    }
}

fn finite<'a>(mut values: impl Iterator<Item = &'a f64>) -> Result<(), DataError> {
    if values.all(|value| value.is_finite()) { Ok(()) } else { Err(invalid("values", "finite numbers", "another")) }
}

fn ascending(name: &str, values: &[f64; KNOTS]) -> Result<(), DataError> {
    finite(values.iter())?;
    let found = format!("{values:?}");
    if values.is_sorted() { Ok(()) } else { Err(invalid(name, "quantiles in ascending order", &found)) }
}

fn shares(name: &str, shares: &(impl Iterator<Item = f64> + Clone)) -> Result<(), DataError> {
    let sum: f64 = shares.clone().sum();
    // A range contains no NaN.
    if shares.clone().all(|share| (0.0..=1.0).contains(&share)) && (sum - 1.0).abs() < 1e-6 {
        return Ok(());
    }
    Err(invalid(name, "shares from 0 that sum to 1", &format!("a sum of {sum}")))
}

fn invalid(name: &str, expected: &'static str, found: &str) -> DataError {
    let part = format!("emulator parameters, {name}");
    DataError::Invalid { part, expected, found: super::error::shortened(found) }
}
