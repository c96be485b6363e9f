//! Made-up runs.

use lambdascope::measure::Metrics;
use lambdascope::session::{Evaluation, History, MemberStep, StepRecord};

/// Names of so many members.
pub fn labels(members: usize) -> Vec<String> {
    (0..members).map(|member| format!("λ = 0.{member}")).collect()
}

fn record(step: u32, members: Vec<MemberStep>) -> StepRecord {
    StepRecord { step, epoch: step as f32 / 10.0, learning_rate: 1e-3, members }
}

/// A run of one member whose steps hold these values.
pub fn steps(values: &[f32], set: impl Fn(f32, &mut MemberStep)) -> History {
    let mut history = History::default();
    for (step, &value) in (1..).zip(values) {
        let mut member = MemberStep::default();
        set(value, &mut member);
        history.push_step(record(step, vec![member]));
    }
    history
}

/// A run as it may be: losses fall, the cosine wavers about zero, the error falls.
pub fn run(members: usize, count: u32) -> History {
    let mut history = History::default();
    for step in 1..=count {
        let (t, wave) = (step as f32 / count as f32, (step as f32 * 2.4).sin());
        let member = |index: usize| {
            let skew = 1.0 + index as f32 * 0.2;
            MemberStep {
                losses: [skew * (0.02 + 0.2 * (-5.0 * t).exp()) * (1.0 + 0.3 * wave), (0.3 + 0.7 * (1.0 - t)) / skew],
                normalizers: [0.1, 0.9],
                weights: [0.5, 0.5],
                gradient_norms: [0.03 * skew * (1.2 + wave), 0.6],
                cosine: 0.3 * (1.0 - 2.0 * t) + 0.2 * wave,
                clip_factor: 1.0,
            }
        };
        history.push_step(record(step, (0..members).map(member).collect()));
        if step % 4 == 1 {
            let rmse = |index: usize| 14.0 + index as f32 + 60.0 * (-20.0 * t).exp() + 0.3 * wave;
            let test = (0..members).map(|index| Metrics { rmse_cycles: rmse(index), ..Metrics::default() }).collect();
            history.push_evaluation(Evaluation { step, epoch: step as f32 / 10.0, test, ..Evaluation::default() });
        }
    }
    history
}

/// A run during which a person drags λ from 0.5 to 0.73 and then lets a strategy take it above 1.
pub fn lambda_dragged() -> History {
    let lambdas = [0.5, 0.5, 0.6, 0.7, 0.73, 0.73, 0.73, 1.1, 1.1, 0.9];
    steps(&lambdas, |lambda, member| member.weights = [lambda, 1.0 - lambda])
}
