//! A member that diverges fails alone, says why, and can be brought back.

#![cfg(feature = "train")]

use lambdascope::data::{Catalog, DataConfig};
use lambdascope::loss::{Normalization, RulLoss, RulUnit};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, Evaluation, Event, Phase, Restart, Run, RunConfig, Session, StepRecord};
use lambdascope::train::{Device, DivergedFigure, MemberConfig, MemberState, Suspect};
use lambdascope::weighting::WeightingConfig;

fn small(members: Vec<MemberConfig>) -> RunConfig {
    RunConfig {
        data: DataConfig { window: 10, stride: 60, validation_share: 0.2, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 4, kernel: 3 },
        batch_size: 16,
        epochs: 2,
        members,
        ..RunConfig::default()
    }
}

fn strategy(name: &str) -> MemberConfig {
    MemberConfig { weighting: WeightingConfig::from_name(name).unwrap(), ..MemberConfig::default() }
}

fn divided([rul, health]: [f32; 2]) -> MemberConfig {
    MemberConfig { normalization: Normalization::Manual { rul, health }, ..MemberConfig::default() }
}

/// Train to the end: steps and evaluations.
fn trained(config: &RunConfig) -> (Run, Vec<StepRecord>, Vec<Evaluation>) {
    let dataset = Catalog::default().dataset(&config.data).unwrap();
    let mut run = Run::new(config.clone(), &dataset, &Device::Cpu).unwrap();
    let (steps, evaluations) = rest(&mut run);
    (run, steps, evaluations)
}

fn rest(run: &mut Run) -> (Vec<StepRecord>, Vec<Evaluation>) {
    let (mut steps, mut evaluations) = (Vec::new(), Vec::new());
    while !run.is_finished() {
        steps.push(pollster::block_on(run.step()).unwrap());
        if run.is_evaluation_due() {
            evaluations.push(pollster::block_on(run.evaluate()).unwrap());
        }
    }
    (steps, evaluations)
}

/// What one member did, to the bit.
fn of_member(steps: &[StepRecord], member: usize) -> Vec<String> {
    steps.iter().map(|step| format!("{:?}", step.members[member])).collect()
}

#[test]
fn the_others_go_on_as_if_it_were_not_there() {
    let others = ["fixed", "pcgrad", "evolution", "gradnorm", "evolution", "auto-lambda", "rlw"].map(strategy);
    for task_gradients in [true, false] {
        // Before the others, among them and behind them.
        for (place, mut member) in [(0, divided([1e-38, 1.0])), (3, divided([1.0, 1e-38])), (7, strategy("pcgrad"))] {
            if member.weighting.name() == "pcgrad" {
                member.normalization = Normalization::Manual { rul: 1e-38, health: 1e-38 };
            }
            let alone = RunConfig { task_gradients, ..small(others.to_vec()) };
            let mut race = alone.clone();
            race.members.insert(place, member);
            let ((_, expected, last), (run, found, evaluations)) = (trained(&alone), trained(&race));
            let states = run.states();
            assert!(matches!(states[place], MemberState::Diverged { step: 0, .. }), "{states:?}");
            assert_eq!(found.len(), expected.len());
            for (index, other) in others.iter().enumerate() {
                let at = index + usize::from(index >= place);
                assert_eq!(of_member(&found, at), of_member(&expected, index), "{other:?}");
                let (found, expected) = (evaluations.last().unwrap(), last.last().unwrap());
                assert_eq!(found.test[at], expected.test[index]);
                assert_eq!(states[at], MemberState::Training);
            }
        }
    }
}

#[test]
fn an_evolving_member_that_fails_is_neither_parent_nor_loser() {
    let evolving = strategy("evolution");
    let mut failing = evolving.clone();
    failing.normalization = Normalization::Manual { rul: 1e-38, health: 1e-38 };
    let mut config = small(vec![evolving.clone(), failing, evolving.clone(), evolving]);
    config.epochs = 4;
    let (run, steps, evaluations) = trained(&config);
    assert!(matches!(run.states()[1], MemberState::Diverged { .. }));
    // The others do learn from one another: at the end of an epoch two are alike.
    let end = evaluations.iter().rev().find_map(|evaluation| evaluation.validation.as_ref()).unwrap();
    let rmse: Vec<f32> = end.iter().map(|metrics| metrics.rmse_cycles).collect();
    assert!(rmse[0] == rmse[2] || rmse[0] == rmse[3] || rmse[2] == rmse[3], "{rmse:?}");
    assert_eq!(evaluations[0].test[1], evaluations.last().unwrap().test[1], "it stays as it was");
    assert!(steps.iter().skip(1).all(|step| step.members[1].losses.iter().all(|loss| loss.is_nan())));
}

/// Go to another configuration, live.
fn change(session: &mut Session, next: &RunConfig) {
    let patch = session.config().unwrap().patch_to(next);
    pollster::block_on(session.apply(Command::Change { patch, restart: Restart::Never }));
}

#[test]
fn a_member_that_diverged_stands_as_before_and_goes_on_when_it_is_changed() {
    let config = small(vec![divided([1e-38, 1.0]), strategy("dwa")]);
    let mut session = Session::new(Device::Cpu, Catalog::default());
    let start = pollster::block_on(session.apply(Command::Start { config: config.clone() }));
    let first = start.iter().find_map(|event| match event {
        Event::Evaluated { evaluation } => Some(evaluation.clone()),
        _ => None,
    });
    pollster::block_on(session.apply(Command::Step { count: 2 }));
    let events = pollster::block_on(session.advance());
    let told = events.iter().find_map(|event| match event {
        Event::Evaluated { evaluation } => Some(evaluation.clone()),
        _ => None,
    });
    let told = told.expect("a divergence is told at once");
    let MemberState::Diverged { step: 0, cause } = &told.states[0] else { panic!("{:?}", told.states) };
    assert_eq!((cause.figure, cause.suspect), (DivergedFigure::Gradient, Suspect::Divisor));
    assert!(cause.words.starts_with("diverged at step 1: the gradient should be finite, found inf; the RUL loss of "));
    assert!(cause.words.ends_with(" is divided by 1e-38: try a divisor as large as the loss"), "{}", cause.words);
    assert_eq!(told.test[0], first.unwrap().test[0], "its parameters are those before the step");

    // Another divisor, and it trains from there.
    let mut next = config.clone();
    next.members[0] = divided([0.1, 1.0]);
    change(&mut session, &next);
    pollster::block_on(session.apply(Command::Play));
    let mut last = None;
    while session.phase() == Phase::Training {
        for event in pollster::block_on(session.advance()) {
            if let Event::Evaluated { evaluation } = event {
                last = Some(evaluation);
            }
        }
    }
    let last = last.unwrap();
    assert_eq!(
        (session.phase(), &last.states[..]),
        (Phase::Finished, &[MemberState::Training, MemberState::Training][..])
    );
    assert_ne!(last.test[0], told.test[0]);
}

#[test]
fn a_run_of_which_nothing_is_left_is_finished_and_can_be_reset_and_reopened() {
    let mut config = small(vec![divided([1e-38, 1.0])]);
    let mut session = Session::new(Device::Cpu, Catalog::default());
    pollster::block_on(session.apply(Command::Start { config: config.clone() }));
    pollster::block_on(session.apply(Command::Play));
    pollster::block_on(session.advance());
    assert_eq!(session.phase(), Phase::Finished);
    pollster::block_on(session.apply(Command::Reset));
    assert_eq!(session.phase(), Phase::Ready);
    pollster::block_on(session.apply(Command::Play));
    pollster::block_on(session.advance());
    assert_eq!(session.phase(), Phase::Finished);
    // Other epochs change nothing for it; another rate lets it try again.
    config.epochs = 3;
    change(&mut session, &config);
    assert_eq!(session.phase(), Phase::Finished);
    config.optimizer.learning_rate = 1e-4;
    change(&mut session, &config);
    assert_eq!(session.phase(), Phase::Paused);
}

/// The ends of every range that a person can set: each member trains, or says why it does not.
#[test]
fn at_the_ends_of_every_range_a_member_trains_or_says_why_it_does_not() {
    let normalizations = [
        Normalization::None,
        Normalization::Batch,
        Normalization::Initial,
        Normalization::Amnl { beta: 0.0 },
        Normalization::Amnl { beta: 0.9999 },
        Normalization::Manual { rul: 1e-38, health: 1.0 },
        Normalization::Manual { rul: 1.0, health: 1e-38 },
        Normalization::Manual { rul: 1e-20, health: 1e38 },
        Normalization::Manual { rul: 1e38, health: 1e38 },
    ];
    let members: Vec<MemberConfig> = normalizations
        .iter()
        .flat_map(|normalization| {
            ["fixed", "uncertainty", "gls", "pcgrad", "mgda", "nash-mtl", "auto-lambda", "famo"]
                .map(|name| MemberConfig { normalization: normalization.clone(), ..strategy(name) })
        })
        .collect();
    let changes: [fn(&mut RunConfig); 8] = [
        |_| (),
        |config| config.optimizer.learning_rate = 1.0,
        |config| (config.optimizer.learning_rate, config.optimizer.clip_norm) = (1.0, 0.0),
        |config| (config.loss.unit, config.optimizer.clip_norm) = (RulUnit::Cycles, 0.0),
        |config| (config.loss.rul, config.loss.unit) = (RulLoss::Asymmetric, RulUnit::Cycles),
        |config| (config.loss.sample_weighted, config.loss.class_weighted) = (true, true),
        |config| config.optimizer.weight_decay = 1e6,
        |config| {
            (config.optimizer.weight_decay, config.optimizer.kind) = (1e6, lambdascope::train::OptimizerKind::Adam);
        },
    ];
    let mut diverged = 0;
    for (index, change) in changes.into_iter().enumerate() {
        let mut config = RunConfig { epochs: 1, ..small(members.clone()) };
        config.optimizer.warmup_epochs = 0.0;
        change(&mut config);
        config.task_gradients = index % 2 == 0;
        let (run, _, evaluations) = trained(&config);
        let last = evaluations.last().unwrap();
        assert!(last.test.iter().all(|metrics| metrics.accuracy.is_finite()));
        for (state, member) in run.states().iter().zip(&config.members) {
            let Some(cause) = state.divergence() else { continue };
            diverged += 1;
            assert!(cause.words.starts_with("diverged at step ") && cause.words.contains(": try "), "{}", cause.words);
            let is_small = |divisor: &f32| *divisor < 1e-9;
            match (&member.normalization, cause.suspect) {
                (Normalization::Manual { rul, health }, Suspect::Divisor) => {
                    assert!([rul, health].into_iter().any(is_small));
                }
                (_, Suspect::WeightDecay) => assert!(config.optimizer.weight_decay > 1.0),
                (_, Suspect::Divisor) => panic!("{cause}"),
                _ => {}
            }
        }
    }
    assert!(diverged > 50, "{diverged} members diverged");
}
