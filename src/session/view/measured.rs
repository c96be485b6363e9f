//! What is measured across members and from their predictions, out of what a page remembers.

use super::RunView;
use crate::Task;
use crate::data::LabelCounts;
use crate::measure::{
    BiasVariance, CosineBand, CurvePoint, GradientPlane, Information, LabelEntropy, LambdaCurve, Metrics, Predictions,
    cosine_bands, means_by_lambda, ratio_in_cycles,
};
use crate::session::{Evaluation, MemberStep};
use crate::weighting::WeightingConfig;

/// Steps that the ratio of the gradients' norms is taken over: single ones waver.
const RATIO_STEPS: usize = 50;

/// The gradients of the member in focus and what is made of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneNow {
    /// Both gradients, each divided by its normalizer, as the strategy is given them.
    pub plane: GradientPlane,
    /// The weights `λ` that they are combined with, as they are wanted now: before the next step is taken.
    pub weights: [f64; 2],
    /// The factor by which clipping shortened the combined gradient of the last step.
    pub clip_factor: f64,
    /// Steps that the gradients are the mean of.
    pub steps: usize,
}

/// A member's name and what it is known to keep, epoch by epoch.
pub type InformationTrace = (String, Vec<(f32, Information)>);

impl RunView {
    /// The gradients of the member in focus, on average over so many of the last steps, and the weights that are wanted
    /// for them; `None` before the first step and where gradients of single tasks are not measured.
    #[must_use]
    pub fn gradient_plane(&self, steps: usize) -> Option<PlaneNow> {
        let recorded = self.history.steps();
        let members = recorded[recorded.len().saturating_sub(steps.max(1))..].iter();
        let members: Vec<&MemberStep> = members.filter_map(|record| record.members.get(self.focus)).collect();
        let of = |member: &&MemberStep| {
            let norm = |task: usize| f64::from(member.gradient_norms[task]) / f64::from(member.normalizers[task]);
            ([norm(0), norm(1)], f64::from(member.cosine))
        };
        let plane = GradientPlane::mean(members.iter().map(of))?;
        let last = members.last()?;
        let wanted = self.wanted();
        let wanted = wanted.members.get(self.focus).map(|member| &member.weighting);
        let in_force = self.in_force.as_ref().and_then(|config| config.members.get(self.focus));
        let is_other = in_force.map(|member| &member.weighting) != wanted;
        let mean = |task: usize| {
            members.iter().map(|member| f64::from(member.weights[task])).sum::<f64>() / members.len() as f64
        };
        let weights = match wanted {
            Some(WeightingConfig::Fixed { lambda_rul }) => [*lambda_rul, 1.0 - lambda_rul].map(f64::from),
            Some(other) if is_other => plane.weights_of(other).unwrap_or(last.weights).map(f64::from),
            _ => [mean(0), mean(1)],
        };
        Some(PlaneNow { plane, weights, clip_factor: last.clip_factor.into(), steps: members.len() })
    }

    /// The latest predictions for the test engines, taken at the end of an epoch.
    #[must_use]
    pub fn predictions(&self) -> Option<&Predictions> {
        self.history.evaluations().iter().rev().find_map(|evaluation| evaluation.predictions.as_ref())
    }

    /// The λ-curve of an evaluation, where the run is one.
    pub(super) fn curve_of(&self, evaluation: &Evaluation) -> Option<LambdaCurve> {
        let config = self.in_force.as_ref().filter(|config| config.curve.is_some())?;
        let lambdas = config.lambdas(&evaluation.states);
        Some(LambdaCurve::new(&lambdas, &evaluation.test, evaluation.predictions.as_ref(), config.seed))
    }

    /// The mean of a test figure at each λ of the curve, evaluation by evaluation: `(epoch, (λ, mean) by rising λ)`.
    #[must_use]
    pub fn curve_over_epochs(&self, value: fn(&Metrics) -> f32) -> Vec<(f32, Vec<(f32, f64)>)> {
        let Some(config) = self.in_force.as_ref().filter(|config| config.curve.is_some()) else { return Vec::new() };
        let of = |evaluation: &Evaluation| {
            (evaluation.epoch, means_by_lambda(&config.lambdas(&evaluation.states), &evaluation.test, value))
        };
        self.history.evaluations().iter().map(of).collect()
    }

    /// The point of the curve with the lowest RMSE.
    #[must_use]
    pub fn best_point(&self) -> Option<&CurvePoint> {
        let curve = self.curve.as_ref()?;
        let best = curve.by_rmse?.lambda;
        curve.points.iter().find(|point| point.lambda.total_cmp(&best).is_eq())
    }

    /// Bias² and variance of a task's error at each λ of the curve, as they stood at the end of the latest epoch.
    #[must_use]
    pub fn parts_by_lambda(&self, task: Task) -> Vec<(f32, BiasVariance)> {
        let Some((curve, predictions)) = self.curve.as_ref().zip(self.predictions()) else { return Vec::new() };
        let parts = |point: &CurvePoint| Some((point.lambda, parts(predictions, &point.members, task)?));
        curve.points.iter().filter_map(parts).collect()
    }

    /// Bias² and variance of a task's error over the epochs, at the λ of the curve that is nearest to this one.
    #[must_use]
    pub fn parts_by_epoch(&self, lambda: f32, task: Task) -> Vec<(f32, BiasVariance)> {
        let distance = |point: &&CurvePoint| (point.lambda - lambda).abs();
        let nearest = self.curve.iter().flat_map(|curve| &curve.points);
        let Some(point) = nearest.min_by(|a, b| distance(a).total_cmp(&distance(b))) else { return Vec::new() };
        let of = |evaluation: &Evaluation| {
            Some((evaluation.epoch, parts(evaluation.predictions.as_ref()?, &point.members, task)?))
        };
        self.history.evaluations().iter().filter_map(of).collect()
    }

    /// What each member's representation is known to keep of either label, epoch by epoch, and what there is to know.
    /// `None` before the first epoch has ended.
    #[must_use]
    pub fn information(&self) -> Option<(Vec<InformationTrace>, LabelEntropy)> {
        let predictions = self.predictions()?;
        let entropy = LabelCounts::of(predictions.truth(), predictions.labels()).entropy();
        let trace = |member: usize| {
            let of = |evaluation: &Evaluation| {
                Some((evaluation.epoch, Information::of(evaluation.predictions.as_ref()?, member)?))
            };
            self.history.evaluations().iter().filter_map(of).collect()
        };
        let labels = self.labels().into_iter().enumerate();
        Some((labels.map(|(member, label)| (label, trace(member))).collect(), entropy))
    }

    /// The ratio of the focused member's gradient norms, `‖∇L_rul‖ / ‖∇L_health‖`, over the last steps (their geometric
    /// mean), and what it would be with the RUL in cycles.
    #[must_use]
    pub fn norm_ratio(&self) -> Option<(f32, f32)> {
        let steps = self.history.steps().iter().rev().take(RATIO_STEPS);
        let logs = steps.filter_map(|step| {
            let [rul, health] = step.members.get(self.focus)?.gradient_norms;
            Some((rul / health).ln()).filter(|log| log.is_finite())
        });
        let (count, sum) = logs.fold((0.0, 0.0), |(count, sum), log| (count + 1.0, sum + log));
        let ratio = (count > 0.0).then(|| (sum / count).exp())?;
        Some((ratio, ratio_in_cycles([ratio, 1.0], &self.wanted().two_task_loss())?))
    }

    /// The band of the focused member's cosine in each epoch, of the steps that are remembered.
    #[must_use]
    pub fn cosine_bands(&self) -> Vec<CosineBand> {
        let steps = self.history.steps().iter();
        cosine_bands(steps.filter_map(|step| Some((step.epoch, step.members.get(self.focus)?.cosine))))
    }
}

fn parts(predictions: &Predictions, members: &[usize], task: Task) -> Option<BiasVariance> {
    match task {
        Task::Rul => BiasVariance::of_rul(predictions, members),
        Task::Health => BiasVariance::of_health(predictions, members),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Labels;
    use crate::measure::Metrics;
    use crate::session::{CurveConfig, Event, MemberStep, RunConfig, StepRecord};

    /// Two λ with two members each, whose RUL predictions are 60 and 40, and 50 and 50, where 50 is true.
    fn curve() -> RunView {
        let grid = CurveConfig { lambdas: vec![0.25, 0.75], bootstraps: 2 };
        let config = grid.recipe(&RunConfig::default());
        let mut view = RunView::new(config.clone());
        view.in_force = Some(config);
        let outputs = [60.0_f32, 40.0, 50.0, 50.0].iter().flat_map(|rul| [rul / 125.0, 0.0, 0.0, 0.0]).collect();
        let predictions = Predictions::new(Labels::default(), vec![50.0], outputs);
        let test: Vec<Metrics> = predictions.metrics();
        for (step, told) in [(8, Some(predictions)), (10, None)] {
            let evaluation =
                Evaluation { step, epoch: 1.0, test: test.clone(), predictions: told, ..Evaluation::default() };
            view.apply(Event::Evaluated { evaluation });
        }
        view
    }

    #[test]
    fn a_curve_has_its_optimum_and_the_parts_of_its_error() {
        let view = curve();
        let optimum = view.curve.as_ref().and_then(|curve| curve.by_rmse).unwrap();
        assert!((optimum.lambda - 0.75).abs() < 1e-6, "{optimum:?}");
        assert!(view.best_point().unwrap().rmse_cycles.mean.abs() < 1e-3);
        // The parts are those of the last epoch's end, though the latest evaluation has no predictions.
        let parts = view.parts_by_lambda(Task::Rul);
        let found: Vec<_> = parts.iter().map(|(_, parts)| (parts.bias_squared, parts.variance)).collect();
        assert!((found[0].0).abs() < 1e-6 && (found[0].1 - 100.0).abs() < 1e-3, "{found:?}");
        assert!(found[1].0.abs() < 1e-6 && found[1].1.abs() < 1e-6, "{found:?}");
        let by_epoch = view.parts_by_epoch(0.3, Task::Rul);
        assert_eq!(by_epoch.len(), 1);
        assert!((by_epoch[0].1.variance - 100.0).abs() < 1e-3);
    }

    #[test]
    fn the_ratio_of_norms_is_told_in_either_unit() {
        let mut view = RunView::default();
        assert_eq!(view.norm_ratio(), None);
        let of = |step: u32, gradient_norms| StepRecord {
            step,
            epoch: 0.0,
            learning_rate: 0.0,
            members: vec![MemberStep { gradient_norms, ..MemberStep::default() }],
        };
        let steps = vec![of(1, [1.0, 4.0]), of(2, [4.0, 1.0]), of(3, [f32::NAN; 2])];
        view.apply(Event::Steps { steps });
        let (ratio, in_cycles) = view.norm_ratio().unwrap();
        assert!((ratio - 1.0).abs() < 1e-5 && (in_cycles - 15_625.0).abs() < 0.1, "{ratio} {in_cycles}");
    }

    #[test]
    fn information_is_told_for_each_member() {
        let (traces, entropy) = curve().information().unwrap();
        assert_eq!(traces.len(), 4);
        assert!(traces.iter().all(|(_, trace)| trace.len() == 1));
        assert!(entropy.health.abs() < 1e-9, "one window has no entropy");
        assert!(RunView::default().information().is_none());
    }
}
