//! What keeps a member from learning its engines by heart.

use crate::ConfigError;
use crate::parameter::{
    Any, Parameter, ParameterKind, Parameters, Range, Traits, Value, choice, parameters, read_parts, write_parts,
};

choice! {
    /// What early stopping goes by.
    StoppingMetric {
        /// The RMSE on the held-out engines; without any, as [`Self::Loss`].
        Rmse = "rmse", "RMSE on held-out engines";
        /// The mean over both tasks of `L_i / L_i(first epoch)`, `L_i` the mean training loss of an epoch.
        Loss = "loss", "training loss of both tasks";
    }
}

parameters! {
    /// A member's regularizers, each off at zero. All of them change live, on top of the run's own weight decay
    /// ([`super::OptimizerConfig::weight_decay`]), which stays and adds up.
    ///
    /// ```text
    /// g ← clip(Σ λ_i ∇L_i / N_i) + (l1 + elastic·mix)·sign θ + (l2 + elastic·(1 − mix))·θ
    /// θ ← Adam(θ, g) − η·decoupled·θ
    /// ```
    ///
    /// The penalties' gradients are added after the losses' gradient was clipped and before Adam, so that clipping and the
    /// gradients' figures are about the losses alone. They act on every parameter, heads and biases included.
    ///
    /// Tibshirani 1996, "Regression Shrinkage and Selection via the Lasso" (`l1`); Krogh and Hertz 1991, "A Simple Weight
    /// Decay Can Improve Generalization" (`l2`); Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"
    /// (`decoupled`); Zou and Hastie 2005, "Regularization and Variable Selection via the Elastic Net", whose quadratic
    /// part is `½(1 − mix)·‖θ‖²` here; Srivastava et al. 2014 (`dropout`, see `model::Dropout`); Prechelt 1998, "Early
    /// Stopping, But When?" (`patience`).
    Regularization {
        /// L1 penalty: pulls every weight towards zero by the same amount, so that needless ones vanish.
        l1: f32 = 0.0, "L1 (lasso)", Range::linear(0.0, 1.0, 0.0001);
        /// L2 penalty: pulls every weight towards zero in proportion to its size, through Adam.
        l2: f32 = 0.0, "L2 (ridge)", Range::linear(0.0, 1.0, 0.001);
        /// Weight decay past Adam, as in AdamW: weights shrink by this share times the learning rate at every step.
        decoupled: f32 = 0.0, "Weight decay (AdamW)", Range::linear(0.0, 2.0, 0.01);
        /// Elastic net: strength of a blend of both penalties.
        elastic: f32 = 0.0, "Elastic net", Range::linear(0.0, 1.0, 0.0001);
        /// Share of L1 in the elastic net; the rest is L2.
        elastic_mix: f32 = 0.5, "Share of L1 in the elastic net", Range::SHARE;
        /// Share of the features between encoder and heads that each training step leaves out.
        dropout: f32 = 0.0, "Dropout", Range::linear(0.0, 0.9, 0.01);
        /// Early stopping: after this many epochs without improvement the best weights come back and stay; 0 is never.
        patience: u32 = 0, "Patience", Range::linear(0.0, 1000.0, 1.0), Traits::LIVE.unit("epochs");
        /// What early stopping watches.
        stop_on: StoppingMetric = StoppingMetric::default(), "Early stopping watches", Any;
    }
}

/// As text: `none`, or what differs from it, `l1=0.0001:dropout=0.1`.
impl Value for Regularization {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Text
    }

    fn text(&self) -> String {
        let parts = write_parts(&self.parameters());
        if parts.is_empty() { "none".to_owned() } else { parts }
    }

    fn read(_: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        let mut next = Self::default();
        if !text.trim().eq_ignore_ascii_case("none") {
            // Several numbers have no order that anyone knows.
            read_parts(text.trim(), &[], |key, value| next.set(key, value))?;
        }
        Ok(next)
    }

    fn check(&self, _: &'static str, _: Any) -> Result<(), ConfigError> {
        self.validate()
    }

    fn nested(&self) -> Vec<Parameter> {
        self.parameters()
    }

    fn set_nested(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        self.set(key, text)
    }
}

impl Regularization {
    /// What the gradient takes of `sign θ`: L1 and the elastic net's part of it.
    #[must_use]
    pub fn lasso(&self) -> f32 {
        self.l1 + self.elastic * self.elastic_mix
    }

    /// What the gradient takes of `θ`: L2 and the elastic net's part of it.
    #[must_use]
    pub fn ridge(&self) -> f32 {
        self.l2 + self.elastic * (1.0 - self.elastic_mix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighting::tests::other_values;

    #[test]
    fn everything_is_off_unless_asked_for() {
        let off = Regularization::default();
        assert_eq!((off.lasso(), off.ridge(), off.decoupled, off.dropout, off.patience), (0.0, 0.0, 0.0, 0.0, 0));
        assert_eq!(serde_json::from_str::<Regularization>("{}").unwrap(), off);
    }

    #[test]
    fn the_elastic_net_blends_both_penalties() {
        let config = Regularization { l1: 0.1, l2: 0.2, elastic: 0.4, elastic_mix: 0.25, ..Default::default() };
        assert!((config.lasso() - 0.2).abs() < 1e-7 && (config.ridge() - 0.5).abs() < 1e-7);
    }

    #[test]
    fn every_parameter_is_described_and_set_by_its_text() {
        for parameter in Regularization::default().parameters() {
            assert!(!parameter.label.is_empty() && parameter.help.ends_with('.'), "{}", parameter.key);
            assert!(!parameter.help.contains(['`', '[']), "{}", parameter.help);
            for text in other_values(&parameter) {
                let mut changed = Regularization::default();
                changed.set(parameter.key, &text).unwrap();
                assert_ne!(changed, Regularization::default(), "{}={text}", parameter.key);
                assert!(changed.validate().is_ok());
            }
        }
        let error = Regularization::default().set("dropout", "0.95").unwrap_err();
        assert_eq!(error.to_string(), "`dropout` should be in [0, 0.9], found 0.95");
        assert!(Regularization { l1: f32::NAN, ..Default::default() }.validate().is_err());
    }
}
