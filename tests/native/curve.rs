//! The λ-curve: bootstraps, parts, predictions.

#![cfg(feature = "train")]

use lambdascope::data::{Catalog, DataConfig, LabelCounts};
use lambdascope::measure::{BiasVariance, Information, LambdaCurve};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, CurveConfig, Evaluation, Event, Merge, Phase, RunConfig, Session, StepRecord};
use lambdascope::train::{Device, MemberConfig};

/// A curve of a few steps.
fn small(lambdas: &[f32], bootstraps: u32) -> RunConfig {
    RunConfig {
        data: DataConfig { window: 10, stride: 30, validation_share: 0.1, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 6, kernel: 3 },
        batch_size: 32,
        epochs: 2,
        task_gradients: false,
        curve: Some(CurveConfig { lambdas: lambdas.to_vec(), bootstraps }),
        ..RunConfig::default()
    }
    .expanded()
}

fn trained(config: RunConfig) -> (Vec<StepRecord>, Vec<Evaluation>) {
    let mut session = Session::new(Device::Cpu, Catalog::default());
    let mut events = pollster::block_on(session.apply(Command::Start { config }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    while session.phase() == Phase::Training {
        events.extend(pollster::block_on(session.advance()));
    }
    assert_eq!(session.phase(), Phase::Finished, "{events:?}");
    let (mut steps, mut evaluations) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Steps { steps: taken } => steps.extend(taken),
            Event::Evaluated { evaluation } => evaluations.push(evaluation),
            _ => {}
        }
    }
    (steps, evaluations)
}

fn losses(step: &StepRecord) -> Vec<[u32; 2]> {
    step.members.iter().map(|member| member.losses.map(f32::to_bits)).collect()
}

#[test]
fn parts_of_a_curve_train_as_the_whole_does_bit_for_bit() {
    let whole = small(&[0.0, 0.3, 1.0], 3);
    let (steps, evaluations) = trained(whole.clone());
    // Parts that end within a λ, and parts of a single member, which take the way without threads.
    for workers in [2, 5, 9] {
        let parts = whole.parts(workers);
        let mut merge = Merge::new(parts.len());
        let (mut merged_steps, mut merged_evaluations) = (Vec::new(), Vec::new());
        for (index, part) in parts.into_iter().enumerate() {
            let (steps, evaluations) = trained(part);
            merged_steps.extend(steps.into_iter().filter_map(|step| merge.step(index, step)));
            merged_evaluations.extend(evaluations.into_iter().filter_map(|e| merge.evaluation(index, e)));
        }
        assert_eq!(merged_evaluations, evaluations, "{workers} workers");
        assert_eq!(merged_steps.len(), steps.len());
        for (merged, step) in merged_steps.iter().zip(&steps) {
            assert_eq!(losses(merged), losses(step), "{workers} workers, step {}", step.step);
        }
    }
}

#[test]
fn members_of_one_bootstrap_see_the_same_windows_and_others_do_not() {
    let (steps, _) = trained(small(&[0.2, 0.8], 3));
    // All begin at the same weights, so that the first losses tell the batches apart.
    let first = losses(&steps[0]);
    assert_eq!(first[..3], first[3..]);
    assert!(first[0] != first[1] && first[1] != first[2] && first[0] != first[2], "{first:?}");
    let last = losses(&steps[steps.len() - 1]);
    assert_ne!(last[..3], last[3..]);
}

#[test]
fn one_bootstrap_for_all_is_as_for_one_and_none_is_all_engines() {
    let config = |bootstraps: &[Option<u32>]| RunConfig {
        members: bootstraps.iter().map(|b| MemberConfig { bootstrap: *b, ..MemberConfig::default() }).collect(),
        curve: None,
        ..small(&[0.5], 1)
    };
    let of = |bootstraps: &[Option<u32>]| {
        let (steps, _) = trained(config(bootstraps));
        steps.iter().map(losses).collect::<Vec<_>>()
    };
    let mixed = of(&[Some(7), None, Some(8)]);
    let column = |member: usize| mixed.iter().map(|step| vec![step[member]]).collect::<Vec<_>>();
    assert_eq!(of(&[Some(7)]), column(0));
    assert_eq!(of(&[None]), column(1));
    let shared = of(&[Some(8), Some(8)]);
    assert_eq!(shared, column(2).iter().map(|step| step.repeat(2)).collect::<Vec<_>>());
}

#[test]
fn predictions_come_at_the_end_of_each_epoch_and_give_the_curve() {
    let config = small(&[0.0, 0.5, 1.0], 4);
    let (_, evaluations) = trained(config.clone());
    let with: Vec<f32> = evaluations.iter().filter(|e| e.predictions.is_some()).map(|e| e.epoch).collect();
    assert_eq!(with, [1.0, 2.0]);
    let last = evaluations.last().unwrap();
    let predictions = last.predictions.as_ref().unwrap();
    assert_eq!((predictions.members(), predictions.truth().len()), (12, 100));
    assert_eq!(predictions.metrics(), last.test);

    let lambdas: Vec<f32> = config.members.iter().filter_map(|member| member.weighting.base_lambda()).collect();
    let curve = LambdaCurve::new(&lambdas, &last.test, Some(predictions), config.seed);
    assert_eq!(curve.points.len(), 3);
    for point in &curve.points {
        let BiasVariance { bias_squared, variance, error } = point.rul.unwrap();
        assert!(variance > 0.0 && ((bias_squared + variance) / error - 1.0).abs() < 1e-5);
    }
    // Without a weight the RUL head learns nothing.
    assert!(curve.points[0].rmse_cycles.mean > 1.5 * curve.points[2].rmse_cycles.mean, "{curve:?}");
    let entropy = LabelCounts::of(predictions.truth(), predictions.labels()).entropy();
    let information = Information::of(predictions, 11).unwrap();
    assert!(information.rul > 0.0 && information.rul < entropy.rul + 1.0, "{information:?}");
}

/// Train to the end, saving after this many steps and going on from that in another session.
fn interrupted(config: RunConfig, after: u32) -> Vec<StepRecord> {
    let mut session = Session::new(Device::Cpu, Catalog::default());
    let mut steps = Vec::new();
    let mut take = |events: Vec<Event>| {
        for event in events {
            if let Event::Steps { steps: taken } = event {
                steps.extend(taken);
            }
        }
    };
    pollster::block_on(session.apply(Command::Start { config }));
    pollster::block_on(session.apply(Command::Step { count: after }));
    while session.phase() == Phase::Training {
        take(pollster::block_on(session.advance()));
    }
    let saved = pollster::block_on(session.apply(Command::Save));
    let text = serde_json::to_string(&saved[1]).unwrap();
    let Event::Saved { snapshot, .. } = serde_json::from_str(&text).unwrap() else { unreachable!("{saved:?}") };

    let mut other = Session::new(Device::Cpu, Catalog::default());
    let told = pollster::block_on(other.apply(Command::Restore { snapshot }));
    assert_eq!(other.phase(), Phase::Paused, "{told:?}");
    pollster::block_on(other.apply(Command::Play));
    while other.phase() == Phase::Training {
        take(pollster::block_on(other.advance()));
    }
    assert_eq!(other.phase(), Phase::Finished);
    steps
}

#[test]
fn a_saved_run_goes_on_bit_for_bit() {
    let config = small(&[0.2, 0.8], 2);
    let (steps, _) = trained(config.clone());
    // Within the first epoch and at its end.
    for after in [3, steps.len() as u32 / 2] {
        let again = interrupted(config.clone(), after);
        assert_eq!(again.len(), steps.len());
        for (again, step) in again.iter().zip(&steps) {
            assert_eq!((again.step, losses(again)), (step.step, losses(step)));
            assert_eq!(again.members[0].normalizers, step.members[0].normalizers);
        }
    }
}

#[test]
fn what_cannot_be_saved_or_taken_up_is_refused() {
    let ask = |session: &mut Session, command| pollster::block_on(session.apply(command)).pop().unwrap();
    let refused = |session: &mut Session, command| match ask(session, command) {
        Event::Refused { why, .. } => why,
        other => unreachable!("{other:?}"),
    };
    let mut session = Session::new(Device::Cpu, Catalog::default());
    assert_eq!(refused(&mut session, Command::Save), "there is no run yet");
    let config = small(&[0.2, 0.8], 1);
    pollster::block_on(session.apply(Command::Start { config: config.clone() }));
    let Event::Saved { snapshot, .. } = ask(&mut session, Command::Save) else { unreachable!() };
    let mut fewer = snapshot;
    fewer.config.members.pop();
    let refusal = refused(&mut session, Command::Restore { snapshot: fewer });
    assert!(refusal.starts_with("the saved state should hold "), "{refusal}");
    assert_eq!(session.phase(), Phase::Ready);
}

#[test]
fn another_grid_or_bootstrap_starts_anew() {
    let config = small(&[0.2, 0.8], 2);
    let mut other = config.clone();
    other.members[1].bootstrap = Some(5);
    assert_eq!(config.change_to(&other), lambdascope::session::Change::Restart("Bootstrap of the engines"));
    let other = RunConfig { curve: None, ..config.clone() };
    assert_eq!(config.change_to(&other), lambdascope::session::Change::Restart("λ-curve"));
}
