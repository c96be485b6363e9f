//! Measures training steps, in a browser beside other libraries and natively beside PyTorch.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::site;
use crate::tools::{Toolbox, bench_packages};
use crate::workspace::{Workspace, cargo, run as run_command, which};

/// Rounds of the native comparison; each takes one sample of each contestant.
const ROUNDS: usize = 7;

/// What is compared natively: encoder, batch, hidden units.
const NATIVE: [[&str; 3]; 3] = [["cnn", "64", "32"], ["gru", "64", "32"], ["lstm", "64", "32"]];

/// What `wasm-opt` may assume of a browser.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Selection {
    /// A look in about a minute, to see that everything runs; docs/ is left as it is
    #[arg(long)]
    quick: bool,
    /// Only what runs in the browser
    #[arg(long)]
    no_native: bool,
    /// Go to benches/browser/run.mjs, which lists them with --help
    #[arg(last = true, value_name = "ARGUMENTS")]
    rest: Vec<String>,
}

/// Builds what is measured, measures, and writes the report.
///
/// # Errors
/// When a tool cannot be had, a build fails or the measurement does.
pub fn run(workspace: &Workspace, selection: &Selection) -> Result<()> {
    let folder = workspace.target.join("bench");
    let worker = folder.join("worker");
    fs::create_dir_all(&worker).with_context(|| format!("{} should be writable", worker.display()))?;
    let tools = Toolbox::for_site(workspace)?;
    build_worker(workspace, &tools, &worker, "bench", &["--profile", "dist"])?;
    let packages = bench_packages(workspace)?;
    let results = folder.join("results.json");
    let mut measure = script(workspace, "run.mjs")?;
    if selection.quick {
        measure.arg("--quick");
    } else {
        build_worker(workspace, &tools, &worker, "bench,webgpu", &["--release"])?;
        site::build(workspace)?;
    }
    measure
        .arg("--out")
        .arg(&results)
        .args(&selection.rest)
        .env("CHROME", Browser::find()?.chrome)
        .env("LAMBDASCOPE_NODE_TOOLS", packages)
        .env("LAMBDASCOPE_BENCH_WORKER", &worker)
        .env("LAMBDASCOPE_DIST", workspace.dist());
    run_command(&mut measure).context("the browser's benchmark should run")?;
    if !selection.no_native && !selection.quick {
        add_native(workspace, &results)?;
    }
    println!("xtask: figures are in {}", results.display());
    if !selection.quick {
        let report = workspace.root.join("docs").join("benchmarks.md");
        run_command(script(workspace, "report.mjs")?.arg(&results).arg(&report))?;
        println!("xtask: the report is in {}", report.display());
    }
    Ok(())
}

fn script(workspace: &Workspace, name: &str) -> Result<Command> {
    let mut node = Command::new(which("node").context("Node.js 20 or later should be on PATH")?);
    node.arg(workspace.root.join("benches").join("browser").join(name)).current_dir(&workspace.root);
    Ok(node)
}

/// Builds the module that a page loads: `bench.js`, or with WebGPU `bench_webgpu.js`.
fn build_worker(workspace: &Workspace, tools: &Toolbox, folder: &Path, features: &str, profile: &[&str]) -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let mut build = cargo();
    build.args(["build", "--locked", "--target", TARGET, "--no-default-features", "--features", features]);
    build.args(["--bin", "bench"]).args(profile).current_dir(&workspace.root);
    run_command(build.env("CARGO_TARGET_DIR", &workspace.target))?;
    let built =
        workspace.target.join(TARGET).join(profile[profile.len() - 1].trim_start_matches('-')).join("bench.wasm");
    let name = if features.contains("webgpu") { "bench_webgpu" } else { "bench" };
    let mut bind = Command::new(tools.program("wasm-bindgen")?);
    bind.args(["--target", "web", "--out-name", name, "--out-dir"]).arg(folder).arg(&built);
    run_command(&mut bind)?;
    if features.contains("webgpu") {
        // As it is shipped: see www/index.html.
        return Ok(());
    }
    let module = folder.join(format!("{name}_bg.wasm"));
    let mut optimize = Command::new(tools.program("wasm-opt")?);
    optimize.arg("-O3").args(WASM_FEATURES).arg(&module).arg("-o").arg(&module);
    run_command(&mut optimize)
}

/// Measures native steps, and PyTorch's beside them, and adds them to the results.
fn add_native(workspace: &Workspace, results: &Path) -> Result<()> {
    let python = env::var_os("PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let has_torch =
        Command::new(&python).args(["-c", "import torch"]).output().is_ok_and(|output| output.status.success());
    let mut nets = BTreeMap::new();
    let mut version = Value::Null;
    for net in NATIVE {
        let mut samples: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for round in 0..ROUNDS {
            println!("xtask: natively, {}: round {} of {ROUNDS}", net[0], round + 1);
            let mut ours = cargo();
            ours.args(["bench", "--quiet", "--locked", "--bench", "step", "--"]).args(net);
            ours.current_dir(&workspace.root).env("CARGO_TARGET_DIR", &workspace.target);
            for (name, millis) in figures(&mut ours)?.0 {
                samples.entry(format!("Lambdascope {name}")).or_default().push(millis);
            }
            if has_torch {
                let mut torch = Command::new(&python);
                torch.arg(workspace.root.join("benches").join("pytorch.py")).args(net);
                let (found, told) = figures(&mut torch)?;
                version = told;
                for (name, millis) in found {
                    samples.entry(format!("PyTorch {name}")).or_default().push(millis);
                }
            }
        }
        nets.insert(net[0], samples);
    }
    let text = fs::read_to_string(results).with_context(|| format!("{} should be readable", results.display()))?;
    let mut json: Value = serde_json::from_str(&text).context("the results should be JSON")?;
    json["native"] = json!({ "rounds": ROUNDS, "pytorch": version, "nets": nets });
    fs::write(results, json.to_string()).with_context(|| format!("{} should be writable", results.display()))
}

/// Lines of a name and a number that a command prints, and what it says of its version.
fn figures(command: &mut Command) -> Result<(Vec<(String, f64)>, Value)> {
    let output = command.output().context("a benchmark should start")?;
    ensure!(output.status.success(), "a benchmark failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found = Vec::new();
    let mut version = Value::Null;
    for (name, value) in text.lines().filter_map(|line| line.split_once(' ')) {
        match value.parse() {
            Ok(millis) => found.push((name.to_owned(), millis)),
            Err(_) => version = value.into(),
        }
    }
    Ok((found, version))
}
