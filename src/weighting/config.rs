//! The registry of strategies: one row each. Links, panels, the command line and the tests are generated from it.

use serde::{Deserialize, Serialize};

use super::{
    AlignedMtl, Asymmetric, AutoLambda, CaGrad, Card, ConFig, CostSensitive, DualProj, Dwa, EndOfLife, EqualNorms,
    Evolution, Famo, Fixed, GeometricMean, GradNorm, GradVac, GradientMagnitude, ImtlG, ImtlL, MetaNetwork, Mgda,
    Monotonicity, NashMtl, Needs, PcGrad, PerformanceTargets, PerformanceTrigger, RandomWeighting, Rules, Schedule,
    Stch, TaskSignals, TaskWeights, Uncertainty, UncertaintyBayes, UpGrad, Weighting, to_numbers,
};
use crate::ConfigError;
use crate::parameter::{Parameter, Parameters, Variant, unknown};

/// What every strategy's parameters can do.
pub trait Strategy: Parameters {
    /// What it is, for people.
    fn card(&self) -> &'static Card;

    /// The sum that its weights have at every step, if it promises one.
    fn promised_sum(&self) -> Option<f32>;

    /// The strategy, having seen nothing. Ranges of single parameters have been checked.
    ///
    /// # Errors
    ///
    /// Parameters that do not go together.
    fn build(&self) -> Result<Box<dyn Weighting>, ConfigError>;

    /// `λ_rul` as a person sets it, where there is such a thing.
    fn base_lambda(&mut self) -> Option<&mut f32> {
        None
    }

    /// Whether its weights of a step follow from that step's Gramian alone, but for smoothing.
    fn follows_gramian(&self) -> bool {
        self.build().is_ok_and(|strategy| strategy.needs() == Needs::GRAMIAN && to_numbers(&*strategy).is_empty())
    }
}

macro_rules! registry {
    ( $( $(#[doc = $about:literal])+ $variant:ident = $name:literal, )* ) => {
        /// A strategy and its parameters.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum WeightingConfig {
            /// Constant weights, `λ_health = 1 − λ_rul`.
            Fixed {
                /// Weight of the RUL loss, in [0, 1].
                #[serde(default = "default_lambda")]
                lambda_rul: f32,
            },
            $( $(#[doc = $about])+ #[serde(rename = $name)] $variant($variant), )*
        }

        impl WeightingConfig {
            /// The strategies' names, in the order in which they are offered.
            pub const NAMES: [&str; 1 $( + { let _ = $name; 1 } )*] = ["fixed" $(, $name)*];

            /// The strategy's name, as in [`Self::NAMES`].
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    Self::Fixed { .. } => "fixed",
                    $( Self::$variant(_) => $name, )*
                }
            }

            /// The strategy of this name with its default parameters, or `None` for a name that is not in
            /// [`Self::NAMES`].
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    "fixed" => Some(Self::default()),
                    $( $name => Some(Self::$variant($variant::default())), )*
                    _ => None,
                }
            }

            fn with<T>(&self, ask: impl FnOnce(&dyn Strategy) -> T) -> T {
                match self {
                    Self::Fixed { lambda_rul } => ask(&Fixed { lambda_rul: *lambda_rul }),
                    $( Self::$variant(config) => ask(config), )*
                }
            }

            fn with_mut<T>(&mut self, change: impl FnOnce(&mut dyn Strategy) -> T) -> T {
                match self {
                    Self::Fixed { lambda_rul } => {
                        let mut fixed = Fixed { lambda_rul: *lambda_rul };
                        let result = change(&mut fixed);
                        *lambda_rul = fixed.lambda_rul;
                        result
                    }
                    $( Self::$variant(config) => change(config), )*
                }
            }
        }
    };
}

registry! {
    /// λ goes from one value to another over a span of epochs.
    Schedule = "schedule",
    /// λ goes over to another value once a metric has passed a threshold.
    PerformanceTrigger = "trigger",
    /// Weights by the sizes of the gradients, inversely or in proportion.
    GradientMagnitude = "gradient-magnitude",
    /// Gradients of equal size, in closed form.
    EqualNorms = "equal-norms",
    /// Gradients of like size, and tasks that learn at like rates.
    GradNorm = "gradnorm",
    /// Learned homoscedastic uncertainty.
    Uncertainty = "uncertainty",
    /// Weights by the variance of the predictions.
    UncertaintyBayes = "uncertainty-bayes",
    /// Weights by what is missing to a target.
    PerformanceTargets = "targets",
    /// Weights by how fast each loss has fallen.
    Dwa = "dwa",
    /// Weights by what the present errors cost.
    CostSensitive = "cost-sensitive",
    /// Weights as meta-parameters, learned on held-out engines.
    AutoLambda = "auto-lambda",
    /// Weights by a small network, learned on held-out engines.
    MetaNetwork = "meta-network",
    /// A base λ and editable rules on top of it.
    Rules = "rules",
    /// More weight to windows near the end of a life.
    EndOfLife = "end-of-life",
    /// Late predictions cost more than early ones.
    Asymmetric = "asymmetric",
    /// Predicted lives that grow cost something.
    Monotonicity = "monotonicity",
    /// The members search for λ together.
    Evolution = "evolution",
    /// Conflicting gradients lose their conflicting part.
    PcGrad = "pcgrad",
    /// Gradients are turned to a cosine that is usual for them.
    GradVac = "gradvac",
    /// The shortest convex combination of the gradients.
    Mgda = "mgda",
    /// The step near the mean that improves the worse task most.
    CaGrad = "cagrad",
    /// Equal projections on both gradients.
    ImtlG = "imtl-g",
    /// Gradients made orthogonal and of one length.
    AlignedMtl = "aligned-mtl",
    /// The bargain of two players over a step.
    NashMtl = "nash-mtl",
    /// The mean of both gradients, each freed from conflict.
    UpGrad = "upgrad",
    /// The mean gradient, freed from conflict.
    DualProj = "dualproj",
    /// The direction of equal angles to both gradients.
    ConFig = "config",
    /// Random weights.
    RandomWeighting = "rlw",
    /// The gradient of the losses' geometric mean.
    GeometricMean = "gls",
    /// Learned scales that bring every loss to one.
    ImtlL = "imtl-l",
    /// Equal relative decrease of both losses.
    Famo = "famo",
    /// A smooth maximum of the losses.
    Stch = "stch",
}

/// The base λ is a setting of its own: [`WeightingConfig::set_base_lambda`].
const BASE_LAMBDA: &str = "lambda_rul";

impl Variant for WeightingConfig {
    const POSITIONAL: bool = false;

    fn choices() -> Vec<(&'static str, &'static str)> {
        let named = |name: &'static str| Self::from_name(name).map(|strategy| (name, strategy.card().title));
        Self::NAMES.into_iter().filter_map(named).collect()
    }

    fn named(name: &str) -> Option<Self> {
        Self::from_name(name)
    }

    fn choice(&self) -> &'static str {
        self.name()
    }

    fn inner(&self) -> Vec<Parameter> {
        self.parameters().into_iter().filter(|parameter| parameter.key != BASE_LAMBDA).collect()
    }

    fn set_inner(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        if key == BASE_LAMBDA {
            let known: Vec<&str> = self.inner().iter().map(|parameter| parameter.key).collect();
            return Err(unknown(key, &known));
        }
        self.set(key, text)
    }

    fn check_inner(&self) -> Result<(), ConfigError> {
        self.build().map(|_| ())
    }

    /// Another strategy keeps the base λ that was set, where it has one.
    fn take_place(&mut self, next: Self) {
        let lambda_rul = self.base_lambda();
        *self = next;
        if let Some(lambda_rul) = lambda_rul {
            self.set_base_lambda(lambda_rul);
        }
    }
}

const fn default_lambda() -> f32 {
    0.5
}

impl Default for WeightingConfig {
    fn default() -> Self {
        Self::Fixed { lambda_rul: default_lambda() }
    }
}

impl WeightingConfig {
    /// The strategy, having seen nothing.
    ///
    /// # Errors
    ///
    /// A parameter out of its range is refused, and parameters that do not go together.
    pub fn build(&self) -> Result<Box<dyn Weighting>, ConfigError> {
        self.with(|strategy| {
            strategy.validate()?;
            strategy.build()
        })
    }

    /// What it is, for people.
    #[must_use]
    pub fn card(&self) -> &'static Card {
        self.with(|strategy| strategy.card())
    }

    /// The sum that its weights have at every step, if it promises one.
    #[must_use]
    pub fn promised_sum(&self) -> Option<f32> {
        self.with(|strategy| strategy.promised_sum())
    }

    /// What it reads beyond the losses; of a configuration that cannot be built, nothing.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.build().map_or(Needs::NOTHING, |strategy| strategy.needs())
    }

    /// Its weights at a step, where they follow from that step's Gramian alone; smoothing is left out.
    #[must_use]
    pub fn weights_at(&self, signals: &TaskSignals) -> Option<TaskWeights> {
        if !self.with(|strategy| strategy.follows_gramian()) {
            return None;
        }
        Some(self.build().ok()?.weights(signals))
    }

    /// Every parameter with its value, for a panel, a link or a command line.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        self.with(|strategy| strategy.parameters())
    }

    /// Set a parameter from its text.
    ///
    /// ```
    /// use lambdascope::weighting::WeightingConfig;
    ///
    /// let mut config = WeightingConfig::from_name("gradnorm").ok_or("no such strategy")?;
    /// config.set("alpha", "0.5")?;
    /// assert_eq!(config.parameters()[0].value, "0.5");
    /// let error = config.set("alpha", "-1").unwrap_err();
    /// assert_eq!(error.to_string(), "`alpha` should be in [0, 5], found -1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An unknown key, and a value that the parameter cannot take; nothing has changed then.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        self.with_mut(|strategy| strategy.set(key, text))
    }

    /// `λ_rul` as a person sets it, or `None` for a strategy that finds its weights itself.
    #[must_use]
    pub fn base_lambda(&self) -> Option<f32> {
        self.clone().with_mut(|strategy| strategy.base_lambda().copied())
    }

    /// Set `λ_rul`, whatever it takes: a strategy that finds its weights itself gives way to fixed ones.
    pub fn take_over(&mut self, lambda_rul: f32) {
        if self.base_lambda().is_some() {
            self.set_base_lambda(lambda_rul);
        } else {
            *self = Self::Fixed { lambda_rul };
        }
    }

    /// Whether a λ that a person gives has an effect.
    ///
    /// # Errors
    ///
    /// A strategy that finds its weights itself.
    pub fn takes_lambda(&self, found: &str) -> Result<(), ConfigError> {
        if self.base_lambda().is_some() {
            return Ok(());
        }
        let expected = format!("left out with `{}`, which finds its weights itself", self.name());
        Err(ConfigError::new("lambda", expected, found))
    }

    /// Set `λ_rul` where a person sets it; nothing happens to a strategy that finds its weights itself.
    pub fn set_base_lambda(&mut self, lambda_rul: f32) {
        self.with_mut(|strategy| {
            if let Some(place) = strategy.base_lambda() {
                *place = lambda_rul;
            }
        });
    }
}
