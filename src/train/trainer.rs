//! One training step: forward, both tasks' gradients, two coefficients a member, update.

use super::{Adam, Device, Gramian, Member, MemberConfig, OptimizerConfig, StepFigures, TrainError, cpu};
use crate::loss::{LossConfig, TARGET_COLUMNS};
use crate::model::{Network, Windows, of_member};

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
    /// Learning rate of this step.
    pub rate: f32,
    /// Share of the run that is done, in [0, 1].
    pub progress: f32,
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
    Gpu(gpu::Machine),
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
            Device::Gpu(gpu) => Machine::Gpu(gpu::Machine::new(&parameters, members.len(), gpu)),
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

    /// Train every member on the batch, each with its own weights.
    ///
    /// # Errors
    ///
    /// A device that fails, and a loss or a gradient that is not finite; the parameters are then as they were.
    pub async fn step(&mut self, batch: &Batch, recipe: Recipe<'_>) -> Result<Vec<StepFigures>, TrainError> {
        let decided = match (&mut self.machine, recipe.gradients) {
            (Machine::Cpu(machine), Gradients::Combined) => {
                let moment = (self.steps, recipe.progress);
                let mut decided = Vec::with_capacity(self.members.len());
                let members = &mut self.members;
                let norms = machine.combined_gradients(&self.network, batch, recipe.loss, |member, losses| {
                    let figures = members[member].decide(moment, losses, None);
                    decided.push(figures);
                    figures.coefficients
                });
                clipped(decided, &norms, self.steps, recipe.optimizer.clip_norm)?
            }
            _ => self.decide(batch, recipe).await?,
        };
        self.update(&decided, recipe);
        self.steps += 1;
        Ok(decided)
    }

    /// Both gradients of every member and what it makes of them.
    async fn decide(&mut self, batch: &Batch, recipe: Recipe<'_>) -> Result<Vec<StepFigures>, TrainError> {
        let figures = self.task_gradients(batch, recipe.loss).await?;
        let moment = (self.steps, recipe.progress);
        let mut norms = Vec::with_capacity(figures.len());
        let mut decided = Vec::with_capacity(figures.len());
        for (member, figures) in self.members.iter_mut().zip(&figures) {
            let all = figures.shared + figures.heads;
            let step = member.decide(moment, figures.losses, Some(figures.shared));
            // An infinite gradient must not vanish behind a coefficient of zero.
            norms.push(all.norm_of_sum(step.coefficients) + 0.0 * (all.rul + all.health));
            decided.push(step);
        }
        clipped(decided, &norms, self.steps, recipe.optimizer.clip_norm)
    }

    fn update(&mut self, decided: &[StepFigures], recipe: Recipe<'_>) {
        self.adam.advance();
        let constants = self.adam.constants(recipe.rate, recipe.optimizer);
        match &mut self.machine {
            Machine::Cpu(machine) => {
                let of_member = |figures: &StepFigures| match recipe.gradients {
                    Gradients::PerTask => figures.coefficients.to_vec(),
                    Gradients::Combined => vec![figures.clip_factor],
                };
                machine.update(&decided.iter().map(of_member).collect::<Vec<_>>(), &constants);
            }
            #[cfg(feature = "webgpu")]
            Machine::Gpu(machine) => machine.update(decided, &constants),
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
