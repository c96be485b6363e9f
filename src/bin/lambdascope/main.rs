//! Lambdascope's command line: the same training as in the browser, natively.

#[cfg(feature = "s3")]
mod bucket;
#[cfg(feature = "chart")]
mod claims;
mod curve;
mod data;
mod file;
mod fleet;
mod judge;
mod settings;
mod source;
mod store;
mod strategies;
mod sweep;
mod train;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Train two-task models on turbofan engines and look at what the loss weights do.
///
/// One model predicts, from 30 cycles of 14 sensors, how many cycles an engine has left (RUL) and how healthy it is.
/// Its loss is λ_rul · L_rul / N_rul + λ_health · L_health / N_health; the weights λ and the normalization N are what
/// this instrument is about. The page in the browser runs the same code: `cargo xtask serve`.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Train(Box<train::Train>),
    Curve(curve::Curve),
    Strategies(strategies::Strategies),
    Sweep(Box<sweep::Sweep>),
    #[cfg(feature = "chart")]
    Claims(claims::Claims),
    Verify(verify::Verify),
    /// Print every setting of a run, its values and what it does, as Markdown.
    Settings,
    #[command(subcommand)]
    Data(data::DataCommand),
}

/// What any command may fail with; it is printed for a person and ends the program with status 1.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    end_with_the_reader();
    let matches = prepared(Arguments::command()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    // Whether all went well: a run that failed or a figure out of its tolerance was reported on the way.
    let outcome = match arguments.command {
        Command::Train(command) => command.run(),
        Command::Curve(command) => command.run().map(|()| true),
        Command::Strategies(command) => command.run(),
        Command::Sweep(command) => command.run(),
        #[cfg(feature = "chart")]
        Command::Claims(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Settings => {
            print!("{}", lambdascope::session::settings_manual());
            Ok(true)
        }
        Command::Data(command) => command.run().map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("lambdascope: {error}");
            ExitCode::FAILURE
        }
    }
}

/// End quietly once whoever reads the output has enough, as in `lambdascope … | head`.
///
/// Rust's own start-up has the signal of a closed pipe ignored, so that the next line to be printed would panic. Elsewhere
/// there is no such signal.
fn end_with_the_reader() {
    #[cfg(unix)]
    #[expect(unsafe_code, reason = "a signal's default is set through the system's own function alone")]
    // SAFETY: no other thread runs yet, and no handler is installed: the signal ends the program as it does by default.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

/// The command line with what holds for every argument: a number may be negative, so that the answer is the range it
/// should lie in, and an environment variable that is empty says nothing.
fn prepared(command: clap::Command) -> clap::Command {
    let is_empty = |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let argument = |argument: clap::Arg| {
        let argument = if argument.get_env().is_some_and(is_empty) { argument.env(None::<&str>) } else { argument };
        if argument.get_action().takes_values() { argument.allow_negative_numbers(true) } else { argument }
    };
    command.mut_args(argument).mut_subcommands(prepared)
}
