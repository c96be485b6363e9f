//! The members on a GPU: all in every launch.

use cubecl::prelude::*;

use super::adam::{BETA1, BETA2, Constants, EPSILON};
use super::machine::Terms;
use super::{Batch, Gramian, TaskFigures, TrainError};
use crate::loss::{Emphasis, TwoTaskLoss, evaluate_stacked};
use crate::model::gpu::{Buffer, Gpu, Input, Masks, NetworkPass};
use crate::model::{Dropout, Network, Windows};

/// Threads of a workgroup.
const THREADS: usize = 256;

/// What is read of a member after the way back: two losses, then three inner products over the encoder and three over
/// the heads.
const FIGURES: usize = 8;

/// What the update is given of a member: rate, correction, keep, pull, lasso, and the two tasks' coefficients.
const CONSTANTS: usize = 7;

/// Every member's parameters, optimizer state and latest gradients on the GPU.
pub struct Machine {
    gpu: Gpu,
    members: usize,
    parameters: Buffer,
    first: Buffer,
    second: Buffer,
    /// `[members, 2, parameters]`.
    gradients: Buffer,
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

/// Combine each member's two gradients and step; the formula is [`super::Adam`]'s. `constants` is `[members, 7]`, see
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
        first[ABSOLUTE_POS] = m;
        second[ABSOLUTE_POS] = v;
        parameters[ABSOLUTE_POS] =
            constants[row + 2] * parameter - constants[row] * m / (v.sqrt() * constants[row + 1] + EPSILON);
    }
}

impl Machine {
    /// Members with these parameters, the optimizer at rest.
    pub fn new(parameters: &[f32], members: usize, gpu: &Gpu) -> Self {
        let zeros = vec![0.0; parameters.len()];
        Self {
            members,
            parameters: gpu.upload(parameters),
            first: gpu.upload(&zeros),
            second: gpu.upload(&zeros),
            gradients: gpu.empty(2 * parameters.len()),
            gpu: gpu.clone(),
        }
    }

    pub fn set_parameters(&mut self, parameters: &[f32]) {
        self.parameters = self.gpu.upload(parameters);
    }

    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        self.read(&self.parameters).await
    }

    pub async fn gradients(&self) -> Result<Vec<f32>, TrainError> {
        self.read(&self.gradients).await
    }

    async fn read(&self, buffer: &Buffer) -> Result<Vec<f32>, TrainError> {
        self.gpu.read(buffer).await.map_err(TrainError::Device)
    }

    /// Append a copy of a member.
    pub async fn fork(&mut self, member: usize) -> Result<(), TrainError> {
        let each = self.parameters.len() / self.members;
        let mut grown = Vec::with_capacity(3);
        for buffer in [&self.parameters, &self.first, &self.second] {
            let mut values = self.read(buffer).await?;
            values.extend_from_within(member * each..(member + 1) * each);
            grown.push(self.gpu.upload(&values));
        }
        if let [parameters, first, second] = &grown[..] {
            self.members += 1;
            self.gradients = self.gpu.empty(2 * parameters.len());
            (self.parameters, self.first, self.second) = (parameters.clone(), first.clone(), second.clone());
        }
        Ok(())
    }

    /// Make one member another one's copy: parameters and optimizer state.
    pub async fn copy(&mut self, from: usize, to: usize) -> Result<(), TrainError> {
        let each = self.parameters.len() / self.members;
        for index in 0..3 {
            let buffer = [&self.parameters, &self.first, &self.second][index];
            let mut values = self.read(buffer).await?;
            values.copy_within(from * each..(from + 1) * each, to * each);
            let uploaded = self.gpu.upload(&values);
            *[&mut self.parameters, &mut self.first, &mut self.second][index] = uploaded;
        }
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

    /// Both tasks' gradients of every member, kept until the update; losses and inner products are told.
    pub async fn task_gradients(
        &mut self,
        network: &Network,
        batch: &Batch,
        loss: &TwoTaskLoss,
        terms: &[Terms],
    ) -> Result<Vec<TaskFigures>, TrainError> {
        let gpu = &self.gpu;
        let dropouts: Vec<Option<Dropout>> = terms.iter().map(|terms| terms.dropout).collect();
        let emphases: Vec<Emphasis> = terms.iter().map(|terms| terms.emphasis).collect();
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
        let of_member = |row: &[f32]| TaskFigures {
            losses: [row[0], row[1]],
            shared: gramian(&row[2..5]),
            heads: gramian(&row[5..8]),
        };
        Ok(rows.chunks_exact(FIGURES).map(of_member).collect())
    }

    /// Step along the kept gradients.
    pub fn update(&mut self, coefficients: &[Vec<f32>], constants: &[Constants]) {
        let mut rows = Vec::with_capacity(self.members * CONSTANTS);
        for (coefficients, constants) in coefficients.iter().zip(constants) {
            let Constants { rate, correction, keep, pull, lasso } = *constants;
            rows.extend([rate, correction, keep, pull, lasso]);
            rows.extend_from_slice(coefficients);
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

    /// Every member's latents on the windows: `[members, batch, hidden]`.
    pub async fn latents(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let pass = NetworkPass::new(network, &self.gpu, &self.parameters, self.input(windows));
        self.read(pass.latent()).await
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`.
    pub async fn predict(&self, network: &Network, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let pass = NetworkPass::new(network, &self.gpu, &self.parameters, self.input(windows));
        self.read(&pass.outputs).await
    }
}
