//! One training step: forward, both tasks' gradients, two coefficients a member, update.

use super::machine::{Machine, Terms};
use super::{
    Adam, Batch, Device, Evidence, Gradients, Member, MemberConfig, Moment, Recipe, StepFigures, TaskFigures,
    TrainError, ValidationFigures, epistemic,
};
use crate::loss::TwoTaskLoss;
use crate::model::cpu::dot;
use crate::model::{Dropout, Network, Windows};
use crate::weighting::Needs;

/// The members and everything that changes them.
pub struct Trainer {
    pub(super) network: Network,
    pub(super) machine: Machine,
    adam: Adam,
    pub(super) members: Vec<Member>,
    steps: u32,
    /// Of the dropout masks, too.
    seed: u32,
}

impl Trainer {
    /// Members with these configurations, all at the same initial parameters drawn from the seed.
    ///
    /// # Errors
    ///
    /// A member whose configuration cannot be built is refused.
    pub fn new(network: Network, members: &[MemberConfig], seed: u32, device: &Device) -> Result<Self, TrainError> {
        let members = members.iter().map(Member::new).collect::<Result<Vec<_>, _>>()?;
        let parameters = network.initial(members.len(), seed);
        let machine = Machine::new(parameters, members.len(), device);
        Ok(Self { network, machine, adam: Adam::default(), members, steps: 0, seed })
    }

    /// Replace the parameters, `[members, parameters]` row by row.
    pub fn set_parameters(&mut self, values: Vec<f32>) {
        self.machine.set_parameters(values);
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members, to be configured.
    pub fn members_mut(&mut self) -> &mut [Member] {
        &mut self.members
    }

    /// Steps taken.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// The model.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Parameters and moments, where they are at hand.
    pub(super) fn kept(&self) -> Option<(&[f32], [&[f32]; 2])> {
        self.machine.cpu().map(|machine| (machine.parameters(), machine.moments()))
    }

    /// Take parameters and moments over, as they were after so many steps. Whether that was possible.
    pub(super) fn keep(&mut self, steps: u32, parameters: Vec<f32>, moments: [Vec<f32>; 2]) -> bool {
        let Some(machine) = self.machine.cpu_mut() else { return false };
        machine.set_parameters(parameters);
        machine.set_moments(moments);
        (self.steps, self.adam) = (steps, Adam::after(steps));
        true
    }

    /// Append a copy of a member: parameters, optimizer state, strategy and normalizer. Out-of-range indices are
    /// ignored.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        if let Some(original) = self.members.get(member).cloned() {
            self.machine.fork(&self.network, member).await?;
            self.members.push(original);
        }
        Ok(())
    }

    /// Both tasks' gradients of every member, `[members, 2, parameters]` row by row, and the figures of each. Nothing is
    /// left out of the latents.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn gradients(
        &mut self,
        batch: &Batch,
        loss: &TwoTaskLoss,
    ) -> Result<(Vec<f32>, Vec<TaskFigures>), TrainError> {
        let terms = self.terms(false);
        let figures = self.machine.task_gradients(&self.network, batch, loss, &terms).await?;
        Ok((self.machine.gradients().await?, figures))
    }

    /// What each member's pass and losses have of their own, in training or beside it.
    fn terms(&self, training: bool) -> Vec<Terms> {
        let of_member = |member: &Member| {
            let rate = if training { member.config().regularization.dropout } else { 0.0 };
            Terms { emphasis: member.emphasis(), dropout: Dropout::new(rate, self.seed, self.steps) }
        };
        self.members.iter().map(of_member).collect()
    }

    /// What the members' strategies read beyond the losses.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.members.iter().map(Member::needs).fold(Needs::NOTHING, Needs::or)
    }

    /// Train every member on the batch, each with its own weights. The held-out batch is for strategies that
    /// [need](Trainer::needs) its gradients.
    ///
    /// # Errors
    ///
    /// A device that fails, and a loss or a gradient that is not finite; the parameters are then as they were.
    pub async fn step(
        &mut self,
        batch: &Batch,
        held_out: Option<&Batch>,
        recipe: Recipe<'_>,
    ) -> Result<Vec<StepFigures>, TrainError> {
        self.settle_populations();
        let needs = self.needs();
        let terms = self.terms(true);
        let combined = recipe.gradients == Gradients::Combined && !needs.gramian && !needs.validation_gradient;
        let epistemic = if needs.epistemic { Some(self.epistemic(batch, recipe.loss).await?) } else { None };
        let moment = Moment { step: self.steps, ..recipe.moment };
        let (decided, coefficients): (Vec<StepFigures>, Vec<Vec<f32>>) = match self.machine.cpu_mut() {
            Some(machine) if combined => {
                let mut decided = vec![StepFigures::default(); self.members.len()];
                let deciders = self.members.iter_mut().zip(&mut decided).map(|(member, decided)| {
                    move |losses| {
                        *decided = member.decide(moment, &Evidence { losses, epistemic, ..Evidence::default() });
                        decided.coefficients
                    }
                });
                let norms = machine.combined_gradients(&self.network, batch, recipe.loss, &terms, deciders);
                let decided = clipped(decided, &norms, self.steps, recipe.optimizer.clip_norm)?;
                // The coefficients are in the gradient already.
                let coefficients = decided.iter().map(|figures| vec![figures.clip_factor]).collect();
                (decided, coefficients)
            }
            _ => {
                let held_out = held_out.filter(|_| needs.validation_gradient);
                let decided = self.decide((batch, &terms), held_out, epistemic, recipe).await?;
                let coefficients = decided.iter().map(|figures| figures.coefficients.to_vec()).collect();
                (decided, coefficients)
            }
        };
        self.update(&coefficients, recipe);
        self.steps += 1;
        Ok(decided)
    }

    /// Both gradients of every member and what it makes of them.
    async fn decide(
        &mut self,
        (batch, terms): (&Batch, &[Terms]),
        held_out: Option<&Batch>,
        epistemic: Option<[f32; 2]>,
        recipe: Recipe<'_>,
    ) -> Result<Vec<StepFigures>, TrainError> {
        let held_out = match held_out {
            Some(held_out) => Some(self.gradients(held_out, recipe.loss).await?),
            None => None,
        };
        let figures = self.machine.task_gradients(&self.network, batch, recipe.loss, terms).await?;
        let validation = match held_out {
            Some(held_out) => self.validation(&held_out, &self.machine.gradients().await?),
            None => vec![None; self.members.len()],
        };
        let moment = Moment { step: self.steps, ..recipe.moment };
        let mut norms = Vec::with_capacity(figures.len());
        let mut decided = Vec::with_capacity(figures.len());
        for ((member, figures), validation) in self.members.iter_mut().zip(&figures).zip(validation) {
            let all = figures.shared + figures.heads;
            let shared = Some(figures.shared);
            let step = member.decide(moment, &Evidence { losses: figures.losses, shared, validation, epistemic });
            // An infinite gradient must not vanish behind a coefficient of zero.
            norms.push(all.norm_of_sum(step.coefficients) + 0.0 * (all.rul + all.health));
            decided.push(step);
        }
        clipped(decided, &norms, self.steps, recipe.optimizer.clip_norm)
    }

    /// Inner products of each member's gradients on held-out windows with those on the batch.
    fn validation(
        &self,
        (held_out, figures): &(Vec<f32>, Vec<TaskFigures>),
        gradients: &[f32],
    ) -> Vec<Option<ValidationFigures>> {
        let (len, shared) = (self.network.layout().parameters(), self.network.layout().shared());
        let members = held_out.chunks_exact(2 * len).zip(gradients.chunks_exact(2 * len)).zip(figures);
        members
            .map(|((held_out, gradients), figures)| {
                let part = |values: &'_ [f32], task: usize| values[task * len..task * len + shared].to_vec();
                let products = [0, 1].map(|i| [0, 1].map(|j| dot(&part(held_out, i), &part(gradients, j))));
                Some(ValidationFigures { losses: figures.losses, products })
            })
            .collect()
    }

    /// How far models that the data allow differ on the batch, in units of each loss.
    async fn epistemic(&self, batch: &Batch, loss: &TwoTaskLoss) -> Result<[f32; 2], TrainError> {
        let latents = self.machine.latents(&self.network, &batch.windows).await?;
        let parameters = self.parameters().await?;
        Ok(epistemic::variances(&self.network, &parameters, &latents, loss.scale(), u64::from(self.steps)))
    }

    fn update(&mut self, coefficients: &[Vec<f32>], recipe: Recipe<'_>) {
        self.adam.advance();
        let of_member = |member: &Member| {
            let regularization = &member.config().regularization;
            let constants = self.adam.constants(recipe.moment.rate, recipe.optimizer, regularization);
            if member.is_stopped() { constants.standing_still() } else { constants }
        };
        let constants: Vec<_> = self.members.iter().map(of_member).collect();
        self.machine.update(coefficients, &constants);
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn predict(&self, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        self.machine.predict(&self.network, windows).await
    }

    /// The parameters of every member, `[members, parameters]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        self.machine.parameters().await
    }
}

/// All members' figures, clipped to the limit; or the first that is not a number any more.
fn clipped(decided: Vec<StepFigures>, norms: &[f32], step: u32, limit: f32) -> Result<Vec<StepFigures>, TrainError> {
    let members = decided.into_iter().zip(norms).enumerate();
    members
        .map(|(member, (figures, norm))| {
            let [rul, health] = figures.losses;
            let named = [("the RUL loss", rul), ("the health loss", health), ("the gradient", *norm)];
            match named.into_iter().find(|(_, value)| !value.is_finite()) {
                Some((what, found)) => Err(TrainError::Diverged { step, member, what, found }),
                None => Ok(figures.clipped(*norm, limit)),
            }
        })
        .collect()
}
