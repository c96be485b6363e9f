//! The optimizer inside a strategy that learns its weights: a handful of numbers of its own, apart from the model's.

use crate::parameter::choice;

choice! {
    /// How a strategy moves the numbers it learns.
    InnerOptimizer {
        /// Adam (Kingma and Ba 2015), β = (0.9, 0.999): steps of about the rate, whatever the losses' scale.
        Adam = "adam", "Adam";
        /// Plain gradient descent.
        Sgd = "sgd", "SGD";
    }
}

const BETAS: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;

/// Largest gradient taken in. Its square has to stay finite; past it only the sign can matter.
const LARGEST: f64 = 1e100;

/// The optimizer with its state.
#[derive(Clone, Debug)]
pub struct Inner {
    kind: InnerOptimizer,
    rate: f64,
    moments: Vec<(f64, f64)>,
    steps: i32,
}

impl Inner {
    /// For this many numbers.
    pub fn new(kind: InnerOptimizer, rate: f32, numbers: usize) -> Self {
        Self { kind, rate: f64::from(rate), moments: vec![(0.0, 0.0); numbers], steps: 0 }
    }

    /// One step down the gradient.
    pub fn step(&mut self, numbers: &mut [f64], gradient: &[f64]) {
        self.steps = self.steps.saturating_add(1);
        let corrections = (1.0 - BETAS.0.powi(self.steps), 1.0 - BETAS.1.powi(self.steps));
        for ((number, gradient), (first, second)) in numbers.iter_mut().zip(gradient).zip(&mut self.moments) {
            let gradient = if gradient.is_nan() { 0.0 } else { gradient.clamp(-LARGEST, LARGEST) };
            *number -= self.rate
                * match self.kind {
                    InnerOptimizer::Sgd => gradient,
                    InnerOptimizer::Adam => {
                        *first = BETAS.0 * *first + (1.0 - BETAS.0) * gradient;
                        *second = BETAS.1 * *second + (1.0 - BETAS.1) * gradient * gradient;
                        (*first / corrections.0) / ((*second / corrections.1).sqrt() + EPSILON)
                    }
                };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adam_begins_with_steps_of_the_rate() {
        let mut inner = Inner::new(InnerOptimizer::Adam, 0.1, 2);
        let mut numbers = [1.0, 1.0];
        inner.step(&mut numbers, &[1e15, -1e-3]);
        assert!((numbers[0] - 0.9).abs() < 1e-6 && (numbers[1] - 1.1).abs() < 1e-5, "{numbers:?}");
    }

    #[test]
    fn sgd_goes_down_the_gradient() {
        let mut numbers = [1.0];
        Inner::new(InnerOptimizer::Sgd, 0.5, 1).step(&mut numbers, &[0.5]);
        assert!((numbers[0] - 0.75).abs() < 1e-12);
    }
}
