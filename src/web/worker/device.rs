//! The device that a worker computes on, and whether it can be trusted.

use crate::session::BackendKind;
use crate::train::Device;

/// The device for this backend and why it is the one, or why there is none.
#[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "WebGPU is prepared asynchronously"))]
pub async fn prepare(kind: BackendKind) -> Result<(Device, String), String> {
    match kind {
        BackendKind::Cpu => Ok((Device::Cpu, String::new())),
        #[cfg(feature = "webgpu")]
        BackendKind::WebGpu => webgpu::prepare().await,
        #[cfg(not(feature = "webgpu"))]
        BackendKind::WebGpu => Err("this worker was built without WebGPU".to_owned()),
    }
}

#[cfg(feature = "webgpu")]
mod webgpu {
    //! A shader that does not compile is only logged, and every figure is wrong from there on. So WebGPU takes the same
    //! few steps as the CPU before it may serve.

    use crate::data::{Catalog, DataConfig, Origin};
    use crate::session::{Command, Event, Phase, RunConfig, Session, StepRecord};
    use crate::train::Device;

    /// Steps of the comparison: the second one sees what the first one's backward pass and optimizer did.
    const STEPS: u32 = 2;

    /// Largest difference of a figure, relative to its size: single precision summed in another order.
    const TOLERANCE: f32 = 1e-2;

    pub async fn prepare() -> Result<(Device, String), String> {
        let device = Device::gpu().await?;
        let expected = figures(Device::Cpu).await?;
        let found = figures(device.clone()).await?;
        let apart = expected
            .iter()
            .zip(&found)
            .map(|(e, f)| (e - f).abs() / e.abs().max(0.1))
            .fold(0.0, |most: f32, next| if next.is_nan() { next } else { most.max(next) });
        if expected.len() != found.len() || apart.is_nan() || apart > TOLERANCE {
            return Err(format!("WebGPU computes other figures than the CPU here (they differ by {apart:.1e})"));
        }
        Ok((device, "checked against the CPU".to_owned()))
    }

    async fn figures(device: Device) -> Result<Vec<f32>, String> {
        let data = DataConfig { origin: Some(Origin::Emulated), stride: 20, ..DataConfig::default() };
        let config = RunConfig { data, batch_size: 8, ..RunConfig::default() };
        let mut session = Session::new(device, Catalog::default());
        let mut events = session.apply(Command::Start { config }).await;
        events.extend(session.apply(Command::Step { count: STEPS }).await);
        while session.phase() == Phase::Training {
            events.extend(session.advance().await);
        }
        let mut figures = Vec::new();
        for event in events {
            match event {
                Event::Steps { steps } => figures.extend(steps.iter().flat_map(of_step)),
                Event::Failed { message } | Event::Refused { why: message, .. } => return Err(message),
                _ => {}
            }
        }
        Ok(figures)
    }

    fn of_step(step: &StepRecord) -> Vec<f32> {
        step.members
            .iter()
            .flat_map(|member| [member.losses, member.gradient_norms, [member.cosine, member.clip_factor]])
            .flatten()
            .collect()
    }
}
