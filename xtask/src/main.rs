//! Lambdascope's chores. `cargo xtask --help` lists them.

mod bench;
mod browser;
mod data;
mod download;
mod layers;
mod pack;
mod site;
mod tally;
mod tee;
#[cfg(test)]
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// Lambdascope's chores.
///
/// Tools are used from PATH when they have exactly the pinned version; others are built or installed once into
/// `<target directory>/tools`.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
enum Chore {
    /// Build the site and serve it on this machine: the way to try Lambdascope
    ///
    /// The first build compiles the tools and both workers: expect half an hour on two cores. Later ones take
    /// a minute or two, and an edit is built and served while this runs. NASA's files are bundled when they are in the
    /// folder named by `CMAPSS_DIR` or in data/cmapss/.
    Serve {
        /// Port on 127.0.0.1 to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Build the site into dist/: static files for any host, optimized
    ///
    /// NASA's files are bundled when they are in the folder named by `CMAPSS_DIR` or in data/cmapss/; without them the
    /// site trains on emulated engines. Every .wasm file should be served as application/wasm.
    Build,
    /// Run the tests, layer by layer, cheap ones first; the last line sums them up
    #[command(after_help = layers::HELP)]
    Test(layers::Selection),
    /// Measure training steps beside other libraries, and write docs/benchmarks.md
    ///
    /// In one headless Chromium, interleaved with TensorFlow.js and jax-js, and natively beside PyTorch where the Python
    /// that PYTHON names [python3] has it; figures are in target/bench/results.json, too. The whole takes about a
    /// quarter of an hour. Let nothing else run.
    Bench(bench::Selection),
    /// Download NASA's C-MAPSS files, check them and unpack them to data/cmapss/
    ///
    /// A download that breaks off is kept and goes on where it stopped. Every file's rows are counted, and FD001's are
    /// compared with their published checksums, before anything is unpacked. `cargo xtask serve` tries this once, quickly.
    Data(data::Selection),
    /// Pack NASA's files for the site (Trunk calls this by itself)
    ///
    /// The files (`train_FD001.txt`, `test_FD001.txt`, `RUL_FD001.txt` and so on) are looked up in the folder named by
    /// `CMAPSS_DIR`, else in data/cmapss/, and packed into target/site-data/ with a catalog.json. A subset is packed when
    /// its three files are there. With none, the site uses the emulator.
    Pack,
    /// Get every tool at its pinned version and print the PATH that holds them, for running Trunk or wasm-pack by hand
    Tools,
}

fn main() -> ExitCode {
    match Chore::parse().run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Chore {
    /// Does it; `false` when it ran to its end and found failures.
    fn run(&self) -> Result<bool> {
        let workspace = Workspace::find()?;
        match self {
            Self::Serve { port } => {
                // Before the build: a port that is taken should not cost half an hour to find out.
                site::check_port(*port)?;
                data::try_quickly(&workspace);
                site::serve(&workspace, *port)?;
            }
            Self::Build => site::build(&workspace)?,
            Self::Test(selection) => return layers::test(&workspace, selection),
            Self::Bench(selection) => bench::run(&workspace, selection)?,
            Self::Data(selection) => data::run(&workspace, selection)?,
            Self::Pack => pack::pack_site_data(&workspace)?,
            Self::Tools => {
                let toolbox = Toolbox::for_site(&workspace)?;
                tools::node_tools(&workspace)?;
                println!("xtask: every tool is there");
                println!("export PATH=\"{}\"", workspace::path_with(&toolbox.bins)?.to_string_lossy());
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Chore, clap::Error> {
        Chore::try_parse_from(["xtask"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn arguments_are_read_and_slips_are_named() {
        Chore::command().debug_assert();
        assert!(matches!(parse("serve --port=9001"), Ok(Chore::Serve { port: 9001 })));
        let Ok(Chore::Bench(bench)) = parse("bench --quick -- --nets gru") else { panic!("it should be read") };
        assert!(format!("{bench:?}").contains(r#"["--nets", "gru"]"#), "{bench:?}");
        for (line, found) in [
            ("sevre", "serve"),
            ("build now", "now"),
            ("serve --port many", "many"),
            ("test --quikc", "--quick"),
            ("bench --fast", "--fast"),
            ("data --from", "ADDRESS|FILE"),
        ] {
            let message = parse(line).unwrap_err().to_string();
            assert!(message.contains(found), "{line}: {message}");
        }
    }
}
