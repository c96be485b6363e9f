use super::*;
use crate::data::Origin;
use crate::experiment::{EpochGradients, Figures};
use crate::measure::Metrics;
use crate::session::{BackendKind, DataSize, Host};

fn extent() -> Extent {
    Extent::full(10, Origin::Emulated, false)
}

/// Records of a claim's plan with these figures; the second argument is a noise of the seed alone, from −1 to 1.
fn records(claim: &Claim, extent: &Extent, figures: impl Fn(&RunConfig, f32) -> Figures) -> Vec<Record> {
    let noise = |config: &RunConfig| {
        let seed = config.members[0].bootstrap.unwrap_or(config.seed);
        (f32::from(u16::try_from(seed * 7919 % 1000).unwrap()) - 500.0) / 500.0
    };
    claim
        .plan(extent)
        .into_iter()
        .map(|config| Record::finished(config.clone(), figures(&config, noise(&config))))
        .collect()
}

fn rmse(cycles: f32) -> Figures {
    Figures { test: Metrics { rmse_cycles: cycles, ..Metrics::default() }, ..Figures::default() }
}

fn lambda(config: &RunConfig) -> f32 {
    config.members[0].weighting.base_lambda().unwrap()
}

fn verdict(id: &str, figures: impl Fn(&RunConfig, f32) -> Figures) -> Finding {
    let claim = Claim::find(id).unwrap();
    let finding = claim.verdict(&extent(), &records(claim, &extent(), figures));
    assert_eq!(finding.runs, finding.planned);
    finding
}

#[test]
fn cards_are_whole_and_names_distinct() {
    let ids: Vec<&str> = ALL.iter().map(|claim| claim.id).collect();
    let expected =
        ["optimum", "degradation", "normalization", "bias-variance", "alignment", "balance", "encoders", "information"];
    assert_eq!(ids, expected);
    for claim in &ALL {
        assert!(
            claim.sentence.ends_with('.') && claim.rule.ends_with('.') && claim.method.ends_with('.'),
            "{}",
            claim.id
        );
        assert!(!claim.published.is_empty() && !claim.doubts.is_empty(), "{}", claim.id);
        assert!(serde_json::to_value(claim).unwrap()["published"][0]["source"].is_string());
    }
}

#[test]
fn claims_share_their_runs() {
    let extent = extent();
    let together = plan(&ALL, &extent);
    let apart: usize = ALL.iter().map(|claim| claim.plan(&extent).len()).sum();
    assert!(together.len() + 350 < apart, "{} of {apart}", together.len());
    let only = |id: &str| plan([Claim::find(id).unwrap()], &extent).len();
    assert_eq!((only("optimum"), only("information"), only("balance")), (130, 130, 10));
    let of_three = ["optimum", "degradation", "information"].map(|id| Claim::find(id).unwrap());
    assert_eq!(plan(of_three, &extent).len(), 130);
    for config in together.into_iter().chain(plan(&ALL, &Extent::quick(3, Origin::Emulated))) {
        assert_eq!(config.validate(), Ok(()));
        for (backend, host) in [(BackendKind::Cpu, Host::Browser), (BackendKind::WebGpu, Host::Native { threads: 8 })] {
            assert_eq!(config.bounded_for(&DataSize::of(config.data.subset), backend, host), Ok(()));
        }
    }
}

#[test]
fn without_runs_nothing_is_decided() {
    for claim in &ALL {
        let finding = claim.verdict(&extent(), &[]);
        assert_eq!((finding.verdict, finding.measured, finding.runs), (Verdict::Undecided, None, 0), "{}", claim.id);
        assert!(finding.planned > 0 && finding.words.ends_with("found 0."));
    }
}

#[test]
fn failed_runs_take_their_seed_with_them() {
    let claim = Claim::find("optimum").unwrap();
    let mut all = records(claim, &extent(), |config, noise| rmse(14.0 + 20.0 * (lambda(config) - 0.5).powi(2) + noise));
    let diverged = all.remove(5);
    all.push(Record::failed(diverged.config, "it diverged".to_owned()));
    let finding = claim.verdict(&extent(), &all);
    assert_eq!((finding.verdict, finding.runs, finding.planned), (Verdict::Supported, 129, 130));
    assert_eq!((finding.failed, finding.counted()), (1, "129 of 130 runs, 1 failed".to_owned()));
    // A run that is still to come has not failed.
    all.pop();
    assert_eq!(claim.verdict(&extent(), &all).counted(), "129 of 130 runs");
}

#[test]
fn the_optimum_is_where_the_curve_has_it() {
    let curve = |centre: f32| {
        move |config: &RunConfig, noise: f32| rmse(14.0 + 20.0 * (lambda(config) - centre).powi(2) + noise)
    };
    assert_eq!(verdict("optimum", curve(0.5)).verdict, Verdict::Supported);
    let elsewhere = verdict("optimum", curve(0.9));
    assert_eq!(elsewhere.verdict, Verdict::NotSupported);
    assert_eq!(elsewhere.measured.unwrap().value, 0.9);
    // Noise of each run by itself, larger than the curve is deep.
    let noisy = verdict("optimum", |config, noise| {
        rmse(14.0 + (lambda(config) - 0.5).powi(2) + (noise * 900.0 * lambda(config)).sin())
    });
    assert_eq!(noisy.verdict, Verdict::Undecided, "{noisy:?}");
}

#[test]
fn the_exponent_decides_the_degradation() {
    let law = |c: f32, p: f32| {
        move |config: &RunConfig, noise: f32| rmse(14.0 + c * (lambda(config) - 0.5).abs().powf(p) + noise)
    };
    let square = verdict("degradation", law(30.0, 2.0));
    assert_eq!(square.verdict, Verdict::Supported, "{square:?}");
    assert!((square.measured.unwrap().value - 2.0).abs() < 0.02);
    let published = verdict("degradation", law(19.7, 1.26));
    assert_eq!(published.verdict, Verdict::NotSupported, "{published:?}");
    let flat = verdict("degradation", law(0.0, 1.0));
    assert_eq!(flat.verdict, Verdict::NotSupported, "{flat:?}");
}

#[test]
fn normalization_is_needed_where_none_is_worse_in_both_units() {
    use crate::loss::{Normalization, RulUnit};
    let of = |none_fraction: f32| {
        move |config: &RunConfig, noise: f32| {
            rmse(
                noise
                    + match (&config.members[0].normalization, config.loss.unit) {
                        (Normalization::None, RulUnit::Fraction) => none_fraction,
                        (Normalization::None, RulUnit::Cycles) => 17.0,
                        _ => 14.0,
                    },
            )
        }
    };
    assert_eq!(verdict("normalization", of(15.0)).verdict, Verdict::Supported);
    let one = verdict("normalization", of(14.0));
    assert_eq!(one.verdict, Verdict::NotSupported);
    assert!(one.words.contains("FD002") && one.figure.ends_with("a fraction"), "{one:?}");
}

#[test]
fn bias_and_variance_are_read_off_residuals() {
    let of = |best: f32| {
        move |config: &RunConfig, noise: f32| {
            let health = 1.0 - lambda(config);
            // Bias grows with the weight of health, scatter falls; where their sum is least depends on the offset.
            let bias = 4.0 * health;
            let scatter = 8.0 * (1.0 - health / (2.0 * best)).max(0.0);
            let residuals_cycles = (0_u8..50).map(|window| bias + scatter * (noise * f32::from(window) * 40.0).sin());
            Figures { residuals_cycles: residuals_cycles.collect(), ..Figures::default() }
        }
    };
    let finding = verdict("bias-variance", of(0.5));
    assert_eq!(finding.table.rows.len(), 5);
    assert_eq!(finding.plot.as_ref().unwrap().series.len(), 3);
    assert!(finding.words.contains("variance by -"), "{finding:?}");
    // No trade at all: the more weight for the RUL the better.
    let none = verdict("bias-variance", |config, noise| Figures {
        residuals_cycles: vec![10.0 * (1.0 - lambda(config)) + 0.1 * noise; 20],
        ..Figures::default()
    });
    assert_eq!(none.verdict, Verdict::NotSupported, "{none:?}");
}

fn gradients(cosine: impl Fn(u8) -> f32, normalized_ratio: f32) -> Figures {
    let epoch = |epoch| EpochGradients { cosine: cosine(epoch), norm_ratio: 0.4, normalized_ratio };
    Figures { gradients: (0..10).map(epoch).collect(), ..Figures::default() }
}

#[test]
fn alignment_has_to_be_positive_and_fall() {
    let falling = verdict("alignment", |_, noise| gradients(|epoch| 0.7 - 0.04 * f32::from(epoch) + 0.02 * noise, 1.0));
    assert_eq!(falling.verdict, Verdict::Supported, "{falling:?}");
    let rising = verdict("alignment", |_, noise| gradients(|epoch| 0.1 + 0.04 * f32::from(epoch) + 0.02 * noise, 1.0));
    assert_eq!(rising.verdict, Verdict::NotSupported);
    assert!(rising.words.contains("rises by 0."), "{}", rising.words);
    let negative =
        verdict("alignment", |_, noise| gradients(|epoch| 0.2 - 0.06 * f32::from(epoch) + 0.02 * noise, 1.0));
    assert_eq!(negative.verdict, Verdict::NotSupported);
}

#[test]
fn balance_is_near_one_or_not() {
    let of =
        |ratio: f32, spread: f32| move |_: &RunConfig, noise: f32| gradients(|_| 0.5, ratio * (1.0 + spread * noise));
    assert_eq!(verdict("balance", of(1.05, 0.1)).verdict, Verdict::Supported);
    assert_eq!(verdict("balance", of(2.0, 0.1)).verdict, Verdict::NotSupported);
    assert_eq!(verdict("balance", of(1.25, 0.5)).verdict, Verdict::Undecided);
}

#[test]
fn one_encoder_elsewhere_is_enough() {
    let of = |cnn: f32| {
        move |config: &RunConfig, noise: f32| {
            let centre = if config.encoder.name() == "cnn" { cnn } else { 0.5 };
            rmse(14.0 + 20.0 * (lambda(config) - centre).powi(2) + noise)
        }
    };
    assert_eq!(verdict("encoders", of(0.5)).verdict, Verdict::Supported);
    let elsewhere = verdict("encoders", of(0.7));
    assert_eq!(elsewhere.verdict, Verdict::NotSupported);
    assert!(elsewhere.words.ends_with("outside for cnn."), "{}", elsewhere.words);
    assert!((elsewhere.measured.unwrap().value - 0.2).abs() < 1e-9);
}

#[test]
fn information_is_compared_with_the_most_there_is() {
    let of = |loss: f32| {
        move |config: &RunConfig, noise: f32| Figures {
            information_nats: [0.8 + 0.01 * noise, 0.6 - loss * (lambda(config) - 0.1) + 0.01 * noise],
            ..Figures::default()
        }
    };
    assert_eq!(verdict("information", of(0.0)).verdict, Verdict::Supported);
    assert_eq!(verdict("information", of(0.5)).verdict, Verdict::NotSupported);
}

#[test]
fn findings_are_plain_data() {
    let finding = verdict("optimum", |config, noise| rmse(14.0 + lambda(config) + noise));
    let text = serde_json::to_string(&finding).unwrap();
    assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
}
