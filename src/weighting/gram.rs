//! Two gradients in three numbers, in double precision: a gradient of 1e15 has an inner product of 1e30, and the closed
//! forms multiply two of those.

use super::TaskSignals;

/// `[[a, b], [b, c]]`: the inner products of the RUL gradient and the health gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gram {
    /// `⟨g_rul, g_rul⟩`.
    pub a: f64,
    /// `⟨g_rul, g_health⟩`.
    pub b: f64,
    /// `⟨g_health, g_health⟩`.
    pub c: f64,
}

impl Gram {
    /// The Gramian of these signals. Rounding may leave a product that no two vectors have; it is brought back to what
    /// the Cauchy–Schwarz inequality allows, so that every method may rely on it.
    pub fn of(signals: &TaskSignals) -> Self {
        let [[a, b], [_, c]] = signals.gramian.map(|row| row.map(f64::from));
        let (a, c) = (a.max(0.0), c.max(0.0));
        let most = (a * c).sqrt();
        Self { a, b: b.clamp(-most, most), c }
    }

    /// The two norms.
    pub fn norms(&self) -> [f64; 2] {
        [self.a.sqrt(), self.c.sqrt()]
    }

    /// The cosine between the gradients; 0 where one of them vanishes.
    pub fn cosine(&self) -> f64 {
        let [rul, health] = self.norms();
        let product = rul * health;
        if product > 0.0 { (self.b / product).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// `‖x g_rul + y g_health‖²`.
    pub fn square(&self, [x, y]: [f64; 2]) -> f64 {
        (self.a * x * x + 2.0 * self.b * x * y + self.c * y * y).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gram(gramian: [[f32; 2]; 2]) -> Gram {
        Gram::of(&TaskSignals { gramian, ..TaskSignals::default() })
    }

    #[test]
    fn norms_cosine_and_square_follow_from_three_numbers() {
        // g_rul = (3, 0), g_health = (−1, 1)
        let gram = gram([[9.0, -3.0], [-3.0, 2.0]]);
        assert!((gram.norms()[0] - 3.0).abs() < 1e-12);
        assert!((gram.cosine() + 0.5_f64.sqrt()).abs() < 1e-12);
        // 1·(3, 0) + 2·(−1, 1) = (1, 2)
        assert!((gram.square([1.0, 2.0]) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn an_impossible_product_is_brought_back() {
        assert!((gram([[1.0, 1.001], [1.001, 1.0]]).cosine() - 1.0).abs() < 1e-12);
        assert!(gram([[0.0, 1.0], [1.0, 4.0]]).b.abs() < 1e-12);
    }
}
