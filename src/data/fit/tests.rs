use super::*;
use crate::data::emulate;

fn bundled() -> EmulatorParameters {
    EmulatorParameters::bundled(Subset::FD001).unwrap()
}

#[test]
fn recovers_the_population_it_was_drawn_from() {
    let truth = bundled();
    let found = fit(&emulate(&truth, 300, 100, 5).unwrap()).unwrap();
    let (found, truth) = (&found.modes[0], &truth.modes[0]);
    assert!((found.ln_life[0] - truth.ln_life[0]).abs() < 0.04 && (found.ln_life[1] - truth.ln_life[1]).abs() < 0.04);
    for column in 0..COLUMNS {
        let (found, truth) = (found.noise[column], truth.noise[column]);
        assert!((found - truth).abs() <= 0.03 * truth, "noise of column {}: {found}, drawn with {truth}", column + 3);
    }
    // Latents are determined up to their origin: compare what was lived through, not where it started.
    let spread = |mode: &FaultMode, index: usize| mode.quantiles[index][8] - mode.quantiles[index][2];
    for index in [0, 2, 3, 4] {
        let (found, truth) = (spread(found, index), spread(truth, index));
        assert!((0.75..1.3).contains(&(found / truth)), "trait {index}: {found}, drawn with {truth}");
    }
    assert!(found.quantiles[1][9] - found.quantiles[1][1] < 3.0, "wear at failure differs little");
}

#[test]
fn says_what_it_cannot_measure() {
    let few = emulate(&bundled(), 19, 1, 1).unwrap();
    assert_eq!(fit(&few).unwrap_err().to_string(), "population: expected at least 20 training engines, found 19");
    let mut still = emulate(&bundled(), 20, 1, 1).unwrap();
    let two_ways = fit(&Dataset { subset: Subset::FD003, ..still.clone() }).unwrap_err().to_string();
    assert!(two_ways.contains("each way to fail, found 0 for fan"), "{two_ways}");
    for engine in &mut still.train {
        engine.rows.iter_mut().for_each(|row| row.fill(1.0));
    }
    assert!(fit(&still).is_err());
}

#[test]
fn quantiles_reach_from_the_least_to_the_most() {
    assert_eq!(
        quantiles((0..=20).rev().map(f64::from).collect())[..],
        [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0]
    );
    assert_eq!(quantiles(vec![3.0]), [3.0; KNOTS]);
    assert_eq!(ranks(&[5.0, 1.0, 5.0]), [2.0, 0.5, 2.0]);
}
