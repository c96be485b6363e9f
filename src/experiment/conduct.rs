//! One configuration, trained to its end and measured.

use super::{Record, Tally};
use crate::data::{DataError, Dataset};
use crate::session::{Run, RunConfig, SessionError};
use crate::train::{Device, TrainError};

/// Train a configuration with one member to its end; `progress` is given the share that is done at the end of each
/// epoch.
///
/// A run that fails by its own configuration is a record, too: a grid goes on without it.
///
/// # Errors
///
/// What is not the run's own, such as data that is damaged and a device that fails: every other run would meet it.
pub async fn conduct(
    config: &RunConfig,
    dataset: &Dataset,
    device: &Device,
    progress: impl FnMut(f32),
) -> Result<Record, SessionError> {
    match train(config, dataset, device, progress).await {
        Ok(tally) => Ok(tally.record(config.clone())),
        Err(error) if follows_from_configuration(&error) => Ok(Record::failed(config.clone(), error.to_string())),
        Err(error) => Err(error),
    }
}

/// Whether the same configuration fails like this wherever it is run: a setting out of its range. A member that
/// diverges is no error of a step; its record says so.
const fn follows_from_configuration(error: &SessionError) -> bool {
    matches!(
        error,
        SessionError::Config(_) | SessionError::Data(DataError::Config(_)) | SessionError::Train(TrainError::Config(_))
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Catalog, Origin};

    fn tried(config: &RunConfig, dataset: &Dataset) -> Result<Record, SessionError> {
        pollster::block_on(conduct(config, dataset, &Device::Cpu, |_| ()))
    }

    #[test]
    fn a_failure_of_the_data_is_no_record_of_the_run() {
        let mut config = RunConfig { epochs: 1, batch_size: 16, ..RunConfig::default() };
        (config.data.stride, config.data.origin) = (60, Some(Origin::Emulated));
        let dataset = Catalog::default().dataset(&config.data).unwrap();
        assert!(tried(&config, &dataset).unwrap().failure.is_none());
        let wide = RunConfig { batch_size: 4096, ..config.clone() };
        assert!(tried(&wide, &dataset).unwrap().failure.is_none(), "a batch of all windows");
        let mut huge = wide;
        huge.encoder = crate::model::EncoderConfig::Transformer { hidden: 256, heads: 256 };
        huge.data.window = 100;
        assert!(tried(&huge, &dataset).unwrap().failure.unwrap().contains("`memory` should be at most"));
        let mut diverging = config.clone();
        diverging.optimizer.learning_rate = 1.0;
        diverging.members[0].normalization = crate::loss::Normalization::Manual { rul: 1e-38, health: 1.0 };
        assert!(tried(&diverging, &dataset).unwrap().failure.unwrap().contains("diverged"));
        let mut damaged = (*dataset).clone();
        damaged.test_rul.pop();
        assert!(matches!(tried(&config, &damaged), Err(SessionError::Data(_))));
    }
}
