//! A look around the present weights: what is found, and that nothing of the run changes.

#![cfg(feature = "train")]

use crate::driver::Driver;
use lambdascope::data::DataConfig;
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, Event, RunConfig};
use lambdascope::train::Surroundings;

/// A run that takes milliseconds.
fn small(encoder: &EncoderConfig) -> RunConfig {
    let data = DataConfig { window: 10, stride: 30, validation_share: 0.1, ..DataConfig::default() };
    RunConfig { data, encoder: encoder.clone(), batch_size: 32, epochs: 2, ..RunConfig::default() }
}

fn cnn() -> EncoderConfig {
    EncoderConfig::Cnn { hidden: 6, kernel: 3 }
}

/// Parameters, moments and the next steps are the same to the bit as without looking; what is found in the middle are the
/// losses of the weights as they are, and downhill is where the arrows point.
#[test]
fn looking_around_leaves_the_run_as_it_is_to_the_bit() {
    let around = Surroundings { member: 0, points: 5, reach: 0.02 };
    for encoder in [cnn(), EncoderConfig::from_name("gru").unwrap()] {
        let run = |looks: bool| {
            let mut driver = Driver::start(small(&encoder));
            driver.steps(6);
            if looks {
                driver.say(Command::LookAround { around });
            }
            driver.steps(6);
            driver.say(Command::Save);
            let saved = driver.events.iter().rev().find_map(|event| match event {
                Event::Saved { snapshot, .. } => Some(serde_json::to_string(snapshot).unwrap()),
                _ => None,
            });
            let found = driver.events.iter().find_map(|event| match event {
                Event::LookedAround { landscape } => Some(landscape.clone()),
                _ => None,
            });
            (format!("{:?}", driver.steps), saved.unwrap(), found)
        };
        let (plain, looked) = (run(false), run(true));
        assert_eq!((&plain.0, &plain.1), (&looked.0, &looked.1));
        let landscape = looked.2.unwrap();
        assert_eq!((landscape.step, landscape.points, landscape.losses.len()), (6, 5, 50));
        let middle = landscape.losses_at(2, 2).unwrap();
        let up = landscape.losses_at(2, 3).unwrap();
        // Along the bisector neither loss rises at first; a step of a hundredth is small enough here.
        assert!(up[0] + up[1] < middle[0] + middle[1], "{middle:?} {up:?}");
        assert!(middle.iter().all(|loss| loss.is_finite() && *loss > 0.0));
    }
}

#[test]
fn what_cannot_be_looked_around_is_refused_in_a_sentence() {
    let mut driver = Driver::start(small(&cnn()));
    for (around, why) in [
        (
            Surroundings { member: 1, points: 5, reach: 0.1 },
            "`member` should be below 1, the number of members, found 1",
        ),
        (Surroundings { member: 0, points: 4, reach: 0.1 }, "`points` should be an odd number from 3 to 31, found 4"),
        (Surroundings { member: 0, points: 5, reach: 0.0 }, "`reach` should be above 0 and at most 1, found 0"),
    ] {
        driver.say(Command::LookAround { around });
        let Some(Event::Refused { why: found, .. }) = driver.events.last() else { panic!("{:?}", driver.events) };
        assert_eq!(found, why);
    }
}

/// 225 places of the usual model, timed for whoever asks.
#[test]
fn a_look_around_the_usual_model_takes_all_places() {
    let mut driver = Driver::start(RunConfig::default());
    let begun = std::time::Instant::now();
    driver.say(Command::LookAround { around: Surroundings { member: 0, points: 15, reach: 0.03 } });
    println!("15 × 15 places took {:?}", begun.elapsed());
    let Some(Event::LookedAround { landscape }) = driver.events.last() else { panic!("{:?}", driver.events) };
    assert_eq!(landscape.losses.len(), 450);
    assert!(landscape.losses.iter().all(|loss| loss.is_finite()));
}
