//! All that a trainer asks of a device: one set of calls, whichever device the members are on.

use super::pass::{Ask, Found, Kept, Step};
use super::{Batch, Device, TrainError, cpu};
use crate::loss::TwoTaskLoss;
use crate::model::{Network, Windows};

#[cfg(feature = "webgpu")]
use super::gpu;

/// The members' parameters and optimizer state, and what changes them.
pub(super) enum Compute {
    Cpu(cpu::Compute),
    #[cfg(feature = "webgpu")]
    Gpu(Box<gpu::Compute>),
}

/// The same call on either device.
macro_rules! on_device {
    ($compute:expr, $device:ident => $call:expr) => {
        match $compute {
            Compute::Cpu($device) => $call,
            #[cfg(feature = "webgpu")]
            Compute::Gpu($device) => $call,
        }
    };
}

/// What can fail fails because the device does; nothing has changed then.
impl Compute {
    /// Members with these parameters, `[members, parameters]`, the optimizer at rest.
    pub fn new(parameters: Vec<f32>, members: usize, device: &Device) -> Self {
        match device {
            Device::Cpu => Self::Cpu(cpu::Compute::new(parameters, members)),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => Self::Gpu(Box::new(gpu::Compute::new(&parameters, members, gpu))),
        }
    }

    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        on_device!(self, device => device.parameters().await)
    }

    pub fn set_parameters(&mut self, values: Vec<f32>) {
        on_device!(self, device => device.set_parameters(values));
    }

    /// Parameters and moments, to be put away.
    pub async fn kept(&self) -> Result<Kept, TrainError> {
        on_device!(self, device => device.kept().await)
    }

    /// Take parameters and moments up again.
    pub fn keep(&mut self, kept: Kept) {
        on_device!(self, device => device.keep(kept));
    }

    /// Append a copy of a member: parameters and moments.
    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        on_device!(self, device => device.fork(member).await)
    }

    /// Make one member another one's copy: parameters and moments.
    pub async fn copy(&mut self, from: usize, to: usize) -> Result<(), TrainError> {
        on_device!(self, device => device.copy(from, to).await)
    }

    /// Take the gradients that are asked for, one entry a member, and keep them until the update. A member of which
    /// nothing is asked has none.
    pub async fn gradients<D: FnOnce([f32; 2]) -> [f32; 2] + Send>(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        asked: Vec<Option<Ask<D>>>,
    ) -> Result<Vec<Option<Found>>, TrainError> {
        on_device!(self, device => device.gradients(network, batch, loss, asked).await)
    }

    /// The gradients that are kept, `[members, 2, parameters]`; only those of members that were distinguished mean
    /// something.
    pub async fn task_gradients(&self) -> Result<Vec<f32>, TrainError> {
        on_device!(self, device => device.task_gradients().await)
    }

    /// Adam's pass along the gradients that are kept, one entry a member. One without a step stays as it is, to the bit.
    pub fn update(&mut self, steps: &[Option<Step>]) {
        on_device!(self, device => device.update(steps));
    }

    /// Every member's latents, `[members, batch, hidden]`.
    pub async fn latents(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        on_device!(self, device => device.latents(network, windows).await)
    }

    /// Every member's outputs, `[members, batch, 1 + classes]`.
    pub async fn predict(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        on_device!(self, device => device.predict(network, windows).await)
    }
}
