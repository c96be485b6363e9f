//! Finds Chromium and its driver, and installs them where that is a matter of one command.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{run, which};

/// Names under which Chromium and its kin are installed.
const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// A browser and the driver that drives it.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chrome: PathBuf,
    /// `chromedriver` of the same major version.
    pub driver: PathBuf,
}

impl Browser {
    /// Finds both, or installs both.
    ///
    /// # Errors
    /// When one is missing and cannot be installed from here.
    pub fn find() -> Result<Self> {
        if let Some(browser) = Self::look_up()? {
            return Ok(browser);
        }
        if !(Path::new("/etc/debian_version").exists() && which("apt-get").is_some() && is_root()) {
            bail!(
                "Chromium (or Chrome) and chromedriver should be on PATH, or named by CHROME and CHROMEDRIVER; on Debian \
                 or Ubuntu: sudo apt-get install chromium chromium-driver; on macOS: brew install --cask chromium \
                 chromedriver"
            );
        }
        println!("xtask: installing chromium and chromium-driver with apt-get (once, about a minute) …");
        run(Command::new("apt-get").args(["update", "--quiet"]))?;
        run(Command::new("apt-get")
            .args(["install", "--quiet", "--yes", "--no-install-recommends", "chromium", "chromium-driver"])
            .env("DEBIAN_FRONTEND", "noninteractive"))
        .context("Debian's packages chromium and chromium-driver should install")?;
        Self::look_up()?.context("chromium and chromedriver should be on PATH after their installation")
    }

    /// Both, where both are there. A path given in the environment that leads nowhere is an error, not a miss.
    fn look_up() -> Result<Option<Self>> {
        let chrome = named("CHROME")?.or_else(|| BROWSERS.iter().find_map(which));
        let driver = named("CHROMEDRIVER")?.or_else(|| which("chromedriver"));
        Ok(chrome.zip(driver).map(|(chrome, driver)| Self { chrome, driver }))
    }
}

/// The program that an environment variable names, if it is set.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else { return Ok(None) };
    let found = which(&value)
        .with_context(|| format!("{variable} should name a program, found `{}`", value.to_string_lossy()))?;
    Ok(Some(found))
}

/// Whether we may install packages.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
