use super::*;
use crate::data::{Origin, Scaling, Subset};
use crate::loss::{Normalization, RulLoss, RulUnit};
use crate::model::EncoderConfig;
use crate::parameter::Parameters;
use crate::session::CurveConfig;
use crate::train::{MemberConfig, OptimizerKind, Regularization};
use crate::weighting::WeightingConfig;

fn member(lambda_rul: f32, normalization: Normalization) -> MemberConfig {
    MemberConfig { weighting: WeightingConfig::Fixed { lambda_rul }, normalization, ..MemberConfig::default() }
}

#[test]
fn an_empty_fragment_is_the_default() {
    for fragment in ["", "#", "#&&"] {
        assert_eq!(Link::parse(fragment), (Link::default(), vec![]));
    }
}

#[test]
fn the_usual_settings_always_stand_in_a_link() {
    assert_eq!(
        Link::default().fragment(),
        "data=FD001&encoder=gru&lambda=0.5&norm=amnl&unit=fraction&lr=0.003&batch=128&epochs=8&seed=1&backend=auto"
    );
}

#[test]
fn a_configuration_far_from_the_default_comes_back_whole() {
    let mut link = Link { backend: BackendChoice::WebGpu, autoplay: false, ..Link::default() };
    let config = &mut link.config;
    config.data.subset = Subset::FD003;
    config.data.origin = Some(Origin::Emulated);
    (config.data.window, config.data.stride, config.data.validation_share) = (40, 2, 0.25);
    config.data.scaling = Scaling::Global;
    config.encoder = EncoderConfig::Cnn { hidden: 16, kernel: 3 };
    config.loss.unit = RulUnit::Cycles;
    config.loss.rul = RulLoss::Huber { delta_cycles: 12.5 };
    (config.loss.sample_weighted, config.loss.class_weighted) = (true, true);
    config.optimizer.kind = OptimizerKind::Adam;
    (config.optimizer.learning_rate, config.optimizer.weight_decay) = (1e-3, 0.0);
    (config.optimizer.clip_norm, config.optimizer.warmup_epochs) = (0.3, 0.0);
    config.optimizer.cosine_decay = false;
    (config.batch_size, config.epochs, config.seed) = (64, 30, u32::MAX);
    config.members = vec![
        member(0.1, Normalization::Amnl { beta: 0.9 }),
        member(0.35, Normalization::Manual { rul: 2.0, health: 0.5 }),
        member(1.0, Normalization::None),
    ];
    assert_eq!(Link::parse(&link.fragment()), (link, vec![]));
}

#[test]
fn a_short_list_ends_in_its_last_value() {
    for fragment in ["lambda=0.2,0.8,0.9&norm=batch,none", "norm=batch,none&lambda=0.2,0.8,0.9"] {
        let (link, problems) = Link::parse(fragment);
        assert_eq!(problems, []);
        let expected = [(0.2, Normalization::Batch), (0.8, Normalization::None), (0.9, Normalization::None)];
        assert_eq!(link.config.members, expected.map(|(lambda, norm)| member(lambda, norm)));
    }
}

#[test]
fn escaped_characters_are_understood() {
    let (link, problems) = Link::parse("#lambda=0.2%2C0.8&norm=amnl%3A0.9");
    assert_eq!(problems, []);
    assert_eq!(link.config.members[1], member(0.8, Normalization::Amnl { beta: 0.9 }));
}

#[test]
fn bad_values_are_reported_and_the_rest_counts() {
    let (link, problems) = Link::parse("lambda=1.5&seed=7&batch=none&encoder=cnn:8:4");
    assert_eq!(link.config.seed, 7);
    assert_eq!(link.config.members, RunConfig::default().members);
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`lambda` in the link should be a weight of the RUL loss from 0 to 1, or one a member, separated by \
             commas, found `1.5`",
            "`batch` in the link should be a number of windows from 1 to 4096, found `none`",
            "`encoder` in the link should be cnn[:HIDDEN[:KERNEL]] (an odd kernel), tcn[:HIDDEN[:KERNEL[:LEVELS]]], \
             gru[:HIDDEN], lstm[:HIDDEN] or transformer[:HIDDEN[:HEADS]] (heads that divide the width), found \
             `cnn:8:4`",
        ]
    );
}

#[test]
fn unknown_settings_are_reported_by_name() {
    let (link, problems) = Link::parse("colour=red&seed=3");
    assert_eq!(link.config.seed, 3);
    let message = problems[0].to_string();
    assert!(message.starts_with("settings in the link should be data, encoder, lambda"), "{message}");
    assert!(message.ends_with("found `colour`"), "{message}");
}

#[test]
fn nothing_that_a_link_can_hold_is_out_of_range() {
    for value in ["NaN", "inf", "-1", "1e99", "", "%", "%zz", "0.5,", ",", "🦀"] {
        for setting in RunConfig::default().settings(0) {
            let (link, _) = Link::parse(&format!("{}={value}", setting.parameter.key));
            let lambda_rul = link.config.members[0].weighting.base_lambda();
            assert!(lambda_rul.is_none_or(|lambda_rul| (0.0..=1.0).contains(&lambda_rul)));
            assert!(link.config.optimizer.learning_rate > 0.0 && link.config.optimizer.learning_rate <= 1.0);
            assert_eq!(Link::parse(&link.fragment()), (link, vec![]));
        }
    }
    let crowd = vec!["0.5"; RunConfig::MOST_MEMBERS + 1].join(",");
    assert_eq!(Link::parse(&format!("lambda={crowd}")).1.len(), 1);
}

#[test]
fn a_curve_comes_back_from_a_few_letters() {
    for (lambdas, written) in [
        (CurveConfig::even(11), "&curve=11x6"),
        (vec![0.4, 0.5, 0.6], "&curve=0.4,0.5,0.6x6"),
        (vec![1.0], "&curve=1.0x6"),
        (vec![0.1], "&curve=0.1x6"),
    ] {
        let mut link = Link::default();
        link.config.curve = Some(CurveConfig { lambdas, bootstraps: 6 });
        link.config.members = vec![member(0.3, Normalization::Batch)];
        let fragment = link.fragment();
        assert!(fragment.contains(written), "{fragment}");
        assert_eq!(Link::parse(&fragment), (link.clone(), vec![]));
        // Of an expanded run the first member stands for all.
        let expanded = Link { config: link.config.expanded(), ..Link::default() };
        let (found, problems) = Link::parse(&expanded.fragment());
        assert_eq!(problems, []);
        assert_eq!(found.config.expanded(), expanded.config);
    }
    for value in ["11", "11x0", "0x6", "22x2", "21x12", "0.5,0.5x2", "2.0x2", "x", "0.5,x3"] {
        assert_eq!(Link::parse(&format!("curve={value}")).1.len(), 1, "{value}");
    }
}

#[test]
fn bootstraps_come_back_one_a_member() {
    let mut link = Link::default();
    link.config.members =
        [Some(7), None, Some(u32::MAX)].map(|bootstrap| MemberConfig { bootstrap, ..MemberConfig::default() }).to_vec();
    assert!(link.fragment().contains("&bootstrap=7,all,4294967295"), "{}", link.fragment());
    assert_eq!(Link::parse(&link.fragment()), (link, vec![]));
}

fn with_strategies(strategies: Vec<WeightingConfig>) -> Link {
    let mut link = Link::default();
    link.config.members =
        strategies.into_iter().map(|weighting| MemberConfig { weighting, ..MemberConfig::default() }).collect();
    link
}

#[test]
fn every_strategy_comes_back_with_every_parameter() {
    for name in WeightingConfig::NAMES {
        let config = WeightingConfig::from_name(name).unwrap();
        assert_eq!(Link::parse(&format!("strategy={name}")), (with_strategies(vec![config.clone()]), vec![]));
        for parameter in config.parameters() {
            for value in crate::weighting::tests::other_values(&parameter) {
                let mut changed = config.clone();
                changed.set(parameter.key, &value).unwrap();
                if changed.build().is_err() {
                    continue;
                }
                let link = with_strategies(vec![changed]);
                let fragment = link.fragment();
                assert_eq!(Link::parse(&fragment), (link, vec![]), "{fragment}");
                let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"&=:,.-_+~".contains(&byte);
                assert!(fragment.bytes().all(safe), "{fragment}");
            }
        }
    }
}

#[test]
fn every_regularizer_comes_back() {
    for parameter in Regularization::default().parameters() {
        for value in crate::weighting::tests::other_values(&parameter) {
            let mut link = Link::default();
            link.config.members = vec![MemberConfig::default(); 3];
            link.config.members[1].regularization.set(parameter.key, &value).unwrap();
            let fragment = link.fragment();
            let written = format!("&regularization=none,{}={value},none&", parameter.key);
            assert!(fragment.contains(&written), "{fragment}");
            assert_eq!(Link::parse(&fragment), (link, vec![]), "{fragment}");
        }
    }
    let mut link = Link::default();
    let Regularization { l1, dropout, patience, .. } = &mut link.config.members[0].regularization;
    (*l1, *dropout, *patience) = (1e-4, 0.1, 5);
    assert!(link.fragment().contains("&regularization=l1=0.0001:dropout=0.1:patience=5&"), "{}", link.fragment());
    assert_eq!(Link::parse(&link.fragment()), (link, vec![]));
    for refused in ["l1", "l3=1", "dropout=0.95", "l1=0.1:", "l1=0.1,"] {
        assert_eq!(Link::parse(&format!("regularization={refused}")).1.len(), 1, "{refused}");
    }
}

#[test]
fn all_strategies_race_in_one_link() {
    let link = with_strategies(WeightingConfig::NAMES.map(|name| WeightingConfig::from_name(name).unwrap()).to_vec());
    assert_eq!(Link::parse(&link.fragment()), (link, vec![]));
}

#[test]
fn a_link_holds_what_differs_from_the_defaults() {
    let mut config = WeightingConfig::from_name("gradnorm").unwrap();
    config.set("alpha", "0.5").unwrap();
    let strategies = vec![WeightingConfig::default(), config.clone(), config];
    let fragment = with_strategies(strategies).fragment();
    assert!(fragment.contains("&lambda=0.5,0.5,0.5&strategy=fixed,gradnorm:alpha=0.5&"), "{fragment}");
    assert!(!with_strategies(vec![WeightingConfig::default(); 3]).fragment().contains("strategy"));
}

#[test]
fn the_base_weight_stands_beside_the_strategy() {
    for fragment in ["lambda=0.2,0.8&strategy=rules", "strategy=rules&lambda=0.2,0.8"] {
        let (link, problems) = Link::parse(fragment);
        assert_eq!(problems, []);
        let found = link.config.members.iter().map(|member| (member.weighting.name(), member.weighting.base_lambda()));
        assert_eq!(found.collect::<Vec<_>>(), [("rules", Some(0.2)), ("rules", Some(0.8))]);
    }
    assert_eq!(Link::parse("strategy=fixed:lambda_rul=0.2").1.len(), 1);
}

#[test]
fn strategies_that_cannot_be_are_reported() {
    for value in ["magic", "gradnorm:alpha", "gradnorm:alpha=-1", "gradnorm:beta=1", "pcgrad,", "rules:rules=~4"] {
        let (link, problems) = Link::parse(&format!("strategy={value}"));
        assert_eq!(link, Link::default(), "{value}");
        assert!(problems[0].to_string().starts_with("`strategy` in the link should be a strategy and"), "{value}");
    }
    let crossed = "strategy=gradient-magnitude:min=2:max=1";
    assert_eq!(Link::parse(crossed).1.len(), 1);
}
