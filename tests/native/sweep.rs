//! A grid run whole and in parts, through the program and through the library.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

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

/// Whole lines of a file; none where there is no file.
fn whole_lines(path: &Path) -> BTreeSet<String> {
    let bytes = fs::read(path).unwrap_or_default();
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    String::from_utf8(bytes[..whole].to_vec()).unwrap().lines().map(str::to_owned).collect()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

#[test]
fn a_sweep_killed_at_a_hundred_points_ends_with_the_bytes_of_one_that_was_not() {
    let folder = folder("sweep-killed");
    let at = |name: &str| folder.join(name).display().to_string();
    // Few engines, so that a life of the program is short.
    let few = ["data", "emulate", "--train-engines", "6", "--test-engines", "2", "--out", &at("engines")];
    assert!(Command::new(env!("CARGO_BIN_EXE_lambdascope")).args(few).output().unwrap().status.success());
    let arguments = |out: &Path| {
        let grid = ["sweep", "--data", &at("engines"), "--encoder", "cnn:1:1", "--lambda", "0.2,0.8", "--epochs", "1"];
        let cut = ["--set", "stride=20", "--set", "batch=8", "--seed", "1..40", "--jobs", "2", "--out"];
        [&grid[..], &cut[..]]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .chain([out.display().to_string()])
            .collect::<Vec<_>>()
    };
    let program = |out: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lambdascope"));
        command.env_remove("CMAPSS_DIR").args(arguments(out)).stderr(Stdio::null());
        command
    };
    let (whole, killed) = (folder.join("whole.jsonl"), folder.join("killed.jsonl"));
    assert!(program(&whole).status().unwrap().success());
    let expected = fs::read(&whole).unwrap();
    assert_eq!(whole_lines(&whole).len(), 81);

    let mut random = ChaCha8Rng::seed_from_u64(17);
    let mut kills = 0;
    while kills < 100 {
        let before = whole_lines(&killed);
        // Killed once the file has grown by so many bytes, up to two lines; or at once.
        let (begun, growth) = (length(&killed), random.random_range(0..=2 * expected.len() as u64 / 81));
        let mut child = program(&killed).spawn().unwrap();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if length(&killed) >= begun + growth {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::yield_now();
        };
        assert!(before.is_subset(&whole_lines(&killed)), "kill {kills}: whole lines are lost");
        if let Some(status) = ended {
            assert!(status.success());
            assert_eq!(fs::read(&killed).unwrap(), expected, "after {kills} kills");
            fs::remove_file(&killed).unwrap();
            continue;
        }
        kills += 1;
        // A machine that ends as well may leave a part of the last line.
        if random.random_bool(0.5) {
            let bytes = fs::read(&killed).unwrap_or_default();
            let last = bytes.iter().rev().skip(1).position(|byte| *byte == b'\n').unwrap_or(bytes.len());
            let torn = bytes.len() - random.random_range(0..=last.min(bytes.len()));
            fs::write(&killed, &bytes[..torn]).unwrap();
        }
    }
    assert!(program(&killed).status().unwrap().success());
    assert_eq!(fs::read(&killed).unwrap(), expected);
    let left = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>();
    assert_eq!(left.len(), 3, "nothing is left beside the results: {left:?}");
}

#[test]
fn runs_that_failed_are_tried_again_and_never_a_success() {
    let folder = folder("sweep-failed");
    fs::create_dir_all(&folder).unwrap();
    let (out, times) = (folder.join("runs.jsonl"), folder.join("times"));
    let arguments = ["--emulated", "--epochs", "1", "--encoder", "cnn:2:1", "--set", "stride=60"];
    // With a divisor of nearly nothing the first gradient is infinite.
    let places =
        ["--set", "norm=amnl,manual:1e-38:1", "--out", out.to_str().unwrap(), "--times", times.to_str().unwrap()];
    let runs = |more: &[&str]| sweep(&[&arguments[..], &places, more].concat());
    let trained = || fs::read_to_string(&times).unwrap().lines().count();
    let first = runs(&[]);
    assert_eq!(first.status.code(), Some(1));
    assert!(said(&first).contains("1 of 2 runs failed"), "{}", said(&first));
    assert_eq!(trained(), 2);
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.contains("\"failure\":\"diverged at step 1: the gradient should be finite, found inf"), "{text}");
    let again = runs(&[]);
    assert_eq!((again.status.code(), trained()), (Some(1), 1), "{}", said(&again));
    let kept = runs(&["--keep-failures"]);
    assert_eq!((kept.status.code(), trained()), (Some(1), 0), "{}", said(&kept));
    assert_eq!(fs::read_to_string(&out).unwrap(), text);
    assert_eq!(sweep(&["merge", out.to_str().unwrap()]).status.code(), Some(1));
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
