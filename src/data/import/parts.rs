//! Units for the test, where no file has them, and where they are cut.

use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::fleet::Fleet;
use super::{Mapping, refused};
use crate::data::{DataError, MIN_WINDOW};

/// Where test units that ran to failure are cut, as shares of their rows.
const CUT: (f64, f64) = (0.3, 0.9);

impl Fleet {
    /// Units as numbers: their own, or their places.
    pub fn numbers(&self) -> Vec<u32> {
        let own: Option<Vec<u32>> = self.units.iter().map(|unit| unit.parse().ok()).collect();
        own.unwrap_or_else(|| (1..).take(self.units.len()).collect())
    }

    /// Take some units out, for the test.
    pub fn held_out(&mut self, mapping: &Mapping, notes: &mut Vec<String>) -> Result<Self, DataError> {
        let count = self.engines.len();
        if count < 2 {
            let found = format!("{count}, and no test file");
            return Err(refused("train", "at least 2 units, of which one is held out for the test", found));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of units")]
        let held = ((count as f32 * mapping.test_share).round() as usize).clamp(1, count - 1);
        let mut is_held: Vec<bool> = (0..count).map(|index| index < held).collect();
        is_held.shuffle(&mut ChaCha8Rng::seed_from_u64(mapping.seed.into()));
        let mut test = Self { names: self.names.clone(), units: Vec::new(), engines: Vec::new(), end_rul: Vec::new() };
        let mut train = Self { names: self.names.clone(), units: Vec::new(), engines: Vec::new(), end_rul: Vec::new() };
        let all = std::mem::take(&mut self.engines).into_iter().zip(std::mem::take(&mut self.units));
        for (((rows, unit), rul), held) in all.zip(std::mem::take(&mut self.end_rul)).zip(is_held) {
            let part = if held { &mut test } else { &mut train };
            part.engines.push(rows);
            part.units.push(unit);
            part.end_rul.push(rul);
        }
        notes.push(format!("{held} of {count} units are held out for the test, drawn with seed {}.", mapping.seed));
        *self = train;
        Ok(test)
    }

    /// Cut units that ran to failure, so that what is left is known.
    pub fn cut(&mut self, mapping: &Mapping, notes: &mut Vec<String>) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(mapping.seed) << 32);
        let mut rul = Vec::new();
        for rows in &mut self.engines {
            let share = random.random_range(CUT.0..CUT.1);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
            let kept = ((rows.len() as f64 * share) as usize).max(MIN_WINDOW).min(rows.len());
            rul.push((rows.len() - kept) as f32);
            rows.truncate(kept);
        }
        notes.push(format!(
            "Test units are taken to run to failure and are cut between 30 and 90 % of their rows, drawn with seed {}.",
            mapping.seed
        ));
        rul
    }
}
