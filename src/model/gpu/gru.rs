//! A gated recurrent unit (Cho 2014, in PyTorch's form); the latent is its last state.
//!
//! ```text
//! r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ)    z = σ(x·W_z + b_z + h·U_z + c_z)
//! n = tanh(x·Wₙ + bₙ + r ∘ q)     q = h·Uₙ + cₙ                     h' = n + z ∘ (h − n)
//! ```
//!
//! The input's product is taken for all moments at once, before the loop. On the way back every gate's cotangent is the
//! state's cotangent `dh` times a factor that the forward pass alone decides,
//!
//! ```text
//! dr = dh ∘ fₙ ∘ q r (1 − r)    dz = dh ∘ (h − n) z (1 − z)    dn = dh ∘ fₙ    dq = dn ∘ r    fₙ = (1 − z)(1 − n²)
//! ```
//!
//! so the factors, too, are computed for all moments at once and the loop is left with one product a step.

use burn::tensor::{Tensor, activation};

use super::cnn::product_gradients;
use super::encoder::{Backward, Encoder, Windows};
use super::layout::{Block, Layout};

/// The recurrent encoder.
pub struct Gru {
    hidden: usize,
    input_weight: Block,
    state_weight: Block,
    input_bias: Block,
    state_bias: Block,
}

impl Gru {
    /// An encoder with a state of `hidden` units.
    #[must_use]
    pub fn new(features: usize, hidden: usize, layout: &mut Layout) -> Self {
        Self {
            hidden,
            input_weight: layout.push("enc.weight_ih_l0", features, 3 * hidden, hidden),
            state_weight: layout.push("enc.weight_hh_l0", hidden, 3 * hidden, hidden),
            input_bias: layout.push("enc.bias_ih_l0", 1, 3 * hidden, hidden),
            state_bias: layout.push("enc.bias_hh_l0", 1, 3 * hidden, hidden),
        }
    }
}

/// What the forward pass leaves for the way back, one entry a moment: `[members, batch, hidden]` each.
#[derive(Default)]
struct Trace {
    reset: Vec<Tensor<3>>,
    update: Vec<Tensor<3>>,
    candidate: Vec<Tensor<3>>,
    recurrent: Vec<Tensor<3>>,
    before: Vec<Tensor<3>>,
}

impl Encoder for Gru {
    fn forward(&self, parameters: &Tensor<2>, windows: &Windows) -> (Tensor<3>, Backward) {
        let Windows { time, batch, ref values } = *windows;
        let hidden = self.hidden;
        let [w, u] = [&self.input_weight, &self.state_weight].map(|block| block.of(parameters));
        let [b, c] = [&self.input_bias, &self.state_bias].map(|block| block.of(parameters));
        let members = w.dims()[0];
        let inputs = values.clone().matmul(w) + b;

        let mut trace = Trace::default();
        let mut state = Tensor::zeros([members, batch, hidden], &values.device());
        for moment in 0..time {
            let x = inputs.clone().narrow(1, moment * batch, batch);
            let s = state.clone().matmul(u.clone()) + c.clone();
            let gates = activation::sigmoid(x.clone().narrow(2, 0, 2 * hidden) + s.clone().narrow(2, 0, 2 * hidden));
            let reset = gates.clone().narrow(2, 0, hidden);
            let update = gates.narrow(2, hidden, hidden);
            let recurrent = s.narrow(2, 2 * hidden, hidden);
            let candidate = (x.narrow(2, 2 * hidden, hidden) + reset.clone() * recurrent.clone()).tanh();
            let next = candidate.clone() + update.clone() * (state.clone() - candidate.clone());
            trace.reset.push(reset);
            trace.update.push(update);
            trace.candidate.push(candidate);
            trace.recurrent.push(recurrent);
            trace.before.push(state);
            state = next;
        }
        let values = values.clone();
        (state, Box::new(move |d_state| backward(trace, &values, u, d_state)))
    }
}

fn backward(trace: Trace, values: &Tensor<3>, state_weight: Tensor<3>, d_latent: Tensor<4>) -> Vec<Tensor<4>> {
    let [members, batch, tasks, hidden] = d_latent.dims();
    let time = trace.before.len();
    let [reset, update, candidate, recurrent, before] =
        [trace.reset, trace.update, trace.candidate, trace.recurrent, trace.before].map(|steps| Tensor::cat(steps, 1));

    let open = (update.clone() * -1.0 + 1.0) * (candidate.clone().square() * -1.0 + 1.0);
    let f_update = (before.clone() - candidate) * update.clone() * (update.clone() * -1.0 + 1.0);
    let f_recurrent = open.clone() * reset.clone();
    let f_reset = f_recurrent.clone() * recurrent * (reset * -1.0 + 1.0);
    // [members, time · batch, 1, 3 · hidden]: the factors of the gates as the state's product sees them.
    let factors = Tensor::cat(vec![f_reset.clone(), f_update.clone(), f_recurrent], 2);
    let factors = factors.reshape([members, time * batch, 1, 3, hidden]);
    let update = update.reshape([members, time * batch, 1, hidden]);

    let back = state_weight.swap_dims(1, 2);
    let mut d_state = d_latent;
    let mut d_states = Vec::with_capacity(time);
    let mut d_gates = Vec::with_capacity(time);
    for moment in (0..time).rev() {
        let here = factors.clone().narrow(1, moment * batch, batch);
        let gates = d_state.clone().reshape([members, batch, tasks, 1, hidden]) * here;
        d_states.push(d_state.clone());
        d_gates.push(gates.clone().reshape([members, batch, tasks, 3 * hidden]));
        if moment > 0 {
            let through = gates.reshape([members, batch * tasks, 3 * hidden]).matmul(back.clone());
            let kept = d_state * update.clone().narrow(1, moment * batch, batch);
            d_state = kept + through.reshape([members, batch, tasks, hidden]);
        }
    }
    d_states.reverse();
    d_gates.reverse();

    let d_recurrent = Tensor::cat(d_gates, 1);
    // The input's product sees the same gates, but for the candidate, which it reaches without the reset gate.
    let d_candidate = Tensor::cat(d_states, 1) * open.reshape([members, time * batch, 1, hidden]);
    let d_input = Tensor::cat(vec![d_recurrent.clone().narrow(3, 0, 2 * hidden), d_candidate], 3);
    let (g_u, g_c) = product_gradients(&before, d_recurrent);
    let (g_w, g_b) = product_gradients(values, d_input);
    vec![g_w, g_u, g_b, g_c]
}
