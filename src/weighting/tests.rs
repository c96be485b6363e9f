//! What holds for every strategy, and one row of figures for each.

mod values;

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::*;
use crate::parameter::{Parameter, ParameterKind};

/// Every strategy with its default parameters.
fn all() -> Vec<WeightingConfig> {
    WeightingConfig::NAMES.iter().map(|name| WeightingConfig::from_name(name).unwrap()).collect()
}

/// A step or the end of an epoch.
#[derive(Clone, Copy, Debug)]
enum Told {
    Step(TaskSignals),
    Epoch(EpochMetrics),
}

/// The weights of each step.
fn course(strategy: &mut dyn Weighting, told: &[Told]) -> Vec<TaskWeights> {
    let mut weights = Vec::new();
    for told in told {
        match told {
            Told::Step(signals) => weights.push(strategy.weights(signals)),
            Told::Epoch(metrics) => strategy.end_epoch(metrics),
        }
    }
    weights
}

/// Zero, or anything from 1e-15 to 1e15.
fn size() -> impl Strategy<Value = f32> {
    prop_oneof![1 => Just(0.0_f32), 6 => (-15.0_f32..=15.0).prop_map(|power| 10.0_f32.powf(power))]
}

fn pair_of_sizes() -> impl Strategy<Value = [f32; 2]> {
    [size(), size()]
}

fn signals() -> impl Strategy<Value = TaskSignals> {
    let cosine = prop_oneof![Just(-1.0_f32), Just(0.0), Just(1.0), -1.0_f32..=1.0];
    let validation = proptest::option::of(([pair_of_sizes(), pair_of_sizes()], any::<[bool; 2]>(), pair_of_sizes()));
    let rest = (proptest::option::of(pair_of_sizes()), 0.0_f32..=1.0);
    (pair_of_sizes(), pair_of_sizes(), pair_of_sizes(), cosine, validation, rest).prop_map(
        |(losses, normalized, [rul, health], cosine, validation, (epistemic, progress))| TaskSignals {
            step: 0,
            progress,
            epoch: 8.0 * progress,
            losses,
            normalized,
            gramian: [[rul * rul, cosine * rul * health], [cosine * rul * health, health * health]],
            validation: validation.map(|(products, signs, losses)| ValidationSignals {
                losses,
                products: [0, 1].map(|row| if signs[row] { products[row] } else { products[row].map(|value| -value) }),
                learning_rate: 1e-3,
            }),
            epistemic,
        },
    )
}

fn metrics() -> impl Strategy<Value = EpochMetrics> {
    let validation =
        (size(), size(), 0.0_f32..=1.0, 0.0_f32..=1.0).prop_map(|(rmse_cycles, nasa_score, accuracy, macro_f1)| {
            ValidationMetrics { rmse_cycles, nasa_score, accuracy, macro_f1 }
        });
    (1..8_u32, pair_of_sizes(), proptest::option::of(validation)).prop_map(|(epoch, losses, validation)| EpochMetrics {
        epoch,
        losses,
        validation,
    })
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let one = prop_oneof![4 => signals().prop_map(Told::Step), 1 => metrics().prop_map(Told::Epoch)];
    proptest::collection::vec(one, 1..40)
}

proptest! {
    #[test]
    fn weights_are_finite_and_their_promised_sum_is_kept(told in told()) {
        for config in all() {
            let name = config.name();
            for weights in course(&mut *config.build().unwrap(), &told) {
                prop_assert!(weights.iter().all(|weight| weight.is_finite()), "{}: {:?}", name, weights);
                if let Some(sum) = config.promised_sum() {
                    prop_assert!((weights[0] + weights[1] - sum).abs() < 1e-5, "{}: {:?}", name, weights);
                    prop_assert!(weights.iter().all(|weight| *weight >= 0.0), "{}: {:?}", name, weights);
                }
            }
        }
    }

    #[test]
    fn reset_restores_and_a_copy_goes_its_own_way(told in told()) {
        for config in all() {
            let mut strategy = config.build().unwrap();
            let first = course(&mut *strategy, &told);
            let mut copy = strategy.clone();
            prop_assert_eq!(course(&mut *copy, &told), course(&mut *strategy, &told), "{}", config.name());
            strategy.reset();
            prop_assert_eq!(course(&mut *strategy, &told), first, "{}", config.name());
        }
    }

    #[test]
    fn a_stored_configuration_builds_the_same_strategy(told in told()) {
        for config in all() {
            let text = serde_json::to_string(&config).unwrap();
            let read: WeightingConfig = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &config);
            let found = course(&mut *read.build().unwrap(), &told);
            prop_assert_eq!(found, course(&mut *config.build().unwrap(), &told), "{}", config.name());
        }
    }

    #[test]
    fn what_a_strategy_does_not_need_it_does_not_read(told in told()) {
        for config in all() {
            let needs = config.needs();
            let reduced: Vec<Told> = told.iter().filter_map(|told| reduced(told, needs)).collect();
            let found = course(&mut *config.build().unwrap(), &reduced);
            prop_assert_eq!(found, course(&mut *config.build().unwrap(), &told), "{}", config.name());
        }
    }
}

/// What a trainer that computes nothing in vain would tell.
fn reduced(told: &Told, needs: Needs) -> Option<Told> {
    match *told {
        Told::Epoch(_) if !needs.epoch_metrics => None,
        Told::Epoch(metrics) => Some(Told::Epoch(metrics)),
        Told::Step(signals) => Some(Told::Step(TaskSignals {
            gramian: if needs.gramian { signals.gramian } else { [[0.0; 2]; 2] },
            validation: signals.validation.filter(|_| needs.validation_gradient),
            epistemic: signals.epistemic.filter(|_| needs.epistemic),
            ..signals
        })),
    }
}

#[test]
fn names_and_cards_tell_the_strategies_apart() {
    for (index, config) in all().iter().enumerate() {
        assert_eq!(config.name(), WeightingConfig::NAMES[index]);
        assert!(WeightingConfig::NAMES[..index].iter().all(|earlier| *earlier != config.name()));
        let card = config.card();
        assert!(all()[..index].iter().all(|earlier| earlier.card().title != card.title), "{}", card.title);
        let texts = [card.title, card.summary, card.best_for, card.citation];
        assert!(texts.iter().chain(card.pros).chain(card.cons).all(|text| !text.is_empty()), "{}", card.title);
        assert!(!card.pros.is_empty() && !card.cons.is_empty(), "{}", card.title);
        // A name is a key: nothing in it needs escaping in a link.
        assert!(config.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    }
    assert_eq!(WeightingConfig::from_name("no such thing"), None);
}

#[test]
fn a_person_can_take_over_from_any_strategy() {
    for config in all() {
        let mut taken = config.clone();
        taken.take_over(0.25);
        assert_eq!(taken.base_lambda(), Some(0.25), "{}", config.name());
        let mut set = config.clone();
        set.set_base_lambda(0.25);
        assert_eq!(set == config, config.base_lambda().is_none(), "{}", config.name());
    }
}

#[test]
fn every_family_has_a_strategy() {
    for family in Family::ALL {
        assert!(all().iter().any(|config| config.card().family == family), "{}", family.title());
    }
}

#[test]
fn a_name_alone_is_a_stored_configuration() {
    for config in all() {
        let text = format!(r#"{{"kind":"{}"}}"#, config.name());
        assert_eq!(serde_json::from_str::<WeightingConfig>(&text).unwrap(), config);
    }
}

#[test]
fn every_parameter_is_described_and_can_be_set() {
    for config in all() {
        for parameter in config.parameters() {
            let what = format!("{} {}", config.name(), parameter.key);
            assert_eq!(parameter.value, parameter.default, "{what}");
            assert!(!parameter.label.is_empty() && parameter.help.ends_with('.'), "{what}: {}", parameter.help);
            // Help is read by people, in a browser.
            assert!(!parameter.help.contains(['`', '[']), "{what}: {}", parameter.help);
            for text in other_values(&parameter) {
                let mut changed = config.clone();
                changed.set(parameter.key, &text).unwrap();
                let found = changed.parameters().into_iter().find(|found| found.key == parameter.key).unwrap();
                assert_eq!(found.value, text, "{what}");
                assert_ne!(changed, config, "{what}");
            }
            let mut refused = config.clone();
            assert!(refused.set(parameter.key, "🦀").is_err(), "{what}");
            assert_eq!(refused, config, "{what}");
        }
        assert!(config.clone().set("no_such_parameter", "1").is_err());
    }
}

/// Values other than the present one that a parameter should take.
pub fn other_values(parameter: &Parameter) -> Vec<String> {
    let values = match &parameter.kind {
        ParameterKind::Number { min, max, .. } => vec![min.to_string(), max.to_string()],
        ParameterKind::Choice(choices) => choices.iter().map(|(name, _)| (*name).to_owned()).collect(),
        ParameterKind::Flag => vec!["true".to_owned(), "false".to_owned()],
        ParameterKind::Text => {
            vec![String::new(), "before epoch 2.5, add -0.25 to λ_health; set λ_rul to 1".to_owned()]
        }
    };
    values.into_iter().filter(|value| *value != parameter.value).collect()
}

#[test]
fn parameters_at_the_ends_of_their_ranges_are_as_safe_as_the_defaults() {
    let extremes = [[0.0, 0.0], [1e15, 1e15], [1e15, 0.0], [1e-15, 1e15], [1.0, 1.0]];
    for config in all() {
        for parameter in config.parameters() {
            for value in other_values(&parameter) {
                let mut changed = config.clone();
                changed.set(parameter.key, &value).unwrap();
                // Limits that cross are refused.
                let Ok(mut strategy) = changed.build() else { continue };
                for (step, [rul, health]) in extremes.into_iter().cycle().take(20).enumerate() {
                    let signals = TaskSignals {
                        epoch: step as f32 / 2.0,
                        losses: [rul, health],
                        normalized: [rul, health],
                        gramian: [[rul * rul, -rul * health], [-rul * health, health * health]],
                        validation: Some(ValidationSignals {
                            losses: [rul, health],
                            products: [[-rul, health], [rul, health]],
                            learning_rate: 1.0,
                        }),
                        epistemic: Some([rul, health]),
                        ..TaskSignals::default()
                    };
                    let weights = strategy.weights(&signals);
                    let what = format!("{} {}={value} at {signals:?}: {weights:?}", config.name(), parameter.key);
                    assert!(weights.iter().all(|weight| weight.is_finite()), "{what}");
                    if let Some(sum) = changed.promised_sum() {
                        assert!((weights[0] + weights[1] - sum).abs() < 1e-5, "{what}");
                    }
                }
            }
        }
    }
}
