//! From the history to what a chart shows.

use super::axis::{Axis, Scale};
use super::kind::{Channel, ChartKind, Source, Spec};
use super::legend::{LegendEntry, legend, member_hue, task_line};
use super::number::reading;
use super::series::{Band, Hue, Line, Mark, Note, Point, Series, Span, task_name};
use super::smooth::{running_mean, tau_steps};
use super::table::{Records, TABLE_RECORDS, Table, Twin};
use crate::Task;
use crate::measure::{Metric, Metrics};
use crate::session::{Evaluation, History, MemberStep, StepRecord};

/// Raw values are drawn beneath smoothed ones for so many members; for more they would only cover each other.
const RAW_MEMBERS: usize = 2;

/// The best of each line is marked for so many lines.
const MARKED_LINES: usize = 4;

const EPOCH: Metric = Metric { name: "epoch", unit: "", higher_is_better: None };

/// What a chart shows, free of pixels and colours.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartData {
    /// Which chart this is.
    pub kind: ChartKind,
    /// Epochs done.
    pub x: Axis,
    /// The chart's metric.
    pub y: Axis,
    /// The lines, in the order in which they are drawn.
    pub series: Vec<Series>,
    /// What the strokes stand for; empty where there is but one line.
    pub legend: Vec<LegendEntry>,
    /// Points that are pointed out.
    pub marks: Vec<Mark>,
    /// Reference lines.
    pub notes: Vec<Note>,
    /// Areas behind the lines.
    pub bands: Vec<Band>,
    /// Parts of the horizontal axis that are pointed out.
    pub spans: Vec<Span>,
    pub(super) twin: Twin,
}

impl ChartData {
    /// What `kind` shows of this history.
    ///
    /// `labels` name the members in their order; a member without one is called by its number, from 1.
    #[must_use]
    pub fn new<S: AsRef<str>>(kind: ChartKind, history: &History, labels: &[S]) -> Self {
        let spec = kind.spec();
        let gathered = match spec.source {
            Source::Steps(channels) => gather(spec, history.steps(), channels, labels),
            Source::Evaluations(channels) => gather(spec, history.evaluations(), channels, labels),
            Source::Measured => gather::<StepRecord, S>(spec, &[], &[], labels),
        };
        let marks = if spec.best_marked { best_marks(&gathered.series, spec.metric) } else { Vec::new() };
        let values = gathered.series.iter().flat_map(|series| series.points.iter().map(|point| point.y));
        let (low, high) = spec.fit.range(spec.scale, values);
        let last = gathered.series.iter().filter_map(|series| series.points.last()).map(|point| point.x);
        let end = last.filter(|x| x.is_finite()).fold(0.0, f64::max);
        Self {
            kind,
            x: Axis { metric: EPOCH, scale: Scale::Linear, low: 0.0, high: if end > 0.0 { end } else { 1.0 } },
            y: Axis { metric: spec.metric, scale: spec.scale, low, high },
            series: gathered.series,
            legend: gathered.legend,
            marks,
            notes: spec
                .note
                .map(|(value, above, below)| Note { value, above: above.into(), below: below.into() })
                .into_iter()
                .collect(),
            bands: Vec::new(),
            spans: Vec::new(),
            twin: Twin::Records(gathered.records),
        }
    }

    /// The same with a horizontal axis that reaches to the end of the run, so that it stands still while the run fills
    /// it.
    #[must_use]
    pub fn with_epochs(mut self, epochs: u32) -> Self {
        self.x.high = self.x.high.max(f64::from(epochs));
        self
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.points.iter().all(|point| !point.y.is_finite()))
    }

    /// The table twin: the most recent steps or evaluations, none left out, newest first, or the measures in order.
    #[must_use]
    pub fn table(&self, max_rows: usize) -> Table {
        let caption = format!("{}, {}", self.kind.title(), self.y.metric.name);
        match &self.twin {
            Twin::Records(records) => records.table(caption + ", newest first", max_rows),
            Twin::Columns(columns) => columns.table(caption, max_rows),
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

struct Gathered {
    series: Vec<Series>,
    legend: Vec<LegendEntry>,
    records: Records,
}

fn gather<R: Record, S: AsRef<str>>(
    spec: &Spec,
    records: &[R],
    channels: &[Channel<R::Member>],
    labels: &[S],
) -> Gathered {
    let members = records.iter().map(|record| record.members().len()).max().unwrap_or(0).max(labels.len()).max(1);
    let named = labels.iter().map(|label| label.as_ref().to_owned());
    let numbered = (labels.len()..members).map(|member| format!("member {}", member + 1));
    let labels: Vec<String> = named.chain(numbered).collect();
    let drawn: Vec<&Channel<R::Member>> = channels.iter().filter(|channel| channel.drawn).collect();
    let tasks: Vec<Task> = drawn.iter().filter_map(|channel| channel.task).collect();

    let mut series = Vec::with_capacity(members * drawn.len() * 2);
    for (member, label) in labels.iter().enumerate() {
        for channel in &drawn {
            let line = task_line(channel.task, members, spec.shape);
            let hue = match (members, channel.task) {
                (1, Some(task)) => Hue::Task(task),
                (1, None) => spec.hue,
                _ => member_hue(member, members),
            };
            let label = match (members, channel.task) {
                (1, Some(task)) => task_name(task).to_owned(),
                (1, None) => channel.header.to_owned(),
                (_, Some(task)) => format!("{label}, {}", task_name(task)),
                (_, None) => label.clone(),
            };
            let points = raw_points(records, member, channel);
            let smoothed = spec.smoothed.then(|| smooth(records, member, &points));
            if let (Some(smoothed), true) = (&smoothed, members <= RAW_MEMBERS) {
                let raw =
                    Series { label: label.clone(), hue, line: Line::Faint, shape: spec.shape, points: points.into() };
                series.push(raw);
                series.push(Series { label, hue, line, shape: spec.shape, points: smoothed.as_slice().into() });
            } else {
                let points = smoothed.unwrap_or(points);
                series.push(Series { label, hue, line, shape: spec.shape, points: points.into() });
            }
        }
    }
    series.sort_by_key(|series| series.line != Line::Faint);
    Gathered { legend: legend(&labels, &tasks, spec.shape), records: recent(records, channels, &labels), series }
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

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "values that are exact")]
#[path = "data_tests.rs"]
mod tests;
