//! Milliseconds of a native training step, for `cargo xtask bench`: `cargo bench --bench step -- gru 64 32 1`
//! (encoder, batch, hidden units, members). With the feature `open` each line is followed by burn's of the same model, their
//! steps taken in turn.
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
        for (name, millis) in millis(&networks(&encoder), (batch, members), gradients) {
            println!("{name}{gradients:?} {millis:.4}");
        }
    }
}

const SIZE: (usize, usize) = (30, 14);

/// The model as it is computed by default, and by burn, each with what stands before its time.
fn networks(encoder: &EncoderConfig) -> Vec<(&'static str, Network)> {
    let (time, features) = SIZE;
    let own = ("", Network::new(encoder, time, features));
    #[cfg(feature = "open")]
    if let Some(reference) = lambdascope::model::open::Reference::new(encoder) {
        return vec![own, ("burn ", Network::open(std::sync::Arc::new(reference), time, features).unwrap())];
    }
    vec![own]
}

/// The mean over [`STEPS`] steps on one batch, of the models in turn.
fn millis<'a>(
    networks: &[(&'a str, Network)],
    (batch, members): (usize, usize),
    gradients: Gradients,
) -> Vec<(&'a str, f64)> {
    let (time, features) = SIZE;
    let values = (0..time * batch * features).map(|index| ((index * 37 % 101) as f32 - 50.0) / 40.0).collect();
    let fractions: Vec<f32> = (0..batch).map(|index| index as f32 / batch as f32).collect();
    let classes: Vec<usize> = (0..batch).map(|index| index % HEALTH_CLASSES).collect();
    let loss = TwoTaskLoss::default();
    let batch = Batch {
        windows: Windows { values, time, batch, features },
        targets: loss.targets_from(&fractions, &classes, [1.0; HEALTH_CLASSES]),
    };
    let members = vec![MemberConfig::default(); members];
    let trainer = |network: &Network| Trainer::new(network.clone(), &members, 1, &Device::Cpu).unwrap();
    let mut trainers: Vec<Trainer> = networks.iter().map(|(_, network)| trainer(network)).collect();
    let optimizer =
        OptimizerConfig { kind: OptimizerKind::Adam, weight_decay: 0.0, clip_norm: 0.0, ..OptimizerConfig::default() };
    let context = StepContext { rate: 1e-3, ..StepContext::default() };
    let recipe = Recipe { loss: &loss, optimizer: &optimizer, gradients, context };
    let take = |trainers: &mut [Trainer], steps: usize| {
        let mut seconds = vec![0.0; trainers.len()];
        for _ in 0..steps {
            for (trainer, seconds) in trainers.iter_mut().zip(&mut seconds) {
                let begun = Instant::now();
                pollster::block_on(trainer.step(&batch, None, recipe)).unwrap();
                *seconds += begun.elapsed().as_secs_f64();
            }
        }
        seconds
    };
    take(&mut trainers, WARM_UP);
    let seconds = take(&mut trainers, STEPS);
    networks.iter().zip(seconds).map(|((name, _), seconds)| (*name, seconds * 1e3 / STEPS as f64)).collect()
}
