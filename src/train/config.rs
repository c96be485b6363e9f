//! How a run is trained: optimizer, schedule, and what each member has of its own.

use super::Regularization;
use crate::ConfigError;
use crate::loss::Normalization;
use crate::parameter::{Any, ParameterKind, Range, Traits, Value, choice, parameters};
use crate::weighting::WeightingConfig;

choice! {
    /// Which optimizer.
    OptimizerKind {
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        #[serde(alias = "adam-w")]
        AdamW = "adamw", "AdamW: weights decay past Adam";
        /// Adam (Kingma and Ba 2015); weight decay, if any, is added to the gradient.
        Adam = "adam", "Adam: weight decay within the gradient";
    }
}

parameters! {
    /// The optimizer and its schedule.
    ///
    /// The defaults were chosen on FD001: engines are few and their windows overlap, so that a compact model soon learns the
    /// engines instead of the wear; few epochs and a strong decay keep it from that.
    OptimizerConfig {
        /// Peak of the learning rate: how far a step goes.
        learning_rate: f32 = 3e-3, "Learning rate", Range::log(1e-9, 1.0),
            Traits::LIVE.key("lr").flag("learning-rate").usual();
        /// What turns gradients into steps.
        kind: OptimizerKind = OptimizerKind::AdamW, "Optimizer", Any, Traits::LIVE.key("optimizer");
        /// How much every weight shrinks at each step, times the learning rate; 0 is off.
        weight_decay: f32 = 0.4, "Weight decay", Range::linear(0.0, 1e6, 0.01),
            Traits::LIVE.key("decay").flag("weight-decay");
        /// Largest global norm of the combined gradient; a longer one is scaled down to it. 0 does not clip.
        clip_norm: f32 = 1.0, "Clipping", Range::linear(0.0, 1e6, 0.1), Traits::LIVE.key("clip");
        /// Epochs over which the learning rate rises linearly from zero.
        warmup_epochs: f32 = 0.5, "Warm-up", Range::linear(0.0, 1000.0, 0.1), Traits::LIVE.key("warmup").unit("epochs");
        /// Whether the learning rate then falls to zero along a cosine by the last epoch.
        cosine_decay: bool = true, "Cosine schedule", Any, Traits::LIVE.key("cosine-decay");
    }
}

parameters! {
    /// What each member has of its own; may change while it trains, but for the bootstrap.
    MemberConfig {
        /// What weighs the two losses against each other.
        weighting: WeightingConfig = WeightingConfig::default(), "Strategy", Any, Traits::LIVE.key("strategy");
        /// What each loss is divided by before it is weighted.
        normalization: Normalization = Normalization::default(), "Normalization", Any,
            Traits::LIVE.key("norm").flag("normalization").usual();
        /// What keeps the member from learning its engines by heart.
        regularization: Regularization = Regularization::default(), "Regularization", Any, Traits::LIVE;
        /// Seed of the bootstrap of the training engines that the member trains on, or all of them. Members with the same
        /// seed see the same engines in the same batches.
        bootstrap: Option<u32> = None, "Bootstrap of the engines", Any, Traits::RESTART;
    }
}

/// The seed of a bootstrap; `all` without one.
impl Value for Option<u32> {
    type Limits = Any;

    fn kind(_: Any) -> ParameterKind {
        ParameterKind::Text
    }

    fn text(&self) -> String {
        self.map_or_else(|| "all".to_owned(), |seed| seed.to_string())
    }

    fn read(key: &'static str, text: &str, _: Any) -> Result<Self, ConfigError> {
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(None);
        }
        let refused = |_| ConfigError::new(key, "all or a whole number from 0 to 4294967295", text);
        text.trim().parse().map(Some).map_err(refused)
    }
}
