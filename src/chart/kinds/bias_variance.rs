//! Bias², variance and their sum.

use super::lambda_curve::{self, LAMBDA};
use crate::chart::prelude::*;
use crate::measure::BiasVariance;

pub(super) static CHART: Chart = Chart {
    name: "bias-variance",
    caption: "The mean squared error of members that were trained on different engines in its two parts: bias² is how \
              far their mean is from the truth (noise included), variance is how far they are from their mean, and the \
              two add up to the error.",
    look: Look {
        title: "Bias and variance",
        fit: Fit { multiple: Some(2.0), at_least: Some((0.0, 0.0)), ..Fit::FROM_ZERO },
        metric: Metric { name: "Squared error", unit: "cycles²", higher_is_better: Some(false) },
        ..Look::MEASURED
    },
    width: Width::Wide,
    choices: &[TASK, AGAINST],
    shown: |scene| lambda_curve::CHART.is_shown(scene),
    build: |scene| {
        let task = if scene.chosen.value(&TASK) == "health" { Task::Health } else { Task::Rul };
        let (parts, over) = match scene.chosen.value(&AGAINST).parse() {
            Ok(lambda) => (scene.view.parts_by_epoch(lambda, task), Over::Epoch),
            Err(_) => (scene.view.parts_by_lambda(task), Over::Lambda),
        };
        (!parts.is_empty()).then(|| ChartData::bias_variance(&parts, over, task))
    },
    ..Chart::EVALUATIONS
};

const TASK: Choice =
    Choice { id: "parts-task", label: "Error of", range: Range::OneOf(&[("rul", "RUL"), ("health", "health state")]) };
const AGAINST: Choice = Choice {
    id: "parts-over",
    label: "against",
    range: Range::OneOf(&[
        ("lambda", "λ"),
        ("0", "epochs, λ 0"),
        ("0.25", "epochs, λ near 0.25"),
        ("0.5", "epochs, λ near 0.5"),
        ("0.75", "epochs, λ near 0.75"),
        ("1", "epochs, λ 1"),
    ]),
};

const BRIER: Metric = Metric { name: "Brier score", unit: "", higher_is_better: Some(false) };

/// What the parts of an error are drawn against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The weight of the RUL loss.
    Lambda,
    /// Epochs done, at one λ.
    Epoch,
}

impl ChartData {
    /// Bias², variance and their sum against λ or the epochs: the RUL's in cycles², or the health state's, of its Brier
    /// score.
    #[must_use]
    pub fn bias_variance(parts: &[(f32, BiasVariance)], over: Over, task: Task) -> Self {
        let metric = match task {
            Task::Rul => CHART.look.metric,
            Task::Health => BRIER,
        };
        let (x, range) = match over {
            Over::Lambda => (LAMBDA, (0.0, 1.0)),
            Over::Epoch => (EPOCH, (0.0, parts.iter().map(|(x, _)| f64::from(*x)).fold(1.0, f64::max))),
        };
        let mut chart = Self::new(&Look { metric, ..CHART.look }, x, range);
        let of = |value: fn(&BiasVariance) -> f64| {
            parts.iter().map(|(x, parts)| Point { x: f64::from(*x), y: value(parts) }).collect::<Vec<_>>()
        };
        chart.add("bias²", Hue::Member(0), Line::Solid, Shape::Dotted, of(|parts| parts.bias_squared));
        chart.add("variance", Hue::Member(5), Line::Solid, Shape::Dotted, of(|parts| parts.variance));
        chart.add("sum", Hue::Neutral, Line::Dashed, Shape::Straight, of(|parts| parts.error));
        chart.legend_of_series();
        let header = [x.name, "bias²", "variance", "sum"].map(str::to_owned).to_vec();
        let row = |(x, parts): &(f32, BiasVariance)| {
            [f64::from(*x), parts.bias_squared, parts.variance, parts.error].map(Some).to_vec()
        };
        chart.fitted(Columns { header, rows: parts.iter().map(row).collect() })
    }
}
