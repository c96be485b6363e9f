//! The passes written by hand held against burn's autodiff.
//!
//! The two share parameters, windows, targets and losses, and nothing of their arithmetic: one is `model/cpu` or `model/gpu`,
//! the other the burn module of `model/open/reference`, differentiated by burn.

use std::sync::Arc;

use super::oracle::OracleError;
use super::verify::{Report, widen};
use crate::loss::TwoTaskLoss;
use crate::model::open::Reference;
use crate::model::{EncoderConfig, HEALTH_CLASSES, Network, Windows};
use crate::train::{Batch, Device, MemberConfig, Trainer};

/// One comparison: a built-in encoder, sizes and a seed from which parameters, windows and targets follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// A built-in encoder.
    pub encoder: EncoderConfig,
    /// Steps of a window.
    pub window: usize,
    /// Features of a step.
    pub features: usize,
    /// Windows.
    pub batch: usize,
    /// The losses.
    pub loss: TwoTaskLoss,
    /// Seed.
    pub seed: u32,
}

impl Comparison {
    /// Predictions, losses and both tasks' gradients of the passes written by hand on this device, beside those of burn on
    /// the CPU.
    ///
    /// # Errors
    ///
    /// An encoder that is not built in, and a device that fails.
    pub async fn run(&self, device: &Device) -> Result<Report, OracleError> {
        let reference = Reference::new(&self.encoder)
            .ok_or_else(|| OracleError::Encoder { found: self.encoder.name().to_owned() })?;
        let (window, features) = (self.window, self.features);
        let fused = Network::new(&self.encoder, window, features);
        let open = Network::open(Arc::new(reference), window, features).map_err(crate::train::TrainError::from)?;
        let batch = self.batch();
        let members = [MemberConfig::default()];
        let mut fused = Trainer::new(fused, &members, self.seed, device)?;
        let mut open = Trainer::new(open, &members, self.seed, &Device::Cpu)?;

        let mut report = Report::default();
        let [found, expected] = [&fused, &open].map(|trainer| trainer.predict(&batch.windows));
        report.compare("predictions", &widen(&found.await?), &widen(&expected.await?));
        let (found, found_figures) = fused.gradients(&batch, &self.loss).await?;
        let (expected, figures) = open.gradients(&batch, &self.loss).await?;
        report.compare("losses", &widen(&found_figures[0].losses), &widen(&figures[0].losses));
        let layout = fused.network().layout();
        for (task, which) in ["rul", "health"].into_iter().zip(0..) {
            let row = which * layout.parameters()..(which + 1) * layout.parameters();
            let (found, expected) = (&found[row.clone()], &expected[row]);
            // Relative to the whole gradient: of a single block all may be next to nothing.
            report.compare(format!("gradient_{task}"), &widen(found), &widen(expected));
        }
        Ok(report)
    }

    /// Windows and targets of every kind, the same for the same seed.
    fn batch(&self) -> Batch {
        let (window, features, batch) = (self.window, self.features, self.batch);
        let mut bits = self.seed.wrapping_mul(2_654_435_769) | 1;
        let mut draw = move || {
            // Marsaglia's xorshift: any numbers will do that are not all alike.
            bits ^= bits << 13;
            bits ^= bits >> 17;
            bits ^= bits << 5;
            (bits >> 8) as f32 / 16_777_216.0
        };
        let values = (0..window * batch * features).map(|_| 4.0 * draw() - 2.0).collect();
        let fractions: Vec<f32> = (0..batch).map(|_| draw()).collect();
        let classes: Vec<usize> = (0..batch).map(|index| index % HEALTH_CLASSES).collect();
        let targets = self.loss.targets_from(&fractions, &classes, [0.5, 1.0, 2.0]);
        Batch { windows: Windows { values, time: window, batch, features }, targets }
    }
}
