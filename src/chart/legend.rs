//! What the legend says.

use super::series::{Hue, Line, task_name};
use crate::Task;

/// Members beyond this many are not told apart by single colours but by a gradation.
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
#[expect(clippy::cast_precision_loss, reason = "members are few")]
pub(super) fn member_hue(member: usize, members: usize) -> Hue {
    if members <= DISTINCT_MEMBERS { Hue::Member(member) } else { Hue::Graded(member as f64 / (members - 1) as f64) }
}

/// The stroke of a task where colour tells the member.
pub(super) fn task_line(task: Option<Task>, members: usize) -> Line {
    match task {
        Some(Task::Health) if members > DISTINCT_MEMBERS => Line::Thin,
        Some(Task::Health) => Line::Dashed,
        _ => Line::Solid,
    }
}

/// The legend of a chart with these members and, where it tells them apart, tasks. Empty where there is but one line.
pub(super) fn legend(labels: &[String], tasks: &[Task]) -> Vec<LegendEntry> {
    let members = labels.len();
    if members == 1 {
        let entry = |&task| LegendEntry { label: task_name(task).to_owned(), hue: Hue::Task(task), line: Line::Solid };
        return tasks.iter().map(entry).collect();
    }
    let member =
        |index: usize, label: String| LegendEntry { label, hue: member_hue(index, members), line: Line::Solid };
    let mut entries: Vec<LegendEntry> = if members <= DISTINCT_MEMBERS {
        labels.iter().enumerate().map(|(index, label)| member(index, label.clone())).collect()
    } else {
        vec![
            member(0, labels[0].clone()),
            member(members / 2, format!("{} between", members - 2)),
            member(members - 1, labels[members - 1].clone()),
        ]
    };
    entries.extend(tasks.iter().map(|&task| LegendEntry {
        label: task_name(task).to_owned(),
        hue: Hue::Neutral,
        line: task_line(Some(task), members),
    }));
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
        assert_eq!(labels(&legend(&members(1), &Task::ALL)), ["RUL", "health"]);
        assert!(legend(&members(1), &[]).is_empty());
    }

    #[test]
    fn several_members_have_colours_and_tasks_strokes() {
        let entries = legend(&members(2), &Task::ALL);
        assert_eq!(labels(&entries), ["m0", "m1", "RUL", "health"]);
        assert_eq!((entries[1].hue, entries[3].line), (Hue::Member(1), Line::Dashed));
        assert_eq!(labels(&legend(&members(3), &[])), ["m0", "m1", "m2"]);
    }

    #[test]
    fn many_members_are_a_gradation() {
        let entries = legend(&members(32), &Task::ALL);
        assert_eq!(labels(&entries), ["m0", "30 between", "m31", "RUL", "health"]);
        assert_eq!(entries[2].hue, Hue::Graded(1.0));
    }
}
