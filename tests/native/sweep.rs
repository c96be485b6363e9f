//! A grid run whole and in parts, through the program and through the library.

#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GRID: [&str; 14] = [
    "--emulated",
    "--encoder",
    "cnn:4:3,gru:4",
    "--strategy",
    "fixed,gradnorm",
    "--lambda",
    "0.1,0.5",
    "--epochs",
    "1",
    "--set",
    "stride=20",
    "--set",
    "batch=32",
    "--task-gradients",
];

fn sweep(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambdascope"));
    command.env_remove("CMAPSS_DIR").arg("sweep").args(arguments).output().unwrap()
}

fn grid(arguments: &[&str]) -> Output {
    sweep(&[&GRID, arguments].concat())
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn three_parts_merged_are_the_whole_to_the_byte() {
    let folder = folder("sweep-shards");
    let at = |name: &str| folder.join(name).display().to_string();
    let whole = grid(&["--out", &at("whole.jsonl"), "--jobs", "2"]);
    assert!(whole.status.success(), "{}", said(&whole));
    for shard in ["3/3", "1/3", "2/3"] {
        let part = grid(&["--out", &at("parts/"), "--shard", shard, "--jobs", "1"]);
        assert!(part.status.success(), "{}", said(&part));
    }
    let merged = sweep(&["merge", &at("parts"), "--out", &at("merged.jsonl")]);
    assert!(merged.status.success(), "{}", said(&merged));
    let text = fs::read(at("whole.jsonl")).unwrap();
    assert_eq!(String::from_utf8_lossy(&text).lines().count(), 1 + 6, "two encoders, two λ of fixed and one gradnorm");
    assert_eq!(fs::read(at("merged.jsonl")).unwrap(), text);

    // A part that is missing, and parts of another grid.
    fs::remove_file(fs::read_dir(at("parts")).unwrap().next().unwrap().unwrap().path()).unwrap();
    let gap = sweep(&["merge", &at("parts")]);
    assert!(!gap.status.success() && said(&gap).contains("2 missing"), "{}", said(&gap));
    let other = grid(&["--out", &at("parts/"), "--shard", "1/3", "--seed", "2", "--dry-run"]);
    assert!(other.status.success() && said(&other).contains("of 6 runs; part 1/3: 2"), "{}", said(&other));
}

#[test]
fn a_stopped_sweep_goes_on_and_trains_nothing_twice() {
    let folder = folder("sweep-resume");
    fs::create_dir_all(&folder).unwrap();
    let (out, times) = (folder.join("runs.jsonl"), folder.join("times"));
    let arguments = ["--out", out.to_str().unwrap(), "--times", times.to_str().unwrap()];
    assert!(grid(&arguments).status.success());
    let text = fs::read_to_string(&out).unwrap();
    assert_eq!(fs::read_to_string(&times).unwrap().lines().count(), 6);
    // Three whole runs and a torn one.
    let end = text.match_indices('\n').nth(3).unwrap().0 + 100;
    fs::write(&out, &text[..end]).unwrap();
    assert!(grid(&arguments).status.success());
    assert_eq!(fs::read_to_string(&out).unwrap(), text);
    assert_eq!(fs::read_to_string(&times).unwrap().lines().count(), 3);
    // Another grid does not go into the same file, and leaves it be.
    let other = grid(&["--out", out.to_str().unwrap(), "--seed", "2"]);
    assert!(!other.status.success() && said(&other).contains("should hold part 1/1 of the grid"), "{}", said(&other));
    assert_eq!(fs::read_to_string(&out).unwrap(), text);
}

#[test]
fn settings_that_cannot_be_are_refused_before_anything_is_trained() {
    let refused = |arguments: &[&str]| {
        let output = sweep(arguments);
        assert!(!output.status.success());
        said(&output)
    };
    assert!(refused(&["--lambda", "1.5"]).contains("`lambda` should be in [0, 1], found 1.5"));
    assert!(refused(&["--set", "colour=red"]).contains("found `colour`"));
    assert!(refused(&["--set", "seed=1"]).contains("given once, found `seed` again"));
    assert!(refused(&["--shard", "4/3"]).contains("a shard should be I/N"));
}
