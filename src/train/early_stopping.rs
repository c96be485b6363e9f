//! When a member has stopped to improve, and what it was at its best.

use serde::{Deserialize, Serialize};

use super::{Regularization, StoppingMetric};
use crate::weighting::EpochMetrics;

/// One member's early stopping: off as long as the patience is zero.
///
/// ```text
/// at the end of an epoch: better than the best so far?  keep the parameters, waited ← 0;  otherwise waited ← waited + 1
/// waited = patience:  the best parameters come back and stand still
/// ```
///
/// More patience, or none at all, lets the member go on from where it stands. Adam's moments go on following the
/// gradients meanwhile. A copy of a member has its best parameters and its count, too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EarlyStopping {
    #[serde(skip)]
    patience: u32,
    #[serde(skip)]
    metric: StoppingMetric,
    /// Losses of the first epoch that was seen.
    first: Option<[f32; 2]>,
    best: Option<Best>,
    waited: u32,
    stopped: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Best {
    epoch: u32,
    value: f32,
    #[serde(with = "crate::floats")]
    parameters: Vec<f32>,
}

/// What is to be done with a member's parameters at the end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    GoOn,
    /// Hand them to [`EarlyStopping::keep`]: none were better.
    Keep,
    /// Put [`EarlyStopping::best`] in their place.
    Restore,
}

impl EarlyStopping {
    /// Having seen nothing.
    pub const fn new(config: &Regularization) -> Self {
        Self { patience: config.patience, metric: config.stop_on, first: None, best: None, waited: 0, stopped: false }
    }

    /// Change patience and metric. Figures of another metric cannot be compared, and without patience nothing is kept:
    /// then it begins anew.
    pub fn configure(&mut self, config: &Regularization) {
        if config.patience == 0 || config.stop_on != self.metric {
            *self = Self::new(config);
        } else {
            self.patience = config.patience;
            self.stopped &= self.waited >= self.patience;
        }
    }

    /// What was saved, with these settings again.
    pub fn resumed(self, config: &Regularization) -> Self {
        Self { patience: config.patience, metric: config.stop_on, ..self }
    }

    /// Take in what an epoch came to.
    pub fn end_epoch(&mut self, metrics: &EpochMetrics) -> Verdict {
        if self.patience == 0 || self.stopped {
            return Verdict::GoOn;
        }
        let value = self.value(metrics);
        // What is no number is no improvement.
        if value.is_finite() && self.best.as_ref().is_none_or(|best| value < best.value) {
            self.best = Some(Best { epoch: metrics.epoch, value, parameters: Vec::new() });
            self.waited = 0;
            return Verdict::Keep;
        }
        self.waited += 1;
        self.stopped = self.waited >= self.patience;
        if self.stopped { Verdict::Restore } else { Verdict::GoOn }
    }

    fn value(&mut self, metrics: &EpochMetrics) -> f32 {
        if let (StoppingMetric::Rmse, Some(validation)) = (self.metric, metrics.validation) {
            return validation.rmse_cycles;
        }
        let first = *self.first.get_or_insert(metrics.losses);
        let share = |task: usize| metrics.losses[task] / first[task].max(f32::MIN_POSITIVE);
        f32::midpoint(share(0), share(1))
    }

    /// The parameters that belong to the best figure so far.
    pub fn keep(&mut self, parameters: &[f32]) {
        if let Some(best) = &mut self.best {
            best.parameters = parameters.to_vec();
        }
    }

    /// The best parameters, once some were kept.
    pub fn best(&self) -> Option<&[f32]> {
        self.best.as_ref().map(|best| best.parameters.as_slice()).filter(|parameters| !parameters.is_empty())
    }

    /// Whether the member stands still.
    pub const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The epoch whose parameters came back, where the member stands still.
    pub fn stopped(&self) -> Option<u32> {
        self.best.as_ref().map(|best| best.epoch).filter(|_| self.stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::ValidationMetrics;

    fn patient(patience: u32) -> Regularization {
        Regularization { patience, ..Regularization::default() }
    }

    /// The verdicts of epochs with these held-out RMSEs; the parameters of an epoch are its number.
    fn told(stopping: &mut EarlyStopping, first: u32, rmse: &[f32]) -> Vec<Verdict> {
        (first..)
            .zip(rmse)
            .map(|(epoch, rmse_cycles)| {
                let validation = Some(ValidationMetrics { rmse_cycles: *rmse_cycles, ..ValidationMetrics::default() });
                let verdict = stopping.end_epoch(&EpochMetrics { epoch, losses: [1.0; 2], validation });
                if verdict == Verdict::Keep {
                    stopping.keep(&[epoch as f32]);
                }
                verdict
            })
            .collect()
    }

    #[test]
    fn the_best_parameters_come_back_after_the_patience() {
        use Verdict::{GoOn, Keep, Restore};
        let mut stopping = EarlyStopping::new(&patient(2));
        let verdicts = told(&mut stopping, 1, &[20.0, 16.0, 17.0, 15.0, 15.0, f32::NAN, 3.0]);
        assert_eq!(verdicts, [Keep, Keep, GoOn, Keep, GoOn, Restore, GoOn]);
        assert_eq!((stopping.stopped(), stopping.best()), (Some(4), Some(&[4.0][..])));
    }

    #[test]
    fn more_patience_or_none_lets_it_go_on() {
        let mut stopping = EarlyStopping::new(&patient(1));
        told(&mut stopping, 1, &[10.0, 11.0]);
        assert!(stopping.is_stopped());
        let mut copy = stopping.clone();
        copy.configure(&patient(0));
        assert_eq!((copy.is_stopped(), copy.best()), (false, None));

        stopping.configure(&patient(1));
        assert!(stopping.is_stopped());
        stopping.configure(&patient(3));
        assert!(!stopping.is_stopped());
        // The epoch that was waited already counts.
        assert_eq!(told(&mut stopping, 3, &[12.0, 12.0]), [Verdict::GoOn, Verdict::Restore]);
        assert_eq!(stopping.stopped(), Some(1));
    }

    #[test]
    fn without_patience_nothing_is_kept() {
        let mut stopping = EarlyStopping::new(&patient(0));
        assert_eq!(told(&mut stopping, 1, &[3.0, 4.0, 5.0]), [Verdict::GoOn; 3]);
        assert_eq!(stopping.best(), None);
    }

    #[test]
    fn training_losses_count_relative_to_their_first_values() {
        let losses = |stopping: &mut EarlyStopping, epoch, losses| {
            stopping.end_epoch(&EpochMetrics { epoch, losses, validation: None })
        };
        for stop_on in [StoppingMetric::Rmse, StoppingMetric::Loss] {
            let mut stopping = EarlyStopping::new(&Regularization { stop_on, ..patient(1) });
            assert_eq!(losses(&mut stopping, 1, [1000.0, 1.0]), Verdict::Keep);
            // RUL rises by a tenth, health falls by a fifth: better, whatever the units.
            assert_eq!(losses(&mut stopping, 2, [1100.0, 0.8]), Verdict::Keep);
            // Shares of 1.05 and 0.95 are worse than of 1.1 and 0.8.
            assert_eq!(losses(&mut stopping, 3, [1050.0, 0.95]), Verdict::Restore);
        }
    }
}
