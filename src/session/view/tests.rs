use super::*;
use crate::data::{Labels, Origin, Subset};
use crate::session::{BackendKind, Command, MemberStep, Request, Restart};
use crate::train::MemberState;

fn data() -> DataSummary {
    DataSummary {
        subset: Subset::FD001,
        origin: Origin::Emulated,
        name: None,
        train_engines: 100,
        test_engines: 100,
        train_windows: 17_731,
        labels: Labels::default(),
        assumptions: Vec::new(),
    }
}

fn started() -> RunView {
    let mut view = RunView::new(RunConfig::default());
    let config = RunConfig::default();
    view.apply(Event::Started { id: 0, config, data: data(), parameters: 7556, steps_per_epoch: 100 });
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

fn sent(requests: &[Request]) -> Vec<(u32, &Command)> {
    requests.iter().map(|request| (request.id, &request.command)).collect()
}

#[test]
fn a_drag_is_joined_while_its_first_change_is_on_its_way() {
    let mut view = started();
    let lambda = |view: &RunView, lambda| with_lambda(view, lambda);
    let next = lambda(&view, 0.6);
    let first = view.change_live(&next);
    let patch = RunConfig::default().patch_to(&next);
    assert_eq!(sent(&first), [(1, &Command::Change { patch, restart: Restart::Never })]);
    for value in [0.7, 0.8] {
        let next = lambda(&view, value);
        assert!(view.change_live(&next).is_empty());
    }
    assert!((view.lambda_rul(0) - 0.8).abs() < 1e-6, "the controls show where the drag is");
    let stale = view.apply(Event::Applied { id: 1, config: Some(next.clone()) });
    assert!(!stale.controls, "a late answer does not move the slider back");
    assert_eq!(view.in_force, Some(next));
    let rest = view.next_change().unwrap();
    let Command::Change { patch, .. } = &rest.command else { unreachable!() };
    assert_eq!(view.in_force.as_ref().unwrap().patched(patch).unwrap(), *view.wanted());
    view.apply(Event::Refused { id: rest.id, why: "no".to_owned() });
    assert!((view.lambda_rul(0) - 0.6).abs() < 1e-6, "what is refused is gone");
    assert!(view.is_settled());
}

#[test]
fn a_command_takes_what_waits_along_before_it() {
    let mut view = started();
    view.change_live(&with_lambda(&view, 0.6));
    view.change_live(&with_lambda(&view, 0.7));
    let requests = view.command(Command::Fork { member: 0 });
    assert!(matches!(sent(&requests)[..], [(2, Command::Change { .. }), (3, Command::Fork { member: 0 })]));
    assert_eq!(view.wanted().members.len(), 2);
    assert!((view.lambda_rul(1) - 0.7).abs() < 1e-6);
}

#[test]
fn a_change_after_a_fork_takes_no_restart() {
    let mut view = started();
    view.command(Command::Fork { member: 0 });
    let mut next = view.wanted().into_owned();
    next.optimizer.learning_rate = 1e-2;
    assert_eq!(view.plan(&next), Plan::Live);
    let requests = view.change_live(&next);
    let Command::Change { patch, .. } = &requests[0].command else { unreachable!() };
    // The patch says nothing of the members: it holds whether or not the fork has come to be.
    assert!(RunConfig::default().patched(patch).is_ok_and(|config| config.members.len() == 1));
}

#[test]
fn data_that_is_not_at_hand_leaves_the_run_and_the_drag_as_they_are() {
    let mut view = started();
    view.apply(Event::Phase { phase: Phase::Training });
    let mut next = view.wanted().into_owned();
    (next.data.subset, next.data.origin) = (Subset::FD002, Some(Origin::Nasa));
    assert_eq!(view.plan(&next), Plan::Restart("Data"));
    let asked = view.change_anew(&next);
    assert!(matches!(asked[0].command, Command::Change { restart: Restart::AgreedAndTrain, .. }));
    let dragged = with_lambda(&view, 0.9);
    assert_eq!((dragged.data.subset, view.plan(&dragged)), (Subset::FD002, Plan::Live));
    let drag = view.change_live(&dragged);
    let stale = view.apply(Event::Refused { id: asked[0].id, why: "not at hand".to_owned() });
    assert_eq!(stale.notice, Some(Notice::Wrong("not at hand".to_owned())));
    assert_eq!(view.wanted().data.subset, Subset::FD001);
    let in_force = with_lambda(&started(), 0.9);
    view.apply(Event::Applied { id: drag[0].id, config: Some(in_force.clone()) });
    assert_eq!((&*view.wanted(), view.phase), (&in_force, Phase::Training), "slider and training agree");
}

#[test]
fn where_nothing_could_be_started_the_usual_data_is_offered_and_not_taken() {
    let mut config = RunConfig { seed: 4, ..RunConfig::default() };
    config.data.origin = Some(Origin::Nasa);
    let mut view = RunView::new(config.clone());
    let start = view.start_run(config, true);
    assert_eq!(view.usual_run(), None, "it may still start");
    view.apply(Event::Refused { id: start[0].id, why: "not at hand".to_owned() });
    assert_eq!((view.phase, view.is_settled()), (Phase::Failed, true));
    assert_eq!(view.usual_run(), Some(RunConfig { seed: 4, ..RunConfig::default() }));
}

#[test]
fn a_worker_that_takes_over_goes_back_to_its_snapshot_and_that_is_said() {
    let mut view = started();
    view.apply(steps(1..=150));
    let event = Event::Replaced { why: "it was ended".to_owned(), step: Some(100), backend: BackendKind::Cpu };
    let Some(Notice::Said(words)) = view.apply(event).notice else { unreachable!() };
    assert_eq!(words, "The worker failed (it was ended) and was replaced; the run goes on from step 100.");
    assert_eq!((view.steps_taken(), view.history.steps().len()), (100, 100));
    let event = Event::Replaced { why: "it was ended".to_owned(), step: None, backend: BackendKind::Cpu };
    assert!(view.apply(event).notice.is_some());
    assert_eq!(view.steps_taken(), 100);
}

#[test]
fn a_run_that_is_resumed_keeps_its_curves() {
    let mut before = started();
    before.apply(steps(1..=120));
    let mut view = RunView::new(RunConfig::default());
    let id = view.number();
    let mut history = before.history.clone();
    history.forget_after(100);
    view.resumes(id, history);
    let config = RunConfig::default();
    view.apply(Event::Started { id, config: config.clone(), data: data(), parameters: 1, steps_per_epoch: 100 });
    assert_eq!(view.steps_taken(), 100);
    view.apply(Event::Started { id: 9, config, data: data(), parameters: 1, steps_per_epoch: 100 });
    assert_eq!(view.steps_taken(), 0, "any other start begins anew");
}

#[test]
fn a_fork_takes_the_focus() {
    let mut view = started();
    let fork = view.command(Command::Fork { member: 0 });
    let config = view.wanted().into_owned();
    let stale = view.apply(Event::Applied { id: fork[0].id, config: Some(config) });
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
    view.in_force = Some(view.with_member(|member| member.weighting = WeightingConfig::from_name("pcgrad").unwrap()));
    assert_eq!(view.labels(), ["PCGrad"]);
    assert!((view.lambda_rul(0) - 0.5).abs() < 1e-6);
}

#[test]
fn early_stopping_is_told_once() {
    let mut view = started();
    let evaluated = |stopped: Option<u32>| {
        let state = stopped.map_or(MemberState::Training, |epoch| MemberState::Stopped { epoch });
        Event::Evaluated { evaluation: Evaluation { states: vec![state], ..Evaluation::default() } }
    };
    assert_eq!(view.apply(evaluated(None)).notice, None);
    let words = "Early stopping holds the model: its weights of epoch 3 are back.".to_owned();
    assert_eq!(view.apply(evaluated(Some(3))).notice, Some(Notice::Said(words)));
    assert_eq!(view.apply(evaluated(Some(3))).notice, None);
}

#[test]
fn a_change_before_the_first_run_stands_leaves_it_to_train() {
    let mut view = RunView::new(RunConfig::default());
    view.start_run(RunConfig::default(), true);
    let mut next = RunConfig::default();
    next.optimizer.learning_rate = 0.002;
    let asked = view.change_anew(&next);
    assert_eq!(asked[0].command, Command::Train { config: next });
}

#[test]
fn a_resumption_that_is_refused_leaves_nothing_on_its_way() {
    let mut view = RunView::new(RunConfig::default());
    let id = view.number();
    view.resumes(id, History::default());
    assert!(view.is_resumed_by(id));
    view.apply(Event::Refused { id, why: "not at hand".to_owned() });
    assert!(!view.is_resumed_by(id) && view.phase == Phase::Failed);
}

#[test]
fn what_is_changed_before_the_first_run_is_asked_for_trains_as_the_link_says() {
    for trains in [true, false] {
        let config = RunConfig::default();
        let mut view = RunView::new(config.clone()).training_at_once(trains);
        let mut next = config;
        next.optimizer.learning_rate = 0.002;
        let [request] = &view.change_anew(&next)[..] else { unreachable!() };
        assert_eq!(matches!(request.command, Command::Train { .. }), trains, "{request:?}");
    }
}
