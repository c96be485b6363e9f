//! The weights λ.

use crate::chart::prelude::*;

pub(super) static CHART: Chart = Chart {
    name: "weights",
    caption: "The weight λ with which each task's loss counts in the sum that is trained on, at each step; the table \
              also gives the normalizers N that the losses are divided by first.",
    look: Look {
        title: "Loss weights",
        metric: Metric::WEIGHT,
        fit: Fit { at_least: Some((0.0, 1.0)), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    width: Width::Third,
    recorded: Recorded::Steps(Lines {
        shape: Shape::Stepped,
        ..Lines::of(&[
            Channel::of(Task::Rul, "λ_rul", |m| m.weights[0]),
            Channel::of(Task::Health, "λ_health", |m| m.weights[1]),
            Channel::column("N_rul", |m| m.normalizers[0]),
            Channel::column("N_health", |m| m.normalizers[1]),
        ])
    }),
    ..Chart::STEPS
};
