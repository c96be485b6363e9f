//! What charts of fleets share: colours, histograms and the names of columns.

use crate::chart::prelude::*;
use crate::data::Origin;
use crate::measure::explore::Fleet;

/// The colour of a fleet, by where it came from.
#[must_use]
pub const fn origin_hue(origin: Origin) -> Hue {
    match origin {
        Origin::Nasa => Hue::Member(1),
        Origin::Emulated => Hue::Member(5),
        Origin::Own => Hue::Member(2),
    }
}

impl ChartData {
    /// Bars of shares in %, in the colour of a fleet.
    pub(super) fn add_histogram(&mut self, fleet: &Fleet, from: f64, width: f64, counts: &[usize], all: usize) {
        let hue = origin_hue(fleet.summary.origin);
        let points = outline(from, width, counts, all);
        self.add(&fleet.summary.title(), hue, Line::Solid, Shape::Bars, points);
    }

    pub(super) fn legend_of_fleets(&mut self, fleets: &[&Fleet]) {
        if fleets.len() > 1 {
            self.legend_of_series();
        }
    }
}

/// Which fleets these are.
pub(super) fn titles(fleets: &[&Fleet]) -> String {
    fleets.iter().map(|fleet| fleet.summary.title()).collect::<Vec<_>>().join(" and ")
}

/// Shares in %, each at the middle of its bin.
pub(super) fn outline(from: f64, width: f64, counts: &[usize], all: usize) -> Vec<Point> {
    let share = |count: usize| 100.0 * count as f64 / all.max(1) as f64;
    let point = |(bin, count): (usize, &usize)| Point { x: from + (bin as f64 + 0.5) * width, y: share(*count) };
    counts.iter().enumerate().map(point).collect()
}

/// One more column of counts; those that are missing at the end are 0.
pub(super) fn extend(
    header: &mut Vec<String>,
    rows: &mut [Vec<Option<f64>>],
    fleet: &Fleet,
    fleets: usize,
    name: &str,
    counts: &[usize],
) {
    header.push(column(fleet, fleets, name));
    for (row, count) in rows.iter_mut().zip(counts.iter().chain(std::iter::repeat(&0))) {
        row.push(Some(*count as f64));
    }
}

/// The name of a column: which fleet's it is, where there are several.
pub(super) fn column(fleet: &Fleet, fleets: usize, name: &str) -> String {
    if fleets > 1 { format!("{}: {name}", fleet.summary.title()) } else { name.to_owned() }
}
