//! Both losses around the present weights, in the plane of the two gradients.

use crate::chart::contour::contour;
use crate::chart::prelude::*;
use crate::measure::GradientPlane;
use crate::session::{Mode, grouped};
use crate::statistics::quantile;
use crate::train::Landscape;

pub(super) static CHART: Chart = Chart {
    name: "landscape",
    caption: "Both losses as they would be if the shared weights were moved in the plane that the two gradients span: \
              lines of equal loss, of RUL and of health; in the middle, where the arrows begin, are the weights as they \
              were when you looked, the arrows are the directions in which each task pulls and of the update, and the \
              darker (on a dark page the lighter) the ground, the lower the weighted sum; training waits while you look, \
              and goes on to the same bits as without.",
    look: Look {
        title: "Look around",
        metric: Metric { name: "Towards less of both losses", unit: "distance of weights", higher_is_better: None },
        fit: Fit::ANY,
        empty: "Press the button to look",
        ..Look::MEASURED
    },
    width: Width::Half,
    choices: &[LOOK, REACH],
    whole_table: true,
    shown: |scene| scene.view.wanted().mode() != Mode::LambdaCurve,
    build: |scene| {
        let Some(landscape) = scene.view.landscape.as_ref() else { return Some(ChartData::unseen()) };
        let weights = scene.view.gradient_plane(1).map_or([0.5; 2], |now| now.weights);
        let last = scene.view.latest.as_ref().and_then(|step| step.members.get(landscape.member));
        let normalizers = last.map_or([1.0; 2], |member| member.normalizers.map(f64::from));
        let factors = [weights[0] / normalizers[0], weights[1] / normalizers[1]];
        Some(ChartData::landscape(landscape, factors))
    },
    words: |scene| scene.view.landscape.as_ref().map(words).unwrap_or_default(),
    ..Chart::EVALUATIONS
};

const LOOK: Choice = Choice { id: "landscape-look", label: "Look around", range: Range::Press };
/// Shares of the length of the shared weights.
const REACH: Choice = Choice {
    id: "landscape-reach",
    label: "How far",
    range: Range::OneOf(&[("0.03", "3 % of the weights"), ("0.01", "1 %"), ("0.1", "10 %"), ("0.3", "30 %")]),
};

const RIGHTWARDS: Metric = Metric { name: "towards RUL", unit: "", higher_is_better: None };
/// Lines of equal loss, of each task.
const LEVELS: usize = 8;
/// How strongly the lowest ground is filled.
const DEEPEST: f64 = 0.4;
/// The longest arrow, as a share of the way to the edge.
const LONGEST: f64 = 0.7;

fn words(landscape: &Landscape) -> String {
    let steps = grouped(landscape.step);
    format!("At step {steps}, {} places, {} training windows each.", landscape.points.pow(2), landscape.windows)
}

#[cfg(target_arch = "wasm32")]
/// How far to look, and over how many places along each axis.
pub(crate) fn looked_for(chosen: &Chosen) -> (f32, usize) {
    (chosen.value(&REACH).parse().unwrap_or(0.03), 15)
}

impl ChartData {
    /// Before anyone has looked: no axis says anything.
    fn unseen() -> Self {
        let mut chart = Self::new(&CHART.look, RIGHTWARDS, (-1.0, 1.0));
        chart.sketch.is_without_ticks = true;
        chart
    }

    /// Lines of both losses around the present weights, and the gradients' arrows; `factors` are what the gradients are
    /// multiplied by in the update.
    #[must_use]
    pub fn landscape(landscape: &Landscape, factors: [f64; 2]) -> Self {
        let reach = f64::from(landscape.reach).max(f64::MIN_POSITIVE);
        let mut chart = Self::new(&CHART.look, RIGHTWARDS, (-reach, reach));
        (chart.y.low, chart.y.high) = (-reach, reach);
        chart.sketch.is_true_to_angle = true;
        let points = landscape.points;
        let of = |task: usize| -> Vec<f64> {
            landscape.losses.iter().skip(task).step_by(2).map(|loss| f64::from(*loss)).collect()
        };
        let losses = [of(0), of(1)];
        chart.ground_of(landscape, &losses, factors);
        for (task, line) in Task::ALL.into_iter().zip([Line::Thin, Line::ThinDashed]) {
            let values = &losses[task as usize];
            let mut lines: Vec<Point> = Vec::new();
            for level in levels(values) {
                for part in contour(values, points, level) {
                    let place = |[column, row]: [f64; 2]| {
                        let along = |index: f64| (index / (points - 1) as f64 * 2.0 - 1.0) * reach;
                        Point { x: along(column), y: along(row) }
                    };
                    lines.extend(part.into_iter().map(place));
                    lines.push(Point { x: f64::NAN, y: f64::NAN });
                }
            }
            let label = match task {
                Task::Rul => "equal RUL loss",
                Task::Health => "equal health loss",
            };
            chart.add(label, Hue::Task(task), line, Shape::Straight, lines);
        }
        chart.legend_of_series();
        chart.arrows_of(landscape, factors, reach);
        let header = ["towards RUL", "towards less of both", "RUL loss", "health loss"].map(str::to_owned).to_vec();
        let rows = (0..points * points).filter_map(|place| {
            let (column, row) = (place % points, place / points);
            let [rul, health] = landscape.losses_at(column, row)?.map(f64::from);
            Some([landscape.place(column), landscape.place(row), rul, health].map(Some).to_vec())
        });
        chart.twin = Twin::Columns(Columns { header, rows: rows.collect() });
        chart
    }

    /// The weighted sum as the ground, and what is read at each place.
    fn ground_of(&mut self, landscape: &Landscape, losses: &[Vec<f64>; 2], factors: [f64; 2]) {
        let sums: Vec<f64> =
            losses[0].iter().zip(&losses[1]).map(|(rul, health)| factors[0] * rul + factors[1] * health).collect();
        let (low, middle) = (finite_quantile(&sums, 0.0), finite_quantile(&sums, 0.6));
        let points = landscape.points;
        let half = (landscape.place(1) - landscape.place(0)) / 2.0;
        for (place, sum) in sums.iter().enumerate() {
            let [x, y] = [place % points, place / points].map(|index| landscape.place(index));
            let reach = f64::from(landscape.reach);
            let ends = |at: f64| [(at - half).max(-reach), (at + half).min(reach)];
            let share = if middle > low { ((middle - sum) / (middle - low)).clamp(0.0, 1.0) * DEEPEST } else { 0.0 };
            let share = if sum.is_finite() { share } else { f64::NAN };
            self.sketch.cells.push(Cell { x: ends(x), y: ends(y), share, label: String::new() });
            let reading_of = |task: Task| {
                let value = losses[task as usize][place];
                let name = if task == Task::Rul { "RUL loss" } else { "health loss" };
                (name.to_owned(), Hue::Task(task), value, reading(value))
            };
            let title = format!("{} towards RUL, {} towards less of both", reading(x), reading(y));
            self.sketch.spots.push(Spot { at: [x, y], title, readings: Task::ALL.map(reading_of).to_vec() });
        }
    }

    fn arrows_of(&mut self, landscape: &Landscape, factors: [f64; 2], reach: f64) {
        let Some(plane) = GradientPlane::new(landscape.norms.map(f64::from), landscape.cosine.into()) else { return };
        let ends = [
            (factors, Hue::Neutral, Line::Solid, "update"),
            ([1.0, 0.0], Hue::Task(Task::Rul), Line::Solid, "RUL"),
            ([0.0, 1.0], Hue::Task(Task::Health), Line::Dashed, "health"),
        ];
        for (index, (weights, hue, line, label)) in ends.into_iter().enumerate() {
            let [x, y] = plane.combined(weights);
            let length = x.hypot(y);
            // The direction alone: how hard each pulls is on the chart of the plane.
            let to = if length > 0.0 { [x, y].map(|part| part / length * LONGEST * reach) } else { [0.0; 2] };
            let strength = if index == 0 { 1.8 } else { 1.4 };
            let (from, label) = ([0.0; 2], label.to_owned());
            self.sketch.arrows.push(Arrow { from, to, hue, line, strength, label, may_be_mute: false });
        }
    }
}

/// The value below which this share of all finite ones lies; not a number where there are none.
fn finite_quantile(values: &[f64], share: f64) -> f64 {
    let mut finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    quantile(&finite, share)
}

/// Values with lines: as many places of the grid lie between each two.
fn levels(values: &[f64]) -> Vec<f64> {
    let mut levels: Vec<f64> = (1..=LEVELS)
        .map(|level| finite_quantile(values, level as f64 / (LEVELS + 1) as f64))
        .filter(|l| l.is_finite())
        .collect();
    levels.dedup();
    levels
}
