//! What rules are made of.

use serde::{Deserialize, Serialize};

use crate::Task;

/// Rules, in the order in which they act. As text they are set apart by `;`, and so they are stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleList(Vec<Rule>);

/// When something is done, and what.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// All of these have to hold.
    pub conditions: Vec<Condition>,
    /// What is done then.
    pub action: Action,
}

/// A comparison of something with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// What is compared.
    pub subject: Subject,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub value: f32,
}

/// What a condition can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `epoch`: epochs done, with the fraction of the present one.
    Epoch,
    /// `progress`: share of the run that is done.
    Progress,
    /// `loss_rul`: the RUL loss on this batch.
    LossRul,
    /// `loss_health`: the health loss on this batch.
    LossHealth,
    /// `rmse`: on held-out engines, in cycles.
    Rmse,
    /// `score`: NASA score on held-out engines.
    Score,
    /// `accuracy`: on held-out engines.
    Accuracy,
    /// `f1`: macro-F1 on held-out engines.
    MacroF1,
    /// `cosine`: between the two gradients.
    Cosine,
    /// `ratio`: of the gradients' norms, RUL to health.
    Ratio,
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// What a rule does to a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// `multiply λ_… by …`
    Multiply(Task, f32),
    /// `set λ_… to …`
    Set(Task, f32),
    /// `add … to λ_…`
    Add(Task, f32),
}

impl RuleList {
    /// Most rules in a list: they are read at every step of every member.
    pub const MOST: usize = 32;

    /// The rules, or `None` for more than [`Self::MOST`].
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Option<Self> {
        (rules.len() <= Self::MOST).then_some(Self(rules))
    }

    /// A rule to begin with.
    #[must_use]
    pub fn example() -> Self {
        let at_least = |subject, value| Condition { subject, comparison: Comparison::AtLeast, value };
        Self(vec![Rule {
            conditions: vec![at_least(Subject::Epoch, 4.0), at_least(Subject::Accuracy, 0.75)],
            action: Action::Multiply(Task::Health, 0.7),
        }])
    }

    /// The rules in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }
}

impl Subject {
    /// Every subject with its name.
    pub const NAMES: [(&'static str, Self); 10] = [
        ("epoch", Self::Epoch),
        ("progress", Self::Progress),
        ("loss_rul", Self::LossRul),
        ("loss_health", Self::LossHealth),
        ("rmse", Self::Rmse),
        ("score", Self::Score),
        ("accuracy", Self::Accuracy),
        ("f1", Self::MacroF1),
        ("cosine", Self::Cosine),
        ("ratio", Self::Ratio),
    ];

    /// Whether it is measured on held-out engines.
    #[must_use]
    pub const fn is_figure(self) -> bool {
        matches!(self, Self::Rmse | Self::Score | Self::Accuracy | Self::MacroF1)
    }

    /// Whether it is taken from the gradients.
    #[must_use]
    pub const fn is_of_gradients(self) -> bool {
        matches!(self, Self::Cosine | Self::Ratio)
    }
}

impl Comparison {
    /// Every comparison with its sign.
    pub const SIGNS: [(&'static str, Self); 4] =
        [(">", Self::Above), (">=", Self::AtLeast), ("<", Self::Below), ("<=", Self::AtMost)];

    /// Whether it holds between these two. They are compared in single precision, in which both come: 0.9 is not above
    /// 0.9.
    #[must_use]
    pub fn holds(self, found: f64, value: f32) -> bool {
        let found = found as f32;
        match self {
            Self::Above => found > value,
            Self::AtLeast => found >= value,
            Self::Below => found < value,
            Self::AtMost => found <= value,
        }
    }
}

impl Action {
    /// The weights afterwards.
    #[must_use]
    pub fn applied(self, mut weights: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Multiply(task, factor) => weights[task as usize] *= f64::from(factor),
            Self::Set(task, value) => weights[task as usize] = value.into(),
            Self::Add(task, value) => weights[task as usize] += f64::from(value),
        }
        weights
    }
}
