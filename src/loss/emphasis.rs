//! What a member's RUL loss makes more of than the run's loss does.

/// Changes to one member's RUL loss, all of them off at zero.
///
/// ```text
/// L_rul = Σ_b w_b (1 + e·clip(1 − y_b, 0, 1)) · [(1 − a)·ρ(r_b) + a·ρ_NASA(r_b)]
///       + m · mean over pairs of max(0, s·(ŷ_later − ŷ_earlier))²
/// ```
///
/// `y`: RUL as a fraction of its cap (see `Labels::unit_cycles`); `w`, `ρ`, `r` and `s`: the run's weights, form, residual and unit (see
/// `TwoTaskLoss::evaluate`). A pair are two neighbouring windows of one engine among those of the batch, by their cycles.
/// Without a pair the last term is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Emphasis {
    /// `e`, 0 or more: how much more a window weighs at the end of its engine's life. The weights are not scaled back to
    /// a mean of one; a normalizer that divides by the loss does that.
    pub end_of_life: f32,
    /// `a`, in [0, 1]: share of NASA's asymmetric penalty in the pointwise penalty.
    pub asymmetric: f32,
    /// `m`, 0 or more: what a predicted RUL that rises along an engine's life costs.
    pub monotonicity: f32,
}

impl Emphasis {
    /// The run's loss as it is.
    pub const NONE: Self = Self { end_of_life: 0.0, asymmetric: 0.0, monotonicity: 0.0 };

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}
