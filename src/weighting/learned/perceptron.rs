//! A perceptron with one hidden layer and two outputs, with its backward pass by hand.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// ```text
/// h = tanh(W₁ x + b₁),   z = W₂ h + b₂
/// ```
///
/// Parameters lie in one row: `W₁` by hidden unit, `b₁`, `W₂` by output, `b₂`.
#[derive(Clone, Debug)]
pub struct Perceptron {
    inputs: usize,
    hidden: usize,
    pub parameters: Vec<f64>,
}

impl Perceptron {
    pub const OUTPUTS: usize = 2;

    /// Hidden weights are normal with variance `1 / inputs`; the outputs start at zero, whatever the input.
    pub fn new(inputs: usize, hidden: usize, seed: u32) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed.into());
        let mut parameters = vec![0.0; hidden * (inputs + 1 + Self::OUTPUTS) + Self::OUTPUTS];
        let scale = (inputs as f64).sqrt().recip();
        for weight in &mut parameters[..hidden * inputs] {
            let draw: f64 = StandardNormal.sample(&mut random);
            *weight = scale * draw;
        }
        Self { inputs, hidden, parameters }
    }

    fn layers(&self) -> (&[f64], &[f64], &[f64], &[f64]) {
        let (first, rest) = self.parameters.split_at(self.hidden * self.inputs);
        let (first_bias, rest) = rest.split_at(self.hidden);
        let (second, second_bias) = rest.split_at(self.hidden * Self::OUTPUTS);
        (first, first_bias, second, second_bias)
    }

    /// The hidden units and the outputs.
    pub fn forward(&self, input: &[f64]) -> (Vec<f64>, [f64; 2]) {
        let (first, first_bias, second, second_bias) = self.layers();
        let hidden: Vec<f64> = first
            .chunks_exact(self.inputs)
            .zip(first_bias)
            .map(|(row, bias)| (dot(row, input) + bias).tanh())
            .collect();
        let output = [0, 1].map(|unit| {
            let row = &second[unit * self.hidden..(unit + 1) * self.hidden];
            dot(row, &hidden) + second_bias[unit]
        });
        (hidden, output)
    }

    /// The gradient of the parameters from that of the outputs.
    pub fn backward(&self, input: &[f64], hidden: &[f64], output: [f64; 2]) -> Vec<f64> {
        let (_, _, second, _) = self.layers();
        let before: Vec<f64> = (0..self.hidden)
            .map(|unit| {
                let back = output[0] * second[unit] + output[1] * second[self.hidden + unit];
                back * (1.0 - hidden[unit] * hidden[unit])
            })
            .collect();
        let first = before.iter().flat_map(|unit| input.iter().map(move |value| unit * value));
        let second = output.iter().flat_map(|unit| hidden.iter().map(move |value| unit * value));
        first.chain(before.iter().copied()).chain(second).chain(output).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backward_pass_is_the_gradient() {
        let mut network = Perceptron::new(3, 4, 7);
        for (index, parameter) in network.parameters.iter_mut().enumerate() {
            *parameter += 0.1 * ((index * 7 % 5) as f64 - 2.0);
        }
        let input = [0.5, -1.0, 2.0];
        let objective = |network: &Perceptron| {
            let (_, [x, y]) = network.forward(&input);
            0.3 * x - 0.7 * y
        };
        let (hidden, _) = network.forward(&input);
        let gradient = network.backward(&input, &hidden, [0.3, -0.7]);
        assert_eq!(gradient.len(), network.parameters.len());
        for (index, found) in gradient.into_iter().enumerate() {
            let step = 1e-6;
            let (mut up, mut down) = (network.clone(), network.clone());
            up.parameters[index] += step;
            down.parameters[index] -= step;
            let expected = (objective(&up) - objective(&down)) / (2.0 * step);
            assert!((found - expected).abs() < 1e-8, "{index}: {found} {expected}");
        }
    }

    #[test]
    fn a_new_network_says_zero() {
        assert_eq!(Perceptron::new(2, 3, 1).forward(&[1.0, -1.0]).1, [0.0, 0.0]);
    }
}
