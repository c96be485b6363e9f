//! Training steps on one batch, for the benchmark in a browser.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsError, JsValue};

use crate::loss::TwoTaskLoss;
use crate::model::cpu::{COUNTED, Matrix, MatrixMut, Store, product};
use crate::model::{EncoderConfig, HEALTH_CLASSES, Network, Windows};
use crate::session::BackendKind;
use crate::train::{
    Batch, Device, Gradients, MemberConfig, OptimizerConfig, OptimizerKind, Recipe, StepContext, Trainer,
};

/// Keeps the exports in a program that calls nothing of the library.
pub const fn link() {}

/// What is to be run.
#[derive(Deserialize)]
struct Setting {
    backend: BackendKind,
    encoder: String,
    members: usize,
    batch: usize,
    window: usize,
    features: usize,
    hidden: usize,
    gradients: String,
}

/// A trainer and the batch that it is trained on, again and again.
#[wasm_bindgen]
pub struct BenchRun {
    trainer: Trainer,
    batch: Batch,
    gradients: Gradients,
}

/// Set a run up from a JSON description.
///
/// # Errors
///
/// A setting that cannot be run here.
#[wasm_bindgen]
pub async fn open(setting: String) -> Result<BenchRun, JsError> {
    console_error_panic_hook::set_once();
    let value = js_sys::JSON::parse(&setting).map_err(|_| JsError::new("the setting should be JSON"))?;
    let setting: Setting = serde_wasm_bindgen::from_value(value).map_err(JsError::from)?;
    let mut encoder = EncoderConfig::from_name(&setting.encoder)
        .ok_or_else(|| JsError::new(&format!("no encoder `{}`", setting.encoder)))?;
    encoder.set_hidden(setting.hidden);
    let device = device(setting.backend).await.map_err(|why| JsError::new(&why))?;
    let network = Network::new(&encoder, setting.window, setting.features);
    let members = vec![MemberConfig::default(); setting.members];
    let trainer = Trainer::new(network, &members, 1, &device)?;
    let gradients = if setting.gradients == "combined" { Gradients::Combined } else { Gradients::PerTask };
    Ok(BenchRun { trainer, batch: batch(&setting), gradients })
}

#[cfg_attr(not(feature = "webgpu"), expect(clippy::unused_async, reason = "WebGPU is prepared asynchronously"))]
async fn device(kind: BackendKind) -> Result<Device, String> {
    match kind {
        BackendKind::Cpu => Ok(Device::Cpu),
        #[cfg(feature = "webgpu")]
        BackendKind::WebGpu => Device::gpu().await,
        #[cfg(not(feature = "webgpu"))]
        BackendKind::WebGpu => Err("this module was built without WebGPU".to_owned()),
    }
}

/// Random windows and targets; what is in them does not matter to the time a step takes.
fn batch(setting: &Setting) -> Batch {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let numbers = setting.batch * setting.window * setting.features;
    let values = (0..numbers).map(|_| random.random_range(-1.5..1.5)).collect();
    let fractions: Vec<f32> = (0..setting.batch).map(|_| random.random_range(0.0..1.0)).collect();
    let classes: Vec<usize> =
        (0..setting.batch).map(|_| random.random_range(0..HEALTH_CLASSES as u32) as usize).collect();
    Batch {
        windows: Windows { values, time: setting.window, batch: setting.batch, features: setting.features },
        targets: TwoTaskLoss::default().targets_from(&fractions, &classes, [1.0; HEALTH_CLASSES]),
    }
}

#[wasm_bindgen]
impl BenchRun {
    /// Take this many training steps and answer with the last sum of the first member's losses.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn steps(&mut self, count: u32) -> Result<f32, JsError> {
        let optimizer = OptimizerConfig {
            kind: OptimizerKind::Adam,
            weight_decay: 0.0,
            clip_norm: 0.0,
            ..OptimizerConfig::default()
        };
        let loss = TwoTaskLoss::default();
        let recipe = Recipe {
            loss: &loss,
            optimizer: &optimizer,
            gradients: self.gradients,
            context: StepContext { rate: 1e-3, ..StepContext::default() },
        };
        let mut last = f32::NAN;
        for _ in 0..count {
            last = self
                .trainer
                .step(&self.batch, None, recipe)
                .await?
                .first()
                .map_or(f32::NAN, |step| step.losses.iter().sum());
        }
        // The last step's update is still under way on a GPU.
        self.trainer.parameters().await?;
        Ok(last)
    }

    /// Floating-point operations of one step's matrix products on the CPU.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn step_flops(&mut self) -> Result<f64, JsError> {
        COUNTED.set(0);
        self.steps(1).await?;
        Ok(COUNTED.get() as f64)
    }

    /// The rate of the matrix product, in GFLOP/s.
    #[must_use]
    pub fn matmul_rate(&self, rows: usize, inner: usize, columns: usize, repetitions: u32) -> f64 {
        let (a, b) = (vec![0.5; rows * inner], vec![0.25; inner * columns]);
        let mut c = vec![0.0; rows * columns];
        let begun = now();
        for _ in 0..repetitions {
            product(Matrix::new(&a, inner), Matrix::new(&b, columns), MatrixMut::new(&mut c, columns), Store::Set);
        }
        2e-6 * (rows * inner * columns) as f64 * f64::from(repetitions) / (now() - begun)
    }
}

/// Milliseconds on the page's clock; NaN where there is none.
fn now() -> f64 {
    let clock = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("performance")).ok();
    clock.and_then(|clock| clock.dyn_into::<web_sys::Performance>().ok()).map_or(f64::NAN, |clock| clock.now())
}
