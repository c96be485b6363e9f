//! What the file of a chart is written with.

pub(super) use super::axis::{Axis, Fit, Scale};
pub(super) use super::data::{ChartData, Look};
pub(super) use super::legend::{DISTINCT_MEMBERS, LegendEntry, member_hue};
pub(super) use super::lines::{Channel, EPOCH, Lines, Recorded};
pub(super) use super::number::{plain, reading};
pub(super) use super::series::{Band, Hue, Line, Mark, Note, Point, Series, Shape, Span};
pub(super) use super::sketch::{Area, Arrow, Cell, Spot, Words};
pub(super) use super::spec::{Chart, Choice, Chosen, Explored, News, Range, Scene, Width};
pub(super) use super::table::{Columns, Named, Twin};
pub(super) use crate::Task;
pub(super) use crate::measure::Metric;
