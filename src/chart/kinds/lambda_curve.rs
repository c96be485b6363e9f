//! Figures against λ.

use crate::chart::prelude::*;
use crate::data::Subset;
use crate::measure::{CurvePoint, Interval, LambdaCurve, Optimum, PUBLISHED, published_rmse};
use crate::session::Mode;

pub(super) static CHART: Chart = Chart {
    name: "lambda-curve",
    caption: "The mean test figure of the members at each weight λ of the RUL loss, with the interval that holds that \
              mean with a confidence of 95 % as a band; the best λ is ringed, and the shaded part of the axis is where \
              it lies when the members are drawn anew.",
    look: Look {
        title: "Which λ is best?",
        fit: Fit { multiple: Some(2.0), ..Fit::FROM_ZERO },
        metric: Metric::RMSE,
        ..Look::MEASURED
    },
    width: Width::Wide,
    choices: &[FIGURE, PUBLISHED_CURVE],
    shown: |scene| scene.view.wanted().mode() == Mode::LambdaCurve,
    build: |scene| {
        let published = scene.view.data.as_ref().filter(|_| scene.chosen.is_ticked(&PUBLISHED_CURVE));
        let figure = match scene.chosen.value(&FIGURE) {
            "score" => CurveFigure::NasaScore,
            "accuracy" => CurveFigure::Accuracy,
            _ => CurveFigure::Rmse,
        };
        Some(ChartData::lambda_curve(scene.view.curve.as_ref()?, figure, published.map(|data| data.subset)))
    },
    ..Chart::EVALUATIONS
};

const FIGURE: Choice = Choice {
    id: "curve-figure",
    label: "Figure",
    range: Range::OneOf(&[("rmse", "RMSE"), ("score", "NASA score"), ("accuracy", "accuracy")]),
};
const PUBLISHED_CURVE: Choice = Choice { id: "curve-published", label: "published curve", range: Range::Tick(true) };

pub(super) const LAMBDA: Metric = Metric { name: "λ_rul", unit: "", higher_is_better: None };

/// Which figure a λ-curve shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveFigure {
    /// RMSE of the RUL.
    #[default]
    Rmse,
    /// NASA score.
    NasaScore,
    /// Accuracy of the health class.
    Accuracy,
}

impl CurveFigure {
    /// What is measured.
    pub(super) const fn metric(self) -> Metric {
        match self {
            Self::Rmse => Metric::RMSE,
            Self::NasaScore => Metric::NASA_SCORE,
            Self::Accuracy => Metric::ACCURACY,
        }
    }
}

impl ChartData {
    /// A figure against λ: the mean over the members of each point, its interval as a band, and the best λ with its own
    /// interval. With a subset, the published RMSE of that subset stands behind it.
    #[must_use]
    pub fn lambda_curve(curve: &LambdaCurve, figure: CurveFigure, published: Option<Subset>) -> Self {
        let metric = figure.metric();
        let optimum = match figure {
            CurveFigure::Rmse => curve.by_rmse,
            CurveFigure::NasaScore => curve.by_score,
            CurveFigure::Accuracy => curve.by_accuracy,
        };
        let interval = |point: &CurvePoint| match figure {
            CurveFigure::Rmse => point.rmse_cycles,
            CurveFigure::NasaScore => point.nasa_score,
            CurveFigure::Accuracy => point.accuracy,
        };
        let intervals: Vec<(f64, Interval)> =
            curve.points.iter().map(|point| (f64::from(point.lambda), interval(point))).collect();
        let mean = intervals.iter().map(|(x, interval)| Point { x: *x, y: interval.mean }).collect();
        let hue = Hue::Task(if figure == CurveFigure::Accuracy { Task::Health } else { Task::Rul });
        let mut chart = Self::new(&Look { metric, ..CHART.look }, LAMBDA, (0.0, 1.0));
        let published = published.filter(|_| figure == CurveFigure::Rmse).map(published_rmse);
        if let Some(published) = &published {
            let points = published.iter().map(|(x, y)| Point { x: f64::from(*x), y: f64::from(*y) }).collect();
            chart.add("measured here", hue, Line::Solid, Shape::Dotted, mean);
            chart.add(PUBLISHED, Hue::Neutral, Line::Dashed, Shape::Straight, points);
            chart.legend_of_series();
        } else {
            chart.add(metric.name, hue, Line::Solid, Shape::Dotted, mean);
        }
        chart.bands.push(Band {
            hue,
            points: intervals.iter().map(|(x, interval)| (*x, interval.low, interval.high)).collect(),
        });
        if let Some(Optimum { lambda, value, low, high, .. }) = optimum {
            let label = format!("best {}, likely {}", reading(lambda.into()), range(low, high));
            chart.marks.push(Mark { point: Point { x: lambda.into(), y: value }, hue, label: Some(label) });
            chart.spans.push(Span { low: low.into(), high: high.into(), at: None, label: String::new() });
        }
        let header = ["λ_rul", metric.name, "lower", "upper", "members"].map(str::to_owned).to_vec();
        let rows = intervals.iter().zip(&curve.points).map(|((x, interval), point)| {
            [*x, interval.mean, interval.low, interval.high, point.members.len() as f64].map(Some).to_vec()
        });
        chart.fitted(Columns { header, rows: rows.collect() })
    }
}

fn range(low: f32, high: f32) -> String {
    if low < high { format!("{} to {}", reading(low.into()), reading(high.into())) } else { reading(low.into()) }
}
