//! Packs NASA's files for the site.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lambdascope::data::{Dataset, Found, Subset, find_subset, pack};
use serde_json::json;

use crate::workspace::Workspace;

/// Packs what is there into `target/site-data/`; `index.html` refers to that very folder.
///
/// # Errors
/// When `CMAPSS_DIR` names no folder, a file is malformed, or the folder cannot be written.
pub fn pack_site_data(workspace: &Workspace) -> Result<()> {
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

/// Packs every subset whose three files are there; says what the others lack.
fn pack_folder(folder: &Path, site_data: &Path) -> Result<Vec<serde_json::Value>> {
    let mut catalog = Vec::new();
    for subset in Subset::ALL {
        match find_subset(folder, subset) {
            Ok(Found::Whole(dataset)) => catalog.push(pack_subset(&dataset, folder, site_data)?),
            Ok(Found::Incomplete(lacks)) => println!("xtask: {subset} is left out: {lacks}"),
            Ok(Found::Nothing) => {}
            Err(error) => return Err(error).with_context(|| format!("{subset} should be readable")),
        }
    }
    Ok(catalog)
}

/// Packs one subset and returns its entry in the catalog.
fn pack_subset(dataset: &Dataset, folder: &Path, site_data: &Path) -> Result<serde_json::Value> {
    let subset = dataset.subset;
    let bytes = pack(dataset).with_context(|| format!("{subset} should pack"))?;
    let file = format!("{}.pack", subset.name().to_lowercase());
    let path = site_data.join(&file);
    fs::write(&path, &bytes).with_context(|| format!("{} should be writable", path.display()))?;
    println!(
        "xtask: packed {} from {}: {} training and {} test engines, {} kB",
        dataset.title(),
        folder.display(),
        dataset.train.len(),
        dataset.test.len(),
        bytes.len().div_ceil(1000)
    );
    dataset.notes.iter().for_each(|sentence| println!("  {sentence}"));
    Ok(json!({ "subset": subset.name(), "origin": dataset.origin.name(), "file": file }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_whole_subset_gives_an_empty_catalog() {
        let folder = env::temp_dir().join(format!("xtask-pack-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("RUL_FD002.txt"), "1\n").unwrap();
        assert_eq!(pack_folder(&folder, &folder).unwrap(), Vec::<serde_json::Value>::new());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_malformed_file_is_an_error_and_not_a_silent_fallback() {
        let folder = env::temp_dir().join(format!("xtask-pack-bad-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["train_FD001.txt", "test_FD001.txt", "RUL_FD001.txt"] {
            fs::write(folder.join(name), "not numbers\n").unwrap();
        }
        let message = format!("{:#}", pack_folder(&folder, &folder).unwrap_err());
        assert!(message.contains("FD001"), "{message}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
