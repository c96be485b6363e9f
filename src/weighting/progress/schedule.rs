//! λ on a schedule.

use super::super::shares::{finite, pair};
use super::super::{Card, Family, Strategy, TaskSignals, TaskWeights, Weighting};
use super::pace::Pace;
use crate::ConfigError;
use crate::parameter::{Any, Range, choice, parameters};

choice! {
    /// How a schedule goes from one weight to the other; `x` is the share of its span that is done, `k` the steepness.
    ScheduleShape {
        /// `x`.
        Linear = "linear", "linear";
        /// 0: the first weight stays.
        Constant = "constant", "constant";
        /// `(1 − e^{−k x}) / (1 − e^{−k})`: most of the way early.
        Exponential = "exponential", "exponential";
        /// `(1 − cos π x) / 2`: slow at both ends.
        Cosine = "cosine", "cosine";
        /// `⌊x · (steps + 1)⌋ / steps`, at most 1: in jumps of one height.
        Step = "step", "in steps";
        /// A logistic curve of `k (x − ½)`, stretched to go from 0 to 1: fast in the middle.
        Sigmoid = "sigmoid", "sigmoid";
    }
}

parameters! {
    /// `λ_rul` goes from one value to another over a span of epochs; `λ_health = 1 − λ_rul`.
    ///
    /// ```text
    /// x = clip((epoch − start) / span, 0, 1)
    /// λ_rul = from + (to − from) · shape(x)
    /// ```
    ///
    /// The shapes are those of [`ScheduleShape`]. A limit on the change per epoch and smoothing come after. A. Shaa 2023,
    /// "Dynamically Weighting Loss Function Components in Machine Learning Models", calls it progress-based weighting.
    Schedule {
        /// The curve between the two weights.
        shape: ScheduleShape = ScheduleShape::default(), "Shape", Any;
        /// λ of RUL at the beginning.
        from: f32 = 0.3, "λ of RUL, first", Range::SHARE;
        /// λ of RUL at the end.
        to: f32 = 0.7, "λ of RUL, last", Range::SHARE;
        /// Epoch at which it begins to move.
        start_epoch: f32 = 0.0, "Start, epochs", Range::linear(0.0, 1000.0, 0.5);
        /// Epochs that it takes; 0 is a jump.
        span_epochs: f32 = 8.0, "Span, epochs", Range::linear(0.0, 1000.0, 0.5);
        /// Number of jumps of the shape “in steps”.
        steps: u32 = 4, "Steps", Range::linear(1.0, 100.0, 1.0);
        /// Steepness k of the shapes “exponential” and “sigmoid”.
        steepness: f32 = 8.0, "Steepness", Range::linear(0.1, 50.0, 0.1);
        /// Largest change of λ in an epoch; 0 is no limit.
        max_change: f32 = 0.0, "Largest change per epoch", Range::SHARE;
        /// Share of the weight before that is kept at each step.
        smoothing: f32 = 0.0, "Smoothing", Range::SMOOTHING;
    }
}

impl Strategy for Schedule {
    fn card(&self) -> &'static Card {
        &Card {
            title: "Schedule",
            family: Family::Progress,
            summary: "λ moves from one value to another while training goes on.",
            best_for: "Learning the states first and the exact life later, or the other way round.",
            pros: &["You know beforehand what happens when", "Costs nothing"],
            cons: &["Does not look at the losses", "Both ends and the span have to be chosen"],
            citation: "Shaa 2023, Dynamically Weighting Loss Function Components in Machine Learning Models",
        }
    }

    fn promised_sum(&self) -> Option<f32> {
        Some(1.0)
    }

    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        Ok(Box::new(State::new(self)))
    }
}

impl Schedule {
    /// `λ_rul` at this epoch, before the limit on its change and the smoothing.
    fn target(&self, epoch: f32) -> f64 {
        let (epoch, start, span) = (f64::from(epoch), f64::from(self.start_epoch), f64::from(self.span_epochs));
        let done = if span > 0.0 { ((epoch - start) / span).clamp(0.0, 1.0) } else { f64::from(epoch >= start) };
        let (from, to) = (f64::from(self.from), f64::from(self.to));
        from + (to - from) * self.curve(done)
    }

    fn curve(&self, done: f64) -> f64 {
        let steepness = f64::from(self.steepness);
        match self.shape {
            ScheduleShape::Constant => 0.0,
            ScheduleShape::Linear => done,
            ScheduleShape::Exponential => (-steepness * done).exp_m1() / (-steepness).exp_m1(),
            ScheduleShape::Cosine => (1.0 - (std::f64::consts::PI * done).cos()) / 2.0,
            ScheduleShape::Step => {
                let steps = f64::from(self.steps);
                (done * (steps + 1.0)).floor().min(steps) / steps
            }
            // The logistic of z is (1 + tanh(z/2)) / 2, and tanh is odd: this one form meets both ends.
            ScheduleShape::Sigmoid => {
                let half = steepness / 4.0;
                f64::midpoint(1.0, (half * (2.0 * done - 1.0)).tanh() / half.tanh())
            }
        }
    }
}

#[derive(Clone, Debug)]
struct State {
    config: Schedule,
    pace: Pace,
}

impl State {
    fn new(config: &Schedule) -> Self {
        Self { config: config.clone(), pace: Pace::new(config.max_change, config.smoothing) }
    }
}

impl Weighting for State {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        finite(pair(self.pace.next(signals.epoch, self.config.target(signals.epoch))))
    }

    fn reset(&mut self) {
        *self = Self::new(&self.config);
    }

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [ScheduleShape; 5] = [
        ScheduleShape::Linear,
        ScheduleShape::Exponential,
        ScheduleShape::Cosine,
        ScheduleShape::Step,
        ScheduleShape::Sigmoid,
    ];

    fn schedule(shape: ScheduleShape) -> Schedule {
        Schedule { shape, from: 0.0, to: 1.0, start_epoch: 2.0, span_epochs: 4.0, ..Schedule::default() }
    }

    #[test]
    fn every_shape_meets_both_ends_and_never_turns_back() {
        for shape in SHAPES {
            let values: Vec<f64> = (0..=80).map(|tenth| schedule(shape).target(tenth as f32 / 10.0)).collect();
            assert!(values[0].abs() < 1e-12 && values[20].abs() < 1e-12, "{shape:?}");
            assert!((values[60] - 1.0).abs() < 1e-12 && (values[80] - 1.0).abs() < 1e-12, "{shape:?}");
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{shape:?}: {values:?}");
        }
        assert!(schedule(ScheduleShape::Constant).target(9.0).abs() < 1e-12);
    }

    #[test]
    fn halfway_values_follow_the_formulas() {
        let halfway = |shape| schedule(shape).target(4.0);
        assert!((halfway(ScheduleShape::Linear) - 0.5).abs() < 1e-12);
        assert!((halfway(ScheduleShape::Cosine) - 0.5).abs() < 1e-12);
        assert!((halfway(ScheduleShape::Sigmoid) - 0.5).abs() < 1e-12);
        assert!((halfway(ScheduleShape::Step) - 0.5).abs() < 1e-12);
        assert!((halfway(ScheduleShape::Exponential) - 1.0 / (1.0 + (-4.0_f64).exp())).abs() < 1e-12);
    }

    #[test]
    fn no_span_is_a_jump() {
        let jump = Schedule { span_epochs: 0.0, ..schedule(ScheduleShape::Linear) };
        assert_eq!([jump.target(1.9), jump.target(2.0)], [0.0, 1.0]);
    }
}
