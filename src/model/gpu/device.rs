//! Memory on the GPU, and what is launched over it.

use std::sync::atomic::{AtomicBool, Ordering};

use cubecl::client::Client;
use cubecl::prelude::*;
use cubecl::server::Handle;

/// Threads of a workgroup where nothing else decides; WebGPU promises 256.
const GROUP: usize = 256;

/// Most workgroups along one axis; WebGPU promises as many.
const MOST_GROUPS: usize = 65_535;

/// Whether this program has a GPU already.
static SET_UP: AtomicBool = AtomicBool::new(false);

/// A GPU.
#[derive(Clone)]
pub struct Gpu {
    client: Client,
}

/// An array of numbers of 32 bits on the GPU. A copy is another name for the same memory.
#[derive(Clone)]
pub struct Buffer {
    handle: Handle,
    len: usize,
}

impl Gpu {
    /// The GPU that the browser or the system prefers; the same one whenever a program asks.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn new() -> Result<Self, String> {
        use cubecl::wgpu::{AutoGraphicsApi, RuntimeOptions, WgpuDevice, try_init_setup_async};
        let device = WgpuDevice::default();
        // It is set up once a program; a second time would be an error.
        if !SET_UP.load(Ordering::Acquire) {
            try_init_setup_async::<AutoGraphicsApi>(&device, RuntimeOptions::default())
                .await
                .map_err(|error| format!("WebGPU does not start: {error}"))?;
            SET_UP.store(true, Ordering::Release);
        }
        Ok(Self { client: cubecl::Device::Wgpu(device).client() })
    }

    /// Where kernels are launched.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// An array with nothing in particular in it.
    #[must_use]
    pub fn empty(&self, len: usize) -> Buffer {
        Buffer { handle: self.client.empty(len * size_of::<f32>()), len }
    }

    /// An array of zeros.
    #[must_use]
    pub fn zeros(&self, len: usize) -> Buffer {
        self.upload(&vec![0.0; len])
    }

    /// An array with these numbers in it.
    #[must_use]
    pub fn upload(&self, values: &[f32]) -> Buffer {
        Buffer { handle: self.client.create_from_slice(bytemuck::cast_slice(values)), len: values.len() }
    }

    /// An array with these indices in it.
    #[must_use]
    pub fn upload_indices(&self, values: &[u32]) -> Buffer {
        Buffer { handle: self.client.create_from_slice(bytemuck::cast_slice(values)), len: values.len() }
    }

    /// The numbers of an array, once everything launched before has written them.
    ///
    /// # Errors
    ///
    /// A GPU that fails.
    pub async fn read(&self, buffer: &Buffer) -> Result<Vec<f32>, String> {
        let bytes = self.client.read_async(vec![buffer.handle.clone()]).await.map_err(|error| error.to_string())?;
        let numbers = bytes.first().map_or(&[][..], |bytes| bytes).chunks_exact(4);
        Ok(numbers.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).take(buffer.len).collect())
    }
}

impl Buffer {
    /// Number of numbers.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// As a kernel's argument.
    pub(crate) fn argument(&self) -> BufferArg {
        #[expect(unsafe_code, reason = "the length is what the kernel may index")]
        // SAFETY: the memory behind the handle was made this long.
        unsafe {
            BufferArg::from_raw_parts(self.handle.clone(), self.len)
        }
    }
}

/// One thread for each of these units of work: the workgroups and their size.
pub(crate) fn spread(units: usize) -> (CubeCount, CubeDim) {
    let groups = units.div_ceil(GROUP).max(1);
    let rows = groups.div_ceil(MOST_GROUPS);
    (CubeCount::Static(groups.div_ceil(rows) as u32, rows as u32, 1), CubeDim::new_1d(GROUP as u32))
}
