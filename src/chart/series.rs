//! What a chart holds, free of pixels: series, marks and notes.

use std::sync::Arc;

use crate::Task;

/// A point of a series. A value that is not finite breaks the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Epochs done.
    pub x: f64,
    /// The value.
    pub y: f64,
}

/// What a colour stands for. A [`Style`](super::Style) turns it into one, so that light and dark share the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hue {
    /// A figure that belongs to no task or member.
    Neutral,
    /// The same where it stands back.
    Muted,
    /// What is good for both tasks.
    Good,
    /// A task.
    Task(Task),
    /// A member, by index.
    Member(usize),
    /// A member of many, between the first at 0 and the last at 1.
    Graded(f64),
    /// A value of a map, between the faintest at 0 and the strongest at 1.
    Heat(f64),
}

/// The stroke of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Thick and whole: RUL where members share a colour with it, and whatever stands alone.
    Solid,
    /// Dashed: health, where colour already tells the member.
    Dashed,
    /// Thin: health where there are too many members for dashes.
    Thin,
    /// Thin and dashed: health among many lines of both tasks.
    ThinDashed,
    /// Faint: raw values beneath their smoothed line.
    Faint,
    /// A stroke of the member's own, by index: whole for the first.
    Own(usize),
}

/// Markers that tell members apart, by index.
pub const MARKERS: usize = 8;

impl Hue {
    /// The marker of a line of this colour, where it has one: see [`MARKERS`].
    #[must_use]
    pub const fn marker(self) -> Option<usize> {
        match self {
            Self::Member(index) => Some(index % MARKERS),
            _ => None,
        }
    }
}

/// How a series goes from point to point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Straight.
    Straight,
    /// A value holds until the next.
    Stepped,
    /// Straight, each point marked with a dot: few and exact.
    Dotted,
    /// Dots alone, which no line joins.
    Scattered,
    /// A histogram: a filled bar about each point, as wide as points are apart.
    Bars,
    /// The outline of such bars, to lie over others.
    Outlined,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Name of the member, the task or both.
    pub label: String,
    /// What its colour stands for.
    pub hue: Hue,
    /// Its stroke.
    pub line: Line,
    /// How it goes from point to point.
    pub shape: Shape,
    /// Its points, ordered by `x`; shared with the hover map, which outlives the drawing.
    pub points: Arc<[Point]>,
}

impl Series {
    /// The values of its points.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().map(|point| point.y)
    }
}

/// An area between two values.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// What its colour stands for.
    pub hue: Hue,
    /// `(x, lower, upper)`, ordered by `x`.
    pub points: Arc<[(f64, f64, f64)]>,
}

/// A part of the horizontal axis that is pointed out.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Its left end.
    pub low: f64,
    /// Its right end.
    pub high: f64,
    /// Where an upright line stands, if one does.
    pub at: Option<f64>,
    /// Words beside it, or empty.
    pub label: String,
}

/// A point that is pointed out.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub point: Point,
    /// What its colour stands for.
    pub hue: Hue,
    /// Words beside it, or none.
    pub label: Option<String>,
}

/// Two tasks, as they are called in legends.
pub(super) const fn task_name(task: Task) -> &'static str {
    match task {
        Task::Rul => "RUL",
        Task::Health => "health",
    }
}

/// A reference line, and what it means to be on either side of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The value at which the line lies.
    pub value: f64,
    /// What it means to be above, or empty.
    pub above: String,
    /// What it means to be below, or empty.
    pub below: String,
}

impl Note {
    pub(super) fn new(value: f64, above: &str, below: &str) -> Self {
        Self { value, above: above.to_owned(), below: below.to_owned() }
    }
}
