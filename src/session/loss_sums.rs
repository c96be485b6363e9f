//! What the losses come to on the way through an epoch.

use serde::{Deserialize, Serialize};

/// Sums of losses since the epoch began, one entry a member.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LossSums(Vec<LossSum>);

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct LossSum {
    sums: [f32; 2],
    /// Steps that the member has taken; in single precision, by which the sums are divided.
    steps: f32,
}

impl LossSums {
    /// Of so many members.
    pub fn new(members: usize) -> Self {
        Self(vec![LossSum::default(); members])
    }

    /// How many members there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Take in a member's losses of a step that it has taken.
    pub fn add(&mut self, member: usize, [rul, health]: [f32; 2]) {
        if let Some(LossSum { sums, steps }) = self.0.get_mut(member) {
            sums[0] += rul;
            sums[1] += health;
            *steps += 1.0;
        }
    }

    /// A copy of a member has what its original has come to.
    pub fn fork(&mut self, member: usize) {
        let copy = self.0.get(member).copied().unwrap_or_default();
        self.0.push(copy);
    }

    /// Whether any member has taken a step since the epoch began.
    pub fn is_begun(&self) -> bool {
        self.0.iter().any(|sum| sum.steps > 0.0)
    }

    /// The means, and begin anew. A member that has taken no step has none.
    pub fn take(&mut self) -> Vec<Option<[f32; 2]>> {
        let mean = |LossSum { sums, steps }: LossSum| (steps > 0.0).then(|| sums.map(|sum| sum / steps));
        self.0.iter_mut().map(|sum| mean(std::mem::take(sum))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_the_mean_over_the_steps_that_it_took() {
        let mut sums = LossSums::new(2);
        sums.add(0, [1.0, 4.0]);
        sums.add(0, [2.0, 8.0]);
        sums.fork(0);
        sums.add(0, [3.0, 0.0]);
        sums.add(2, [6.0, 0.0]);
        assert!(sums.is_begun());
        assert_eq!(sums.take(), [Some([2.0, 4.0]), None, Some([3.0, 4.0])]);
        assert!(!sums.is_begun());
        assert_eq!(sums.take(), [None; 3]);
    }
}
