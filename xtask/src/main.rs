//! Lambdascope's chores. `cargo xtask --help` lists them.

mod bench;
mod browser;
mod data;
mod download;
mod layers;
mod pack;
mod server;
mod site;
mod tally;
mod tee;
mod tools;
mod workspace;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::layers::Selection;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// What `cargo xtask --help` prints.
const HELP: &str = "\
Lambdascope's chores.

Usage: cargo xtask COMMAND [options]

  serve   build the site and serve it on this machine: the way to try Lambdascope
  build   build the site into dist/, ready for any static host
  test    run every layer of tests, from formatting to the built site in a browser
  bench   measure training steps beside other libraries, and write docs/benchmarks.md
  data    download NASA's C-MAPSS files, check them and unpack them to data/cmapss/
  pack    pack NASA C-MAPSS files for the site (Trunk calls this by itself)
  tools   get the tools that the others need, and print the PATH that holds them

`cargo xtask COMMAND --help` says more. Tools are used from PATH when they have exactly the pinned version;
others are built or installed once into <target directory>/tools.
";

/// What `cargo xtask serve --help` prints.
const SERVE_HELP: &str = "\
Build the site and serve it on this machine.

Usage: cargo xtask serve [--port PORT]

  --port PORT   port on 127.0.0.1 to listen on [8080]

The first build compiles the tools and both training engines: expect half an hour on two cores. Later ones take a
minute or two. NASA's files are bundled when they are in the folder named by CMAPSS_DIR or in data/cmapss/.
";

/// What `cargo xtask build --help` prints.
const BUILD_HELP: &str = "\
Build the site into dist/: static files for any host, optimized.

Usage: cargo xtask build

NASA's files are bundled when they are in the folder named by CMAPSS_DIR or in data/cmapss/; without them the site
trains on emulated engines. Every .wasm file should be served as application/wasm.
";

/// What `cargo xtask test --help` prints.
const TEST_HELP: &str = "\
Run the tests, layer by layer, cheap ones first. The last line sums them up: `N passed, N failed`.

Usage: cargo xtask test [--quick] [--fail-fast] [FILTER]

  --quick       only what needs no browser and no wasm: formatting, lints, native tests
  --fail-fast   stop after the first layer that fails
  FILTER        only tests whose name contains this; formatting and lints are left out

Layers:
  format     cargo fmt --check
  lints      cargo clippy, natively and for wasm32
  native     unit, property and oracle tests (cargo nextest when installed, else cargo test)
  docs       examples in the documentation
  headless   the engine in headless Chromium, both backends (tests/headless.rs)
  site       cargo xtask build
  e2e        the built site in Chromium, driven as a person would (tests/e2e); pictures in target/screenshots

CHROME and CHROMEDRIVER name a browser and its driver; otherwise the usual names are looked up on PATH, and on Debian
or Ubuntu, as root, they are installed. CMAPSS_DIR names a folder with NASA's files for the tests on real data.
";

/// What `cargo xtask bench --help` prints.
const BENCH_HELP: &str = "\
Measure training steps in one headless Chromium, interleaved with TensorFlow.js and jax-js, and natively beside PyTorch
where it is installed; write docs/benchmarks.md with its plots, and target/bench/results.json.

Usage: cargo xtask bench [--quick] [--no-native] [-- ARGUMENTS]

  --quick       a look in about a minute, to see that everything runs; docs/ is left as it is
  --no-native   only what runs in the browser
  ARGUMENTS     go to benches/browser/run.mjs, which lists them with --help

PYTHON names the Python that has PyTorch [python3]. The whole takes about a quarter of an hour. Let nothing else run.
";

/// What `cargo xtask data --help` prints.
const DATA_HELP: &str = "\
Download NASA's \"Turbofan Engine Degradation Simulation\" archive, check it and unpack it to data/cmapss/.

Usage: cargo xtask data [--from ADDRESS|FILE] [--force]

  --from    another address of the archive, or an archive that you have [CMAPSS_URL, else NASA's repository]
  --force   get it anew where the files are there already

A download that breaks off is kept and goes on where it stopped. Every file's rows are counted, and FD001's are compared
with their published checksums, before anything is unpacked. `cargo xtask serve` tries this once, quickly.
";

/// What `cargo xtask pack --help` prints.
const PACK_HELP: &str = "\
Pack NASA C-MAPSS files into target/site-data/ with a catalog.json, where the site's build picks them up.

Usage: cargo xtask pack

The files (train_FD001.txt, test_FD001.txt, RUL_FD001.txt and so on) are looked up in the folder named by CMAPSS_DIR,
else in data/cmapss/. A subset is packed when its three files are there. With none, the site uses the emulator.
";

/// What `cargo xtask tools --help` prints.
const TOOLS_HELP: &str = "\
Get every tool at its pinned version and print the PATH that holds them, for running Trunk or wasm-pack by hand.

Usage: cargo xtask tools
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command; `false` when it ran to its end and found failures.
fn dispatch(arguments: &[String]) -> Result<bool> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(true);
    };
    let help = match command.as_str() {
        "serve" => SERVE_HELP,
        "build" => BUILD_HELP,
        "test" => TEST_HELP,
        "bench" => BENCH_HELP,
        "data" => DATA_HELP,
        "pack" => PACK_HELP,
        "tools" => TOOLS_HELP,
        "help" | "--help" | "-h" => HELP,
        other => {
            bail!("the command should be serve, build, test, bench, data, pack or tools, found `{other}`\n\n{HELP}")
        }
    };
    if help == HELP || rest.iter().any(|argument| argument == "--help" || argument == "-h") {
        print!("{help}");
        return Ok(true);
    }
    if command == "test" {
        let selection = Selection::parse(rest)?;
        return layers::test(&Workspace::find()?, &selection);
    }
    if command == "data" {
        data::run(&Workspace::find()?, &data::Selection::parse(rest)?)?;
        return Ok(true);
    }
    if command == "bench" {
        bench::run(&Workspace::find()?, &bench::Selection::parse(rest)?)?;
        return Ok(true);
    }
    let port = if command == "serve" { port(rest)? } else { no_arguments(command, rest)? };
    let workspace = Workspace::find()?;
    match command.as_str() {
        "serve" => {
            // Before the build: a port that is taken should not cost half an hour to find out.
            let server = server::Server::bind(port)?;
            data::try_quickly(&workspace);
            site::build(&workspace)?;
            server.serve(&workspace.dist())?;
        }
        "build" => site::build(&workspace)?,
        "pack" => pack::pack_site_data(&workspace)?,
        _ => {
            let toolbox = Toolbox::for_site(&workspace)?;
            tools::node_tools(&workspace)?;
            println!("xtask: every tool is there");
            println!("export PATH=\"{}\"", workspace::path_with(&toolbox.bins)?.to_string_lossy());
        }
    }
    Ok(true)
}

/// Reads `--port PORT` or `--port=PORT`.
fn port(arguments: &[String]) -> Result<u16> {
    let text = match arguments {
        [] => return Ok(8080),
        [flag, value] if flag == "--port" => value,
        [flag] if flag.starts_with("--port=") => &flag["--port=".len()..],
        other => bail!("`cargo xtask serve` takes only --port PORT, found `{}`", other.join(" ")),
    };
    match text.parse() {
        Ok(port) => Ok(port),
        Err(_) => bail!("--port should be a number from 0 to 65535, found `{text}`"),
    }
}

/// Refuses what a command does not take, so that a slip does not start a long build.
fn no_arguments(command: &str, arguments: &[String]) -> Result<u16> {
    if let Some(argument) = arguments.first() {
        bail!("`cargo xtask {command}` takes no arguments, found `{argument}`");
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn reads_the_port_and_refuses_everything_else() {
        assert_eq!(port(&words("")).unwrap(), 8080);
        assert_eq!(port(&words("--port 9000")).unwrap(), 9000);
        assert_eq!(port(&words("--port=9001")).unwrap(), 9001);
        assert!(port(&words("--port many")).unwrap_err().to_string().contains("found `many`"));
        assert!(port(&words("--prot 1")).is_err());
    }

    #[test]
    fn an_unknown_command_is_answered_with_the_list() {
        let message = dispatch(&words("sevre")).unwrap_err().to_string();
        assert!(message.contains("found `sevre`") && message.contains("cargo xtask COMMAND"));
    }
}
