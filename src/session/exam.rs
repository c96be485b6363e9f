//! The windows that a run is measured on.

use super::batches::gather;
use crate::data::{Labels, Split};
use crate::measure::Predictions;
use crate::model::Windows;
use crate::train::{TrainError, Trainer};

/// Windows that are measured again and again.
pub struct Exam {
    windows: Windows,
    labels: Labels,
    left_cycles: Vec<f32>,
}

impl Exam {
    /// At most this many windows of a split, spread evenly.
    pub fn new(split: &Split, most: usize, labels: Labels) -> Self {
        let every = split.windows.len().div_ceil(most.max(1)).max(1);
        let chosen: Vec<u32> = (0..split.windows.len() as u32).step_by(every).collect();
        let mut windows = Windows::default();
        gather(split, &chosen, &mut windows);
        let left_cycles = chosen.iter().map(|window| split.left_cycles(*window)).collect();
        Self { windows, labels, left_cycles }
    }

    /// What the members predict of them.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn predict(&self, trainer: &Trainer) -> Result<Predictions, TrainError> {
        Ok(Predictions::new(self.labels, self.left_cycles.clone(), trainer.predict(&self.windows).await?))
    }
}
