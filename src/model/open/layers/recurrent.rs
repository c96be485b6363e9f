//! Recurrences: all gates of a step side by side, one product for the input and one for the state.

use burn::Tensor;
use burn::module::{Module, Param};
use burn::tensor::activation::sigmoid;

use super::{parameter, steps};

/// Products of a recurrent cell, all gates side by side, as PyTorch has them.
#[derive(Module, Debug)]
struct Cell {
    input_weight: Param<Tensor<3>>,
    state_weight: Param<Tensor<3>>,
    input_bias: Param<Tensor<3>>,
    state_bias: Param<Tensor<3>>,
}

impl Cell {
    fn new(inputs: usize, hidden: usize, gates: usize) -> Self {
        let width = gates * hidden;
        Self {
            input_weight: parameter(inputs, width),
            state_weight: parameter(hidden, width),
            input_bias: parameter(1, width),
            state_bias: parameter(1, width),
        }
    }
}

/// A recurrence over the steps of a window, from a state of zeros.
pub trait Recurrence {
    /// Run over all steps; `each` is given the state after each. The state after the last step.
    fn run(&self, steps: Vec<Tensor<3>>, each: &mut dyn FnMut(&Tensor<3>)) -> Tensor<3>;

    /// The state after each step.
    fn forward(&self, steps: Vec<Tensor<3>>) -> Vec<Tensor<3>> {
        let mut states = Vec::with_capacity(steps.len());
        self.run(steps, &mut |state| states.push(state.clone()));
        states
    }

    /// The state after the last step.
    fn last_state(&self, windows: Tensor<4>) -> Tensor<3> {
        self.run(steps(windows), &mut |_| {})
    }
}

/// A gated recurrent unit (Cho 2014, in PyTorch's form).
#[derive(Module, Debug)]
pub struct Gru {
    cell: Cell,
    hidden: usize,
}

impl Gru {
    /// A state of so many units.
    #[must_use]
    pub fn new(inputs: usize, hidden: usize) -> Self {
        Self { cell: Cell::new(inputs, hidden, 3), hidden }
    }
}

impl Recurrence for Gru {
    fn run(&self, steps: Vec<Tensor<3>>, each: &mut dyn FnMut(&Tensor<3>)) -> Tensor<3> {
        let Self { cell, hidden } = self;
        let (input_weight, state_weight) = (cell.input_weight.val(), cell.state_weight.val());
        let (input_bias, state_bias) = (cell.input_bias.val(), cell.state_bias.val());
        let mut state = zero_state(&steps, &state_weight, *hidden);
        for step in steps {
            let input = step.matmul(input_weight.clone()) + input_bias.clone();
            let before = state.clone().matmul(state_weight.clone()) + state_bias.clone();
            let smooth = sigmoid(input.clone().narrow(2, 0, 2 * hidden) + before.clone().narrow(2, 0, 2 * hidden));
            let (reset, update) = (smooth.clone().narrow(2, 0, *hidden), smooth.narrow(2, *hidden, *hidden));
            let candidate =
                (input.narrow(2, 2 * hidden, *hidden) + reset * before.narrow(2, 2 * hidden, *hidden)).tanh();
            state = candidate.clone() + update * (state - candidate);
            each(&state);
        }
        state
    }
}

/// Long short-term memory (Hochreiter and Schmidhuber 1997, in PyTorch's form, gates i, f, g, o).
#[derive(Module, Debug)]
pub struct Lstm {
    cell: Cell,
    hidden: usize,
}

impl Lstm {
    /// A state of so many units.
    #[must_use]
    pub fn new(inputs: usize, hidden: usize) -> Self {
        Self { cell: Cell::new(inputs, hidden, 4), hidden }
    }
}

impl Recurrence for Lstm {
    fn run(&self, steps: Vec<Tensor<3>>, each: &mut dyn FnMut(&Tensor<3>)) -> Tensor<3> {
        let Self { cell, hidden } = self;
        let (input_weight, state_weight) = (cell.input_weight.val(), cell.state_weight.val());
        let bias = cell.input_bias.val() + cell.state_bias.val();
        let mut state = zero_state(&steps, &state_weight, *hidden);
        let mut memory = state.clone();
        for step in steps {
            let gates = step.matmul(input_weight.clone()) + state.matmul(state_weight.clone()) + bias.clone();
            let smooth = sigmoid(gates.clone());
            let part = |gates: &Tensor<3>, gate: usize| gates.clone().narrow(2, gate * hidden, *hidden);
            memory = part(&smooth, 1) * memory + part(&smooth, 0) * part(&gates, 2).tanh();
            state = part(&smooth, 3) * memory.clone().tanh();
            each(&state);
        }
        state
    }
}

/// Zeros where a recurrence begins, as many slots as its weights have.
fn zero_state(steps: &[Tensor<3>], state_weight: &Tensor<3>, hidden: usize) -> Tensor<3> {
    let batch = steps.first().map_or(0, |step| step.dims()[1]);
    Tensor::zeros([state_weight.dims()[0], batch, hidden], &state_weight.device())
}
