//! Where a command's data come from.

use std::path::PathBuf;

use clap::Args;
use lambdascope::data::{Catalog, DataConfig, Origin, Subset, read_path};

use crate::Failure;

/// NASA's files, or the emulator.
#[derive(Args)]
pub struct Source {
    /// Folder with NASA's text files, or a pack made by `data pack`.
    #[arg(long, value_name = "PATH", env = "CMAPSS_DIR")]
    data: Option<PathBuf>,
    /// Train on the emulator even where NASA's files are given.
    #[arg(long)]
    emulated: bool,
}

impl Source {
    /// The files, where they are given and wanted.
    pub fn path(&self) -> Option<&PathBuf> {
        self.data.as_ref().filter(|_| !self.emulated)
    }

    /// The origin of the data that runs are to name: that of the files where they are given.
    pub fn origin(&self) -> Origin {
        if self.path().is_some() { Origin::Nasa } else { Origin::Emulated }
    }

    /// The files of a subset.
    pub fn read(&self, catalog: &mut Catalog, subset: Subset) -> Result<(), Failure> {
        if let Some(path) = self.path() {
            catalog.insert(read_path(path, subset)?);
        }
        Ok(())
    }

    /// The data that a run names, which from now on says where it comes from.
    pub fn catalog(&self, data: &mut DataConfig) -> Result<Catalog, Failure> {
        let mut catalog = Catalog::default();
        if self.emulated {
            data.origin = Some(Origin::Emulated);
        }
        if self.path().is_none() || data.origin == Some(Origin::Emulated) {
            eprintln!("Training on the emulated {}: no data of NASA's was given.", data.subset);
        } else {
            self.read(&mut catalog, data.subset)?;
        }
        Ok(catalog)
    }
}
