//! Packs NASA's files for the site.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lambdascope::data::{DatasetFile, FileRole, Subset, pack, read_folder};
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

/// Packs every subset whose three files are there; names those that lack some.
fn pack_folder(folder: &Path, site_data: &Path) -> Result<Vec<serde_json::Value>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} should be readable", folder.display()))?;
    let present: BTreeSet<DatasetFile> =
        entries.flatten().filter_map(|entry| DatasetFile::from_name(entry.file_name().to_str()?)).collect();
    let mut catalog = Vec::new();
    for subset in Subset::ALL {
        let files = FileRole::ALL.map(|role| DatasetFile { role, subset });
        let missing: Vec<String> =
            files.iter().filter(|file| !present.contains(file)).map(ToString::to_string).collect();
        if missing.is_empty() {
            catalog.push(pack_subset(folder, site_data, subset)?);
        } else if missing.len() < files.len() {
            println!("xtask: {subset} is left out: {} not in {}", missing.join(", "), folder.display());
        }
    }
    Ok(catalog)
}

/// Packs one subset and returns its entry in the catalog.
fn pack_subset(folder: &Path, site_data: &Path, subset: Subset) -> Result<serde_json::Value> {
    let dataset = read_folder(folder, subset).with_context(|| format!("{subset} should be readable"))?;
    let bytes = pack(&dataset).with_context(|| format!("{subset} should pack"))?;
    let file = format!("{}.pack", subset.name().to_lowercase());
    let path = site_data.join(&file);
    fs::write(&path, &bytes).with_context(|| format!("{} should be writable", path.display()))?;
    println!(
        "xtask: packed {subset} from {}: {} training and {} test engines, {} kB",
        folder.display(),
        dataset.train.len(),
        dataset.test.len(),
        bytes.len().div_ceil(1000)
    );
    Ok(json!({ "subset": subset.name(), "origin": "nasa", "file": file }))
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
