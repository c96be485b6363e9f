//! Weights learned on held-out engines, by looking one step ahead.

mod auto_lambda;
mod meta_network;
mod perceptron;

pub use auto_lambda::{AutoLambda, PrimaryTask};
pub use meta_network::MetaNetwork;

use super::ValidationSignals;

/// How the validation loss after this step changes with each weight.
///
/// ```text
/// θ' = θ − η Σ_j λ_j ∇ℓ_j^train(θ)
/// ∂/∂λ_j Σ_{i primary} ℓ_i^val(θ') = −η Σ_{i primary} ⟨∇ℓ_i^val, ∇ℓ_j^train⟩
/// ```
fn look_ahead(signals: &ValidationSignals, primary: PrimaryTask) -> [f64; 2] {
    let [rul, health] = match primary {
        PrimaryTask::Both => [1.0, 1.0],
        PrimaryTask::Rul => [1.0, 0.0],
        PrimaryTask::Health => [0.0, 1.0],
    };
    let rate = f64::from(signals.learning_rate);
    let products = signals.products.map(|row| row.map(f64::from));
    [0, 1].map(|train| -rate * (rul * products[0][train] + health * products[1][train]))
}
