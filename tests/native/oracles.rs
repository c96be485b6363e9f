//! PyTorch's figures, reproduced.

#![cfg(feature = "cli")]

use std::{fs, path::PathBuf};

use lambdascope::experiment::{OracleCase, OracleError, verify};
use lambdascope::train::Device;

fn case(name: &str) -> OracleCase {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(name);
    OracleCase::from_json(&fs::read_to_string(path).unwrap()).unwrap()
}

fn assert_reproduced(name: &str) {
    let report = pollster::block_on(verify(&case(name), &Device::Cpu)).unwrap();
    assert!(report.checks.len() > 15, "{} comparisons were made", report.checks.len());
    assert!(report.passes(), "{:#?}", report.checks);
}

#[test]
fn cnn_predictions_gradients_and_adam_runs() {
    assert_reproduced("gradients_cnn.json");
}

#[test]
fn gru_predictions_gradients_and_adam_runs() {
    assert_reproduced("gradients_gru.json");
}

#[test]
fn tcn_predictions_gradients_and_adam_runs() {
    assert_reproduced("gradients_tcn.json");
}

#[test]
fn lstm_predictions_gradients_and_adam_runs() {
    assert_reproduced("gradients_lstm.json");
}

#[test]
fn transformer_predictions_gradients_and_adam_runs() {
    assert_reproduced("gradients_transformer.json");
}

#[test]
fn a_wrong_gradient_is_noticed() {
    let mut case = case("gradients_gru.json");
    case.loss_rul *= 1.001;
    let report = pollster::block_on(verify(&case, &Device::Cpu)).unwrap();
    assert!(!report.passes());
    assert_eq!(report.worst().unwrap().name, "loss_rul");
}

#[test]
fn an_unknown_encoder_is_refused_by_name() {
    let mut case = case("gradients_gru.json");
    case.encoder = "perceptron".into();
    let error = pollster::block_on(verify(&case, &Device::Cpu)).unwrap_err();
    assert!(matches!(error, OracleError::Encoder { .. }));
    assert!(error.to_string().ends_with("found perceptron"), "{error}");
}
