//! A figure over λ and epochs.

use super::lambda_curve::{CurveFigure, LAMBDA};
use crate::chart::prelude::*;
use crate::measure::Metrics;
use crate::session::Mode;

pub(super) static CHART: Chart = Chart {
    name: "lambda-map",
    caption: "The mean test figure of the members at each weight λ of the RUL loss, evaluation after evaluation: the \
              darker (on a dark page the lighter) a field, the better, where the worse half of all fields is equally faint, \
              so that the beginning of training does not flatten the rest; the dots are the best λ of each evaluation.",
    look: Look { title: "The curve as it formed", metric: LAMBDA, fit: Fit::ANY, ..Look::MEASURED },
    choices: &[FIGURE],
    shown: |scene| scene.view.wanted().mode() == Mode::LambdaCurve,
    build: |scene| {
        let (figure, value): (_, fn(&Metrics) -> f32) = match scene.chosen.value(&FIGURE) {
            "score" => (CurveFigure::NasaScore, |test| test.nasa_score),
            "accuracy" => (CurveFigure::Accuracy, |test| test.accuracy),
            _ => (CurveFigure::Rmse, |test| test.rmse_cycles),
        };
        Some(ChartData::lambda_map(&scene.view.curve_over_epochs(value), figure))
    },
    words: |_| String::new(),
    ..Chart::EVALUATIONS
};

const FIGURE: Choice = Choice {
    id: "map-figure",
    label: "Figure",
    range: Range::OneOf(&[("rmse", "RMSE"), ("score", "NASA score"), ("accuracy", "accuracy")]),
};

/// Columns of fields at most: of more evaluations, some are left out.
const COLUMNS: usize = 120;

impl ChartData {
    /// A figure over epochs (to the right) and λ (upwards), from `(epoch, (λ, mean) by rising λ)`.
    #[must_use]
    pub fn lambda_map(evaluations: &[(f32, Vec<(f32, f64)>)], figure: CurveFigure) -> Self {
        let metric = figure.metric();
        let every = evaluations.len().div_ceil(COLUMNS).max(1);
        let shown: Vec<&(f32, Vec<(f32, f64)>)> =
            evaluations.iter().rev().step_by(every).collect::<Vec<_>>().into_iter().rev().collect();
        let first = evaluations.first().map_or(0.0, |(epoch, _)| f64::from(*epoch));
        let end = shown.last().map_or(1.0, |(epoch, _)| f64::from(*epoch)).max(first + 1e-3);
        let name = match figure {
            CurveFigure::Rmse => "λ_rul; stronger is a lower RMSE",
            CurveFigure::NasaScore => "λ_rul; stronger is a lower NASA score",
            CurveFigure::Accuracy => "λ_rul; stronger is a higher accuracy",
        };
        let look = Look { metric: Metric { name, ..LAMBDA }, ..CHART.look };
        let mut chart = Self::new(&look, EPOCH, (first, end));
        (chart.y.low, chart.y.high) = (0.0, 1.0);
        let goodness = |value: f64| if metric.higher_is_better == Some(true) { value } else { -value };
        let finite = |value: &f64| value.is_finite();
        let mut all: Vec<f64> = shown
            .iter()
            .flat_map(|(_, points)| points.iter().map(|(_, value)| goodness(*value)))
            .filter(finite)
            .collect();
        all.sort_by(f64::total_cmp);
        let low = all.get(all.len() / 2).copied().unwrap_or(0.0);
        let span = (all.last().copied().unwrap_or(1.0) - low).max(f64::MIN_POSITIVE);
        let mut left = first;
        let mut best: Vec<Point> = Vec::new();
        let mut rows = Vec::new();
        for (epoch, points) in shown {
            let right = f64::from(*epoch);
            for (index, (lambda, value)) in points.iter().enumerate() {
                let lambda = f64::from(*lambda);
                let beside = |other: Option<&(f32, f64)>, end: f64| {
                    other.map_or(end, |(other, _)| f64::midpoint(lambda, f64::from(*other)))
                };
                let below = beside(index.checked_sub(1).and_then(|index| points.get(index)), 0.0);
                let above = beside(points.get(index + 1), 1.0);
                if right > left {
                    let share = ((goodness(*value) - low) / span).clamp(0.0, 1.0);
                    let (x, y) = ([left, right], [below, above]);
                    chart.sketch.cells.push(Cell { x, y, share, label: String::new() });
                    let unit = if metric.unit.is_empty() { String::new() } else { format!(" {}", metric.unit) };
                    let words = reading(*value) + &unit;
                    chart.sketch.spots.push(Spot {
                        at: [f64::midpoint(left, right), lambda],
                        title: format!("epoch {}, λ {}", reading(right), reading(lambda)),
                        readings: vec![(metric.name.to_owned(), Hue::Heat(share), *value, words)],
                    });
                }
                rows.push([right, lambda, *value].map(Some).to_vec());
            }
            let top = points.iter().filter(|(_, value)| value.is_finite());
            let top = top.max_by(|a, b| goodness(a.1).total_cmp(&goodness(b.1)));
            if right > left {
                let x = f64::midpoint(left, right);
                best.extend(top.map(|(lambda, _)| Point { x, y: f64::from(*lambda) }));
            }
            left = right;
        }
        chart.add("best λ", Hue::Task(Task::Health), Line::Solid, Shape::Scattered, best);
        let header = ["epoch", "λ_rul", metric.name].map(str::to_owned).to_vec();
        rows.reverse();
        chart.twin = Twin::Columns(Columns { header, rows });
        chart
    }
}
