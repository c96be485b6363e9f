use super::*;
use crate::data::{Origin, Subset};
use crate::model::EncoderConfig;
use crate::session::MemberStep;

fn data() -> DataSummary {
    DataSummary {
        subset: Subset::FD001,
        origin: Origin::Emulated,
        name: None,
        train_engines: 100,
        test_engines: 100,
        train_windows: 17_731,
        assumptions: Vec::new(),
    }
}

fn started() -> RunView {
    let mut view = RunView::new(RunConfig::default());
    let config = RunConfig::default();
    view.apply(Event::Started { config, data: data(), parameters: 7556, steps_per_epoch: 100 });
    view
}

fn steps(range: std::ops::RangeInclusive<u32>) -> Event {
    let record = |step| StepRecord {
        step,
        epoch: step as f32 / 100.0,
        learning_rate: 1e-3,
        members: vec![MemberStep::default()],
    };
    Event::Steps { steps: range.map(record).collect() }
}

fn with_lambda(view: &RunView, lambda: f32) -> RunConfig {
    view.with_member(|member| member.weighting = WeightingConfig::Fixed { lambda_rul: lambda })
}

#[test]
fn a_drag_is_one_members_change() {
    let view = started();
    let next = with_lambda(&view, 0.8);
    let expected = Command::SetMember { member: 0, config: next.members[0].clone() };
    assert_eq!(view.plan(&next), Plan::Live(expected));
}

#[test]
fn a_learning_rate_is_told_with_the_whole_configuration() {
    let view = started();
    let mut next = view.wanted.clone();
    next.optimizer.learning_rate = 1e-2;
    assert_eq!(view.plan(&next), Plan::Live(Command::Configure { config: next }));
}

#[test]
fn an_encoder_starts_anew_and_goes_on_training_if_it_was() {
    let mut view = started();
    let next = RunConfig { encoder: EncoderConfig::from_name("cnn").unwrap(), ..view.wanted.clone() };
    let start = Command::Start { config: next.clone() };
    assert_eq!(view.plan(&next), Plan::Restart { what: "the encoder", commands: vec![start.clone()] });
    view.apply(Event::Phase { phase: Phase::Training });
    assert_eq!(view.plan(&next), Plan::Restart { what: "the encoder", commands: vec![start, Command::Play] });
}

#[test]
fn a_late_answer_does_not_move_the_slider_back() {
    let mut view = started();
    let (early, late) = (with_lambda(&view, 0.6), with_lambda(&view, 0.7));
    view.wanted = late;
    let stale = view.apply(Event::Configured { config: early.clone() });
    assert_eq!(stale, Stale::default());
    assert!((view.lambda_rul(0) - 0.7).abs() < 1e-6);
    assert_eq!(view.in_force, Some(early));
}

#[test]
fn a_refused_change_goes_back_to_what_is_in_force() {
    let mut view = started();
    view.wanted = with_lambda(&view, 0.7);
    let stale = view.apply(Event::Rejected { message: "no".into() });
    assert!(stale.controls);
    assert_eq!(stale.notice, Some(Notice::Wrong("no".into())));
    assert_eq!(view.wanted, RunConfig::default());
}

#[test]
fn a_fork_takes_the_focus() {
    let mut view = started();
    let mut config = view.wanted.clone();
    config.members.push(config.members[0].clone());
    let stale = view.apply(Event::Configured { config });
    assert!(stale.controls && stale.members);
    assert_eq!((view.focus, view.labels()), (1, vec!["A · λ 0.50".to_owned(), "B · λ 0.50".to_owned()]));
}

#[test]
fn a_reset_forgets_the_curves() {
    let mut view = started();
    view.apply(steps(1..=150));
    assert_eq!((view.steps_taken(), view.history.steps().len()), (150, 150));
    let (whole, present) = view.progress();
    assert!((whole - 1.5 / RunConfig::default().epochs as f32).abs() < 1e-6 && (present - 0.5).abs() < 1e-6);
    assert!(view.apply(Event::Phase { phase: Phase::Ready }).steps);
    assert_eq!((view.steps_taken(), view.history.steps().len()), (0, 0));
}

#[test]
fn a_finished_run_has_a_full_epoch() {
    let mut view = started();
    view.apply(steps(1..=100 * RunConfig::default().epochs));
    assert_eq!(view.progress(), (1.0, 1.0));
}

#[test]
fn members_have_letters_then_numbers() {
    assert_eq!([0, 25, 26].map(letter), ["A", "Z", "27"]);
}

#[test]
fn a_member_that_finds_its_weights_itself_bears_its_strategys_name() {
    let mut view = started();
    view.wanted = view.with_member(|member| member.weighting = WeightingConfig::from_name("pcgrad").unwrap());
    assert_eq!(view.labels(), ["PCGrad"]);
    assert!((view.lambda_rul(0) - 0.5).abs() < 1e-6);
}

#[test]
fn early_stopping_is_told_once() {
    let mut view = started();
    let evaluated = |stopped: Option<u32>| Event::Evaluated {
        evaluation: Evaluation { stopped: vec![stopped], ..Evaluation::default() },
    };
    assert_eq!(view.apply(evaluated(None)).notice, None);
    let words = "Early stopping holds the model: its weights of epoch 3 are back.".to_owned();
    assert_eq!(view.apply(evaluated(Some(3))).notice, Some(Notice::Told(words)));
    assert_eq!(view.apply(evaluated(Some(3))).notice, None);
}
