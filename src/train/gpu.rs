//! The members on a GPU: all in every launch.

use cubecl::prelude::*;

use super::adam::{BETA1, BETA2, Constants, EPSILON};
use super::pass::{Ask, Factors, Found, Kept, Step};
use super::{Batch, Gramian, TaskFigures, TrainError};
use crate::loss::{Emphasis, TwoTaskLoss, evaluate_stacked};
use crate::model::gpu::{Buffer, Gpu, Input, Masks, NetworkPass};
use crate::model::{Dropout, Network, Windows};

/// Threads of a workgroup.
const THREADS: usize = 256;

/// What is read of a member after the way back: two losses, then three inner products over the encoder and three over
/// the heads.
const FIGURES: usize = 8;

/// What the update is given of a member: rate, correction, keep, pull, lasso, the two tasks' coefficients, and 1 if it
/// takes the step or 0.
const CONSTANTS: usize = 8;

/// Every member's parameters, optimizer state and latest gradients on the GPU.
pub struct Compute {
    gpu: Gpu,
    members: usize,
    parameters: Buffer,
    first: Buffer,
    second: Buffer,
    /// `[members, 2, parameters]`.
    gradients: Buffer,
    /// The coefficients of each member's weighted sum, where that was asked for: its tasks' gradients are distinguished
    /// all the same, and are added at the update.
    combined: Vec<[f32; 2]>,
}

/// The two losses and the six inner products of each member, `[members, 8]`, by one workgroup a member.
#[cube(launch_unchecked)]
fn figures(
    gradients: &[f32],
    losses: &[f32],
    output: &mut [f32],
    #[comptime] parameters: usize,
    #[comptime] shared: usize,
) {
    let member = CUBE_POS_X as usize;
    let unit = UNIT_POS_X as usize;
    let rul = member * 2 * parameters;
    let health = rul + parameters;
    let mut sums = Shared::<[f32]>::new_slice(comptime!(6 * THREADS));
    for part in 0..2usize {
        let end = select(part == 0, shared, parameters);
        let mut own = f32::new(0.0);
        let mut cross = f32::new(0.0);
        let mut other = f32::new(0.0);
        let mut index = part * shared + unit;
        while index < end {
            let a = gradients[rul + index];
            let b = gradients[health + index];
            own += a * a;
            cross += a * b;
            other += b * b;
            index += THREADS;
        }
        sums[part * 3 * THREADS + unit] = own;
        sums[(part * 3 + 1) * THREADS + unit] = cross;
        sums[(part * 3 + 2) * THREADS + unit] = other;
    }
    sync_cube();
    if unit < 6 {
        let mut sum = f32::new(0.0);
        for index in 0..THREADS {
            sum += sums[unit * THREADS + index];
        }
        output[member * FIGURES + 2 + unit] = sum;
    } else if unit < 8 {
        output[member * FIGURES + unit - 6] = losses[member * 2 + unit - 6];
    }
}

/// Combine each member's two gradients and step; the formula is [`super::Adam`]'s. `constants` is `[members, 8]`, see
/// [`CONSTANTS`].
#[cube(launch_unchecked)]
fn step(
    parameters: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    gradients: &[f32],
    constants: &[f32],
    #[comptime] each: usize,
) {
    if ABSOLUTE_POS < parameters.len() {
        let member = ABSOLUTE_POS / each;
        let index = ABSOLUTE_POS % each;
        let own = member * 2 * each + index;
        let parameter = parameters[ABSOLUTE_POS];
        let row = member * CONSTANTS;
        let positive = select(parameter > 0.0, 1.0f32, 0.0f32);
        let sign = select(parameter < 0.0, -1.0f32, positive);
        let gradient = constants[row + 5] * gradients[own]
            + constants[row + 6] * gradients[own + each]
            + constants[row + 3] * parameter
            + constants[row + 4] * sign;
        let m = BETA1 * first[ABSOLUTE_POS] + comptime!(1.0 - BETA1) * gradient;
        let v = BETA2 * second[ABSOLUTE_POS] + comptime!(1.0 - BETA2) * gradient * gradient;
        let moved = constants[row + 2] * parameter - constants[row] * m / (v.sqrt() * constants[row + 1] + EPSILON);
        // Chosen, not multiplied: the gradient of a member that takes no step need not be a number.
        let takes = constants[row + 7] > 0.0;
        first[ABSOLUTE_POS] = select(takes, m, first[ABSOLUTE_POS]);
        second[ABSOLUTE_POS] = select(takes, v, second[ABSOLUTE_POS]);
        parameters[ABSOLUTE_POS] = select(takes, moved, parameter);
    }
}

/// The calls of [`super::compute::Compute`].
impl Compute {
    pub fn new(parameters: &[f32], members: usize, gpu: &Gpu) -> Self {
        let zeros = vec![0.0; parameters.len()];
        Self {
            members,
            parameters: gpu.upload(parameters),
            first: gpu.upload(&zeros),
            second: gpu.upload(&zeros),
            gradients: gpu.empty(2 * parameters.len()),
            combined: Vec::new(),
            gpu: gpu.clone(),
        }
    }

    /// Other members on the same GPU.
    pub fn beside(&self, parameters: &[f32], members: usize) -> Self {
        Self::new(parameters, members, &self.gpu)
    }

    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        self.read(&self.parameters).await
    }

    #[expect(clippy::needless_pass_by_value, reason = "the CPU keeps them")]
    pub fn set_parameters(&mut self, parameters: Vec<f32>) {
        self.parameters = self.gpu.upload(&parameters);
    }

    pub async fn kept(&self) -> Result<Kept, TrainError> {
        let [parameters, first, second] = [&self.parameters, &self.first, &self.second];
        Ok([self.read(parameters).await?, self.read(first).await?, self.read(second).await?])
    }

    pub fn keep(&mut self, kept: Kept) {
        [self.parameters, self.first, self.second] = kept.map(|values| self.gpu.upload(&values));
    }

    async fn read(&self, buffer: &Buffer) -> Result<Vec<f32>, TrainError> {
        self.gpu.read(buffer).await.map_err(TrainError::Device)
    }

    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        let each = self.parameters.len() / self.members;
        let mut kept = self.kept().await?;
        for values in &mut kept {
            values.extend_from_within(member * each..(member + 1) * each);
        }
        self.keep(kept);
        self.members += 1;
        self.gradients = self.gpu.empty(2 * self.parameters.len());
        Ok(())
    }

    pub async fn copy(&mut self, from: usize, to: usize) -> Result<(), TrainError> {
        let each = self.parameters.len() / self.members;
        let mut kept = self.kept().await?;
        for values in &mut kept {
            values.copy_within(from * each..(from + 1) * each, to * each);
        }
        self.keep(kept);
        Ok(())
    }

    fn input(&self, windows: &Windows) -> Input {
        Input {
            values: self.gpu.upload(&windows.values),
            shared: windows.sets() == 1,
            members: self.members,
            time: windows.time,
            batch: windows.batch,
        }
    }

    pub async fn gradients<D: FnOnce([f32; 2]) -> [f32; 2] + Send>(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        asked: Vec<Option<Ask<D>>>,
    ) -> Result<Vec<Option<Found>>, TrainError> {
        let gpu = &self.gpu;
        let terms = || asked.iter().map(|asked| asked.as_ref().map(|asked| asked.terms));
        let dropouts: Vec<Option<Dropout>> = terms().map(|terms| terms?.dropout).collect();
        let emphases: Vec<Emphasis> =
            terms().map(|terms| terms.map_or(Emphasis::NONE, |terms| terms.emphasis)).collect();
        let (input, masks) = (self.input(&batch.windows), Masks::new(gpu, &dropouts));
        let pass = NetworkPass::dropping(network, gpu, &self.parameters, input, masks);
        let targets = gpu.upload(&batch.targets);
        let (losses, cotangents) = evaluate_stacked(loss, gpu, &pass.outputs, &targets, &emphases);
        pass.backward(&cotangents, &self.gradients);
        let output = gpu.empty(self.members * FIGURES);
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: one workgroup a member; every index is below the lengths.
        unsafe {
            figures::launch_unchecked(
                gpu.client(),
                CubeCount::Static(self.members as u32, 1, 1),
                CubeDim::new_1d(THREADS as u32),
                self.gradients.argument(),
                losses.argument(),
                output.argument(),
                network.layout().parameters(),
                network.layout().shared(),
            );
        }
        let rows = self.read(&output).await?;
        let gramian = |row: &[f32]| Gramian { rul: row[0], cross: row[1], health: row[2] };
        self.combined = vec![[0.0; 2]; self.members];
        let members = rows.chunks_exact(FIGURES).zip(asked).zip(&mut self.combined);
        let found = members.map(|((row, asked), combined)| {
            let losses = [row[0], row[1]];
            let figures = TaskFigures { losses, shared: gramian(&row[2..5]), heads: gramian(&row[5..8]) };
            Some(match asked?.decide {
                Some(decide) => {
                    *combined = decide(losses);
                    Found::Combined { norm: figures.norm_of_sum(*combined) }
                }
                None => Found::Apart(figures),
            })
        });
        Ok(found.collect())
    }

    pub async fn task_gradients(&self) -> Result<Vec<f32>, TrainError> {
        self.read(&self.gradients).await
    }

    pub fn update(&mut self, steps: &[Option<Step>]) {
        let mut rows = Vec::with_capacity(self.members * CONSTANTS);
        for (taken, combined) in steps.iter().zip(&self.combined) {
            let Some(Step { factors, constants }) = taken else {
                rows.extend([0.0; CONSTANTS]);
                continue;
            };
            let Constants { rate, correction, keep, pull, lasso } = *constants;
            let [rul, health] = match *factors {
                Factors::Apart(factors) => factors,
                Factors::Combined(factor) => combined.map(|coefficient| factor * coefficient),
            };
            rows.extend([rate, correction, keep, pull, lasso, rul, health, 1.0]);
        }
        let constants = self.gpu.upload(&rows);
        let (count, dim) = crate::model::gpu::spread(self.parameters.len());
        #[expect(unsafe_code, reason = "kernels are launched without bounds checks")]
        // SAFETY: every index is below the lengths; no two arguments share memory.
        unsafe {
            step::launch_unchecked(
                self.gpu.client(),
                count,
                dim,
                self.parameters.argument(),
                self.first.argument(),
                self.second.argument(),
                self.gradients.argument(),
                constants.argument(),
                self.parameters.len() / self.members,
            );
        }
    }

    pub async fn latents(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let pass = NetworkPass::new(network, &self.gpu, &self.parameters, self.input(windows));
        self.read(pass.latent()).await
    }

    pub async fn predict(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let pass = NetworkPass::new(network, &self.gpu, &self.parameters, self.input(windows));
        self.read(&pass.outputs).await
    }
}
