//! The layers of tests, cheap ones first, and their sum.
#![allow(
    clippy::unnecessary_wraps,
    reason = "all layers have one type, though only some need tools that may be missing"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::browser::Browser;
use crate::site;
use crate::tally::{Format, Tally};
use crate::tee;
use crate::tools::{Toolbox, node_tools};
use crate::workspace::{Workspace, cargo, which};

/// The target and features of the WebGPU engine. The headless tests build with the same, so that the twenty minutes of
/// compiling what it links are spent once for both.
const ENGINE: [&str; 6] =
    ["--release", "--target", "wasm32-unknown-unknown", "--no-default-features", "--features", "webgpu"];

/// Which layers and tests to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Selection {
    quick: bool,
    fail_fast: bool,
    filter: Option<String>,
}

impl Selection {
    /// Reads the arguments of `cargo xtask test`.
    ///
    /// # Errors
    /// When there is one that it does not take.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut selection = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => selection.quick = true,
                "--fail-fast" => selection.fail_fast = true,
                other if other.starts_with('-') => {
                    bail!("`cargo xtask test` takes --quick, --fail-fast and one FILTER, found `{other}`")
                }
                other => ensure!(
                    selection.filter.replace(other.to_owned()).is_none(),
                    "`cargo xtask test` takes one FILTER, found a second: `{other}`"
                ),
            }
        }
        Ok(selection)
    }

    fn takes(&self, layer: &Layer) -> bool {
        !(self.quick && layer.browser) && (self.filter.is_none() || layer.filters)
    }
}

/// What a layer runs, each with the summary that it prints.
type Commands = Vec<(Format, Command)>;

/// One layer: how it is called and what it runs.
struct Layer {
    name: &'static str,
    /// Whether it needs wasm, a browser, or the site.
    browser: bool,
    /// Whether it still makes sense when a person asks for tests by name.
    filters: bool,
    /// A layer whose failure makes this one pointless.
    needs: Option<&'static str>,
    commands: fn(&Workspace, &Selection) -> Result<Commands>,
}

/// All layers, in the order in which they run.
const LAYERS: [Layer; 8] = [
    Layer { name: "format", browser: false, filters: false, needs: None, commands: format },
    Layer { name: "lints", browser: false, filters: false, needs: None, commands: lints },
    Layer { name: "native", browser: false, filters: true, needs: None, commands: native },
    Layer { name: "docs", browser: false, filters: true, needs: None, commands: docs },
    Layer { name: "wasm lints", browser: true, filters: false, needs: None, commands: wasm_lints },
    Layer { name: "headless", browser: true, filters: true, needs: None, commands: headless },
    Layer { name: "site", browser: true, filters: true, needs: None, commands: build_site },
    Layer { name: "e2e", browser: true, filters: true, needs: Some("site"), commands: end_to_end },
];

/// Runs the selected layers and prints the sum; whether everything passed.
///
/// # Errors
/// Never for a layer that fails: that is counted.
pub fn test(workspace: &Workspace, selection: &Selection) -> Result<bool> {
    let mut report: Vec<(&str, Duration, Tally)> = Vec::new();
    let mut failed = BTreeSet::new();
    for layer in LAYERS.iter().filter(|layer| selection.takes(layer)) {
        println!("\nxtask: layer `{}`", layer.name);
        let start = Instant::now();
        let tally = match layer.needs.filter(|needed| failed.contains(needed)) {
            Some(needed) => {
                println!("xtask: not run, since `{needed}` failed");
                Tally::FAIL
            }
            None => run_layer(layer, workspace, selection),
        };
        report.push((layer.name, start.elapsed(), tally));
        if tally.failed > 0 {
            failed.insert(layer.name);
            if selection.fail_fast {
                break;
            }
        }
    }
    let mut total = Tally::default();
    println!();
    for (name, time, tally) in report {
        println!("{name:>10} {:>8.1} s   {tally}", time.as_secs_f64());
        total += tally;
    }
    println!("{total}");
    Ok(total.failed == 0)
}

fn run_layer(layer: &Layer, workspace: &Workspace, selection: &Selection) -> Tally {
    let commands = match (layer.commands)(workspace, selection) {
        Ok(commands) => commands,
        Err(error) => {
            eprintln!("xtask: layer `{}` cannot run: {error:#}", layer.name);
            return Tally::FAIL;
        }
    };
    let mut total = Tally::default();
    for (format, mut command) in commands {
        total += match tee::run(&mut command) {
            Ok(outcome) => Tally::of(format, &outcome),
            Err(error) => {
                eprintln!("xtask: {error:#}");
                Tally::FAIL
            }
        };
    }
    total
}

/// Cargo at the workspace's root, with the target directory spelled out for whatever it starts in turn.
fn cargo_in(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command.current_dir(&workspace.root).env("CARGO_TARGET_DIR", &workspace.target);
    command
}

fn format(workspace: &Workspace, _: &Selection) -> Result<Commands> {
    let mut check = cargo_in(workspace);
    check.args(["fmt", "--all", "--check"]);
    Ok(vec![(Format::Status, check)])
}

fn lints(workspace: &Workspace, _: &Selection) -> Result<Commands> {
    let mut clippy = cargo_in(workspace);
    clippy.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    Ok(vec![(Format::Status, clippy)])
}

/// What only wasm32 compiles: the page, and the worker around the engine. The CPU backend is enough to see it all.
fn wasm_lints(workspace: &Workspace, _: &Selection) -> Result<Commands> {
    let mut clippy = cargo_in(workspace);
    clippy.args(["clippy", "--locked", "--target", "wasm32-unknown-unknown", "--no-default-features"]);
    clippy.args(["--features", "page,train", "--lib", "--bins", "--", "--deny", "warnings"]);
    // Clippy takes its configuration from a folder; this one also forbids what does not work in a browser.
    clippy.env("CLIPPY_CONF_DIR", workspace.root.join("lints").join("wasm"));
    Ok(vec![(Format::Status, clippy)])
}

fn native(workspace: &Workspace, selection: &Selection) -> Result<Commands> {
    let mut tests = cargo_in(workspace);
    let format = if cargo().args(["nextest", "--version"]).output().is_ok_and(|output| output.status.success()) {
        tests.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        Format::Nextest
    } else {
        tests.args(["test", "--locked", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
        Format::Cargo
    };
    tests.args(&selection.filter);
    Ok(vec![(format, tests)])
}

fn docs(workspace: &Workspace, selection: &Selection) -> Result<Commands> {
    let mut tests = cargo_in(workspace);
    tests.args(["test", "--locked", "--workspace", "--doc"]).args(&selection.filter);
    Ok(vec![(Format::Cargo, tests)])
}

fn headless(workspace: &Workspace, selection: &Selection) -> Result<Commands> {
    let browser = Browser::find()?;
    let runner = Toolbox::for_wasm_tests(workspace)?.program("wasm-bindgen-test-runner")?;
    let mut tests = cargo_in(workspace);
    tests
        .args(["test", "--locked"])
        .args(ENGINE)
        .args(["--test", "headless", "--"])
        .args(&selection.filter)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities(workspace, &browser)?)
        // WebGPU in software compiles its shaders one by one; the runner's own limit is twenty seconds for everything.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "900")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    Ok(vec![(Format::Cargo, tests)])
}

/// `webdriver.json` with the browser that was found; the file itself leaves the choice to chromedriver.
fn capabilities(workspace: &Workspace, browser: &Browser) -> Result<PathBuf> {
    let text = fs::read(workspace.root.join("webdriver.json")).context("webdriver.json should be readable")?;
    let mut json: serde_json::Value = serde_json::from_slice(&text).context("webdriver.json should hold JSON")?;
    json["goog:chromeOptions"]["binary"] = browser.chrome.to_string_lossy().into();
    let path = workspace.target.join("webdriver.json");
    fs::write(&path, json.to_string()).with_context(|| format!("{} should be writable", path.display()))?;
    Ok(path)
}

fn build_site(workspace: &Workspace, _: &Selection) -> Result<Commands> {
    Ok(vec![(Format::Status, site::command(workspace)?)])
}

fn end_to_end(workspace: &Workspace, selection: &Selection) -> Result<Commands> {
    let browser = Browser::find()?;
    let folder = workspace.root.join("tests").join("e2e");
    // Named one by one: what `node --test FOLDER` means changed between versions of Node.
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("{} should be readable", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    let mut tests = Command::new(which("node").context("Node.js 20 or later should be on PATH")?);
    tests.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    if let Some(filter) = &selection.filter {
        tests.arg(format!("--test-name-pattern={filter}"));
    }
    tests
        .args(files)
        .current_dir(&workspace.root)
        .env("CHROME", &browser.chrome)
        .env("LAMBDASCOPE_DIST", workspace.dist())
        .env("LAMBDASCOPE_NODE_TOOLS", node_tools(workspace)?)
        .env("LAMBDASCOPE_SCREENSHOTS", workspace.root.join("target").join("screenshots"));
    Ok(vec![(Format::Node, tests)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Selection> {
        Selection::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    fn names(selection: &Selection) -> Vec<&'static str> {
        LAYERS.iter().filter(|layer| selection.takes(layer)).map(|layer| layer.name).collect()
    }

    #[test]
    fn quick_leaves_out_the_browser_and_a_filter_leaves_out_the_lints() {
        assert_eq!(names(&parse("").unwrap()).len(), LAYERS.len());
        assert_eq!(names(&parse("--quick").unwrap()), ["format", "lints", "native", "docs"]);
        assert_eq!(names(&parse("--quick lambda").unwrap()), ["native", "docs"]);
        assert_eq!(names(&parse("lambda").unwrap()), ["native", "docs", "headless", "site", "e2e"]);
    }

    #[test]
    fn a_slip_in_the_arguments_is_named() {
        assert!(parse("--quikc").unwrap_err().to_string().contains("found `--quikc`"));
        assert!(parse("one two").unwrap_err().to_string().contains("a second: `two`"));
    }
}
