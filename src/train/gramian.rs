//! Two tasks' gradients in three numbers.

/// The inner products of the two tasks' gradients of one member.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gramian {
    /// `⟨g_rul, g_rul⟩`.
    pub rul: f32,
    /// `⟨g_rul, g_health⟩`.
    pub cross: f32,
    /// `⟨g_health, g_health⟩`.
    pub health: f32,
}

impl Gramian {
    /// The two norms.
    #[must_use]
    pub fn norms(&self) -> [f32; 2] {
        [self.rul.max(0.0).sqrt(), self.health.max(0.0).sqrt()]
    }

    /// The cosine between the gradients, in [−1, 1]; 0 where one of them vanishes.
    #[must_use]
    pub fn cosine(&self) -> f32 {
        let [rul, health] = self.norms();
        let product = rul * health;
        if product > 0.0 && product.is_finite() { (self.cross / product).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// The matrix of `c_i · g_i`: what the Gramian becomes when each gradient is scaled.
    #[must_use]
    pub fn scaled(&self, [rul, health]: [f32; 2]) -> [[f32; 2]; 2] {
        let cross = self.cross * rul * health;
        [[self.rul * rul * rul, cross], [cross, self.health * health * health]]
    }

    /// The norm of `c_rul · g_rul + c_health · g_health`.
    #[must_use]
    pub fn norm_of_sum(&self, coefficients: [f32; 2]) -> f32 {
        let [[a, b], [_, c]] = self.scaled(coefficients);
        let square = a + 2.0 * b + c;
        // Rounding may leave less than zero. What is no number stays none: `max` would make it zero.
        if square < 0.0 { 0.0 } else { square.sqrt() }
    }
}

/// One member's losses and the inner products of its two gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskFigures {
    /// The losses.
    pub losses: [f32; 2],
    /// Over the encoder's parameters.
    pub shared: Gramian,
    /// Over the heads' parameters.
    pub heads: Gramian,
}

impl TaskFigures {
    /// The norm of `c_rul · g_rul + c_health · g_health` over all parameters. A gradient that is not finite shows even
    /// behind a coefficient of zero.
    #[must_use]
    pub fn norm_of_sum(&self, coefficients: [f32; 2]) -> f32 {
        let all = self.shared + self.heads;
        all.norm_of_sum(coefficients) + 0.0 * (all.rul + all.health)
    }
}

impl std::ops::Add for Gramian {
    type Output = Self;

    /// The inner products over the parameters of both.
    fn add(self, other: Self) -> Self {
        Self { rul: self.rul + other.rul, cross: self.cross + other.cross, health: self.health + other.health }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_cosine_and_sum_follow_from_three_numbers() {
        // g_rul = (3, 0), g_health = (−1, 1)
        let gramian = Gramian { rul: 9.0, cross: -3.0, health: 2.0 };
        assert!((gramian.norms()[0] - 3.0).abs() < 1e-6);
        assert!((gramian.cosine() + 0.5_f32.sqrt()).abs() < 1e-6);
        // 1·(3, 0) + 2·(−1, 1) = (1, 2)
        assert!((gramian.norm_of_sum([1.0, 2.0]) - 5.0_f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn the_norm_of_what_overflows_is_not_zero() {
        let opposite = Gramian { rul: 1.0, cross: -1.0, health: 1.0 };
        assert!(opposite.norm_of_sum([5e37, 5e37]).is_nan());
        assert_eq!(opposite.norm_of_sum([1.0, 1.0]), 0.0);
        let infinite = TaskFigures { heads: Gramian { health: f32::INFINITY, ..opposite }, ..TaskFigures::default() };
        assert!(infinite.norm_of_sum([1.0, 0.0]).is_nan());
    }

    #[test]
    fn a_vanishing_gradient_has_no_direction() {
        assert_eq!(Gramian { rul: 0.0, cross: 0.0, health: 2.0 }.cosine().to_bits(), 0.0_f32.to_bits());
    }
}
