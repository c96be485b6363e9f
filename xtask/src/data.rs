//! Gets NASA's files: `cargo xtask data`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lambdascope::data::{DatasetFile, FileRole, Fingerprint, NASAS, NamedFile, open_archive, parse_engines, parse_rul};

use crate::download::{Patience, discard, download};
use crate::workspace::Workspace;

/// NASA's Prognostics Center of Excellence, data set 6.
const ADDRESS: &str =
    "https://phm-datasets.s3.amazonaws.com/NASA/6.+Turbofan+Engine+Degradation+Simulation+Data+Set.zip";

/// What to do.
#[derive(Debug, clap::Args)]
pub struct Selection {
    /// Another address of the archive, or an archive that you have [`CMAPSS_URL`, else NASA's repository]
    #[arg(long, value_name = "ADDRESS|FILE")]
    from: Option<String>,
    /// Get it anew where the files are there already
    #[arg(long)]
    force: bool,
}

/// Downloads NASA's archive, checks it and unpacks it to `data/cmapss/`.
///
/// # Errors
/// When it cannot be had, is not what it should be, or the folder cannot be written.
pub fn run(workspace: &Workspace, selection: &Selection) -> Result<()> {
    let folder = folder(workspace);
    if !selection.force && is_complete(&folder) {
        println!("xtask: {} is complete; --force gets it anew", folder.display());
        return Ok(());
    }
    let from = selection.from.clone().unwrap_or_else(address);
    get(&from, &archive(workspace), &folder, &NASAS, Patience::PATIENT)
}

/// Tries once, quickly, for a command that goes on without: nothing is done where files are there or `CMAPSS_DIR` is
/// set.
pub fn try_quickly(workspace: &Workspace) {
    let folder = folder(workspace);
    if env::var_os("CMAPSS_DIR").is_some_and(|folder| !folder.is_empty()) || folder.is_dir() {
        return;
    }
    println!("xtask: asking NASA for its files, once");
    if let Err(error) = get(&address(), &archive(workspace), &folder, &NASAS, Patience::QUICK) {
        println!("xtask: going on with emulated engines ({}); `cargo xtask data` tries harder", error.root_cause());
    }
}

fn address() -> String {
    env::var("CMAPSS_URL").ok().filter(|url| !url.is_empty()).unwrap_or_else(|| ADDRESS.to_owned())
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("data").join("cmapss")
}

fn archive(workspace: &Workspace) -> PathBuf {
    workspace.target.join("downloads").join("cmapss.zip")
}

fn is_complete(folder: &Path) -> bool {
    NASAS.iter().all(|(file, _)| folder.join(file.to_string()).is_file())
}

/// Gets the archive from an address or a file, checks it, and unpacks it.
fn get(
    from: &str,
    archive: &Path,
    folder: &Path,
    expected: &[(DatasetFile, Fingerprint)],
    patience: Patience,
) -> Result<()> {
    let path = if from.contains("://") {
        println!("xtask: downloading {from}");
        download(from, archive, patience)?;
        archive
    } else {
        Path::new(from)
    };
    let bytes = fs::read(path).with_context(|| format!("{} should be readable", path.display()))?;
    let files = open_archive(&NamedFile { name: path.display().to_string(), bytes });
    let checked = files.map_err(anyhow::Error::from).and_then(|files| check(files, expected));
    if checked.is_err() && path == archive {
        // Another attempt should not find it again.
        discard(archive)?;
    }
    unpack(&checked.context("the archive is not NASA's")?, folder)
}

/// Every expected file, in order, after a look at its values.
fn check(mut files: Vec<NamedFile>, expected: &[(DatasetFile, Fingerprint)]) -> Result<Vec<NamedFile>> {
    let mut checked = Vec::new();
    for (expected, known) in expected {
        let named = |file: &NamedFile| DatasetFile::from_name(&file.name) == Some(*expected);
        let position = files.iter().position(named).with_context(|| format!("{expected} should be in it"))?;
        let mut file = files.swap_remove(position);
        let found = if expected.role == FileRole::Rul {
            Fingerprint::of_rul(&parse_rul(&file.name, &file.bytes)?)
        } else {
            Fingerprint::of_engines(&parse_engines(&file.name, &file.bytes)?)
        };
        ensure!(found.rows == known.rows, "{expected} should have {} rows, found {}", known.rows, found.rows);
        ensure!(
            found == *known,
            "{expected} should have values with CRC-32 {:08x}, found {:08x}",
            known.crc,
            found.crc
        );
        file.name = expected.to_string();
        checked.push(file);
    }
    Ok(checked)
}

fn unpack(files: &[NamedFile], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} should be writable", folder.display()))?;
    for file in files {
        let path = folder.join(&file.name);
        // Under another name until it is whole: a file that is there counts as complete.
        let part = folder.join(format!(".{}", file.name));
        let written = fs::write(&part, &file.bytes).and_then(|()| fs::rename(&part, &path));
        written.with_context(|| format!("{} should be writable", path.display()))?;
    }
    println!("xtask: {} files are in {}", files.len(), folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use lambdascope::data::Subset;

    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Two files of `rows` rows and one RUL.
    fn expected(rows: &str, count: usize) -> [(DatasetFile, Fingerprint); 2] {
        let file = |role| DatasetFile { subset: Subset::FD002, role };
        let engines = Fingerprint::of_engines(&parse_engines("test", rows.as_bytes()).unwrap());
        let test = Fingerprint { rows: count, ..engines };
        [(file(FileRole::Test), test), (file(FileRole::Rul), Fingerprint::of_rul(&[7.0]))]
    }

    #[test]
    fn an_archive_is_checked_and_unpacked() {
        let folder = env::temp_dir().join(format!("xtask-data-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let rows = format!("1 1{0}\r\n1 2{0}\r\n", " 1.5".repeat(24));
        let inner = zipped(&[("test_FD002.txt", rows.as_bytes()), ("RUL_FD002.txt", b"7\n"), ("readme.txt", b"")]);
        let archive = folder.join("archive.zip");
        fs::write(&archive, zipped(&[("6. Data Set/CMAPSSData.zip", &inner)])).unwrap();
        let unpacked = folder.join("cmapss");
        let get = |count| {
            get(
                &archive.display().to_string(),
                Path::new("nowhere"),
                &unpacked,
                &expected(&rows, count),
                Patience::QUICK,
            )
        };
        let message = format!("{:#}", get(3).unwrap_err());
        assert_eq!(message, "the archive is not NASA's: test_FD002.txt should have 3 rows, found 2");
        assert!(!unpacked.exists());
        get(2).unwrap();
        assert_eq!(fs::read_to_string(unpacked.join("test_FD002.txt")).unwrap(), rows);
        assert_eq!(fs::read_dir(&unpacked).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_missing_or_altered_is_named() {
        let file = |name: &str, text: &str| NamedFile { name: name.to_owned(), bytes: text.into() };
        let row = format!("1 1{}\n", " 1.5".repeat(24));
        let message =
            |files, expected: &[(DatasetFile, Fingerprint)]| format!("{:#}", check(files, expected).unwrap_err());
        assert_eq!(message(Vec::new(), &expected(&row, 1)), "test_FD002.txt should be in it");
        let altered = row.replacen("1.5", "1.6", 1);
        let message = message(vec![file("test_FD002.txt", &altered)], &expected(&row, 1));
        assert!(message.starts_with("test_FD002.txt should have values with CRC-32 "), "{message}");
    }

    #[test]
    fn nasas_files_here_have_the_known_values() {
        let Some(folder) = env::var_os("CMAPSS_DIR").map(PathBuf::from) else {
            println!("skipped: CMAPSS_DIR is not set, NASA's files are not at hand");
            return;
        };
        for expected in &NASAS {
            let name = expected.0.to_string();
            let bytes = fs::read(folder.join(&name)).unwrap();
            assert!(check(vec![NamedFile { name, bytes }], std::slice::from_ref(expected)).is_ok());
        }
    }
}
