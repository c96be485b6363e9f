//! Share of each task in the gradient that is applied.

use crate::chart::prelude::*;
use crate::measure::gradient_shares;
use crate::session::MemberStep;

pub(super) static CHART: Chart = Chart {
    name: "gradient-share",
    caption: "How much of the gradient that is applied to the shared weights each task contributes, after normalization \
              and weighting: the shares add up to 1, equal ones are at a half, and a share below 0 is a task that is \
              dragged along against its own direction.",
    look: Look {
        title: "Whose update is it?",
        metric: Metric { name: "Share of the update", unit: "", higher_is_better: None },
        fit: Fit { at_least: Some((0.0, 1.0)), within: (-2.0, 3.0), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    recorded: Recorded::Steps(Lines {
        note: Some((0.5, "", "")),
        ..Lines::smoothed(&[
            Channel::of(Task::Rul, "RUL", |m| shares(m)[0]),
            Channel::of(Task::Health, "health", |m| shares(m)[1]),
        ])
    }),
    ..Chart::STEPS
};

/// Shares of both tasks in the gradient that is applied, of a step.
fn shares(step: &MemberStep) -> [f32; 2] {
    let coefficients = [0, 1].map(|task| step.weights[task] / step.normalizers[task]);
    gradient_shares(coefficients, step.gradient_norms, step.cosine).unwrap_or([f32::NAN; 2])
}
