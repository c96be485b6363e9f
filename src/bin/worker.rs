//! The worker that trains on the CPU.

fn main() {
    #[cfg(all(target_arch = "wasm32", feature = "train"))]
    lambdascope::web::worker::start(lambdascope::session::BackendKind::Cpu);
}
