use super::*;
use crate::session::Phase;

const FIRST: Slot = Slot::Cpu(0);

/// Workers of which the first listens, and its number.
fn listening() -> (Workers, u64) {
    let mut workers = Workers::new(2);
    let serial = workers.adopt(FIRST);
    workers.settle_on(BackendKind::Cpu);
    workers.hear(FIRST, serial, Event::Ready { backend: BackendKind::Cpu, why: String::new() });
    (workers, serial)
}

#[test]
fn what_is_damaged_is_said_also_before_it_is_settled_where_the_run_computes() {
    let mut workers = Workers::new(2);
    let serial = workers.adopt(FIRST);
    let damaged = Event::Damaged { message: "the site’s FD001 cannot be used".to_owned() };
    assert_eq!(workers.hear(FIRST, serial, damaged.clone()), [Action::Tell(damaged.clone())]);
    let second = workers.adopt(Slot::Cpu(1));
    assert_eq!(workers.hear(Slot::Cpu(1), second, damaged), [], "the same data are damaged for all");
}

fn replaces(actions: &[Action]) -> Option<u64> {
    actions.iter().find_map(|action| match action {
        Action::Begin { slot: FIRST, serial } => Some(*serial),
        _ => None,
    })
}

#[test]
fn a_worker_that_is_silent_for_five_seconds_is_replaced() {
    let (mut workers, serial) = listening();
    for second in 0..=5 {
        assert_eq!(workers.look(f64::from(second) * 1000.0), []);
    }
    workers.hear(FIRST, serial, Event::Alive { patience_millis: 5000.0 });
    for second in 6..=10 {
        assert_eq!(workers.look(f64::from(second) * 1000.0), []);
    }
    assert!(replaces(&workers.look(11_000.0)).is_some());
    assert_eq!(workers.look(12_000.0), [], "the new one does not listen yet");
}

#[test]
fn one_that_said_it_takes_longer_is_given_the_time() {
    let (mut workers, serial) = listening();
    workers.hear(FIRST, serial, Event::Alive { patience_millis: 60_000.0 });
    assert!((0..60).all(|second| workers.look(f64::from(second) * 1000.0).is_empty()));
}

#[test]
fn a_page_that_slept_takes_no_worker_for_dead() {
    let (mut workers, _) = listening();
    assert_eq!(workers.look(0.0), []);
    assert_eq!(workers.look(3_600_000.0), []);
    assert_eq!(workers.look(3_601_000.0), []);
}

#[test]
fn three_failures_within_a_minute_are_one_of_the_run_and_a_start_begins_again() {
    let (mut workers, serial) = listening();
    let second = replaces(&workers.ended(FIRST, serial, "no memory")).unwrap();
    assert_eq!(workers.ended(FIRST, serial, "no memory"), [], "that one was replaced already");
    let third = replaces(&workers.ended(FIRST, second, "no memory")).unwrap();
    let told = workers.ended(FIRST, third, "no memory");
    assert_eq!(replaces(&told), None);
    let broken = Event::Broken { message: "training stopped: no memory".to_owned() };
    assert!(told.contains(&Action::Tell(broken)), "{told:?}");
    let config = crate::session::RunConfig::default();
    let begun = workers.command(Request { id: 1, command: Command::Start { config } });
    assert!(replaces(&begun).is_some());
}

#[test]
fn without_a_run_a_command_is_refused_and_a_refusal_starts_nothing() {
    let (mut workers, _) = listening();
    for (id, command) in [(1, Command::Play), (2, Command::Reset), (3, Command::Fork { member: 0 })] {
        let why = "there is no run yet".to_owned();
        assert_eq!(workers.command(Request { id, command }), [Action::Tell(Event::Refused { id, why })]);
    }
}

#[test]
fn the_phase_of_the_whole_is_that_of_its_slowest_part() {
    use Phase::{Failed, Finished, Paused, Ready, Training};
    let common = Spread::common_phase;
    assert_eq!(common(&[Finished, Finished]), Finished);
    assert_eq!(common(&[Finished, Training]), Training);
    assert_eq!(common(&[Finished, Paused]), Paused);
    assert_eq!(common(&[Ready, Training]), Training);
    assert_eq!(common(&[Failed, Training]), Failed);
}
