//! Regularizers, heuristics and evolution at work in a run, as a page drives it.

#![cfg(feature = "train")]

use crate::driver::Driver;
use lambdascope::data::DataConfig;
use lambdascope::loss::TwoTaskLoss;
use lambdascope::model::{EncoderConfig, Network, Windows};
use lambdascope::parameter::Parameters;
use lambdascope::session::{Command, Evaluation, Phase, RunConfig, StepRecord};
use lambdascope::train::{
    Batch, Device, Gradients, MemberConfig, MemberState, OptimizerConfig, Recipe, Regularization, StepContext, Trainer,
};
use lambdascope::weighting::WeightingConfig;

/// A run of these members that takes milliseconds an epoch.
fn small(members: Vec<MemberConfig>, epochs: u32) -> RunConfig {
    let mut config = RunConfig {
        data: DataConfig { window: 10, stride: 30, validation_share: 0.2, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 6, kernel: 3 },
        batch_size: 32,
        epochs,
        members,
        ..RunConfig::default()
    };
    // High enough to get worse again.
    (config.optimizer.learning_rate, config.optimizer.cosine_decay) = (0.03, false);
    config
}

fn regularized(regularization: Regularization) -> MemberConfig {
    MemberConfig { regularization, ..MemberConfig::default() }
}

fn patient(patience: u32) -> MemberConfig {
    regularized(Regularization { patience, ..Regularization::default() })
}

fn strategy(name: &str) -> MemberConfig {
    MemberConfig { weighting: WeightingConfig::from_name(name).unwrap(), ..MemberConfig::default() }
}

/// Held-out RMSEs of a member at the ends of epochs.
fn held_out(driver: &Driver, member: usize) -> Vec<f32> {
    let ends = driver.evaluations.iter().filter_map(|evaluation| evaluation.validation.as_ref());
    ends.map(|members| members[member].rmse_cycles).collect()
}

#[test]
fn early_stopping_brings_the_best_weights_back_and_ends_the_run() {
    let mut free = Driver::start(small(vec![patient(0)], 60));
    free.play();
    let mut driver = Driver::start(small(vec![patient(2)], 60));
    driver.play();
    assert_eq!(driver.session.phase(), Phase::Finished);
    let (all, found) = (held_out(&free, 0), held_out(&driver, 0));
    assert!(found.len() < all.len(), "nothing ever got worse: {all:?}");
    let end = found.len() - 1;
    // Up to its end it is the run without patience; then the best figure is back.
    assert_eq!(found[..end], all[..end]);
    let best = all[..=end].iter().copied().fold(f32::INFINITY, f32::min);
    assert_eq!(found[end], best);
    let last = driver.evaluations.last().unwrap();
    let epoch = 1 + u32::try_from(all.iter().position(|rmse| *rmse == best).unwrap()).unwrap();
    assert_eq!(last.states, [MemberState::Stopped { epoch }]);
    assert!(
        driver.evaluations[..driver.evaluations.len() - 1]
            .iter()
            .all(|evaluation| evaluation.states == [MemberState::Training])
    );
}

#[test]
fn a_stopped_member_stands_still_beside_others_until_it_is_let_go() {
    let mut driver = Driver::start(small(vec![patient(1), patient(0)], 40));
    driver.play();
    let stopped: Vec<&Evaluation> =
        driver.evaluations.iter().filter(|evaluation| evaluation.states[0].stopped().is_some()).collect();
    assert!(stopped.len() > 4, "the first member never stopped");
    assert!(stopped.iter().all(|evaluation| evaluation.test[0] == stopped[0].test[0]));
    assert_ne!(stopped[0].test[1], stopped[4].test[1]);
    assert!(driver.steps.last().unwrap().epoch > 39.9, "the other one has all its epochs");

    // A copy stands still as its original does; patience switched off lets it go.
    let mut next = small(vec![patient(1), patient(0)], 41);
    driver.configure(&next);
    driver.say(Command::Fork { member: 0 });
    next.members.push(patient(0));
    driver.configure(&next);
    let before = driver.evaluations.last().unwrap().test.clone();
    assert_eq!(before[0], before[2]);
    driver.play();
    let last = driver.evaluations.last().unwrap();
    assert_eq!(last.test[0], before[0]);
    assert_ne!(last.test[2], before[2]);
    assert!(last.states[0].stopped().is_some() && last.states[2] == MemberState::Training);
}

#[test]
fn a_run_whose_members_have_all_stopped_goes_on_with_more_patience() {
    let mut driver = Driver::start(small(vec![patient(1)], 60));
    driver.play();
    let taken = driver.steps.len();
    driver.set_member(0, patient(4));
    assert_eq!(driver.session.phase(), Phase::Paused);
    driver.play();
    assert!(driver.steps.len() > taken);
    driver.say(Command::Reset);
    assert_eq!(driver.evaluations.last().unwrap().states, [MemberState::Training]);
}

#[test]
fn members_with_one_rate_see_the_same_masks_wherever_they_stand() {
    let dropping = regularized(Regularization { dropout: 0.5, ..Regularization::default() });
    let run = |members: &[MemberConfig]| {
        let mut driver = Driver::start(small(members.to_vec(), 2));
        driver.play();
        driver.steps.last().unwrap().members.clone()
    };
    let beside = run(&[MemberConfig::default(), dropping.clone(), dropping.clone()]);
    assert_eq!(beside[1], beside[2]);
    assert_ne!(beside[0].losses, beside[1].losses);
    assert_eq!(run(&[dropping])[0], beside[1]);
}

#[test]
fn penalties_change_the_run_live() {
    let mut driver = Driver::start(small(vec![MemberConfig::default(); 6], 4));
    driver.say(Command::Step { count: 1 });
    let events = pollster::block_on(driver.session.advance());
    driver.take(events);
    let alike = &driver.steps[0].members;
    assert!(alike.iter().all(|member| member == &alike[0]));
    let mut config = small(vec![MemberConfig::default(); 6], 4);
    let settings = [("l1", "0.01"), ("l2", "0.05"), ("decoupled", "1"), ("elastic", "0.01"), ("dropout", "0.2")];
    for (member, (key, value)) in config.members[1..].iter_mut().zip(settings) {
        member.regularization.set(key, value).unwrap();
    }
    driver.configure(&config);
    driver.play();
    let losses: Vec<[f32; 2]> = driver.steps.last().unwrap().members.iter().map(|member| member.losses).collect();
    for (index, own) in losses.iter().enumerate() {
        assert!(own.iter().all(|loss| loss.is_finite()));
        assert!(losses[..index].iter().all(|other| other != own), "{losses:?}");
    }
}

#[test]
fn every_heuristic_trains_and_its_own_figure_gains() {
    let names = ["fixed", "end-of-life", "asymmetric", "monotonicity"];
    let mut members: Vec<MemberConfig> = names.map(strategy).to_vec();
    members[1].weighting.set("strength", "10").unwrap();
    members[2].weighting.set("share", "0.9").unwrap();
    members[3].weighting.set("strength", "20").unwrap();
    for task_gradients in [true, false] {
        let mut driver = Driver::start(RunConfig { task_gradients, ..small(members.clone(), 3) });
        driver.play();
        let first = &driver.steps[0].members;
        for member in &first[1..] {
            assert!(member.losses[0] > first[0].losses[0], "{first:?}");
            assert_eq!(member.losses[1], first[0].losses[1]);
        }
        let last = driver.steps.last().unwrap();
        assert!(last.members.iter().flat_map(|member| member.losses).all(f32::is_finite));
        let test = &driver.evaluations.last().unwrap().test;
        assert!(test.iter().all(|figures| figures.rmse_cycles < 60.0), "{test:?}");
        assert!((1..4).all(|member| test[member] != test[0]));
    }
}

#[test]
fn a_population_spreads_and_losers_go_on_from_winners() {
    let mut driver = Driver::start(small(vec![strategy("evolution"); 4], 4));
    driver.play();
    let lambdas = |step: &StepRecord| step.members.iter().map(|member| member.weights[0]).collect::<Vec<_>>();
    let first = lambdas(&driver.steps[0]);
    assert!(first.is_sorted() && first[0] > 0.1 && first[3] < 0.9, "{first:?}");
    let ends: Vec<&Evaluation> =
        driver.evaluations.iter().filter(|evaluation| evaluation.validation.is_some()).collect();
    assert_eq!(ends.len(), 4);
    for end in &ends {
        // One of four takes the best one's weights: two members are alike, and they are the best.
        let rmse: Vec<f32> = end.validation.as_ref().unwrap().iter().map(|member| member.rmse_cycles).collect();
        let best = rmse.iter().copied().fold(f32::INFINITY, f32::min);
        assert_eq!(rmse.iter().filter(|rmse| **rmse == best).count(), 2, "{rmse:?}");
    }
    let after = driver.steps.iter().find(|step| step.step > ends[0].step).map(lambdas).unwrap();
    let moved: Vec<usize> = (0..4).filter(|member| after[*member] != first[*member]).collect();
    assert_eq!(moved.len(), 1, "{first:?} then {after:?}");
    assert!(first.iter().any(|lambda| ((after[moved[0]] - lambda).abs() - 0.1).abs() < 1e-5));
}

#[test]
fn one_alone_searches_by_trial() {
    let mut driver = Driver::start(small(vec![strategy("evolution")], 5));
    driver.play();
    let mut lambdas: Vec<f32> = driver.steps.iter().map(|step| step.members[0].weights[0]).collect();
    lambdas.dedup();
    assert_eq!(lambdas[0], 0.5);
    assert!(lambdas.len() > 1 && lambdas.iter().all(|lambda| (0.05..=0.95).contains(lambda)), "{lambdas:?}");
}

#[test]
fn a_fork_at_the_end_of_an_epoch_does_not_tell_it_twice() {
    let mut driver = Driver::start(small(vec![strategy("evolution")], 5));
    let steps = loop {
        driver.say(Command::Step { count: 1 });
        let events = pollster::block_on(driver.session.advance());
        driver.take(events);
        if driver.evaluations.last().unwrap().validation.is_some() {
            break driver.steps.len();
        }
    };
    driver.say(Command::Fork { member: 0 });
    driver.say(Command::Step { count: 1 });
    let events = pollster::block_on(driver.session.advance());
    driver.take(events);
    let [original, copy] = driver.steps[steps].members[..] else { panic!("two members") };
    assert_eq!(original.weights, copy.weights);
    assert!(((original.weights[0] - 0.5).abs() - 0.1).abs() < 1e-6, "one move: {:?}", original.weights);
}

/// A copy made late in an epoch has the mean loss of the whole epoch, not what its few steps sum up to.
#[test]
fn a_fork_late_in_an_epoch_is_told_its_true_mean_loss() {
    let mut config = small(vec![patient(1)], 4);
    config.members[0].regularization.set("stop_on", "loss").unwrap();
    config.optimizer.learning_rate = 0.003;
    let mut driver = Driver::start(config);
    driver.say(Command::Step { count: 1 });
    let events = pollster::block_on(driver.session.advance());
    driver.take(events);
    while driver.steps.last().unwrap().epoch < 0.9 {
        driver.say(Command::Step { count: 1 });
        let events = pollster::block_on(driver.session.advance());
        driver.take(events);
    }
    driver.say(Command::Fork { member: 0 });
    driver.play();
    let last = driver.evaluations.last().unwrap();
    assert_eq!(last.test[0], last.test[1]);
    assert_eq!(last.states, [MemberState::Training, MemberState::Training]);
}

#[test]
fn masks_of_a_single_model_follow_from_the_runs_seed() {
    let weights = |seed: u32| {
        let network = Network::new(&EncoderConfig::Gru { hidden: 4 }, 3, 2);
        let parameters = network.initial(1, 7);
        let mut member = strategy("uncertainty-bayes");
        member.weighting.set("floor", "0").unwrap();
        let mut trainer = Trainer::new(network, &[member], seed, &Device::Cpu).unwrap();
        trainer.set_parameters(parameters);
        let values = (0..24_u8).map(|value| f32::from(value) / 12.0 - 1.0).collect();
        let loss = TwoTaskLoss::default();
        let batch = Batch {
            windows: Windows { values, time: 3, batch: 4, features: 2 },
            targets: loss.targets(&[100.0, 60.0, 30.0, 5.0], [1.0; 3]),
        };
        let optimizer = OptimizerConfig::default();
        let context = StepContext { rate: 1e-3, ..StepContext::default() };
        let recipe = Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context };
        pollster::block_on(trainer.step(&batch, None, recipe)).unwrap()[0].weights
    };
    assert_eq!(weights(1), weights(1));
    assert_ne!(weights(1), weights(2));
}
