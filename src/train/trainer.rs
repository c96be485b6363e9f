//! One training step: forward, both tasks' gradients, two coefficients a member, update.

use super::{
    Adam, Device, Evidence, Gramian, Member, MemberConfig, Moment, OptimizerConfig, StepFigures, TrainError,
    ValidationFigures, cpu, epistemic,
};
use crate::loss::{LossConfig, TARGET_COLUMNS};
use crate::model::cpu::dot;
use crate::model::{Network, Windows, of_member};
use crate::weighting::Needs;

#[cfg(feature = "webgpu")]
use super::gpu;

/// What a step is trained on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The windows.
    pub windows: Windows,
    /// The target rows of [`LossConfig::targets`], `[sets, batch, 5]`, with one set for all members or one for each.
    pub targets: Vec<f32>,
}

impl Batch {
    /// A member's target rows.
    #[must_use]
    pub fn targets_of(&self, member: usize) -> &[f32] {
        of_member(&self.targets, self.windows.batch * TARGET_COLUMNS, member)
    }
}

/// Which gradients a step takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gradients {
    /// Each task's own: their norms and cosine are known.
    #[default]
    PerTask,
    /// The weighted sum's alone: one way back instead of two. On a GPU the tasks are told apart all the same.
    Combined,
}

/// How a step is taken.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// The losses.
    pub loss: &'a LossConfig,
    /// The optimizer.
    pub optimizer: &'a OptimizerConfig,
    /// Which gradients.
    pub gradients: Gradients,
    /// Where the run stands; the trainer counts its steps itself.
    pub moment: Moment,
}

/// One member's losses and the inner products of its two gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskFigures {
    /// The losses.
    pub losses: [f32; 2],
    /// Over the encoder's parameters.
    pub shared: Gramian,
    /// Over the heads' parameters.
    pub heads: Gramian,
}

/// The members' parameters and what changes them, on their device.
enum Machine {
    Cpu(cpu::Machine),
    #[cfg(feature = "webgpu")]
    Gpu(Box<gpu::Machine>),
}

impl Machine {
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unnecessary_wraps, reason = "it may be a GPU"))]
    const fn cpu(&mut self) -> Option<&mut cpu::Machine> {
        match self {
            Self::Cpu(machine) => Some(machine),
            #[cfg(feature = "webgpu")]
            Self::Gpu(_) => None,
        }
    }
}

/// The members and everything that changes them.
pub struct Trainer {
    network: Network,
    machine: Machine,
    adam: Adam,
    members: Vec<Member>,
    steps: u32,
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
        let machine = match device {
            Device::Cpu => Machine::Cpu(cpu::Machine::new(parameters)),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => Machine::Gpu(Box::new(gpu::Machine::new(&parameters, members.len(), gpu))),
        };
        Ok(Self { network, machine, adam: Adam::default(), members, steps: 0 })
    }

    /// Replace the parameters, `[members, parameters]` row by row.
    pub fn set_parameters(&mut self, values: Vec<f32>) {
        match &mut self.machine {
            Machine::Cpu(machine) => machine.set_parameters(values),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.set_parameters(&values),
        }
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
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unnecessary_wraps, reason = "it may be a GPU"))]
    pub(super) fn kept(&self) -> Option<(&[f32], [&[f32]; 2])> {
        match &self.machine {
            Machine::Cpu(machine) => Some((machine.parameters(), machine.moments())),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(_) => None,
        }
    }

    /// Take parameters and moments over, as they were after so many steps. Whether that was possible.
    pub(super) fn keep(&mut self, steps: u32, parameters: Vec<f32>, moments: [Vec<f32>; 2]) -> bool {
        let Some(machine) = self.machine.cpu() else { return false };
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
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "a GPU is waited for"))]
    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        if let Some(original) = self.members.get(member).cloned() {
            match &mut self.machine {
                Machine::Cpu(machine) => machine.fork(member, self.network.layout().parameters()),
                #[cfg(feature = "webgpu")]
                Machine::Gpu(machine) => machine.fork(member).await?,
            }
            self.members.push(original);
        }
        Ok(())
    }

    /// Both tasks' gradients of every member, `[members, 2, parameters]` row by row, and the figures of each.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn gradients(
        &mut self,
        batch: &Batch,
        loss: &LossConfig,
    ) -> Result<(Vec<f32>, Vec<TaskFigures>), TrainError> {
        let figures = self.task_gradients(batch, loss).await?;
        let gradients = match &self.machine {
            Machine::Cpu(machine) => machine.gradients().to_vec(),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.gradients().await?,
        };
        Ok((gradients, figures))
    }

    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "a GPU is waited for"))]
    async fn task_gradients(&mut self, batch: &Batch, loss: &LossConfig) -> Result<Vec<TaskFigures>, TrainError> {
        match &mut self.machine {
            Machine::Cpu(machine) => Ok(machine.task_gradients(&self.network, batch, loss)),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.task_gradients(&self.network, batch, loss).await,
        }
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
        let needs = self.needs();
        let combined = recipe.gradients == Gradients::Combined && !needs.gramian && !needs.validation_gradient;
        let epistemic = if needs.epistemic { Some(self.epistemic(batch, recipe.loss).await?) } else { None };
        let moment = Moment { step: self.steps, ..recipe.moment };
        let (decided, coefficients): (Vec<StepFigures>, Vec<Vec<f32>>) = match self.machine.cpu() {
            Some(machine) if combined => {
                let mut decided = vec![StepFigures::default(); self.members.len()];
                let deciders = self.members.iter_mut().zip(&mut decided).map(|(member, decided)| {
                    move |losses| {
                        *decided = member.decide(moment, &Evidence { losses, epistemic, ..Evidence::default() });
                        decided.coefficients
                    }
                });
                let norms = machine.combined_gradients(&self.network, batch, recipe.loss, deciders);
                let decided = clipped(decided, &norms, self.steps, recipe.optimizer.clip_norm)?;
                // The coefficients are in the gradient already.
                let coefficients = decided.iter().map(|figures| vec![figures.clip_factor]).collect();
                (decided, coefficients)
            }
            _ => {
                let decided =
                    self.decide(batch, held_out.filter(|_| needs.validation_gradient), epistemic, recipe).await?;
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
        batch: &Batch,
        held_out: Option<&Batch>,
        epistemic: Option<[f32; 2]>,
        recipe: Recipe<'_>,
    ) -> Result<Vec<StepFigures>, TrainError> {
        let held_out = match held_out {
            Some(held_out) => Some(self.gradients(held_out, recipe.loss).await?),
            None => None,
        };
        let (figures, validation) = match held_out {
            Some(held_out) => {
                let (gradients, figures) = self.gradients(batch, recipe.loss).await?;
                let validation = self.validation(&held_out, &gradients);
                (figures, validation)
            }
            None => (self.task_gradients(batch, recipe.loss).await?, vec![None; self.members.len()]),
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
    async fn epistemic(&self, batch: &Batch, loss: &LossConfig) -> Result<[f32; 2], TrainError> {
        let latents = match &self.machine {
            Machine::Cpu(machine) => machine.latents(&self.network, &batch.windows),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.latents(&self.network, &batch.windows).await?,
        };
        let parameters = self.parameters().await?;
        Ok(epistemic::variances(&self.network, &parameters, &latents, loss.scale(), u64::from(self.steps)))
    }

    fn update(&mut self, coefficients: &[Vec<f32>], recipe: Recipe<'_>) {
        self.adam.advance();
        let constants = self.adam.constants(recipe.moment.rate, recipe.optimizer);
        match &mut self.machine {
            Machine::Cpu(machine) => machine.update(coefficients, &constants),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.update(coefficients, &constants),
        }
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "a GPU is waited for"))]
    pub async fn predict(&self, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        match &self.machine {
            Machine::Cpu(machine) => Ok(machine.predict(&self.network, windows)),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.predict(&self.network, windows).await,
        }
    }

    /// The parameters of every member, `[members, parameters]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "a GPU is waited for"))]
    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        match &self.machine {
            Machine::Cpu(machine) => Ok(machine.parameters().to_vec()),
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.parameters().await,
        }
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
