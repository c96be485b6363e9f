//! Weighting strategies: statistics of the two tasks in, two weights out.
//!
//! A strategy never sees a tensor. With two tasks everything it may want to know of the gradients is the 2×2 Gramian,
//! so each is a page of plain arithmetic: a struct of parameters (what a person sets), and behind it a state machine
//! (what a member carries). [`WeightingConfig`] is the only list of them.

mod advisor;
mod cards;
mod carry;
mod config;
mod gram;
mod inner;
mod shares;

mod cost_sensitive;
mod dwa;
mod epistemic;
mod equal_norms;
mod evolution;
mod fixed;
mod gradnorm;
mod heuristics;
mod learned;
mod losses;
mod magnitude;
mod progress;
mod rules;
mod surgery;
mod targets;
mod uncertainty;

pub use advisor::*;
pub use cards::*;
pub use carry::{Carried, Carry, from_numbers, to_numbers};
pub use config::*;
pub use inner::InnerOptimizer;

pub use cost_sensitive::CostSensitive;
pub use dwa::Dwa;
pub use epistemic::{EpistemicDirection, UncertaintyBayes};
pub use equal_norms::EqualNorms;
pub use evolution::{Evolution, Fitness, Genome, Individual, Succession};
pub use fixed::Fixed;
pub use gradnorm::GradNorm;
pub use heuristics::{Asymmetric, EndOfLife, Monotonicity};
pub use learned::*;
pub use losses::*;
pub use magnitude::{GradientMagnitude, MagnitudeDirection};
pub use progress::*;
pub use rules::*;
pub use surgery::*;
pub use targets::{HealthMetric, PerformanceTargets, RulMetric};
pub use uncertainty::Uncertainty;

use crate::loss::Emphasis;

/// What a strategy is given at each step. Pairs are in the order of [`crate::Task::ALL`].
///
/// What a strategy does not say it [needs](Weighting::needs) may be missing: a Gramian of zeros, `None` elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskSignals {
    /// Steps taken before this one.
    pub step: u32,
    /// Share of the run that is done, in [0, 1].
    pub progress: f32,
    /// Epochs done, with the fraction of the present one.
    pub epoch: f32,
    /// The losses `L_i` on the batch.
    pub losses: [f32; 2],
    /// The normalized losses `L_i / N_i`.
    pub normalized: [f32; 2],
    /// Inner products of the normalized losses' gradients of the shared parameters; zeros where they are not needed, which
    /// is what two vanished gradients have too.
    pub gramian: [[f32; 2]; 2],
    /// What a batch of held-out windows says.
    pub validation: Option<ValidationSignals>,
    /// Predictive (epistemic) variance of each task, in units of its loss.
    pub epistemic: Option<[f32; 2]>,
}

impl TaskSignals {
    /// Whether all that every strategy reads, and what one with these needs reads, is finite.
    #[must_use]
    pub fn are_finite(&self, needs: Needs) -> bool {
        let all_finite = |values: &[[f32; 2]]| values.as_flattened().iter().all(|value| value.is_finite());
        let validation = self.validation.as_ref();
        all_finite(&[self.losses, self.normalized])
            && (!needs.gramian || all_finite(&self.gramian))
            && (!needs.validation_gradient
                || validation.is_none_or(|held_out| all_finite(&held_out.products) && all_finite(&[held_out.losses])))
    }
}

/// A batch of held-out windows, seen with the parameters of this step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ValidationSignals {
    /// The normalized losses on it.
    pub losses: [f32; 2],
    /// `products[i][j] = ⟨∇ℓ_i on the validation batch, ∇ℓ_j on the training batch⟩`, `ℓ = L / N` with the training
    /// batch's `N` in both, over the shared parameters.
    pub products: [[f32; 2]; 2],
    /// Learning rate of this step.
    pub learning_rate: f32,
}

/// What a strategy is given at the end of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochMetrics {
    /// Epochs done.
    pub epoch: u32,
    /// Means of the losses `L_i` over the epoch.
    pub losses: [f32; 2],
    /// Figures on the held-out engines, where there are any.
    pub validation: Option<ValidationMetrics>,
}

/// Figures on the held-out engines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ValidationMetrics {
    /// Root mean squared error of the RUL, in cycles.
    pub rmse_cycles: f32,
    /// NASA score.
    pub nasa_score: f32,
    /// Accuracy of the health class.
    pub accuracy: f32,
    /// Macro-F1 of the health class.
    pub macro_f1: f32,
}

/// What a strategy reads beyond the losses, so that nothing is computed in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent inputs, each needed or not")]
pub struct Needs {
    /// [`TaskSignals::gramian`].
    pub gramian: bool,
    /// [`TaskSignals::validation`].
    pub validation_gradient: bool,
    /// [`TaskSignals::epistemic`].
    pub epistemic: bool,
    /// [`Weighting::end_epoch`].
    pub epoch_metrics: bool,
}

impl Needs {
    /// The losses alone.
    pub const NOTHING: Self =
        Self { gramian: false, validation_gradient: false, epistemic: false, epoch_metrics: false };
    /// The Gramian.
    pub const GRAMIAN: Self = Self { gramian: true, ..Self::NOTHING };
    /// The ends of epochs.
    pub const EPOCHS: Self = Self { epoch_metrics: true, ..Self::NOTHING };

    /// What either needs.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            gramian: self.gramian || other.gramian,
            validation_gradient: self.validation_gradient || other.validation_gradient,
            epistemic: self.epistemic || other.epistemic,
            epoch_metrics: self.epoch_metrics || other.epoch_metrics,
        }
    }
}

/// The weights `λ_i` of the two normalized losses: what their gradients are multiplied by.
pub type TaskWeights = [f32; 2];

/// A strategy at work: a small state machine, one for each member.
pub trait Weighting: BoxedClone + Send {
    /// The weights of this step.
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights;

    /// Take in what an epoch came to; called between its last step and the next epoch's first.
    fn end_epoch(&mut self, _metrics: &EpochMetrics) {}

    /// What it reads beyond the losses.
    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    /// What it makes more of in the RUL loss than the run does.
    fn emphasis(&self) -> Emphasis {
        Emphasis::NONE
    }

    /// What it hands on, where the members evolve together: the trainer selects.
    fn genome(&mut self) -> Option<&mut Genome> {
        None
    }

    /// Back to the state of a strategy that has seen nothing.
    fn reset(&mut self);

    /// Carry everything out or in that it has from one step to the next, and none of its settings: see [`to_numbers`].
    fn carry(&mut self, carry: &mut Carry<'_>);
}

/// A copy with all its state, for a member that is forked: whatever is `Clone` has it.
pub trait BoxedClone {
    /// The copy.
    fn boxed_clone(&self) -> Box<dyn Weighting>;
}

impl<T: Weighting + Clone + 'static> BoxedClone for T {
    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Weighting> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}

#[cfg(test)]
pub(crate) mod tests;
