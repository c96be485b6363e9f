//! Milliseconds of a native training step, for `cargo xtask bench`: `cargo bench --bench step -- gru 64 32 1`
//! (encoder, batch, hidden units, members).
#![allow(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::env;
use std::time::Instant;

use lambdascope::loss::TwoTaskLoss;
use lambdascope::model::{EncoderConfig, HEALTH_CLASSES, Network, Windows};
use lambdascope::train::{
    Batch, Device, Gradients, MemberConfig, OptimizerConfig, OptimizerKind, Recipe, StepContext, Trainer,
};

const WARM_UP: usize = 20;
const STEPS: usize = 100;

fn main() {
    // Cargo adds `--bench`.
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let word = |index: usize, default: &str| words.get(index).map_or(default, String::as_str).to_owned();
    let number = |index: usize, default: &str| word(index, default).parse::<usize>().unwrap();
    let (batch, hidden, members) = (number(1, "64"), number(2, "32"), number(3, "1"));
    let mut encoder = EncoderConfig::from_name(&word(0, "gru")).unwrap();
    encoder.set_hidden(hidden);
    for gradients in [Gradients::Combined, Gradients::PerTask] {
        println!("{gradients:?} {:.4}", millis(&encoder, (batch, members), gradients));
    }
}

/// The mean over [`STEPS`] steps on one batch.
fn millis(encoder: &EncoderConfig, (batch, members): (usize, usize), gradients: Gradients) -> f64 {
    let (time, features) = (30, 14);
    let values = (0..time * batch * features).map(|index| ((index * 37 % 101) as f32 - 50.0) / 40.0).collect();
    let fractions: Vec<f32> = (0..batch).map(|index| index as f32 / batch as f32).collect();
    let classes: Vec<usize> = (0..batch).map(|index| index % HEALTH_CLASSES).collect();
    let loss = TwoTaskLoss::default();
    let batch = Batch {
        windows: Windows { values, time, batch, features },
        targets: loss.targets_from(&fractions, &classes, [1.0; HEALTH_CLASSES]),
    };
    let network = Network::new(encoder, time, features);
    let mut trainer = Trainer::new(network, &vec![MemberConfig::default(); members], 1, &Device::Cpu).unwrap();
    let optimizer =
        OptimizerConfig { kind: OptimizerKind::Adam, weight_decay: 0.0, clip_norm: 0.0, ..OptimizerConfig::default() };
    let context = StepContext { rate: 1e-3, ..StepContext::default() };
    let recipe = Recipe { loss: &loss, optimizer: &optimizer, gradients, context };
    let mut take = |steps: usize| {
        let begun = Instant::now();
        for _ in 0..steps {
            pollster::block_on(trainer.step(&batch, None, recipe)).unwrap();
        }
        begun.elapsed().as_secs_f64() * 1e3 / steps as f64
    };
    take(WARM_UP);
    take(STEPS)
}
