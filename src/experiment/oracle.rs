//! Reference figures computed by another framework, in the form of `tests/oracles/`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::model::{Block, EncoderConfig, HEALTH_CLASSES, Layout, Windows};
use crate::parameter::Value as _;
use crate::train::TrainError;

/// A case that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OracleError {
    /// Not JSON of the expected form.
    #[error("the case is not of the expected form: {0}")]
    Form(#[from] serde_json::Error),
    /// An encoder that this build does not have.
    #[error("`encoder` should be one of {}, found {found}", EncoderConfig::NAMES.join(", "))]
    Encoder {
        /// What the case names.
        found: String,
    },
    /// An array of another size than its neighbours imply.
    #[error("`{name}` should hold {expected} numbers, found {found}")]
    Size {
        /// Name of the array.
        name: String,
        /// Numbers expected.
        expected: usize,
        /// Numbers found.
        found: usize,
    },
    /// A run whose name does not say how it was weighted.
    #[error("a run should be named fixed_λ or amnl_ema_β, found {found}")]
    Run {
        /// The name.
        found: String,
    },
    /// The computation under test failed.
    #[error(transparent)]
    Train(#[from] TrainError),
}

/// The norms, inner product and cosine of the two shared gradients.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SharedGradient {
    /// `‖g_rul‖`.
    pub norm_rul: f64,
    /// `‖g_health‖`.
    pub norm_health: f64,
    /// `⟨g_rul, g_health⟩`.
    pub dot: f64,
    /// Their cosine.
    pub cosine: f64,
}

/// One encoder's reference: weights in PyTorch's layout, a batch, and what must come out.
#[derive(Clone, Debug, Deserialize)]
pub struct OracleCase {
    /// Name of the encoder.
    pub encoder: String,
    /// Heads of each attention, where there are any.
    #[serde(default)]
    pub heads: usize,
    /// Sizes of an encoder that burn computes, by the keys of its settings.
    #[serde(default)]
    pub settings: BTreeMap<String, usize>,
    /// Every parameter, by PyTorch's name.
    pub weights: BTreeMap<String, Value>,
    /// Windows, `[batch][time][features]`.
    pub x: Vec<Vec<Vec<f32>>>,
    /// RUL as a fraction of its cap.
    pub rul_target: Vec<f32>,
    /// Class indices.
    pub health_target: Vec<usize>,
    /// Predicted RUL fractions.
    pub rul_prediction: Vec<f64>,
    /// Predicted logits.
    pub health_logits: Vec<Vec<f64>>,
    /// Mean squared error.
    pub loss_rul: f64,
    /// Mean cross-entropy.
    pub loss_health: f64,
    /// The shared gradients' figures.
    pub shared_gradient: SharedGradient,
    /// Gradient of the RUL loss by encoder parameter.
    pub gradients_rul: BTreeMap<String, Value>,
    /// Gradient of the health loss by encoder parameter.
    pub gradients_health: BTreeMap<String, Value>,
    /// Everything else, among it the optimizer's runs `adam_lr{rate}_losses`.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// All numbers of nested arrays, in order.
pub(super) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => other.as_f64().into_iter().collect(),
    }
}

/// Lengths of nested arrays from the outside in.
fn shape(value: &Value) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut inner = value;
    while let Value::Array(items) = inner {
        lengths.push(items.len());
        match items.first() {
            Some(first) => inner = first,
            None => break,
        }
    }
    lengths
}

impl OracleCase {
    /// Read a case.
    ///
    /// # Errors
    ///
    /// Text that is not JSON of this form.
    pub fn from_json(text: &str) -> Result<Self, OracleError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Features of a window's row.
    #[must_use]
    pub fn features(&self) -> usize {
        self.x.first().and_then(|window| window.first()).map_or(0, Vec::len)
    }

    /// The encoder at the case's size.
    ///
    /// # Errors
    ///
    /// An encoder that this build does not have.
    pub fn encoder_config(&self) -> Result<EncoderConfig, OracleError> {
        let hidden = self.weights.get("rul.weight").map_or(0, |weight| numbers(weight).len());
        match self.encoder.as_str() {
            "cnn" => {
                let kernel = self.weights.get("enc.0.weight").and_then(|w| shape(w).get(2).copied()).unwrap_or(1);
                Ok(EncoderConfig::Cnn { hidden, kernel })
            }
            "tcn" => {
                let kernel = self.weights.get("enc.0.weight").and_then(|w| shape(w).get(2).copied()).unwrap_or(1);
                let is_level = |name: &&String| name.starts_with("enc.") && name.ends_with(".weight");
                let levels = self.weights.keys().filter(is_level).count();
                Ok(EncoderConfig::Tcn { hidden, kernel, levels })
            }
            "gru" => Ok(EncoderConfig::Gru { hidden }),
            "lstm" => Ok(EncoderConfig::Lstm { hidden }),
            "transformer" => Ok(EncoderConfig::Transformer { hidden, heads: self.heads }),
            other => {
                let mut config =
                    EncoderConfig::from_name(other).ok_or_else(|| OracleError::Encoder { found: other.to_owned() })?;
                for (key, value) in &self.settings {
                    config.set_nested(key, &value.to_string()).map_err(TrainError::from)?;
                }
                Ok(config)
            }
        }
    }

    /// The windows, time-major.
    #[must_use]
    pub fn windows(&self) -> Windows {
        let (batch, time) = (self.x.len(), self.x.first().map_or(0, Vec::len));
        let values = (0..time).flat_map(|t| self.x.iter().flat_map(move |window| window[t].clone()));
        Windows { values: values.collect(), time, batch, features: self.features() }
    }

    /// All parameters in the order of the layout.
    ///
    /// # Errors
    ///
    /// A parameter that is missing or of another size.
    pub fn parameters(&self, layout: &Layout) -> Result<Vec<f64>, OracleError> {
        let mut values = Vec::with_capacity(layout.parameters());
        for block in layout.blocks() {
            values.extend(match block.name.as_str() {
                "head.weight" => self.both_heads(block, "weight")?,
                "head.bias" => self.both_heads(block, "bias")?,
                _ => in_rows(block, &self.weights)?,
            });
        }
        Ok(values)
    }

    /// Both heads side by side: RUL in the first column, the classes in the others.
    fn both_heads(&self, block: &Block, what: &str) -> Result<Vec<f64>, OracleError> {
        let mut values = vec![0.0; block.len()];
        for (head, first, columns) in [("rul", 0, 1), ("health", 1, HEALTH_CLASSES)] {
            let name = format!("{head}.{what}");
            let found = self.weights.get(&name).map(numbers).unwrap_or_default();
            expect_len(&name, block.rows * columns, found.len())?;
            for (index, value) in found.into_iter().enumerate() {
                let (column, row) = (index / block.rows, index % block.rows);
                values[row * block.columns + first + column] = value;
            }
        }
        Ok(values)
    }
}

/// A block's numbers out of PyTorch's layout: `[outputs, inputs]` and `[outputs, inputs, taps]` become rows of
/// inputs, tap by tap; biases and positions stay as they are.
///
/// # Errors
///
/// A parameter that is missing or of another size.
pub(super) fn in_rows(block: &Block, named: &BTreeMap<String, Value>) -> Result<Vec<f64>, OracleError> {
    let value = named.get(&block.name).unwrap_or(&Value::Null);
    let found = numbers(value);
    expect_len(&block.name, block.len(), found.len())?;
    if block.name == "enc.position" {
        return Ok(found);
    }
    let taps = shape(value).get(2).copied().unwrap_or(1);
    let inputs = block.rows / taps;
    let mut values = vec![0.0; block.len()];
    for (index, number) in found.into_iter().enumerate() {
        let (output, rest) = (index / block.rows, index % block.rows);
        let (input, tap) = (rest / taps, rest % taps);
        values[(tap * inputs + input) * block.columns + output] = number;
    }
    Ok(values)
}

fn expect_len(name: &str, expected: usize, found: usize) -> Result<(), OracleError> {
    if expected == found { Ok(()) } else { Err(OracleError::Size { name: name.to_owned(), expected, found }) }
}
