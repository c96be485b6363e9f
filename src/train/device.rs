//! What computes.

use std::fmt;

/// The device that a trainer computes on.
#[derive(Clone, Default)]
pub enum Device {
    /// This machine's processor.
    #[default]
    Cpu,
    /// A graphics processor, through WebGPU.
    #[cfg(feature = "webgpu")]
    Gpu(crate::model::gpu::Gpu),
}

impl fmt::Debug for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cpu => "Cpu",
            #[cfg(feature = "webgpu")]
            Self::Gpu(_) => "Gpu",
        })
    }
}

impl Device {
    /// The graphics processor, ready to compute.
    ///
    /// # Errors
    ///
    /// Why there is none.
    #[cfg(feature = "webgpu")]
    pub async fn gpu() -> Result<Self, String> {
        crate::model::gpu::Gpu::new().await.map(Self::Gpu)
    }
}
