//! How the values of a link are spelled.

use std::ops::RangeBounds;
use std::str::FromStr;

use super::MAX_LINKED_MEMBERS;
use crate::train::MemberConfig;

/// A number within a range.
pub fn in_range<T: FromStr + PartialOrd>(text: &str, range: impl RangeBounds<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// The value that bears this name, in either case.
pub fn one_of<T: Clone>(text: &str, choices: &[(&str, T)]) -> Option<T> {
    choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, value)| value.clone())
}

/// Values separated by commas; one bad value makes the list bad.
pub fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|item| read(item.trim())).collect()
}

/// Give each member its value. The ensemble grows to the length of the list, and the last value stands for all members
/// after it, so that `lambda=0.3,0.7&norm=amnl` means what it seems to.
pub fn ensemble<T>(members: &mut Vec<MemberConfig>, values: &[T], apply: impl Fn(&mut MemberConfig, &T)) -> Option<()> {
    let last = values.last().filter(|_| values.len() <= MAX_LINKED_MEMBERS)?;
    let template = members.last().cloned().unwrap_or_default();
    if members.len() < values.len() {
        members.resize(values.len(), template);
    }
    for (index, member) in members.iter_mut().enumerate() {
        apply(member, values.get(index).unwrap_or(last));
    }
    Some(())
}

pub mod boolean {
    //! `0` or `1`.

    pub fn read(text: &str) -> Option<bool> {
        super::one_of(text, &[("0", false), ("1", true)])
    }

    pub fn write(value: bool) -> String {
        u8::from(value).to_string()
    }
}

pub mod bootstrap {
    //! The seed, or `all` engines.

    /// Whether the text was understood, and as what.
    pub fn read(text: &str) -> Result<Option<u32>, ()> {
        if text.eq_ignore_ascii_case("all") { Ok(None) } else { text.parse().map(Some).map_err(|_| ()) }
    }

    pub fn write(bootstrap: Option<u32>) -> String {
        bootstrap.map_or_else(|| "all".to_owned(), |seed| seed.to_string())
    }
}

pub mod curve {
    //! Points and members a point: `11x6`, `0.4,0.5,0.6x6`, or `none`.

    use crate::session::CurveConfig;

    /// A curve, which `none` is not.
    pub fn read(text: &str) -> Option<CurveConfig> {
        let (lambdas, bootstraps) = text.rsplit_once('x')?;
        let curve = CurveConfig { lambdas: CurveConfig::read_lambdas(lambdas)?, bootstraps: bootstraps.parse().ok()? };
        curve.validate().is_ok().then_some(curve)
    }

    pub fn write(curve: Option<&CurveConfig>) -> String {
        let Some(CurveConfig { lambdas, bootstraps }) = curve else { return "none".to_owned() };
        if *lambdas == CurveConfig::even(lambdas.len()) {
            return format!("{}x{bootstraps}", lambdas.len());
        }
        // With a decimal point even where none is needed: a single whole number would be a number of points.
        let lambdas: Vec<String> = lambdas.iter().map(|lambda| format!("{lambda:?}")).collect();
        format!("{}x{bootstraps}", lambdas.join(","))
    }
}

pub mod encoder {
    //! A name, and the sizes where they differ from the default: `cnn`, `gru:48`, `cnn:16:3`.

    use crate::model::EncoderConfig;

    pub fn read(text: &str) -> Option<EncoderConfig> {
        let mut parts = text.split(':');
        let mut config = EncoderConfig::from_name(parts.next()?)?;
        for (_, size) in config.sizes_mut() {
            *size = parts.next().map_or(Some(*size), |text| text.parse().ok())?;
        }
        (parts.next().is_none() && config.validate().is_ok()).then_some(config)
    }

    pub fn write(config: &EncoderConfig) -> String {
        let name = config.name();
        if EncoderConfig::from_name(name).as_ref() == Some(config) {
            return name.to_owned();
        }
        let mut config = config.clone();
        let sizes = config.sizes_mut().into_iter().map(|(_, size)| size.to_string());
        std::iter::once(name.to_owned()).chain(sizes).collect::<Vec<_>>().join(":")
    }
}

pub mod strategy {
    //! A name, and the parameters that differ from their defaults: `pcgrad`, `gradnorm:alpha=0.5:rate=0.01`. The base λ
    //! is a setting of its own.
    //!
    //! In a value a blank is written `+`, and any other byte that separates something somewhere in a link `~` and two
    //! hexadecimal digits: `%` escapes are undone before the parts are told apart.

    use crate::weighting::WeightingConfig;

    pub fn read(text: &str) -> Option<WeightingConfig> {
        let mut parts = text.split(':');
        let mut config = WeightingConfig::from_name(parts.next()?.trim())?;
        let lambda_rul = config.base_lambda();
        for part in parts {
            let (key, value) = part.split_once('=')?;
            config.set(key.trim(), &unescaped(value)?).ok()?;
        }
        // Parameters that are fine alone may not go together.
        (config.base_lambda() == lambda_rul && config.build().is_ok()).then_some(config)
    }

    pub fn write(config: &WeightingConfig) -> String {
        let mut config = config.clone();
        if let Some(lambda_rul) = WeightingConfig::from_name(config.name()).and_then(|default| default.base_lambda()) {
            config.set_base_lambda(lambda_rul);
        }
        let differing = config.parameters().into_iter().filter(|parameter| parameter.value != parameter.default);
        let parts = differing.map(|parameter| format!("{}={}", parameter.key, escaped(&parameter.value)));
        std::iter::once(config.name().to_owned()).chain(parts).collect::<Vec<_>>().join(":")
    }

    fn escaped(value: &str) -> String {
        let escape = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("~{byte:02X}"),
        };
        value.bytes().map(escape).collect()
    }

    fn unescaped(text: &str) -> Option<String> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'~' => {
                    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                    digit(rest.next()?)? << 4 | digit(rest.next()?)?
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).ok()
    }
}

pub mod normalization {
    //! A name, and the parameters where they differ from the default: `amnl`, `amnl:0.9`, `manual:1:0.5`.

    use super::in_range;
    use crate::loss::Normalization;

    pub fn read(text: &str) -> Option<Normalization> {
        let mut parts = text.split(':');
        let mut config = Normalization::from_name(parts.next()?)?;
        match &mut config {
            Normalization::None | Normalization::Batch | Normalization::Initial => {}
            Normalization::Amnl { beta } => {
                *beta = parts.next().map_or(Some(*beta), |text| in_range(text, 0.0..1.0))?;
            }
            Normalization::Manual { divisors } => {
                for divisor in divisors {
                    *divisor = parts
                        .next()
                        .map_or(Some(*divisor), |text| in_range(text, 0.0..=1e9).filter(|number| *number > 0.0))?;
                }
            }
        }
        parts.next().is_none().then_some(config)
    }

    pub fn write(config: &Normalization) -> String {
        let name = config.name();
        if Normalization::from_name(name).as_ref() == Some(config) {
            return name.to_owned();
        }
        match config {
            Normalization::None | Normalization::Batch | Normalization::Initial => name.to_owned(),
            Normalization::Amnl { beta } => format!("{name}:{beta}"),
            Normalization::Manual { divisors: [rul, health] } => format!("{name}:{rul}:{health}"),
        }
    }
}

pub mod rul_loss {
    //! A name, and Huber's parameter: `squared`, `huber:10`, `asymmetric`.

    use super::in_range;
    use crate::loss::RulLoss;

    pub fn read(text: &str) -> Option<RulLoss> {
        match text.split_once(':') {
            None => super::one_of(text, &[("squared", RulLoss::Squared), ("asymmetric", RulLoss::Asymmetric)]),
            Some(("huber", delta)) => in_range(delta, 0.0..=1e4)
                .filter(|delta| *delta > 0.0)
                .map(|delta_cycles| RulLoss::Huber { delta_cycles }),
            Some(_) => None,
        }
    }

    pub fn write(loss: RulLoss) -> String {
        match loss {
            RulLoss::Squared => "squared".to_owned(),
            RulLoss::Huber { delta_cycles } => format!("huber:{delta_cycles}"),
            RulLoss::Asymmetric => "asymmetric".to_owned(),
        }
    }
}
