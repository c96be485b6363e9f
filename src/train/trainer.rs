//! One training step: forward, both tasks' gradients, two coefficients a member, update.

use super::compute::Compute;
use super::pass::{Ask, Found, Step, Terms};
use super::{
    Batch, Device, Evidence, Gradients, Member, MemberConfig, Recipe, StepContext, StepFigures, TaskFigures,
    TrainError, ValidationFigures, epistemic,
};
use crate::ConfigError;
use crate::loss::TwoTaskLoss;
#[cfg(feature = "webgpu")]
use crate::model::Encoder;
use crate::model::cpu::dot;
use crate::model::{Draw, Dropout, Network, Windows};
use crate::weighting::Needs;

/// The members and everything that changes them.
pub struct Trainer {
    pub(super) network: Network,
    pub(super) compute: Compute,
    pub(super) members: Vec<Member>,
    pub(super) steps: u32,
    /// Of the masks of dropout.
    seed: u32,
}

impl Trainer {
    /// Members with these configurations, all at the same initial parameters drawn from the seed.
    ///
    /// # Errors
    ///
    /// A member whose configuration cannot be built is refused, and so is an encoder that this program cannot compute.
    pub fn new(network: Network, members: &[MemberConfig], seed: u32, device: &Device) -> Result<Self, TrainError> {
        network.check()?;
        #[cfg(feature = "webgpu")]
        if matches!((network.encoder(), device), (Encoder::Open(_), Device::Gpu(_))) {
            return Err(ConfigError::new("backend", "cpu for an encoder that burn computes", "webgpu").into());
        }
        let mut members = members.iter().map(Member::new).collect::<Result<Vec<_>, _>>()?;
        let parameters = network.initial(members.len(), seed);
        bound(&mut members, &parameters);
        let compute = Compute::new(parameters, members.len(), device);
        Ok(Self { network, compute, members, steps: 0, seed })
    }

    /// Replace the parameters, `[members, parameters]` row by row.
    pub fn set_parameters(&mut self, values: Vec<f32>) {
        bound(&mut self.members, &values);
        self.compute.set_parameters(values);
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Change the members' configurations, one entry a member; see [`Member::configure`].
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused, and every member stays as it was.
    pub fn configure(&mut self, members: &[MemberConfig]) -> Result<(), ConfigError> {
        let next = members.iter().map(Member::new).collect::<Result<Vec<_>, _>>()?;
        self.members.iter_mut().zip(next).for_each(|(member, next)| member.adopt(next));
        Ok(())
    }

    /// Let members that have diverged go on from their last good state: what all members share has changed.
    pub fn revive(&mut self) {
        self.members.iter_mut().for_each(Member::revive);
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

    /// Append a copy of a member: parameters, optimizer state, strategy and normalizer. Out-of-range indices are
    /// ignored.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        if let Some(original) = self.members.get(member).cloned() {
            self.compute.fork(member).await?;
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
        let ask = |member| Some(Ask { terms: self.terms(member, false), decide: NO_DECISION });
        let asked = self.members.iter().map(ask).collect();
        let found = self.compute.gradients(&self.network, batch, loss, asked).await?;
        let figures = found.into_iter().map(|found| match found {
            Some(Found::Apart(figures)) => figures,
            _ => TaskFigures::default(),
        });
        let figures = figures.collect();
        Ok((self.compute.task_gradients().await?, figures))
    }

    /// What a member's pass and losses have of their own, in training or beside it.
    pub(super) fn terms(&self, member: &Member, training: bool) -> Terms {
        let rate = if training { member.config().regularization.dropout } else { 0.0 };
        let draw = Draw { seed: self.seed, step: self.steps };
        Terms { emphasis: member.emphasis(), dropout: Dropout::new(rate, draw), draw: training.then_some(draw) }
    }

    /// What the strategies read beyond the losses, of the members that take steps.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let training = self.members.iter().filter(|member| !member.has_diverged());
        training.map(Member::needs).fold(Needs::NOTHING, Needs::or)
    }

    /// Train every member on the batch, each with its own weights. The held-out batch is for strategies that
    /// [need](Trainer::needs) its gradients.
    ///
    /// A member with a loss or a gradient that is not finite [diverges](super::MemberState::Diverged): it stays as it was,
    /// and the others are trained as if it were not there. Its figures of this step are what was found, and later ones
    /// are not numbers.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn step(
        &mut self,
        batch: &Batch,
        held_out: Option<&Batch>,
        recipe: Recipe<'_>,
    ) -> Result<Vec<StepFigures>, TrainError> {
        self.settle_populations();
        let needs = self.needs();
        let epistemic = if needs.epistemic { self.epistemic(batch, recipe.loss).await? } else { None };
        let held_out = match held_out.filter(|_| needs.validation_gradient) {
            Some(held_out) => Some(self.gradients(held_out, recipe.loss).await?),
            None => None,
        };
        let recipe = Recipe { context: StepContext { step: self.steps, ..recipe.context }, ..recipe };
        let terms: Vec<Terms> = self.members.iter().map(|member| self.terms(member, true)).collect();
        let mut figures = vec![StepFigures::ABSENT; self.members.len()];
        let asked = self.members.iter_mut().zip(&mut figures).zip(terms).map(|((member, figures), terms)| {
            let needs = member.needs();
            let told_apart = recipe.gradients == Gradients::PerTask || needs.gramian || needs.validation_gradient;
            let is_asked = !member.has_diverged();
            let decide = move |losses| {
                *figures = member.decide(recipe.context, &Evidence { losses, epistemic, ..Evidence::default() });
                figures.coefficients
            };
            is_asked.then(|| Ask { terms, decide: (!told_apart).then_some(decide) })
        });
        let asked = asked.collect();
        let found = self.compute.gradients(&self.network, batch, recipe.loss, asked).await?;
        let validation = match held_out {
            Some(held_out) => self.validation(&held_out, &self.compute.task_gradients().await?),
            None => vec![None; self.members.len()],
        };
        let members = self.members.iter_mut().zip(&mut figures).zip(found).zip(validation);
        let steps: Vec<Option<Step>> = members
            .map(|(((member, figures), found), validation)| {
                member.take(figures, found?, &Evidence { validation, epistemic, ..Evidence::default() }, &recipe)
            })
            .collect();
        self.compute.update(&steps);
        self.steps += 1;
        Ok(figures)
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
                let part = |task: usize| task * len..task * len + shared;
                let products = [0, 1].map(|i| [0, 1].map(|j| dot(&held_out[part(i)], &gradients[part(j)])));
                Some(ValidationFigures { losses: figures.losses, products })
            })
            .collect()
    }

    /// How far models that the data allow differ on the batch, in units of each loss: the members that take steps, or
    /// one of them with parts of its latents left out.
    async fn epistemic(&self, batch: &Batch, loss: &TwoTaskLoss) -> Result<Option<[f32; 2]>, TrainError> {
        let (latents, parameters) =
            (self.compute.latents(&self.network, &batch.windows).await?, self.parameters().await?);
        let rows = parameters.chunks_exact(self.network.layout().parameters());
        let latents = latents.chunks_exact((latents.len() / self.members.len().max(1)).max(1));
        let members = self.members.iter().zip(rows.zip(latents)).filter(|(member, _)| !member.has_diverged());
        let models: Vec<(&[f32], &[f32])> = members.map(|(_, model)| model).collect();
        let seed = u64::from(self.seed) << 32 | u64::from(self.steps);
        let variances = epistemic::variances(&self.network, &models, loss.scale(), seed);
        Ok(Some(variances).filter(|variances| variances.iter().all(|variance| variance.is_finite())))
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn predict(&self, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        self.compute.predict(&self.network, windows).await
    }

    /// The parameters of every member, `[members, parameters]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        self.compute.parameters().await
    }
}

/// Note how large each member's parameters are.
fn bound(members: &mut [Member], parameters: &[f32]) {
    let each = (parameters.len() / members.len().max(1)).max(1);
    for (member, row) in members.iter_mut().zip(parameters.chunks_exact(each)) {
        member.largest = largest(row);
    }
}

/// The largest size of a number among these.
pub(super) fn largest(values: &[f32]) -> f64 {
    values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs())).into()
}

/// Both gradients are asked for: there is nothing to decide before they are found.
pub(super) const NO_DECISION: Option<fn([f32; 2]) -> [f32; 2]> = None;
