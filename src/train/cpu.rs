//! The members on the CPU, in plain slices: each core computes one after the other.

use super::adam::{BETA1, BETA2, Constants, EPSILON};
use super::machine::Terms;
use super::spread::spread;
use super::{Batch, Gramian, TaskFigures};
use crate::loss::TwoTaskLoss;
use crate::model::cpu::{Buffer, Input, NetworkPass, dot};
use crate::model::{Network, OUTPUTS, Windows};

/// Every member's parameters, optimizer state and latest gradients, `[members, …]` each.
pub struct Machine {
    parameters: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    /// `[members, 2, parameters]` after [`Machine::task_gradients`], `[members, parameters]` after
    /// [`Machine::combined_gradients`].
    gradients: Vec<f32>,
}

impl Machine {
    /// Members with these parameters, the optimizer at rest.
    pub fn new(parameters: Vec<f32>) -> Self {
        let [first, second] = [(); 2].map(|()| vec![0.0; parameters.len()]);
        Self { parameters, first, second, gradients: Vec::new() }
    }

    pub fn set_parameters(&mut self, parameters: Vec<f32>) {
        self.parameters = parameters;
    }

    /// Adam's first and second moments.
    pub fn moments(&self) -> [&[f32]; 2] {
        [&self.first, &self.second]
    }

    pub fn set_moments(&mut self, [first, second]: [Vec<f32>; 2]) {
        (self.first, self.second) = (first, second);
    }

    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// Append a copy of a member that has this many parameters.
    pub fn fork(&mut self, member: usize, parameters: usize) {
        for values in [&mut self.parameters, &mut self.first, &mut self.second] {
            values.extend_from_within(member * parameters..(member + 1) * parameters);
        }
    }

    /// Make one member another one's copy: parameters and optimizer state.
    pub fn copy(&mut self, from: usize, to: usize, parameters: usize) {
        for values in [&mut self.parameters, &mut self.first, &mut self.second] {
            values.copy_within(from * parameters..(from + 1) * parameters, to * parameters);
        }
    }

    /// Both tasks' gradients of every member, kept until the update; losses and inner products are told.
    pub fn task_gradients(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        terms: &[Terms],
    ) -> Vec<TaskFigures> {
        let (len, shared) = (network.layout().parameters(), network.layout().shared());
        // Written whole: every block of every task's gradient is set.
        self.gradients.resize(self.parameters.len() * 2, 0.0);
        let members = self.parameters.chunks_exact(len).zip(self.gradients.chunks_exact_mut(2 * len)).enumerate();
        spread(members.collect(), |(member, (parameters, gradients))| {
            let terms = &terms[member];
            let pass = NetworkPass::dropping(network, parameters, input(&batch.windows, member), terms.dropout);
            let (losses, [d_rul, d_health]) = evaluate(loss, terms, &pass, batch.targets_of(member));
            let (rul, health) = gradients.split_at_mut(len);
            pass.backward(&d_rul, rul);
            pass.backward(&d_health, health);
            TaskFigures {
                losses,
                shared: gramian(&rul[..shared], &health[..shared]),
                heads: gramian(&rul[shared..], &health[shared..]),
            }
        })
    }

    /// The gradient of every member's weighted sum of losses, kept until the update: each member's `decide` is told its
    /// losses and answers with the two coefficients. The gradients' norms come back.
    ///
    /// One way back instead of two; what each task wants is then not known.
    pub fn combined_gradients<D: FnOnce([f32; 2]) -> [f32; 2] + Send>(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        terms: &[Terms],
        decide: impl Iterator<Item = D>,
    ) -> Vec<f32> {
        let len = network.layout().parameters();
        self.gradients.resize(self.parameters.len(), 0.0);
        let members =
            self.parameters.chunks_exact(len).zip(self.gradients.chunks_exact_mut(len)).zip(decide).enumerate();
        spread(members.collect(), |(member, ((parameters, gradients), decide))| {
            let terms = &terms[member];
            let pass = NetworkPass::dropping(network, parameters, input(&batch.windows, member), terms.dropout);
            let (losses, [mut cotangents, d_health]) = evaluate(loss, terms, &pass, batch.targets_of(member));
            let [rul, health] = decide(losses);
            for (sum, d_health) in cotangents.iter_mut().zip(d_health.iter()) {
                *sum = rul * *sum + health * d_health;
            }
            pass.backward(&cotangents, gradients);
            dot(gradients, gradients).sqrt()
        })
    }

    /// Step along the kept gradients, each member's multiplied by its coefficients: one or two a member.
    pub fn update(&mut self, coefficients: &[Vec<f32>], constants: &[Constants]) {
        let len = self.parameters.len() / coefficients.len().max(1);
        let state = self.first.chunks_exact_mut(len).zip(self.second.chunks_exact_mut(len));
        let gradients_len = self.gradients.len() / coefficients.len();
        let gradients = self.gradients.chunks_exact_mut(gradients_len);
        let members = self.parameters.chunks_exact_mut(len).zip(state).zip(gradients);
        let members = members.zip(coefficients.iter().zip(constants));
        for (((parameters, (first, second)), gradients), (coefficients, constants)) in members {
            let (combined, rest) = gradients.split_at_mut(len);
            combine(combined, rest, coefficients);
            step(parameters, combined, (first, second), constants);
        }
    }

    /// Every member's latents on the windows: `[members, batch, hidden]`.
    pub fn latents(&self, network: &Network, windows: &Windows) -> Vec<f32> {
        let len = network.layout().parameters();
        let mut latents = Vec::new();
        for (member, parameters) in self.parameters.chunks_exact(len).enumerate() {
            latents.extend_from_slice(NetworkPass::new(network, parameters, input(windows, member)).latent());
        }
        latents
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`.
    pub fn predict(&self, network: &Network, windows: &Windows) -> Vec<f32> {
        let len = network.layout().parameters();
        let mut outputs = vec![0.0; self.parameters.len() / len * windows.batch * OUTPUTS];
        let members =
            self.parameters.chunks_exact(len).zip(outputs.chunks_exact_mut(windows.batch * OUTPUTS)).enumerate();
        spread(members.collect(), |(member, (parameters, outputs))| {
            outputs.copy_from_slice(&NetworkPass::new(network, parameters, input(windows, member)).outputs);
        });
        outputs
    }
}

fn input(windows: &Windows, member: usize) -> Input<'_> {
    Input { values: windows.of(member), time: windows.time, batch: windows.batch }
}

fn evaluate(loss: &TwoTaskLoss, terms: &Terms, pass: &NetworkPass, targets: &[f32]) -> ([f32; 2], [Buffer; 2]) {
    let mut cotangents = [(); 2].map(|()| Buffer::stale(pass.outputs.len()));
    let [rul, health] = &mut cotangents;
    (loss.evaluate(&terms.emphasis, &pass.outputs, targets, [rul, health]), cotangents)
}

fn gramian(rul: &[f32], health: &[f32]) -> Gramian {
    Gramian { rul: dot(rul, rul), cross: dot(rul, health), health: dot(health, health) }
}

/// The first gradient becomes the sum of all, each times its coefficient.
fn combine(first: &mut [f32], rest: &[f32], coefficients: &[f32]) {
    match *coefficients {
        [rul, health] => {
            for (sum, addend) in first.iter_mut().zip(rest) {
                *sum = rul * *sum + health * addend;
            }
        }
        [factor] if factor != 1.0 => first.iter_mut().for_each(|value| *value *= factor),
        _ => {}
    }
}

fn step(parameters: &mut [f32], gradients: &[f32], (first, second): (&mut [f32], &mut [f32]), constants: &Constants) {
    let &Constants { rate, correction, keep, pull, lasso } = constants;
    let state = first.iter_mut().zip(second);
    for ((parameter, gradient), (m, v)) in parameters.iter_mut().zip(gradients).zip(state) {
        let sign = f32::from(*parameter > 0.0) - f32::from(*parameter < 0.0);
        let gradient = gradient + pull * *parameter + lasso * sign;
        *m = BETA1 * *m + (1.0 - BETA1) * gradient;
        *v = BETA2 * *v + (1.0 - BETA2) * gradient * gradient;
        *parameter = keep * *parameter - rate * *m / (v.sqrt() * correction + EPSILON);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Adam, OptimizerConfig, Regularization};

    /// At Adam's first step `m̂ / √v̂` is the sign of the gradient, penalties and all.
    #[test]
    fn penalties_join_the_gradient_and_a_member_that_stands_still_does_not_move() {
        let parameters = [0.5, -0.5, 0.0];
        let mut machine = Machine::new(parameters.repeat(3));
        // Each weaker than the penalties of the second member, and against them.
        machine.gradients = [-0.1, 0.1, 0.0].repeat(3);
        let mut adam = Adam::default();
        adam.advance();
        let optimizer = OptimizerConfig { weight_decay: 0.0, ..OptimizerConfig::default() };
        let constants = |member| adam.constants(0.01, &optimizer, &member);
        let penalties = Regularization { l1: 0.1, l2: 0.1, decoupled: 2.0, ..Regularization::default() };
        let plain = constants(Regularization::default());
        machine.update(&vec![vec![1.0]; 3], &[plain, constants(penalties), plain.standing_still()]);
        let expected = [0.51, -0.51, 0.0, 0.5 * 0.98 - 0.01, -0.5 * 0.98 + 0.01, 0.0, 0.5, -0.5, 0.0];
        for (found, expected) in machine.parameters().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{:?}", machine.parameters());
        }
        assert_eq!(machine.parameters()[6..], parameters);
        // Its moments go on.
        assert_eq!(machine.first[6..], machine.first[..3]);
    }

    #[test]
    fn a_copy_has_parameters_and_optimizer_state() {
        let mut machine = Machine::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        machine.first = vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        machine.copy(2, 0, 2);
        assert_eq!(machine.parameters(), [5.0, 6.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(machine.first, [0.5, 0.6, 0.3, 0.4, 0.5, 0.6]);
    }
}
