//! The members' parameters and what changes them, on whichever device they are.

use super::adam::Constants;
use super::{Batch, Device, Gramian, TrainError, cpu};
use crate::loss::{Emphasis, TwoTaskLoss};
use crate::model::{Dropout, Network, Windows};

#[cfg(feature = "webgpu")]
use super::gpu;

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

/// What a member's forward pass and losses have of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub emphasis: Emphasis,
    /// What this pass leaves out of the latents.
    pub dropout: Option<Dropout>,
}

/// The members' parameters and what changes them, on their device.
pub(super) enum Machine {
    Cpu(cpu::Machine),
    #[cfg(feature = "webgpu")]
    Gpu(Box<gpu::Machine>),
}

#[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "a GPU is waited for"))]
impl Machine {
    /// Members with these parameters, `[members, parameters]`, the optimizer at rest.
    pub fn new(parameters: Vec<f32>, members: usize, device: &Device) -> Self {
        // The CPU counts its members by their parameters.
        let _ = members;
        match device {
            Device::Cpu => Self::Cpu(cpu::Machine::new(parameters)),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => Self::Gpu(Box::new(gpu::Machine::new(&parameters, members, gpu))),
        }
    }

    /// The slices themselves, where the members are on the CPU.
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unnecessary_wraps, reason = "it may be a GPU"))]
    pub const fn cpu(&self) -> Option<&cpu::Machine> {
        match self {
            Self::Cpu(machine) => Some(machine),
            #[cfg(feature = "webgpu")]
            Self::Gpu(_) => None,
        }
    }

    /// As [`Machine::cpu`], to be changed.
    #[cfg_attr(not(feature = "webgpu"), expect(clippy::unnecessary_wraps, reason = "it may be a GPU"))]
    pub const fn cpu_mut(&mut self) -> Option<&mut cpu::Machine> {
        match self {
            Self::Cpu(machine) => Some(machine),
            #[cfg(feature = "webgpu")]
            Self::Gpu(_) => None,
        }
    }

    pub fn set_parameters(&mut self, values: Vec<f32>) {
        match self {
            Self::Cpu(machine) => machine.set_parameters(values),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.set_parameters(&values),
        }
    }

    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        match self {
            Self::Cpu(machine) => Ok(machine.parameters().to_vec()),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.parameters().await,
        }
    }

    /// The gradients that the last way back left, `[members, 2, parameters]`.
    pub async fn gradients(&self) -> Result<Vec<f32>, TrainError> {
        match self {
            Self::Cpu(machine) => Ok(machine.gradients().to_vec()),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.gradients().await,
        }
    }

    /// Append a copy of a member: parameters and optimizer state.
    pub async fn fork(&mut self, network: &Network, member: usize) -> Result<(), TrainError> {
        match self {
            Self::Cpu(machine) => machine.fork(member, network.layout().parameters()),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.fork(member).await?,
        }
        Ok(())
    }

    /// Make one member another one's copy.
    pub async fn copy(&mut self, network: &Network, from: usize, to: usize) -> Result<(), TrainError> {
        match self {
            Self::Cpu(machine) => machine.copy(from, to, network.layout().parameters()),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.copy(from, to).await?,
        }
        Ok(())
    }

    /// Both tasks' gradients of every member, kept until the update; losses and inner products are told.
    pub async fn task_gradients(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        terms: &[Terms],
    ) -> Result<Vec<TaskFigures>, TrainError> {
        match self {
            Self::Cpu(machine) => Ok(machine.task_gradients(network, batch, loss, terms)),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.task_gradients(network, batch, loss, terms).await,
        }
    }

    /// Adam's pass over everything, with each member's coefficients of its gradients.
    pub fn update(&mut self, coefficients: &[Vec<f32>], constants: &[Constants]) {
        match self {
            Self::Cpu(machine) => machine.update(coefficients, constants),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.update(coefficients, constants),
        }
    }

    /// Every member's latents, `[members, batch, hidden]`.
    pub async fn latents(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        match self {
            Self::Cpu(machine) => Ok(machine.latents(network, windows)),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.latents(network, windows).await,
        }
    }

    /// Every member's outputs, `[members, batch, 1 + classes]`.
    pub async fn predict(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        match self {
            Self::Cpu(machine) => Ok(machine.predict(network, windows)),
            #[cfg(feature = "webgpu")]
            Self::Gpu(machine) => machine.predict(network, windows).await,
        }
    }
}
