//! The run before this one: what a change that starts training anew is to be compared with.

use super::RunView;
use crate::session::{Mode, RunConfig};

/// The RMSE of a run that another one took the place of.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// What it differed in from the run after it, in a few words.
    pub label: String,
    /// Epochs done and the RMSE in cycles of the member in focus, at each evaluation.
    pub rmse: Vec<(f32, f32)>,
}

impl Earlier {
    /// The evaluation with the least RMSE, and the last one.
    #[must_use]
    pub fn best_and_last(&self) -> Option<[(f32, f32); 2]> {
        let best = self.rmse.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some([best, *self.rmse.last()?])
    }
}

impl RunView {
    /// What is to be remembered of the run in force when this one takes its place: nothing of a λ-curve, and nothing of
    /// a run that is less than an epoch old, because a person who tries several settings in a row compares with none of
    /// them.
    pub(super) fn remembered(&self, next: &RunConfig) -> Option<Earlier> {
        let before = self.in_force.as_ref()?;
        if before.mode() == Mode::LambdaCurve || self.latest.as_ref().is_none_or(|step| step.epoch < 1.0) {
            return None;
        }
        let figure = |evaluation: &crate::session::Evaluation| {
            let figures = evaluation.test.get(self.focus)?;
            figures.rmse_cycles.is_finite().then_some((evaluation.epoch, figures.rmse_cycles))
        };
        let rmse = self.history.evaluations().iter().filter_map(figure).collect();
        Some(Earlier { label: difference(before, next), rmse })
    }
}

/// What a run had that the one after it has not.
fn difference(before: &RunConfig, next: &RunConfig) -> String {
    let (old, new) = (&before.data, &next.data);
    let words = if old.subset != new.subset {
        old.subset.to_string()
    } else if old.scaling != new.scaling {
        format!("scaling {}", old.scaling.name())
    } else if old.stride != new.stride || old.window != new.window {
        format!("windows of {}, every {}", old.window, old.stride)
    } else if old != new {
        "other data".to_owned()
    } else if before.encoder != next.encoder {
        before.encoder.title().to_owned()
    } else if before.batch_size != next.batch_size {
        format!("batch {}", before.batch_size)
    } else if before.seed != next.seed {
        format!("seed {}", before.seed)
    } else {
        return "run before".to_owned();
    };
    format!("run before: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Scaling, Subset};
    use crate::measure::Metrics;
    use crate::model::EncoderConfig;
    use crate::session::{Evaluation, StepRecord};

    fn trained(epochs: f32) -> RunView {
        let config = RunConfig::default();
        let mut view = RunView { in_force: Some(config.clone()), ..RunView::new(config) };
        for (step, rmse_cycles) in (1..).zip([40.0, 18.0, f32::NAN, 20.0]) {
            let figures = Metrics { rmse_cycles, ..Metrics::default() };
            view.history.push_evaluation(Evaluation { step, test: vec![figures], ..Evaluation::default() });
        }
        view.latest = Some(StepRecord { step: 4, epoch: epochs, learning_rate: 0.1, members: Vec::new() });
        view
    }

    #[test]
    fn the_run_before_says_what_it_was() {
        let before = trained(2.0);
        let mut next = RunConfig::default();
        let label = |next: &RunConfig| before.remembered(next).unwrap().label;
        assert_eq!(label(&next), "run before");
        next.seed += 1;
        assert_eq!(label(&next), "run before: seed 1");
        next.encoder = EncoderConfig::from_name("lstm").unwrap();
        assert_eq!(label(&next), "run before: GRU");
        next.data.scaling = Scaling::Global;
        assert_eq!(label(&next), "run before: scaling per-regime");
        next.data.subset = Subset::FD002;
        assert_eq!(label(&next), "run before: FD001");
        let earlier = before.remembered(&next).unwrap();
        assert_eq!(earlier.rmse.len(), 3, "what is no number is left out");
        assert_eq!(earlier.best_and_last().map(|pair| pair.map(|(_, rmse)| rmse)), Some([18.0, 20.0]));
    }

    #[test]
    fn a_run_that_hardly_began_is_not_remembered() {
        assert_eq!(trained(0.5).remembered(&RunConfig::default()), None);
        assert_eq!(RunView::new(RunConfig::default()).remembered(&RunConfig::default()), None);
    }
}
