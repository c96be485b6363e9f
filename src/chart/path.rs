//! From points to strokes: broken at gaps, thinned to pixel columns, cut at the frame, dashed.

use super::axis::Projection;
use super::series::{Point, Shape};

/// A place in pixels of the drawing area.
pub(super) type Px = (f64, f64);

/// The unbroken parts of a line, in pixels, thinned so that each column of `column_px` holds four points at most:
/// where the line enters it, its lowest, its highest, and where it leaves. Drawn, that is the same picture as all
/// points would be (M4; Jugel, Jerzak, Hackenbroich and Markl 2014).
pub(super) fn runs(points: &[Point], shape: Shape, x: &Projection, y: &Projection, column_px: f64) -> Vec<Vec<Px>> {
    let mut thinner = Thinner { column_px, ..Thinner::default() };
    let mut before: Option<f64> = None;
    for point in points {
        let px = (x.px_from_value(point.x), y.px_from_value(point.y));
        if !(px.0.is_finite() && px.1.is_finite()) {
            before = None;
            thinner.end_run();
            continue;
        }
        if let (Shape::Stepped, Some(held)) = (shape, before) {
            thinner.push((px.0, held));
        }
        before = Some(px.1);
        thinner.push(px);
    }
    thinner.end_run();
    thinner.runs
}

#[derive(Default)]
struct Thinner {
    column_px: f64,
    /// Index of the present column.
    column: f64,
    /// What the present column holds so far: first, lowest, highest, last, each with its place in the order.
    held: Option<[(u32, Px); 4]>,
    count: u32,
    run: Vec<Px>,
    runs: Vec<Vec<Px>>,
}

impl Thinner {
    fn push(&mut self, px: Px) {
        let column = (px.0 / self.column_px).floor();
        self.count += 1;
        let entry = (self.count, px);
        match &mut self.held {
            Some([_, lowest, highest, last]) if column.total_cmp(&self.column).is_eq() => {
                if px.1 > lowest.1.1 {
                    *lowest = entry;
                }
                if px.1 < highest.1.1 {
                    *highest = entry;
                }
                *last = entry;
            }
            _ => {
                self.end_column();
                self.column = column;
                self.held = Some([entry; 4]);
            }
        }
    }

    fn end_column(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        held.sort_unstable_by_key(|(order, _)| *order);
        for (_, (x, y)) in held {
            push_pixel(&mut self.run, (x.round(), y.round()));
        }
    }

    fn end_run(&mut self) {
        self.end_column();
        if !self.run.is_empty() {
            self.runs.push(std::mem::take(&mut self.run));
        }
    }
}

/// Add a pixel unless it is there already; a level or upright stretch needs its ends alone.
fn push_pixel(run: &mut Vec<Px>, px: Px) {
    if run.last() == Some(&px) {
        return;
    }
    if let [.., a, b] = run.as_slice() {
        let level = same(a.1, b.1) && same(b.1, px.1);
        let upright = same(a.0, b.0) && same(b.0, px.0) && (b.1 - a.1) * (px.1 - b.1) > 0.0;
        if level || upright {
            run.pop();
        }
    }
    run.push(px);
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.5
}

/// The parts of a run between two heights; the run itself where all of it is.
pub(super) fn clip(run: Vec<Px>, top: f64, bottom: f64) -> Vec<Vec<Px>> {
    if run.iter().all(|px| (top..=bottom).contains(&px.1)) {
        return vec![run];
    }
    let mut parts: Vec<Vec<Px>> = Vec::new();
    let mut part: Vec<Px> = Vec::new();
    for pair in run.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let rise = by - ay;
        let share = |height: f64| if rise == 0.0 { 0.0 } else { (height - ay) / rise };
        let (enter, leave) = match rise {
            r if r > 0.0 => (share(top).max(0.0), share(bottom).min(1.0)),
            r if r < 0.0 => (share(bottom).max(0.0), share(top).min(1.0)),
            _ if (top..=bottom).contains(&ay) => (0.0, 1.0),
            _ => (1.0, 0.0),
        };
        if enter > leave {
            continue;
        }
        let at = |share: f64| (ax + (bx - ax) * share, (ay + rise * share).clamp(top, bottom));
        if enter > 0.0 || part.is_empty() {
            parts.extend((!part.is_empty()).then(|| std::mem::take(&mut part)));
            part.push(at(enter));
        }
        part.push(at(leave));
        if leave < 1.0 {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.extend((!part.is_empty()).then_some(part));
    parts
}

/// How a line is dashed, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dash {
    pub(super) on_px: f64,
    pub(super) off_px: f64,
    /// Dashes of one line, at most: they grow with a long, restless one.
    pub(super) most: usize,
}

/// The dashes of a run in an area of so many pixels a CSS pixel.
pub(super) fn dashes(run: &[Px], Dash { on_px, off_px, most }: Dash, scale: f64) -> Vec<Vec<Px>> {
    let (on_px, off_px) = (on_px * scale, off_px * scale);
    let length: f64 = run.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let stretch = (length / ((on_px + off_px) * most as f64)).max(1.0);
    let phases = [on_px * stretch, off_px * stretch];
    let (mut phase, mut left) = (0, phases[0]);
    let mut parts = Vec::new();
    let mut part: Vec<Px> = run.first().copied().into_iter().collect();
    for pair in run.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let total = distance(a, b);
        let mut done = 0.0;
        while total - done > left {
            done += left;
            let px = (a.0 + (b.0 - a.0) * done / total, a.1 + (b.1 - a.1) * done / total);
            if phase == 0 {
                part.push(px);
                parts.push(std::mem::take(&mut part));
            } else {
                part = vec![px];
            }
            phase = 1 - phase;
            left = phases[phase];
        }
        left -= total - done;
        if phase == 0 {
            part.push(b);
        }
    }
    parts.extend((part.len() > 1).then_some(part));
    parts
}

fn distance(a: Px, b: Px) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
