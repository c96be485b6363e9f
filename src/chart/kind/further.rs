//! The rows of the charts beyond those of every step: shares of the update, and what is measured across members.

use super::super::axis::{Fit, Scale};
use super::super::measured::share;
use super::super::series::{Hue, Shape};
use super::{ANYWHERE, Channel, Source, Spec};
use crate::Task;
use crate::measure::Metric;

pub(super) const NORM_RATIO: Spec = Spec {
    name: "norm-ratio",
    title: "Strength of RUL's pull against the other's",
    caption: "The norm (length) of the remaining useful life's (RUL's) gradient divided by that of the health state's, \
              before normalization and weighting, on a log scale: equal pulls are at 1.",
    metric: Metric { name: "Ratio of norms", unit: "", higher_is_better: None },
    scale: Scale::Log,
    fit: Fit { empty: (0.1, 10.0), at_least: Some((0.5, 2.0)), within: ANYWHERE, multiple: None, room_below: 0.0 },
    shape: Shape::Straight,
    hue: Hue::Neutral,
    smoothed: true,
    best_marked: false,
    note: Some((1.0, "RUL pulls harder", "health pulls harder")),
    empty: "No steps yet",
    source: Source::Steps(&[Channel {
        header: "‖∇L_rul‖ / ‖∇L_health‖",
        task: None,
        drawn: true,
        value: |m| m.gradient_norms[0] / m.gradient_norms[1],
    }]),
};

pub(super) const GRADIENT_SHARE: Spec = Spec {
    name: "gradient-share",
    title: "Whose update is it?",
    caption: "How much of the gradient that is applied to the shared weights each task contributes, after normalization \
              and weighting: the shares add up to 1, equal ones are at a half, and a share below 0 is a task that is \
              dragged along against its own direction.",
    metric: Metric { name: "Share of the update", unit: "", higher_is_better: None },
    scale: Scale::Linear,
    fit: Fit { empty: (0.0, 1.0), at_least: Some((0.0, 1.0)), within: (-2.0, 3.0), multiple: None, room_below: 0.0 },
    shape: Shape::Straight,
    hue: Hue::Neutral,
    smoothed: true,
    best_marked: false,
    note: Some((0.5, "", "")),
    empty: "No steps yet",
    source: Source::Steps(&[
        Channel { header: "RUL", task: Some(Task::Rul), drawn: true, value: |m| share(m, Task::Rul) },
        Channel { header: "health", task: Some(Task::Health), drawn: true, value: |m| share(m, Task::Health) },
    ]),
};

pub(super) const LAMBDA_CURVE: Spec = Spec {
    name: "lambda-curve",
    title: "Which λ is best?",
    caption: "The mean test figure of the members at each weight λ of the RUL loss, with the interval that holds that \
              mean with a confidence of 95 % as a band; the best λ is ringed, and the shaded part of the axis is where \
              it lies when the members are drawn anew.",
    fit: Fit { multiple: Some(2.0), ..FROM_ZERO },
    metric: Metric::RMSE,
    ..MEASURED
};

pub(super) const BIAS_VARIANCE: Spec = Spec {
    name: "bias-variance",
    title: "Bias and variance",
    caption: "The mean squared error of members that were trained on different engines in its two parts: bias² is how \
              far their mean is from the truth (noise included), variance is how far they are from their mean, and the \
              two add up to the error.",
    fit: Fit { multiple: Some(2.0), at_least: Some((0.0, 0.0)), ..FROM_ZERO },
    metric: Metric { name: "Squared error", unit: "cycles²", higher_is_better: Some(false) },
    ..MEASURED
};

pub(super) const INFORMATION: Spec = Spec {
    name: "information",
    title: "What the shared part keeps",
    caption: "Lower bounds on how much the representation Z tells of the health state (to the right) and of the remaining \
              useful life (upwards) as training goes on, in nats; the lines marked H are the entropies, all that there \
              is to know of each label.",
    fit: Fit { at_least: Some((0.0, 1.0)), ..FROM_ZERO },
    metric: Metric { name: "I(Z; Y_rul)", unit: "nats", higher_is_better: Some(true) },
    ..MEASURED
};

pub(super) const PREDICTIONS: Spec = Spec {
    name: "predictions",
    title: "Predicted against true",
    caption: "The predicted remaining useful life (RUL) of each test engine against its true one, which is \
              capped as in training, usually at 125 cycles: a dot above the faint line is an engine that is thought to \
              last longer than it does, which is the dangerous side.",
    fit: ruls(125.0),
    metric: Metric { name: "Predicted RUL", unit: "cycles", higher_is_better: None },
    ..MEASURED
};

pub(super) const TRAJECTORY: Spec = Spec {
    name: "trajectory",
    title: "One engine's life",
    caption: "The predicted remaining useful life (RUL) of one test engine after each of its cycles, and the true one, \
              capped as in training, usually at 125 cycles.",
    fit: ruls(125.0),
    metric: Metric { name: "RUL", unit: "cycles", higher_is_better: None },
    ..MEASURED
};

/// What holds for all charts that are built from measures.
pub(super) const MEASURED: Spec = Spec {
    name: "",
    title: "",
    caption: "",
    metric: Metric::RMSE,
    scale: Scale::Linear,
    fit: FROM_ZERO,
    shape: Shape::Dotted,
    hue: Hue::Neutral,
    smoothed: false,
    best_marked: false,
    note: None,
    empty: "Nothing measured yet",
    source: Source::Measured,
};

/// Remaining useful lives up to so many cycles, true ones and what is predicted in their place.
pub(in super::super) const fn ruls(largest: f64) -> Fit {
    Fit { at_least: Some((0.0, largest)), within: (-0.4 * largest, 1.6 * largest), ..FROM_ZERO }
}

pub(super) const FROM_ZERO: Fit =
    Fit { empty: (0.0, 1.0), at_least: None, within: (0.0, f64::INFINITY), multiple: None, room_below: 0.0 };
