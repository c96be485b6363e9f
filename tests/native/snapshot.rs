//! A run that is put away and taken up again goes on bit for bit.

#![cfg(feature = "train")]

use std::sync::Arc;

use lambdascope::data::{Catalog, DataConfig, Dataset};
use lambdascope::loss::Normalization;
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Run, RunConfig, Snapshot};
use lambdascope::train::{Device, MemberConfig, MemberState, Regularization};
use lambdascope::weighting::WeightingConfig;

/// A dozen or two steps an epoch, a millisecond each.
fn small(members: Vec<MemberConfig>) -> RunConfig {
    let mut config = RunConfig {
        data: DataConfig { window: 10, stride: 60, validation_share: 0.2, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 4, kernel: 3 },
        batch_size: 16,
        epochs: 4,
        members,
        ..RunConfig::default()
    };
    config.optimizer.learning_rate = 0.02;
    config
}

fn strategy(name: &str) -> MemberConfig {
    MemberConfig { weighting: WeightingConfig::from_name(name).unwrap(), ..MemberConfig::default() }
}

fn dataset(config: &RunConfig) -> Arc<Dataset> {
    Catalog::default().dataset(&config.data).unwrap()
}

fn new(config: &RunConfig) -> Run {
    Run::new(config.clone(), &dataset(config), &Device::Cpu).unwrap()
}

/// Take so many steps, with the evaluations that are due; everything that was reported, to the bit.
fn take(run: &mut Run, steps: u32) -> Vec<String> {
    let mut told = Vec::new();
    for _ in 0..steps {
        told.push(format!("{:?}", pollster::block_on(run.step()).unwrap()));
        if run.is_evaluation_due() {
            told.push(format!("{:?}", pollster::block_on(run.evaluate()).unwrap()));
        }
    }
    told
}

fn bytes(run: &Run) -> Vec<u8> {
    pollster::block_on(run.snapshot()).unwrap().to_bytes().unwrap()
}

/// The run as another tab would take it up.
fn again(run: &Run) -> Run {
    let snapshot = Snapshot::from_bytes(&bytes(run)).unwrap();
    Run::restored(&snapshot, &dataset(&snapshot.config), &Device::Cpu).unwrap()
}

/// Take steps, put the run away, and hold the run that goes on from there to the one that never stopped.
fn holds(run: &mut Run, before: u32, after: u32, what: &str) {
    take(run, before);
    let mut other = again(run);
    assert_eq!(bytes(&other), bytes(run), "{what}: what was put away is what was taken up");
    let (expected, found) = (take(run, after), take(&mut other, after));
    for (found, expected) in found.iter().zip(&expected) {
        assert!(found == expected, "{what}:\n{found}\nshould be\n{expected}");
    }
    assert!(bytes(&other) == bytes(run), "{what}: the states differ in the end");
}

/// Every strategy, as members of one run, with every normalizer and with early stopping or without.
#[test]
fn two_epochs_are_one_epoch_a_snapshot_and_one_more_for_every_strategy_and_normalizer() {
    for normalization in Normalization::NAMES.map(|name| Normalization::from_name(name).unwrap()) {
        for patience in [0, 1] {
            let regularization = Regularization { patience, ..Regularization::default() };
            let member = |name| MemberConfig {
                normalization: normalization.clone(),
                regularization: regularization.clone(),
                ..strategy(name)
            };
            let mut run = new(&small(WeightingConfig::NAMES.map(member).to_vec()));
            let epoch = run.steps_per_epoch();
            holds(&mut run, epoch, epoch, &format!("{normalization:?}, patience {patience}"));
        }
    }
}

#[test]
fn a_snapshot_can_be_taken_after_any_step() {
    let names = ["fixed", "gradnorm", "dwa", "rlw", "meta-network", "stch", "famo", "trigger"];
    let members = names.map(|name| MemberConfig {
        regularization: Regularization { patience: 1, dropout: 0.3, ..Regularization::default() },
        ..strategy(name)
    });
    for task_gradients in [true, false] {
        let config = RunConfig { task_gradients, ..small(members.to_vec()) };
        let epoch = new(&config).steps_per_epoch();
        for before in [1, 2, epoch - 1, epoch + 3] {
            holds(&mut new(&config), before, epoch + 2, &format!("{before} steps, apart: {task_gradients}"));
        }
    }
}

/// The last step of an epoch has been taken, and its end has not been reported yet.
#[test]
fn an_end_of_an_epoch_that_was_not_told_is_told_after_the_snapshot() {
    let mut run = new(&small(vec![strategy("dwa"), strategy("evolution"), strategy("evolution")]));
    let epoch = run.steps_per_epoch();
    take(&mut run, 2 * epoch - 1);
    pollster::block_on(run.step()).unwrap();
    let mut other = again(&run);
    for run in [&mut run, &mut other] {
        pollster::block_on(run.evaluate()).unwrap();
    }
    assert!(bytes(&run) == bytes(&other));
    assert_eq!(take(&mut run, 3), take(&mut other, 3));
}

#[test]
fn forks_populations_and_single_members_go_on_too() {
    let epoch = new(&small(vec![strategy("fixed")])).steps_per_epoch();
    // Forked within an epoch, the copy has an epoch of its own behind it.
    let mut run = new(&small(vec![strategy("dwa")]));
    take(&mut run, epoch - 2);
    pollster::block_on(run.fork(0)).unwrap();
    holds(&mut run, 1, 2 * epoch, "a fork");

    for (members, what) in [(4, "a population"), (1, "a search by trial")] {
        holds(&mut new(&small(vec![strategy("evolution"); members])), 2 * epoch + 1, epoch + 1, what);
    }
    // Alone, its variance is that of random masks.
    holds(&mut new(&small(vec![strategy("uncertainty-bayes")])), 3, 4, "masks");
    let mut bootstrapped = vec![strategy("rlw"), strategy("fixed")];
    (bootstrapped[0].bootstrap, bootstrapped[1].bootstrap) = (Some(3), Some(4));
    holds(&mut new(&small(bootstrapped)), 4, epoch, "bootstraps");
}

#[test]
fn members_that_stand_still_go_on_standing_still() {
    let mut diverging = strategy("uncertainty");
    diverging.normalization = Normalization::Manual { rul: 1e-38, health: 1.0 };
    let patient = MemberConfig {
        regularization: Regularization { patience: 1, ..Regularization::default() },
        ..MemberConfig::default()
    };
    let mut config = small(vec![diverging, patient, strategy("fixed")]);
    (config.optimizer.learning_rate, config.optimizer.cosine_decay, config.epochs) = (0.1, false, 40);
    let mut run = new(&config);
    while run.states()[1].stopped().is_none() && !run.is_finished() {
        take(&mut run, 1);
    }
    assert!(matches!(
        run.states()[..],
        [MemberState::Diverged { step: 0, .. }, MemberState::Stopped { .. }, MemberState::Training]
    ));
    assert_eq!(again(&run).states(), run.states());
    holds(&mut run, 1, 10, "standing still");
}

#[test]
fn a_state_of_another_run_is_refused_in_a_sentence() {
    let config = small(vec![strategy("gradnorm"), strategy("dwa")]);
    let snapshot = pollster::block_on(new(&config).snapshot()).unwrap();
    let refused = |change: fn(&mut RunConfig)| {
        let mut snapshot = snapshot.clone();
        change(&mut snapshot.config);
        Run::restored(&snapshot, &dataset(&config), &Device::Cpu).err().unwrap().to_string()
    };
    assert_eq!(refused(|config| drop(config.members.pop())), "the saved state should hold 1 sums of losses, found 2");
    let found = refused(|config| config.encoder = EncoderConfig::Cnn { hidden: 6, kernel: 3 });
    assert!(found.starts_with("the saved state should hold ") && found.contains(" parameters, found "), "{found}");
    assert_eq!(
        refused(|config| config.members[1] = strategy("rlw")),
        "the saved state of member 1 should be one of the strategy `rlw`, found another one"
    );
    assert_eq!(
        refused(|config| config.members[0].normalization = Normalization::Batch),
        "the saved state of member 0 should be one of the normalization `batch`, found another one"
    );
}
