//! What `cargo xtask bench` times in a browser; its functions are exported to JavaScript by `web::bench`.

fn main() {
    // Linked for what the library exports, and nothing to start.
    #[cfg(target_arch = "wasm32")]
    lambdascope::web::bench::link();
}
