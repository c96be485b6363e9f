//! The members on the CPU, in plain slices: each core computes one after the other.

use super::adam::{BETA1, BETA2, Constants, EPSILON};
use super::pass::{Ask, Factors, Found, Kept, Step, Terms};
use super::spread::spread;
use super::{Batch, Gramian, TaskFigures, TrainError};
use crate::loss::TwoTaskLoss;
use crate::model::cpu::{Buffer, Input, NetworkPass, dot};
use crate::model::{Network, OUTPUTS, Windows};

/// Every member's parameters, optimizer state and latest gradients, `[members, …]` each.
pub struct Compute {
    members: usize,
    parameters: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    /// `[members, 2, parameters]`; a gradient of a weighted sum is in the place of the first task's.
    gradients: Vec<f32>,
}

/// The calls of [`super::compute::Compute`].
#[expect(clippy::unused_async, reason = "a GPU is waited for")]
impl Compute {
    pub fn new(parameters: Vec<f32>, members: usize) -> Self {
        let [first, second] = [(); 2].map(|()| vec![0.0; parameters.len()]);
        Self { members, parameters, first, second, gradients: Vec::new() }
    }

    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        Ok(self.parameters.clone())
    }

    pub fn set_parameters(&mut self, parameters: Vec<f32>) {
        self.parameters = parameters;
    }

    pub async fn kept(&self) -> Result<Kept, TrainError> {
        Ok([&self.parameters, &self.first, &self.second].map(Vec::clone))
    }

    pub fn keep(&mut self, kept: Kept) {
        [self.parameters, self.first, self.second] = kept;
    }

    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        let each = self.each();
        for values in [&mut self.parameters, &mut self.first, &mut self.second] {
            values.extend_from_within(member * each..(member + 1) * each);
        }
        self.members += 1;
        Ok(())
    }

    pub async fn copy(&mut self, from: usize, to: usize) -> Result<(), TrainError> {
        let each = self.each();
        for values in [&mut self.parameters, &mut self.first, &mut self.second] {
            values.copy_within(from * each..(from + 1) * each, to * each);
        }
        Ok(())
    }

    /// Two ways back give both tasks' gradients, one the gradient of the weighted sum: its coefficients are decided
    /// between the losses and the way back.
    pub async fn gradients<D: FnOnce([f32; 2]) -> [f32; 2] + Send>(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        asked: Vec<Option<Ask<D>>>,
    ) -> Result<Vec<Option<Found>>, TrainError> {
        let (each, shared) = (self.each(), network.layout().shared());
        // What is asked for is written whole: every block of a gradient is set.
        self.gradients.resize(self.parameters.len() * 2, 0.0);
        let members = self.parameters.chunks_exact(each).zip(self.gradients.chunks_exact_mut(2 * each)).zip(asked);
        Ok(spread(members.enumerate().collect(), |(member, ((parameters, gradients), asked))| {
            let Ask { terms, decide } = asked?;
            let tasks = if decide.is_some() { 1 } else { 2 };
            let input = Input { tasks, draw: terms.draw, ..input(&batch.windows, member) };
            let pass = NetworkPass::dropping(network, parameters, input, terms.dropout);
            let (losses, [mut d_rul, d_health]) = evaluate(loss, &terms, &pass, batch.targets_of(member));
            let (first, second) = gradients.split_at_mut(each);
            if let Some(decide) = decide {
                let [rul, health] = decide(losses);
                for (sum, d_health) in d_rul.iter_mut().zip(d_health.iter()) {
                    *sum = rul * *sum + health * d_health;
                }
                pass.backward(&[&d_rul], &mut [&mut *first]);
                return Some(Found::Combined { norm: dot(first, first).sqrt() });
            }
            pass.backward(&[&d_rul, &d_health], &mut [&mut *first, &mut *second]);
            Some(Found::Apart(TaskFigures {
                losses,
                shared: gramian(&first[..shared], &second[..shared]),
                heads: gramian(&first[shared..], &second[shared..]),
            }))
        }))
    }

    pub async fn task_gradients(&self) -> Result<Vec<f32>, TrainError> {
        Ok(self.gradients.clone())
    }

    pub fn update(&mut self, steps: &[Option<Step>]) {
        let each = self.each();
        let state = self.first.chunks_exact_mut(each).zip(self.second.chunks_exact_mut(each));
        let members = self.parameters.chunks_exact_mut(each).zip(state).zip(self.gradients.chunks_exact_mut(2 * each));
        for (((parameters, (first, second)), gradients), taken) in members.zip(steps) {
            let Some(Step { factors, constants }) = taken else { continue };
            let (combined, rest) = gradients.split_at_mut(each);
            combine(combined, rest, *factors);
            step(parameters, combined, (first, second), constants);
        }
    }

    pub async fn latents(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let mut latents = Vec::new();
        for (member, parameters) in self.parameters.chunks_exact(self.each()).enumerate() {
            latents.extend_from_slice(NetworkPass::new(network, parameters, input(windows, member)).latent());
        }
        Ok(latents)
    }

    pub async fn predict(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let mut outputs = vec![0.0; self.members * windows.batch * OUTPUTS];
        let rows = outputs.chunks_exact_mut(windows.batch * OUTPUTS);
        let members = self.parameters.chunks_exact(self.each()).zip(rows).enumerate();
        spread(members.collect(), |(member, (parameters, outputs))| {
            outputs.copy_from_slice(&NetworkPass::new(network, parameters, input(windows, member)).outputs);
        });
        Ok(outputs)
    }

    /// Parameters of one member.
    fn each(&self) -> usize {
        (self.parameters.len() / self.members.max(1)).max(1)
    }
}

fn input(windows: &Windows, member: usize) -> Input<'_> {
    Input::of(windows.of(member), windows.time, windows.batch)
}

fn evaluate(loss: &TwoTaskLoss, terms: &Terms, pass: &NetworkPass, targets: &[f32]) -> ([f32; 2], [Buffer; 2]) {
    let mut cotangents = [(); 2].map(|()| Buffer::stale(pass.outputs.len()));
    let [rul, health] = &mut cotangents;
    (loss.evaluate(&terms.emphasis, &pass.outputs, targets, [rul, health]), cotangents)
}

fn gramian(rul: &[f32], health: &[f32]) -> Gramian {
    Gramian { rul: dot(rul, rul), cross: dot(rul, health), health: dot(health, health) }
}

/// The first gradient becomes the sum of all, each times its factor.
fn combine(first: &mut [f32], rest: &[f32], factors: Factors) {
    match factors {
        Factors::Apart([rul, health]) => {
            for (sum, addend) in first.iter_mut().zip(rest) {
                *sum = rul * *sum + health * addend;
            }
        }
        Factors::Combined(factor) if factor != 1.0 => first.iter_mut().for_each(|value| *value *= factor),
        Factors::Combined(_) => {}
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
        let mut compute = Compute::new(parameters.repeat(4), 4);
        // Each weaker than the penalties of the second member, and against them.
        compute.gradients = [-0.1, 0.1, 0.0, 0.0, 0.0, 0.0].repeat(4);
        compute.gradients[18..].fill(f32::NAN);
        let mut adam = Adam::default();
        adam.advance();
        let optimizer = OptimizerConfig { weight_decay: 0.0, ..OptimizerConfig::default() };
        let constants = |member| adam.constants(0.01, &optimizer, &member);
        let penalties = Regularization { l1: 0.1, l2: 0.1, decoupled: 2.0, ..Regularization::default() };
        let plain = constants(Regularization::default());
        let step = |constants| Some(Step { factors: Factors::Combined(1.0), constants });
        compute.update(&[step(plain), step(constants(penalties)), step(plain.standing_still()), None]);
        let expected = [0.51, -0.51, 0.0, 0.5 * 0.98 - 0.01, -0.5 * 0.98 + 0.01, 0.0, 0.5, -0.5, 0.0, 0.5, -0.5, 0.0];
        for (found, expected) in compute.parameters.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{:?}", compute.parameters);
        }
        assert_eq!(compute.parameters[6..], parameters.repeat(2));
        // Its moments go on, those of a member without a step do not.
        assert_eq!(compute.first[6..9], compute.first[..3]);
        assert_eq!((&compute.first[9..], &compute.second[9..]), (&[0.0; 3][..], &[0.0; 3][..]));
    }

    #[test]
    fn a_copy_has_parameters_and_optimizer_state() {
        let mut compute = Compute::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3);
        compute.first = vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        pollster::block_on(compute.copy(2, 0)).unwrap();
        assert_eq!(compute.parameters, [5.0, 6.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(compute.first, [0.5, 0.6, 0.3, 0.4, 0.5, 0.6]);
    }
}
