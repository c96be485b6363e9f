//! Tools at their pinned versions: found on `PATH`, found among our own, or installed there.
//!
//! Trunk and wasm-pack would download ready-made tools from release pages. Here everything comes through cargo and
//! npm, so that a machine that reaches nothing but package registries can build the site, and the versions are ours.
//! Where `cargo binstall` is installed, it is asked first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::workspace::{Workspace, cargo, run, which};

/// Bundles the site.
const TRUNK: &str = "0.21.14";
/// Holds `wasm-opt`; the npm version's first number is the one that `wasm-opt --version` prints.
const BINARYEN: &str = "132.0.0";
/// Drives a browser in the end-to-end tests.
const PLAYWRIGHT_CORE: &str = "1.64.1";

/// TensorFlow.js and its backends, for the benchmark.
const TENSORFLOW: &str = "4.22.0";
/// jax-js, for the benchmark.
const JAX: &str = "0.1.25";

/// A program that is built from source by `cargo install`.
struct CargoTool {
    package: &'static str,
    version: String,
    /// The program that is asked for its version.
    program: &'static str,
    /// Another program of the same package that must be there too.
    companion: Option<&'static str>,
    arguments: &'static [&'static str],
    /// `opt-level` of the build: low where the tool does little work itself.
    opt_level: &'static str,
    /// How long the build takes, for the person who waits.
    takes: &'static str,
}

/// The folders that must stand in front of `PATH`, tool by tool.
#[derive(Debug, Default)]
pub struct Toolbox {
    /// Folders with programs.
    pub bins: Vec<PathBuf>,
}

impl Toolbox {
    /// What it takes to build the site: the wasm32 target, wasm-bindgen, Trunk, wasm-opt.
    ///
    /// # Errors
    /// When a tool is neither found nor can be installed.
    pub fn for_site(workspace: &Workspace) -> Result<Self> {
        let tools = [wasm_bindgen(workspace.locked_version("wasm-bindgen")?), trunk()];
        let missing = tools.iter().filter(|tool| tool.find(workspace).is_none());
        let missing: Vec<_> = missing.map(|tool| format!("{} ({})", tool.package, tool.takes)).collect();
        if !missing.is_empty() {
            println!("xtask: to be had once: {}; then the site, about 10 minutes the first time", missing.join(", "));
        }
        let mut toolbox = Self::for_wasm_tests(workspace)?;
        toolbox.bins.extend(cargo_tool(workspace, &trunk())?);
        toolbox.bins.extend(wasm_opt(workspace)?);
        Ok(toolbox)
    }

    /// What it takes to run `wasm32` tests: the target, wasm-bindgen and its test runner.
    ///
    /// # Errors
    /// When a tool is neither found nor can be installed.
    pub fn for_wasm_tests(workspace: &Workspace) -> Result<Self> {
        wasm_target()?;
        let version = workspace.locked_version("wasm-bindgen")?;
        Ok(Self { bins: cargo_tool(workspace, &wasm_bindgen(version))? })
    }

    /// Path of a program in one of the folders, or on `PATH`.
    ///
    /// # Errors
    /// When it is in neither.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let own = self.bins.iter().map(|folder| folder.join(&file)).find(|path| path.is_file());
        own.or_else(|| which(name)).with_context(|| format!("`{name}` should be among the tools"))
    }
}

/// Trunk, without its update check; rustls spares the machine an OpenSSL.
fn trunk() -> CargoTool {
    CargoTool {
        package: "trunk",
        version: TRUNK.to_owned(),
        program: "trunk",
        companion: None,
        arguments: &["--locked", "--no-default-features", "--features", "rustls"],
        opt_level: "0",
        takes: "5 to 10 minutes on two cores",
    }
}

/// wasm-bindgen's programs. It reads wasm files of tens of megabytes, so it is built to be quick.
fn wasm_bindgen(version: String) -> CargoTool {
    CargoTool {
        package: "wasm-bindgen-cli",
        version,
        program: "wasm-bindgen",
        companion: Some("wasm-bindgen-test-runner"),
        // REASON: no `--locked`. The lock file it ships may name crates that a lagging mirror of the index lacks.
        arguments: &[],
        opt_level: "1",
        takes: "about 5 minutes on two cores",
    }
}

impl CargoTool {
    /// Where it is installed among our own tools.
    fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.tools().join(format!("{}-{}", self.package, self.version))
    }

    /// The folders that should stand in front of `PATH` for it: none where the one on `PATH` will do. Nothing where it
    /// is missing.
    fn find(&self, workspace: &Workspace) -> Option<Vec<PathBuf>> {
        let companion_on_path = self.companion.is_none_or(|name| which(name).is_some());
        if companion_on_path && prints_version(self.program, &[], &self.version) {
            return Some(Vec::new());
        }
        let bin = self.folder(workspace).join("bin");
        prints_version(bin.join(self.program), &[], &self.version).then(|| vec![bin])
    }
}

/// Finds or installs one; the folders that should stand in front of `PATH` for it.
fn cargo_tool(workspace: &Workspace, tool: &CargoTool) -> Result<Vec<PathBuf>> {
    if let Some(found) = tool.find(workspace) {
        return Ok(found);
    }
    let CargoTool { package, version, .. } = tool;
    let tools = workspace.tools();
    let _guard = lock(&tools)?;
    let folder = tool.folder(workspace);
    // Another chore may have installed it meanwhile.
    if let Some(found) = tool.find(workspace).or_else(|| fetch(tool, &folder).then(|| tool.find(workspace))?) {
        return Ok(found);
    }
    println!("xtask: building {package} {version} with cargo (once, {}) …", tool.takes);
    // A target directory of its own: the shared one stays free for others, and nothing of the build is kept.
    let scratch = tools.join("build");
    let mut install = cargo();
    install.args(["install", package, "--version", version, "--force", "--root"]).arg(&folder);
    install.arg("--target-dir").arg(&scratch).args(tool.arguments).current_dir(&tools);
    install
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", tool.opt_level)
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .env("CARGO_PROFILE_RELEASE_STRIP", "true");
    run(&mut install).with_context(|| format!("{package} {version} should install with cargo"))?;
    fs::remove_dir_all(&scratch).with_context(|| format!("{} should be removable", scratch.display()))?;
    tool.find(workspace).with_context(|| format!("{} should hold {package} {version}", folder.display()))
}

/// Whether `cargo binstall`, where it is installed, got the program that its authors built.
fn fetch(tool: &CargoTool, folder: &Path) -> bool {
    let CargoTool { package, version, .. } = tool;
    if which("cargo-binstall").is_none() {
        return false;
    }
    println!("xtask: fetching {package} {version} with cargo binstall …");
    let mut fetch = cargo();
    fetch.args(["binstall", "--no-confirm", "--disable-strategies", "compile", "--root"]).arg(folder);
    run(fetch.arg(format!("{package}@{version}"))).is_ok()
}

/// Finds or installs `wasm-opt`; `None` when the one on `PATH` will do.
fn wasm_opt(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let version = BINARYEN.split('.').next().unwrap_or(BINARYEN);
    if prints_version("wasm-opt", &["version"], version) {
        return Ok(None);
    }
    let bin = node_tools(workspace)?.join("node_modules").join(".bin");
    ensure!(
        prints_version(bin.join("wasm-opt"), &["version"], version),
        "{} should print version {version}",
        bin.join("wasm-opt").display()
    );
    Ok(Some(bin))
}

/// Installs what the site's build and its tests need from npm, if it is not there; returns the folder that holds
/// `node_modules`.
///
/// # Errors
/// When node or npm is missing, or npm fails.
pub fn node_tools(workspace: &Workspace) -> Result<PathBuf> {
    npm_packages(workspace, "node", &[("binaryen", BINARYEN), ("playwright-core", PLAYWRIGHT_CORE)])
}

/// Installs what the benchmark compares with, and the browser's driver.
///
/// # Errors
/// When node or npm is missing, or npm fails.
pub fn bench_packages(workspace: &Workspace) -> Result<PathBuf> {
    let packages = [
        ("playwright-core", PLAYWRIGHT_CORE),
        ("@tensorflow/tfjs", TENSORFLOW),
        ("@tensorflow/tfjs-backend-wasm", TENSORFLOW),
        ("@tensorflow/tfjs-backend-webgpu", TENSORFLOW),
        ("@jax-js/jax", JAX),
    ];
    npm_packages(workspace, "node-bench", &packages)
}

/// Installs packages at their versions into a folder among the tools.
fn npm_packages(workspace: &Workspace, folder: &str, wanted: &[(&str, &str)]) -> Result<PathBuf> {
    let tools = workspace.tools();
    let folder = tools.join(folder);
    let _guard = lock(&tools)?;
    if wanted.iter().all(|(package, version)| npm_version(&folder, package).as_deref() == Some(*version)) {
        return Ok(folder);
    }
    let npm = which("npm").context("Node.js 20 or later with npm should be on PATH (https://nodejs.org)")?;
    let packages: Vec<String> = wanted.iter().map(|(package, version)| format!("{package}@{version}")).collect();
    println!("xtask: installing {} from npm (once, under a minute) …", packages.join(", "));
    fs::create_dir_all(&folder).with_context(|| format!("{} should be writable", folder.display()))?;
    // A manifest here keeps npm from looking for one in the folders above.
    fs::write(folder.join("package.json"), "{ \"private\": true }\n").context("package.json should be writable")?;
    let mut install = Command::new(npm);
    install.args(["install", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error"]);
    install.args(packages).current_dir(&folder);
    run(&mut install).context("npm packages should install")?;
    Ok(folder)
}

/// Version of an installed npm package.
fn npm_version(folder: &Path, package: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join("node_modules").join(package).join("package.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    manifest["version"].as_str().map(str::to_owned)
}

/// Adds the `wasm32` target to the active toolchain, if it is missing.
fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let installed = output.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    });
    if installed {
        return Ok(());
    }
    println!("xtask: adding the target {TARGET} with rustup (once, under a minute) …");
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .with_context(|| format!("the target {TARGET} should be installed, with rustup or otherwise"))
}

/// Whether a program exists and the words it prints for `--version` hold this one, after the words given.
fn prints_version(program: impl AsRef<std::ffi::OsStr>, before: &[&str], version: &str) -> bool {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output();
    output.is_ok_and(|output| {
        output.status.success() && says_version(&String::from_utf8_lossy(&output.stdout), before, version)
    })
}

/// `wasm-bindgen 0.2.130 (abc)` and `wasm-opt version 132 (version_132)` alike: name, words before, version.
fn says_version(text: &str, before: &[&str], version: &str) -> bool {
    let mut words = text.split_whitespace().skip(1);
    before.iter().all(|word| words.next() == Some(word)) && words.next() == Some(version)
}

/// Keeps a second chore from installing the same tool at the same time. Released when dropped.
fn lock(tools: &Path) -> Result<File> {
    fs::create_dir_all(tools).with_context(|| format!("{} should be writable", tools.display()))?;
    let file = File::create(tools.join(".lock")).context("the tools' lock file should be writable")?;
    if file.try_lock().is_err() {
        println!("xtask: waiting for another xtask that installs tools …");
        file.lock().context("the tools' lock should be obtainable")?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::says_version;

    #[test]
    fn versions_are_compared_whole() {
        assert!(says_version("wasm-bindgen 0.2.130 (d5b2c1f)\n", &[], "0.2.130"));
        assert!(says_version("trunk 0.21.14", &[], "0.21.14"));
        assert!(says_version("wasm-opt version 132 (version_132)", &["version"], "132"));
        assert!(!says_version("wasm-bindgen 0.2.13", &[], "0.2.130"));
        assert!(!says_version("trunk", &[], "0.21.14"));
    }
}
