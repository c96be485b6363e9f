//! Lambdascope's command line: the same engine as in the browser, natively.

#[cfg(feature = "s3")]
mod bucket;
#[cfg(feature = "chart")]
mod claims;
mod curve;
mod data;
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

use clap::{Parser, Subcommand};

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
    #[command(subcommand)]
    Data(data::DataCommand),
}

/// What any command may fail with; it is printed for a person and ends the program with status 1.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Train(command) => command.run().map(|()| true),
        Command::Curve(command) => command.run().map(|()| true),
        Command::Strategies(command) => command.run().map(|()| true),
        Command::Sweep(command) => command.run().map(|()| true),
        #[cfg(feature = "chart")]
        Command::Claims(command) => command.run().map(|()| true),
        Command::Verify(command) => command.run(),
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
