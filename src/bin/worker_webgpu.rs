//! The worker that trains on WebGPU.

fn main() {
    #[cfg(all(target_arch = "wasm32", feature = "webgpu"))]
    lambdascope::web::worker::start(lambdascope::session::BackendKind::WebGpu);
}
