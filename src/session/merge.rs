//! What the parts of a run tell, put together.

use std::collections::BTreeMap;

use super::{Evaluation, StepRecord};
use crate::measure::Predictions;

/// Puts together what workers tell that train parts of one run (see [`RunConfig::parts`](super::RunConfig::parts)):
/// a record comes out when every part has told it, with the members in the order of the whole run.
#[derive(Clone, Debug, Default)]
pub struct Merge {
    parts: usize,
    steps: BTreeMap<u32, Vec<Option<StepRecord>>>,
    evaluations: BTreeMap<u32, Vec<Option<Evaluation>>>,
}

impl Merge {
    /// Nothing heard yet, of so many parts.
    #[must_use]
    pub fn new(parts: usize) -> Self {
        Self { parts, ..Self::default() }
    }

    /// Take in a step of a part; the step of the whole run, once all parts have told it.
    pub fn step(&mut self, part: usize, step: StepRecord) -> Option<StepRecord> {
        let number = step.step;
        let whole = gathered(&mut self.steps, self.parts, number, part, step)?;
        whole.into_iter().reduce(|mut whole, part| {
            whole.members.extend(part.members);
            whole
        })
    }

    /// Take in an evaluation of a part; that of the whole run, once all parts have told it.
    pub fn evaluation(&mut self, part: usize, evaluation: Evaluation) -> Option<Evaluation> {
        let number = evaluation.step;
        let whole = gathered(&mut self.evaluations, self.parts, number, part, evaluation)?;
        whole.into_iter().reduce(|mut whole, part| {
            whole.test.extend(part.test);
            whole.validation = joined(whole.validation, part.validation, |mut whole, part| {
                whole.extend(part);
                whole
            });
            whole.states.extend(part.states);
            whole.predictions = joined(whole.predictions, part.predictions, Predictions::joined);
            whole
        })
    }
}

/// All parts' records of this number, if this was the last that was missing.
fn gathered<T>(
    waiting: &mut BTreeMap<u32, Vec<Option<T>>>,
    parts: usize,
    number: u32,
    part: usize,
    record: T,
) -> Option<Vec<T>> {
    let held = waiting.entry(number).or_insert_with(|| (0..parts).map(|_| None).collect());
    *held.get_mut(part)? = Some(record);
    if held.iter().any(Option::is_none) {
        return None;
    }
    waiting.remove(&number).map(|held| held.into_iter().flatten().collect())
}

fn joined<T>(whole: Option<T>, part: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    whole.zip(part).map(|(whole, part)| join(whole, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Metrics;

    fn evaluation(step: u32, rmse: &[f32]) -> Evaluation {
        let test = rmse.iter().map(|rmse| Metrics { rmse_cycles: *rmse, ..Metrics::default() }).collect();
        Evaluation { step, test, ..Evaluation::default() }
    }

    #[test]
    fn a_record_comes_out_when_all_parts_have_told_it() {
        let mut merge = Merge::new(3);
        assert_eq!(merge.evaluation(2, evaluation(5, &[4.0])), None);
        assert_eq!(merge.evaluation(0, evaluation(5, &[1.0, 2.0])), None);
        // A part may run ahead.
        assert_eq!(merge.evaluation(2, evaluation(9, &[8.0])), None);
        assert_eq!(merge.evaluation(1, evaluation(5, &[3.0])), Some(evaluation(5, &[1.0, 2.0, 3.0, 4.0])));
        assert_eq!(merge.evaluation(7, evaluation(9, &[8.0])), None);
    }
}
