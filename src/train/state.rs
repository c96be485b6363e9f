//! All that a step changes, to be put away and taken up again.

use serde::{Deserialize, Serialize};

use crate::loss::Normalizer;

/// Parameters, optimizer and normalizers of every member after a step. From here training goes on bit for bit as it
/// would have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainState {
    /// Steps taken, by the optimizer too.
    pub steps: u32,
    /// Parameters, `[members, parameters]`.
    #[serde(with = "crate::floats")]
    pub parameters: Vec<f32>,
    /// Adam's first moments `m`, `[members, parameters]`.
    #[serde(with = "crate::floats")]
    pub first: Vec<f32>,
    /// Adam's second moments `v`, `[members, parameters]`.
    #[serde(with = "crate::floats")]
    pub second: Vec<f32>,
    /// One entry a member.
    pub normalizers: Vec<Normalizer>,
}

#[cfg(feature = "train")]
mod saving {
    use super::TrainState;
    use crate::train::{TrainError, Trainer};
    use crate::weighting::WeightingConfig;

    impl Trainer {
        /// What training goes on from.
        ///
        /// # Errors
        ///
        /// On a GPU, and for a member whose strategy keeps a state of its own: neither can be put away yet.
        pub async fn state(&self) -> Result<TrainState, TrainError> {
            for (member, strategy) in self.members().iter().map(|member| &member.config().weighting).enumerate() {
                if !matches!(strategy, WeightingConfig::Fixed { .. }) {
                    return Err(TrainError::Strategy { member, found: strategy.name() });
                }
            }
            let (parameters, [first, second]) = self.kept().ok_or(TrainError::DeviceState)?;
            Ok(TrainState {
                steps: self.steps(),
                parameters: parameters.to_vec(),
                first: first.to_vec(),
                second: second.to_vec(),
                normalizers: self.members().iter().map(|member| member.normalizer().clone()).collect(),
            })
        }

        /// Go on from a state of the same members and model.
        ///
        /// # Errors
        ///
        /// A state of other members or another model, and a GPU; the trainer is then as it was.
        pub fn restore(&mut self, state: TrainState) -> Result<(), TrainError> {
            let values = self.members().len() * self.network().layout().parameters();
            for found in [&state.parameters, &state.first, &state.second].map(Vec::len) {
                if found != values {
                    return Err(TrainError::State { expected: values, found });
                }
            }
            let own = self.members().iter().map(|member| &member.config().normalization);
            if !own.eq(state.normalizers.iter().map(crate::loss::Normalizer::config)) {
                return Err(TrainError::Normalizers { members: self.members().len(), found: state.normalizers.len() });
            }
            let TrainState { steps, parameters, first, second, normalizers } = state;
            if !self.keep(steps, parameters, [first, second]) {
                return Err(TrainError::DeviceState);
            }
            for (member, normalizer) in self.members_mut().iter_mut().zip(normalizers) {
                member.set_normalizer(normalizer);
            }
            Ok(())
        }
    }
}
