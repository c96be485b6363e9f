//! What every command has in common: its end, its status and its sentences.

#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lambdascope::data::Origin;
use lambdascope::experiment::claims::{Claim, Extent, plan};
use lambdascope::experiment::{Entry, Figures, Header, Record, Results};

/// A run of a second.
const SHORT: [&str; 7] = ["train", "--epochs", "1", "--encoder", "cnn:2", "--stride", "60"];

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambdascope"));
    command.env_remove("CMAPSS_DIR").args(arguments);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_enough_ends_every_command_quietly() {
    use std::os::unix::process::ExitStatusExt;
    const PIPE_SIGNAL: i32 = 13;
    let folder = folder("commands-pipe");
    let at = |name: &str| folder.join(name).display().to_string();
    let (emulated, cut_short, ledger) = (at("engines"), at("cut-short"), at("ledger"));
    let few = ["--train-engines", "3", "--test-engines", "1", "--out"];
    assert!(program(&[&["data", "emulate"], &few[..], &[&emulated]].concat()).output().unwrap().status.success());
    let oracle = format!("{}/tests/oracles/two_task_aggregation.json", env!("CARGO_MANIFEST_DIR"));
    let batch = ["--batch-size", "16"];
    let commands = [
        [&SHORT[..], &batch].concat(),
        [&SHORT[..], &batch, &["--json"]].concat(),
        vec![
            "curve",
            "--epochs",
            "1",
            "--lambdas",
            "0.5,0.6",
            "--bootstraps",
            "2",
            "--stride",
            "60",
            "--batch-size",
            "16",
        ],
        vec!["strategies", "--help"],
        [&["data", "emulate"], &few[..], &[&cut_short]].concat(),
        vec!["claims", "--emulated", "--report-only", "--out", &ledger],
        vec!["data", "describe", "--data", &emulated],
        vec!["verify", &oracle],
    ];
    for arguments in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(&arguments).stdout(writer).output().unwrap();
        assert!(!said(&output).contains("panicked"), "{arguments:?}: {}", said(&output));
        let is_help = arguments.contains(&"--help");
        assert!(output.status.signal() == Some(PIPE_SIGNAL) || is_help, "{arguments:?}: {:?}", output.status);
    }
}

#[test]
fn sentences_about_the_data_are_true() {
    let short = [&SHORT[..], &["--batch-size", "16"]].concat();
    let plain = program(&short).output().unwrap();
    assert!(plain.status.success());
    assert!(said(&plain).contains("Training on the emulated FD001: no data of NASA's was given."), "{}", said(&plain));
    let empty = program(&short).env("CMAPSS_DIR", "").output().unwrap();
    assert_eq!((empty.status.code(), said(&empty)), (Some(0), said(&plain)));
    let set_aside = program(&[&short[..], &["--emulated", "--data", "nowhere"]].concat()).output().unwrap();
    let sentence = "Training on the emulated FD001, as `--emulated` asks; nowhere is not read.";
    assert!(set_aside.status.success() && said(&set_aside).contains(sentence), "{}", said(&set_aside));
    let missing = program(&short).env("CMAPSS_DIR", "nowhere").output().unwrap();
    assert!(!missing.status.success() && said(&missing).contains("nowhere"), "{}", said(&missing));
}

#[test]
fn a_weight_that_cannot_be_given_is_refused_with_its_range_or_the_strategy() {
    let refused = |arguments: &[&str]| {
        let output = program(&[&["train", "--emulated"], arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        said(&output)
    };
    let range = "`lambda` should be in [0, 1], found -0.1";
    assert!(refused(&["--lambda", "-0.1"]).contains(range));
    let own = "`lambda` should be left out with `dwa`, which finds its weights itself, found 0.3";
    assert!(refused(&["--strategy", "dwa", "--lambda", "0.3"]).contains(own));
    assert!(refused(&["--learning-rate", "-1"]).contains("found -1"));
    let huge = ["--encoder", "transformer:256:256", "--batch-size", "4096", "--window", "100"];
    assert!(refused(&huge).contains("`memory` should be at most 8 GB, found "));
}

#[test]
fn a_run_that_fails_does_not_take_the_others_with_it_and_shows_in_the_status() {
    // A rate at which a net diverges with some seeds would be luck: engines that are shorter than the window, then.
    let short = crate::cases::WRITTEN.join("b02_all_shorter_than_window");
    let output =
        program(&[&SHORT[..], &["--seed", "1..2", "--json"]].concat()).arg("--data").arg(&short).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("2 of 2 runs failed."), "{}", said(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.matches("found a window of 30 where it has 20").count(), 2, "{lines}");
}

#[test]
fn the_ledger_counts_runs_that_failed() {
    let folder = folder("commands-claims");
    let claim = Claim::find("optimum").unwrap();
    let runs = plan([claim], &Extent::quick(2, Origin::Emulated));
    let mut results = Results::new(Header::gathered());
    for (index, config) in runs.iter().enumerate() {
        let record = match index {
            0 => Record::failed(config.clone(), "it diverged".to_owned()),
            _ => Record::finished(config.clone(), Figures::default()),
        };
        results.push(Entry { run: None, record });
    }
    fs::write(folder.join("runs.jsonl"), results.text()).unwrap();
    let place = folder.to_str().unwrap();
    let arguments = ["claims", "--emulated", "--scale", "quick", "--seeds", "2", "--only", "optimum", "--report-only"];
    let output = program(&[&arguments[..], &["--out", place]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("1 of 14 runs failed"), "{}", said(&output));
    for report in ["claims.md", "claims.html"] {
        let text = fs::read_to_string(folder.join(report)).unwrap();
        assert!(text.contains("13 of 14 runs, 1 failed."), "{report}: {text}");
    }
}
