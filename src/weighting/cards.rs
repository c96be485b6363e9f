//! What a strategy is, in a person's words.

use super::Needs;

/// What a strategy goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// The person sets the weights.
    Fixed,
    /// The course of training sets them.
    Progress,
    /// The sizes of the gradients set them.
    Gradients,
    /// How sure the model is sets them.
    Uncertainty,
    /// What has been reached sets them.
    Performance,
    /// They are learned on held-out data.
    Learned,
    /// Rules written by a person set them.
    Rules,
    /// The person sets them, and the RUL loss makes more of what an engineer cares about.
    Heuristics,
    /// The members search for them together.
    Evolution,
    /// The gradients are combined so that they do not work against each other.
    Surgery,
    /// The losses alone set them.
    Losses,
}

impl Family {
    /// Every family, in the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::Fixed,
        Self::Progress,
        Self::Gradients,
        Self::Uncertainty,
        Self::Performance,
        Self::Learned,
        Self::Rules,
        Self::Heuristics,
        Self::Evolution,
        Self::Surgery,
        Self::Losses,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fixed => "Fixed weights",
            Self::Progress => "By progress",
            Self::Gradients => "By gradient size",
            Self::Uncertainty => "By uncertainty",
            Self::Performance => "By performance",
            Self::Learned => "Learned on held-out engines",
            Self::Rules => "By rules",
            Self::Heuristics => "By what engines need",
            Self::Evolution => "By evolution",
            Self::Surgery => "Gradient surgery",
            Self::Losses => "By the losses",
        }
    }
}

/// A strategy on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name for people.
    pub title: &'static str,
    /// What it goes by.
    pub family: Family,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// When to take it.
    pub best_for: &'static str,
    /// What speaks for it.
    pub pros: &'static [&'static str],
    /// What speaks against it.
    pub cons: &'static [&'static str],
    /// The paper.
    pub citation: &'static str,
}

impl Needs {
    /// What a step costs beyond the training of the two losses, in words.
    #[must_use]
    pub fn cost(self) -> String {
        let mut parts = Vec::new();
        if self.gramian {
            parts.push("the inner products of the two tasks' gradients");
        }
        if self.validation_gradient {
            parts.push("the gradients of a held-out batch: about twice the time");
        }
        if self.epistemic {
            parts.push("an estimate of the predictive variance: several forward passes or members");
        }
        if self.epoch_metrics {
            parts.push("figures at the end of an epoch");
        }
        if parts.is_empty() { "Nothing beyond the losses.".to_owned() } else { format!("Needs {}.", parts.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_follows_from_the_needs() {
        assert_eq!(Needs::NOTHING.cost(), "Nothing beyond the losses.");
        let needs = Needs { epoch_metrics: true, ..Needs::GRAMIAN };
        assert_eq!(
            needs.cost(),
            "Needs the inner products of the two tasks' gradients; figures at the end of an epoch."
        );
    }
}
