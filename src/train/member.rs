//! What a member decides at each step: from losses and gradients to two coefficients.

use super::early_stopping::{EarlyStopping, Verdict};
use super::{Gramian, MemberConfig, MemberState};
use crate::ConfigError;
use crate::loss::{Emphasis, Normalizer};
use crate::parameter::Parameters;
use crate::weighting::{EpochMetrics, Genome, Needs, TaskSignals, ValidationSignals, Weighting};

/// One member's strategy, normalizer and early stopping.
#[derive(Clone)]
pub struct Member {
    config: MemberConfig,
    weighting: Box<dyn Weighting>,
    normalizer: Normalizer,
    stopping: EarlyStopping,
}

/// Where a run stands, and what a step knows beyond its losses and gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Steps taken.
    pub step: u32,
    /// Epochs done, with the fraction of the present one.
    pub epoch: f32,
    /// Share of the run that is done, in [0, 1].
    pub progress: f32,
    /// Learning rate of the step.
    pub rate: f32,
}

/// What a batch of held-out windows says of one member, before normalization.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ValidationFigures {
    /// The losses `L_i` on it.
    pub losses: [f32; 2],
    /// `⟨∇L_i on the held-out batch, ∇L_j on the training batch⟩` over the shared parameters.
    pub products: [[f32; 2]; 2],
}

/// What a member decides from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The losses `L_i` on the batch.
    pub losses: [f32; 2],
    /// Inner products of `∇L_i` over the shared parameters, where the tasks' gradients were told apart.
    pub shared: Option<Gramian>,
    /// What held-out windows say, where a strategy asks for it.
    pub validation: Option<ValidationFigures>,
    /// Predictive variance of each task in units of its loss, where a strategy asks for it.
    pub epistemic: Option<[f32; 2]>,
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
    /// Inner products of `∇L_i` over the shared parameters, where the tasks' gradients were told apart.
    pub shared: Option<Gramian>,
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
        config.regularization.validate()?;
        Ok(Self {
            config: config.clone(),
            weighting: config.weighting.build()?,
            normalizer: config.normalization.build()?,
            stopping: EarlyStopping::new(&config.regularization),
        })
    }

    /// Its configuration.
    #[must_use]
    pub const fn config(&self) -> &MemberConfig {
        &self.config
    }

    /// Its normalizer.
    #[must_use]
    pub const fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    /// Go on with a normalizer that has seen losses already.
    pub(super) fn set_normalizer(&mut self, normalizer: Normalizer) {
        self.normalizer = normalizer;
    }

    /// Change its configuration; what did not change keeps its state.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused, and the member stays as it was.
    pub fn configure(&mut self, config: &MemberConfig) -> Result<(), ConfigError> {
        let next = Self::new(config)?;
        if config.weighting != self.config.weighting {
            let evolved = self.genome().cloned();
            self.weighting = next.weighting;
            if let (Some(evolved), Some(genome)) = (evolved, self.weighting.genome()) {
                genome.carry_over(&evolved);
            }
        }
        if config.normalization != self.config.normalization {
            self.normalizer = next.normalizer;
        }
        self.stopping.configure(&config.regularization);
        self.config = next.config;
        Ok(())
    }

    /// What its strategy reads beyond the losses.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.weighting.needs()
    }

    /// What its strategy makes more of in the RUL loss.
    #[must_use]
    pub fn emphasis(&self) -> Emphasis {
        self.weighting.emphasis()
    }

    /// What its strategy hands on, where it evolves.
    pub(super) fn genome(&mut self) -> Option<&mut Genome> {
        self.weighting.genome()
    }

    /// Whether early stopping has made it stand still.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.stopping.is_stopped()
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> MemberState {
        self.stopping.stopped().map_or(MemberState::Training, |epoch| MemberState::Stopped { epoch })
    }

    /// Tell its strategy and its early stopping what an epoch came to.
    pub(super) fn end_epoch(&mut self, metrics: &EpochMetrics) -> Verdict {
        self.weighting.end_epoch(metrics);
        self.stopping.end_epoch(metrics)
    }

    /// Its early stopping, which keeps the best parameters.
    pub(super) const fn stopping(&mut self) -> &mut EarlyStopping {
        &mut self.stopping
    }

    /// Take over another member's normalizer, where both normalize alike.
    pub(super) fn inherit(&mut self, parent: &Self) {
        if self.config.normalization == parent.config.normalization {
            self.normalizer = parent.normalizer.clone();
        }
    }

    /// The coefficients of this step, `λ_i / N_i`, and the figures on the way to them.
    pub fn decide(&mut self, moment: Moment, evidence: &Evidence) -> StepFigures {
        let Evidence { losses, shared, validation, epistemic } = *evidence;
        let Moment { step, epoch, progress, rate } = moment;
        let normalizers = self.normalizer.divisors(losses);
        let inverse = normalizers.map(f32::recip);
        let signals = TaskSignals {
            step,
            progress,
            epoch,
            losses,
            normalized: [losses[0] * inverse[0], losses[1] * inverse[1]],
            gramian: shared.unwrap_or_default().scaled(inverse),
            validation: validation.map(|figures| ValidationSignals {
                losses: [figures.losses[0] * inverse[0], figures.losses[1] * inverse[1]],
                products: [0, 1].map(|i| [0, 1].map(|j| figures.products[i][j] * inverse[i] * inverse[j])),
                learning_rate: rate,
            }),
            epistemic: epistemic.map(|variance| [variance[0] * inverse[0], variance[1] * inverse[1]]),
        };
        let weights = self.weighting.weights(&signals);
        let coefficients = [weights[0] * inverse[0], weights[1] * inverse[1]];
        StepFigures { losses, normalizers, weights, shared, clip_factor: 1.0, coefficients }
    }
}

impl StepFigures {
    /// Scale the coefficients so that the combined gradient, whose norm this is, becomes no longer than the limit; zero
    /// is no limit.
    #[must_use]
    pub fn clipped(mut self, norm: f32, limit: f32) -> Self {
        if limit > 0.0 && norm > limit {
            self.clip_factor = limit / norm;
            self.coefficients = self.coefficients.map(|coefficient| coefficient * self.clip_factor);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Normalization;
    use crate::weighting::WeightingConfig;

    const GRAMIAN: Gramian = Gramian { rul: 9.0, cross: 0.0, health: 16.0 };

    fn evidence(losses: [f32; 2]) -> Evidence {
        Evidence { losses, shared: Some(GRAMIAN), ..Evidence::default() }
    }

    fn member(lambda_rul: f32, normalization: Normalization) -> Member {
        let weighting = WeightingConfig::Fixed { lambda_rul };
        Member::new(&MemberConfig { weighting, normalization, ..MemberConfig::default() }).unwrap()
    }

    #[test]
    fn coefficients_are_weights_over_normalizers() {
        let figures = member(0.25, Normalization::Batch).decide(Moment::default(), &evidence([0.5, 3.0]));
        assert!((figures.coefficients[0] - 0.5).abs() < 1e-5);
        assert!((figures.coefficients[1] - 0.25).abs() < 1e-5);
    }

    #[test]
    fn clipping_brings_the_combined_norm_to_the_limit() {
        let figures = member(0.5, Normalization::None).decide(Moment::default(), &evidence([1.0, 1.0]));
        let figures = figures.clipped(GRAMIAN.norm_of_sum(figures.coefficients), 1.0);
        // ‖½ (3, 4)‖ = 2.5
        assert!((figures.clip_factor - 0.4).abs() < 1e-6);
        assert!((GRAMIAN.norm_of_sum(figures.coefficients) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn changing_how_it_evolves_keeps_what_was_found() {
        let evolution = |key, value| {
            let mut weighting = WeightingConfig::from_name("evolution").unwrap();
            weighting.set(key, value).unwrap();
            MemberConfig { weighting, ..MemberConfig::default() }
        };
        let mut member = Member::new(&evolution("seed", "0")).unwrap();
        member.genome().unwrap().inherit(0.8);
        member.configure(&evolution("perturbation", "0.2")).unwrap();
        assert!((member.genome().unwrap().lambda_rul() - 0.8).abs() < 1e-6);
        member.configure(&evolution("max", "0.6")).unwrap();
        assert!((member.genome().unwrap().lambda_rul() - 0.6).abs() < 1e-6);
    }

    #[test]
    fn changing_lambda_keeps_the_moving_average() {
        let mut member = member(0.5, Normalization::Amnl { beta: 0.5 });
        member.decide(Moment::default(), &evidence([4.0, 4.0]));
        let mut config = member.config().clone();
        config.weighting = WeightingConfig::Fixed { lambda_rul: 0.9 };
        member.configure(&config).unwrap();
        let figures = member.decide(Moment { step: 1, ..Moment::default() }, &evidence([1.0, 1.0]));
        assert!((figures.normalizers[0] - 2.0).abs() < 1e-5, "{figures:?}");
        assert!((figures.weights[0] - 0.9).abs() < 1e-6);
    }
}
