//! What a window is labelled with: a capped RUL and a health state, and how often which label occurs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ConfigError;
use crate::parameter::{Parameters, Range, Traits, parameters};

/// Caps that make sense: an engine of NASA's lives some hundred cycles, a unit of another fleet some dozen or thousands.
const CAP: Range = Range::linear(2.0, 2_000_000.0, 1.0);

parameters! {
    /// Where the RUL is capped and where one health state ends and the next begins.
    ///
    /// ```text
    /// y = min(cap, L − t)
    /// healthy: y > a    degrading: b < y ≤ a    critical: y ≤ b
    /// ```
    ///
    /// `L`: the engine's lifetime, `t`: the cycle, both in cycles. A cap of 125 or 130 is usual: an engine shows no wear
    /// long before it fails (Heimes 2008, *Recurrent neural networks for remaining useful life estimation*).
    #[derive(Copy)]
    Labels {
        /// Cap on the RUL, or none: an engine shows no wear long before it fails.
        rul_cap_cycles: Option<f32> = Some(125.0), "Cap on RUL", CAP, Traits::RESTART.key("cap").flag("rul-cap").unit("cycles");
        /// An engine is healthy above the first RUL, critical up to the second, and degrading between them.
        health_cycles: [f32; 2] = [80.0, 30.0], "Health thresholds", Range::linear(1e-3, 2_000_000.0, 1.0),
            Traits::RESTART.key("health").flag("health-thresholds").unit("cycles");
    }
}

impl Labels {
    /// The usual cap, in cycles.
    pub const USUAL_CAP_CYCLES: f32 = 125.0;

    /// Whether these are the usual labels, which are not written down: the configuration of a run of the usual labels
    /// reads, and is hashed, as it was before they could be chosen.
    #[must_use]
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Check cap and thresholds.
    ///
    /// # Errors
    ///
    /// A cap outside 2 to 2,000,000 cycles, and thresholds that are not above 0, falling and below the cap.
    pub fn validate(&self) -> Result<(), ConfigError> {
        Parameters::validate(self)?;
        let [healthy, critical] = self.health_cycles;
        let found = format_args!("{healthy} and {critical}").to_string();
        if healthy <= critical {
            let expected = "the larger threshold first";
            return Err(ConfigError::new("health", expected, &found));
        }
        match self.rul_cap_cycles {
            Some(cap) if healthy >= cap => {
                let found = format_args!("{found} with a cap of {cap}").to_string();
                Err(ConfigError::new("health", "below the cap on RUL", &found))
            }
            _ => Ok(()),
        }
    }

    /// The label of a window after which so many cycles are left, in cycles.
    #[must_use]
    pub fn rul_cycles(&self, left_cycles: f32) -> f32 {
        self.rul_cap_cycles.map_or(left_cycles, |cap| left_cycles.min(cap))
    }

    /// Health class of a RUL in cycles, capped or not: 0 healthy, 1 degrading, 2 critical.
    #[must_use]
    pub fn health_class(&self, rul_cycles: f32) -> usize {
        let [healthy, critical] = self.health_cycles;
        if rul_cycles > healthy {
            0
        } else if rul_cycles > critical {
            1
        } else {
            2
        }
    }

    /// The RUL that a model's output of 1 stands for, in cycles: the cap, or without one the usual cap, so that losses,
    /// divisors and learning rates mean about the same. Outputs above 1 are then ordinary.
    #[must_use]
    pub fn unit_cycles(&self) -> f32 {
        self.rul_cap_cycles.unwrap_or(Self::USUAL_CAP_CYCLES)
    }

    /// The largest RUL among labels: the cap, or without one the largest that there is.
    #[must_use]
    pub fn largest_cycles(&self, rul_cycles: impl IntoIterator<Item = f32>) -> f32 {
        self.rul_cap_cycles.unwrap_or_else(|| rul_cycles.into_iter().fold(0.0, f32::max))
    }
}

impl fmt::Display for Labels {
    /// In words: "RUL capped at 125 cycles; healthy above 80 cycles, critical up to 30, degrading between".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rul_cap_cycles {
            Some(cap) => write!(formatter, "RUL capped at {cap} cycles; ")?,
            None => formatter.write_str("RUL not capped; ")?,
        }
        let [healthy, critical] = self.health_cycles;
        write!(formatter, "healthy above {healthy} cycles, critical up to {critical}, degrading between")
    }
}

/// Width of the bins in which RULs are counted, in cycles.
pub const RUL_BIN_CYCLES: f32 = 10.0;

/// How many windows have which label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelCounts {
    /// All of them.
    pub windows: u32,
    /// By RUL: `[0, 10)`, `[10, 20)`, … cycles, the last one with the cap or, without a cap, with the largest.
    pub rul_bins: Vec<u32>,
    /// By health class: healthy, degrading, critical.
    pub classes: [u32; 3],
}

impl LabelCounts {
    /// Count windows with these RULs in cycles, capped or not.
    #[must_use]
    pub fn of(rul_cycles: &[f32], labels: &Labels) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a RUL is not negative")]
        let bin = |rul_cycles: f32| (rul_cycles / RUL_BIN_CYCLES) as usize;
        let last = bin(labels.largest_cycles(rul_cycles.iter().copied()));
        let mut counts = Self { rul_bins: vec![0; last + 1], ..Self::default() };
        for rul in rul_cycles {
            counts.windows += 1;
            counts.rul_bins[bin(*rul).min(last)] += 1;
            counts.classes[labels.health_class(*rul)] += 1;
        }
        counts
    }

    /// The plug-in entropies of both labels.
    #[must_use]
    pub fn entropy(&self) -> LabelEntropy {
        LabelEntropy { health: entropy_nats(&self.classes), rul: entropy_nats(&self.rul_bins) }
    }
}

/// What the labels of a set of windows hold: `H = −Σ p ln p` over the shares of the labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelEntropy {
    /// `H(Y_health)`, in nats: at most `ln 3`.
    pub health: f64,
    /// `H(Y_rul)` in bins of 10 cycles, in nats.
    pub rul: f64,
}

/// Entropy of a distribution given by counts, in nats: 0 where nothing was counted.
fn entropy_nats(counts: &[u32]) -> f64 {
    let total = f64::from(counts.iter().sum::<u32>());
    let share = |count: &u32| f64::from(*count) / total;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNCAPPED: Labels = Labels { rul_cap_cycles: None, health_cycles: [100.0, 50.0] };

    #[test]
    fn the_usual_health_states_change_at_80_and_30() {
        let classes = [125.0, 80.5, 80.0, 31.0, 30.0, 0.0].map(|rul| Labels::default().health_class(rul));
        assert_eq!(classes, [0, 0, 1, 1, 2, 2]);
        assert_eq!([101.0, 100.0, 51.0, 50.0].map(|rul| UNCAPPED.health_class(rul)), [0, 1, 1, 2]);
    }

    #[test]
    fn without_a_cap_the_rul_stays_and_the_unit_is_the_usual_one() {
        let capped = Labels { rul_cap_cycles: Some(130.0), ..Labels::default() };
        assert_eq!((capped.rul_cycles(200.0), capped.rul_cycles(12.0), capped.unit_cycles()), (130.0, 12.0, 130.0));
        assert_eq!((UNCAPPED.rul_cycles(200.0), UNCAPPED.unit_cycles()), (200.0, 125.0));
        assert_eq!((capped.largest_cycles([7.0]), UNCAPPED.largest_cycles([7.0, 361.0])), (130.0, 361.0));
    }

    #[test]
    fn labels_are_told_in_words() {
        let words = "RUL capped at 125 cycles; healthy above 80 cycles, critical up to 30, degrading between";
        assert_eq!(Labels::default().to_string(), words);
        assert!(UNCAPPED.to_string().starts_with("RUL not capped; healthy above 100 cycles, critical up to 50"));
    }

    #[test]
    fn labels_are_counted_up_to_the_cap_or_the_largest() {
        let usual = LabelCounts::of(&[125.0, 121.0, 119.0, 90.0], &Labels::default());
        assert_eq!((usual.windows, usual.rul_bins.len(), usual.classes), (4, 13, [4, 0, 0]));
        let LabelEntropy { health, rul } = usual.entropy();
        assert!(health.abs() < 1e-12 && (rul - 1.5 * 2_f64.ln()).abs() < 1e-12, "{rul}");
        let even = LabelCounts::of(&[200.0, 70.0, 10.0], &UNCAPPED);
        assert_eq!((even.rul_bins.len(), even.classes), (21, [1, 1, 1]));
        assert!((even.entropy().health - 3_f64.ln()).abs() < 1e-12);
        assert_eq!(LabelCounts::of(&[], &UNCAPPED).entropy(), LabelEntropy::default());
    }

    #[test]
    fn labels_that_contradict_themselves_are_refused_in_a_sentence() {
        let refused = |rul_cap_cycles, health_cycles| {
            Labels { rul_cap_cycles, health_cycles }.validate().unwrap_err().to_string()
        };
        assert_eq!(refused(Some(1.0), [4.0, 2.0]), "`cap` should be in [2, 2000000], or none, found 1");
        assert!(refused(Some(f32::NAN), [80.0, 30.0]).contains("found NaN"));
        assert_eq!(refused(None, [30.0, 80.0]), "`health` should be the larger threshold first, found 30 and 80");
        assert_eq!(refused(None, [80.0, 0.0]), "`health` should be in [0.001, 2000000], found 0");
        assert_eq!(refused(None, [f32::INFINITY, 30.0]), "`health` should be in [0.001, 2000000], found inf");
        assert_eq!(
            refused(Some(60.0), [80.0, 30.0]),
            "`health` should be below the cap on RUL, found 80 and 30 with a cap of 60"
        );
        assert_eq!((Labels::default().validate(), UNCAPPED.validate()), (Ok(()), Ok(())));
    }

    #[test]
    fn usual_labels_are_not_written_and_others_are_read_back() {
        use crate::data::DataConfig;
        let usual = serde_json::to_string(&DataConfig::default()).unwrap();
        assert!(!usual.contains("labels"), "{usual}");
        assert_eq!(serde_json::from_str::<DataConfig>(&usual).unwrap(), DataConfig::default());
        let chosen = DataConfig { labels: UNCAPPED, ..DataConfig::default() };
        let text = serde_json::to_string(&chosen).unwrap();
        assert!(text.contains(r#""rul_cap_cycles":null"#), "{text}");
        assert_eq!(serde_json::from_str::<DataConfig>(&text).unwrap(), chosen);
        let cap_alone = serde_json::from_str::<DataConfig>(r#"{"labels":{"rul_cap_cycles":130}}"#).unwrap().labels;
        assert_eq!(cap_alone, Labels { rul_cap_cycles: Some(130.0), ..Labels::default() });
    }
}
