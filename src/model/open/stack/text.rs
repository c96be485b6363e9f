//! The layers of a stack as text, and back.
//!
//! ```text
//! layers     = layer { "|" layer }
//! layer      = ( word | "res(" layers ")" ) [ "-" activation ]
//! word       = "conv" N "k" N [ "d" N ] [ "s" N ] | "dense" N | [ "bi" ] ( "gru" | "lstm" ) N | "attn" N | "norm"
//!            | "drop" SHARE | "mean" | "last" | "attnpool"
//! activation = "relu" | "tanh" | "sigmoid" | "gelu"
//! ```
//!
//! The text is bounded in length, depth and numbers before anything is made of it. A mistake is one sentence that names
//! the layer, counted from 1 in reading order.

mod written;

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::ConfigError;
use crate::parameter::{Any, ParameterKind, Value};

/// Characters of a text.
const MOST_CHARACTERS: usize = 400;
/// Layers, those within others included.
const MOST_LAYERS: usize = 32;
/// Residual layers within each other.
const MOST_DEPTH: usize = 4;
/// Channels, units and features.
const MOST_WIDTH: u32 = 256;
/// Taps.
const MOST_TAPS: u32 = 63;
/// Steps between taps, and between outputs.
const MOST_STEP: u32 = 32;
/// Heads of an attention.
const MOST_HEADS: u32 = 64;

/// The layers of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Layers(Vec<Item>);

/// A layer and the activation behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The layer.
    pub layer: Layer,
    /// Applied to what it gives.
    pub activation: Option<Activation>,
}

/// What a layer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A convolution over time, zeros beyond the window.
    Convolution {
        /// Channels of its output.
        outputs: usize,
        /// Taps.
        kernel: usize,
        /// Steps between taps.
        dilation: usize,
        /// Steps between outputs.
        stride: usize,
    },
    /// A product with a bias, at every step.
    Dense {
        /// Features of its output.
        outputs: usize,
    },
    /// A recurrence; its output are the states after each step.
    Recurrent {
        /// Which cell.
        cell: Cell,
        /// Units of the state, in each direction.
        units: usize,
        /// Whether another one reads the window backwards; the states stand side by side.
        both: bool,
    },
    /// Attention of several heads over the window.
    Attention {
        /// Heads; they divide the width.
        heads: usize,
    },
    /// A layer normalization.
    Normalization,
    /// Dropout, in training alone.
    Dropout {
        /// Share that is left out, in thousandths.
        thousandths: u32,
    },
    /// Layers to whose output their input is added.
    Residual(Vec<Item>),
    /// From a sequence to one step.
    Pool(Pool),
}

/// A recurrent cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A gated recurrent unit.
    Gru,
    /// Long short-term memory.
    Lstm,
}

impl Cell {
    /// Gates of a cell.
    #[must_use]
    pub const fn gates(self) -> usize {
        match self {
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Gru => "gru",
            Self::Lstm => "lstm",
        }
    }
}

/// How a window becomes one latent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// The mean of all steps.
    Mean,
    /// The last step.
    Last,
    /// A mean whose weights are a softmax over time of a learned score.
    Attention,
}

impl Pool {
    const ALL: [Self; 3] = [Self::Mean, Self::Last, Self::Attention];

    const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Last => "last",
            Self::Attention => "attnpool",
        }
    }
}

/// A function of each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `max(0, x)`
    Relu,
    /// `tanh x`
    Tanh,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
    /// `x · Φ(x)`
    Gelu,
}

impl Activation {
    const ALL: [Self; 4] = [Self::Relu, Self::Tanh, Self::Sigmoid, Self::Gelu];

    const fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
        }
    }
}

/// Layers that a person may write.
const WORDS: &str =
    "conv32k5, dense16, gru16, lstm16, bigru16, bilstm16, attn2, norm, drop0.1, res(…), mean, last or attnpool";

impl Layers {
    /// The layers in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.0
    }

    /// Read a text.
    ///
    /// # Errors
    ///
    /// The first layer that cannot be.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        let count = text.chars().count();
        if count > MOST_CHARACTERS {
            return Err(ConfigError::new("layers", format!("at most {MOST_CHARACTERS} characters long"), &count));
        }
        let mut reader = Reader { rest: text, layers: 0 };
        let items = reader.items(0)?;
        if !reader.rest.is_empty() {
            return Err(reader.refused("joined by | and closed by one ) for each res(", reader.rest));
        }
        Ok(Self(items))
    }
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a str,
    /// Layers begun so far.
    layers: usize,
}

impl Reader<'_> {
    fn refused(&self, expected: impl Display, found: &str) -> ConfigError {
        let found = if found.is_empty() { "nothing" } else { found };
        ConfigError::new("layers", format!("{expected} at layer {}", self.layers.max(1)), &short(found))
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Item>, ConfigError> {
        let mut items = Vec::new();
        loop {
            items.push(self.item(depth)?);
            match self.rest.strip_prefix('|') {
                Some(rest) => self.rest = rest,
                None => return Ok(items),
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, ConfigError> {
        self.layers += 1;
        if self.layers > MOST_LAYERS {
            return Err(self.refused(format_args!("at most {MOST_LAYERS} layers, the end"), self.rest));
        }
        let layer = if let Some(inside) = self.rest.strip_prefix("res(") {
            if depth == MOST_DEPTH {
                return Err(self.refused(format_args!("at most {MOST_DEPTH} res( within each other,"), self.rest));
            }
            self.rest = inside;
            let items = self.items(depth + 1)?;
            self.rest = self.rest.strip_prefix(')').ok_or_else(|| self.refused("closed by )", self.rest))?;
            Layer::Residual(items)
        } else {
            let end = self.rest.find(['|', ')', '(', '-']).unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            let layer = self.word(word)?;
            self.rest = rest;
            layer
        };
        Ok(Item { layer, activation: self.activation()? })
    }

    fn activation(&mut self) -> Result<Option<Activation>, ConfigError> {
        let Some(rest) = self.rest.strip_prefix('-') else { return Ok(None) };
        let end = rest.find(['|', ')']).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        let found = Activation::ALL.into_iter().find(|activation| activation.name() == word);
        self.rest = rest;
        found.map(Some).ok_or_else(|| self.refused("followed by -relu, -tanh, -sigmoid or -gelu", word))
    }

    fn word(&self, word: &str) -> Result<Layer, ConfigError> {
        let unknown = || self.refused(format_args!("a layer such as {WORDS}"), word);
        let number = |text: &str, what: &str, most: u32| self.number(word, text, what, most);
        if let Some(pool) = Pool::ALL.into_iter().find(|pool| pool.name() == word) {
            return Ok(Layer::Pool(pool));
        }
        let end = word.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(word.len());
        let (name, sizes) = word.split_at(end);
        match name {
            "norm" if sizes.is_empty() => Ok(Layer::Normalization),
            "dense" => Ok(Layer::Dense { outputs: number(sizes, "features", MOST_WIDTH)? }),
            "attn" => Ok(Layer::Attention { heads: number(sizes, "heads", MOST_HEADS)? }),
            "gru" | "lstm" | "bigru" | "bilstm" => {
                let (both, name) = name.strip_prefix("bi").map_or((false, name), |name| (true, name));
                let cell = if name == "gru" { Cell::Gru } else { Cell::Lstm };
                Ok(Layer::Recurrent { cell, units: number(sizes, "units", MOST_WIDTH)?, both })
            }
            "drop" => {
                let share: f64 = sizes.parse().map_err(|_| unknown())?;
                let rounded = (share * 1000.0).round();
                let found = (1..=900).find(|thousandths| f64::from(*thousandths) == rounded);
                found
                    .map(|thousandths| Layer::Dropout { thousandths })
                    .ok_or_else(|| self.refused("a share from 0.001 to 0.9", word))
            }
            "conv" => {
                let (outputs, rest) = sizes.split_once('k').ok_or_else(unknown)?;
                let (rest, stride) = rest.split_once('s').unwrap_or((rest, "1"));
                let (kernel, dilation) = rest.split_once('d').unwrap_or((rest, "1"));
                Ok(Layer::Convolution {
                    outputs: number(outputs, "channels", MOST_WIDTH)?,
                    kernel: number(kernel, "taps", MOST_TAPS)?,
                    dilation: number(dilation, "steps between taps", MOST_STEP)?,
                    stride: number(stride, "steps between outputs", MOST_STEP)?,
                })
            }
            _ => Err(unknown()),
        }
    }

    /// Digits alone: no sign, no blank, and no more of them than are read without a doubt.
    fn number(&self, word: &str, text: &str, what: &str, most: u32) -> Result<usize, ConfigError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<u32>().ok().filter(|number| digits && (1..=most).contains(number));
        number.map(|number| number as usize).ok_or_else(|| self.refused(format_args!("from 1 to {most} {what}"), word))
    }
}

/// A word that fits into a sentence.
fn short(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(40).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

impl Default for Layers {
    fn default() -> Self {
        let conv = |kernel, dilation| Item {
            layer: Layer::Convolution { outputs: 32, kernel, dilation, stride: 1 },
            activation: Some(Activation::Relu),
        };
        let plain = |layer| Item { layer, activation: None };
        Self(vec![
            conv(5, 1),
            plain(Layer::Residual(vec![conv(3, 2)])),
            plain(Layer::Recurrent { cell: Cell::Gru, units: 16, both: true }),
            plain(Layer::Attention { heads: 2 }),
            plain(Layer::Pool(Pool::Mean)),
        ])
    }
}

impl TryFrom<String> for Layers {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        Self::parse(&text)
    }
}

impl From<Layers> for String {
    fn from(layers: Layers) -> Self {
        layers.to_string()
    }
}

impl Value for Layers {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Text
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn read(_: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}
