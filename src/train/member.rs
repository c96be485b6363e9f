//! What a member decides at each step: from losses and gradients to two coefficients.

use super::divergence::Obstacle;
use super::early_stopping::{EarlyStopping, Verdict};
use super::pass::{Factors, Found, Step};
use super::{Adam, Divergence, Gramian, MemberConfig, MemberState, Recipe};
use crate::ConfigError;
use crate::loss::{Emphasis, Normalizer};
use crate::parameter::Parameters;
use crate::weighting::{EpochMetrics, Genome, Needs, TaskSignals, ValidationSignals, Weighting};

/// One member's strategy, normalizer, early stopping and place in its optimizer's schedule.
#[derive(Clone)]
pub struct Member {
    config: MemberConfig,
    pub(super) decider: Decider,
    /// As it was before the latest decision, until the step is taken or given up.
    before: Option<Decider>,
    pub(super) stopping: EarlyStopping,
    pub(super) adam: Adam,
    /// No parameter is larger; see [`Constants::bounds`](super::adam::Constants::bounds).
    pub(super) largest: f64,
    /// The step that could not be taken, and why.
    pub(super) diverged: Option<(u32, Divergence)>,
}

/// What decides on a member's weights.
#[derive(Clone)]
pub(super) struct Decider {
    pub weighting: Box<dyn Weighting>,
    pub normalizer: Normalizer,
}

/// Where a run stands, and what a step knows beyond its losses and gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepContext {
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
    /// Inner products of `∇L_i` over the shared parameters, where the tasks' gradients were distinguished.
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
    /// Inner products of `∇L_i` over the shared parameters, where the tasks' gradients were distinguished.
    pub shared: Option<Gramian>,
    /// The factor by which clipping scaled the combined gradient.
    pub clip_factor: f32,
    /// What each task's gradient is multiplied by: `clip · λ_i / N_i`.
    pub coefficients: [f32; 2],
}

/// What is no figure: of a member that takes no step.
const NOTHING: [f32; 2] = [f32::NAN; 2];

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
            decider: Decider { weighting: config.weighting.build()?, normalizer: config.normalization.build()? },
            before: None,
            stopping: EarlyStopping::new(&config.regularization),
            adam: Adam::default(),
            largest: 0.0,
            diverged: None,
        })
    }

    /// Its configuration.
    #[must_use]
    pub const fn config(&self) -> &MemberConfig {
        &self.config
    }

    /// Change its configuration; what did not change keeps its state. A member that diverged goes on from its last good
    /// state where something did change.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused, and the member stays as it was.
    pub fn configure(&mut self, config: &MemberConfig) -> Result<(), ConfigError> {
        self.adopt(Self::new(config)?);
        Ok(())
    }

    /// As [`Member::configure`], with a member that was built of the configuration.
    pub(super) fn adopt(&mut self, next: Self) {
        if next.config == self.config {
            return;
        }
        self.revive();
        if next.config.weighting != self.config.weighting {
            let evolved = self.genome().cloned();
            self.decider.weighting = next.decider.weighting;
            if let (Some(evolved), Some(genome)) = (evolved, self.genome()) {
                genome.carry_over(&evolved);
            }
        }
        if next.config.normalization != self.config.normalization {
            self.decider.normalizer = next.decider.normalizer;
        }
        self.stopping.configure(&next.config.regularization);
        self.config = next.config;
    }

    /// Let it go on from its last good state, if it diverged.
    pub fn revive(&mut self) {
        self.diverged = None;
    }

    /// What its strategy reads beyond the losses.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.decider.weighting.needs()
    }

    /// What its strategy makes more of in the RUL loss.
    #[must_use]
    pub fn emphasis(&self) -> Emphasis {
        self.decider.weighting.emphasis()
    }

    /// What its strategy hands on, where it evolves.
    pub(super) fn genome(&mut self) -> Option<&mut Genome> {
        self.decider.weighting.genome()
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> MemberState {
        match (&self.diverged, self.stopping.stopped()) {
            (Some((step, cause)), _) => MemberState::Diverged { step: *step, cause: cause.clone() },
            (None, Some(epoch)) => MemberState::Stopped { epoch },
            (None, None) => MemberState::Training,
        }
    }

    /// Whether it has diverged, and takes no step.
    #[must_use]
    pub const fn has_diverged(&self) -> bool {
        self.diverged.is_some()
    }

    /// Whether nothing moves its parameters: early stopping holds them, or it has diverged.
    #[must_use]
    pub const fn stands_still(&self) -> bool {
        self.has_diverged() || self.stopping.is_stopped()
    }

    /// Tell its strategy and its early stopping what an epoch came to.
    pub(super) fn end_epoch(&mut self, metrics: &EpochMetrics) -> Verdict {
        self.decider.weighting.end_epoch(metrics);
        self.stopping.end_epoch(metrics)
    }

    /// Go on from another member's parameters and moments, and from its normalizer where both normalize alike.
    pub(super) fn succeed(&mut self, parent: &Self) {
        (self.adam, self.largest) = (parent.adam, parent.largest);
        if self.config.normalization == parent.config.normalization {
            self.decider.normalizer = parent.decider.normalizer.clone();
        }
    }

    /// The coefficients of this step, `λ_i / N_i`, and the figures on the way to them.
    ///
    /// Where the losses, or what the strategy would read, are not finite, it is not asked: the coefficients are not
    /// numbers then.
    pub fn decide(&mut self, context: StepContext, evidence: &Evidence) -> StepFigures {
        let Evidence { losses, shared, .. } = *evidence;
        let undecided = StepFigures { losses, shared, ..StepFigures::ABSENT };
        if !losses.iter().all(|loss| loss.is_finite()) {
            return undecided;
        }
        self.before = Some(self.decider.clone());
        let normalizers = self.decider.normalizer.divisors(losses);
        let inverse = normalizers.map(f32::recip);
        let signals = signals(context, evidence, inverse);
        if !signals.are_finite(self.needs()) {
            return StepFigures { normalizers, ..undecided };
        }
        let weights = self.decider.weighting.weights(&signals);
        let coefficients = [weights[0] * inverse[0], weights[1] * inverse[1]];
        StepFigures { losses, normalizers, weights, shared, clip_factor: 1.0, coefficients }
    }

    /// What it does about the gradients that were found: decide, where it has not yet, clip, and step. Without a step it
    /// has diverged, and is what it was before.
    pub(super) fn take(
        &mut self,
        figures: &mut StepFigures,
        found: Found,
        evidence: &Evidence,
        recipe: &Recipe<'_>,
    ) -> Option<Step> {
        let norm = match found {
            Found::Combined { norm } => norm,
            Found::Apart(tasks) => {
                let evidence = Evidence { losses: tasks.losses, shared: Some(tasks.shared), ..*evidence };
                *figures = self.decide(recipe.context, &evidence);
                tasks.norm_of_sum(figures.coefficients)
            }
        };
        let step = if let Some(obstacle) = Obstacle::among(figures, norm) {
            Err(obstacle)
        } else {
            *figures = figures.clipped(norm, recipe.optimizer.clip_norm);
            self.step(figures, norm, matches!(found, Found::Combined { .. }), recipe)
        };
        let before = self.before.take();
        step.map_err(|obstacle| {
            if let Some(before) = before {
                self.decider = before;
            }
            let step = recipe.context.step;
            self.diverged = Some((step, obstacle.cause(step, figures, &self.config, recipe)));
        })
        .ok()
    }

    fn step(
        &mut self,
        figures: &StepFigures,
        norm: f32,
        is_combined: bool,
        recipe: &Recipe<'_>,
    ) -> Result<Step, Obstacle> {
        let mut adam = self.adam;
        adam.advance();
        let constants = adam.constants(recipe.context.rate, recipe.optimizer, &self.config.regularization);
        let constants = if self.stopping.is_stopped() { constants.standing_still() } else { constants };
        let norm = norm * figures.clip_factor;
        let bounds = constants.bounds(self.largest, norm);
        Obstacle::beyond(bounds, norm).map_or(Ok(()), Err)?;
        (self.adam, self.largest) = (adam, bounds[0]);
        let factors =
            if is_combined { Factors::Combined(figures.clip_factor) } else { Factors::Apart(figures.coefficients) };
        Ok(Step { factors, constants })
    }
}

/// What a strategy sees, given what each loss is multiplied by.
fn signals(context: StepContext, evidence: &Evidence, inverse: [f32; 2]) -> TaskSignals {
    let Evidence { losses, shared, validation, epistemic } = *evidence;
    let StepContext { step, epoch, progress, rate } = context;
    TaskSignals {
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
        // What the members together cannot tell is unknown, and no fault of this one.
        epistemic: epistemic
            .map(|variance| [variance[0] * inverse[0], variance[1] * inverse[1]])
            .filter(|variance| variance.iter().all(|value| value.is_finite())),
    }
}

impl StepFigures {
    /// Of a member that takes no step.
    pub(super) const ABSENT: Self = Self {
        losses: NOTHING,
        normalizers: NOTHING,
        weights: NOTHING,
        shared: None,
        clip_factor: f32::NAN,
        coefficients: NOTHING,
    };

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
        let figures = member(0.25, Normalization::Batch).decide(StepContext::default(), &evidence([0.5, 3.0]));
        assert!((figures.coefficients[0] - 0.5).abs() < 1e-5);
        assert!((figures.coefficients[1] - 0.25).abs() < 1e-5);
    }

    #[test]
    fn clipping_brings_the_combined_norm_to_the_limit() {
        let figures = member(0.5, Normalization::None).decide(StepContext::default(), &evidence([1.0, 1.0]));
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
        member.decide(StepContext::default(), &evidence([4.0, 4.0]));
        let mut config = member.config().clone();
        config.weighting = WeightingConfig::Fixed { lambda_rul: 0.9 };
        member.configure(&config).unwrap();
        let figures = member.decide(StepContext { step: 1, ..StepContext::default() }, &evidence([1.0, 1.0]));
        assert!((figures.normalizers[0] - 2.0).abs() < 1e-5, "{figures:?}");
        assert!((figures.weights[0] - 0.9).abs() < 1e-6);
    }
}
