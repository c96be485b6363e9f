//! One row for each strategy: its weights at the end of one short training.

use super::*;

/// The weights at the ninth step of [`training`], with default parameters.
///
/// They were computed apart from this code, from the papers' formulas: programs by search or Newton's method, inverses
/// and eigenvectors by a library. Two rows are what was found: random draws and a random first network are nowhere else.
const VALUES: [(&str, [f32; 2]); WeightingConfig::NAMES.len()] = [
    ("fixed", [0.5, 0.5]),
    ("schedule", [0.4333333, 0.5666667]),
    ("trigger", [0.5666667, 0.4333333]),
    ("gradient-magnitude", [0.3147991, 0.6852009]),
    ("equal-norms", [0.3147991, 0.6852009]),
    ("gradnorm", [0.8037552, 1.1962448]),
    ("uncertainty", [0.5324963, 0.9253896]),
    ("uncertainty-bayes", [0.4153039, 0.5846961]),
    ("targets", [0.4205313, 0.5794687]),
    ("dwa", [0.9138702, 1.0861298]),
    ("cost-sensitive", [0.5755495, 0.4244505]),
    ("auto-lambda", [0.527, 0.5004504]),
    ("meta-network", [0.5074274, 0.4925726]),
    ("rules", [0.5, 0.5]),
    ("end-of-life", [0.5, 0.5]),
    ("asymmetric", [0.5, 0.5]),
    ("monotonicity", [0.5, 0.5]),
    ("evolution", [0.5, 0.5]),
    ("pcgrad", [1.5420467, 1.9039811]),
    ("gradvac", [1.5406406, 1.9016361]),
    ("mgda", [0.425406, 0.574594]),
    ("cagrad", [0.5911032, 0.7984007]),
    ("imtl-g", [0.4364141, 0.5635859]),
    ("aligned-mtl", [0.4388869, 0.5425774]),
    ("nash-mtl", [0.9996847, 1.2909944]),
    ("upgrad", [0.77098, 0.95187]),
    ("dualproj", [0.5, 0.5]),
    ("config", [0.8871762, 1.1457008]),
    ("rlw", [0.4634255, 0.53657454]),
    ("gls", [1.2177275, 0.2053005]),
    ("imtl-l", [1.0649925, 0.9319467]),
    ("famo", [0.7991682, 0.2008318]),
    ("stch", [0.9581924, 1.8482417]),
];

/// Nine steps in three epochs. RUL learns fast and health slowly; the gradients agree at first and conflict later.
fn training() -> Vec<Told> {
    let losses = |step: i32| [2.0 * 0.8_f32.powi(step), 0.95_f32.powi(step)];
    let mut told = Vec::new();
    for step in 0..9 {
        let [rul, health] = losses(step);
        let norm = 3.0 * 0.9_f32.powi(step);
        let time = step as f32;
        let product = norm * (0.5 - 0.15 * time);
        told.push(Told::Step(TaskSignals {
            step: step.unsigned_abs(),
            progress: time / 9.0,
            epoch: time / 3.0,
            losses: [rul, health],
            normalized: [rul / 2.0, health * 1.5],
            gramian: [[norm * norm, product], [product, 1.0]],
            validation: Some(ValidationSignals {
                losses: [rul, health],
                products: [[0.5, -0.1], [0.2, 0.3 - 0.1 * time]],
                learning_rate: 0.01,
            }),
            epistemic: Some([0.4, 0.1 * (time + 1.0)]),
        }));
        if step % 3 == 2 {
            let mean = |task: usize| (0..3).map(|back| losses(step - back)[task]).sum::<f32>() / 3.0;
            let first = ValidationMetrics { rmse_cycles: 20.0, nasa_score: 900.0, accuracy: 0.7, macro_f1: 0.6 };
            let second = ValidationMetrics { rmse_cycles: 16.0, nasa_score: 500.0, accuracy: 0.8, macro_f1: 0.75 };
            let validation = Some(if step == 2 { first } else { second });
            told.push(Told::Epoch(EpochMetrics {
                epoch: step.unsigned_abs().div_ceil(3),
                losses: [mean(0), mean(1)],
                validation,
            }));
        }
    }
    told
}

#[test]
fn every_strategy_has_its_weights() {
    let mut wrong = Vec::new();
    for ((name, expected), known) in VALUES.into_iter().zip(WeightingConfig::NAMES) {
        assert_eq!(name, known, "rows are in the order of the registry");
        let mut strategy = WeightingConfig::from_name(name).unwrap().build().unwrap();
        let found = *course(&mut *strategy, &training()).last().unwrap();
        if found.iter().zip(expected).any(|(found, expected)| (found - expected).abs() > 2e-5 * expected.abs().max(1.0))
        {
            wrong.push(format!("{name}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
