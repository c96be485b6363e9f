//! What a member decides at each step: from losses and gradients to two coefficients.

use super::{Gramian, MemberConfig};
use crate::ConfigError;
use crate::loss::Normalizer;
use crate::weighting::{TaskSignals, Weighting};

/// One member's strategy and normalizer.
#[derive(Clone)]
pub struct Member {
    config: MemberConfig,
    weighting: Box<dyn Weighting>,
    normalizer: Normalizer,
}

/// One member's figures of one step. Pairs are in the order of [`crate::Task::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepFigures {
    /// The losses `L_i`.
    pub losses: [f32; 2],
    /// What they were divided by, `N_i`.
    pub normalizers: [f32; 2],
    /// The weights `λ_i`.
    pub weights: [f32; 2],
    /// Inner products of `∇L_i` over the shared parameters.
    pub shared: Gramian,
    /// The factor by which clipping scaled the combined gradient.
    pub clip_factor: f32,
    /// What each task's gradient is multiplied by: `clip · λ_i / N_i`.
    pub coefficients: [f32; 2],
}

impl Member {
    /// A member with this configuration, having seen nothing.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused.
    pub fn new(config: &MemberConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            config: config.clone(),
            weighting: config.weighting.build()?,
            normalizer: config.normalization.build()?,
        })
    }

    /// Its configuration.
    #[must_use]
    pub const fn config(&self) -> &MemberConfig {
        &self.config
    }

    /// Change its configuration; what did not change keeps its state.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused, and the member stays as it was.
    pub fn configure(&mut self, config: &MemberConfig) -> Result<(), ConfigError> {
        let next = Self::new(config)?;
        if config.weighting != self.config.weighting {
            self.weighting = next.weighting;
        }
        if config.normalization != self.config.normalization {
            self.normalizer = next.normalizer;
        }
        self.config = next.config;
        Ok(())
    }

    /// The coefficients of this step, `clip · λ_i / N_i`, and the figures on the way to them.
    ///
    /// `shared` is over the encoder's parameters, `all` over the heads' as well; clipping is by the global norm of the
    /// combined gradient, which the second one gives without another pass over the gradients.
    pub fn decide(
        &mut self,
        (step, progress): (u32, f32),
        losses: [f32; 2],
        (shared, all): (Gramian, Gramian),
        clip_norm: f32,
    ) -> StepFigures {
        let normalizers = self.normalizer.divisors(losses);
        let inverse = normalizers.map(f32::recip);
        let signals = TaskSignals {
            step,
            progress,
            losses,
            normalized: [losses[0] * inverse[0], losses[1] * inverse[1]],
            gramian: shared.scaled(inverse),
            ..TaskSignals::default()
        };
        let weights = self.weighting.weights(&signals);
        let raw = [weights[0] * inverse[0], weights[1] * inverse[1]];
        let norm = all.norm_of_sum(raw);
        let clip_factor = if clip_norm > 0.0 && norm > clip_norm { clip_norm / norm } else { 1.0 };
        StepFigures {
            losses,
            normalizers,
            weights,
            shared,
            clip_factor,
            coefficients: raw.map(|coefficient| coefficient * clip_factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Normalization;
    use crate::weighting::WeightingConfig;

    const GRAMIAN: Gramian = Gramian { rul: 9.0, cross: 0.0, health: 16.0 };

    fn member(lambda_rul: f32, normalization: Normalization) -> Member {
        Member::new(&MemberConfig { weighting: WeightingConfig::Fixed { lambda_rul }, normalization }).unwrap()
    }

    #[test]
    fn coefficients_are_weights_over_normalizers() {
        let figures = member(0.25, Normalization::Batch).decide((0, 0.0), [0.5, 3.0], (GRAMIAN, GRAMIAN), 0.0);
        assert!((figures.coefficients[0] - 0.5).abs() < 1e-5);
        assert!((figures.coefficients[1] - 0.25).abs() < 1e-5);
    }

    #[test]
    fn clipping_brings_the_combined_norm_to_the_limit() {
        let figures = member(0.5, Normalization::None).decide((0, 0.0), [1.0, 1.0], (GRAMIAN, GRAMIAN), 1.0);
        // ‖½ (3, 4)‖ = 2.5
        assert!((figures.clip_factor - 0.4).abs() < 1e-6);
        assert!((GRAMIAN.norm_of_sum(figures.coefficients) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn changing_lambda_keeps_the_moving_average() {
        let mut member = member(0.5, Normalization::Amnl { beta: 0.5 });
        member.decide((0, 0.0), [4.0, 4.0], (GRAMIAN, GRAMIAN), 0.0);
        let mut config = member.config().clone();
        config.weighting = WeightingConfig::Fixed { lambda_rul: 0.9 };
        member.configure(&config).unwrap();
        let figures = member.decide((1, 0.0), [1.0, 1.0], (GRAMIAN, GRAMIAN), 0.0);
        assert!((figures.normalizers[0] - 2.0).abs() < 1e-5, "{figures:?}");
        assert!((figures.weights[0] - 0.9).abs() < 1e-6);
    }
}
