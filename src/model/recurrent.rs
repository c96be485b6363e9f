//! The parameters of a recurrent cell, as PyTorch has them.

use super::layout::{Block, Layout};

/// Input and state products of all gates side by side, each with a bias.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// Units of the state.
    pub hidden: usize,
    /// `[features, gates · hidden]`.
    pub input_weight: Block,
    /// `[hidden, gates · hidden]`.
    pub state_weight: Block,
    /// `[1, gates · hidden]`.
    pub input_bias: Block,
    /// `[1, gates · hidden]`.
    pub state_bias: Block,
}

impl Recurrent {
    fn new(features: usize, hidden: usize, gates: usize, layout: &mut Layout) -> Self {
        Self {
            hidden,
            input_weight: layout.push("enc.weight_ih_l0", features, gates * hidden, hidden),
            state_weight: layout.push("enc.weight_hh_l0", hidden, gates * hidden, hidden),
            input_bias: layout.push("enc.bias_ih_l0", 1, gates * hidden, hidden),
            state_bias: layout.push("enc.bias_hh_l0", 1, gates * hidden, hidden),
        }
    }
}

/// A gated recurrent unit (Cho 2014, in PyTorch's form); the latent is its last state.
///
/// ```text
/// r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ)    z = σ(x·W_z + b_z + h·U_z + c_z)
/// n = tanh(x·Wₙ + bₙ + r ∘ q)     q = h·Uₙ + cₙ                     h' = n + z ∘ (h − n)
/// ```
///
/// The input's product is taken for all steps of the window at once, before the loop. On the way back every gate's cotangent is the
/// state's cotangent `dh` times a factor that the forward pass alone decides,
///
/// ```text
/// dr = dh ∘ fₙ ∘ q r (1 − r)    dz = dh ∘ (h − n) z (1 − z)    dn = dh ∘ fₙ    dq = dn ∘ r    fₙ = (1 − z)(1 − n²)
/// ```
///
/// so the loop is left with one product a step.
#[derive(Clone, Debug)]
pub struct Gru(pub Recurrent);

impl Gru {
    /// An encoder with a state of `hidden` units.
    pub fn new(features: usize, hidden: usize, layout: &mut Layout) -> Self {
        Self(Recurrent::new(features, hidden, 3, layout))
    }
}

/// Long short-term memory (Hochreiter and Schmidhuber 1997, in PyTorch's form, gates i, f, g, o); the latent is its
/// last state `h`.
///
/// ```text
/// (i, f, g, o) = (σ, σ, tanh, σ)(x·W + b + h·U + c)    C' = f ∘ C + i ∘ g    h' = o ∘ tanh C'
/// ```
///
/// The way back, from the cotangents `dh` and `dC`:
///
/// ```text
/// do = dh ∘ tanh(C') o (1 − o)    dC ← dC + dh ∘ o (1 − tanh² C')
/// di = dC ∘ g i (1 − i)    df = dC ∘ C f (1 − f)    dg = dC ∘ i (1 − g²)    dC ← dC ∘ f
/// ```
#[derive(Clone, Debug)]
pub struct Lstm(pub Recurrent);

impl Lstm {
    /// An encoder with a state of `hidden` units.
    pub fn new(features: usize, hidden: usize, layout: &mut Layout) -> Self {
        Self(Recurrent::new(features, hidden, 4, layout))
    }
}
