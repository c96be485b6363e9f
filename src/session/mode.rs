//! One member, a race between several, or a whole λ-curve: how the members of a run are chosen.

use super::{CurveConfig, RunConfig};
use crate::data::DataConfig;
use crate::train::MemberConfig;
use crate::weighting::WeightingConfig;

/// What a run is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One member, whose λ is dragged.
    Focus,
    /// Two members or more, from the same initial weights and on the same batches, each with a strategy of its own.
    Compare,
    /// Every λ of a grid, several times over, each time with other engines.
    LambdaCurve,
}

impl Mode {
    /// Every mode, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Focus, Self::Compare, Self::LambdaCurve];

    /// The value used by `#mode`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Compare => "compare",
            Self::LambdaCurve => "lambda-curve",
        }
    }

    /// The mode of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Most members of a race: as many as have a colour of their own.
pub const MOST_RACERS: usize = 8;

/// What joins a race, in this order: a strategy of each kind, the cheap ones first.
const RACERS: [&str; MOST_RACERS] =
    ["fixed", "uncertainty", "pcgrad", "gradnorm", "dwa", "nash-mtl", "rlw", "equal-norms"];

impl RunConfig {
    /// What the run is looked at for: its members tell.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        match self.curve {
            Some(_) => Mode::LambdaCurve,
            None if self.members.len() > 1 => Mode::Compare,
            None => Mode::Focus,
        }
    }

    /// The same run in another mode. A race begins with this member and two that use other strategies; one member goes
    /// on alone; a curve is trained as [`CurveConfig::recipe`] says.
    #[must_use]
    pub fn in_mode(&self, mode: Mode, focus: usize) -> Self {
        match mode {
            _ if mode == self.mode() => self.clone(),
            Mode::Focus => self.alone(focus),
            Mode::Compare => self.alone(focus).with_racer().with_racer(),
            Mode::LambdaCurve => CurveConfig::default().recipe(&self.alone(focus)),
        }
    }

    /// The same run with this member alone. What a curve's recipe chose goes back to what it usually is.
    fn alone(&self, focus: usize) -> Self {
        let member = self.members.get(focus).or_else(|| self.members.first()).cloned().unwrap_or_default();
        if self.curve.is_none() {
            return Self { members: vec![member], ..self.clone() };
        }
        let usual = DataConfig::default();
        Self {
            data: DataConfig { stride: usual.stride, validation_share: usual.validation_share, ..self.data.clone() },
            loss: self.loss,
            seed: self.seed,
            members: vec![MemberConfig { normalization: member.normalization, ..MemberConfig::default() }],
            ..Self::default()
        }
    }

    /// The same run with one member more, which has the first member's settings and a strategy that is not in the race
    /// yet. A race that is full stays as it is.
    #[must_use]
    pub fn with_racer(&self) -> Self {
        let mut next = self.clone();
        let present = |name: &str| self.members.iter().any(|member| member.weighting.name() == name);
        let name = RACERS.into_iter().find(|name| !present(name)).unwrap_or(RACERS[0]);
        if self.members.len() < MOST_RACERS {
            let weighting = WeightingConfig::from_name(name).unwrap_or_default();
            let first = self.members.first().cloned().unwrap_or_default();
            next.members.push(MemberConfig { weighting, ..first });
        }
        next
    }

    /// The same run without a member; the last one stays.
    #[must_use]
    pub fn without(&self, member: usize) -> Self {
        let mut next = self.clone();
        if self.members.len() > 1 && member < self.members.len() {
            next.members.remove(member);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(config: &RunConfig) -> Vec<&str> {
        config.members.iter().map(|member| member.weighting.name()).collect()
    }

    #[test]
    fn a_race_begins_with_the_member_in_focus_and_two_other_strategies() {
        let mut config = RunConfig::default();
        config.members[0].weighting = WeightingConfig::from_name("uncertainty").unwrap();
        config.members[0].normalization = crate::loss::Normalization::Batch;
        let race = config.in_mode(Mode::Compare, 0);
        assert_eq!(names(&race), ["uncertainty", "fixed", "pcgrad"]);
        assert!(race.members.iter().all(|member| member.normalization == config.members[0].normalization));
        assert_eq!(race.mode(), Mode::Compare);
        assert_eq!(race.in_mode(Mode::Compare, 1), race);
        assert_eq!(names(&race.in_mode(Mode::Focus, 2)), ["pcgrad"]);
    }

    #[test]
    fn a_curve_is_a_mode_that_leaves_nothing_behind() {
        let mut config = RunConfig { seed: 4, ..RunConfig::default() };
        config.members[0].normalization = crate::loss::Normalization::Batch;
        let curve = config.in_mode(Mode::LambdaCurve, 0);
        assert_eq!((curve.mode(), curve.members.len()), (Mode::LambdaCurve, 66));
        assert!(curve.members.iter().all(|member| member.normalization == config.members[0].normalization));
        assert_eq!(curve.in_mode(Mode::Focus, 30), config);
        assert_eq!(names(&curve.in_mode(Mode::Compare, 3)), ["fixed", "uncertainty", "pcgrad"]);
    }

    #[test]
    fn a_race_has_room_for_eight_strategies_that_differ() {
        let full = (0..20).fold(RunConfig::default(), |config, _| config.with_racer());
        let mut names = names(&full);
        assert_eq!(names.len(), MOST_RACERS);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MOST_RACERS);
        assert!(full.validate().is_ok());
    }

    #[test]
    fn the_last_member_stays() {
        let race = RunConfig::default().with_racer();
        assert_eq!(names(&race.without(0)), ["uncertainty"]);
        assert_eq!(names(&race.without(0).without(0)), ["uncertainty"]);
        assert_eq!(race.without(7), race);
    }

    #[test]
    fn modes_are_found_by_their_names() {
        assert!(Mode::ALL.into_iter().all(|mode| Mode::from_name(mode.name()) == Some(mode)));
        assert_eq!(Mode::from_name("else"), None);
    }
}
