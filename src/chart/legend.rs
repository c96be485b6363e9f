//! What the legend says.

use super::series::{Hue, Line, Shape, task_name};
use crate::Task;

/// Members beyond this many are not distinguished by single colours but by a gradation.
pub(super) const DISTINCT_MEMBERS: usize = 8;

/// A sample of a stroke and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// What it stands for.
    pub label: String,
    /// Colour of the sample.
    pub hue: Hue,
    /// Stroke of the sample.
    pub line: Line,
}

/// The colour of a member among so many.
#[must_use]
pub fn member_hue(member: usize, members: usize) -> Hue {
    if members <= DISTINCT_MEMBERS { Hue::Member(member) } else { Hue::Graded(member as f64 / (members - 1) as f64) }
}

/// The stroke of a task. Dashed health tells the tasks apart where colour already tells the member, and where two held
/// values may cover each other: the lines of λ = 0.5 are one.
pub(super) fn task_line(task: Option<Task>, members: usize, shape: Shape) -> Line {
    match task {
        Some(Task::Health) if members > DISTINCT_MEMBERS => Line::Thin,
        Some(Task::Health) if members > 1 || shape == Shape::Stepped => Line::Dashed,
        _ => Line::Solid,
    }
}

/// The stroke of a member where no task takes it.
pub(super) const fn own_line(member: usize, members: usize) -> Line {
    if members > 1 && members <= DISTINCT_MEMBERS { Line::Own(member) } else { Line::Solid }
}

/// The legend of a chart with these members and, where it tells them apart, tasks. Empty where there is but one line.
///
/// Tasks come first: where room is short, a member can still be found by pointing at it.
pub(super) fn legend(labels: &[String], tasks: &[Task], shape: Shape) -> Vec<LegendEntry> {
    let members = labels.len();
    let task_entry = |&task: &Task| LegendEntry {
        label: task_name(task).to_owned(),
        hue: if members == 1 { Hue::Task(task) } else { Hue::Neutral },
        line: task_line(Some(task), members, shape),
    };
    let mut entries: Vec<LegendEntry> = tasks.iter().map(task_entry).collect();
    let member = |index: usize, label: String| {
        let line = if tasks.is_empty() { own_line(index, members) } else { Line::Solid };
        LegendEntry { label, hue: member_hue(index, members), line }
    };
    match members {
        0 | 1 => {}
        2..=DISTINCT_MEMBERS => {
            entries.extend(labels.iter().enumerate().map(|(index, label)| member(index, label.clone())));
        }
        _ => entries.extend([
            member(0, labels[0].clone()),
            member(members / 2, format!("{} between", members - 2)),
            member(members - 1, labels[members - 1].clone()),
        ]),
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(entries: &[LegendEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.label.as_str()).collect()
    }

    fn members(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("m{n}")).collect()
    }

    #[test]
    fn one_member_is_told_by_its_tasks() {
        assert_eq!(labels(&legend(&members(1), &Task::ALL, Shape::Straight)), ["RUL", "health"]);
        assert!(legend(&members(1), &[], Shape::Dotted).is_empty());
    }

    #[test]
    fn held_values_that_may_cover_each_other_differ_in_stroke() {
        let strokes = |shape| legend(&members(1), &Task::ALL, shape).iter().map(|entry| entry.line).collect::<Vec<_>>();
        assert_eq!(strokes(Shape::Stepped), [Line::Solid, Line::Dashed]);
        assert_eq!(strokes(Shape::Straight), [Line::Solid, Line::Solid]);
    }

    #[test]
    fn several_members_have_colours_and_tasks_strokes() {
        let entries = legend(&members(2), &Task::ALL, Shape::Straight);
        assert_eq!(labels(&entries), ["RUL", "health", "m0", "m1"]);
        assert_eq!((entries[3].hue, entries[1].line), (Hue::Member(1), Line::Dashed));
        assert_eq!(labels(&legend(&members(3), &[], Shape::Dotted)), ["m0", "m1", "m2"]);
    }

    #[test]
    fn where_no_task_takes_the_stroke_each_member_has_its_own() {
        let lines: Vec<Line> = legend(&members(8), &[], Shape::Dotted).iter().map(|entry| entry.line).collect();
        let dashes: std::collections::BTreeSet<String> =
            lines.iter().map(|line| format!("{:?}", line.dash())).collect();
        assert_eq!((lines[0].dash(), dashes.len()), (None, 8));
        let markers: std::collections::BTreeSet<Option<usize>> =
            legend(&members(8), &[], Shape::Dotted).iter().map(|entry| entry.hue.marker()).collect();
        assert_eq!(markers.len(), 8);
    }

    #[test]
    fn many_members_are_a_gradation() {
        let entries = legend(&members(32), &Task::ALL, Shape::Straight);
        assert_eq!(labels(&entries), ["RUL", "health", "m0", "30 between", "m31"]);
        assert_eq!(entries[4].hue, Hue::Graded(1.0));
    }
}
