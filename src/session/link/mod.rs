//! A whole configuration as the fragment of a link, and back.
//!
//! ```text
//! #data=FD001&encoder=gru&lambda=0.5&norm=amnl&unit=fraction&lr=0.003&batch=128&epochs=8&seed=1&backend=auto
//! ```
//!
//! The settings above always stand in a link, so that it can be read and edited by hand; the others, such as
//! `strategy=pcgrad`, only where they differ from their defaults. A link from elsewhere may hold anything: what is unknown or out of range is left at its
//! default and reported, and the rest counts.

mod fields;
mod values;

pub use fields::{data_source, data_source_name};

pub(super) use fields::FIELDS;

use super::RunConfig;

/// Most members that a link may ask for: a bound on what a stranger's link makes this machine do.
pub const MAX_LINKED_MEMBERS: usize = 64;

/// Which backend a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    /// The CPU at once; WebGPU is offered when the browser has it.
    #[default]
    Auto,
    /// The CPU alone.
    Cpu,
    /// WebGPU from the start, the CPU only if that fails.
    WebGpu,
}

impl BackendChoice {
    /// The name used in a link.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The run.
    pub config: RunConfig,
    /// What it is computed with.
    pub backend: BackendChoice,
    /// Whether training begins without a press of the button.
    pub autoplay: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self { config: RunConfig::default(), backend: BackendChoice::default(), autoplay: true }
    }
}

/// A part of a link that was left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkProblem {
    /// A known setting with a value that it cannot take.
    #[error("`{key}` in the link should be {expected}, found `{found}`")]
    Value {
        /// The setting.
        key: &'static str,
        /// What its value should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A setting of this name does not exist.
    #[error("settings in the link should be {expected} and the like, found `{found}`")]
    Key {
        /// The names there are.
        expected: String,
        /// The name found.
        found: String,
    },
}

impl Link {
    /// Read a fragment, with or without its `#`. What cannot be used is left at its default and reported.
    #[must_use]
    pub fn parse(fragment: &str) -> (Self, Vec<LinkProblem>) {
        let mut link = Self::default();
        let mut problems = Vec::new();
        for pair in fragment.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decoded(value);
            match FIELDS.iter().find(|field| field.key == key) {
                // A field that refuses a value may have set part of it, hence the copy.
                Some(field) => {
                    let mut changed = link.clone();
                    if (field.read)(&mut changed, value.trim()).is_some() {
                        link = changed;
                    } else {
                        problems.push(LinkProblem::Value { key: field.key, expected: field.expected, found: value });
                    }
                }
                None => problems.push(LinkProblem::Key { expected: known_keys(), found: key.to_owned() }),
            }
        }
        (link, problems)
    }

    /// The fragment without its `#`: [`Self::parse`] of it gives this link again.
    #[must_use]
    pub fn fragment(&self) -> String {
        let default = Self::default();
        FIELDS
            .iter()
            .map(|field| (field, (field.write)(self)))
            .filter(|(field, value)| field.always || *value != (field.write)(&default))
            .map(|(field, value)| format!("{}={value}", field.key))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// The usual settings: a message is no manual.
fn known_keys() -> String {
    let usual: Vec<&str> = FIELDS.iter().filter(|field| field.always).map(|field| field.key).collect();
    usual.join(", ")
}

/// Undo the `%2C` that mail programs and messengers put into links; a malformed escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => std::str::from_utf8(&[*high, *low])
                .ok()
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
