//! Emulator parameters for subsets whose training files are not at hand: what FD001 shows, and assumptions in words.

use super::{
    COLUMNS, DataError, EmulatorParameters, Engine, SET_POINTS, SETTINGS, Subset,
    fit::{Life, count, ln_life, mode, rul_quantiles, unfit},
    parameters::{FaultMode, OperatingRegime},
};
use crate::ConfigError;

/// Index of sensor 7, the total pressure at the outlet of the high-pressure compressor.
const P30: usize = 6;
/// How far that pressure has risen in a record that shows a failing fan, in psia: five deviations of its noise.
const FAILING_FAN_PSIA: f64 = 2.0;
/// The most cycles that such a record may be away from failure, so that what is missing of it can be extrapolated.
const MOST_RUL_CYCLES: usize = 75;
/// Share of the engines that fail by the fan where there are two ways: with it, FD003's engines live 247 cycles on the
/// average, as NASA's do (24,720 rows of 100 engines).
const FAN_SHARE: f64 = 0.5;
/// Fewest cycles of a test engine of FD002 and FD004, after Saxena et al. 2008.
const SHORTEST_TEST_OF_SIX_REGIMES: f64 = 20.0;

/// How the sentence about them begins.
const RULS: &str = "The RULs at which test engines are cut";

/// What a new engine shows at the set points: sensors 1 to 21, near the first rows of NASA's `train_FD002.txt` where
/// those are widely printed (25, 35 and 42 kft) and between them and sea level by the similarity of gas turbines
/// (temperatures go with that of the inlet, pressures with its pressure, speeds with the root of its temperature).
const LEVELS: [[f64; 21]; 6] = [
    [
        518.67, 642.4, 1586.8, 1402.6, 14.62, 21.61, 554.0, 2388.06, 9056.0, 1.3, 47.35, 521.9, 2388.06, 8137.3, 8.418,
        0.03, 392.0, 2388.0, 100.0, 38.94, 23.36,
    ],
    [
        489.05, 604.6, 1498.0, 1305.0, 10.52, 15.49, 394.3, 2318.9, 8768.0, 1.26, 45.4, 371.5, 2388.1, 8120.0, 8.65,
        0.03, 369.0, 2319.0, 100.0, 28.6, 17.15,
    ],
    [
        491.19, 607.2, 1482.0, 1247.0, 9.35, 13.65, 334.6, 2323.9, 8714.0, 1.08, 44.3, 314.9, 2388.1, 8066.0, 9.23,
        0.02, 365.0, 2324.0, 100.0, 24.4, 14.65,
    ],
    [
        462.54, 537.2, 1257.0, 1047.7, 7.05, 9.03, 175.4, 1915.1, 7997.0, 0.94, 36.8, 164.3, 2028.0, 7863.0, 10.9,
        0.02, 308.0, 1915.0, 84.93, 14.3, 8.58,
    ],
    [
        449.44, 555.3, 1358.6, 1137.2, 5.48, 8.0, 194.6, 2222.7, 8341.9, 1.02, 42.0, 183.1, 2388.0, 8048.6, 9.346,
        0.02, 334.0, 2223.0, 100.0, 14.75, 8.85,
    ],
    [
        445.0, 549.7, 1353.5, 1126.0, 3.91, 5.71, 138.5, 2211.6, 8304.0, 1.02, 42.0, 130.4, 2388.0, 8072.0, 9.38, 0.02,
        331.0, 2212.0, 100.0, 10.4, 6.24,
    ],
];

/// Shares of the cycles flown at the set points.
const SHARES: [f64; 6] = [0.15, 0.15, 0.15, 0.15, 0.15, 0.25];

/// Parameters for a subset without its training file.
///
/// FD002 is FD001 seen in six regimes; FD003 has FD001's engines for one half and for the other engines whose fan fails,
/// measured on those test engines of FD003 with odd numbers, whose records show it; FD004 is FD003 seen in six regimes.
/// `test` is FD003's test file and may be empty for the others; `test_rul` the subset's RUL file.
///
/// # Errors
///
/// [`DataError::Invalid`] if there are too few test engines to measure, [`DataError::Config`] for FD001, which is
/// measured.
pub fn assume(subset: Subset, test: &[Engine], test_rul: &[f32]) -> Result<EmulatorParameters, DataError> {
    if test_rul.is_empty() {
        return Err(unfit("the RULs of the test engines", "none".to_owned()));
    }
    let sentences = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut parameters = match subset {
        Subset::FD001 => {
            let expected = "FD002, FD003 or FD004: FD001 is measured";
            return Err(ConfigError::new("dataset", expected, &subset).into());
        }
        Subset::FD002 => {
            let fd001 = EmulatorParameters::bundled(Subset::FD001)?;
            let measured = sentences(&["How engines wear is measured on the training engines of NASA's FD001."]);
            EmulatorParameters { measured, assumed: sentences(&["Engines wear as those of FD001 do."]), ..fd001 }
        }
        Subset::FD003 => fd003(test, test_rul)?,
        Subset::FD004 => {
            let fd003 = EmulatorParameters::bundled(Subset::FD003)?;
            let mut assumed = sentences(&["Engines wear as those of the emulated FD003 do."]);
            assumed.extend(fd003.assumed.iter().cloned());
            let measured = fd003.measured.iter().filter(|sentence| !sentence.starts_with(RULS)).cloned().collect();
            EmulatorParameters { measured, assumed, ..fd003 }
        }
    };
    if subset.regimes() > 1 {
        parameters.regimes = regimes();
        parameters.shortest_test = SHORTEST_TEST_OF_SIX_REGIMES;
        parameters.assumed.extend(sentences(&[
            "Each cycle is flown at one of the six published set points, drawn on its own: 42 kft with a probability of \
             0.25, the others with 0.15.",
            "Levels of the sensors at 25, 35 and 42 kft are near the first rows of NASA's FD002 as they are widely \
             printed, those at 10 and 20 kft are put between them by the similarity of gas turbines, and none is measured.",
            "Wear and noise show in every regime in proportion to the sensor's level there.",
        ]));
    }
    parameters.subset = subset;
    parameters.test_rul = rul_quantiles(test_rul);
    let sentence =
        format!("The RULs at which test engines are cut are distributed as those in NASA's RUL_{subset}.txt.");
    parameters.measured.push(sentence);
    parameters.validate()?;
    Ok(parameters)
}

fn fd003(test: &[Engine], test_rul: &[f32]) -> Result<EmulatorParameters, DataError> {
    let fd001 = EmulatorParameters::bundled(Subset::FD001)?;
    // The other half stays unseen, so that a model trained on the emulation can be tested on it.
    let failing: Vec<Life> = test
        .iter()
        .zip(test_rul)
        .filter(|(engine, _)| engine.unit % 2 == 1)
        .map(|(engine, rul)| Life::of(engine, whole_cycles(*rul)))
        .filter(|life| life.growth(P30) > FAILING_FAN_PSIA)
        .collect();
    let ln_life = ln_life(&failing);
    let lives: Vec<Life> = failing.into_iter().filter(|life| life.rul_cycles() <= MOST_RUL_CYCLES).collect();
    let fan = FaultMode { ln_life, ..mode("fan", FAN_SHARE, &lives)? };
    let hpc: Vec<FaultMode> =
        fd001.modes.into_iter().map(|mode| FaultMode { share: 1.0 - FAN_SHARE, ..mode }).collect();
    Ok(EmulatorParameters {
        subset: Subset::FD003,
        measured: vec![
            "Failures of the high-pressure compressor are those measured on NASA's FD001.".to_owned(),
            format!(
                "Failures of the fan are measured on {} test engines of NASA's FD003, those with odd numbers whose \
                 records show one; test engines with even numbers were not looked at.",
                lives.len()
            ),
        ],
        assumed: vec![
            "Half of the engines fail by the fan.".to_owned(),
            "Engines whose high-pressure compressor fails live as long and wear as those of FD001 do.".to_owned(),
            "A failing fan is measured on odd-numbered test engines and their RULs, and what they show of it goes on exponentially until they fail.".to_owned(),
        ],
        modes: hpc.into_iter().chain([fan]).collect(),
        regimes: Vec::new(),
        test_rul: rul_quantiles(test_rul),
        shortest_test: test.iter().map(|engine| engine.rows.len()).min().map_or(1.0, count),
    })
}

#[expect(clippy::cast_sign_loss, reason = "casts of floats saturate, and RULs are not negative")]
fn whole_cycles(rul_cycles: f32) -> usize {
    rul_cycles.round() as usize
}

fn regimes() -> Vec<OperatingRegime> {
    let of = |((levels, settings), share): ((&[f64; 21], &[f32; SETTINGS]), f64)| {
        let (mut offsets, mut gains) = ([0.0; COLUMNS], [0.0; COLUMNS]);
        for (index, (level, at_sea)) in levels.iter().zip(LEVELS[0]).enumerate() {
            if [1, 5, 6, 10, 16, 18, 19].contains(&(index + 1)) {
                // Set by the inlet or by the control: constant in a regime.
                offsets[SETTINGS + index] = *level;
            } else {
                gains[SETTINGS + index] = level / at_sea;
            }
        }
        OperatingRegime { settings: settings.map(f64::from), share, offsets, gains }
    };
    LEVELS.iter().zip(&SET_POINTS).zip(SHARES).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{emulate, fit};

    #[test]
    fn the_bundled_regimes_are_these() {
        let bundled = |subset| EmulatorParameters::bundled(subset).unwrap();
        let ruls = [1.0, 5.0, 9.0];
        for subset in [Subset::FD002, Subset::FD004] {
            let assumed = assume(subset, &[], &ruls).unwrap();
            assert_eq!(EmulatorParameters::parse(&assumed.to_text()).unwrap().regimes, bundled(subset).regimes);
            assert_eq!(assumed.assumed, bundled(subset).assumed);
            assert_eq!(assumed.test_rul[..], [1.0, 1.8, 2.6, 3.4, 4.2, 5.0, 5.8, 6.6, 7.4, 8.2, 9.0]);
        }
    }

    #[test]
    fn a_failing_fan_is_found_in_test_engines() {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD003).unwrap(), 1, 300, 4).unwrap();
        let found = assume(Subset::FD003, &data.test, &data.test_rul).unwrap();
        let truth = EmulatorParameters::bundled(Subset::FD003).unwrap();
        for column in 0..COLUMNS {
            let (found, truth) = (found.modes[1].noise[column], truth.modes[1].noise[column]);
            assert!((found - truth).abs() <= 0.08 * truth + 1e-3, "column {}: {found}, drawn with {truth}", column + 3);
        }
        assert_eq!(found.modes[0].responses, truth.modes[0].responses);
    }

    #[test]
    fn six_regimes_and_two_ways_to_fail_are_recovered_from_training_engines() {
        let truth = EmulatorParameters::bundled(Subset::FD004).unwrap();
        let data = emulate(&truth, 200, 50, 6).unwrap();
        let found = fit(&data).unwrap();
        for (found, truth) in found.regimes.iter().zip(&truth.regimes) {
            assert!((found.share - truth.share).abs() < 0.01);
            for sensor in [2, 3, 4, 7, 11, 12, 15, 20, 21] {
                let (found, truth) = (found.gains[2 + sensor], truth.gains[2 + sensor]);
                // What a regime's rounding hides is not found.
                assert!((found / truth - 1.0).abs() < 0.1, "sensor {sensor}: gain {found}, drawn with {truth}");
            }
        }
        assert!((found.modes[1].share - truth.modes[1].share).abs() < 0.12, "{}", found.modes[1].share);
        assert!(found.assumed.is_empty());
    }

    #[test]
    fn says_what_it_needs() {
        let message = |subset, ruls: &[f32]| assume(subset, &[], ruls).unwrap_err().to_string();
        assert!(message(Subset::FD001, &[7.0]).contains("FD001 is measured"));
        assert!(message(Subset::FD002, &[]).contains("the RULs of the test engines"));
        assert!(message(Subset::FD003, &[7.0]).contains("at least 8 engines"));
    }
}
