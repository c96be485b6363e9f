//! Both losses on a grid around the present weights. Nothing of the run changes: all is computed beside it.

use super::compute::Compute;
use super::pass::Ask;
use super::trainer::NO_DECISION;
use super::{Batch, Landscape, Surroundings, TrainError, Trainer};
use crate::loss::TwoTaskLoss;
use crate::model::OUTPUTS;
use crate::model::cpu::dot;

/// Places that are computed at once, as members of one batch: a GPU's buffers hold no more of a large model.
const MEMBERS_AT_ONCE: usize = 75;

/// Two unit vectors are taken to be one, or opposite, where their difference or sum is shorter than this.
const NO_DIRECTION: f32 = 1e-4;

impl Trainer {
    /// Both losses of a member on these windows, on a grid around its present weights.
    ///
    /// The places are members of an ensemble beside the run, so that one pass computes many of them.
    ///
    /// # Errors
    ///
    /// A grid that cannot be computed, and a device that fails.
    pub async fn look_around(
        &self,
        around: Surroundings,
        batch: &Batch,
        loss: &TwoTaskLoss,
    ) -> Result<Landscape, TrainError> {
        around.validate()?;
        let Surroundings { member, points, reach } = around;
        let (each, shared) = (self.network.layout().parameters(), self.network.layout().shared());
        let all = self.parameters().await?;
        let (Some(own), Some(state)) = (all.chunks_exact(each).nth(member), self.members.get(member)) else {
            return Ok(Landscape::default());
        };
        let terms = self.terms(state, false);
        let mut beside = self.compute.beside(own.to_vec(), 1);
        beside.gradients(&self.network, batch, loss, vec![Some(Ask { terms, decide: NO_DECISION })]).await?;
        let gradients = beside.task_gradients().await?;
        let [rul, health] = [&gradients[..shared], &gradients[each..each + shared]];
        let norms = [length(rul), length(health)];
        let product = norms[0] * norms[1];
        let mut landscape = Landscape {
            member,
            step: self.steps,
            points,
            reach: reach * length(&own[..shared]),
            norms,
            cosine: if product > 0.0 { (dot(rul, health) / product).clamp(-1.0, 1.0) } else { 0.0 },
            windows: batch.windows.batch,
            losses: Vec::with_capacity(points * points * 2),
        };
        let [right, up] = axes(rul, health);
        let places: Vec<[f32; 2]> = (0..points * points)
            .map(|place| [place % points, place / points].map(|index| landscape.place(index) as f32))
            .collect();
        let rows = batch.windows.batch * OUTPUTS;
        let mut slopes = [vec![0.0; rows], vec![0.0; rows]];
        for places in places.chunks(MEMBERS_AT_ONCE) {
            let mut parameters = own.repeat(places.len());
            for ([u, v], moved) in places.iter().zip(parameters.chunks_exact_mut(each)) {
                for ((weight, right), up) in moved[..shared].iter_mut().zip(&right).zip(&up) {
                    *weight -= u * right + v * up;
                }
            }
            let outputs = self.compute.beside(parameters, places.len()).predict(&self.network, &batch.windows).await?;
            for outputs in outputs.chunks_exact(rows) {
                let [d_rul, d_health] = &mut slopes;
                let both = loss.evaluate(&terms.emphasis, outputs, batch.targets_of(0), [d_rul, d_health]);
                landscape.losses.extend(both);
            }
        }
        Ok(landscape)
    }
}

impl Compute {
    /// Other members on the same device.
    pub(super) fn beside(&self, parameters: Vec<f32>, members: usize) -> Self {
        match self {
            Self::Cpu(_) => Self::Cpu(super::cpu::Compute::new(parameters, members)),
            #[cfg(feature = "webgpu")]
            Self::Gpu(device) => Self::Gpu(Box::new(device.beside(&parameters, members))),
        }
    }
}

fn length(values: &[f32]) -> f32 {
    dot(values, values).sqrt()
}

/// The unit vector along these values, unless they have no direction.
fn unit(mut values: Vec<f32>, least: f32) -> Option<Vec<f32>> {
    let length = length(&values);
    (length > least).then(|| {
        for value in &mut values {
            *value /= length;
        }
        values
    })
}

/// Two unit vectors at a right angle in the plane of both gradients: away from health towards RUL, and the bisector. Where
/// the gradients span no plane, a direction that is chosen once and for all completes it.
fn axes(rul: &[f32], health: &[f32]) -> [Vec<f32>; 2] {
    let none = f32::MIN_POSITIVE;
    let (rul, health) = match (unit(rul.to_vec(), none), unit(health.to_vec(), none)) {
        (Some(rul), Some(health)) => (rul, health),
        (Some(rul), None) => (rul.clone(), across(&rul, 1.0)),
        (None, Some(health)) => (across(&health, 1.0), health),
        (None, None) => {
            let rul = across(&vec![0.0; rul.len()], 1.0);
            (rul.clone(), across(&rul, 2.0))
        }
    };
    let mixed = |sign: f32| unit(rul.iter().zip(&health).map(|(a, b)| a + sign * b).collect(), NO_DIRECTION);
    match (mixed(-1.0), mixed(1.0)) {
        (Some(right), Some(up)) => [right, up],
        (None, up) => {
            let up = up.unwrap_or(rul);
            [across(&up, 3.0), up]
        }
        (Some(right), None) => {
            let up = across(&right, 3.0);
            [right, up]
        }
    }
}

/// A unit vector at a right angle to this one, another for each phase.
fn across(direction: &[f32], phase: f32) -> Vec<f32> {
    let mut other: Vec<f32> = (0..direction.len()).map(|index| (index as f32 * 2.4 + phase).sin()).collect();
    let along = dot(&other, direction);
    other.iter_mut().zip(direction).for_each(|(value, direction)| *value -= along * direction);
    unit(other, f32::MIN_POSITIVE).unwrap_or_else(|| vec![0.0; direction.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_stand_at_right_angles_whatever_the_gradients() {
        let (x, y) = (vec![2.0, 0.0, 0.0], vec![0.0, 0.5, 0.0]);
        let opposite: Vec<f32> = x.iter().map(|value| -value).collect();
        for (rul, health) in [(&x, &y), (&x, &x), (&x, &opposite), (&x, &vec![0.0; 3]), (&vec![0.0; 3], &vec![0.0; 3])]
        {
            let [right, up] = axes(rul, health);
            assert!((length(&right) - 1.0).abs() < 1e-5 && (length(&up) - 1.0).abs() < 1e-5, "{rul:?} {health:?}");
            assert!(dot(&right, &up).abs() < 1e-5);
            // RUL lies to the right, and neither gradient downwards.
            assert!(dot(&right, rul) >= -1e-5 && dot(&right, health) <= 1e-5, "{right:?} {rul:?} {health:?}");
            assert!(dot(&up, rul) >= -1e-5 && dot(&up, health) >= -1e-5);
        }
        let [right, up] = axes(&x, &y);
        let half = 0.5_f32.sqrt();
        assert!((right[0] - half).abs() < 1e-6 && (right[1] + half).abs() < 1e-6 && (up[1] - half).abs() < 1e-6);
    }
}
