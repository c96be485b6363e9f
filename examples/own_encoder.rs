//! An encoder of one's own: `cargo run --release --features open --example own_encoder`. See docs/own-encoder.md.

use std::error::Error;
use std::sync::Arc;

use burn::Tensor;
use burn::module::Module;
use lambdascope::data::{Catalog, Origin};
use lambdascope::model::open::layers::{Convolution, Dense, Reach, mean_over_time, rectified};
use lambdascope::model::open::{BurnModule, LatentModule, OpenEncoder, Parts, Size};
use lambdascope::session::{Run, RunConfig};
use lambdascope::train::Device;

/// The sizes.
#[derive(Clone, Debug)]
struct Gated {
    hidden: usize,
}

/// What it is made of: known everywhere, without burn.
impl OpenEncoder for Gated {
    fn declare(&self, size: Size, parts: &mut Parts) -> usize {
        parts.convolution("enc.values", size.window, (size.features, self.hidden), 5);
        parts.dense("enc.gates", size.window, (size.features, self.hidden));
        self.hidden
    }

    fn module(&self, size: Size) -> Box<dyn BurnModule> {
        let values = Convolution::new(size.features, self.hidden, Reach::centred(5));
        Box::new(GatedModule { values, gates: Dense::new(size.features, self.hidden) })
    }
}

/// What it computes: `z = mean over time of relu(conv(x)) ∘ tanh(x·W + b)`, differentiated by burn.
#[derive(Module, Debug)]
struct GatedModule {
    values: Convolution,
    gates: Dense,
}

impl LatentModule for GatedModule {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        let gates = self.gates.along(windows.clone()).tanh();
        mean_over_time(rectified(self.values.forward(windows)) * gates)
    }
}

/// The sum of both losses at the first and after the last of so many steps on emulated engines.
pub fn train(steps: u32) -> Result<[f32; 2], Box<dyn Error>> {
    let mut config = RunConfig::default();
    config.data.origin = Some(Origin::Emulated);
    let dataset = Catalog::default().dataset(&config.data)?;
    let mut run = Run::with_encoder(config, Arc::new(Gated { hidden: 16 }), &dataset, &Device::Cpu)?;
    println!("{} parameters", run.parameters());
    let mut sums = [0.0; 2];
    for step in 0..steps {
        let losses = pollster::block_on(run.step())?.members[0].losses;
        sums[usize::from(step > 0)] = losses[0] + losses[1];
    }
    Ok(sums)
}

#[allow(dead_code, reason = "the tests call `train`")]
fn main() -> Result<(), Box<dyn Error>> {
    let [first, last] = train(200)?;
    println!("the sum of the losses fell from {first:.3} to {last:.3}");
    Ok(())
}
