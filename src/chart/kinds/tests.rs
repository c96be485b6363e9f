use super::*;
use crate::Task;
use crate::chart::series::{Hue, Line, Series};
use crate::measure::Metrics;
use crate::session::{Evaluation, MemberStep, StepRecord};

#[test]
fn rows_are_complete() {
    let mut names = Vec::new();
    for row in ChartKind::ALL.iter().map(|kind| kind.row()) {
        assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !row.name.is_empty());
        assert!(!names.contains(&row.name), "{}", row.name);
        names.push(row.name);
        assert!(!row.title().is_empty() && !row.stale_after.is_empty() && !row.look.empty.is_empty());
        let caption = row.caption;
        assert!(caption.ends_with('.') && caption.matches(". ").count() == 0, "{caption}");
        assert!(!caption.contains("  "), "{caption}");
    }
    let choices: Vec<&str> =
        ChartKind::ALL.iter().flat_map(|kind| kind.row().choices).map(|choice| choice.id).collect();
    assert!(choices.iter().enumerate().all(|(index, id)| !choices[..index].contains(id)), "{choices:?}");
}

fn step(step: u32, members: &[MemberStep]) -> StepRecord {
    StepRecord { step, epoch: step as f32 / 10.0, learning_rate: 1e-3, members: members.to_vec() }
}

fn weighted(lambda: f32) -> MemberStep {
    MemberStep { weights: [lambda, 1.0 - lambda], normalizers: [0.5, 2.0], losses: [0.1, 1.0], ..MemberStep::default() }
}

fn evaluated(step: u32, rmse: &[f32]) -> Evaluation {
    let test = rmse.iter().map(|&rmse_cycles| Metrics { rmse_cycles, ..Metrics::default() }).collect();
    Evaluation { step, epoch: step as f32, test, ..Evaluation::default() }
}

fn history(steps: impl IntoIterator<Item = StepRecord>) -> History {
    let mut history = History::default();
    steps.into_iter().for_each(|step| history.push_step(step));
    history
}

#[test]
fn without_steps_there_are_axes_and_a_legend() {
    for &kind in ChartKind::ALL {
        let data = kind.of_history(&History::default(), &["a"]);
        assert!(data.is_empty() && data.y.low < data.y.high && data.x.high > 0.0);
        assert!(data.table(10).rows.is_empty());
    }
    assert_eq!(ChartKind::Loss.of_history(&History::default(), &["a"]).legend.len(), 2);
}

#[test]
fn one_member_has_a_line_a_task_over_its_raw_values() {
    let data = ChartKind::Loss.of_history(&history([step(1, &[weighted(0.5)])]), &["a"]);
    let lines: Vec<(&str, Hue, Line)> = data.series.iter().map(|s| (s.label.as_str(), s.hue, s.line)).collect();
    let (rul, health) = (Hue::Task(Task::Rul), Hue::Task(Task::Health));
    assert_eq!(
        lines,
        [
            ("RUL", rul, Line::Faint),
            ("health", health, Line::Faint),
            ("RUL", rul, Line::Solid),
            ("health", health, Line::Solid)
        ]
    );
}

#[test]
fn several_members_have_colours_and_strokes() {
    let data = ChartKind::Weights.of_history(&history([step(1, &[weighted(0.5); 3])]), &["a", "b"]);
    let lines: Vec<(&str, Hue, Line)> = data.series.iter().map(|s| (s.label.as_str(), s.hue, s.line)).collect();
    assert_eq!(lines[0], ("a, RUL", Hue::Member(0), Line::Solid));
    assert_eq!(lines[3], ("b, health", Hue::Member(1), Line::Dashed));
    assert_eq!(lines[4].0, "member 3, RUL");
}

#[test]
fn a_forked_member_begins_where_it_was_added() {
    let steps = (1..=10).map(|n| step(n, &vec![MemberStep::default(); if n < 6 { 1 } else { 2 }]));
    let data = ChartKind::Cosine.of_history(&history(steps), &["a", "fork"]);
    let fork: Vec<&Series> = data.series.iter().filter(|series| series.label == "fork").collect();
    assert!(fork.iter().all(|series| series.points.len() == 5 && (series.points[0].x - 0.6).abs() < 1e-6));
    let table = data.table(100);
    assert_eq!(table.header, ["step", "epoch", "a: cosine", "fork: cosine"]);
    assert_eq!(table.rows[9], ["1", "0.1", "0", ""]);
}

#[test]
fn every_recorded_weight_is_in_the_table() {
    let lambdas = [0.5, 0.73, 0.05, 1.0];
    let data =
        ChartKind::Weights.of_history(&history((1..).zip(lambdas).map(|(n, l)| step(n, &[weighted(l)]))), &["a"]);
    let table = data.table(3);
    assert_eq!(table.header, ["step", "epoch", "λ_rul", "λ_health", "N_rul", "N_health"]);
    assert_eq!(table.rows.len(), 3);
    assert_eq!(table.rows[0], ["4", "0.4", "1", "0", "0.5", "2"]);
    assert_eq!(table.rows[1], ["3", "0.3", "0.05", "0.95", "0.5", "2"]);
    assert_eq!(table.rows[2], ["2", "0.2", "0.73", "0.27", "0.5", "2"]);
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
}

#[test]
fn the_table_goes_back_as_far_as_history_is_whole() {
    let data = ChartKind::Loss.of_history(&history((1..=5000).map(|n| step(n, &[weighted(0.5)]))), &["a"]);
    let rows = data.table(usize::MAX).rows;
    let steps: Vec<u32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(steps, (4489..=5000).rev().collect::<Vec<_>>());
}

#[test]
fn weights_keep_their_range_until_they_exceed_it() {
    let range = |lambda: f32| {
        let data = ChartKind::Weights.of_history(&history([step(1, &[weighted(lambda)])]), &["a"]);
        (data.y.low, data.y.high)
    };
    assert_eq!(range(0.3), (0.0, 1.0));
    let (low, high) = range(1.7);
    assert!(low <= -0.7 && high >= 1.7);
}

#[test]
fn the_cosine_always_shows_zero_and_stays_within_one() {
    let range = |cosine: f32| {
        let member = MemberStep { cosine, ..MemberStep::default() };
        let data = ChartKind::Cosine.of_history(&history([step(1, &[member])]), &["a"]);
        (data.y.low, data.y.high)
    };
    for cosine in [-1.0, -0.9, -0.03, 0.0, 0.2, 0.6, 1.0] {
        let (low, high) = range(cosine);
        assert!(low < 0.0 && high > 0.0 && low >= -1.0 && high <= 1.0);
        assert!(low - 1e-6 <= f64::from(cosine) && f64::from(cosine) <= high + 1e-6);
    }
}

#[test]
fn the_best_evaluation_is_marked() {
    let mut history = History::default();
    for (n, rmse) in [(1, [40.0, 30.0]), (2, [14.0, 16.0]), (3, [15.0, f32::NAN])] {
        history.push_evaluation(evaluated(n, &rmse));
    }
    let data = ChartKind::Rmse.of_history(&history, &["a", "b"]);
    let marks: Vec<(f64, Option<&str>)> = data.marks.iter().map(|m| (m.point.y, m.label.as_deref())).collect();
    assert_eq!(marks, [(14.0, Some("best 14")), (16.0, None)]);
}

#[test]
fn the_horizontal_axis_can_show_the_whole_run() {
    let data = ChartKind::Loss.of_history(&history([step(20, &[weighted(0.5)])]), &["a"]);
    assert_eq!(data.x.high, 2.0);
    assert_eq!(data.clone().with_epochs(12).x.high, 12.0);
    assert_eq!(data.with_epochs(1).x.high, 2.0);
}

#[test]
fn the_run_before_lies_behind_and_the_axes_make_room_for_it() {
    let mut history = History::default();
    [20.0, 15.0].into_iter().zip(1..).for_each(|(rmse, step)| history.push_evaluation(evaluated(step, &[rmse])));
    let alone = ChartKind::Rmse.of_history(&history, &["a"]);
    let both = alone.clone().with_earlier("run before: cnn", &[(1.0, 40.0), (4.0, 30.0)]);
    assert_eq!((alone.x.high, both.x.high), (2.0, 4.0));
    assert!(alone.y.high < 40.0 && both.y.high >= 40.0);
    assert_eq!(both.series[0].label, "run before: cnn");
    assert_eq!(both.series[1..], alone.series[..]);
    let names: Vec<&str> = both.legend.iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(names.len(), alone.series.len() + 1, "a legend names each line once: {names:?}");
    assert_eq!(names.last(), Some(&"run before: cnn"));
    assert_eq!(both.table(9), alone.table(9));
}
