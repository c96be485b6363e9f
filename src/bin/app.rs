//! The page: it draws and listens, and links no burn.

fn main() {
    #[cfg(all(target_arch = "wasm32", feature = "page"))]
    lambdascope::web::page::start();
}
