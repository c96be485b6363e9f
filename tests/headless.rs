//! The training in a browser: `cargo xtask test headless`; CONTRIBUTING.md says how to run it with wasm-pack.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use lambdascope::data::{Series, Split, Window};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

// Where training runs: a worker of its own.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn windows_are_gathered_time_major_and_padded_with_the_first_row() {
    let engine =
        Series { values: vec![1.0, 2.0, 3.0], rul_cycles: vec![2.0, 1.0, 0.0], left_cycles: vec![2.0, 1.0, 0.0] };
    let windows = vec![Window { engine: 0, end: 2 }, Window { engine: 0, end: 0 }];
    let split = Split { features: 1, window: 2, engines: vec![engine], windows };
    let mut batch = vec![9.0];
    split.gather(&[0, 1], &mut batch);
    assert_eq!(batch, [2.0, 1.0, 3.0, 1.0]);
    assert_eq!(split.rul_cycles(0), 0.0);
}

#[cfg(feature = "train")]
mod training {
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
                Event::Refused { why: message, .. } | Event::Failed { message } => panic!("{message}"),
                _ => {}
            }
        }
        assert_eq!(taken.len(), count as usize);
        taken
    }

    fn small_encoders() -> [EncoderConfig; 5] {
        [
            EncoderConfig::Cnn { hidden: 4, kernel: 3 },
            EncoderConfig::Tcn { hidden: 4, kernel: 3, levels: 3 },
            EncoderConfig::Gru { hidden: 4 },
            EncoderConfig::Lstm { hidden: 4 },
            EncoderConfig::Transformer { hidden: 4, heads: 2 },
        ]
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

    #[cfg(feature = "webgpu")]
    mod webgpu {
        use js_sys::{Function, Reflect};
        use lambdascope::data::Window;
        use lambdascope::loss::{TwoTaskLoss, mark_neighbours};
        use lambdascope::model::{EncoderConfig, Network, Windows};
        use lambdascope::session::StepRecord;
        use lambdascope::train::{
            Batch, Device, Gradients, MemberConfig, OptimizerConfig, Recipe, Regularization, StepContext, Trainer,
        };
        use lambdascope::weighting::{EpochMetrics, ValidationMetrics, WeightingConfig};
        use wasm_bindgen_test::wasm_bindgen_test;

        use super::{small_encoders, train};

        /// Every test asks for it; the program has one.
        async fn gpu() -> Device {
            Device::gpu().await.unwrap()
        }

        /// After twenty steps every figure of the two backends is the same within a thousandth of its size.
        #[wasm_bindgen_test]
        async fn agrees_with_the_cpu_after_twenty_steps() {
            let gpu = gpu().await;
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

        fn context(rate: f32) -> StepContext {
            StepContext { rate, ..StepContext::default() }
        }

        /// A batch in which every member has windows and targets of its own.
        fn batch(members: usize) -> Batch {
            let (time, batch, features) = (8, 4, 3);
            let values = (0..members * time * batch * features).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0);
            let targets = (0..members).flat_map(|member| {
                let fractions = [0.1, 0.4, 0.8, 1.0].map(|fraction| fraction / (1 + member) as f32);
                TwoTaskLoss::default().targets_from(&fractions, &[2, 1, 0, 0], [1.0; 3])
            });
            Batch { windows: Windows { values: values.collect(), time, batch, features }, targets: targets.collect() }
        }

        fn trainer(encoder: &EncoderConfig, members: usize, device: &Device) -> Trainer {
            Trainer::new(Network::new(encoder, 8, 3), &vec![MemberConfig::default(); members], 1, device).unwrap()
        }

        /// Members with data of their own do not mix, and forked ones go on as their originals would.
        #[wasm_bindgen_test]
        async fn members_keep_their_own_data_and_forks_follow_their_originals() {
            let gpu = gpu().await;
            let (loss, optimizer) = (TwoTaskLoss::default(), OptimizerConfig::default());
            let recipe =
                Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context: context(1e-2) };
            for encoder in small_encoders() {
                let mut last = Vec::new();
                for device in [Device::Cpu, gpu.clone()] {
                    let mut trainer = trainer(&encoder, 2, &device);
                    for _ in 0..3 {
                        trainer.step(&batch(2), None, recipe).await.unwrap();
                    }
                    trainer.fork(1).await.unwrap();
                    for _ in 0..3 {
                        trainer.step(&batch(1), None, recipe).await.unwrap();
                    }
                    last.push(trainer.predict(&batch(1).windows).await.unwrap());
                }
                let each = last[0].len() / 3;
                assert_eq!(last[1][each..2 * each], last[1][2 * each..], "{encoder:?}");
                assert_ne!(last[1][..each], last[1][each..2 * each], "{encoder:?}");
                let apart = last[0].iter().zip(&last[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(apart < 1e-3, "{encoder:?}: predictions {apart} apart");
            }
        }

        /// A plain member, one with every regularizer, one with each heuristic, and one with both.
        fn varied_members() -> Vec<MemberConfig> {
            let regularization = Regularization {
                l1: 0.01,
                l2: 0.05,
                decoupled: 0.5,
                elastic: 0.02,
                elastic_mix: 0.25,
                dropout: 0.4,
                ..Regularization::default()
            };
            let heuristic = |name: &str, key: &str, value: &str| {
                let mut weighting = WeightingConfig::from_name(name).unwrap();
                weighting.set(key, value).unwrap();
                MemberConfig { weighting, ..MemberConfig::default() }
            };
            let late = heuristic("asymmetric", "share", "0.5");
            vec![
                MemberConfig::default(),
                MemberConfig { regularization: regularization.clone(), ..MemberConfig::default() },
                heuristic("end-of-life", "strength", "3"),
                heuristic("monotonicity", "strength", "5"),
                MemberConfig { regularization, ..late.clone() },
                late,
            ]
        }

        /// Regularizers, dropout masks and emphasized losses are the same arithmetic on both backends.
        #[wasm_bindgen_test]
        async fn regularizers_and_heuristics_agree_with_the_cpu() {
            let gpu = gpu().await;
            let (loss, optimizer) = (TwoTaskLoss::default(), OptimizerConfig::default());
            let recipe =
                Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context: context(1e-2) };
            let mut batch = batch(1);
            let windows = [(0, 30), (1, 7), (0, 12), (0, 90)].map(|(engine, end)| Window { engine, end });
            mark_neighbours(&mut batch.targets, &windows);
            for encoder in small_encoders() {
                let mut found = Vec::new();
                for device in [Device::Cpu, gpu.clone()] {
                    let network = Network::new(&encoder, 8, 3);
                    let mut trainer = Trainer::new(network, &varied_members(), 1, &device).unwrap();
                    let mut figures = Vec::new();
                    for _ in 0..4 {
                        let steps = trainer.step(&batch, None, recipe).await.unwrap();
                        figures.push(steps.iter().map(|step| (step.losses, step.shared.unwrap().norms())).collect());
                    }
                    found.push((figures, trainer.predict(&batch.windows).await.unwrap()));
                }
                let [(expected, predicted), (figures, on_gpu)]: [(Vec<Vec<_>>, Vec<f32>); 2] =
                    found.try_into().unwrap();
                for (member, (e, f)) in expected.iter().flatten().zip(figures.iter().flatten()).enumerate() {
                    let pairs = [e.0, e.1].into_iter().flatten().zip([f.0, f.1].into_iter().flatten());
                    for (e, f) in pairs {
                        let what = format!("{encoder:?} member {}", member % varied_members().len());
                        assert!((e - f).abs() <= 1e-3 * e.abs().max(0.1), "{what}: {e} on the CPU, {f} on WebGPU");
                    }
                }
                // None of them is another name for the plain member.
                let each = predicted.len() / varied_members().len();
                for member in 1..varied_members().len() {
                    assert_ne!(on_gpu[..each], on_gpu[member * each..(member + 1) * each], "{encoder:?} {member}");
                }
                let apart = predicted.iter().zip(&on_gpu).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(apart < 2e-3, "{encoder:?}: predictions {apart} apart");
            }
        }

        /// Early stopping brings the best parameters back and holds them; a loser goes on from a winner's.
        #[wasm_bindgen_test]
        async fn ends_of_epochs_restore_and_copy_members() {
            let gpu = gpu().await;
            let (loss, optimizer) = (TwoTaskLoss::default(), OptimizerConfig::default());
            let recipe =
                Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context: context(1e-2) };
            let evolving = || {
                let weighting = WeightingConfig::from_name("evolution").unwrap();
                MemberConfig { weighting, ..MemberConfig::default() }
            };
            let regularization = Regularization { patience: 1, ..Regularization::default() };
            let members = [MemberConfig { regularization, ..MemberConfig::default() }, evolving(), evolving()];
            let network = Network::new(&EncoderConfig::Gru { hidden: 4 }, 8, 3);
            let mut trainer = Trainer::new(network, &members, 1, &gpu).unwrap();
            let epoch = |epoch: u32, rmse: [f32; 3]| {
                rmse.map(|rmse_cycles| {
                    let validation = Some(ValidationMetrics { rmse_cycles, ..ValidationMetrics::default() });
                    Some(EpochMetrics { epoch, losses: [1.0; 2], validation })
                })
            };
            trainer.step(&batch(1), None, recipe).await.unwrap();
            assert!(trainer.end_epoch(&epoch(1, [10.0, 12.0, 14.0])).await.unwrap());
            let best = trainer.parameters().await.unwrap();
            let each = best.len() / 3;
            assert_eq!(best[each..2 * each], best[2 * each..]);
            trainer.step(&batch(1), None, recipe).await.unwrap();
            let after = trainer.parameters().await.unwrap();
            assert_ne!(after[..each], best[..each]);
            assert_ne!(after[each..2 * each], after[2 * each..], "its λ is its own");
            trainer.end_epoch(&epoch(2, [11.0, 12.0, 14.0])).await.unwrap();
            trainer.step(&batch(1), None, recipe).await.unwrap();
            assert_eq!(trainer.parameters().await.unwrap()[..each], best[..each]);
            assert_eq!(trainer.members()[0].state().stopped(), Some(1));
        }

        /// What a step launches decides what it costs on a graphics card, so it must not grow unnoticed, nor with the
        /// number of members.
        #[wasm_bindgen_test]
        async fn a_step_takes_few_launches_whatever_the_members() {
            let gpu = gpu().await;
            Function::new_no_args(
                "const encoder = GPUComputePassEncoder.prototype, dispatch = encoder.dispatchWorkgroups;
                 globalThis.dispatches = 0;
                 encoder.dispatchWorkgroups = function (...size) { dispatches += 1; dispatch.apply(this, size); };",
            )
            .call0(&js_sys::global())
            .unwrap();
            let count = || Reflect::get(&js_sys::global(), &"dispatches".into()).unwrap().as_f64().unwrap();
            let (loss, optimizer) = (TwoTaskLoss::default(), OptimizerConfig::default());
            let recipe =
                Recipe { loss: &loss, optimizer: &optimizer, gradients: Gradients::PerTask, context: context(1e-3) };
            for (name, most) in [("cnn", 70.0), ("tcn", 90.0), ("gru", 400.0), ("lstm", 400.0), ("transformer", 400.0)]
            {
                let encoder = EncoderConfig::from_name(name).unwrap();
                let mut launched = Vec::new();
                for members in [1, 3] {
                    let mut trainer = trainer(&encoder, members, &gpu);
                    trainer.step(&batch(1), None, recipe).await.unwrap();
                    trainer.parameters().await.unwrap();
                    let before = count();
                    trainer.step(&batch(1), None, recipe).await.unwrap();
                    trainer.parameters().await.unwrap();
                    launched.push(count() - before);
                }
                assert!(launched[0] > 0.0 && launched[0] <= most, "{name}: {} launches a step", launched[0]);
                assert_eq!(launched[0], launched[1], "{name}: launches grow with the members");
                web_sys::console::log_1(&format!("{name}: {} launches a step", launched[0]).into());
            }
        }
    }
}
