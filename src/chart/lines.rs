//! From the history to the lines of a chart: one a member and figure.

use super::data::{ChartData, Look};
use super::legend::{legend, member_hue, own_line, task_line};
use super::number::reading;
use super::series::{Hue, Line, Mark, Note, Point, Series, Shape, task_name};
use super::smooth::{running_mean, tau_steps};
use super::table::{Records, TABLE_RECORDS, Twin};
use crate::Task;
use crate::measure::{Metric, Metrics};
use crate::session::{Evaluation, History, MemberStep, StepRecord};

/// Raw values are drawn beneath smoothed ones for so many members; for more they would only cover each other.
const RAW_MEMBERS: usize = 2;

/// The best of each line is marked for so many lines.
const MARKED_LINES: usize = 4;

pub(super) const EPOCH: Metric = Metric { name: "epoch", unit: "", higher_is_better: None };

/// One figure of a member: a column of the table and, where drawn, a line.
pub(super) struct Channel<M: 'static> {
    header: &'static str,
    /// The task it belongs to, where it tells the two apart.
    task: Option<Task>,
    drawn: bool,
    value: fn(&M) -> f32,
}

impl<M> Channel<M> {
    /// A figure of no task.
    pub(super) const fn lone(header: &'static str, value: fn(&M) -> f32) -> Self {
        Self { header, task: None, drawn: true, value }
    }

    /// A figure of one of the tasks.
    pub(super) const fn of(task: Task, header: &'static str, value: fn(&M) -> f32) -> Self {
        Self { header, task: Some(task), drawn: true, value }
    }

    /// A column of the table that is not drawn.
    pub(super) const fn column(header: &'static str, value: fn(&M) -> f32) -> Self {
        Self { header, task: None, drawn: false, value }
    }
}

/// What a chart draws of each record of the history.
pub(super) struct Lines<M: 'static> {
    pub(super) channels: &'static [Channel<M>],
    pub(super) shape: Shape,
    /// Colour of a lone line that tells no tasks apart.
    pub(super) hue: Hue,
    /// Whether lines are smoothed, over the faint raw values.
    pub(super) smoothed: bool,
    /// Whether the best value is marked.
    pub(super) best_marked: bool,
    /// A reference line at this value, with what it means to be above and below.
    pub(super) note: Option<(f64, &'static str, &'static str)>,
}

impl<M> Lines<M> {
    /// Straight lines of these figures as they are.
    pub(super) const fn of(channels: &'static [Channel<M>]) -> Self {
        Self { channels, shape: Shape::Straight, hue: Hue::Neutral, smoothed: false, best_marked: false, note: None }
    }

    /// Their running means, over the faint values of single steps.
    pub(super) const fn smoothed(channels: &'static [Channel<M>]) -> Self {
        Self { smoothed: true, ..Self::of(channels) }
    }
}

/// What a chart draws of the history without more ado.
pub(super) enum Recorded {
    Nothing,
    /// Figures of each training step.
    Steps(Lines<MemberStep>),
    /// Test figures of each evaluation.
    Evaluations(Lines<Metrics>),
}

impl Recorded {
    /// The chart of a history, whose members have these names in their order; a member without one is called by its
    /// number, from 1.
    pub(super) fn chart(&self, look: &Look, history: &History, labels: &[String]) -> ChartData {
        match self {
            Self::Nothing => chart::<StepRecord>(&Lines::of(&[]), look, &[], labels),
            Self::Steps(lines) => chart(lines, look, history.steps(), labels),
            Self::Evaluations(lines) => chart(lines, look, history.evaluations(), labels),
        }
    }
}

/// A record of the history: when, and one entry a member.
trait Record {
    type Member: 'static;
    fn time(&self) -> (u32, f32);
    fn members(&self) -> &[Self::Member];
}

impl Record for StepRecord {
    type Member = MemberStep;
    fn time(&self) -> (u32, f32) {
        (self.step, self.epoch)
    }
    fn members(&self) -> &[MemberStep] {
        &self.members
    }
}

impl Record for Evaluation {
    type Member = Metrics;
    fn time(&self) -> (u32, f32) {
        (self.step, self.epoch)
    }
    fn members(&self) -> &[Metrics] {
        &self.test
    }
}

fn chart<R: Record>(lines: &Lines<R::Member>, look: &Look, records: &[R], labels: &[String]) -> ChartData {
    let Lines { channels, shape, .. } = *lines;
    let members = records.iter().map(|record| record.members().len()).max().unwrap_or(0).max(labels.len()).max(1);
    let named = labels.iter().cloned();
    let numbered = (labels.len()..members).map(|member| format!("member {}", member + 1));
    let labels: Vec<String> = named.chain(numbered).collect();
    let drawn: Vec<&Channel<R::Member>> = channels.iter().filter(|channel| channel.drawn).collect();
    let tasks: Vec<Task> = drawn.iter().filter_map(|channel| channel.task).collect();

    let mut series = Vec::with_capacity(members * drawn.len() * 2);
    for (member, label) in labels.iter().enumerate() {
        for channel in &drawn {
            let line = match channel.task {
                Some(_) => task_line(channel.task, members, shape),
                None => own_line(member, members),
            };
            let hue = match (members, channel.task) {
                (1, Some(task)) => Hue::Task(task),
                (1, None) => lines.hue,
                _ => member_hue(member, members),
            };
            let label = match (members, channel.task) {
                (1, Some(task)) => task_name(task).to_owned(),
                (1, None) => channel.header.to_owned(),
                (_, Some(task)) => format!("{label}, {}", task_name(task)),
                (_, None) => label.clone(),
            };
            let points = raw_points(records, member, channel);
            let smoothed = lines.smoothed.then(|| smooth(records, member, &points));
            if let (Some(smoothed), true) = (&smoothed, members <= RAW_MEMBERS) {
                series.push(Series { label: label.clone(), hue, line: Line::Faint, shape, points: points.into() });
                series.push(Series { label, hue, line, shape, points: smoothed.as_slice().into() });
            } else {
                let points = smoothed.unwrap_or(points);
                series.push(Series { label, hue, line, shape, points: points.into() });
            }
        }
    }
    series.sort_by_key(|series| series.line != Line::Faint);
    let last = series.iter().filter_map(|series| series.points.last()).map(|point| point.x);
    let end = last.filter(|x| x.is_finite()).fold(0.0, f64::max);
    let mut chart = ChartData::new(look, EPOCH, (0.0, if end > 0.0 { end } else { 1.0 }));
    (chart.y.low, chart.y.high) = look.range(series.iter().flat_map(Series::values));
    chart.marks = if lines.best_marked { best_marks(&series, look.metric) } else { Vec::new() };
    chart.notes.extend(lines.note.map(|(value, above, below)| Note::new(value, above, below)));
    chart.legend = legend(&labels, &tasks, shape);
    chart.twin = Twin::Records(recent(records, channels, &labels));
    chart.series = series;
    chart
}

/// A member's points, from the first record that has it.
fn raw_points<R: Record>(records: &[R], member: usize, channel: &Channel<R::Member>) -> Vec<Point> {
    let has = records.iter().filter_map(|record| Some((record.time().1, record.members().get(member)?)));
    has.map(|(epoch, figures)| Point { x: f64::from(epoch), y: f64::from((channel.value)(figures)) }).collect()
}

fn smooth<R: Record>(records: &[R], member: usize, points: &[Point]) -> Vec<Point> {
    let steps = records.iter().filter(|record| record.members().len() > member).map(|record| record.time().0);
    let tau = tau_steps(records.last().map_or(0, |record| record.time().0));
    let means = running_mean(steps.zip(points.iter().map(|point| point.y)), tau);
    means.zip(points).map(|(y, point)| Point { x: point.x, y }).collect()
}

/// The records that a table may show.
fn recent<R: Record>(records: &[R], channels: &[Channel<R::Member>], labels: &[String]) -> Records {
    let shown = &records[records.len().saturating_sub(TABLE_RECORDS)..];
    let header = labels.iter().flat_map(|label| {
        let name = move |header: &str| if labels.len() == 1 { header.to_owned() } else { format!("{label}: {header}") };
        channels.iter().map(move |channel| name(channel.header))
    });
    let mut values = Vec::with_capacity(shown.len() * labels.len() * channels.len());
    for record in shown {
        for member in 0..labels.len() {
            let figures = record.members().get(member);
            values.extend(channels.iter().map(|channel| figures.map(|figures| (channel.value)(figures))));
        }
    }
    Records { header: header.collect(), times: shown.iter().map(Record::time).collect(), values }
}

/// The best point of every line, or of all lines alone where they are many; words stand at the best of all.
fn best_marks(series: &[Series], metric: Metric) -> Vec<Mark> {
    let higher = metric.higher_is_better == Some(true);
    let better = |a: &Point, b: &Point| if higher { b.y.total_cmp(&a.y) } else { a.y.total_cmp(&b.y) };
    let best = |series: &Series| {
        let point = series.points.iter().copied().filter(|point| point.y.is_finite()).min_by(better)?;
        Some(Mark { point, hue: series.hue, label: None })
    };
    let mut marks: Vec<Mark> = series.iter().filter_map(best).collect();
    if let Some(first) = marks.iter_mut().min_by(|a, b| better(&a.point, &b.point)) {
        first.label = Some(format!("best {}", reading(first.point.y)));
    }
    if marks.len() > MARKED_LINES {
        marks.retain(|mark| mark.label.is_some());
    }
    marks
}
