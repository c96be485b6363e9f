//! The settings of a run as flags, made from their declarations.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use lambdascope::parameter::ParameterKind;
use lambdascope::session::{RunConfig, Setting};

use crate::Failure;

/// Flag for any setting by its key.
const SET: &str = "set";

/// Settings given on the command line, each as its text, in the order of their declarations; those of `--set` follow.
///
/// `seed` is not among them: commands take several.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pairs: Vec<(String, String)>,
}

impl Settings {
    /// Keys and texts.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// What was given for this key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs().find(|(given, _)| *given == key).map(|(_, text)| text)
    }

    /// The configuration with these settings.
    pub fn applied(&self, mut config: RunConfig) -> Result<RunConfig, Failure> {
        for (key, text) in self.pairs() {
            config.set(None, key, text)?;
        }
        if let Some(member) = config.members.iter().find(|member| member.weighting.base_lambda().is_none())
            && self.get("lambda").is_some()
        {
            let name = member.weighting.name();
            return Err(format!("`lambda` should be left out with the strategy `{name}`, which finds λ itself").into());
        }
        config.validate()?;
        Ok(config)
    }
}

fn declared() -> impl Iterator<Item = Setting> {
    RunConfig::default().settings(0).into_iter().filter(|setting| setting.parameter.key != "seed")
}

fn flag(setting: &Setting) -> Arg {
    let parameter = &setting.parameter;
    let (value, choices) = match &parameter.kind {
        ParameterKind::Number { .. } => ("NUMBER", String::new()),
        ParameterKind::Flag => ("BOOL", String::new()),
        ParameterKind::Text => ("TEXT", String::new()),
        ParameterKind::Choice(choices) => {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            ("NAME", format!(" One of {}.", names.join(", ")))
        }
    };
    let unit = if parameter.unit.is_empty() { String::new() } else { format!(" In {}.", parameter.unit) };
    let help = format!("{}{unit}{choices} [default: {}]", parameter.help, parameter.default);
    // `--data` names the files; elsewhere the key works as well as the flag.
    let alias = (parameter.key != parameter.flag && parameter.key != "data").then_some(parameter.key);
    // A negative number is told apart from a flag by the setting's own range.
    Arg::new(parameter.key).long(parameter.flag).aliases(alias).value_name(value).help(help).allow_hyphen_values(true)
}

impl Args for Settings {
    fn augment_args(command: Command) -> Command {
        let set = Arg::new(SET).long(SET).value_name("KEY=VALUE").action(ArgAction::Append).help(
            "Any setting by its key, such as stride=4, strategy.alpha=0.5 or encoder.hidden=48; may be given again",
        );
        let command = command.next_help_heading("Settings of the run");
        let command = declared().fold(command, |command, setting| command.arg(flag(&setting)));
        command.arg(set).next_help_heading(None::<&str>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |setting: Setting| {
            let key = setting.parameter.key;
            matches.get_one::<String>(key).map(|text| (key.to_owned(), text.clone()))
        };
        let mut pairs: Vec<_> = declared().filter_map(given).collect();
        for pair in matches.get_many::<String>(SET).unwrap_or_default() {
            let Some((key, text)) = pair.split_once('=') else {
                let message = format!("`--set` should be KEY=VALUE, found `{pair}`\n");
                return Err(Error::raw(clap::error::ErrorKind::ValueValidation, message));
            };
            pairs.push((key.to_owned(), text.to_owned()));
        }
        Ok(Self { pairs })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
