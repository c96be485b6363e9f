//! What is seen of the data, in sentences.

use super::{EngineRecord, Fleet, RegimeFigures, SplitKind};

/// Health classes as they are called.
pub const HEALTH_NAMES: [&str; 3] = ["healthy", "degrading", "critical"];

impl RegimeFigures {
    /// The set point: `42,000 ft, Mach 0.84, throttle 100 %`.
    #[must_use]
    pub fn words(&self) -> String {
        let [altitude, mach, throttle] = self.set_point;
        let height = if altitude == 0.0 { "sea level".to_owned() } else { format!("{altitude:.0},000 ft") };
        format!("{height}, Mach {mach}, throttle {throttle:.0} %")
    }
}

impl Fleet {
    /// How long engines live.
    #[must_use]
    pub fn life_words(&self) -> String {
        let (mut least, mut most, mut sum, mut count) = (u32::MAX, 0, 0.0, 0_u32);
        for life in self.lifetimes() {
            (least, most, sum, count) = (least.min(life), most.max(life), sum + f64::from(life), count + 1);
        }
        if count == 0 {
            return String::new();
        }
        let mean = sum / f64::from(count);
        format!("{count} engines run to failure after {least} to {most} cycles, {mean:.0} on average.")
    }

    /// In which regimes the engines fly.
    #[must_use]
    pub fn regime_words(&self) -> String {
        let stray = |index: usize| self.regimes.iter().map(|regime| regime.stray[index]).fold(0.0, f32::max);
        let strays = format!("by more than {:.0} ft and Mach {:.4}", 1000.0 * stray(0), stray(1));
        match self.regimes.as_slice() {
            [one] => format!(
                "All cycles are flown in one regime: {}. No cycle strays from it {strays}, so there is nothing that \
                 scaling by regime could take away.",
                one.words()
            ),
            several => format!(
                "Each cycle is flown at one of {} set points, in no order, and belongs to the regime of the nearest; no \
                 cycle strays from its set point {strays}.",
                several.len()
            ),
        }
    }

    /// How much of a sensor is the regime: nothing where there is but one.
    #[must_use]
    pub fn ablation_words(&self, feature: usize) -> String {
        let (Some(share), Some(sensor)) = (self.between_regimes.get(feature), self.sensors.get(feature)) else {
            return String::new();
        };
        if self.regimes.len() < 2 {
            return String::new();
        }
        format!(
            "Of the variance of sensor {} as recorded, {:.2} % is the regime. Scaled over all rows at once, that stays: a \
             model sees first of all which regime is flown. Scaled within each regime it is gone, and what is left is \
             noise and wear.",
            sensor.number,
            100.0 * share
        )
    }
}

impl EngineRecord {
    /// The window that ends with a cycle, and what it is labelled with.
    #[must_use]
    pub fn words(&self, cycle: usize, length: usize, fleet: &Fleet) -> String {
        let (label, (first, last)) = (self.label(cycle), self.window(cycle, length));
        let recorded = if self.split == SplitKind::Test { " recorded" } else { "" };
        let plural = |count: f32| if count == 1.0 { "cycle is" } else { "cycles are" };
        let left = format!(
            "After cycle {cycle} of {}{recorded}, {} {} left.",
            self.cycles(),
            label.left_cycles,
            plural(label.left_cycles)
        );
        let padded = if last + 1 - first < length { ", with the first one repeated before it," } else { "" };
        let capped = if label.left_cycles > label.rul_cycles { " (the cap)" } else { "" };
        let state = HEALTH_NAMES.get(label.class).copied().unwrap_or_default();
        let labelled = format!(
            "The window of cycles {first} to {last}{padded} is labelled: RUL {}{capped}, {state}.",
            label.rul_cycles
        );
        let regime = self.regimes.get(cycle.saturating_sub(1)).map(|regime| usize::from(*regime));
        match regime.and_then(|regime| Some((regime, fleet.regimes.get(regime)?))) {
            Some((regime, figures)) if fleet.regimes.len() > 1 => {
                format!("{left} {labelled} Cycle {cycle} is flown in regime {}: {}.", regime + 1, figures.words())
            }
            _ => format!("{left} {labelled}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataConfig, EmulatorParameters, Subset, emulate};

    #[test]
    fn a_window_is_told_in_words() {
        let data = emulate(&EmulatorParameters::bundled(Subset::FD002).unwrap(), 3, 3, 1).unwrap();
        let config = DataConfig { subset: Subset::FD002, ..DataConfig::default() };
        let fleet = Fleet::of(&data, &config, 1, None);
        let engine = EngineRecord::of(&data, &config, 1, false, 2).unwrap();
        let cycles = engine.cycles();
        let end = engine.words(cycles - 1, 30, &fleet);
        let first = cycles - 30;
        let begins = format!(
            "After cycle {} of {cycles}, 1 cycle is left. The window of cycles {first} to {} is labelled: RUL 1, critical. Cycle",
            cycles - 1,
            cycles - 1
        );
        assert!(end.starts_with(&begins), "{end}");
        assert!(end.contains(", throttle "), "{end}");
        let start = engine.words(20, 30, &fleet);
        assert!(
            start.contains("cycles 1 to 20, with the first one repeated before it, is labelled: RUL 125 (the cap)")
        );
        assert!(fleet.regime_words().starts_with("Each cycle is flown at one of 6 set points"));
        assert!(fleet.ablation_words(6).starts_with("Of the variance of sensor 11 as recorded, 9"));
        assert!(fleet.life_words().starts_with("3 engines run to failure after "), "{}", fleet.life_words());
        assert_eq!(fleet.regimes[5].words(), "42,000 ft, Mach 0.84, throttle 100 %");

        let data = emulate(&EmulatorParameters::bundled(Subset::FD001).unwrap(), 3, 3, 1).unwrap();
        let one = Fleet::of(&data, &DataConfig::default(), 1, None);
        assert!(
            one.regime_words().starts_with("All cycles are flown in one regime: sea level, Mach 0, throttle 100 %.")
        );
        assert!(one.ablation_words(6).is_empty());
    }
}
