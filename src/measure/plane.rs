//! The two tasks' gradients in the plane that they span: three numbers, drawn true to length and angle.

use crate::weighting::{TaskSignals, TaskWeights, WeightingConfig};

/// Two gradients in the plane that they span, which three numbers describe: their Gramian.
///
/// ```text
/// G = [[a, b], [b, c]],   a = ‖g_rul‖²,  b = ⟨g_rul, g_health⟩,  c = ‖g_health‖²
/// cos θ = b / √(a c)
/// ```
///
/// The plane is laid so that the bisector of the two points upwards and the gradient of RUL lies to the right of it, as
/// the larger λ does on the slider. Which way the plane is turned is free: lengths and angles do not depend on it.
///
/// ```
/// use lambdascope::measure::GradientPlane;
///
/// // A gradient of length 3, and one of length 4 at a right angle to it.
/// let plane = GradientPlane::new([3.0, 4.0], 0.0).ok_or("both are numbers")?;
/// let [x, y] = plane.combined([1.0, 1.0]);
/// assert!((x.hypot(y) - 5.0).abs() < 1e-12);
/// assert!((plane.degrees() - 90.0).abs() < 1e-9);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientPlane {
    norms: [f64; 2],
    cosine: f64,
}

/// Where a strategy would go at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Destination {
    /// What the strategy is called.
    pub title: &'static str,
    /// What it multiplies the gradients of RUL and of health by.
    pub weights: TaskWeights,
}

impl GradientPlane {
    /// The plane of gradients of these norms with this cosine between them; `None` for what is no number. A gradient that
    /// vanishes has no direction: the cosine is taken to be 0 then.
    #[must_use]
    pub fn new(norms: [f64; 2], cosine: f64) -> Option<Self> {
        let is_number = norms.iter().all(|norm| norm.is_finite() && *norm >= 0.0) && cosine.is_finite();
        let cosine = if norms[0] * norms[1] > 0.0 { cosine.clamp(-1.0, 1.0) } else { 0.0 };
        is_number.then_some(Self { norms, cosine })
    }

    /// The plane of the mean Gramian of several steps. Steps whose gradients are not known are left out; `None` where none
    /// is left.
    #[must_use]
    pub fn mean(steps: impl IntoIterator<Item = ([f64; 2], f64)>) -> Option<Self> {
        let planes = steps.into_iter().filter_map(|(norms, cosine)| Self::new(norms, cosine));
        let (sum, count) = planes.fold(([0.0; 3], 0.0), |([a, b, c], count), plane| {
            let [[rul, cross], [_, health]] = plane.gramian();
            ([a + rul, b + cross, c + health], count + 1.0)
        });
        let [a, b, c] = sum.map(|entry| entry / f64::max(count, 1.0));
        let product = (a * c).sqrt();
        (count > 0.0).then(|| Self::new([a.sqrt(), c.sqrt()], if product > 0.0 { b / product } else { 0.0 }))?
    }

    /// The lengths of both gradients.
    #[must_use]
    pub const fn norms(&self) -> [f64; 2] {
        self.norms
    }

    /// The angle between them, in degrees.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.cosine.acos().to_degrees()
    }

    /// Their cosine.
    #[must_use]
    pub const fn cosine(&self) -> f64 {
        self.cosine
    }

    /// Half of the angle between them, in radians: each gradient is so far from the upward direction, and a direction
    /// along which neither loss rises is at most the rest of a right angle away from it.
    #[must_use]
    pub fn half_angle(&self) -> f64 {
        self.cosine.acos() / 2.0
    }

    /// The inner products.
    #[must_use]
    pub fn gramian(&self) -> [[f64; 2]; 2] {
        let [rul, health] = self.norms;
        let cross = rul * health * self.cosine;
        [[rul * rul, cross], [cross, health * health]]
    }

    /// Where `x g_rul + y g_health` ends.
    #[must_use]
    pub fn combined(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sine, cosine) = self.half_angle().sin_cos();
        let [rul, health] = [x * self.norms[0], y * self.norms[1]];
        [(rul - health) * sine, (rul + health) * cosine]
    }

    /// How fast each loss falls for each unit of a step against `x g_rul + y g_health`, relative to a step of the same
    /// length against its own gradient: the cosines of the two angles. Below 0 the loss rises. 0 where a length is 0.
    #[must_use]
    pub fn descents(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [[a, b], [_, c]] = self.gramian();
        let length = (a * x * x + 2.0 * b * x * y + c * y * y).max(0.0).sqrt();
        let along = [a * x + b * y, b * x + c * y];
        [0, 1].map(|task| {
            let lengths = self.norms[task] * length;
            if lengths > 0.0 { (along[task] / lengths).clamp(-1.0, 1.0) } else { 0.0 }
        })
    }

    /// The weights that a strategy has at this very step, where they follow from the Gramian alone.
    #[must_use]
    pub fn weights_of(&self, strategy: &WeightingConfig) -> Option<TaskWeights> {
        let gramian = self.gramian().map(|row| row.map(|entry| entry as f32));
        strategy.weights_at(&TaskSignals { gramian, ..TaskSignals::default() })
    }

    /// Where every strategy would go at this very step whose weights follow from the Gramian alone, each with its default
    /// parameters.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        let of = |name: &&str| {
            let strategy = WeightingConfig::from_name(name)?;
            Some(Destination { title: strategy.card().title, weights: self.weights_of(&strategy)? })
        };
        WeightingConfig::NAMES.iter().filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: [f64; 2], expected: [f64; 2]) {
        assert!((0..2).all(|axis| (found[axis] - expected[axis]).abs() < 1e-9), "{found:?}, not {expected:?}");
    }

    #[test]
    fn gradients_at_a_right_angle_lie_half_of_it_to_either_side() {
        let plane = GradientPlane::new([1.0, 2.0], 0.0).unwrap();
        let half = 0.5_f64.sqrt();
        near(plane.combined([1.0, 0.0]), [half, half]);
        near(plane.combined([0.0, 1.0]), [-2.0 * half, 2.0 * half]);
        near(plane.combined([0.5, 0.25]), [0.0, half]);
    }

    #[test]
    fn gradients_of_one_direction_point_upwards_and_opposite_ones_to_the_sides() {
        let alike = GradientPlane::new([3.0, 1.0], 1.0).unwrap();
        near(alike.combined([1.0, 0.0]), [0.0, 3.0]);
        near(alike.combined([1.0, 1.0]), [0.0, 4.0]);
        let opposite = GradientPlane::new([3.0, 1.0], -1.0).unwrap();
        near(opposite.combined([1.0, 0.0]), [3.0, 0.0]);
        near(opposite.combined([1.0, 1.0]), [2.0, 0.0]);
        assert!((opposite.degrees() - 180.0).abs() < 1e-9);
    }

    #[test]
    fn descents_are_cosines_and_a_conflict_hurts_the_task_that_is_left_out() {
        // 120° apart.
        let plane = GradientPlane::new([1.0, 1000.0], -0.5).unwrap();
        near(plane.descents([1.0, 0.0]), [1.0, -0.5]);
        near(plane.descents([1.0, 0.001]), [0.5, 0.5]);
        near(plane.descents([0.0, 0.0]), [0.0, 0.0]);
    }

    #[test]
    fn a_gradient_that_vanishes_has_no_direction_and_what_is_no_number_no_plane() {
        let plane = GradientPlane::new([0.0, 2.0], 0.7).unwrap();
        assert_eq!((plane.cosine(), plane.combined([1.0, 0.0])), (0.0, [0.0, 0.0]));
        near(plane.descents([0.5, 0.5]), [0.0, 1.0]);
        for (norms, cosine) in [([f64::NAN, 1.0], 0.0), ([1.0, f64::INFINITY], 0.0), ([1.0, 1.0], f64::NAN)] {
            assert_eq!(GradientPlane::new(norms, cosine), None);
        }
    }

    #[test]
    fn the_mean_is_that_of_the_inner_products() {
        // Means: a = (1 + 9) / 2, b = (1 − 3) / 2, c = 1.
        let steps = [([1.0, 1.0], 1.0), ([3.0, 1.0], -1.0), ([f64::NAN, 1.0], 0.0)];
        let [[a, b], [_, c]] = GradientPlane::mean(steps).unwrap().gramian();
        assert!((a - 5.0).abs() < 1e-9 && (b + 1.0).abs() < 1e-9 && (c - 1.0).abs() < 1e-9);
        assert_eq!(GradientPlane::mean([([f64::NAN; 2], 0.0)]), None);
        assert_eq!(GradientPlane::mean([]), None);
    }

    #[test]
    fn strategies_that_the_gramian_decides_are_known_at_a_step() {
        let titles: Vec<&str> =
            GradientPlane::new([1.0, 2.0], -0.5).unwrap().destinations().iter().map(|to| to.title).collect();
        println!("{titles:?}");
        for title in [
            "PCGrad",
            "MGDA",
            "CAGrad",
            "IMTL-G",
            "Nash-MTL",
            "UPGrad",
            "DualProj",
            "ConFIG",
            "Aligned-MTL",
            "Equal gradients",
        ] {
            assert!(titles.contains(&title), "{title}: {titles:?}");
        }
        assert!(!titles.iter().any(|title| ["GradNorm", "GradVac", "FAMO", "DWA"].contains(title)), "{titles:?}");
    }
}
