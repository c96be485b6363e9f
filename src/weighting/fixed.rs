//! Constant weights: the person is the strategy.

use super::{TaskSignals, TaskWeights, Weighting};

/// `λ_rul` as set, `λ_health = 1 − λ_rul`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    /// Weight of the RUL loss, in [0, 1].
    pub lambda_rul: f32,
}

impl Weighting for Fixed {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        [self.lambda_rul, 1.0 - self.lambda_rul]
    }

    fn reset(&mut self) {}

    fn boxed_clone(&self) -> Box<dyn Weighting> {
        Box::new(*self)
    }
}
