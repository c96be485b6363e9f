//! Where a command's data come from.

use std::path::PathBuf;

use clap::Args;
use lambdascope::data::{Catalog, DataConfig, Origin, Subset, read_path};

use crate::Failure;
use crate::settings::Settings;

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
        let Some(path) = self.path() else { return Origin::Emulated };
        // What cannot be read is refused where it is needed.
        let read = |subset: &Subset| read_path(path, *subset).ok();
        Subset::ALL.iter().find_map(read).map_or(Origin::Nasa, |dataset| dataset.origin)
    }

    /// The files of a subset; what was assumed when they were read is said.
    pub fn read(&self, catalog: &mut Catalog, subset: Subset) -> Result<(), Failure> {
        if let Some(path) = self.path() {
            let dataset = read_path(path, subset)?;
            dataset.notes.iter().for_each(|sentence| eprintln!("{sentence}"));
            catalog.insert(dataset);
        }
        Ok(())
    }

    /// The data that a run names, which from now on says where it comes from. Labels of an imported fleet hold unless
    /// others are among the settings that were given.
    pub fn catalog(&self, data: &mut DataConfig, settings: &Settings) -> Result<Catalog, Failure> {
        let mut catalog = Catalog::default();
        if self.emulated {
            data.origin = Some(Origin::Emulated);
        }
        if self.path().is_none() || data.origin == Some(Origin::Emulated) {
            self.tell_emulated(&format!("the emulated {}", data.subset));
        } else {
            self.read(&mut catalog, data.subset)?;
            let labels = catalog.dataset(data)?.labels;
            if let Some(labels) = labels.filter(|_| settings.get("cap").is_none() && settings.get("health").is_none()) {
                data.labels = labels;
            }
        }
        Ok(catalog)
    }

    /// Say that the emulator's engines are trained on, and why: nothing was given, or what was given is set aside.
    pub fn tell_emulated(&self, what: &str) {
        match &self.data {
            Some(path) if self.emulated => {
                eprintln!("Training on {what}, as `--emulated` asks; {} is not read.", path.display());
            }
            Some(path) => eprintln!("Training on {what}, as the data set's name asks; {} is not read.", path.display()),
            None => eprintln!("Training on {what}: no data of NASA's was given."),
        }
    }
}
