//! One configuration, trained to its end and measured.

use super::{EpochGradients, Figures, Record};
use crate::data::Dataset;
use crate::measure::{Information, Predictions};
use crate::session::{MemberStep, Run, RunConfig, SessionError};
use crate::train::Device;

/// Train a configuration with one member to its end; `progress` is told the share that is done at the end of each
/// epoch.
///
/// A run that fails is a record, too: a grid goes on without it.
pub async fn conduct(config: &RunConfig, dataset: &Dataset, device: &Device, progress: impl FnMut(f32)) -> Record {
    match train(config, dataset, device, progress).await {
        Ok(figures) if is_finite(&figures) => Record::finished(config.clone(), figures),
        Ok(_) => Record::failed(config.clone(), "the figures should be finite, found some that are not".to_owned()),
        Err(error) => Record::failed(config.clone(), error.to_string()),
    }
}

async fn train(
    config: &RunConfig,
    dataset: &Dataset,
    device: &Device,
    mut progress: impl FnMut(f32),
) -> Result<Figures, SessionError> {
    let mut run = Run::new(config.clone(), dataset, device)?;
    let mut gradients = Vec::new();
    let mut sums = GradientSums::default();
    let mut predictions = Predictions::default();
    let mut figures = Figures { parameters: run.parameters(), ..Figures::default() };
    while !run.is_finished() {
        let record = run.step().await?;
        if let Some(member) = record.members.first() {
            sums.add(member);
        }
        figures.steps = record.step;
        if record.step % run.steps_per_epoch() == 0 {
            let evaluation = run.evaluate().await?;
            figures.test = evaluation.test.into_iter().next().unwrap_or_default();
            figures.validation = evaluation.validation.and_then(|members| members.into_iter().next());
            predictions = evaluation.predictions.unwrap_or_default();
            gradients.extend(std::mem::take(&mut sums).means());
            progress(run.epoch() / config.epochs as f32);
        }
    }
    let residual = |([rul, ..], truth): (&[f32; 4], &f32)| rul - truth;
    figures.residuals_cycles = predictions.of(0).iter().zip(predictions.truth()).map(residual).collect();
    let bounds = Information::of(&predictions, 0).unwrap_or_default();
    figures.information_nats = [bounds.rul as f32, bounds.health as f32];
    let late = gradients.len() - gradients.len().div_ceil(3);
    let last_third = gradients.get(late..).unwrap_or_default();
    figures.late_cosine = mean(last_third.iter().map(|epoch| epoch.cosine));
    figures.gradients = gradients;
    Ok(figures)
}

/// Sums over the steps of an epoch that told the tasks' gradients apart.
#[derive(Default)]
struct GradientSums {
    steps: f64,
    cosine: f64,
    log_ratio: f64,
    log_normalized: f64,
}

impl GradientSums {
    fn add(&mut self, member: &MemberStep) {
        let [rul, health] = member.gradient_norms.map(f64::from);
        // A task of weight zero may have lost its gradient; a run that does not tell them apart says NaN.
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
