//! Both losses of a batch and their derivatives on a GPU, all members in one launch.

use cubecl::prelude::*;

use super::two_task::{LARGEST_EXPONENT, PREVIOUS};
use super::{Emphasis, RulLoss, TARGET_COLUMNS, TwoTaskLoss};
use crate::model::gpu::{Buffer, Gpu};
use crate::model::{HEALTH_CLASSES, OUTPUTS};

/// Threads of a member's workgroup.
const THREADS: usize = 64;

/// What is known when the kernel is compiled.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Form {
    batch: usize,
    /// Whether all members share one set of targets.
    shared: bool,
    rul: Penalty,
    /// Whether some member's loss makes more of something than the run's.
    emphasized: bool,
}

/// The form of the RUL loss.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Penalty {
    Squared,
    Huber,
    Asymmetric,
}

/// One workgroup a member: cotangents `[members, 2, batch, outputs]` and losses `[members, 2]`. The formulas are
/// [`TwoTaskLoss::evaluate`]'s; `scale` turns fractions into the loss's unit, `delta` is Huber's in that unit, and the
/// rates are the asymmetric penalty's. `emphases`, `[members, 3]`, is read where the form says so.
#[cube(launch_unchecked)]
fn evaluate(
    outputs: &[f32],
    targets: &[f32],
    emphases: &[f32],
    cotangents: &mut [f32],
    losses: &mut [f32],
    scale: f32,
    delta: f32,
    late: f32,
    early: f32,
    #[comptime] form: Form,
) {
    let member = CUBE_POS_X as usize;
    let unit = UNIT_POS_X as usize;
    let mut sum_rul = f32::new(0.0);
    let mut sum_health = f32::new(0.0);
    let mut window = unit;
    while window < form.batch {
        let output = (member * form.batch + window) * OUTPUTS;
        let target = (comptime!(usize::from(!form.shared)) * member * form.batch + window) * TARGET_COLUMNS;
        let to_rul = (member * 2 * form.batch + window) * OUTPUTS;
        let to_health = to_rul + form.batch * OUTPUTS;

        let residual = (outputs[output] - targets[target]) * scale;
        let weight = targets[target + 1];
        let mut penalty = residual * residual;
        let mut slope = 2.0 * residual;
        if comptime!(form.rul == Penalty::Huber) {
            let bounded = select(residual > delta, delta, residual);
            let inner = select(bounded < -delta, -delta, bounded);
            penalty = inner * (2.0 * residual - inner);
            slope = 2.0 * inner;
        }
        if comptime!(form.rul == Penalty::Asymmetric) {
            let rate = select(residual > 0.0, late, early);
            let exponent = residual * rate;
            let bounded = select(exponent > LARGEST_EXPONENT, LARGEST_EXPONENT, exponent);
            let growth = bounded.exp();
            penalty = growth * (exponent - bounded + 1.0) - 1.0;
            slope = growth * rate;
        }
        if comptime!(form.emphasized) {
            let emphasis = member * 3;
            let rate = select(residual > 0.0, late, early);
            let exponent = residual * rate;
            let bounded = select(exponent > LARGEST_EXPONENT, LARGEST_EXPONENT, exponent);
            let growth = bounded.exp();
            let share = emphases[emphasis + 1];
            penalty += share * (growth * (exponent - bounded + 1.0) - 1.0 - penalty);
            slope += share * (growth * rate - slope);
            let gone = 1.0 - targets[target];
            let above = select(gone > 0.0, gone, 0.0f32);
            let bounded_gone = select(above < 1.0, above, 1.0f32);
            let factor = weight * (1.0 + emphases[emphasis] * bounded_gone);
            penalty *= factor;
            slope *= factor;

            // Each window takes what its own rise costs, and its share in that of the next window.
            let first = member * form.batch * OUTPUTS;
            let strength = emphases[emphasis + 2] * targets[target + PREVIOUS + 2];
            let previous = targets[target + PREVIOUS];
            if previous >= 0.0 {
                let change = (outputs[output] - outputs[first + usize::cast_from(previous) * OUTPUTS]) * scale;
                let rise = select(change > 0.0, change, 0.0f32);
                penalty += strength * rise * rise;
                slope += 2.0 * strength * rise;
            }
            let next = targets[target + PREVIOUS + 1];
            if next >= 0.0 {
                let change = (outputs[first + usize::cast_from(next) * OUTPUTS] - outputs[output]) * scale;
                let rise = select(change > 0.0, change, 0.0f32);
                slope -= 2.0 * strength * rise;
            }
        } else {
            penalty *= weight;
            slope *= weight;
        }
        sum_rul += penalty;
        cotangents[to_rul] = slope * scale;
        cotangents[to_health] = 0.0;

        let mut largest = outputs[output + 1];
        for class in 1..HEALTH_CLASSES {
            let logit = outputs[output + 1 + class];
            largest = select(logit > largest, logit, largest);
        }
        let mut total = f32::new(0.0);
        let mut share = f32::new(0.0);
        for class in 0..HEALTH_CLASSES {
            total += (outputs[output + 1 + class] - largest).exp();
            share += targets[target + 2 + class];
        }
        let level = largest + total.ln();
        for class in 0..HEALTH_CLASSES {
            let logit = outputs[output + 1 + class];
            let truth = targets[target + 2 + class];
            sum_health += truth * (level - logit);
            cotangents[to_rul + 1 + class] = 0.0;
            cotangents[to_health + 1 + class] = (logit - level).exp() * share - truth;
        }
        window += THREADS;
    }

    let mut sums = Shared::<[f32]>::new_slice(comptime!(2 * THREADS));
    sums[unit] = sum_rul;
    sums[THREADS + unit] = sum_health;
    sync_cube();
    if unit < 2 {
        let mut sum = f32::new(0.0);
        for other in 0..THREADS {
            sum += sums[unit * THREADS + other];
        }
        losses[member * 2 + unit] = sum;
    }
}

/// Every member's losses, `[members, 2]`, and their cotangents, `[members, 2, batch, 1 + classes]`, for outputs
/// `[members, batch, 1 + classes]` and targets `[members or 1, batch, 8]`; one emphasis a member.
#[must_use]
pub fn evaluate_stacked(
    loss: &TwoTaskLoss,
    gpu: &Gpu,
    outputs: &Buffer,
    targets: &Buffer,
    emphases: &[Emphasis],
) -> (Buffer, Buffer) {
    let members = emphases.len();
    let batch = outputs.len() / (members * OUTPUTS);
    let scale = loss.scale();
    let cycles = loss.labels.unit_cycles() / scale;
    let (rul, delta) = match loss.config.rul {
        RulLoss::Squared => (Penalty::Squared, 0.0),
        RulLoss::Huber { delta_cycles } => (Penalty::Huber, delta_cycles / cycles),
        RulLoss::Asymmetric => (Penalty::Asymmetric, 0.0),
    };
    let shared = targets.len() == batch * TARGET_COLUMNS;
    let emphasized = emphases.iter().any(|emphasis| !emphasis.is_none());
    let rows = emphases.iter().flat_map(|emphasis| [emphasis.end_of_life, emphasis.asymmetric, emphasis.monotonicity]);
    // Without any, the targets stand in for what is not read.
    let emphases = if emphasized { gpu.upload(&rows.collect::<Vec<f32>>()) } else { targets.clone() };
    let (losses, cotangents) = (gpu.empty(members * 2), gpu.empty(members * 2 * batch * OUTPUTS));
    #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
    // SAFETY: one workgroup a member, windows and their neighbours below the batch: every index is below the lengths.
    unsafe {
        evaluate::launch_unchecked(
            gpu.client(),
            CubeCount::Static(members as u32, 1, 1),
            CubeDim::new_1d(THREADS as u32),
            outputs.argument(),
            targets.argument(),
            emphases.argument(),
            cotangents.argument(),
            losses.argument(),
            scale,
            delta,
            cycles / 10.0,
            -cycles / 13.0,
            Form { batch, shared, rul, emphasized },
        );
    }
    (losses, cotangents)
}
