//! Open encoders: burn beside the passes written by hand.

#![cfg(feature = "cli")]

use lambdascope::data::{Catalog, Origin};
use lambdascope::model::{EncoderConfig, Network};
use lambdascope::session::{Run, RunConfig};
use lambdascope::train::Device;

/// The example of docs/own-encoder.md.
#[cfg(feature = "open")]
#[path = "../../examples/own_encoder.rs"]
mod own_encoder;

/// A short run of an encoder on emulated engines.
fn config(encoder: &str) -> RunConfig {
    let mut config = RunConfig { batch_size: 16, ..RunConfig::default() };
    config.set(None, "encoder", encoder).unwrap();
    (config.data.origin, config.data.window, config.data.stride) = (Some(Origin::Emulated), 12, 8);
    config
}

fn open_names() -> impl Iterator<Item = &'static str> {
    EncoderConfig::NAMES.into_iter().filter(|name| !EncoderConfig::FUSED.contains(name))
}

#[test]
fn open_encoders_have_less_than_15000_parameters_at_their_defaults() {
    for name in open_names() {
        let network = Network::new(&EncoderConfig::from_name(name).unwrap(), 30, 14);
        let parameters = network.layout().parameters();
        println!("{name}: {parameters} parameters, {} multiplications", network.cost(30).multiplications);
        assert!((1_000..15_000).contains(&parameters), "{name}: {parameters}");
    }
}

#[cfg(not(feature = "open"))]
#[test]
fn a_program_without_burn_refuses_what_burn_computes() {
    for name in open_names() {
        let config = config(name);
        config.validate().unwrap();
        let dataset = Catalog::default().dataset(&config.data).unwrap();
        let refused = Run::new(config, &dataset, &Device::Cpu).err().unwrap().to_string();
        let expected = "`encoder` should be one of cnn, tcn, gru, lstm, transformer in a program built without burn \
                        (feature `open`), found one that burn computes";
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_kernel_longer_than_the_window_is_refused_in_link_and_settings() {
    let mut config = config("stack:conv8k12|mean");
    config.validate().unwrap();
    config.data.window = 11;
    let refused = config.validate().unwrap_err().to_string();
    assert_eq!(refused, "`layers` should be a kernel within 11 steps, not over 12, at layer 1, found conv8k12");
}

#[cfg(feature = "open")]
mod computed {
    use lambdascope::experiment::Comparison;
    use lambdascope::loss::{LossConfig, RulLoss, RulUnit, TwoTaskLoss};
    use lambdascope::model::Windows;
    use lambdascope::model::cpu::{Input, NetworkPass};
    use lambdascope::model::{Draw, OUTPUTS};
    use lambdascope::train::MemberConfig;
    use proptest::prelude::*;

    use super::*;

    fn built_in() -> impl Strategy<Value = EncoderConfig> {
        prop_oneof![
            (1..40_usize, 0..4_usize).prop_map(|(hidden, half)| EncoderConfig::Cnn { hidden, kernel: 2 * half + 1 }),
            (1..40_usize, 1..5_usize, 1..5_usize).prop_map(|(hidden, kernel, levels)| EncoderConfig::Tcn {
                hidden,
                kernel,
                levels
            }),
            (1..40_usize).prop_map(|hidden| EncoderConfig::Gru { hidden }),
            (1..40_usize).prop_map(|hidden| EncoderConfig::Lstm { hidden }),
            (1..8_usize, 1..5_usize)
                .prop_map(|(width, heads)| EncoderConfig::Transformer { hidden: width * heads, heads }),
        ]
    }

    fn losses() -> impl Strategy<Value = TwoTaskLoss> {
        let form = prop_oneof![
            Just(RulLoss::Squared),
            (1.0..50.0_f32).prop_map(|delta_cycles| RulLoss::Huber { delta_cycles }),
            Just(RulLoss::Asymmetric),
        ];
        let unit = prop::sample::select(vec![RulUnit::Fraction, RulUnit::Cycles]);
        (form, unit, any::<[bool; 2]>()).prop_map(|(rul, unit, [sample_weighted, class_weighted])| TwoTaskLoss {
            config: LossConfig { unit, rul, sample_weighted, class_weighted },
            ..TwoTaskLoss::default()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..ProptestConfig::with_cases(60) })]

        #[test]
        fn passes_written_by_hand_agree_with_burn(
            encoder in built_in(),
            (window, features, batch) in (1..40_usize, 1..16_usize, 1..40_usize),
            loss in losses(),
            seed in any::<u32>(),
        ) {
            let comparison = Comparison { encoder, window, features, batch, loss, seed };
            let report = pollster::block_on(comparison.run(&Device::Cpu)).unwrap();
            prop_assert_eq!(report.checks.len(), 4);
            prop_assert!(report.passes(), "{:#?}", report.checks);
        }
    }

    #[test]
    fn every_open_encoder_declares_the_parameters_that_its_module_has() {
        for name in open_names() {
            for (window, features) in [(30, 14), (7, 3), (12, 1)] {
                let mut encoder = EncoderConfig::from_name(name).unwrap();
                encoder.set_hidden(8);
                if encoder.fits(window, features).is_ok() {
                    Network::new(&encoder, window, features).check().unwrap();
                }
            }
        }
    }

    const STACKS: [&str; 6] = [
        "conv8k5d2s3-gelu|norm|bilstm3|attnpool|dense5-tanh",
        "res(res(dense3-relu)|gru3)|last",
        "conv6k4|attn3|mean|norm",
        "lstm4|bigru2-sigmoid|drop0.3|mean",
        "attnpool",
        "norm|mean",
    ];

    fn encoders() -> impl Iterator<Item = EncoderConfig> {
        let text = |text: &str| {
            let mut config = RunConfig::default();
            config.set(None, "encoder", text).unwrap();
            config.encoder
        };
        open_names().map(text).chain(STACKS.map(|stack| text(&format!("stack:{stack}"))))
    }

    /// Both tasks' gradients are the difference quotients of what is computed, and the same whether the tasks go back
    /// together or alone.
    #[test]
    fn gradients_are_difference_quotients() {
        let (time, batch, features) = (12, 5, 3);
        let values: Vec<f32> = (0..time * batch * features).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0).collect();
        let cotangents = [11, 7].map(|modulus| -> Vec<f32> {
            (0..batch * OUTPUTS).map(|i| ((i * 13 % modulus) as f32 - 3.0) / 5.0).collect()
        });
        let draw = Some(Draw { seed: 3, step: 8 });
        for encoder in encoders() {
            encoder.fits(time, features).unwrap();
            let network = Network::new(&encoder, time, features);
            network.check().unwrap();
            let parameters = network.initial(1, 5);
            let input = Input { draw, ..Input::of(&values, time, batch) };
            let mut rows = [(); 2].map(|()| vec![0.0; parameters.len()]);
            let [rul, health] = &mut rows;
            let both = NetworkPass::new(&network, &parameters, Input { tasks: 2, ..input });
            both.backward(&[&cotangents[0], &cotangents[1]], &mut [rul, health]);
            let mut alone = vec![0.0; parameters.len()];
            let pass = NetworkPass::new(&network, &parameters, Input { tasks: 1, ..input });
            pass.backward(&[&cotangents[1]], &mut [&mut alone]);
            assert_eq!(alone, rows[1], "{encoder:?}");

            for (row, cotangents) in rows.iter().zip(&cotangents) {
                let value = |parameters: &[f32]| {
                    let outputs = NetworkPass::new(&network, parameters, input).outputs;
                    outputs.iter().zip(cotangents).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
                };
                let (mut apart, mut size) = (0.0, 0.0);
                for index in (0..parameters.len()).step_by(parameters.len().div_ceil(60)) {
                    let mut moved = [parameters.clone(), parameters.clone()];
                    moved[0][index] -= 1e-3;
                    moved[1][index] += 1e-3;
                    let quotient = (value(&moved[1]) - value(&moved[0])) / f64::from(moved[1][index] - moved[0][index]);
                    apart += (quotient - f64::from(row[index])).powi(2);
                    size += quotient.powi(2);
                }
                // Outputs have seven digits, and a quotient divides what the eighth makes of them by the step.
                assert!(apart.sqrt() < 0.02 * size.sqrt() + 1e-3, "{encoder:?}: {} of {}", apart.sqrt(), size.sqrt());
            }
        }
    }

    /// Members do not meet, whichever core computes them, and a run is the same a second time.
    #[test]
    fn runs_are_the_same_again_and_members_stay_apart() {
        let losses = |encoder: &str, members: usize| {
            let mut config = config(encoder);
            config.members = vec![MemberConfig::default(); members];
            let dataset = Catalog::default().dataset(&config.data).unwrap();
            let mut run = Run::new(config, &dataset, &Device::Cpu).unwrap();
            let mut all = Vec::new();
            for _ in 0..3 {
                let record = pollster::block_on(run.step()).unwrap();
                all.push(record.members.iter().map(|member| member.losses).collect::<Vec<_>>());
            }
            all
        };
        for encoder in ["cnn-bilstm-attention", "stack:conv8k5-relu|drop0.2|gru6|last"] {
            let one = losses(encoder, 1);
            assert_eq!(losses(encoder, 1), one);
            for step in losses(encoder, 5).iter().zip(&one) {
                assert!(step.0.iter().all(|losses| *losses == step.1[0]), "{encoder}");
            }
        }
    }

    #[test]
    fn the_example_trains() {
        let losses = own_encoder::train(60).unwrap();
        assert!(losses[1] < 0.8 * losses[0], "{losses:?}");
    }

    /// What is trained falls in loss.
    #[test]
    fn every_open_encoder_learns() {
        for name in open_names() {
            let config = config(name);
            let dataset = Catalog::default().dataset(&config.data).unwrap();
            let mut run = Run::new(config, &dataset, &Device::Cpu).unwrap();
            let mut sums = Vec::new();
            for _ in 0..40 {
                let record = pollster::block_on(run.step()).unwrap();
                sums.push(record.members[0].losses.iter().sum::<f32>());
            }
            let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
            let (first, last) = (mean(&sums[..8]), mean(&sums[32..]));
            assert!(last < 0.8 * first, "{name}: from {first} to {last}");
        }
    }

    #[test]
    fn dropout_leaves_out_the_same_again_and_nothing_of_a_prediction() {
        let mut config = RunConfig::default();
        config.set(None, "encoder", "stack:drop0.5|norm|mean").unwrap();
        let network = Network::new(&config.encoder, 4, 3);
        let parameters = network.initial(1, 1);
        let values: Vec<f32> = (0..4 * 64 * 3).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0).collect();
        let outputs = |tasks, draw| {
            let input = Input { tasks, draw, ..Input::of(&values, 4, 64) };
            NetworkPass::new(&network, &parameters, input).outputs.to_vec()
        };
        let draw = |step| Some(Draw { seed: 1, step });
        assert_eq!(outputs(1, draw(1)), outputs(2, draw(1)));
        assert_ne!(outputs(1, draw(1)), outputs(1, draw(2)));
        assert_ne!(outputs(1, draw(1)), outputs(1, None));
        assert_eq!(outputs(0, None), outputs(1, None));
    }

    #[test]
    fn a_window_set_is_read_time_by_time() {
        // One window of two steps; the last step alone decides.
        let mut config = RunConfig::default();
        config.set(None, "encoder", "stack:dense1|last").unwrap();
        let network = Network::new(&config.encoder, 2, 1);
        let windows = Windows { values: vec![5.0, 7.0, 5.0, 7.0], time: 2, batch: 2, features: 1 };
        let mut parameters = network.initial(1, 1);
        parameters[..2].copy_from_slice(&[2.0, 1.0]);
        let pass = NetworkPass::new(&network, &parameters, Input::of(windows.of(0), 2, 2));
        assert_eq!(pass.latent(), [11.0, 15.0]);
    }
}
