//! The engine in a browser: `cargo xtask test headless`; CONTRIBUTING.md says how to run it with wasm-pack.
#![cfg(target_arch = "wasm32")]

use lambdascope::data::{Series, Split, Window};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

// Where the engine lives: a worker of its own.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn windows_are_gathered_time_major_and_padded_with_the_first_row() {
    let engine = Series { values: vec![1.0, 2.0, 3.0], rul_cycles: vec![2.0, 1.0, 0.0] };
    let windows = vec![Window { engine: 0, end: 2 }, Window { engine: 0, end: 0 }];
    let split = Split { features: 1, window: 2, engines: vec![engine], windows };
    let mut batch = vec![9.0];
    split.gather(&[0, 1], &mut batch);
    assert_eq!(batch, [2.0, 1.0, 3.0, 1.0]);
    assert_eq!(split.rul_cycles(0), 0.0);
}
