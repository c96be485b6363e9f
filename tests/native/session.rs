//! The session driven as a page drives it.

#![cfg(feature = "train")]

use crate::driver::Driver;
use lambdascope::data::{DataConfig, NamedFile, Subset};
use lambdascope::loss::Normalization;
use lambdascope::measure::Trajectory;
use lambdascope::measure::explore::{About, Answer, Question};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Assignment, Command, Event, Patch, Phase, Restart, RunConfig, TestEngine};
use lambdascope::train::MemberConfig;
use lambdascope::weighting::WeightingConfig;

/// A run that takes milliseconds.
fn small(encoder: &EncoderConfig) -> RunConfig {
    RunConfig {
        data: DataConfig { window: 10, stride: 30, validation_share: 0.1, ..DataConfig::default() },
        encoder: encoder.clone(),
        batch_size: 32,
        epochs: 2,
        ..RunConfig::default()
    }
}

fn cnn() -> EncoderConfig {
    EncoderConfig::Cnn { hidden: 6, kernel: 3 }
}

fn fixed(lambda_rul: f32) -> MemberConfig {
    MemberConfig { weighting: WeightingConfig::Fixed { lambda_rul }, ..MemberConfig::default() }
}

#[test]
fn the_same_seed_gives_the_same_run_bit_for_bit() {
    for encoder in [cnn(), EncoderConfig::Gru { hidden: 6 }] {
        let run = |seed| {
            let mut driver = Driver::start(RunConfig { seed, ..small(&encoder) });
            driver.say(Command::Play);
            driver.finish();
            assert_eq!(driver.session.phase(), Phase::Finished);
            (driver.steps, driver.events)
        };
        let (first, again, other) = (run(1), run(1), run(2));
        assert!(first == again, "{encoder:?} differs from itself");
        assert!(first.0 != other.0, "{encoder:?} does not depend on the seed");
    }
}

#[test]
fn lambda_reaches_the_next_step_and_no_step_is_lost() {
    let mut driver = Driver::start(small(&cnn()));
    driver.steps(3);
    driver.set_member(0, fixed(0.9));
    driver.steps(2);
    let weights: Vec<f32> = driver.steps.iter().map(|step| step.members[0].weights[0]).collect();
    assert_eq!(weights, [0.5, 0.5, 0.5, 0.9, 0.9]);
    let numbers: Vec<u32> = driver.steps.iter().map(|step| step.step).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[test]
fn normalization_and_losses_change_live() {
    let mut driver = Driver::start(small(&cnn()));
    driver.steps(2);
    let mut config = small(&cnn());
    config.members[0].normalization = Normalization::None;
    config.loss.sample_weighted = true;
    driver.configure(&config);
    driver.steps(1);
    let last = driver.steps.last().unwrap();
    assert_eq!((last.step, last.members[0].normalizers), (3, [1.0, 1.0]));
    assert_ne!(driver.steps[1].members[0].normalizers, [1.0, 1.0]);
}

#[test]
fn another_encoder_starts_anew() {
    let mut driver = Driver::start(small(&cnn()));
    driver.steps(2);
    driver.configure(&small(&EncoderConfig::Gru { hidden: 4 }));
    assert_eq!(driver.session.phase(), Phase::Ready);
    driver.steps(1);
    assert_eq!(driver.steps.last().unwrap().step, 1);
}

#[test]
fn reset_repeats_the_run_with_what_was_set() {
    let mut driver = Driver::start(small(&cnn()));
    driver.steps(2);
    driver.say(Command::Reset);
    driver.steps(2);
    assert_eq!(driver.steps[..2], driver.steps[2..]);
}

#[test]
fn a_fork_goes_on_from_its_original_and_parts_when_it_is_changed() {
    let mut driver = Driver::start(small(&cnn()));
    driver.steps(2);
    driver.say(Command::Fork { member: 0 });
    driver.steps(1);
    let together = driver.steps.last().unwrap().members.clone();
    assert_eq!(together.len(), 2);
    let apart = (together[0].losses[0] - together[1].losses[0]).abs();
    assert!(apart < 1e-6, "a copy trains as its original does: {together:?}");
    driver.set_member(1, fixed(1.0));
    driver.steps(3);
    let parted = driver.steps.last().unwrap().members.clone();
    assert!((parted[0].losses[1] - parted[1].losses[1]).abs() > 1e-5, "{parted:?}");
}

#[test]
fn a_member_trains_alike_alone_and_beside_others() {
    let mut alone = Driver::start(RunConfig { members: vec![fixed(0.9)], ..small(&cnn()) });
    let mut beside = Driver::start(RunConfig { members: vec![fixed(0.1), fixed(0.9), fixed(0.5)], ..small(&cnn()) });
    alone.steps(5);
    beside.steps(5);
    let (a, b) = (alone.steps[4].members[0], beside.steps[4].members[1]);
    for (a, b) in a.losses.iter().chain(&a.gradient_norms).zip(b.losses.iter().chain(&b.gradient_norms)) {
        assert!((a - b).abs() <= 1e-5 * a.abs(), "{a} alone, {b} beside others");
    }
}

#[test]
fn a_test_engines_life_ends_with_what_the_evaluation_predicts() {
    let mut driver = Driver::start(RunConfig { members: vec![fixed(0.2), fixed(0.8)], ..small(&cnn()) });
    driver.say(Command::Follow { engine: TestEngine::Longest });
    driver.say(Command::Play);
    driver.finish();
    let lives: Vec<Trajectory> = driver
        .events
        .iter()
        .filter_map(|event| if let Event::Followed { trajectory } = event { Some(trajectory.clone()) } else { None })
        .collect();
    // At once, and at the end of each of two epochs.
    assert_eq!(lives.len(), 3);
    assert_ne!(lives[0].predicted(0), lives[2].predicted(0));
    let (longest, last) = (lives[0].cycles().len(), &lives[2]);
    let evaluated = driver.events.iter().rev().find_map(|event| match event {
        Event::Evaluated { evaluation } => evaluation.predictions.clone(),
        _ => None,
    });
    let evaluated = evaluated.unwrap();
    assert_eq!(evaluated.truth().get(last.engine - 1), last.predictions.truth().last());
    for member in 0..2 {
        let (life, exam) = (*last.predicted(member).last().unwrap(), evaluated.of(member)[last.engine - 1][0]);
        assert!((life - exam).abs() < 1e-2, "{life} {exam}");
    }
    // The truth falls by one a cycle below its cap, and no engine has a longer record.
    let falls = |pair: &[f32]| (pair[0] - pair[1] - 1.0).abs() < 1e-3 || pair[0].to_bits() == 125.0_f32.to_bits();
    assert!(last.predictions.truth().windows(2).all(falls));
    for number in 1..=last.engines + 1 {
        driver.say(Command::Follow { engine: TestEngine::Number(number) });
        let Some(Event::Followed { trajectory }) = driver.events.last() else { unreachable!() };
        assert_eq!(trajectory.engine, number.min(last.engines));
        assert!(trajectory.cycles().len() <= longest);
    }
}

#[test]
fn a_refused_command_leaves_the_run_as_it_was() {
    let mut driver = Driver::start(small(&cnn()));
    driver.say(Command::Play);
    let change = |member, key: &str, value: &str| Command::Change {
        patch: Patch(vec![Assignment { member, key: key.to_owned(), value: value.to_owned() }]),
        restart: Restart::Never,
    };
    driver.say(change(Some(0), "lambda", "7"));
    driver.say(change(Some(5), "lambda", "0.5"));
    driver.say(Command::Fork { member: 9 });
    driver.say(change(None, "batch", "0"));
    driver.say(change(None, "seed", "2"));
    driver.say(Command::Remove { member: 3, restart: Restart::Agreed });
    let files = vec![NamedFile { name: "train_FD001.txt".into(), bytes: b"1 1 not numbers".to_vec() }];
    driver.say(Command::LoadFiles { files });
    assert_eq!(driver.rejections().len(), 7, "{:?}", driver.rejections());
    assert!(driver.rejections()[0].ends_with("found 7"), "{:?}", driver.rejections());
    assert_eq!(driver.rejections()[4], "another value of `Seed` starts training anew, which was not agreed to");
    assert_eq!(driver.session.phase(), Phase::Training);
    let events = pollster::block_on(driver.session.advance());
    driver.take(events);
    assert_eq!(driver.steps[0].members[0].weights, [0.5, 0.5]);
}

#[test]
fn more_epochs_reopen_a_finished_run() {
    let mut driver = Driver::start(small(&cnn()));
    driver.say(Command::Play);
    driver.finish();
    let taken = driver.steps.len();
    driver.configure(&RunConfig { epochs: 3, ..small(&cnn()) });
    assert_eq!(driver.session.phase(), Phase::Paused);
    driver.say(Command::Play);
    driver.finish();
    assert_eq!(driver.steps.len(), taken / 2 * 3);
}

#[test]
fn training_learns_the_emulated_engines() {
    let config = RunConfig {
        data: DataConfig { stride: 8, ..DataConfig::default() },
        encoder: EncoderConfig::Gru { hidden: 16 },
        batch_size: 64,
        epochs: 6,
        ..RunConfig::default()
    };
    let mut driver = Driver::start(config);
    driver.say(Command::Play);
    driver.finish();
    let rmse: Vec<f32> = driver
        .events
        .iter()
        .filter_map(|event| if let Event::Evaluated { evaluation } = event { Some(evaluation) } else { None })
        .map(|evaluation| evaluation.test[0].rmse_cycles)
        .collect();
    assert!(rmse[0] > 40.0 && rmse[rmse.len() - 1] < 20.0, "{rmse:?}");
}

#[test]
fn looking_at_the_data_leaves_the_run_as_it_is_to_the_bit() {
    let run = |looks: bool| {
        let mut driver = Driver::start(small(&cnn()));
        let about = [About::Fleet { overlay: true }, About::Engine { test: true, unit: 3 }];
        for round in 0..4 {
            driver.steps(2);
            if looks {
                // Of the run's own data, and of others that are drawn for this.
                let subset = if round == 2 { Subset::FD002 } else { Subset::FD001 };
                let data = DataConfig { subset, ..small(&cnn()).data };
                for about in about {
                    driver.say(Command::Explore { question: Question { data: data.clone(), seed: 1, about } });
                }
            }
        }
        let told = driver.events.iter().filter(|event| matches!(event, Event::Explored { .. })).count();
        assert_eq!(told, if looks { 8 } else { 0 });
        driver.events.retain(|event| !matches!(event, Event::Explored { .. } | Event::Applied { .. }));
        (driver.steps, driver.events)
    };
    assert!(run(true) == run(false));
}

#[test]
fn what_cannot_be_looked_at_is_said_and_is_no_refusal() {
    let mut driver = Driver::start(small(&cnn()));
    let data = small(&cnn()).data;
    let about = About::Engine { test: false, unit: 101 };
    driver.say(Command::Explore { question: Question { data, seed: 1, about } });
    assert!(driver.rejections().is_empty());
    let Some(Event::Explored { answer: Answer::Refused { message }, .. }) = driver.events.last() else {
        unreachable!("{:?}", driver.events.last())
    };
    assert_eq!(message, "`unit` should be the number of an engine in its file, found 101");
}

#[test]
fn a_configuration_that_is_refused_changes_no_member() {
    let mut driver = Driver::start(RunConfig { members: vec![fixed(0.5), fixed(0.5)], ..small(&cnn()) });
    driver.steps(1);
    let config = RunConfig { members: vec![fixed(0.9), fixed(7.0)], ..small(&cnn()) };
    driver.configure(&config);
    assert_eq!(driver.rejections(), ["`lambda` should be in [0, 1], found 7"]);
    driver.steps(1);
    assert!(driver.steps[1].members.iter().all(|member| member.weights == [0.5, 0.5]));
}

#[test]
fn a_run_with_all_the_members_that_it_may_have_takes_no_fork() {
    let mut driver = Driver::start(RunConfig { members: vec![fixed(0.5); 128], ..small(&cnn()) });
    driver.say(Command::Fork { member: 0 });
    assert_eq!(driver.rejections(), ["`members` should be from 1 to 128, found 129"]);
    driver.steps(1);
    assert_eq!(driver.steps[0].members.len(), 128);
}
