//! A transformer encoder (Vaswani 2017) with its normalizations in front (Xiong 2020); the latent is the mean over time.
//!
//! ```text
//! x = w·E + e + p                                    learned positions p, one a step
//! x ← x + attention(norm x)·O + o                    two layers, each with several heads
//! x ← x + relu(norm x · A + a)·B + b
//! z = mean over time of norm x                       norm v = (v − mean) / √(variance + 1e-5) ∘ γ + β
//! ```
//!
//! A head's attention is `softmax(q kᵀ / √d)·v` over all steps of the window, `d` the head's width. Departures: no
//! dropout; the feed-forward layer is twice as wide as the model, not four times.

use super::layout::{Block, Layout};

/// A product with a bias.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[inputs, outputs]`.
    pub weight: Block,
    /// `[1, outputs]`.
    pub bias: Block,
}

/// A layer normalization (Ba 2016).
#[derive(Clone, Debug)]
pub struct Norm {
    /// γ, from 1.
    pub scale: Block,
    /// β, from 0.
    pub shift: Block,
}

/// One layer: attention, then a feed-forward network, each added to its input.
#[derive(Clone, Debug)]
pub struct Layer {
    /// In front of the attention.
    pub norm1: Norm,
    /// Queries, keys and values side by side.
    pub project: Linear,
    /// From all heads back to the model's width.
    pub merge: Linear,
    /// In front of the feed-forward network.
    pub norm2: Norm,
    /// Its first product.
    pub widen: Linear,
    /// Its second product.
    pub narrow: Linear,
}

/// The attending encoder.
#[derive(Clone, Debug)]
pub struct Transformer {
    /// Width of the model and of the latent.
    pub hidden: usize,
    /// Heads of each attention; a divisor of `hidden`.
    pub heads: usize,
    /// From a window's row to the model's width.
    pub embed: Linear,
    /// Positions, `[window, hidden]`.
    pub position: Block,
    /// The two layers.
    pub layers: [Layer; 2],
    /// Behind the last layer.
    pub norm: Norm,
}

impl Transformer {
    /// An encoder of this width and number of heads.
    pub fn new((window, features): (usize, usize), hidden: usize, heads: usize, layout: &mut Layout) -> Self {
        Self {
            hidden,
            heads,
            embed: linear("enc.embed", features, hidden, layout),
            position: layout.push("enc.position", window, hidden, hidden),
            layers: [0, 1].map(|index| layer(&format!("enc.layers.{index}"), hidden, layout)),
            norm: norm("enc.norm", hidden, layout),
        }
    }
}

fn layer(name: &str, hidden: usize, layout: &mut Layout) -> Layer {
    Layer {
        norm1: norm(&format!("{name}.norm1"), hidden, layout),
        project: linear(&format!("{name}.self_attn.in_proj"), hidden, 3 * hidden, layout),
        merge: linear(&format!("{name}.self_attn.out_proj"), hidden, hidden, layout),
        norm2: norm(&format!("{name}.norm2"), hidden, layout),
        widen: linear(&format!("{name}.linear1"), hidden, 2 * hidden, layout),
        narrow: linear(&format!("{name}.linear2"), 2 * hidden, hidden, layout),
    }
}

fn linear(name: &str, inputs: usize, outputs: usize, layout: &mut Layout) -> Linear {
    Linear {
        weight: layout.push(format!("{name}.weight"), inputs, outputs, inputs),
        bias: layout.push(format!("{name}.bias"), 1, outputs, inputs),
    }
}

fn norm(name: &str, hidden: usize, layout: &mut Layout) -> Norm {
    Norm {
        scale: layout.push_constant(format!("{name}.weight"), hidden, 1),
        shift: layout.push_constant(format!("{name}.bias"), hidden, 0),
    }
}
