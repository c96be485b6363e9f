//! The engine in a browser: `cargo xtask test headless`; CONTRIBUTING.md says how to run it with wasm-pack.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use lambdascope::data::{Series, Split, Window};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

// Where the engine lives: a worker of its own.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn windows_are_gathered_time_major_and_padded_with_the_first_row() {
    let engine = Series { values: vec![1.0, 2.0, 3.0], rul_cycles: vec![2.0, 1.0, 0.0] };
    let windows = vec![Window { engine: 0, end: 2 }, Window { engine: 0, end: 0 }];
    let split = Split { features: 1, window: 2, engines: vec![engine], windows };
    let mut batch = vec![9.0];
    split.gather(&[0, 1], &mut batch);
    assert_eq!(batch, [2.0, 1.0, 3.0, 1.0]);
    assert_eq!(split.rul_cycles(0), 0.0);
}

#[cfg(feature = "train")]
mod engine {
    use lambdascope::data::{Catalog, DataConfig, Origin};
    use lambdascope::model::EncoderConfig;
    use lambdascope::session::{Command, Event, Phase, RunConfig, Session, StepRecord};
    use lambdascope::train::Device;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// The first steps of a run that software WebGPU can carry out in seconds.
    async fn train(device: Device, encoder: EncoderConfig, count: u32) -> Vec<StepRecord> {
        let data = DataConfig { origin: Some(Origin::Emulated), window: 8, stride: 30, ..DataConfig::default() };
        let config = RunConfig { data, encoder, batch_size: 8, ..RunConfig::default() };
        let mut session = Session::new(device, Catalog::default());
        let mut events = session.apply(Command::Start { config }).await;
        events.extend(session.apply(Command::Step { count }).await);
        while session.phase() == Phase::Training {
            events.extend(session.advance().await);
        }
        let mut taken = Vec::new();
        for event in events {
            match event {
                Event::Steps { steps } => taken.extend(steps),
                Event::Rejected { message } | Event::Failed { message } => panic!("{message}"),
                _ => {}
            }
        }
        assert_eq!(taken.len(), count as usize);
        taken
    }

    fn small_encoders() -> [EncoderConfig; 2] {
        [EncoderConfig::Cnn { hidden: 4, kernel: 3 }, EncoderConfig::Gru { hidden: 4 }]
    }

    #[wasm_bindgen_test]
    async fn the_cpu_engine_learns_and_repeats_itself_to_the_bit() {
        for encoder in small_encoders() {
            let first = train(Device::Cpu, encoder.clone(), 120).await;
            assert!(first == train(Device::Cpu, encoder.clone(), 120).await, "{encoder:?}");
            let loss = |step: &StepRecord| step.members[0].losses.iter().sum::<f32>();
            let (early, late) = (first[..20].iter().map(loss).sum::<f32>(), first[100..].iter().map(loss).sum::<f32>());
            assert!(late < early, "{encoder:?}: {early} at first, {late} at last");
        }
    }

    /// After twenty steps every figure of the two backends is the same within a thousandth of its size.
    #[cfg(feature = "webgpu")]
    #[wasm_bindgen_test]
    async fn webgpu_agrees_with_the_cpu_after_twenty_steps() {
        let gpu = Device::gpu().await.unwrap();
        for encoder in small_encoders() {
            let expected = train(Device::Cpu, encoder.clone(), 20).await;
            let found = train(gpu.clone(), encoder.clone(), 20).await;
            for (e, f) in expected.iter().zip(&found) {
                let pairs = |step: &StepRecord| {
                    let member = step.members[0];
                    [member.losses, member.normalizers, member.gradient_norms, [member.cosine, member.clip_factor]]
                };
                for (e, f) in pairs(e).iter().flatten().zip(pairs(f).iter().flatten()) {
                    assert!((e - f).abs() <= 1e-3 * e.abs().max(0.1), "{encoder:?}: {e} on the CPU, {f} on WebGPU");
                }
            }
        }
    }
}
