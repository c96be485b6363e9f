//! The settings' declarations hold the link, the command line, the documents and the page together.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::Command;

use lambdascope::ConfigError;
use lambdascope::parameter::{Parameter, ParameterKind};
use lambdascope::session::{CurveConfig, Link, Mode, RunConfig, Scope, settings_manual};
use proptest::prelude::*;

/// Values of a setting, allowed and not: both ends of its range, beyond them, every choice with a parameter, nonsense.
fn texts(parameter: &Parameter) -> Vec<String> {
    let mut texts: Vec<String> = match &parameter.kind {
        ParameterKind::Number { min, max, whole, .. } => {
            let middle = if *whole { ((min + max) / 2.0).floor() } else { f64::midpoint(*min, *max) };
            [*min, *max, middle, max * 2.0 + 1.0, min - 1.0].map(|number| number.to_string()).to_vec()
        }
        ParameterKind::Choice(choices) => {
            let named = choices.iter().map(|(name, _)| (*name).to_owned());
            named.clone().chain(named.map(|name| format!("{name}:7"))).collect()
        }
        ParameterKind::Flag => ["true", "false", "1", "0"].map(str::to_owned).to_vec(),
        ParameterKind::Text => {
            ["none", "all", "7", "80:30", "130", "11x6", "0.2,0.8x3", "l1=0.01", "l1=0.01:dropout=0.5"]
                .map(str::to_owned)
                .to_vec()
        }
    };
    texts.extend(["", "NaN", "inf", "-1", "1e99", "🦀"].map(str::to_owned));
    texts
}

/// A configuration with some settings changed, each as a person may: what is refused is left as it was.
fn configured(choices: &[(usize, usize)], members: usize) -> RunConfig {
    let mut config = RunConfig::default();
    config.members.resize(members, config.members[0].clone());
    for (setting, text) in choices {
        let settings = config.settings(0);
        let parameter = &settings[setting % settings.len()].parameter;
        let texts = texts(parameter);
        let mut next = config.clone();
        let member = setting % members;
        if next.set(Some(member), parameter.key, &texts[text % texts.len()]).is_ok() && next.validate().is_ok() {
            config = next;
        }
    }
    config
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_configuration_comes_back_from_its_link(
        choices in proptest::collection::vec((0_usize..1000, 0_usize..1000), 0..20),
        members in 1_usize..4,
    ) {
        let config = configured(&choices, members);
        let link = Link { config: config.clone(), ..Link::default() };
        let (found, problems) = Link::parse(&link.fragment());
        prop_assert_eq!(&problems, &vec![], "{}", link.fragment());
        if config.curve.is_none() {
            prop_assert_eq!(found, link);
        } else {
            prop_assert_eq!(found.config.expanded(), config.expanded(), "{}", link.fragment());
        }
    }

    #[test]
    fn what_a_link_holds_is_valid_and_what_is_valid_a_link_holds(setting in 0_usize..1000, text in 0_usize..1000) {
        let settings = RunConfig::default().settings(0);
        let parameter = &settings[setting % settings.len()].parameter;
        let texts = texts(parameter);
        let text = &texts[text % texts.len()];
        let mut config = RunConfig::default();
        let valid: Result<(), ConfigError> =
            config.set(None, parameter.key, text).and_then(|()| config.validate());
        // Commas separate members.
        if settings[setting % settings.len()].scope == Scope::Run || !text.contains(',') {
            let (link, problems) = Link::parse(&format!("{}={text}", parameter.key));
            prop_assert_eq!(valid.is_ok(), problems.is_empty(), "{}={}: {:?} {:?}", parameter.key, text, valid, problems);
            prop_assert!(link.config.validate().is_ok());
        }
    }
}

#[test]
fn every_key_and_flag_is_there_once() {
    let settings = RunConfig::default().settings(0);
    let mut names: Vec<&str> = settings.iter().map(|setting| setting.parameter.key).collect();
    names.extend(settings.iter().filter(|one| one.parameter.flag != one.parameter.key).map(|one| one.parameter.flag));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for setting in &settings {
        let Parameter { label, help, .. } = &setting.parameter;
        assert!(
            !label.is_empty() && help.ends_with('.') && !help.contains('`') || help.contains("`1 + clip"),
            "{help}"
        );
    }
}

#[test]
fn the_command_line_takes_what_a_link_takes() {
    let train = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lambdascope"));
        command.env_remove("CMAPSS_DIR").args(["train", "--emulated", "--json", "--epochs", "1"]);
        command.args(["--stride", "40", "--batch", "16", "--encoder", "cnn:4:3"]).args(arguments).output().unwrap()
    };
    let member = |arguments: &[&str]| {
        let output = train(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (line["member"]["weighting"].clone(), line["optimizer"]["learning_rate"].clone(), line["loss"]["unit"].clone())
    };
    let named = member(&["--strategy", "gradnorm:alpha=0.5", "--learning-rate", "0.01", "--rul-unit", "cycles"]);
    let set = member(&[
        "--set",
        "strategy=gradnorm",
        "--set",
        "strategy.alpha=0.5",
        "--set",
        "lr=0.01",
        "--set",
        "unit=cycles",
    ]);
    assert_eq!(named, set);
    let (link, _) = Link::parse("strategy=gradnorm:alpha=0.5&lr=0.01&unit=cycles");
    assert_eq!(named.0, serde_json::to_value(&link.config.members[0].weighting).unwrap());

    let refused = |arguments: &[&str]| {
        let output = train(arguments);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&["--lambda", "-0.1"]).contains("`lambda` should be in [0, 1], found -0.1"));
    assert!(refused(&["--strategy", "dwa", "--lambda", "0.3"]).contains("`lambda` should be left out"));
    assert!(refused(&["--set", "colour=red"]).contains("found colour"));
    assert!(refused(&["--window", "3"]).contains("`window` should be in [5, 100], found 3"));
}

#[test]
fn the_manual_is_what_the_declarations_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    let written = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, settings_manual(), "docs/settings.md is stale: cargo run -- settings > docs/settings.md");
}

#[test]
fn the_page_has_a_control_for_every_setting() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("www/index.html")).unwrap();
    let held: Vec<&str> = page.split("data-settings=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let keys: Vec<&str> = held.iter().flat_map(|keys| keys.split_whitespace()).collect();
    for setting in RunConfig::default().settings(0) {
        let key = setting.parameter.key;
        // These two have panels of their own, with their flags as ids.
        let has_panel = matches!(key, "lambda" | "strategy") && page.contains(&format!("id=\"{key}\""));
        let nested = format!("{key}.*");
        assert!(has_panel || keys.contains(&key) || keys.contains(&nested.as_str()), "no control for `{key}`");
    }
}

#[test]
fn a_link_to_a_curve_trains_what_the_mode_trains() {
    let (link, problems) = Link::parse("#curve=11x6");
    assert_eq!(problems, []);
    assert_eq!(link.config.expanded(), RunConfig::default().in_mode(Mode::LambdaCurve, 0));
    let (link, _) = Link::parse("#curve=5x2&stride=3&encoder=gru");
    assert_eq!((link.config.data.stride, link.config.encoder.name(), link.config.epochs), (3, "gru", 10));
    assert_eq!(link.config.curve, Some(CurveConfig { lambdas: CurveConfig::even(5), bootstraps: 2 }));
    // As many members as any run may have.
    assert_eq!(Link::parse("#curve=21x6").1, []);
    assert_eq!(Link::parse("#curve=21x7").1.len(), 1);
}

#[test]
fn a_link_keeps_what_is_right_beside_what_is_wrong() {
    let (link, problems) = Link::parse("#data=FD003&window=2");
    assert_eq!(link.config.data.subset, lambdascope::data::Subset::FD003);
    assert_eq!(problems[0].to_string(), "`window` should be in [5, 100], found 2");
    assert_eq!(Link::parse("#window=3").1.len(), 1);
    assert_eq!(Link::parse("#window=5").1, []);
}
