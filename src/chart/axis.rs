//! Axes: from values to a calm range, from a range to ticks, and the map between values and pixels.

use super::number::{linear_label, log_label};
use crate::measure::Metric;

/// How values are laid along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal distances are equal differences.
    Linear,
    /// Equal distances are equal factors; what is not positive has no place and leaves a gap.
    Log,
}

/// An axis: what it measures and what part of it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit.
    pub metric: Metric,
    /// How values are laid out.
    pub scale: Scale,
    /// Value at the left or lower end.
    pub low: f64,
    /// Value at the right or upper end, above `low`.
    pub high: f64,
}

impl Axis {
    /// The axis title: the metric with its unit, and the scale where it is not linear.
    #[must_use]
    pub fn title(&self) -> String {
        let words = [self.metric.unit, if self.scale == Scale::Log { "log scale" } else { "" }];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            self.metric.name.to_owned()
        } else {
            format!("{} ({})", self.metric.name, words.join(", "))
        }
    }
}

/// How a range is fitted to the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// Shown when there is nothing to fit.
    pub(super) empty: (f64, f64),
    /// Always within the range.
    pub(super) at_least: Option<(f64, f64)>,
    /// Never outside of this.
    pub(super) within: (f64, f64),
    /// Values above this multiple of the smallest leave the frame, unless most values do: the first evaluations of an
    /// untrained model would flatten all that follows.
    pub(super) multiple: Option<f64>,
    /// Share of the span that is added below, for words beneath the lowest value.
    pub(super) room_below: f64,
}

impl Fit {
    /// Whatever the values are.
    pub(super) const ANY: Self = Self {
        empty: (0.0, 1.0),
        at_least: None,
        within: (f64::NEG_INFINITY, f64::INFINITY),
        multiple: None,
        room_below: 0.0,
    };
    /// Never below zero.
    pub(super) const FROM_ZERO: Self = Self { within: (0.0, f64::INFINITY), ..Self::ANY };

    /// Remaining useful lives up to so many cycles, true ones and what is predicted in their place.
    pub(super) const fn ruls(largest: f64) -> Self {
        Self { at_least: Some((0.0, largest)), within: (-0.4 * largest, 1.6 * largest), ..Self::ANY }
    }

    /// The range that shows these values, its ends on round numbers so that it stands still while values arrive.
    pub(super) fn range(&self, scale: Scale, values: impl Iterator<Item = f64>) -> (f64, f64) {
        let mut shown: Vec<f64> = values.filter(|v| v.is_finite() && (scale == Scale::Linear || *v > 0.0)).collect();
        let Some((mut low, mut high)) = extent(&shown) else { return self.empty };
        if let Some(multiple) = self.multiple {
            let most = quantile(&mut shown, 0.8);
            high = high.min(most.max(multiple * low));
        }
        if let Some((least_low, least_high)) = self.at_least {
            (low, high) = (low.min(least_low), high.max(least_high));
        }
        low -= self.room_below * (high - low);
        let (low, high) = match scale {
            Scale::Linear => round_linear(low, high),
            Scale::Log => round_log(low, high),
        };
        (low.max(self.within.0), high.min(self.within.1))
    }
}

/// Smallest and largest.
fn extent(values: &[f64]) -> Option<(f64, f64)> {
    values
        .iter()
        .fold(None, |found, &v| found.map_or(Some((v, v)), |(low, high): (f64, f64)| Some((low.min(v), high.max(v)))))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
fn quantile(values: &mut [f64], share: f64) -> f64 {
    let index = ((values.len() - 1) as f64 * share).round() as usize;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}

fn round_linear(low: f64, high: f64) -> (f64, f64) {
    let span = high - low;
    let (low, high) = if span > 1e-9 * low.abs().max(high.abs()) {
        (low, high)
    } else {
        // All equal: room around the one value.
        let room = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
        (low - room, high + room)
    };
    let step = nice_step((high - low) / 8.0);
    let (floor, ceiling) = ((low / step + 1e-6).floor() * step, (high / step - 1e-6).ceil() * step);
    (floor, if ceiling > floor { ceiling } else { floor + step })
}

fn round_log(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = if high / low > 1.0 + 1e-6 { (low, high) } else { (low / 1.5, high * 1.5) };
    let floor = |value: f64| {
        let decade = 10_f64.powf(value.log10().floor());
        [5.0, 2.0, 1.0].into_iter().map(|m| m * decade).find(|&v| v <= value * (1.0 + 1e-9)).unwrap_or(decade)
    };
    let ceiling = |value: f64| {
        let decade = 10_f64.powf(value.log10().floor());
        [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|m| m * decade)
            .find(|&v| v >= value * (1.0 - 1e-9))
            .unwrap_or(10.0 * decade)
    };
    (floor(low), ceiling(high))
}

/// The smallest of 1, 2, 5 times a power of ten that is not below this.
fn nice_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|m| m * decade).find(|&step| step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// Ticks on round values within the axis, about `target` of them and seldom more.
pub(super) fn ticks(axis: &Axis, target: usize) -> Vec<Tick> {
    match axis.scale {
        Scale::Linear => linear_ticks(axis.low, axis.high, target),
        Scale::Log => log_ticks(axis.low, axis.high, target),
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a handful of ticks")]
fn linear_ticks(low: f64, high: f64, target: usize) -> Vec<Tick> {
    let step = nice_step((high - low) / target.max(1) as f64);
    let first = (low / step - 1e-6).ceil() as i64;
    let last = (high / step + 1e-6).floor() as i64;
    (first..=last.min(first + 100))
        .map(|n| Tick { value: n as f64 * step, label: linear_label(n as f64 * step, step) })
        .collect()
}

fn log_ticks(low: f64, high: f64, target: usize) -> Vec<Tick> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let within = |value: &f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(value);
    let at = |multiples: &[f64], every: usize| -> Vec<Tick> {
        let decades = (first..=last).filter(|d| usize::try_from(d.rem_euclid(100)).unwrap_or(0).is_multiple_of(every));
        let values = decades.flat_map(|d| multiples.iter().map(move |m| m * 10_f64.powi(d))).filter(within);
        values.map(|value| Tick { value, label: log_label(value) }).collect()
    };
    let sparsest_first: [(&[f64], usize); 10] = [
        (&[1.0], 50),
        (&[1.0], 20),
        (&[1.0], 10),
        (&[1.0], 5),
        (&[1.0], 4),
        (&[1.0], 2),
        (&[1.0], 1),
        (&[1.0, 3.0], 1),
        (&[1.0, 2.0, 5.0], 1),
        (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 1),
    ];
    let mut best = Vec::new();
    for (multiples, every) in sparsest_first {
        let candidate = at(multiples, every);
        if candidate.len() > target.max(2) + 1 {
            break;
        }
        best = candidate;
    }
    if best.len() < 2 { linear_ticks(low, high, target) } else { best }
}

/// The map between the values of an axis and pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Projection {
    scale: Scale,
    low: f64,
    high: f64,
    low_px: f64,
    high_px: f64,
}

impl Projection {
    pub(super) fn new(axis: &Axis, low_px: f64, high_px: f64) -> Self {
        let (low, high) = match axis.scale {
            Scale::Linear => (axis.low, axis.high),
            Scale::Log => (axis.low.log10(), axis.high.log10()),
        };
        Self { scale: axis.scale, low, high, low_px, high_px }
    }

    /// Not finite where the value has no place on the axis.
    pub(super) fn px_from_value(&self, value: f64) -> f64 {
        let laid = match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => value.log10(),
            Scale::Log => f64::NAN,
        };
        self.low_px + (laid - self.low) / (self.high - self.low) * (self.high_px - self.low_px)
    }

    pub(super) fn value_from_px(&self, px: f64) -> f64 {
        let laid = self.low + (px - self.low_px) / (self.high_px - self.low_px) * (self.high - self.low);
        match self.scale {
            Scale::Linear => laid,
            Scale::Log => 10_f64.powf(laid),
        }
    }

    /// The same map in pixels of another size.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { low_px: self.low_px * factor, high_px: self.high_px * factor, ..self }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "values that are exact")]
#[path = "axis_tests.rs"]
mod tests;
