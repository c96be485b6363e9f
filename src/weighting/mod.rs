//! Weighting strategies: statistics of the two tasks in, two weights out.
//!
//! A strategy never sees a tensor. With two tasks everything it may want to know of the gradients is the 2×2 Gramian,
//! so each is a page of plain arithmetic.

mod config;
mod fixed;

pub use config::*;
pub use fixed::Fixed;

/// What a strategy is told at each step. Pairs are in the order of [`crate::Task::ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskSignals {
    /// Steps taken before this one.
    pub step: u32,
    /// Share of the run that is done, in [0, 1].
    pub progress: f32,
    /// The losses `L_i` on the batch.
    pub losses: [f32; 2],
    /// The normalized losses `L_i / N_i`.
    pub normalized: [f32; 2],
    /// Inner products of the normalized losses' gradients of the shared parameters.
    pub gramian: [[f32; 2]; 2],
}

/// The weights `λ_i` of the two normalized losses.
pub type TaskWeights = [f32; 2];

/// A strategy: a small state machine, one for each member.
pub trait Weighting {
    /// The weights of this step.
    fn weights(&mut self, signals: &TaskSignals) -> TaskWeights;

    /// Back to the state of a strategy that has seen nothing.
    fn reset(&mut self);

    /// A copy with all its state, for a member that is forked.
    fn boxed_clone(&self) -> Box<dyn Weighting>;
}

impl Clone for Box<dyn Weighting> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
