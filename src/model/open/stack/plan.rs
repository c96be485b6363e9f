//! A stack against windows of one size: whether it fits, what it is made of and what it costs.

use super::super::{Parts, Size};
use super::text::{Item, Layer, Layers, Pool};
use crate::ConfigError;

/// What a layer is given and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Steps; one after pooling.
    pub steps: usize,
    /// Features of a step.
    pub features: usize,
    /// Whether the window has become one step.
    pub pooled: bool,
}

impl From<Size> for Shape {
    fn from(Size { window, features }: Size) -> Self {
        Self { steps: window, features, pooled: false }
    }
}

/// What a layer gives for this input, whether or not it fits.
pub fn after(layer: &Layer, input: Shape) -> Shape {
    match *layer {
        Layer::Convolution { outputs, stride, .. } => {
            Shape { steps: input.steps.div_ceil(stride), features: outputs, ..input }
        }
        Layer::Dense { outputs } => Shape { features: outputs, ..input },
        Layer::Recurrent { units, both, .. } => Shape { features: if both { 2 * units } else { units }, ..input },
        Layer::Pool(_) => Shape { steps: 1, pooled: true, ..input },
        Layer::Attention { .. } | Layer::Normalization | Layer::Dropout { .. } | Layer::Residual(_) => input,
    }
}

/// Refuse layers that do not go together or do not fit into the window.
///
/// # Errors
///
/// The first of them, by its number and its text.
pub fn check(layers: &Layers, size: Size) -> Result<(), ConfigError> {
    let mut number = 0;
    let end = check_items(layers.items(), size.into(), false, &mut number)?;
    if end.pooled {
        let learns = layers
            .items()
            .iter()
            .any(|item| !matches!(item.layer, Layer::Dropout { .. } | Layer::Pool(Pool::Mean | Pool::Last)));
        return if learns {
            Ok(())
        } else {
            Err(ConfigError::new("layers", "made of at least one layer with parameters", layers))
        };
    }
    let found = layers.items().last().map(ToString::to_string).unwrap_or_default();
    Err(ConfigError::new("layers", format!("closed by mean, last or attnpool at layer {number}"), &found))
}

fn check_items(items: &[Item], mut shape: Shape, inside: bool, number: &mut usize) -> Result<Shape, ConfigError> {
    for item in items {
        *number += 1;
        let place = *number;
        let refused = |expected: String| {
            Err(ConfigError::new("layers", format!("{expected} at layer {place}"), &item.to_string()))
        };
        match &item.layer {
            Layer::Pool(_) if inside => return refused("without mean, last and attnpool within res( )".to_owned()),
            Layer::Dense { .. } | Layer::Normalization | Layer::Dropout { .. } => {}
            _ if shape.pooled => return refused("dense, norm or drop behind the mean over time".to_owned()),
            &Layer::Convolution { kernel, dilation, .. } if (kernel - 1) * dilation >= shape.steps => {
                let reach = (kernel - 1) * dilation + 1;
                return refused(format!("a kernel within {} steps, not over {reach},", shape.steps));
            }
            &Layer::Attention { heads } if !shape.features.is_multiple_of(heads) => {
                return refused(format!("heads that divide {} features", shape.features));
            }
            Layer::Residual(items) => {
                let end = check_items(items, shape, true, number)?;
                if end != shape {
                    let Shape { steps, features, .. } = shape;
                    let found = format!("{} steps of {} features", end.steps, end.features);
                    return refused(format!(
                        "layers that give back {steps} steps of {features} features, not {found},"
                    ));
                }
            }
            _ => {}
        }
        shape = after(&item.layer, shape);
    }
    Ok(shape)
}

/// Declare every part; the width of the latent.
pub fn declare(layers: &Layers, size: Size, parts: &mut Parts) -> usize {
    declare_items(layers.items(), "enc", size.into(), parts).features
}

fn declare_items(items: &[Item], outer: &str, mut shape: Shape, parts: &mut Parts) -> Shape {
    for (index, item) in items.iter().enumerate() {
        let name = format!("{outer}.{index}");
        let output = after(&item.layer, shape);
        let ends = (shape.features, output.features);
        let numbers = output.steps * output.features;
        match &item.layer {
            &Layer::Convolution { kernel, .. } => parts.convolution(&name, output.steps, ends, kernel),
            Layer::Dense { .. } => parts.dense(&name, output.steps, ends),
            &Layer::Recurrent { cell, units, both } => {
                for ending in &["", "_reverse"][..if both { 2 } else { 1 }] {
                    parts.recurrent((&name, ending), shape.steps, (shape.features, units), cell.gates());
                }
            }
            &Layer::Attention { heads } => parts.attention(&name, shape.steps, shape.features, heads),
            Layer::Normalization => parts.normalization(&name, shape.steps, shape.features),
            Layer::Dropout { .. } => parts.elementwise(3 * numbers),
            Layer::Residual(items) => {
                declare_items(items, &name, shape, parts);
                parts.elementwise(2 * numbers);
            }
            Layer::Pool(Pool::Attention) => {
                parts.dense(&name, shape.steps, (shape.features, 1));
                parts.elementwise(2 * shape.steps * shape.features);
            }
            Layer::Pool(Pool::Mean | Pool::Last) => parts.elementwise(numbers),
        }
        if item.activation.is_some() {
            parts.elementwise(2 * numbers);
        }
        shape = output;
    }
    shape
}
