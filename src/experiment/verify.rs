//! Lambdascope's figures held against an oracle's.

use super::oracle::{OracleCase, OracleError, in_rows, numbers};
use crate::loss::{Normalization, TwoTaskLoss};
use crate::model::{HEALTH_CLASSES, Network, OUTPUTS};
use crate::train::{
    Batch, Device, Gradients, MemberConfig, OptimizerConfig, OptimizerKind, Recipe, StepContext, Trainer,
};
use crate::weighting::WeightingConfig;

/// Largest relative difference that passes.
pub const TOLERANCE: f64 = 1e-4;

/// One quantity compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was compared.
    pub name: String,
    /// Largest difference, relative to the largest magnitude of the reference.
    pub difference: f64,
}

/// All comparisons of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The comparisons, in the order in which they were made.
    pub checks: Vec<Check>,
}

impl Report {
    /// The comparison that came out worst.
    #[must_use]
    pub fn worst(&self) -> Option<&Check> {
        self.checks.iter().max_by(|a, b| a.difference.total_cmp(&b.difference))
    }

    /// Whether every difference is within [`TOLERANCE`].
    #[must_use]
    pub fn passes(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.difference <= TOLERANCE)
    }

    pub(super) fn compare(&mut self, name: impl Into<String>, found: &[f64], expected: &[f64]) {
        let scale = expected.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
        let difference = if found.len() == expected.len() {
            found.iter().zip(expected).map(|(a, b)| (a - b).abs() / scale).fold(0.0, f64::max)
        } else {
            f64::INFINITY
        };
        // A comparison with NaN must not pass for small.
        let difference = if difference.is_nan() { f64::INFINITY } else { difference };
        self.checks.push(Check { name: name.into(), difference });
    }
}

pub(super) fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

/// Predictions, losses, per-task gradients and optimizer runs of a case, on this device.
///
/// # Errors
///
/// A case that cannot be read, and a device that fails.
pub async fn verify(case: &OracleCase, device: &Device) -> Result<Report, OracleError> {
    let mut report = Report::default();
    let mut trainer = trainer(case, MemberConfig::default(), device)?;
    let batch = batch(case);
    outputs(case, &trainer, &batch, &mut report).await?;
    gradients(case, &mut trainer, &batch, &mut report).await?;
    for (key, runs) in &case.rest {
        let Some(rate) = key.strip_prefix("adam_lr").and_then(|rest| rest.strip_suffix("_losses")) else { continue };
        let Ok(rate) = rate.parse::<f32>() else { continue };
        for (run, losses) in runs.as_object().into_iter().flatten() {
            for (gradients, how) in [(Gradients::PerTask, ""), (Gradients::Combined, " combined")] {
                trainer = self::trainer(case, member(run)?, device)?;
                let name = format!("{run}{how}");
                trajectory(&name, &numbers(losses), &mut trainer, &batch, (rate, gradients), &mut report).await?;
            }
        }
    }
    Ok(report)
}

fn trainer(case: &OracleCase, member: MemberConfig, device: &Device) -> Result<Trainer, OracleError> {
    let network = Network::new(&case.encoder_config()?, case.windows().time, case.features());
    let parameters = narrow(&case.parameters(network.layout())?);
    let mut trainer = Trainer::new(network, &[member], 0, device)?;
    trainer.set_parameters(parameters);
    Ok(trainer)
}

fn batch(case: &OracleCase) -> Batch {
    let targets = TwoTaskLoss::default().targets_from(&case.rul_target, &case.health_target, [1.0; HEALTH_CLASSES]);
    Batch { windows: case.windows(), targets }
}

/// The member that a run's name describes: `fixed_0.8` or `amnl_ema_0.9`.
fn member(run: &str) -> Result<MemberConfig, OracleError> {
    let number = |text: &str| text.parse::<f32>().map_err(|_| OracleError::Run { found: run.to_owned() });
    if let Some(lambda) = run.strip_prefix("fixed_") {
        let weighting = WeightingConfig::Fixed { lambda_rul: number(lambda)? };
        Ok(MemberConfig { weighting, normalization: Normalization::None, ..MemberConfig::default() })
    } else if let Some(beta) = run.strip_prefix("amnl_ema_") {
        let normalization = Normalization::Amnl { beta: number(beta)? };
        Ok(MemberConfig { normalization, ..MemberConfig::default() })
    } else {
        Err(OracleError::Run { found: run.to_owned() })
    }
}

async fn outputs(case: &OracleCase, trainer: &Trainer, batch: &Batch, report: &mut Report) -> Result<(), OracleError> {
    let predicted = widen(&trainer.predict(&batch.windows).await?);
    let rows = || predicted.chunks_exact(OUTPUTS);
    let rul: Vec<f64> = rows().map(|row| row[0]).collect();
    let logits: Vec<f64> = rows().flat_map(|row| row[1..].to_vec()).collect();
    report.compare("rul_prediction", &rul, &case.rul_prediction);
    report.compare("health_logits", &logits, &case.health_logits.concat());
    Ok(())
}

async fn gradients(
    case: &OracleCase,
    trainer: &mut Trainer,
    batch: &Batch,
    report: &mut Report,
) -> Result<(), OracleError> {
    let (gradients, figures) = trainer.gradients(batch, &TwoTaskLoss::default()).await?;
    let layout = trainer.network().layout();
    let losses = widen(&figures[0].losses);
    report.compare("loss_rul", &losses[..1], &[case.loss_rul]);
    report.compare("loss_health", &losses[1..], &[case.loss_health]);

    let flat = widen(&gradients);
    let (rul, health) = flat.split_at(layout.parameters());
    for (task, found, expected) in [("rul", rul, &case.gradients_rul), ("health", health, &case.gradients_health)] {
        for block in layout.blocks().iter().filter(|block| block.offset < layout.shared()) {
            let found = &found[block.offset..block.offset + block.len()];
            report.compare(format!("gradients_{task} {}", block.name), found, &in_rows(block, expected)?);
        }
    }
    let (rul, health) = (&rul[..layout.shared()], &health[..layout.shared()]);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norms = [dot(rul, rul).sqrt(), dot(health, health).sqrt()];
    let expected = case.shared_gradient;
    report.compare("shared norms", &norms, &[expected.norm_rul, expected.norm_health]);
    // The inner product and the cosine may nearly vanish: their scale is that of the norms.
    let scale = norms[0] * norms[1];
    let found = [dot(rul, health) / scale, 1.0];
    report.compare("shared cosine", &found, &[expected.cosine, 1.0]);
    report.compare("shared dot", &found, &[expected.dot / scale, 1.0]);
    let gramian = figures[0].shared;
    report.compare("shared norms as trained with", &widen(&gramian.norms()), &norms);
    report.compare("shared cosine as trained with", &[f64::from(gramian.cosine()), 1.0], &[expected.cosine, 1.0]);
    Ok(())
}

async fn trajectory(
    run: &str,
    expected: &[f64],
    trainer: &mut Trainer,
    batch: &Batch,
    (rate, gradients): (f32, Gradients),
    report: &mut Report,
) -> Result<(), OracleError> {
    let optimizer =
        OptimizerConfig { kind: OptimizerKind::Adam, weight_decay: 0.0, clip_norm: 0.0, ..OptimizerConfig::default() };
    let mut found = Vec::with_capacity(expected.len());
    for _ in 0..expected.len() / 2 {
        let (loss, gradients) = (&TwoTaskLoss::default(), gradients);
        let recipe =
            Recipe { loss, optimizer: &optimizer, gradients, context: StepContext { rate, ..StepContext::default() } };
        let figures = trainer.step(batch, None, recipe).await?;
        found.extend(figures[0].losses.map(f64::from));
    }
    for (task, name) in ["rul", "health"].into_iter().enumerate() {
        let of_task = |all: &[f64]| all.iter().skip(task).step_by(2).copied().collect::<Vec<_>>();
        report.compare(format!("{run} loss_{name}"), &of_task(&found), &of_task(expected));
    }
    Ok(())
}
