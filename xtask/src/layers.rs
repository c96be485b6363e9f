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

/// The target and features of the WebGPU worker. The headless tests build with the same, so that the twenty minutes of
/// compiling what it links are spent once for both.
const WEBGPU_WORKER: [&str; 6] =
    ["--release", "--target", "wasm32-unknown-unknown", "--no-default-features", "--features", "webgpu"];

/// What `cargo xtask test --help` says below its options.
pub const HELP: &str = "\
Layers:
  format      cargo fmt --check
  lints       cargo clippy, all native targets
  native      unit, property and oracle tests (cargo nextest when installed, else cargo test)
  docs        examples in the documentation
  open        encoders that burn computes, natively (--features open)
  wasm-lints  cargo clippy, what only wasm32 compiles
  headless    the training in headless Chromium, both backends (tests/headless.rs)
  site        cargo xtask build
  e2e         the built site in Chromium, driven as a person would (tests/e2e); pictures in target/screenshots

`cargo xtask test e2e` runs one layer and what it needs, `cargo xtask test native lambda` a part of one; without the name
of a layer, a filter leaves out formatting and lints.

CHROME and CHROMEDRIVER name a browser and its driver; otherwise the usual names are looked up on PATH, and on Debian
or Ubuntu, as root, they are installed. CMAPSS_DIR names a folder with NASA's files for the tests on real data.";

/// Which layers and tests to run.
#[derive(Debug, Default, clap::Args)]
pub struct Selection {
    /// Only what needs no browser and no wasm: formatting, lints, native tests
    #[arg(long)]
    quick: bool,
    /// Stop after the first layer that fails
    #[arg(long)]
    fail_fast: bool,
    /// Only these layers, and only tests whose name contains FILTER
    #[arg(value_name = "LAYER|FILTER")]
    words: Vec<String>,
}

impl Selection {
    /// What the name of a test contains: the word that is no layer's name.
    fn filter(&self) -> Result<Option<&str>> {
        let mut filters = self.words.iter().filter(|word| LAYERS.iter().all(|layer| layer.name != **word));
        let filter = filters.next();
        match filters.next() {
            Some(second) => bail!("`cargo xtask test` takes layers and one FILTER, found a second: `{second}`"),
            None => Ok(filter.map(String::as_str)),
        }
    }

    /// The layers to run, in their order: those named, or all that fit; and what they need.
    fn layers(&self, filter: Option<&str>) -> Vec<&'static Layer> {
        let named = |layer: &Layer| self.words.iter().any(|word| word == layer.name);
        let some_are_named = LAYERS.iter().any(named);
        let fits = |layer: &Layer| !(self.quick && layer.browser) && (filter.is_none() || layer.filters);
        let wanted = |layer: &Layer| if some_are_named { named(layer) } else { fits(layer) };
        let needed: Vec<_> = LAYERS.iter().filter(|layer| wanted(layer)).filter_map(|layer| layer.needs).collect();
        LAYERS.iter().filter(|layer| wanted(layer) || needed.contains(&layer.name)).collect()
    }
}

/// What a layer runs, each with the summary that it prints.
type Commands = Vec<(Format, Command)>;

/// One layer: how it is called and what it runs.
struct Layer {
    name: &'static str,
    /// Whether it needs wasm, a browser, or the site.
    browser: bool,
    /// Whether it holds tests that have names.
    filters: bool,
    /// A layer whose failure makes this one pointless.
    needs: Option<&'static str>,
    commands: fn(&Workspace, Option<&str>) -> Result<Commands>,
}

/// All layers, in the order in which they run.
static LAYERS: [Layer; 9] = [
    Layer { name: "format", browser: false, filters: false, needs: None, commands: format },
    Layer { name: "lints", browser: false, filters: false, needs: None, commands: lints },
    Layer { name: "native", browser: false, filters: true, needs: None, commands: native },
    Layer { name: "docs", browser: false, filters: true, needs: None, commands: docs },
    // As long to compile as a browser's layers.
    Layer { name: "open", browser: true, filters: true, needs: None, commands: open },
    Layer { name: "wasm-lints", browser: true, filters: false, needs: None, commands: wasm_lints },
    Layer { name: "headless", browser: true, filters: true, needs: None, commands: headless },
    Layer { name: "site", browser: true, filters: false, needs: None, commands: build_site },
    Layer { name: "e2e", browser: true, filters: true, needs: Some("site"), commands: end_to_end },
];

/// Runs the selected layers and prints the sum; whether everything passed.
///
/// # Errors
/// When there are two filters, or no test has a name that contains the one. A layer that fails is counted.
pub fn test(workspace: &Workspace, selection: &Selection) -> Result<bool> {
    let filter = selection.filter()?;
    let layers = selection.layers(filter);
    let mut report: Vec<(&Layer, Duration, Tally)> = Vec::new();
    let mut failed = BTreeSet::new();
    for (place, layer) in layers.iter().enumerate() {
        let left: Vec<_> = layers[place + 1..].iter().map(|layer| layer.name).collect();
        let then = if left.is_empty() { String::new() } else { format!("; then {}", left.join(", ")) };
        println!("\nxtask: layer `{}`, {} of {}{then}", layer.name, place + 1, layers.len());
        let start = Instant::now();
        let tally = match layer.needs.filter(|needed| failed.contains(needed)) {
            Some(needed) => {
                println!("xtask: not run, since `{needed}` failed");
                Tally::FAIL
            }
            None => run_layer(layer, workspace, filter),
        };
        report.push((layer, start.elapsed(), tally));
        if tally.failed > 0 {
            failed.insert(layer.name);
            if selection.fail_fast {
                break;
            }
        }
    }
    println!();
    for (layer, time, tally) in &report {
        println!("{:>10} {:>8.1} s   {tally}", layer.name, time.as_secs_f64());
    }
    let total = sum(report.iter().map(|(layer, _, tally)| (*layer, *tally)), filter)?;
    println!("{total}");
    Ok(total.failed == 0)
}

/// The sum of what layers counted. A filter that has found nothing is a slip, not a success.
fn sum<'a>(counted: impl Iterator<Item = (&'a Layer, Tally)>, filter: Option<&str>) -> Result<Tally> {
    let mut total = Tally::default();
    let mut found = 0;
    for (layer, tally) in counted {
        total += tally;
        found += if layer.filters { tally.passed } else { 0 };
    }
    let found = found + total.failed > 0;
    ensure!(found || filter.is_none(), "no test of these layers has `{}` in its name", filter.unwrap_or_default());
    Ok(total)
}

fn run_layer(layer: &Layer, workspace: &Workspace, filter: Option<&str>) -> Tally {
    let commands = match (layer.commands)(workspace, filter) {
        Ok(commands) => commands,
        Err(error) => {
            eprintln!("xtask: layer `{}` cannot run: {error:#}", layer.name);
            return Tally::FAIL;
        }
    };
    let mut total = Tally::default();
    for (format, mut command) in commands {
        total += match tee::run(&mut command) {
            // A runner that was given a filter may find nothing to run, and nothing to say.
            Ok(outcome) if filter.is_some() && layer.filters => Tally::of_some(format, &outcome),
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

fn format(workspace: &Workspace, _: Option<&str>) -> Result<Commands> {
    let mut check = cargo_in(workspace);
    check.args(["fmt", "--all", "--check"]);
    Ok(vec![(Format::Status, check)])
}

fn lints(workspace: &Workspace, _: Option<&str>) -> Result<Commands> {
    let mut clippy = cargo_in(workspace);
    clippy.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    Ok(vec![(Format::Status, clippy)])
}

/// What only wasm32 compiles: the page, and the worker around the training. The CPU backend is enough to see it all.
fn wasm_lints(workspace: &Workspace, _: Option<&str>) -> Result<Commands> {
    let mut clippy = cargo_in(workspace);
    clippy.args(["clippy", "--locked", "--target", "wasm32-unknown-unknown", "--no-default-features"]);
    clippy.args(["--features", "page,train", "--lib", "--bins", "--", "--deny", "warnings"]);
    // Clippy takes its configuration from a folder; this one also forbids what does not work in a browser.
    clippy.env("CLIPPY_CONF_DIR", workspace.root.join("lints").join("wasm"));
    Ok(vec![(Format::Status, clippy)])
}

fn native(workspace: &Workspace, filter: Option<&str>) -> Result<Commands> {
    let mut tests = cargo_in(workspace);
    let format = if cargo().args(["nextest", "--version"]).output().is_ok_and(|output| output.status.success()) {
        tests.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        Format::Nextest
    } else {
        tests.args(["test", "--locked", "--workspace", "--tests", "--no-fail-fast"]);
        Format::Cargo
    };
    tests.args(filter);
    Ok(vec![(format, tests)])
}

/// What a program with burn has more than one without.
fn open(workspace: &Workspace, filter: Option<&str>) -> Result<Commands> {
    let mut tests = cargo_in(workspace);
    tests.args(["test", "--locked", "--features", "open", "--test", "native", "--no-fail-fast", "--"]);
    tests.arg(filter.unwrap_or("open::"));
    Ok(vec![(Format::Cargo, tests)])
}

fn docs(workspace: &Workspace, filter: Option<&str>) -> Result<Commands> {
    let mut tests = cargo_in(workspace);
    tests.args(["test", "--locked", "--workspace", "--doc"]).args(filter);
    Ok(vec![(Format::Cargo, tests)])
}

fn headless(workspace: &Workspace, filter: Option<&str>) -> Result<Commands> {
    let browser = Browser::find()?;
    let runner = Toolbox::for_wasm_tests(workspace)?.program("wasm-bindgen-test-runner")?;
    let mut tests = cargo_in(workspace);
    tests
        .args(["test", "--locked"])
        .args(WEBGPU_WORKER)
        .args(["--test", "headless", "--"])
        .args(filter)
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

fn build_site(workspace: &Workspace, _: Option<&str>) -> Result<Commands> {
    Ok(vec![(Format::Status, site::command(workspace)?)])
}

fn end_to_end(workspace: &Workspace, filter: Option<&str>) -> Result<Commands> {
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
    if let Some(filter) = filter {
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

    fn selection(line: &str) -> Selection {
        let (flags, words): (Vec<_>, Vec<_>) = line.split_whitespace().partition(|word| word.starts_with("--"));
        Selection {
            quick: flags.contains(&"--quick"),
            fail_fast: false,
            words: words.into_iter().map(str::to_owned).collect(),
        }
    }

    fn names(line: &str) -> Vec<&'static str> {
        let selection = selection(line);
        selection.layers(selection.filter().unwrap()).iter().map(|layer| layer.name).collect()
    }

    #[test]
    fn quick_leaves_out_the_browser_and_a_filter_leaves_out_the_lints() {
        assert_eq!(names("").len(), LAYERS.len());
        assert_eq!(names("--quick"), ["format", "lints", "native", "docs"]);
        assert_eq!(names("--quick lambda"), ["native", "docs"]);
        assert_eq!(names("lambda"), ["native", "docs", "open", "headless", "site", "e2e"]);
    }

    #[test]
    fn the_name_of_a_layer_chooses_it_and_what_it_needs() {
        assert_eq!(names("e2e"), ["site", "e2e"]);
        assert_eq!(names("wasm-lints format"), ["format", "wasm-lints"]);
        assert_eq!(names("native lambda"), ["native"]);
        assert_eq!(selection("native lambda").filter().unwrap(), Some("lambda"));
        assert_eq!(selection("native").filter().unwrap(), None);
        assert!(selection("one native two").filter().unwrap_err().to_string().contains("a second: `two`"));
    }

    #[test]
    fn a_filter_should_find_a_test_in_some_layer() {
        let layer = |name| LAYERS.iter().find(|layer| layer.name == name).unwrap();
        let counted = |native| [(layer("native"), native), (layer("site"), Tally::PASS)].into_iter();
        assert_eq!(sum(counted(Tally::PASS), Some("lambda")).unwrap().passed, 2);
        let message = sum(counted(Tally::default()), Some("lambada")).unwrap_err().to_string();
        assert!(message.contains("`lambada`"), "{message}");
        assert_eq!(sum(counted(Tally::FAIL), Some("lambada")).unwrap().failed, 1);
        assert_eq!(sum(counted(Tally::default()), None).unwrap().passed, 1);
    }

    #[test]
    fn help_tells_every_layer_in_order() {
        let told = HELP.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        assert!(told.eq(LAYERS.iter().map(|layer| layer.name)), "{HELP}");
    }
}
