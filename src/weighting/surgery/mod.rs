//! Gradient surgery: closed forms from the 2×2 Gramian.
//!
//! Papers define these methods on `m` gradients and solve a program at each step. With two, every program has a
//! solution on paper: two coefficients on two gradients. They are numbers that multiply whole gradients, the heads'
//! parts included; a head belongs to one task, so that there a coefficient only scales the step.

mod aligned_mtl;
mod cagrad;
mod cone;
mod config;
mod gradvac;
mod imtl_g;
mod mgda;
mod nash_mtl;
mod pcgrad;

pub use aligned_mtl::AlignedMtl;
pub use cagrad::CaGrad;
pub use cone::{DualProj, UpGrad};
pub use config::ConFig;
pub use gradvac::GradVac;
pub use imtl_g::ImtlG;
pub use mgda::Mgda;
pub use nash_mtl::NashMtl;
pub use pcgrad::PcGrad;

use super::gram::Gram;
use super::shares::finite;
use super::{Carry, Needs, TaskSignals, TaskWeights, Weighting};

/// A method that knows nothing but the present Gramian.
pub trait ClosedForm: Clone + Send + 'static {
    /// The coefficients of the two gradients.
    fn coefficients(&self, gram: &Gram) -> [f64; 2];
}

/// A closed form as a strategy without state.
#[derive(Clone, Debug)]
pub struct Stateless<M>(pub M);

impl<M: ClosedForm> Weighting for Stateless<M> {
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights {
        finite(self.0.coefficients(&Gram::of(signals)))
    }

    fn needs(&self) -> Needs {
        Needs::GRAMIAN
    }

    fn reset(&mut self) {}

    fn carry(&mut self, _carry: &mut Carry<'_>) {}
}

/// `1 / norm`, and 1 for a gradient that vanishes: it has no direction, and its coefficient is then seen by the task's
/// head alone.
fn inverse(norm: f64) -> f64 {
    if norm > 0.0 { norm.recip() } else { 1.0 }
}
