//! The closed forms of gradient surgery, held against a library's figures.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::weighting::{TaskSignals, WeightingConfig};

/// Reference figures: pairs of gradients, and what each method makes of them; the form of
/// `tests/oracles/two_task_aggregation.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct AggregationFile {
    /// One entry for each pair of gradients.
    pub cases: Vec<AggregationCase>,
}

/// A pair of gradients.
#[derive(Clone, Debug, Deserialize)]
pub struct AggregationCase {
    /// The gradients of RUL and of health.
    pub jacobian: [Vec<f64>; 2],
    /// The combined gradient, by method.
    pub aggregated: BTreeMap<String, Vec<f64>>,
}

/// How far a method is from the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodDifference {
    /// The method, as the file names it.
    pub method: String,
    /// Cases compared.
    pub compared: usize,
    /// Cases whose reference is no solution of the problem that defines the method: see [`AggregationFile::differences`].
    pub unsolved: usize,
    /// Largest difference over the cases compared, relative to the largest component of each reference.
    pub largest: f64,
}

/// Largest relative difference that passes. The references of CAGrad, Nash-MTL, UPGrad and DualProj come from iterative
/// solvers, which end within about 1e-7 of the solution.
pub const AGGREGATION_TOLERANCE: f64 = 1e-4;

/// How far a reference may be from the equation that defines it before it counts as unsolved.
const SOLVED: f64 = 1e-2;

/// A file that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AggregationError {
    /// A method that no strategy is known for.
    #[error("methods should be `mean` or strategies such as pcgrad or cagrad_c0.5, found `{0}`")]
    Method(String),
    /// Vectors of different lengths.
    #[error("case {case} should have gradients of one length, found {found:?}")]
    Length {
        /// Index of the case.
        case: usize,
        /// The lengths of both gradients and of the combined one.
        found: [usize; 3],
    },
}

impl AggregationFile {
    /// The largest difference of each method, in the order of their names.
    ///
    /// A reference may itself be wrong: the solver behind Nash-MTL is iterative, and where it fails, the library returns
    /// its starting point, the plain sum. So each of its figures is put into the equation that it should solve (equal
    /// projections on both gradients' directions); those that do not solve it are counted and not compared.
    ///
    /// # Errors
    ///
    /// An unknown method, and vectors that do not fit together.
    pub fn differences(&self) -> Result<Vec<MethodDifference>, AggregationError> {
        let mut by_method: BTreeMap<&str, MethodDifference> = BTreeMap::new();
        for (index, case) in self.cases.iter().enumerate() {
            for (method, reference) in &case.aggregated {
                let found = [case.jacobian[0].len(), case.jacobian[1].len(), reference.len()];
                if found != [found[0]; 3] {
                    return Err(AggregationError::Length { case: index, found });
                }
                let strategy = strategy(method).ok_or_else(|| AggregationError::Method(method.clone()))?;
                let entry = by_method.entry(method).or_insert_with(|| MethodDifference {
                    method: method.clone(),
                    compared: 0,
                    unsolved: 0,
                    largest: 0.0,
                });
                if matches!(strategy, WeightingConfig::NashMtl(_)) && !case.is_bargain(reference) {
                    entry.unsolved += 1;
                    continue;
                }
                entry.compared += 1;
                entry.largest = entry.largest.max(case.difference(&strategy, reference));
            }
        }
        Ok(by_method.into_values().collect())
    }
}

impl MethodDifference {
    /// Whether something was compared and every difference is within [`AGGREGATION_TOLERANCE`].
    #[must_use]
    pub fn passes(&self) -> bool {
        self.compared > 0 && self.largest <= AGGREGATION_TOLERANCE
    }
}

impl AggregationCase {
    fn difference(&self, strategy: &WeightingConfig, reference: &[f64]) -> f64 {
        let [rul, health] = &self.jacobian;
        let gramian = [[dot(rul, rul), dot(rul, health)], [dot(health, rul), dot(health, health)]];
        let signals =
            TaskSignals { gramian: gramian.map(|row| row.map(|value| value as f32)), ..TaskSignals::default() };
        // A configuration with defaults always builds; if not, nothing agrees with the reference.
        let Ok(mut strategy) = strategy.build() else { return f64::INFINITY };
        let [x, y] = strategy.weights(&signals).map(f64::from);
        let scale = reference.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
        let combined = rul.iter().zip(health).map(|(rul, health)| x * rul + y * health);
        let largest = combined.zip(reference).map(|(found, expected)| (found - expected).abs()).fold(0.0, f64::max);
        // A comparison with NaN must not pass for small.
        if x.is_nan() || y.is_nan() { f64::INFINITY } else { largest / scale }
    }

    /// Whether the projections on both gradients' directions are equal, as `α_i ‖g_i‖ = 1 / ⟨g, g_i / ‖g_i‖⟩` and
    /// `α_rul ‖g_rul‖ = α_health ‖g_health‖` ask for.
    fn is_bargain(&self, combined: &[f64]) -> bool {
        let projection = |gradient: &[f64]| dot(combined, gradient) / dot(gradient, gradient).sqrt();
        let [rul, health] = [projection(&self.jacobian[0]), projection(&self.jacobian[1])];
        (rul - health).abs() <= SOLVED * rul.abs().max(health.abs())
    }
}

/// The strategy that a method's name means; numbers at its end are its parameter.
fn strategy(method: &str) -> Option<WeightingConfig> {
    if method == "mean" {
        return Some(WeightingConfig::Fixed { lambda_rul: 0.5 });
    }
    let (name, radius) = method.split_once("_c").map_or((method, None), |(name, number)| match number.parse::<f32>() {
        Ok(_) => (name, Some(number)),
        Err(_) => (method, None),
    });
    let mut strategy = WeightingConfig::from_name(&name.replace('_', "-"))?;
    if let Some(radius) = radius {
        strategy.set("c", radius).ok()?;
    }
    Some(strategy)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(method: &str, aggregated: [f64; 2]) -> AggregationFile {
        let aggregated = BTreeMap::from([(method.to_owned(), aggregated.to_vec())]);
        AggregationFile { cases: vec![AggregationCase { jacobian: [vec![2.0, 0.0], vec![0.0, 1.0]], aggregated }] }
    }

    #[test]
    fn differences_are_relative_to_the_reference() {
        let found = file("mean", [1.0, 0.6]).differences().unwrap().remove(0);
        assert!((found.largest - 0.1).abs() < 1e-6 && found.compared == 1 && !found.passes(), "{found:?}");
        assert!(file("pcgrad", [2.0, 1.0]).differences().unwrap()[0].passes());
        assert!(file("cagrad_c0", [1.0, 0.5]).differences().unwrap()[0].passes());
    }

    #[test]
    fn a_reference_that_is_no_bargain_is_counted_and_not_compared() {
        let found = file("nash_mtl", [2.0, 1.0]).differences().unwrap().remove(0);
        assert_eq!((found.compared, found.unsolved, found.passes()), (0, 1, false));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        assert_eq!(file("magic", [1.0, 1.0]).differences(), Err(AggregationError::Method("magic".to_owned())));
        let mut file = file("mean", [1.0, 1.0]);
        file.cases[0].jacobian[1].pop();
        assert_eq!(file.differences(), Err(AggregationError::Length { case: 0, found: [2, 1, 2] }));
    }
}
