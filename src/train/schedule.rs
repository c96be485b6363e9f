//! The learning rate over a run.

use std::f32::consts::PI;

use super::OptimizerConfig;

/// Linear warm-up, then a constant rate or a cosine to zero.
///
/// ```text
/// rate(t) = peak · min(1, (t + 1) / warm-up)                             t < warm-up
/// rate(t) = peak · ½ (1 + cos(π (t − warm-up) / (total − warm-up)))      with cosine decay
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    peak: f32,
    warmup: f32,
    total: f32,
    cosine: bool,
}

impl Schedule {
    /// The schedule of a run of this many epochs and steps an epoch.
    #[must_use]
    pub fn new(config: &OptimizerConfig, epochs: u32, steps_per_epoch: u32) -> Self {
        Self {
            peak: config.learning_rate,
            warmup: config.warmup_epochs * steps_per_epoch as f32,
            total: epochs.saturating_mul(steps_per_epoch) as f32,
            cosine: config.cosine_decay,
        }
    }

    /// The rate of the step that follows `step` steps.
    #[must_use]
    pub fn rate(&self, step: u32) -> f32 {
        let step = step as f32;
        if step < self.warmup {
            return self.peak * ((step + 1.0) / self.warmup).min(1.0);
        }
        if !self.cosine || self.total <= self.warmup {
            return self.peak;
        }
        let share = ((step - self.warmup) / (self.total - self.warmup)).min(1.0);
        self.peak * 0.5 * (1.0 + (PI * share).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(warmup_epochs: f32, cosine_decay: bool) -> Schedule {
        let config = OptimizerConfig { learning_rate: 0.1, warmup_epochs, cosine_decay, ..OptimizerConfig::default() };
        Schedule::new(&config, 10, 10)
    }

    #[test]
    fn rises_to_the_peak_and_falls_to_zero() {
        let schedule = schedule(1.0, true);
        assert!((schedule.rate(0) - 0.01).abs() < 1e-6);
        assert!((schedule.rate(9) - 0.1).abs() < 1e-6);
        assert!((schedule.rate(55) - 0.05).abs() < 1e-6);
        assert!(schedule.rate(99) < 1e-3);
        assert!(schedule.rate(1000).abs() < 1e-6);
    }

    #[test]
    fn stays_at_the_peak_without_decay_and_starts_there_without_warm_up() {
        assert!((schedule(0.0, false).rate(0) - 0.1).abs() < 1e-7);
        assert!((schedule(0.5, false).rate(99) - 0.1).abs() < 1e-7);
    }
}
