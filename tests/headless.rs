//! The engine in a browser: `cargo xtask test headless`, or `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use lambdascope::data::Series;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

// Where the engine lives: a worker of its own.
wasm_bindgen_test_configure!(run_in_dedicated_worker);
