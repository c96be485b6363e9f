//! Both tasks' losses.

use crate::chart::prelude::*;

pub(super) static CHART: Chart = Chart {
    name: "loss",
    caption: "What each task's training tries to make small, before normalization and weighting: squared error for \
              remaining useful life (RUL), cross-entropy for the health state; faint lines are single steps, strong \
              ones their running mean, and each gridline of the log scale is a factor.",
    look: Look {
        title: "Training losses",
        metric: Metric::LOSS,
        scale: Scale::Log,
        fit: Fit { empty: (0.01, 1.0), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    recorded: Recorded::Steps(Lines::smoothed(&[
        Channel::of(Task::Rul, "L_rul", |m| m.losses[0]),
        Channel::of(Task::Health, "L_health", |m| m.losses[1]),
    ])),
    ..Chart::STEPS
};
