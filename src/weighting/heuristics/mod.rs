//! What an engineer knows about engines, put into the RUL loss: λ stays as set, the loss makes more of something.

mod asymmetric;
mod end_of_life;
mod monotonicity;

pub use asymmetric::Asymmetric;
pub use end_of_life::EndOfLife;
pub use monotonicity::Monotonicity;

use super::{Carry, TaskSignals, TaskWeights, Weighting};
use crate::loss::Emphasis;

/// Constant weights and a constant emphasis.
#[derive(Clone, Debug)]
struct State {
    lambda_rul: f32,
    emphasis: Emphasis,
}

impl Weighting for State {
    fn weights(&mut self, _signals: &TaskSignals) -> TaskWeights {
        [self.lambda_rul, 1.0 - self.lambda_rul]
    }

    fn emphasis(&self) -> Emphasis {
        self.emphasis
    }

    fn reset(&mut self) {}

    fn carry(&mut self, _carry: &mut Carry<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::WeightingConfig;

    #[test]
    fn each_heuristic_emphasizes_its_own_and_zero_is_the_run_s_loss() {
        let emphasis = |name: &str, key: &str, value: &str| {
            let mut config = WeightingConfig::from_name(name).unwrap();
            config.set(key, value).unwrap();
            config.build().unwrap().emphasis()
        };
        let cases = [
            ("end-of-life", "strength", Emphasis { end_of_life: 3.0, ..Emphasis::NONE }, "3"),
            ("asymmetric", "share", Emphasis { asymmetric: 0.25, ..Emphasis::NONE }, "0.25"),
            ("monotonicity", "strength", Emphasis { monotonicity: 2.0, ..Emphasis::NONE }, "2"),
        ];
        for (name, key, expected, value) in cases {
            assert_eq!(emphasis(name, key, value), expected, "{name}");
            assert!(emphasis(name, key, "0").is_none(), "{name}");
            let mut config = WeightingConfig::from_name(name).unwrap();
            config.set_base_lambda(0.25);
            assert_eq!(config.build().unwrap().weights(&TaskSignals::default()), [0.25, 0.75]);
            assert!(config.set(key, "-1").is_err(), "{name}");
        }
        assert!(WeightingConfig::default().build().unwrap().emphasis().is_none());
    }
}
