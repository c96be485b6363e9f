//! What a trainer asks of a device at a step, and what comes back: the same for each device.

use super::TaskFigures;
use super::adam::Constants;
use crate::loss::Emphasis;
use crate::model::{Draw, Dropout};

/// What a member's forward pass and losses have of their own.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub emphasis: Emphasis,
    /// What this pass leaves out of the latents.
    pub dropout: Option<Dropout>,
    /// What decides the random numbers of an encoder that draws some; none beside training.
    pub draw: Option<Draw>,
}

/// The gradients that are asked for of a member.
pub struct Ask<D> {
    pub terms: Terms,
    /// Where the gradient of the weighted sum is enough: it is given the two losses and answers with the coefficients.
    pub decide: Option<D>,
}

/// What is found of a member's gradients, which the device keeps until the update.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// Each task's gradient.
    Apart(TaskFigures),
    /// The gradient of the weighted sum.
    Combined {
        /// Its norm.
        norm: f32,
    },
}

/// The step that a member takes along the gradients that were found.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub factors: Factors,
    pub constants: Constants,
}

/// What a member's gradients are multiplied by: as many numbers as gradients were found.
#[derive(Clone, Copy, Debug)]
pub enum Factors {
    Apart([f32; 2]),
    Combined(f32),
}

/// Every member's parameters and Adam's first and second moments, `[members, parameters]` each.
pub type Kept = [Vec<f32>; 3];
