//! The settings as a document: `docs/settings.md` is what this writes.

use super::{RunConfig, Scope};
use crate::loss::{Normalization, RulLoss};
use crate::model::EncoderConfig;
use crate::parameter::{Effect, Parameter, ParameterKind, Variant};
use crate::weighting::WeightingConfig;

/// What stands above the tables.
const HEAD: &str = "# Settings

Written by `cargo run -- settings > docs/settings.md` from the declarations; a test holds it to them.

A setting has one key. In a link it is `KEY=VALUE`, joined by `&`; on the command line `--FLAG VALUE`, or `--set KEY=VALUE`
for any of them. A parameter of a choice follows the choice (`encoder=gru:48`, `strategy=gradnorm:alpha=0.5`) or is set alone
(`strategy.alpha=0.5`). In a link a setting of the members has one value for all, or one a member, separated by commas. What
changes *live* takes effect at the next step; the others start training *anew*.
";

/// Every setting in tables, in Markdown.
#[must_use]
pub fn settings_manual() -> String {
    let settings = RunConfig::default().settings(0);
    let mut text = HEAD.to_owned();
    for (title, scope) in [("Of the run", Scope::Run), ("Of each member", Scope::Member)] {
        text.extend([
            "\n## ",
            title,
            "\n\n| key | flag | what | values | default | changes |\n| --- | --- | --- | --- | --- | --- |\n",
        ]);
        for setting in settings.iter().filter(|setting| setting.scope == scope) {
            text += &row(&setting.parameter);
        }
    }
    text += "\n## Parameters of the choices\n\n| choice | parameter | what | values | default |\n| --- | --- | --- | --- | --- |\n";
    text += &choices::<EncoderConfig>("encoder");
    text += &choices::<Normalization>("norm");
    text += &choices::<RulLoss>("rul-loss");
    text += &choices::<WeightingConfig>("strategy");
    if let Some(setting) = settings.iter().find(|setting| setting.parameter.key == "regularization") {
        text.extend(setting.parameter.parameters.iter().map(|inner| inner_row("`regularization`", inner)));
    }
    text
}

fn row(parameter: &Parameter) -> String {
    let Parameter { key, flag, label, help, default, effect, .. } = parameter;
    let changes = match effect {
        Effect::Live => "live",
        Effect::Restart => "anew",
    };
    format!("| `{key}` | `--{flag}` | {label}. {help} | {} | `{default}` | {changes} |\n", values(parameter))
}

fn choices<V: Variant>(key: &str) -> String {
    let of_choice = |(name, _): (&'static str, &'static str)| {
        let inner = V::named(name).map(|choice| choice.inner()).unwrap_or_default();
        inner.iter().map(|parameter| inner_row(&format!("`{key}={name}`"), parameter)).collect::<String>()
    };
    V::choices().into_iter().map(of_choice).collect()
}

fn inner_row(choice: &str, parameter: &Parameter) -> String {
    let Parameter { key, label, help, default, .. } = parameter;
    let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
    format!("| {choice} | `{key}` | {label}. {help} | {} | {default} |\n", values(parameter))
}

/// What a value can be, in words.
fn values(parameter: &Parameter) -> String {
    let unit = if parameter.unit.is_empty() { String::new() } else { format!(" {}", parameter.unit) };
    match &parameter.kind {
        ParameterKind::Number { min, max, whole, .. } => {
            let (min, max) = (number(*min), number(*max));
            format!("{}{min} to {max}{unit}", if *whole { "whole, " } else { "" })
        }
        ParameterKind::Choice(choices) => {
            choices.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        }
        ParameterKind::Flag => "`true`, `false`".to_owned(),
        ParameterKind::Text if unit.is_empty() => "text".to_owned(),
        ParameterKind::Text => format!("text, in{unit}"),
    }
}

/// A bound: 1e38 rather than 38 zeros.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e10).contains(&size) { value.to_string() } else { format!("{value:e}") }
}
