//! All that a step changes, to be put away and taken up again.

use serde::{Deserialize, Serialize};

use super::early_stopping::EarlyStopping;
use super::{Adam, Divergence, Member, TrainError, Trainer};
use crate::loss::Normalizer;
use crate::weighting::{from_numbers, to_numbers};

/// A trainer after a step. From here training goes on bit for bit as it would have, on either device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainState {
    /// Steps taken.
    steps: u32,
    /// `[members, parameters]`.
    #[serde(with = "crate::floats")]
    parameters: Vec<f32>,
    /// Adam's first moments `m`, `[members, parameters]`.
    #[serde(with = "crate::floats")]
    first: Vec<f32>,
    /// Adam's second moments `v`, `[members, parameters]`.
    #[serde(with = "crate::floats")]
    second: Vec<f32>,
    members: Vec<SavedMember>,
}

/// All that steps and ends of epochs have made of one member beside its numbers on the device.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SavedMember {
    /// As the strategy writes them down, see [`crate::weighting::Weighting::carry`].
    strategy: Vec<f64>,
    normalizer: Normalizer,
    stopping: EarlyStopping,
    adam: Adam,
    largest: f64,
    diverged: Option<(u32, Divergence)>,
}

impl Trainer {
    /// What training goes on from.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub async fn state(&self) -> Result<TrainState, TrainError> {
        let [parameters, first, second] = self.compute.kept().await?;
        let members = self.members.iter().map(Member::saved).collect();
        Ok(TrainState { steps: self.steps, parameters, first, second, members })
    }

    /// Go on from a state of the same members and model.
    ///
    /// # Errors
    ///
    /// A state of other members or another model; the trainer is then as it was.
    pub fn restore(&mut self, state: TrainState) -> Result<(), TrainError> {
        let TrainState { steps, parameters, first, second, members } = state;
        let each = self.network.layout().parameters();
        let counted = |what, expected, found| {
            if found == expected { Ok(()) } else { Err(TrainError::State { what, expected, found }) }
        };
        counted("members", self.members.len(), members.len())?;
        counted("parameters", self.members.len() * each, parameters.len())?;
        for moments in [&first, &second] {
            counted("moments of its parameters", self.members.len() * each, moments.len())?;
        }
        for best in members.iter().filter_map(|member| member.stopping.best()) {
            counted("best parameters", each, best.len())?;
        }
        let resumed = self.members.iter().zip(members).enumerate();
        self.members =
            resumed.map(|(index, (member, saved))| member.resumed(index, saved)).collect::<Result<_, _>>()?;
        self.compute.keep([parameters, first, second]);
        self.steps = steps;
        Ok(())
    }
}

impl Member {
    fn saved(&self) -> SavedMember {
        SavedMember {
            strategy: to_numbers(&*self.decider.weighting),
            normalizer: self.decider.normalizer.clone(),
            stopping: self.stopping.clone(),
            adam: self.adam,
            largest: self.largest,
            diverged: self.diverged.clone(),
        }
    }

    /// The member of the same configuration that goes on from what was saved.
    fn resumed(&self, index: usize, saved: SavedMember) -> Result<Self, TrainError> {
        let SavedMember { strategy, normalizer, stopping, adam, largest, diverged } = saved;
        let other = |expected: String| TrainError::Member { member: index, expected };
        let config = self.config();
        let mut next = self.clone();
        next.decider.weighting = from_numbers(&*self.decider.weighting, &strategy)
            .ok_or_else(|| other(format!("the strategy `{}`", config.weighting.name())))?;
        if *normalizer.config() != config.normalization {
            return Err(other(format!("the normalization `{}`", config.normalization.name())));
        }
        next.decider.normalizer = normalizer;
        next.stopping = stopping.resumed(&config.regularization);
        (next.adam, next.largest, next.diverged) = (adam, largest, diverged);
        Ok(next)
    }
}
