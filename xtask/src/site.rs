//! Builds the static site with Trunk.

use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::Toolbox;
use crate::workspace::{Workspace, path_with, run};

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
    let toolbox = Toolbox::for_site(workspace)?;
    let mut trunk = Command::new(toolbox.program("trunk")?);
    trunk
        .args(["build", "--release", "--locked", "--skip-version-check", "--dist"])
        .arg(workspace.dist())
        .current_dir(&workspace.root)
        .env("PATH", path_with(&toolbox.bins)?)
        // All parts of the site go through one target directory, the one the tests use: what they share is compiled once.
        .env("CARGO_TARGET_DIR", &workspace.target)
        // REASON: Trunk 0.21 takes the variable for a flag that must be `true` or `false` and stops at `1`.
        .env_remove("NO_COLOR");
    Ok(trunk)
}
