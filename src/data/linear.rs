//! The little linear algebra that measuring and drawing a population takes.

/// Eigenvalues, largest first, and their eigenvectors (the rows of the second array) of a symmetric matrix, by cyclic
/// Jacobi rotations.
pub(super) fn eigen<const N: usize>(mut matrix: [[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    const SWEEPS: usize = 60;
    let mut vectors = [[0.0; N]; N];
    for (index, vector) in vectors.iter_mut().enumerate() {
        vector[index] = 1.0;
    }
    for _ in 0..SWEEPS {
        for p in 0..N {
            for q in p + 1..N {
                if matrix[p][q] == 0.0 {
                    continue;
                }
                let half = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
                let tangent = half.signum() / (half.abs() + half.hypot(1.0));
                let cosine = tangent.hypot(1.0).recip();
                let sine = tangent * cosine;
                for row in &mut matrix {
                    (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
                }
                for k in 0..N {
                    let (a, b) = (matrix[p][k], matrix[q][k]);
                    (matrix[p][k], matrix[q][k]) = (cosine * a - sine * b, sine * a + cosine * b);
                    let (a, b) = (vectors[p][k], vectors[q][k]);
                    (vectors[p][k], vectors[q][k]) = (cosine * a - sine * b, sine * a + cosine * b);
                }
            }
        }
    }
    let mut order: [usize; N] = std::array::from_fn(|index| index);
    order.sort_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]));
    (order.map(|index| matrix[index][index]), order.map(|index| vectors[index]))
}

/// The lower triangle `L` with `L·Lᵀ` equal to the matrix, or `None` if that is not positive definite.
pub(super) fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let inner: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - inner;
            lower[row][column] = if row != column {
                rest / lower[column][column]
            } else if rest > 0.0 {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    Some(lower)
}

/// Sums of a least-squares problem: add observations, then solve for the `N` coefficients.
pub(super) struct LeastSquares<const N: usize> {
    gram: [[f64; N]; N],
    /// Inner products of the features with the target.
    targets: [f64; N],
}

impl<const N: usize> LeastSquares<N> {
    pub(super) const fn new() -> Self {
        Self { gram: [[0.0; N]; N], targets: [0.0; N] }
    }

    pub(super) fn add(&mut self, features: &[f64; N], target: f64) {
        for (row, feature) in features.iter().enumerate() {
            for (sum, other) in self.gram[row].iter_mut().zip(features) {
                *sum += feature * other;
            }
            self.targets[row] += feature * target;
        }
    }

    /// The coefficients, or `None` if the observations do not determine them.
    pub(super) fn solve(&self) -> Option<[f64; N]> {
        let lower = cholesky(&self.gram)?;
        let mut solution = self.targets;
        for row in 0..N {
            let inner: f64 = (0..row).map(|k| lower[row][k] * solution[k]).sum();
            solution[row] = (solution[row] - inner) / lower[row][row];
        }
        for row in (0..N).rev() {
            let inner: f64 = (row + 1..N).map(|k| lower[k][row] * solution[k]).sum();
            solution[row] = (solution[row] - inner) / lower[row][row];
        }
        Some(solution)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATRIX: [[f64; 3]; 3] = [[4.0, 1.0, -2.0], [1.0, 3.0, 0.5], [-2.0, 0.5, 5.0]];

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let (values, vectors) = eigen(MATRIX);
        assert!(values[0] >= values[1] && values[1] >= values[2]);
        for row in 0..3 {
            for column in 0..3 {
                let rebuilt: f64 = (0..3).map(|k| values[k] * vectors[k][row] * vectors[k][column]).sum();
                assert!((rebuilt - MATRIX[row][column]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_cholesky_factor_rebuilds_the_matrix() {
        let lower = cholesky(&MATRIX).unwrap();
        let rebuilt: f64 = (0..3).map(|k| lower[2][k] * lower[1][k]).sum();
        assert!((rebuilt - 0.5).abs() < 1e-12);
        assert_eq!(cholesky(&[[1.0, 2.0], [2.0, 1.0]]), None);
    }

    #[test]
    fn least_squares_finds_the_line() {
        let mut problem = LeastSquares::new();
        assert_eq!(problem.solve(), None);
        for x in 0..9 {
            problem.add(&[1.0, f64::from(x)], 3.0 - 0.5 * f64::from(x));
        }
        let [intercept, slope] = problem.solve().unwrap();
        assert!((intercept - 3.0).abs() < 1e-12 && (slope + 0.5).abs() < 1e-12);
    }
}
