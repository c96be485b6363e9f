//! The rows of the charts that show the data itself.

use super::super::axis::Fit;
use super::super::series::Shape;
use super::further::{FROM_ZERO, MEASURED};
use super::{ANYWHERE, Spec};
use crate::measure::Metric;

pub(super) const LIFETIMES: Spec = Spec {
    name: "lifetimes",
    title: "How long engines live",
    caption: "How many of the engines run to failure live how many flight cycles, in bins of 20 cycles; training and \
              validation engines are counted together.",
    fit: Fit { at_least: Some((0.0, 0.0)), ..FROM_ZERO },
    metric: Metric { name: "Share of the engines", unit: "%", higher_is_better: None },
    shape: Shape::Bars,
    empty: UNASKED,
    ..MEASURED
};

pub(super) const RUL_LABELS: Spec = Spec {
    name: "rul-labels",
    title: "What the windows are labelled with",
    caption: "How many of the windows have how many cycles of remaining useful life (RUL) left, in bins of 10 cycles: \
              the last bin holds all that are capped, and the upright lines are where one health state ends and \
              the next begins.",
    fit: Fit { at_least: Some((0.0, 0.0)), ..FROM_ZERO },
    metric: Metric { name: "Share of the windows", unit: "%", higher_is_better: None },
    shape: Shape::Bars,
    empty: UNASKED,
    ..MEASURED
};

pub(super) const SENSOR: Spec = Spec {
    name: "sensor",
    title: "One sensor of this engine",
    caption: "What the sensor shows at each flight cycle; the shaded part is the window that a model sees at once, and \
              where there are six operating regimes, each has its colour.",
    fit: Fit { within: ANYWHERE, ..FROM_ZERO },
    metric: Metric { name: "Scaled value", unit: "standard deviations", higher_is_better: None },
    shape: Shape::Straight,
    empty: UNASKED,
    ..MEASURED
};

pub(super) const BEFORE_FAILURE: Spec = Spec {
    name: "before-failure",
    title: "This sensor before failure, over all engines",
    caption: "Mean of the sensor over the engines run to failure, in steps of 5 cycles before they fail, with one \
              standard deviation to either side as a band; the table has the number of values behind each.",
    fit: Fit { within: ANYWHERE, ..FROM_ZERO },
    metric: Metric { name: "Scaled value", unit: "standard deviations", higher_is_better: None },
    shape: Shape::Straight,
    empty: UNASKED,
    ..MEASURED
};

pub(super) const REGIMES: Spec = Spec {
    name: "regimes",
    title: "Operating regimes",
    caption: "Altitude and Mach number of single flight cycles, coloured by the regime that they are assigned to, which \
              is that of the nearest published set point (ringed, with the regime's number and the throttle beside it).",
    fit: Fit { at_least: Some((-4.0, 44.0)), within: ANYWHERE, ..FROM_ZERO },
    metric: Metric { name: "Altitude", unit: "thousand feet", higher_is_better: None },
    shape: Shape::Scattered,
    empty: UNASKED,
    ..MEASURED
};

const UNASKED: &str = "The engine is being asked";
