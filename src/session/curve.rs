//! The λ-curve: every λ of a grid, several times over, as the members of one run.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::RunConfig;
use crate::ConfigError;
use crate::data::DataConfig;
use crate::model::EncoderConfig;
use crate::parameter::{Any, Parameter, ParameterKind, Range, Traits, Value, unknown};
use crate::train::{MemberConfig, MemberState, OptimizerConfig};
use crate::weighting::WeightingConfig;

/// A grid of λ, and how many members each has.
///
/// Its members are `lambdas × bootstraps`, all bootstraps of the first λ first. Each has the fixed strategy with its λ;
/// the `b`-th of every λ trains on the same bootstrap of the engines in the same batches. All begin at the same weights,
/// so that members of one λ differ in their engines alone, and members of one bootstrap in their λ alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CurveConfig {
    /// `λ_rul` of each point: distinct, each in [0, 1].
    pub lambdas: Vec<f32>,
    /// Members a point, each with a bootstrap of its own.
    pub bootstraps: u32,
}

impl Default for CurveConfig {
    fn default() -> Self {
        Self { lambdas: Self::even(11), bootstraps: 6 }
    }
}

/// Points of a curve.
const POINTS: Range = Range::count(1, CurveConfig::MOST_LAMBDAS as u32);
/// Members a point.
const BOOTSTRAPS: Range = Range::count(1, CurveConfig::MOST_BOOTSTRAPS);

impl CurveConfig {
    /// Most points of a curve.
    pub const MOST_LAMBDAS: usize = 21;
    /// Most members a point.
    pub const MOST_BOOTSTRAPS: u32 = 12;

    /// This many λ, evenly spread from 0 to 1; a single one is ½.
    #[must_use]
    pub fn even(points: usize) -> Vec<f32> {
        match points {
            1 => vec![0.5],
            _ => (0..points).map(|point| point as f32 / (points - 1) as f32).collect(),
        }
    }

    /// Reads `11`, so many points evenly spread, or `0.4,0.5,0.6`, the points themselves; a single one has a decimal
    /// point. `None` for what is neither or does not lie in [0, 1].
    #[must_use]
    pub fn read_lambdas(text: &str) -> Option<Vec<f32>> {
        if !text.contains([',', '.']) {
            return text.parse().ok().filter(|points| (1..=Self::MOST_LAMBDAS).contains(points)).map(Self::even);
        }
        let within = |lambda: &f32| (0.0..=1.0).contains(lambda);
        text.split(',').map(|item| item.trim().parse().ok().filter(within)).collect()
    }

    /// How many members it has.
    #[must_use]
    pub const fn members(&self) -> usize {
        self.lambdas.len().saturating_mul(self.bootstraps as usize)
    }

    /// Check the grid.
    ///
    /// # Errors
    ///
    /// The first value out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=Self::MOST_LAMBDAS).contains(&self.lambdas.len()) {
            return Err(ConfigError::new("lambdas", "from 1 to 21 numbers", &self.lambdas.len()));
        }
        if let Some(lambda) = self.lambdas.iter().find(|lambda| !(0.0..=1.0).contains(*lambda)) {
            return Err(ConfigError::new("lambdas", "in [0, 1]", lambda));
        }
        let distinct: BTreeSet<u32> = self.lambdas.iter().map(|lambda| (lambda + 0.0).to_bits()).collect();
        if distinct.len() < self.lambdas.len() {
            return Err(ConfigError::new("lambdas", "distinct", &format_args!("{:?}", self.lambdas)));
        }
        if !(1..=Self::MOST_BOOTSTRAPS).contains(&self.bootstraps) {
            return Err(ConfigError::new("bootstraps", "from 1 to 12", &self.bootstraps));
        }
        if self.members() > RunConfig::MOST_MEMBERS {
            let expected = format!("at most {} members", RunConfig::MOST_MEMBERS);
            return Err(ConfigError::new("lambdas × bootstraps", expected, &self.members()));
        }
        Ok(())
    }

    /// How a curve is trained by default, from a run that a person has set up.
    ///
    /// The subset, the losses, the seed and the first member's normalization are that run's. The rest is chosen so that
    /// 66 members train within a minute or so on two cores: the CNN, every eighth window, 10 epochs, no tasks' gradients
    /// and no engines held out. Everything may be changed afterwards.
    #[must_use]
    pub fn recipe(self, run: &RunConfig) -> RunConfig {
        RunConfig {
            data: DataConfig { stride: 8, validation_share: 0.0, ..run.data.clone() },
            encoder: EncoderConfig::from_name("cnn").unwrap_or_default(),
            optimizer: OptimizerConfig::default(),
            batch_size: 64,
            epochs: 10,
            task_gradients: false,
            curve: Some(self),
            ..run.clone()
        }
        .expanded()
    }
}

/// Points and members a point: `11x6`, `0.4,0.5,0.6x6`, or `none`.
impl Value for Option<CurveConfig> {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Text
    }

    fn text(&self) -> String {
        let Some(CurveConfig { lambdas, bootstraps }) = self else { return "none".to_owned() };
        if *lambdas == CurveConfig::even(lambdas.len()) {
            return format!("{}x{bootstraps}", lambdas.len());
        }
        // With a decimal point even where none is needed: a single whole number would be a number of points.
        let lambdas: Vec<String> = lambdas.iter().map(|lambda| format!("{lambda:?}")).collect();
        format!("{}x{bootstraps}", lambdas.join(","))
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        let text = text.trim().to_ascii_lowercase();
        if text == "none" {
            return Ok(None);
        }
        let read = |text: &str| {
            let (lambdas, bootstraps) = text.rsplit_once('x')?;
            Some(CurveConfig { lambdas: CurveConfig::read_lambdas(lambdas)?, bootstraps: bootstraps.parse().ok()? })
        };
        let expected = "POINTSxBOOTSTRAPS such as 11x6, or weights from 0 to 1 such as 0.4,0.5,0.6x6, or none";
        let curve = read(&text).ok_or_else(|| ConfigError::new(key, expected, &text))?;
        curve.validate().map(|()| Some(curve))
    }

    fn check(&self, _: &'static str, _: Any) -> Result<(), ConfigError> {
        self.as_ref().map_or(Ok(()), CurveConfig::validate)
    }

    fn nested(&self) -> Vec<Parameter> {
        let (Some(curve), default) = (self, CurveConfig::default()) else { return Vec::new() };
        let points = ("Values of λ", "How many λ from 0 to 1 are trained, evenly spread.");
        let members = (
            "Bootstraps",
            "Models a λ, each trained on engines drawn anew with replacement: how far they differ is the width of the band.",
        );
        vec![
            Traits::RESTART.describe("points", points, POINTS, (&curve.lambdas.len(), &default.lambdas.len())),
            Traits::RESTART.describe("bootstraps", members, BOOTSTRAPS, (&curve.bootstraps, &default.bootstraps)),
        ]
    }

    fn set_nested(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        let mut curve = self.clone().unwrap_or_default();
        match key {
            "points" => curve.lambdas = CurveConfig::even(Value::read("points", text, POINTS)?),
            "bootstraps" => curve.bootstraps = Value::read("bootstraps", text, BOOTSTRAPS)?,
            _ => return Err(unknown(key, &["points", "bootstraps"])),
        }
        curve.validate()?;
        *self = Some(curve);
        Ok(())
    }
}

/// Seed of the bootstrap of this number, counted from 0, in a run of this seed.
#[must_use]
pub const fn bootstrap_seed(seed: u32, number: u32) -> u32 {
    seed.wrapping_mul(1000).wrapping_add(number + 1)
}

impl RunConfig {
    /// The run with all members of its curve, or the run itself where it has none. Expanding it again changes nothing.
    ///
    /// The first member is the pattern: the others have its normalization.
    #[must_use]
    pub fn expanded(&self) -> Self {
        let Some(curve) = &self.curve else { return self.clone() };
        let pattern = self.members.first().cloned().unwrap_or_default();
        let member = |lambda_rul: f32, number: u32| MemberConfig {
            weighting: WeightingConfig::Fixed { lambda_rul },
            bootstrap: Some(bootstrap_seed(self.seed, number)),
            ..pattern.clone()
        };
        let point = |lambda: &f32| {
            let lambda = *lambda;
            (0..curve.bootstraps).map(move |number| (lambda, number))
        };
        let members = curve.lambdas.iter().flat_map(point).map(|(lambda, number)| member(lambda, number)).collect();
        Self { members, ..self.clone() }
    }

    /// `λ_rul` of each member of a curve, given where the members stand; NaN where its strategy has none, and for a
    /// member that diverged, whose figures say nothing about its λ.
    #[must_use]
    pub fn lambdas(&self, states: &[MemberState]) -> Vec<f32> {
        let has_diverged = |member| states.get(member).and_then(MemberState::divergence).is_some();
        let members = self.members.iter().enumerate().filter(|(member, _)| !has_diverged(*member));
        let mut lambdas = vec![f32::NAN; self.members.len()];
        members.for_each(|(index, member)| lambdas[index] = member.weighting.base_lambda().unwrap_or(f32::NAN));
        lambdas
    }

    /// The run in parts for so many workers: the same with its members dealt out in order, as evenly as may be. Never
    /// more parts than members; a member is never split, and trains alike in whichever part it is.
    ///
    /// What the parts tell is put together by [`Merge`](super::Merge).
    #[must_use]
    pub fn parts(&self, workers: usize) -> Vec<Self> {
        let members = self.members.len();
        let count = workers.clamp(1, members.max(1));
        let part = |index: usize| {
            let range = index * members / count..(index + 1) * members / count;
            Self { members: self.members[range].to_vec(), ..self.clone() }
        };
        (0..count).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Normalization;
    use crate::train::{DivergedFigure, Divergence, Suspect};

    fn config(lambdas: &[f32], bootstraps: u32) -> RunConfig {
        let curve = Some(CurveConfig { lambdas: lambdas.to_vec(), bootstraps });
        let pattern = MemberConfig { normalization: Normalization::Batch, ..MemberConfig::default() };
        RunConfig { curve, members: vec![pattern], ..RunConfig::default() }
    }

    #[test]
    fn members_are_the_grid_point_after_point() {
        let run = config(&[0.2, 0.7], 3).expanded();
        let found: Vec<_> = run
            .members
            .iter()
            .map(|member| (member.weighting.base_lambda().unwrap(), member.bootstrap.unwrap()))
            .collect();
        assert_eq!(found, [(0.2, 1001), (0.2, 1002), (0.2, 1003), (0.7, 1001), (0.7, 1002), (0.7, 1003)]);
        assert!(run.members.iter().all(|member| member.normalization == Normalization::Batch));
        assert_eq!(run.expanded(), run);
        assert_eq!(RunConfig::default().expanded(), RunConfig::default());
    }

    #[test]
    fn a_member_that_diverged_has_no_place_on_the_curve() {
        let run = config(&[0.2, 0.7], 1).expanded();
        let cause = Divergence {
            figure: DivergedFigure::Gradient,
            suspect: Suspect::LearningRate,
            words: "diverged at step 4".into(),
        };
        let states = [MemberState::Diverged { step: 3, cause }, MemberState::Stopped { epoch: 2 }];
        assert_eq!(run.lambdas(&[]), [0.2, 0.7]);
        let found = run.lambdas(&states);
        assert!(found[0].is_nan() && found[1] == 0.7, "{found:?}");
    }

    #[test]
    fn parts_hold_every_member_once_in_order() {
        let run = CurveConfig::default().recipe(&RunConfig::default());
        assert_eq!(run.members.len(), 66);
        assert!(run.validate().is_ok());
        for workers in [1, 2, 3, 7, 66, 200] {
            let parts = run.parts(workers);
            assert_eq!(parts.len(), workers.min(66));
            let members: Vec<_> = parts.iter().flat_map(|part| part.members.clone()).collect();
            assert_eq!(members, run.members);
            let sizes: Vec<usize> = parts.iter().map(|part| part.members.len()).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn a_grid_out_of_range_is_named() {
        let refused = |lambdas: &[f32], bootstraps| config(lambdas, bootstraps).validate().unwrap_err().to_string();
        assert_eq!(refused(&[], 2), "`lambdas` should be from 1 to 21 numbers, found 0");
        assert_eq!(refused(&[0.5, 1.5], 2), "`lambdas` should be in [0, 1], found 1.5");
        assert!(refused(&[f32::NAN], 2).contains("found NaN"));
        assert_eq!(refused(&[0.5, 0.5], 2), "`lambdas` should be distinct, found [0.5, 0.5]");
        assert_eq!(refused(&[0.0, -0.0], 2), "`lambdas` should be distinct, found [0.0, -0.0]");
        assert_eq!(refused(&[0.5], 13), "`bootstraps` should be from 1 to 12, found 13");
        assert_eq!(
            refused(&CurveConfig::even(21), 7),
            "`lambdas × bootstraps` should be at most 128 members, found 147"
        );
    }
}
