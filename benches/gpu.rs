//! A graphics processor beside this machine's processor: `cargo bench --features gpu --bench gpu`.
//!
//! One line of JSON each: milliseconds of a training step of every encoder at 1, 2, 4 … 256 members on either device, how
//! far the losses of 20 steps are apart, and the time that the default λ-curve takes. Figures in words come from
//! `docs/benchmarks.md`.
#![allow(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::time::Instant;

use lambdascope::data::{Catalog, DataConfig, Origin};
use lambdascope::loss::TwoTaskLoss;
use lambdascope::model::{EncoderConfig, HEALTH_CLASSES, Network, Windows};
use lambdascope::session::{Command, CurveConfig, Event, Phase, RunConfig, Session};
use lambdascope::train::{Batch, Device, Gradients, MemberConfig, OptimizerConfig, Recipe, StepContext, Trainer};
use serde_json::json;

/// Windows a step.
const BATCH: usize = 64;
/// Most members of a run on either device.
const MOST: usize = 256;
/// Steps that are compared.
const COMPARED: usize = 20;

fn main() {
    let gpu = pollster::block_on(Device::gpu()).unwrap();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}", json!({ "what": "machine", "cores": cores, "batch": BATCH, "window": 30, "sensors": 14 }));
    for name in EncoderConfig::FUSED {
        let encoder = EncoderConfig::from_name(name).unwrap();
        let apart = apart(&encoder, &gpu);
        println!("{}", json!({ "what": "agreement", "encoder": name, "steps": COMPARED, "largestRelative": apart }));
        let mut members = 1;
        while members <= MOST {
            // Interleaved, and the quickest of three rounds: what disturbs a round makes it longer.
            let mut millis = [f64::INFINITY; 2];
            let mut trainers = [trainer(&encoder, members, &gpu), trainer(&encoder, members, &Device::Cpu)];
            for _ in 0..3 {
                for (trainer, (millis, steps)) in
                    trainers.iter_mut().zip(millis.iter_mut().zip([60, 120 / members.max(8)]))
                {
                    *millis = millis.min(timed(trainer, steps));
                }
            }
            println!(
                "{}",
                json!({ "what": "step", "encoder": name, "members": members, "gpuMillis": millis[0], "cpuMillis": millis[1] })
            );
            members *= 2;
        }
    }
    for (name, device) in [("gpu", gpu), ("cpu", Device::Cpu)] {
        println!("{}", json!({ "what": "curve", "device": name, "seconds": curve(device) }));
    }
}

fn trainer(encoder: &EncoderConfig, members: usize, device: &Device) -> Trainer {
    let network = Network::new(encoder, 30, 14);
    Trainer::new(network, &vec![MemberConfig::default(); members], 1, device).unwrap()
}

fn batch() -> Batch {
    let values = (0..30 * BATCH * 14).map(|index| ((index * 37 % 101) as f32 - 50.0) / 40.0).collect();
    let fractions: Vec<f32> = (0..BATCH).map(|index| index as f32 / BATCH as f32).collect();
    let classes: Vec<usize> = (0..BATCH).map(|index| index % HEALTH_CLASSES).collect();
    Batch {
        windows: Windows { values, time: 30, batch: BATCH, features: 14 },
        targets: TwoTaskLoss::default().targets_from(&fractions, &classes, [1.0; HEALTH_CLASSES]),
    }
}

/// Both losses of the first member after each of these steps.
fn steps(trainer: &mut Trainer, batch: &Batch, count: usize) -> Vec<[f32; 2]> {
    let (loss, optimizer) = (TwoTaskLoss::default(), OptimizerConfig::default());
    let context = StepContext { rate: 1e-3, ..StepContext::default() };
    let recipe = Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context };
    (0..count).map(|_| pollster::block_on(trainer.step(batch, None, recipe)).unwrap()[0].losses).collect()
}

/// Milliseconds of a step; the last update is waited for.
fn timed(trainer: &mut Trainer, count: usize) -> f64 {
    let batch = batch();
    steps(trainer, &batch, 3);
    pollster::block_on(trainer.parameters()).unwrap();
    let begun = Instant::now();
    steps(trainer, &batch, count);
    pollster::block_on(trainer.parameters()).unwrap();
    begun.elapsed().as_secs_f64() * 1e3 / count as f64
}

/// The largest relative difference of a loss between the devices.
fn apart(encoder: &EncoderConfig, gpu: &Device) -> f32 {
    let batch = batch();
    let [cpu, gpu] = [&Device::Cpu, gpu].map(|device| steps(&mut trainer(encoder, 1, device), &batch, COMPARED));
    let pairs = cpu.iter().flatten().zip(gpu.iter().flatten());
    pairs.map(|(cpu, gpu)| (cpu - gpu).abs() / cpu.abs().max(1e-6)).fold(0.0, f32::max)
}

/// Seconds of the default λ-curve on the emulated FD001.
fn curve(device: Device) -> f64 {
    let data = DataConfig { origin: Some(Origin::Emulated), ..DataConfig::default() };
    let config = CurveConfig::default().recipe(&RunConfig { data, ..RunConfig::default() });
    let mut session = Session::new(device, Catalog::default());
    let begun = Instant::now();
    let mut events = pollster::block_on(session.apply(Command::Start { config }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    while session.phase() == Phase::Training {
        events.extend(pollster::block_on(session.advance()));
    }
    let refused = events.iter().any(|event| matches!(event, Event::Refused { .. } | Event::Failed { .. }));
    assert!(!refused, "the λ-curve should train to its end");
    begun.elapsed().as_secs_f64()
}
