//! What a page remembers of a run: the recent whole, the older decimated.

use serde::{Deserialize, Serialize};

use super::{Evaluation, StepRecord};

/// A bounded record of a run.
///
/// The last [`History::RECENT_STEPS`] steps are kept whole. Of the older ones every `2^k`-th is kept, and `k` grows
/// whenever they would take more room than is left, so that a run of any length fits into
/// [`History::STEP_CAPACITY`] records, evenly spread, the first and the last always among them. Evaluations are kept
/// in the same way.
///
/// Records are ordered by step: one that is not later than the last one replaces all that it precedes, as happens
/// when a run starts anew without [`History::clear`].
///
/// A fork adds a member during the run, so records may differ in their number of members: a member's series begins
/// with the first record that has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    steps: Decimated<StepRecord>,
    evaluations: Decimated<Evaluation>,
}

impl History {
    /// Steps that are kept whole.
    pub const RECENT_STEPS: usize = 512;
    /// Steps that are kept at most.
    pub const STEP_CAPACITY: usize = 2048;
    /// Evaluations that are kept whole.
    pub const RECENT_EVALUATIONS: usize = 256;
    /// Evaluations whose predictions are kept, the newest: they are as large as the test set.
    pub const PREDICTION_CAPACITY: usize = 64;
    /// Evaluations that are kept at most.
    pub const EVALUATION_CAPACITY: usize = 1024;

    /// Add a step.
    pub fn push_step(&mut self, step: StepRecord) {
        self.steps.drop_from(|kept| kept.step >= step.step);
        self.steps.push(step, Self::RECENT_STEPS, Self::STEP_CAPACITY);
    }

    /// Add an evaluation.
    pub fn push_evaluation(&mut self, evaluation: Evaluation) {
        self.evaluations.drop_from(|kept| kept.step >= evaluation.step);
        self.evaluations.push(evaluation, Self::RECENT_EVALUATIONS, Self::EVALUATION_CAPACITY);
        let with = self.evaluations.items.iter_mut().rev().filter(|kept| kept.predictions.is_some());
        with.skip(Self::PREDICTION_CAPACITY).for_each(|kept| kept.predictions = None);
    }

    /// Forget what came after a step: the run goes on from there.
    pub fn forget_after(&mut self, step: u32) {
        self.steps.drop_from(|kept| kept.step > step);
        self.evaluations.drop_from(|kept| kept.step > step);
    }

    /// The same with so many steps at most, evenly spread, the last one among them.
    #[must_use]
    pub fn thinned(mut self, most: usize) -> Self {
        let steps = &mut self.steps;
        let every = steps.items.len().div_ceil(most.max(1)).max(1);
        let last = steps.items.len().saturating_sub(1);
        let mut index = 0;
        steps.items.retain(|_| {
            index += 1;
            (last + 1 - index).is_multiple_of(every)
        });
        // What is left is a past of its own: the records that come next are kept whole beside it.
        (steps.older, steps.aged, steps.stride) = (0, 0, 1);
        self
    }

    /// The record as bytes; none where it cannot be written.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if ciborium::into_writer(self, &mut bytes).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// A record from its bytes, if they are one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        ciborium::from_reader(bytes).ok()
    }

    /// Forget everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Steps kept, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[StepRecord] {
        &self.steps.items
    }

    /// Evaluations kept, oldest first.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations.items
    }
}

/// A sequence in one slice: decimated items first, then the recent ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
struct Decimated<T> {
    items: Vec<T>,
    /// How many of `items`, from the front, are of the decimated past: item `i` of them was the `i · stride`-th.
    older: usize,
    /// A power of two.
    stride: usize,
    /// Items that ever left the recent part, kept or not.
    aged: usize,
}

impl<T> Default for Decimated<T> {
    fn default() -> Self {
        Self { items: Vec::new(), older: 0, stride: 1, aged: 0 }
    }
}

impl<T> Decimated<T> {
    fn push(&mut self, item: T, recent: usize, capacity: usize) {
        self.items.push(item);
        if self.items.len() - self.older <= recent {
            return;
        }
        if self.aged.is_multiple_of(self.stride) {
            self.older += 1;
        } else {
            self.items.remove(self.older);
        }
        self.aged += 1;
        if self.items.len() > capacity {
            self.halve();
        }
    }

    /// Keep every other one of the older items.
    fn halve(&mut self) {
        let older = self.older;
        let mut index = 0;
        self.items.retain(|_| {
            let kept = index >= older || index % 2 == 0;
            index += 1;
            kept
        });
        self.older = older.div_ceil(2);
        self.stride *= 2;
    }

    /// Drop the items at the end for which this holds.
    fn drop_from(&mut self, later: impl Fn(&T) -> bool) {
        let kept = self.items.iter().rposition(|item| !later(item)).map_or(0, |last| last + 1);
        self.items.truncate(kept);
        if kept < self.older {
            self.older = kept;
            self.aged = kept * self.stride;
        }
        if kept == 0 {
            self.stride = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::MemberStep;

    fn step(step: u32) -> StepRecord {
        StepRecord { step, epoch: 0.0, learning_rate: 0.0, members: Vec::new() }
    }

    fn evaluation(step: u32) -> Evaluation {
        Evaluation { step, ..Evaluation::default() }
    }

    fn after(count: u32) -> History {
        let mut history = History::default();
        (1..=count).for_each(|n| history.push_step(step(n)));
        history
    }

    fn numbers(history: &History) -> Vec<u32> {
        history.steps().iter().map(|record| record.step).collect()
    }

    #[test]
    fn a_short_run_is_kept_whole() {
        assert_eq!(numbers(&after(2048)), (1..=2048).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_overflow_halves_the_older_part_alone() {
        let kept = numbers(&after(2049));
        let older: Vec<u32> = (1..=1537).step_by(2).collect();
        assert_eq!(kept[..older.len()], older);
        assert_eq!(kept[older.len()..], (1538..=2049).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_run_is_spread_evenly() {
        let kept = numbers(&after(100_000));
        let older = &kept[..kept.len() - History::RECENT_STEPS];
        let stride = older[1] - older[0];
        assert!(stride.is_power_of_two());
        assert!(older.windows(2).all(|pair| pair[1] - pair[0] == stride), "{older:?}");
    }

    #[test]
    fn evaluations_are_bounded_too() {
        let mut history = History::default();
        (1..=50_000).for_each(|n| history.push_evaluation(evaluation(n)));
        let kept = history.evaluations();
        assert!(kept.len() <= History::EVALUATION_CAPACITY);
        assert_eq!((kept[0].step, kept[kept.len() - 1].step), (1, 50_000));
    }

    #[test]
    fn predictions_are_kept_of_the_newest_evaluations() {
        let mut history = History::default();
        (1..=300).for_each(|n| {
            let predictions = (n % 2 == 0).then(crate::measure::Predictions::default);
            history.push_evaluation(Evaluation { predictions, ..evaluation(n) });
        });
        let kept = history.evaluations().iter().filter(|kept| kept.predictions.is_some());
        let kept: Vec<u32> = kept.map(|kept| kept.step).collect();
        assert_eq!((kept.len(), kept[0], kept[63]), (History::PREDICTION_CAPACITY, 174, 300));
    }

    #[test]
    fn members_may_be_added_during_the_run() {
        let mut history = after(3);
        history.push_step(StepRecord { members: vec![MemberStep::default(); 2], ..step(4) });
        let members: Vec<usize> = history.steps().iter().map(|record| record.members.len()).collect();
        assert_eq!(members, [0, 0, 0, 2]);
    }

    #[test]
    fn a_step_taken_again_replaces_what_followed_it() {
        let mut history = after(10_000);
        history.push_step(step(4000));
        let kept = numbers(&history);
        assert_eq!(kept.last(), Some(&4000));
        assert!(kept.is_sorted_by(|a, b| a < b));
        history.push_step(step(1));
        assert_eq!(numbers(&history), [1]);
    }

    #[test]
    fn a_record_is_read_back_from_its_bytes_and_goes_on() {
        let mut history = after(5000);
        history.push_evaluation(evaluation(5000));
        assert_eq!(History::from_bytes(&history.to_bytes()).as_ref(), Some(&history));
        assert_eq!(History::from_bytes(&[]), None);
        history.forget_after(4990);
        assert!(history.evaluations().is_empty());
        let mut thinned = history.thinned(100);
        let kept = numbers(&thinned);
        assert!((50..=100).contains(&kept.len()) && kept.last() == Some(&4990), "{kept:?}");
        (4991..9000).for_each(|n| thinned.push_step(step(n)));
        assert!(numbers(&thinned).is_sorted_by(|a, b| a < b) && thinned.steps().len() <= History::STEP_CAPACITY);
    }

    #[test]
    fn clearing_forgets_everything() {
        let mut history = after(5000);
        history.push_evaluation(evaluation(5000));
        history.clear();
        assert!(history.steps().is_empty() && history.evaluations().is_empty());
        (1..=2048).for_each(|n| history.push_step(step(n)));
        assert_eq!(history.steps().len(), 2048);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn bounded_ordered_recent_whole_last_kept(count in 1_u32..20_000) {
            let kept = numbers(&after(count));
            prop_assert!(kept.len() <= History::STEP_CAPACITY);
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(kept[0], 1);
            let whole = History::RECENT_STEPS.min(kept.len());
            let recent: Vec<u32> = (0..=count).rev().take(whole).collect();
            prop_assert!(kept.iter().rev().take(whole).eq(recent.iter()));
        }

        #[test]
        fn any_sequence_of_runs_stays_bounded_and_ordered(
            runs in proptest::collection::vec((1_u32..4000, 1_u32..4000), 1..6),
        ) {
            let mut history = History::default();
            for (start, count) in runs {
                for n in start..start + count {
                    history.push_step(step(n));
                    prop_assert_eq!(history.steps().last().map(|record| record.step), Some(n));
                }
                let kept = numbers(&history);
                prop_assert!(kept.len() <= History::STEP_CAPACITY);
                prop_assert!(kept.is_sorted_by(|a, b| a < b));
            }
        }
    }
}
