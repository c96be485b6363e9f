//! Norms of the two tasks' gradients, or their ratio.

use crate::chart::prelude::*;

pub(super) static CHART: Chart = Chart {
    name: "gradient-norms",
    caption: "How strongly each task pulls on the shared weights: the norm (length) of its gradient before \
              normalization and weighting; on the log scale the distance between the lines is the ratio of the two, \
              and without normalization the higher line dominates the training.",
    look: Look {
        title: "Strength of each task's pull",
        metric: Metric::GRADIENT_NORM,
        scale: Scale::Log,
        fit: Fit { empty: (0.01, 1.0), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    width: Width::Third,
    choices: &[SHOW],
    recorded: Recorded::Steps(Lines::smoothed(&[
        Channel::of(Task::Rul, "‖∇L_rul‖", |m| m.gradient_norms[0]),
        Channel::of(Task::Health, "‖∇L_health‖", |m| m.gradient_norms[1]),
    ])),
    build: |scene| Some(scene.lines(if scene.chosen.value(&SHOW) == "ratio" { &RATIO } else { &CHART })),
    words: |scene| {
        let words = scene.view.norm_ratio().map(|(ratio, in_cycles)| {
            let [ratio, in_cycles] = [ratio, in_cycles].map(|ratio| plain(ratio.into(), 3));
            format!("RUL’s norm is {ratio} times the other’s; with RUL in cycles {in_cycles} times.")
        });
        words.unwrap_or_default()
    },
    ..Chart::STEPS
};

const SHOW: Choice =
    Choice { id: "norms-as", label: "Show", range: Range::OneOf(&[("norms", "both norms"), ("ratio", "their ratio")]) };

/// The same chart as the ratio of the two norms; equal pulls are at 1.
static RATIO: Chart = Chart {
    look: Look {
        title: "Strength of RUL's pull against the other's",
        metric: Metric { name: "Ratio of norms", unit: "", higher_is_better: None },
        scale: Scale::Log,
        fit: Fit { empty: (0.1, 10.0), at_least: Some((0.5, 2.0)), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    recorded: Recorded::Steps(Lines {
        note: Some((1.0, "RUL pulls harder", "health pulls harder")),
        ..Lines::smoothed(&[Channel::lone("‖∇L_rul‖ / ‖∇L_health‖", |m| {
            m.gradient_norms[0] / m.gradient_norms[1]
        })])
    }),
    ..Chart::STEPS
};
