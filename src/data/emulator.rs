//! Engines drawn from a population, for where NASA's files are not at hand.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};

use super::{
    COLUMNS, DataError, Dataset, EmulatorParameters, Engine, Origin, PRINTED_DECIMALS, Rows, SETTINGS, Sensors,
    linear::cholesky,
    parameters::{FaultMode, KNOTS, OperatingRegime, SCORES, STRAY, TERMS, TRAITS},
};
use crate::ConfigError;

/// The most engines of either kind that are drawn.
pub const MAX_EMULATED_ENGINES: usize = 1000;

/// Lifetimes are drawn within this many deviations of the logarithm, so that none is absurd.
const LIFE_SCORE_BOUND: f64 = 2.8;

/// How often a test engine is drawn anew because it would be cut before its record begins.
const ATTEMPTS: usize = 100;

/// Draw engines from a population (see [`EmulatorParameters`]): `train_engines` run to failure, `test_engines` cut
/// before it at RULs distributed like NASA's. Each engine has its own stream of random numbers: the first 20 of 100
/// engines are the same as those of 20.
///
/// # Errors
///
/// [`DataError::Config`] if a count is not from 1 to [`MAX_EMULATED_ENGINES`], [`DataError::Invalid`] from [`EmulatorParameters::validate`].
pub fn emulate(
    parameters: &EmulatorParameters,
    train_engines: usize,
    test_engines: usize,
    seed: u32,
) -> Result<Dataset, DataError> {
    for (field, count) in [("train_engines", train_engines), ("test_engines", test_engines)] {
        if !(1..=MAX_EMULATED_ENGINES).contains(&count) {
            return Err(ConfigError::new(field, "from 1 to 1000", &count).into());
        }
    }
    parameters.validate()?;
    let lower = |mode: &FaultMode| cholesky(&mode.correlation).unwrap_or_default();
    let population = Population { parameters, lower: parameters.modes.iter().map(lower).collect() };
    let random = |part: u64, unit: u32| {
        let mut random = ChaCha8Rng::seed_from_u64(seed.into());
        random.set_stream(part << 32 | u64::from(unit));
        random
    };
    let train = (1..).take(train_engines).map(|unit| {
        let mut random = random(0, unit);
        let traits = population.traits(&mut random);
        Engine { unit, rows: population.rows(&traits, 0, &mut random) }
    });
    let train = train.collect();
    let (mut test, mut test_rul) = (Vec::new(), Vec::new());
    for unit in (1..).take(test_engines) {
        let mut random = random(1, unit);
        let (traits, rul) = population.cut_traits(&mut random);
        test.push(Engine { unit, rows: population.rows(&traits, rul, &mut random) });
        test_rul.push(rul as f32);
    }
    let (subset, sensors) = (parameters.subset, Sensors::cmapss());
    let (origin, notes) = (Origin::Emulated, Vec::new());
    Ok(Dataset { subset, origin, name: None, sensors, labels: None, notes, train, test, test_rul })
}

/// What distinguishes one engine.
struct Traits<'a> {
    mode: &'a FaultMode,
    wear_start: f64,
    wear_failure: f64,
    drift_start: f64,
    drift_growth: f64,
    time_constant_cycles: f64,
    life_cycles: u32,
}

struct Population<'a> {
    parameters: &'a EmulatorParameters,
    /// For each mode, what turns independent normal scores into correlated ones.
    lower: Vec<[[f64; TRAITS]; TRAITS]>,
}

impl Population<'_> {
    fn traits(&self, random: &mut ChaCha8Rng) -> Traits<'_> {
        let chosen = chosen(self.parameters.modes.iter().map(|mode| mode.share), random);
        let (mode, lower) = (&self.parameters.modes[chosen], &self.lower[chosen]);
        let independent: [f64; TRAITS] = std::array::from_fn(|_| StandardNormal.sample(random));
        let scores = lower.map(|row| row.iter().zip(independent).map(|(a, b)| a * b).sum::<f64>());
        let of = |index: usize| quantile(&mode.quantiles[index], scores[index]);
        let [mean, deviation] = mode.ln_life;
        let ln_life = mean + deviation * scores[TRAITS - 1].clamp(-LIFE_SCORE_BOUND, LIFE_SCORE_BOUND);
        Traits {
            mode,
            wear_start: of(0),
            wear_failure: of(1),
            drift_start: of(2),
            drift_growth: of(3),
            time_constant_cycles: of(4).exp().max(1.0),
            life_cycles: cycles(ln_life.exp()),
        }
    }

    /// An engine and the RUL at which its record ends, which leaves the shortest record seen or more.
    fn cut_traits(&self, random: &mut ChaCha8Rng) -> (Traits<'_>, u32) {
        let shortest = cycles(self.parameters.shortest_test);
        let mut drawn = self.traits(random);
        for _ in 0..ATTEMPTS {
            let rul = cycles(quantile(&self.parameters.test_rul, StandardNormal.sample(random)));
            if rul + shortest <= drawn.life_cycles {
                return (drawn, rul);
            }
            drawn = self.traits(random);
        }
        let rul = drawn.life_cycles.saturating_sub(shortest).min(drawn.life_cycles - 1);
        (drawn, rul)
    }

    /// The rows of an engine until it has `rul` cycles to live.
    fn rows(&self, traits: &Traits<'_>, rul: u32, random: &mut ChaCha8Rng) -> Rows {
        let regimes = &self.parameters.regimes;
        let row = |left: u32| {
            let sea_level = traits.sea_level(left, random);
            let columns = if regimes.is_empty() {
                sea_level
            } else {
                let shares = regimes.iter().map(|regime| regime.share);
                regimes[chosen(shares, random)].seen(&sea_level, random)
            };
            let mut printed = [0.0; COLUMNS];
            for ((printed, value), decimals) in printed.iter_mut().zip(columns).zip(PRINTED_DECIMALS) {
                let step = 10_f64.powi(decimals.into());
                let rounded = ((value * step).round() / step) as f32;
                // Adding zero turns −0 into 0.
                *printed = rounded + 0.0;
            }
            printed
        };
        (rul..traits.life_cycles).rev().map(row).collect()
    }
}

impl Traits<'_> {
    /// The columns at sea level with `left` cycles to live.
    fn sea_level(&self, left: u32, random: &mut ChaCha8Rng) -> [f64; COLUMNS] {
        let grown = (-f64::from(left) / self.time_constant_cycles).exp();
        let wear = self.wear_start + (self.wear_failure - self.wear_start) * grown;
        let terms = terms(wear, self.drift_start + self.drift_growth * grown);
        let mut columns = [0.0; COLUMNS];
        for ((column, response), noise) in columns.iter_mut().zip(&self.mode.responses).zip(self.mode.noise) {
            *column = response.iter().zip(terms).map(|(a, b)| a * b).sum();
            if noise > 0.0 {
                let score: f64 = StandardNormal.sample(random);
                *column += noise * score;
            }
        }
        columns
    }
}

impl OperatingRegime {
    /// What is seen in this regime of the columns at sea level.
    fn seen(&self, sea_level: &[f64; COLUMNS], random: &mut ChaCha8Rng) -> [f64; COLUMNS] {
        let mut columns = *sea_level;
        for (index, column) in columns.iter_mut().enumerate() {
            *column = if index < SETTINGS {
                let share: f64 = StandardUniform.sample(random);
                self.settings[index] + STRAY[index] * share
            } else {
                self.offsets[index] + self.gains[index] * *column
            };
        }
        columns
    }
}

/// Which of several is drawn. Where there is one, nothing is drawn.
fn chosen(shares: impl ExactSizeIterator<Item = f64>, random: &mut ChaCha8Rng) -> usize {
    let last = shares.len().saturating_sub(1);
    if last == 0 {
        return 0;
    }
    let drawn: f64 = StandardUniform.sample(random);
    let mut sum = 0.0;
    let below = shares.take_while(|share| {
        sum += share;
        sum <= drawn
    });
    below.count().min(last)
}

/// What a response is linear in.
pub(super) fn terms(wear: f64, drift: f64) -> [f64; TERMS] {
    [1.0, wear, drift, wear * wear, wear * drift, drift * drift]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
fn cycles(value: f64) -> u32 {
    value.round().max(1.0) as u32
}

/// The value of a distribution at a standard normal score, linear between its quantiles and constant outside.
fn quantile(quantiles: &[f64; KNOTS], score: f64) -> f64 {
    let above = SCORES.partition_point(|knot| *knot < score).clamp(1, KNOTS - 1);
    let (low, high) = (SCORES[above - 1], SCORES[above]);
    let share = ((score - low) / (high - low)).clamp(0.0, 1.0);
    quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataConfig, Subset, USED_SENSORS, pack, prepare, unpack};

    fn fd001(train: usize, test: usize, seed: u32) -> Dataset {
        emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), train, test, seed).unwrap()
    }

    #[test]
    fn draws_valid_engines_that_wear_until_they_fail() {
        let data = fd001(100, 100, 7);
        assert_eq!((data.validate(), data.train.len(), data.test.len()), (Ok(()), 100, 100));
        let lives: Vec<_> = data.train.iter().map(|engine| engine.rows.len()).collect();
        let mean = lives.iter().sum::<usize>() / 100;
        assert!((190..225).contains(&mean) && lives.iter().all(|life| (105..400).contains(life)), "{lives:?}");
        assert!(data.test.iter().all(|engine| engine.rows.len() >= 31));
        assert!(data.test_rul.iter().all(|rul| (7.0..=145.0).contains(rul)));
        // Static pressure at the compressor's outlet (sensor 11) rises towards failure in every engine.
        for engine in &data.train {
            let values: Vec<f32> = engine.rows.iter().map(|row| row.sensors[10]).collect();
            let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
            assert!(mean(&values[values.len() - 10..]) > mean(&values[..10]) + 0.3);
        }
    }

    #[test]
    fn keeps_constants_and_printed_digits() {
        let data = fd001(3, 2, 1);
        for row in data.train.iter().chain(&data.test).flat_map(|engine| &engine.rows) {
            assert_eq!(
                (row.settings[2], row.sensors[0], row.sensors[4], row.sensors[17]),
                (100.0, 518.67, 14.62, 2388.0)
            );
            for (value, decimals) in row.columns().into_iter().zip(PRINTED_DECIMALS) {
                assert_eq!(format!("{value:.*}", usize::from(decimals)).parse::<f32>(), Ok(value));
            }
        }
        assert_eq!(unpack(&pack(&data).unwrap()).unwrap(), data);
        let prepared = prepare(&data, &DataConfig::default(), 1).unwrap();
        assert_eq!(prepared.train.features, USED_SENSORS.len());
    }

    #[test]
    fn a_seed_decides_and_engines_do_not_depend_on_their_number() {
        let (few, many) = (fd001(5, 4, 3), fd001(20, 9, 3));
        assert_eq!((&few.train[..], &few.test[..]), (&many.train[..5], &many.test[..4]));
        assert_ne!(fd001(5, 4, 4).train, few.train);
        assert_ne!(few.train[0].rows.get(0), few.test[0].rows.get(0));
    }

    #[test]
    fn refuses_counts_out_of_range() {
        let parameters = EmulatorParameters::bundled(Subset::FD001).unwrap();
        let message = |train, test| emulate(&parameters, train, test, 1).unwrap_err().to_string();
        assert_eq!(message(0, 1), "`train_engines` should be from 1 to 1000, found 0");
        assert_eq!(message(1, 1001), "`test_engines` should be from 1 to 1000, found 1001");
        let six = EmulatorParameters { subset: Subset::FD002, ..parameters };
        assert!(emulate(&six, 1, 1, 1).is_err());
    }

    #[test]
    fn quantiles_are_interpolated_and_bounded() {
        let quantiles = std::array::from_fn(|index| index as f64);
        let near = |score: f64, expected: f64| (quantile(&quantiles, score) - expected).abs() < 1e-9;
        assert!(near(-9.0, 0.0) && near(0.0, 5.0) && near(0.2533 / 2.0, 5.5) && near(9.0, 10.0));
    }
}
