//! Builds the static site with Trunk, and serves it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::Toolbox;
use crate::workspace::{self, Workspace, path_with, run};

/// Builds the site into `dist/`.
///
/// # Errors
/// When a tool cannot be had or the build fails.
pub fn build(workspace: &Workspace) -> Result<()> {
    run(&mut command(workspace)?).context("the site should build")?;
    println!("xtask: the site is in {}", workspace.dist().display());
    Ok(())
}

/// The command that builds the site, with every tool on its `PATH`.
///
/// # Errors
/// When a tool cannot be had.
pub fn command(workspace: &Workspace) -> Result<Command> {
    trunk(workspace, "build")
}

/// Builds the site and serves it until the process ends, and again after each edit; `Trunk.toml` says what is watched.
///
/// # Errors
/// When a tool cannot be had, or Trunk ends by itself.
pub fn serve(workspace: &Workspace, port: u16) -> Result<()> {
    let mut serve = trunk(workspace, "serve")?;
    serve.args(["--address", "127.0.0.1", "--disable-address-lookup", "true", "--port", &port.to_string()]);
    run(&mut serve).context("the site should be served")
}

/// Sees that nothing listens on the port.
///
/// # Errors
/// When something does.
pub fn check_port(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop).with_context(|| {
        format!("port {port} on 127.0.0.1 should be free; `cargo xtask serve --port PORT` takes another")
    })
}

/// Trunk, set to do this to the optimized site.
fn trunk(workspace: &Workspace, what: &str) -> Result<Command> {
    let toolbox = Toolbox::for_site(workspace)?;
    let mut trunk = workspace::command(toolbox.program("trunk")?);
    trunk
        .args([what, "--release", "--locked", "--skip-version-check", "--dist"])
        .arg(workspace.dist())
        .current_dir(&workspace.root)
        .env("PATH", path_with(&toolbox.bins)?)
        // All parts of the site go through one target directory, the one the tests use: what they share is compiled once.
        .env("CARGO_TARGET_DIR", &workspace.target)
        // REASON: Trunk 0.21 takes the variable for a flag that must be `true` or `false` and stops at `1`.
        .env_remove("NO_COLOR");
    Ok(trunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_named() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(format!("{:#}", check_port(port).unwrap_err()).contains(&format!("port {port} on 127.0.0.1")));
        drop(taken);
        check_port(port).unwrap();
    }
}
