//! The charts there are: one row each.

mod explored;
mod further;

pub(super) use further::ruls;

use super::axis::{Fit, Scale};
use super::series::{Hue, Shape};
use crate::Task;
use crate::measure::{Metric, Metrics};
use crate::session::MemberStep;

/// A chart of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// Test RMSE of each member at its evaluations.
    Rmse,
    /// Both tasks' losses.
    Loss,
    /// Cosine between the two tasks' gradients.
    Cosine,
    /// Norms of the two tasks' gradients.
    GradientNorms,
    /// The weights λ.
    Weights,
    /// Ratio of the two tasks' gradient norms.
    NormRatio,
    /// Share of each task in the gradient that is applied.
    GradientShare,
    /// Figures against λ.
    LambdaCurve,
    /// Bias², variance and their sum.
    BiasVariance,
    /// What the representation keeps of either label.
    Information,
    /// Predicted against true RUL.
    Predictions,
    /// Predicted and true RUL of one engine over its life.
    Trajectory,
    /// Lifetimes of the engines run to failure.
    Lifetimes,
    /// RULs that windows are labelled with.
    RulLabels,
    /// One sensor of one engine over its cycles.
    Sensor,
    /// One sensor over all engines, against the cycles that they have left.
    BeforeFailure,
    /// Settings of single cycles, by operating regime.
    Regimes,
}

/// All that makes one chart differ from another.
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) metric: Metric,
    pub(super) scale: Scale,
    pub(super) fit: Fit,
    pub(super) shape: Shape,
    /// Colour of a lone line that tells no tasks apart.
    pub(super) hue: Hue,
    /// Whether lines are smoothed, over the faint raw values.
    pub(super) smoothed: bool,
    /// Whether the best value is marked.
    pub(super) best_marked: bool,
    /// A reference line at this value, with what it means to be above and below.
    pub(super) note: Option<(f64, &'static str, &'static str)>,
    /// Shown in the place of data.
    pub(super) empty: &'static str,
    pub(super) source: Source,
}

/// Where a chart's figures come from.
pub(super) enum Source {
    /// The steps.
    Steps(&'static [Channel<MemberStep>]),
    /// The test figures of the evaluations.
    Evaluations(&'static [Channel<Metrics>]),
    /// Measures across members, handed to a constructor of their own.
    Measured,
}

/// One figure of a member: a column of the table and, where drawn, a line.
pub(super) struct Channel<M: 'static> {
    pub(super) header: &'static str,
    /// The task it belongs to, where it tells the two apart.
    pub(super) task: Option<Task>,
    /// Whether it is a line besides a column.
    pub(super) drawn: bool,
    pub(super) value: fn(&M) -> f32,
}

const ANYWHERE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

const RMSE: Spec = Spec {
    name: "rmse",
    title: "Test error",
    caption: "How far the predicted remaining useful life (RUL) is from the true one on test engines, in flight cycles: \
              the root mean squared error (RMSE), lower is better, the best so far is ringed; very high first values \
              may leave the frame.",
    metric: Metric::RMSE,
    scale: Scale::Linear,
    fit: Fit {
        empty: (0.0, 50.0),
        at_least: None,
        within: (0.0, f64::INFINITY),
        multiple: Some(3.0),
        room_below: 0.22,
    },
    shape: Shape::Dotted,
    hue: Hue::Task(Task::Rul),
    smoothed: false,
    best_marked: true,
    note: None,
    empty: "No evaluations yet",
    source: Source::Evaluations(&[Channel { header: "RMSE", task: None, drawn: true, value: |m| m.rmse_cycles }]),
};

const LOSS: Spec = Spec {
    name: "loss",
    title: "Training losses",
    caption: "What each task's training tries to make small, before normalization and weighting: squared error for \
              remaining useful life (RUL), cross-entropy for the health state; faint lines are single steps, strong \
              ones their running mean, and each gridline of the log scale is a factor.",
    metric: Metric::LOSS,
    scale: Scale::Log,
    fit: Fit { empty: (0.01, 1.0), at_least: None, within: ANYWHERE, multiple: None, room_below: 0.0 },
    shape: Shape::Straight,
    hue: Hue::Neutral,
    smoothed: true,
    best_marked: false,
    note: None,
    empty: "No steps yet",
    source: Source::Steps(&[
        Channel { header: "L_rul", task: Some(Task::Rul), drawn: true, value: |m| m.losses[0] },
        Channel { header: "L_health", task: Some(Task::Health), drawn: true, value: |m| m.losses[1] },
    ]),
};

const COSINE: Spec = Spec {
    name: "cosine",
    title: "Do the tasks agree?",
    caption: "The cosine between the directions (gradients) in which the two tasks pull the shared weights: 1 means \
              the same way, 0 unrelated, below 0 against each other; the faint line is single steps, the strong one \
              their running mean.",
    metric: Metric::COSINE,
    scale: Scale::Linear,
    fit: Fit { empty: (-1.0, 1.0), at_least: Some((-0.2, 0.2)), within: (-1.0, 1.0), multiple: None, room_below: 0.0 },
    shape: Shape::Straight,
    hue: Hue::Neutral,
    smoothed: true,
    best_marked: false,
    note: Some((0.0, "tasks agree", "tasks conflict")),
    empty: "No steps yet",
    source: Source::Steps(&[Channel { header: "cosine", task: None, drawn: true, value: |m| m.cosine }]),
};

const GRADIENT_NORMS: Spec = Spec {
    name: "gradient-norms",
    title: "Strength of each task's pull",
    caption: "How strongly each task pulls on the shared weights: the norm (length) of its gradient before \
              normalization and weighting; on the log scale the distance between the lines is the ratio of the two, \
              and without normalization the higher line dominates the training.",
    metric: Metric::GRADIENT_NORM,
    scale: Scale::Log,
    fit: Fit { empty: (0.01, 1.0), at_least: None, within: ANYWHERE, multiple: None, room_below: 0.0 },
    shape: Shape::Straight,
    hue: Hue::Neutral,
    smoothed: true,
    best_marked: false,
    note: None,
    empty: "No steps yet",
    source: Source::Steps(&[
        Channel { header: "‖∇L_rul‖", task: Some(Task::Rul), drawn: true, value: |m| m.gradient_norms[0] },
        Channel { header: "‖∇L_health‖", task: Some(Task::Health), drawn: true, value: |m| m.gradient_norms[1] },
    ]),
};

const WEIGHTS: Spec = Spec {
    name: "weights",
    title: "Loss weights",
    caption: "The weight λ with which each task's loss counts in the sum that is trained on, at each step; the table \
              also gives the normalizers N that the losses are divided by first.",
    metric: Metric::WEIGHT,
    scale: Scale::Linear,
    fit: Fit { empty: (0.0, 1.0), at_least: Some((0.0, 1.0)), within: ANYWHERE, multiple: None, room_below: 0.0 },
    shape: Shape::Stepped,
    hue: Hue::Neutral,
    smoothed: false,
    best_marked: false,
    note: None,
    empty: "No steps yet",
    source: Source::Steps(&[
        Channel { header: "λ_rul", task: Some(Task::Rul), drawn: true, value: |m| m.weights[0] },
        Channel { header: "λ_health", task: Some(Task::Health), drawn: true, value: |m| m.weights[1] },
        Channel { header: "N_rul", task: Some(Task::Rul), drawn: false, value: |m| m.normalizers[0] },
        Channel { header: "N_health", task: Some(Task::Health), drawn: false, value: |m| m.normalizers[1] },
    ]),
};

impl ChartKind {
    /// Every chart of what a run tells as it trains.
    pub const ALL: [Self; 5] = [Self::Rmse, Self::Loss, Self::Cosine, Self::GradientNorms, Self::Weights];

    /// Further charts, for those who ask: what each task contributes to the update, and what is measured across members
    /// or engines. All but the first two are empty until they are built from their measures, such as by
    /// [`ChartData::lambda_curve`](super::ChartData::lambda_curve).
    pub const FURTHER: [Self; 7] = [
        Self::NormRatio,
        Self::GradientShare,
        Self::LambdaCurve,
        Self::BiasVariance,
        Self::Information,
        Self::Predictions,
        Self::Trajectory,
    ];

    /// Charts of the data itself, built by constructors such as [`ChartData::lifetimes`](super::ChartData::lifetimes).
    pub const DATA: [Self; 5] = [Self::Lifetimes, Self::RulLabels, Self::Sensor, Self::BeforeFailure, Self::Regimes];

    pub(super) const fn spec(self) -> &'static Spec {
        match self {
            Self::Rmse => &RMSE,
            Self::Loss => &LOSS,
            Self::Cosine => &COSINE,
            Self::GradientNorms => &GRADIENT_NORMS,
            Self::Weights => &WEIGHTS,
            Self::NormRatio => &further::NORM_RATIO,
            Self::GradientShare => &further::GRADIENT_SHARE,
            Self::LambdaCurve => &further::LAMBDA_CURVE,
            Self::BiasVariance => &further::BIAS_VARIANCE,
            Self::Information => &further::INFORMATION,
            Self::Predictions => &further::PREDICTIONS,
            Self::Trajectory => &further::TRAJECTORY,
            Self::Lifetimes => &explored::LIFETIMES,
            Self::RulLabels => &explored::RUL_LABELS,
            Self::Sensor => &explored::SENSOR,
            Self::BeforeFailure => &explored::BEFORE_FAILURE,
            Self::Regimes => &explored::REGIMES,
        }
    }

    /// The NAME in `canvas#chart-NAME` and `table#table-NAME`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// A few words to stand above the chart.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.spec().title
    }

    /// One sentence that explains the chart and each of its terms to a newcomer.
    #[must_use]
    pub const fn caption(self) -> &'static str {
        self.spec().caption
    }

    /// What its vertical axis measures, with the unit.
    #[must_use]
    pub const fn metric(self) -> Metric {
        self.spec().metric
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_fit_for_an_id() {
        let names = ChartKind::ALL.map(ChartKind::name);
        assert_eq!(names, ["rmse", "loss", "cosine", "gradient-norms", "weights"]);
        let names = ChartKind::FURTHER.map(ChartKind::name);
        let expected = [
            "norm-ratio",
            "gradient-share",
            "lambda-curve",
            "bias-variance",
            "information",
            "predictions",
            "trajectory",
        ];
        assert_eq!(names, expected);
        let names = ChartKind::DATA.map(ChartKind::name);
        assert_eq!(names, ["lifetimes", "rul-labels", "sensor", "before-failure", "regimes"]);
    }

    #[test]
    fn captions_are_one_sentence_each() {
        for kind in ChartKind::ALL.into_iter().chain(ChartKind::FURTHER).chain(ChartKind::DATA) {
            assert!(!kind.title().is_empty());
            let caption = kind.caption();
            assert!(caption.ends_with('.') && caption.matches(". ").count() == 0, "{caption}");
            assert!(!caption.contains("  "), "{caption}");
        }
    }
}
