//! The page: it draws and listens, and links nothing that trains.

fn main() {
    #[cfg(all(target_arch = "wasm32", feature = "page"))]
    lambdascope::web::page::start();
}
