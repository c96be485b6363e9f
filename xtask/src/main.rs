//! Lambdascope's chores. `cargo xtask --help` lists them.

mod tools;
mod workspace;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tools::Toolbox;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let workspace = Workspace::find()?;
    match env::args().nth(1).as_deref() {
        Some("tools") => {
            let toolbox = Toolbox::for_site(&workspace)?;
            tools::node_tools(&workspace)?;
            println!("xtask: every tool is there");
            println!("export PATH=\"{}\"", workspace::path_with(&toolbox.bins)?.to_string_lossy());
            Ok(())
        }
        other => bail!("unknown command {other:?}"),
    }
}
