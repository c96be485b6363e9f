//! What a page remembers of a run: the recent whole, the older decimated.

use super::{Evaluation, StepRecord};

/// A bounded record of a run.
#[derive(Clone, Debug, Default)]
pub struct History {
    steps: Vec<StepRecord>,
    evaluations: Vec<Evaluation>,
}

impl History {
    /// Add a step.
    pub fn push_step(&mut self, step: StepRecord) {
        self.steps.push(step);
    }

    /// Add an evaluation.
    pub fn push_evaluation(&mut self, evaluation: Evaluation) {
        self.evaluations.push(evaluation);
    }

    /// Steps kept, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[StepRecord] {
        &self.steps
    }

    /// Evaluations kept, oldest first.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }
}
