//! A run's figures, gathered from what it tells while it trains.

use serde::{Deserialize, Serialize};

use super::{EpochGradients, Figures, Record};
use crate::measure::{Information, Predictions};
use crate::session::{Evaluation, MemberStep, RunConfig, StepRecord};
use crate::train::MemberState;

/// What is known so far of a run with one member.
///
/// It is plain data: put away at the end of an epoch together with the run's own snapshot, it goes on where it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    figures: Figures,
    sums: GradientSums,
    predictions: Predictions,
    /// Why the member diverged, where it did: the run counts as failed then.
    #[serde(default)]
    failure: Option<String>,
    /// Steps taken.
    pub steps: u32,
}

impl Tally {
    /// Of a run whose member has so many parameters.
    #[must_use]
    pub fn new(parameters: usize) -> Self {
        Self { figures: Figures { parameters, ..Figures::default() }, ..Self::default() }
    }

    /// Take in a step.
    pub fn step(&mut self, step: &StepRecord) {
        self.steps = step.step;
        if let Some(member) = step.members.first() {
            self.sums.add(member);
        }
    }

    /// Take in an evaluation; what counts are those at the end of an epoch, which have predictions. Returns whether it
    /// was one.
    pub fn evaluation(&mut self, evaluation: Evaluation) -> bool {
        self.failure = evaluation.states.first().and_then(MemberState::divergence).map(ToString::to_string);
        let Some(predictions) = evaluation.predictions else { return false };
        self.figures.steps = evaluation.step;
        self.figures.test = evaluation.test.into_iter().next().unwrap_or_default();
        self.figures.validation = evaluation.validation.and_then(|members| members.into_iter().next());
        self.figures.gradients.extend(std::mem::take(&mut self.sums).means());
        self.predictions = predictions;
        true
    }

    /// Whether an evaluation at this step is of an epoch whose end was not taken in yet.
    #[must_use]
    pub const fn ends_new_epoch(&self, steps: u32) -> bool {
        steps > self.figures.steps
    }

    /// The record of the run, which has come to its end.
    #[must_use]
    pub fn record(self, config: RunConfig) -> Record {
        let Self { mut figures, predictions, failure, .. } = self;
        if let Some(why) = failure {
            return Record::failed(config, why);
        }
        let residual = |([rul, ..], truth): (&[f32; 4], &f32)| rul - truth;
        figures.residuals_cycles = predictions.of(0).iter().zip(predictions.truth()).map(residual).collect();
        let bounds = Information::of(&predictions, 0).unwrap_or_default();
        figures.information_nats = [bounds.rul as f32, bounds.health as f32];
        let late = figures.gradients.len() - figures.gradients.len().div_ceil(3);
        let last_third = figures.gradients.get(late..).unwrap_or_default();
        figures.late_cosine = mean(last_third.iter().map(|epoch| epoch.cosine));
        if is_finite(&figures) {
            Record::finished(config, figures)
        } else {
            Record::failed(config, "the figures should be finite, found some that are not".to_owned())
        }
    }
}

/// Sums over the steps of an epoch that distinguish the tasks' gradients.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct GradientSums {
    steps: f64,
    cosine: f64,
    log_ratio: f64,
    log_normalized: f64,
}

impl GradientSums {
    fn add(&mut self, member: &MemberStep) {
        let [rul, health] = member.gradient_norms.map(f64::from);
        // A task of weight zero may have lost its gradient; a run that does not distinguish them says NaN.
        if !(rul > 0.0 && health > 0.0) {
            return;
        }
        let log_ratio = (rul / health).ln();
        self.steps += 1.0;
        self.cosine += f64::from(member.cosine);
        self.log_ratio += log_ratio;
        self.log_normalized += log_ratio - f64::from(member.normalizers[0] / member.normalizers[1]).ln();
    }

    fn means(self) -> Option<EpochGradients> {
        (self.steps > 0.0).then(|| EpochGradients {
            cosine: (self.cosine / self.steps) as f32,
            norm_ratio: (self.log_ratio / self.steps).exp() as f32,
            normalized_ratio: (self.log_normalized / self.steps).exp() as f32,
        })
    }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (count, sum) = values.fold((0_u32, 0.0_f64), |(count, sum), value| (count + 1, sum + f64::from(value)));
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

/// JSON has no word for what is not finite.
fn is_finite(figures: &Figures) -> bool {
    let exams = std::iter::once(&figures.test).chain(&figures.validation);
    let exams = exams.flat_map(|exam| [exam.rmse_cycles, exam.nasa_score, exam.accuracy, exam.macro_f1]);
    let epochs = figures.gradients.iter().flat_map(|epoch| [epoch.cosine, epoch.norm_ratio, epoch.normalized_ratio]);
    let rest = figures.information_nats.into_iter().chain(figures.residuals_cycles.iter().copied());
    exams.chain(epochs).chain(rest).all(f32::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_geometric_means() {
        let mut sums = GradientSums::default();
        for norms in [[1.0, 4.0], [4.0, 1.0], [f32::NAN; 2], [0.0, 1.0]] {
            let (gradient_norms, normalizers) = (norms, [0.5, 1.0]);
            sums.add(&MemberStep { gradient_norms, normalizers, cosine: 0.5, ..MemberStep::default() });
        }
        let means = sums.means().unwrap();
        assert!((means.norm_ratio - 1.0).abs() < 1e-6 && (means.normalized_ratio - 2.0).abs() < 1e-6);
        assert_eq!(means.cosine, 0.5);
        assert_eq!(GradientSums::default().means(), None);
    }
}
