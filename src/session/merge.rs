//! What the parts of a run tell, put together.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Evaluation, StepRecord};
use crate::measure::Predictions;

/// Puts together what workers tell that train parts of one run (see [`RunConfig::parts`](super::RunConfig::parts)):
/// a record comes out when every part has reported it, with the members in the order of the whole run.
#[derive(Clone, Debug, Default)]
pub struct Merge {
    parts: usize,
    steps: BTreeMap<u32, Vec<Option<StepRecord>>>,
    evaluations: BTreeMap<u32, Vec<Option<Evaluation>>>,
    /// The last step that came out, and the step of the last evaluation.
    told: (Option<u32>, Option<u32>),
}

impl Merge {
    /// Nothing heard yet, of so many parts.
    #[must_use]
    pub fn new(parts: usize) -> Self {
        Self { parts, ..Self::default() }
    }

    /// A part goes on from an earlier step: what it reported since is reported again. What came out already does not come out a
    /// second time, unless the whole run goes on from there.
    pub fn rewind(&mut self, part: usize, step: u32, whole: bool) {
        let later = (Bound::Excluded(step), Bound::Unbounded);
        let steps = self.steps.range_mut(later).map(|(_, held)| held.get_mut(part).map(Option::take));
        steps.for_each(drop);
        let evaluations = self.evaluations.range_mut(later).map(|(_, held)| held.get_mut(part).map(Option::take));
        evaluations.for_each(drop);
        if whole {
            let back = |told: Option<u32>| told.map(|told| told.min(step));
            self.told = (back(self.told.0), back(self.told.1));
        }
    }

    /// Take in a step of a part; the step of the whole run, once all parts have reported it.
    pub fn step(&mut self, part: usize, step: StepRecord) -> Option<StepRecord> {
        let number = step.step;
        if self.told.0.is_some_and(|told| number <= told) {
            return None;
        }
        let whole = gathered(&mut self.steps, self.parts, number, part, step)?;
        self.told.0 = Some(number);
        whole.into_iter().reduce(|mut whole, part| {
            whole.members.extend(part.members);
            whole
        })
    }

    /// Take in an evaluation of a part; that of the whole run, once all parts have reported it.
    pub fn evaluation(&mut self, part: usize, evaluation: Evaluation) -> Option<Evaluation> {
        let number = evaluation.step;
        // A fork is measured at a step that was measured before.
        if self.parts > 1 && self.told.1.is_some_and(|told| number <= told) {
            return None;
        }
        let whole = gathered(&mut self.evaluations, self.parts, number, part, evaluation)?;
        self.told.1 = Some(number);
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

    #[test]
    fn a_part_that_goes_back_tells_nothing_twice() {
        let step = |step, part: usize| StepRecord { step, epoch: 0.0, learning_rate: part as f32, members: Vec::new() };
        let mut merge = Merge::new(2);
        for number in 1..=3 {
            assert_eq!(merge.step(0, step(number, 0)), None);
        }
        assert!(merge.step(1, step(1, 1)).is_some());
        merge.rewind(0, 0, false);
        assert_eq!(merge.step(0, step(1, 0)), None, "it came out before");
        assert_eq!(merge.step(1, step(2, 1)), None, "the first part has not told it again");
        assert!(merge.step(0, step(2, 0)).is_some());
        merge.rewind(1, 0, true);
        assert_eq!(merge.step(0, step(1, 0)), None);
        assert!(merge.step(1, step(1, 1)).is_some(), "the whole run went back");
    }
}
