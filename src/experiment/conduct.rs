//! One configuration, trained to its end and measured.

use super::{Record, Tally};
use crate::data::Dataset;
use crate::session::{Run, RunConfig, SessionError};
use crate::train::Device;

/// Train a configuration with one member to its end; `progress` is told the share that is done at the end of each
/// epoch.
///
/// A run that fails is a record, too: a grid goes on without it.
pub async fn conduct(config: &RunConfig, dataset: &Dataset, device: &Device, progress: impl FnMut(f32)) -> Record {
    match train(config, dataset, device, progress).await {
        Ok(tally) => tally.record(config.clone()),
        Err(error) => Record::failed(config.clone(), error.to_string()),
    }
}

async fn train(
    config: &RunConfig,
    dataset: &Dataset,
    device: &Device,
    mut progress: impl FnMut(f32),
) -> Result<Tally, SessionError> {
    let mut run = Run::new(config.clone(), dataset, device)?;
    let mut tally = Tally::new(run.parameters());
    while !run.is_finished() {
        let step = run.step().await?;
        tally.step(&step);
        let ends_epoch = step.step % run.steps_per_epoch() == 0;
        // A member that diverges is measured at once, and is all that there is of the run.
        if ends_epoch || run.is_finished() {
            tally.evaluation(run.evaluate().await?);
        }
        if ends_epoch {
            progress(run.epoch() / config.epochs as f32);
        }
    }
    Ok(tally)
}
