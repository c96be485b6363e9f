//! One training step: forward, both tasks' gradients, two coefficients a member, update.

use burn::tensor::{Device, Tensor, TensorData};

use super::optimizer::with_copy;
use super::{Adam, Gramian, Member, MemberConfig, OptimizerConfig, StepFigures, TrainError};
use crate::loss::LossConfig;
use crate::model::{Network, OUTPUTS, Windows};

/// What a step is trained on.
pub struct Batch {
    /// The windows.
    pub windows: Windows,
    /// The target rows of [`LossConfig::targets`].
    pub targets: Tensor<3>,
}

/// The members' parameters and everything that changes them.
pub struct Trainer {
    network: Network,
    parameters: Tensor<2>,
    optimizer: Adam,
    members: Vec<Member>,
    steps: u32,
    device: Device,
}

/// Figures read from the device after the backward pass, a row a member: two losses, then the two tasks' 2×2 matrix
/// of inner products over the shared parameters, then the one over all parameters.
const FIGURES: usize = 2 + 4 + 4;

impl Trainer {
    /// Members with these configurations, all at the same initial parameters drawn from the seed.
    ///
    /// # Errors
    ///
    /// A member whose configuration cannot be built is refused.
    pub fn new(network: Network, members: &[MemberConfig], seed: u32, device: &Device) -> Result<Self, TrainError> {
        let members = members.iter().map(Member::new).collect::<Result<Vec<_>, _>>()?;
        let parameters = network.initial(members.len(), seed, device);
        let optimizer = Adam::new(&parameters);
        Ok(Self { network, parameters, optimizer, members, steps: 0, device: device.clone() })
    }

    /// Replace the parameters, `[members, parameters]` row by row.
    pub fn set_parameters(&mut self, values: Vec<f32>) {
        let shape = [self.members.len(), self.network.layout().parameters()];
        self.parameters = Tensor::from_data(TensorData::new(values, shape), &self.device);
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members, to be configured.
    pub fn members_mut(&mut self) -> &mut [Member] {
        &mut self.members
    }

    /// Steps taken.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// The model.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The device that computes.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// Append a copy of a member: parameters, optimizer state, strategy and normalizer. Out-of-range indices are
    /// ignored.
    pub fn fork(&mut self, member: usize) {
        if let Some(original) = self.members.get(member).cloned() {
            self.members.push(original);
            self.parameters = with_copy(&self.parameters, member);
            self.optimizer.fork(member);
        }
    }

    /// Both tasks' gradients of every member, `[members, 2, parameters]`, and their losses, `[members, 2]`.
    #[must_use]
    pub fn gradients(&self, batch: &Batch, loss: &LossConfig) -> (Tensor<3>, Tensor<2>) {
        let (outputs, backward) = self.network.forward(&self.parameters, &batch.windows);
        let evaluated = loss.evaluate(&outputs, &batch.targets);
        (backward(evaluated.cotangents), evaluated.losses)
    }

    /// Train every member on the batch, each with its own weights.
    ///
    /// # Errors
    ///
    /// A device that fails, and a loss or a gradient that is not finite; the parameters are then as they were.
    pub async fn step(
        &mut self,
        batch: &Batch,
        loss: &LossConfig,
        optimizer: &OptimizerConfig,
        (rate, progress): (f32, f32),
    ) -> Result<Vec<StepFigures>, TrainError> {
        let (gradients, losses) = self.gradients(batch, loss);
        let figures = read(figures(&gradients, losses, self.network.layout().shared())).await?;
        let moment = (self.steps, progress);
        let mut decided = Vec::with_capacity(self.members.len());
        for (index, (member, row)) in self.members.iter_mut().zip(figures.chunks_exact(FIGURES)).enumerate() {
            check_finite(row, self.steps, index)?;
            let gramians = (gramian(&row[2..6]), gramian(&row[6..10]));
            decided.push(member.decide(moment, [row[0], row[1]], gramians, optimizer.clip_norm));
        }
        self.update(gradients, &decided, rate, optimizer);
        self.steps += 1;
        Ok(decided)
    }

    fn update(&mut self, gradients: Tensor<3>, decided: &[StepFigures], rate: f32, config: &OptimizerConfig) {
        let members = decided.len();
        let coefficients: Vec<f32> = decided.iter().flat_map(|figures| figures.coefficients).collect();
        let coefficients = Tensor::<3>::from_data(TensorData::new(coefficients, [members, 1, 2]), &self.device);
        let combined = coefficients.matmul(gradients).reshape([members, self.network.layout().parameters()]);
        self.parameters = self.optimizer.step(self.parameters.clone(), combined, rate, config);
    }

    /// Every member's outputs on the windows: `[members, batch, 1 + classes]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn predict(&self, windows: &Windows) -> Result<Vec<f32>, TrainError> {
        let (outputs, _) = self.network.forward(&self.parameters, windows);
        let [members, batch, _] = outputs.dims();
        read(outputs.reshape([members, batch * OUTPUTS])).await
    }

    /// The parameters of every member, `[members, parameters]`, row by row.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn parameters(&self) -> Result<Vec<f32>, TrainError> {
        read(self.parameters.clone()).await
    }
}

/// All that the host needs of a step, in one tensor and so in one read.
fn figures(gradients: &Tensor<3>, losses: Tensor<2>, shared: usize) -> Tensor<2> {
    let members = losses.dims()[0];
    let encoder = gradients.clone().narrow(2, 0, shared);
    let over_shared = encoder.clone().matmul(encoder.swap_dims(1, 2)).reshape([members, 4]);
    let over_all = gradients.clone().matmul(gradients.clone().swap_dims(1, 2)).reshape([members, 4]);
    Tensor::cat(vec![losses, over_shared, over_all], 1)
}

fn gramian(row: &[f32]) -> Gramian {
    Gramian { rul: row[0], cross: row[1], health: row[3] }
}

fn check_finite(row: &[f32], step: u32, member: usize) -> Result<(), TrainError> {
    let named = [("the RUL loss", row[0]), ("the health loss", row[1]), ("the gradient", row[6] + row[9])];
    match named.into_iter().find(|(_, value)| !value.is_finite()) {
        Some((what, found)) => Err(TrainError::Diverged { step, member, what, found }),
        None => Ok(()),
    }
}

/// Read a tensor back; the only way that works on every backend is the asynchronous one.
pub(crate) async fn read(tensor: Tensor<2>) -> Result<Vec<f32>, TrainError> {
    let data = tensor.into_data_async().await.map_err(|error| TrainError::Device(error.to_string()))?;
    data.try_into_vec::<f32>().map_err(|error| TrainError::Device(format!("{error:?}")))
}
